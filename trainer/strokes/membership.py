"""Soft yes and no: how far a quantity fits a description, 0–1. What is unknown (NaN) neither fits nor contradicts."""

from __future__ import annotations

from math import isnan

UNKNOWN = 0.5


def rise(x: float, low: float, high: float) -> float:
    """0 up to ``low``, 1 from ``high`` on."""
    if isnan(x):
        return UNKNOWN
    return min(1.0, max(0.0, (x - low) / (high - low)))


def fall(x: float, low: float, high: float) -> float:
    """1 up to ``low``, 0 from ``high`` on."""
    if isnan(x):
        return UNKNOWN
    return min(1.0, max(0.0, (high - x) / (high - low)))


def band(x: float, low: float, from_: float, to: float, high: float) -> float:
    """1 between ``from_`` and ``to``, falling to 0 at ``low`` and ``high``."""
    return min(rise(x, low, from_), fall(x, to, high)) if not isnan(x) else UNKNOWN


def every(*parts: float) -> float:
    """All of them: the product, so that one clear no decides."""
    out = 1.0
    for part in parts:
        out *= part
    return out


def either(*parts: float) -> float:
    """At least one of them, each adding to the others."""
    out = 1.0
    for part in parts:
        out *= 1.0 - part
    return 1.0 - out


def weak(part: float, floor: float) -> float:
    """A hint: never below ``floor``."""
    return floor + (1.0 - floor) * part
