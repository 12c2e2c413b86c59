"""What produced a number: versions, model hashes, settings."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from trainer import __version__
from trainer.model import Data
from trainer.settings import Settings

_LIBRARIES = ("opencv-python", "mediapipe", "av", "numpy", "scipy")


def provenance(settings: Settings, backend: Data, recogniser: str) -> Data:
    """Plain data for the scorecard. ``backend`` is the hand backend's own word (model file, sha256 …)."""
    return {
        "trainer": __version__,
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "hands": backend,
        "recogniser": recogniser,
        "pass": "causal",
        "settings": settings.model_dump(mode="json"),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
