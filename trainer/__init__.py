"""Foot-massage technique trainer: a camera watches two hands on a foot."""

__version__ = "0.1.0"
