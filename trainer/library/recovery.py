"""Sessions that ended without having been finished (a crash, a power cut), made whole as far as they were written."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from trainer.errors import TrainerError
from trainer.files import write_text
from trainer.library.measures import measures_of
from trainer.library.store import Kept, Library
from trainer.model import Data
from trainer.score.journal import SUFFIX, finish_journal
from trainer.score.replay import replayed
from trainer.score.report import write_report
from trainer.score.scorecard import write_scorecard
from trainer.score.scorer import scorecard_of
from trainer.score.tracks import Tracks, read_tracks
from trainer.settings import Settings
from trainer.video.cut_off import finish_video
from trainer.video.source import VideoInfo

_RUNNING, _TRACKS, _MARKS = "running", "tracks.parquet", "discomfort.jsonl"


def mark_running(folder: Path) -> None:
    """Says in a session's folder that this process is at it."""
    write_text(folder / _RUNNING, json.dumps(_self()))


def mark_ended(folder: Path) -> None:
    (folder / _RUNNING).unlink(missing_ok=True)


def note_discomfort(folder: Path, time_s: float) -> None:
    """Puts a moment of discomfort where a crash doesn't reach it."""
    with (folder / _MARKS).open("a", encoding="utf-8") as file:
        file.write(f"{time_s:.3f}\n")
        file.flush()
        os.fsync(file.fileno())


def recover(library: Library) -> Iterator[tuple[Kept, str | None]]:
    """Make whole what can be: every session that was found unfinished though nobody is at it any more, with what stood
    in the way, None where nothing did."""
    for kept in library.sessions():
        if not kept.finished and kept.folder.is_dir() and not _is_running(kept.folder):
            try:
                card = _made_whole(kept)
            except TrainerError as error:
                yield kept, str(error)
                continue
            if card is not None:
                library.finish(kept.id, measures_of(card))
                mark_ended(kept.folder)
                yield kept, None


def _made_whole(kept: Kept) -> Data | None:
    """The scorecard of what was seen, None where nothing was."""
    for video in kept.folder.glob("*.unfinished.mp4"):
        finish_video(video.with_name(video.name.replace(".unfinished", "")))
    path = kept.folder / _TRACKS
    if path.with_suffix(SUFFIX).is_file():
        finish_journal(path)
    if not path.is_file():
        return None
    tracks = read_tracks(path)
    if len(tracks) < 2:
        return None
    settings = _settings(tracks)
    session, pipeline = replayed(tracks, settings)
    card = scorecard_of(session, pipeline, _info(tracks), None, settings, _marks(kept.folder))
    write_scorecard(kept.folder / "scorecard.json", card)
    write_report(kept.folder / "report.html", card)
    return card


def _settings(tracks: Tracks) -> Settings:
    """The settings of the session, as far as this version still knows them."""
    told = tracks.facts.get("provenance", {}).get("settings", {})
    known = {key: value for key, value in told.items() if key in Settings.model_fields and value is not None}
    try:
        return Settings.model_validate(known)
    except ValueError:
        return Settings()


def _info(tracks: Tracks) -> VideoInfo:
    video = tracks.facts.get("video", {})
    fps = 1.0 / float(np.median(np.diff(tracks.time_s)))
    return VideoInfo(
        str(video.get("name", "camera")), None, int(video.get("width", 0)), int(video.get("height", 0)), fps, None,
        len(tracks), 0, False, "",
    )  # fmt: skip


def _marks(folder: Path) -> list[float]:
    try:
        lines = (folder / _MARKS).read_text("utf-8").splitlines()
    except OSError:
        return []
    # The last line may have been cut off.
    return [float(line) for line in lines if line.replace(".", "", 1).isdigit()]


def _self() -> dict[str, Any]:
    import psutil

    return {"pid": os.getpid(), "since": psutil.Process().create_time()}


def _is_running(folder: Path) -> bool:
    """Whether the process that was at a session still is; another one that has got its number isn't it."""
    import psutil

    try:
        told = json.loads((folder / _RUNNING).read_text("utf-8"))
        return bool(abs(psutil.Process(told["pid"]).create_time() - told["since"]) < 2.0)
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return False
