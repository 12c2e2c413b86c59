"""What lies beside a session: which process is at it, who practises, and moments of discomfort, safe from a crash."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from trainer.files import write_text

_RUNNING, _MARKS, _STUDENT = "running", "discomfort.jsonl", "student.txt"


def mark_running(folder: Path) -> None:
    """Says in a session's folder that this process is at it."""
    write_text(folder / _RUNNING, json.dumps(_self()))


def mark_ended(folder: Path) -> None:
    (folder / _RUNNING).unlink(missing_ok=True)


def note_student(folder: Path, name: str) -> None:
    """Says in a session's folder who practises."""
    write_text(folder / _STUDENT, f"{name}\n")


def student_of(folder: Path) -> str:
    """Who practised, "" where nobody said it."""
    try:
        return " ".join((folder / _STUDENT).read_text("utf-8").split())
    except (OSError, UnicodeDecodeError):
        return ""


def is_bare(folder: Path) -> bool:
    """Whether nothing of the session itself is in its folder."""
    return all(path.name == _STUDENT for path in folder.iterdir())


def note_discomfort(folder: Path, time_s: float) -> None:
    """Puts a moment of discomfort where a crash doesn't reach it."""
    with (folder / _MARKS).open("a", encoding="utf-8") as file:
        file.write(f"{time_s:.3f}\n")
        file.flush()
        os.fsync(file.fileno())


def discomforts(folder: Path) -> list[float]:
    """The moments noted."""
    try:
        lines = (folder / _MARKS).read_text("utf-8").splitlines()
    except OSError:
        return []
    # The last line may have been cut off.
    return [float(line) for line in lines if line.replace(".", "", 1).isdigit()]


def _self() -> dict[str, Any]:
    import psutil

    return {"pid": os.getpid(), "since": psutil.Process().create_time()}


def is_running(folder: Path) -> bool:
    """Whether the process that was at a session still is; another one that has got its number isn't it."""
    import psutil

    try:
        told = json.loads((folder / _RUNNING).read_text("utf-8"))
        return bool(abs(psutil.Process(told["pid"]).create_time() - told["since"]) < 2.0)
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return False
