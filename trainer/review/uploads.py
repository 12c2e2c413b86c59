"""Videos that came in through the page, scored one after the other in the background.

What stands where in the folder says how far each is, so that a server that was killed goes on where it was: beside
``upload.json`` lies the video while it waits, ``problem.txt`` when it couldn't be scored, then the scored session.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from trainer.errors import FormatError, TrainerError
from trainer.files import make_folder, write_text
from trainer.model import Data
from trainer.settings import Settings
from trainer.video.source import VIDEO_SUFFIXES, open_source

LARGEST = 4 * 1024**3
"""Bytes of one upload."""
_SPARE = 512 * 1024**2
"""So much of the disk stays free."""
_FACTS, _PROBLEM = "upload.json", "problem.txt"

State = Literal["waiting", "scoring", "failed"]


@dataclass(frozen=True)
class Upload:
    """A video that isn't scored yet. ``done`` is the share that is, ``problem`` why it can't be."""

    id: str
    name: str
    state: State
    done: float = 0.0
    problem: str = ""


class Uploads:
    """``start`` begins the work in a thread; ``close`` stops it, and the video at hand waits for the next time."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = make_folder(folder)
        self._settings = settings
        self._lock = threading.Lock()
        self._news, self._stop = threading.Event(), threading.Event()
        self._running: tuple[str, float] | None = None
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._work, name="uploads", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop the work; may be called twice."""
        self._stop.set()
        self._news.set()
        with self._lock:
            if self._process is not None:
                self._process.terminate()
        if self._thread.is_alive():
            self._thread.join(10)

    def place(self, name: str, size: int) -> Path:
        """Where a video of ``size`` bytes is to be written. Raises FormatError for what is no video or too large,
        TrainerError when the disk is too full."""
        suffix = Path(name).suffix.lower()
        if suffix not in VIDEO_SUFFIXES:
            raise FormatError(f"Expected a video ({', '.join(sorted(VIDEO_SUFFIXES))}), but got '{name[-40:]}'.")
        if not 0 < size <= LARGEST:
            raise FormatError(f"Expected a video of {LARGEST // 2**30} GB at most, but got {size / 2**30:.1f} GB.")
        free = shutil.disk_usage(self.folder).free
        # The scored session takes about as much again.
        if free < 2 * size + _SPARE:
            raise TrainerError(
                f"Expected room for {2 * size / 2**30:.1f} GB on the disk, but only {free / 2**30:.1f} GB are free."
            )
        return make_folder(self.folder / uuid.uuid4().hex) / f"video{suffix}"

    def check(self, video: Path, name: str) -> None:
        """Raises FormatError for what was written to a place but is no video; then it is gone."""
        try:
            with open_source(video):
                pass
        except TrainerError as error:
            self.drop(video)
            raise FormatError(f"Expected a video, but '{name[-60:]}' can't be read as one.") from error

    def add(self, video: Path, name: str, pictures: bool = True) -> Upload:
        """Take in a video that was checked; without ``pictures`` only what is measured is kept of it. Raises
        WriteError."""
        now = datetime.now(UTC).isoformat("T", "seconds")
        facts = {"name": _plain(name), "at": now, "pictures": pictures}
        write_text(video.parent / _FACTS, json.dumps(facts, ensure_ascii=False))
        self._news.set()
        return self._told(video.parent)

    def drop(self, video: Path) -> None:
        """A video that came only in part is gone."""
        shutil.rmtree(video.parent, ignore_errors=True)

    def remove(self, upload_id: str) -> bool:
        """One that waits, or failed, is gone; of one that isn't there nothing is done. Returns whether there was."""
        found = next((upload for upload in self.pending() if upload.id == upload_id), None)
        if found is None or found.state == "scoring":
            return False
        shutil.rmtree(self.folder / found.id, ignore_errors=True)
        return True

    def pending(self) -> list[Upload]:
        """Those that aren't scored yet, the oldest first."""
        return [self._told(folder) for folder in self._open()]

    def _open(self) -> list[Path]:
        found = [path.parent for path in self.folder.glob(f"*/{_FACTS}")]
        left = [f for f in found if _video_in(f) is not None or (f / _PROBLEM).is_file()]
        return sorted(left, key=lambda folder: (_fact(folder, "at"), folder.name))

    def _told(self, folder: Path) -> Upload:
        name, problem = _fact(folder, "name"), folder / _PROBLEM
        with suppress(FileNotFoundError):
            return Upload(folder.name, name, "failed", 0.0, problem.read_text("utf-8"))
        running = self._running
        if running is not None and running[0] == folder.name:
            return Upload(folder.name, name, "scoring", running[1])
        return Upload(folder.name, name, "waiting")

    def _work(self) -> None:
        while not self._stop.is_set():
            waiting = [f for f in self._open() if not (f / _PROBLEM).is_file()]
            if not waiting:
                self._news.wait(5.0)
                self._news.clear()
                continue
            self._score(waiting[0])

    def _score(self, folder: Path) -> None:
        video = _video_in(folder)
        if video is None:
            return
        named = video.with_name(f"{Path(_fact(folder, 'name')).stem or 'video'}{video.suffix}")
        self._running = folder.name, 0.0
        problem = ""
        try:
            video = video.rename(named)
            with self._lock:
                if self._stop.is_set():
                    return
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "trainer.review.scoring", str(video), str(folder),
                     self._settings.model_dump_json(), *([] if _pictures(folder) else ["--tracks-only"])],
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
                )  # fmt: skip
            assert self._process.stdout is not None
            for line in self._process.stdout:
                if line.startswith("p "):
                    self._running = folder.name, float(line[2:])
                elif line.startswith("! "):
                    problem = line[2:].strip().replace(str(folder), "")
            code = self._process.wait()
            self._process.stdout.close()
            if code == 0:
                video.unlink(missing_ok=True)
            elif not self._stop.is_set():
                write_text(folder / _PROBLEM, problem or "Expected it to be scored, but scoring broke off.")
                video.unlink(missing_ok=True)
        except (OSError, ValueError, TrainerError) as error:
            write_text(folder / _PROBLEM, f"Expected it to be scored, but {error}.")
        finally:
            self._running = self._process = None


def _plain(name: str) -> str:
    """A name that any file may have: the last part of it, of printable letters, not too long."""
    path = Path("".join(letter for letter in name if letter.isprintable()).replace("\\", "/"))
    return f"{path.stem[:50].strip('. ') or 'video'}{path.suffix[:8]}"


def _video_in(folder: Path) -> Path | None:
    # A folder may be removed while the queue is read.
    try:
        return next((path for path in folder.iterdir() if path.suffix.lower() in VIDEO_SUFFIXES), None)
    except OSError:
        return None


def _fact(folder: Path, key: str) -> str:
    return str(_facts(folder).get(key, ""))


def _pictures(folder: Path) -> bool:
    return _facts(folder).get("pictures") is not False


def _facts(folder: Path) -> Data:
    try:
        facts = json.loads((folder / _FACTS).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}
