"""The studio's heavy, optional libraries: one clear error where they are missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from trainer.errors import DependencyError


class StudioExtraMissing(DependencyError):
    """Raised when a library of the ``studio`` extra is not installed."""


def need(name: str) -> ModuleType:
    """Import `name` (e.g. ``"pyvista"``), or say which extra brings it."""
    try:
        return import_module(name)
    except ImportError as error:
        raise StudioExtraMissing(
            f"Expected the library '{name}' for the studio, but it isn't installed: pip install '.[studio]'."
        ) from error
