"""A file's fingerprint."""

from __future__ import annotations

import hashlib
from pathlib import Path

from trainer.errors import VideoError


def sha256_of(path: str | Path) -> str:
    """SHA-256 of the file's bytes, 64 hexadecimal digits. Raises VideoError when it can't be read."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = error.strerror or str(error)
        raise VideoError(
            f"Expected a readable file, but '{path}' can't be read ({reason}): check its path and rights."
        ) from error
