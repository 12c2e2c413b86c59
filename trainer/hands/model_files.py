"""Where the hand models lie, and that they are the ones the program was made with."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal, get_args
from zipfile import BadZipFile, ZipFile

from trainer.errors import ModelFileError
from trainer.files import data_dir

ModelSize = Literal["full", "lite"]
MODEL_SIZES: tuple[ModelSize, ...] = get_args(ModelSize)

MODEL_NAMES: dict[ModelSize, str] = {
    "full": "hand_landmarker_full.task",
    "lite": "hand_landmarker_lite.task",
}
_MEMBER = "hand_landmarks_detector.tflite"
SHA256 = {
    "hand_landmarker_full.task": "00230e2b9c86a34a1f59231dea3e6da9df335bf4b0c50c3d7cdc249300dd0428",
    "hand_landmarker_lite.task": "f2aff7441ba0cb699ab7b18cd386615d1f546983db195bc244f5f18d92cee484",
}


def models_folder() -> Path:
    """The folder of the models, of a checkout or of an installed wheel. Raises ModelFileError when there is
    none."""
    return data_dir() / "models"


def find_model(size: ModelSize, folder: Path | None = None) -> Path:
    """The file of a model, present and undamaged. ``folder`` is looked in instead of ``models_folder()``.

    Raises ModelFileError when it is missing, unreadable or not byte for byte the known one; ValueError for an
    unknown size.
    """
    if size not in MODEL_NAMES:
        raise ValueError(f"Expected a model size out of {', '.join(MODEL_SIZES)}, but got {size!r}")
    folder = models_folder() if folder is None else folder
    path = folder / MODEL_NAMES[size]
    if not path.is_file():
        raise ModelFileError(
            f"Expected the hand model {path}, but it isn't there: install the program again, "
            "or copy the file from its source tree."
        )
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelFileError(
            f"Expected to read the hand model {path}, but that failed ({error.strerror}): mend its permissions."
        ) from error
    if found != SHA256[path.name]:
        raise ModelFileError(
            f"Expected the hand model {path} with sha256 {SHA256[path.name][:12]}…, but it has "
            f"{found[:12]}…: the file is damaged; install the program again."
        )
    return path


def landmark_network(bundle: Path) -> bytes:
    """The landmark network's own file out of a model bundle. Raises ModelFileError."""
    try:
        with ZipFile(bundle) as parts:
            return parts.read(_MEMBER)
    except (OSError, BadZipFile, KeyError) as error:
        raise ModelFileError(
            f"Expected {_MEMBER} in the hand model {bundle}, but it can't be read ({error}): install the program again."
        ) from error
