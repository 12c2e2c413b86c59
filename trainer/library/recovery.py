"""Sessions that ended without having been finished (a crash, a power cut), made whole as far as they were written."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from trainer.errors import TrainerError
from trainer.library.marks import discomforts, is_running, mark_ended
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

_TRACKS = "tracks.parquet"


def recover(library: Library) -> Iterator[tuple[Kept, str | None]]:
    """Make whole what can be: every session that was found unfinished though nobody is at it any more, with what stood
    in the way, None where nothing did."""
    for kept in library.sessions():
        if not kept.finished and kept.folder.is_dir() and not is_running(kept.folder):
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
    card = scorecard_of(session, pipeline, _info(tracks), None, settings, discomforts(kept.folder))
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
