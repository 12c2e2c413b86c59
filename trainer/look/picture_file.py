"""Photographs from disk, whatever their kind, as pictures that the program can look at."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from trainer.errors import FormatError, TrainerError
from trainer.files import write_bytes
from trainer.model import Image

MOST_BYTES = 1 << 30
"""No photograph is larger; what is shall not be read into memory to find that out."""
_KEEP = {".jpg", ".jpeg", ".png"}


def read_picture(path: Path) -> Image | None:
    """The picture (H, W, 3) uint8 BGR, upright as its EXIF says, or None when the file is none that can be read.

    Grey, 16-bit and transparent pictures become plain ones. Raises TrainerError when there is no file to read.
    """
    try:
        if path.is_dir():
            raise FormatError(f"Expected a picture or a video, but '{path}' is a folder: name the files in it.")
        if path.stat().st_size > MOST_BYTES:
            return None
        data = np.fromfile(path, np.uint8)
    except FileNotFoundError:
        raise FormatError(f"Expected a picture or a video, but there is no file '{path}': check the path.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FormatError(f"Expected a picture or a video, but '{path}' can't be read ({reason}).") from None
    if not len(data):
        raise FormatError(f"Expected a picture or a video, but '{path}' is empty (0 bytes): copy it again.")
    return _decoded(data)


def write_picture(path: Path, image: Image) -> None:
    """Write a picture in the format that its name says, whole or not at all. Raises WriteError."""
    options = [cv2.IMWRITE_JPEG_QUALITY, 92] if path.suffix.lower() != ".png" else []
    done, data = cv2.imencode(path.suffix, image, options)
    if not done:
        raise TrainerError(f"Expected a picture that can be written as '{path.name}', but got {image.shape}.")
    write_bytes(path, data.tobytes())


def kept_suffix(path: Path) -> str:
    """The ending for a picture drawn from that of ``path``: its own where browsers show it, else PNG."""
    return path.suffix if path.suffix.lower() in _KEEP else ".png"


def _decoded(data: Image) -> Image | None:
    # What is wrong with a file is told by us, in one line.
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    finally:
        cv2.utils.logging.setLogLevel(level)
    return None if image is None else np.ascontiguousarray(image, np.uint8)
