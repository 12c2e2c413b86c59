"""A session out of its tracks: everything after hands and foot runs again, by the same code, without any picture."""

from __future__ import annotations

import numpy as np

from trainer.coach.practice import Plan
from trainer.finding import Sighting
from trainer.model import Data, Frame
from trainer.pipeline import Pipeline, open_pipeline
from trainer.score.tracks import Tracks
from trainer.session import Session
from trainer.settings import Settings


class _Eyeless:
    """A hand backend for when hands are known already."""

    name = "tracks"
    trusted = True
    finds = True
    provenance: Data = {"backend": "tracks"}  # noqa: RUF012

    def look(self, frame: Frame) -> Sighting:
        raise NotImplementedError("what hands and foot did stands in the tracks")

    def close(self) -> None:
        pass


def replayed(tracks: Tracks, settings: Settings, plan: Plan | None = None) -> tuple[Session, Pipeline]:
    """The session that these tracks are of, and the pipeline that has judged it. Wrists' bends aren't in tracks:
    nothing is said of them. Raises TrainerError."""
    pipeline = open_pipeline(settings, backend=_Eyeless(), plan=plan)
    video = tracks.facts.get("video", {})
    # One byte that looks like a picture of the right size.
    blank = np.broadcast_to(np.zeros(1, np.uint8), (int(video.get("height", 720)), int(video.get("width", 1280)), 3))
    unknown = np.full(2, np.nan)
    for i in range(len(tracks)):
        frame = Frame(blank, float(tracks.time_s[i]), int(tracks.index[i]))
        pipeline.judge(frame, tracks.hands(i), tracks.foot(i), (unknown, unknown))
    return pipeline.finish(), pipeline
