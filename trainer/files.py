"""Files of the program on disk: written whole or not at all, and found in a checkout as in an installed
wheel."""

from __future__ import annotations

import errno
import os
import secrets
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from trainer.errors import FormatError, ModelFileError, TrainerError

_PACKAGE = Path(__file__).resolve().parent

_REASONS = {
    errno.ENOSPC: "the disk is full: free some space or choose another folder with -o",
    errno.EDQUOT: "your share of the disk is used up: free some space or choose another folder with -o",
    errno.EFBIG: "the file became too large for this disk: choose another folder with -o",
    errno.EACCES: "that is not allowed: choose a folder that you may write to with -o",
    errno.EPERM: "that is not allowed: choose a folder that you may write to with -o",
    errno.EROFS: "the disk is read-only: choose another folder with -o",
    errno.ENOTDIR: "a part of its path is a file, not a folder: choose another folder with -o",
    errno.EEXIST: "a file stands where a folder is needed: choose another folder with -o",
    errno.EISDIR: "a folder of that name is in the way: move it or choose another folder with -o",
    errno.ENOENT: "its folder is gone: was the disk taken out?",
    errno.ENAMETOOLONG: "the name is too long for this disk: choose a shorter one",
    errno.EIO: "the disk reports a fault: choose another one with -o",
}


def read_toml(source: Path | Traversable, what: str) -> dict[str, Any]:
    """What a TOML file holds; ``what`` says what was expected there. Raises FormatError."""
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise FormatError(f"Expected {what} at '{source}', but it can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise FormatError(f"Expected {what} at '{source}', but it isn't UTF-8 text: save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise FormatError(f"Expected TOML in '{source}', but {error}.") from error


class WriteError(TrainerError):
    """A file or folder that can't be written."""


def write_error(path: Path, error: OSError) -> WriteError:
    """``error``, met while writing ``path``, as one clear line."""
    code = error.errno if error.errno is not None else 0
    reason = _REASONS.get(code, (error.strerror or str(error)).strip().rstrip(".") or type(error).__name__)
    return WriteError(f"Expected to write '{path}', but {reason}.")


def make_folder(path: Path) -> Path:
    """``path`` as a folder, made with its parents where missing. Raises WriteError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(path, error) from None
    return path


def stamped_folder(base: Path, now: datetime) -> Path:
    """A new folder in ``base``, named by the clock; two of one second are told apart. Raises WriteError."""
    stamp = f"{now:%Y-%m-%d %H.%M.%S}"
    folder, number = base / stamp, 2
    while folder.exists():
        folder, number = base / f"{stamp} ({number})", number + 1
    return make_folder(folder)


@contextmanager
def write_atomically(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` to write to by any means; it takes the place of ``path`` at the
    end.

    The folder is made where missing. When the block raises (also Ctrl-C), the temporary file goes and
    ``path`` stays as it was. The temporary name keeps the suffix, because some writers choose the format by
    it. An OSError of the block, such as a full disk, becomes a WriteError; every other exception passes
    through.
    """
    path = Path(path)
    make_folder(path.parent)
    temporary = path.parent / f".{secrets.token_hex(6)}.part{path.suffix}"
    try:
        yield temporary
        _flush_to_disk(temporary)
        temporary.replace(path)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_text(path: Path | str, text: str) -> None:
    """Write ``text`` as UTF-8 with ``\\n`` line ends, whole or not at all. Raises WriteError."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path | str, data: bytes) -> None:
    """Write ``data``, whole or not at all. Raises WriteError."""
    with write_atomically(path) as temporary:
        temporary.write_bytes(data)


def _flush_to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def data_dir() -> Path:
    """The folder that holds ``models/`` and ``sample_videos/``: inside the installed package, or the
    checkout's root.

    Raises ModelFileError when neither is there.
    """
    inside, checkout = _PACKAGE / "_data", _PACKAGE.parent
    for folder in (inside, checkout):
        if (folder / "models").is_dir():
            return folder
    raise ModelFileError(
        f"Expected the models in '{inside / 'models'}' or '{checkout / 'models'}', but neither is there: "
        "install the program again."
    )
