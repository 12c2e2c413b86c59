"""What produced a number: versions, model hashes, settings."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from trainer import __version__
from trainer.foot import surface
from trainer.model import Data
from trainer.settings import Settings

_LIBRARIES = ("opencv-python", "mediapipe", "ai-edge-litert", "av", "numpy", "scipy")


def provenance(settings: Settings, backend: Data, recogniser: Data) -> Data:
    """Plain data for scorecard and tracks. ``backend`` and ``recogniser`` are these stages' own words."""
    hashes = {backend[f"{m}_file"]: backend[f"{m}_sha256"] for m in ("model", "finder") if f"{m}_file" in backend}
    hashes[surface.MODEL] = surface.model_sha256()
    if "model_file" in recogniser:
        hashes[recogniser["model_file"]] = recogniser["model_sha256"]
    return {
        "versions": {
            "trainer": __version__,
            "python": platform.python_version(),
            **{name: known for name in _LIBRARIES if (known := _version(name)) is not None},
        },
        "model_hashes": hashes,
        "settings": settings.model_dump(mode="json"),
        "hands": backend,
        "recogniser": recogniser,
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
