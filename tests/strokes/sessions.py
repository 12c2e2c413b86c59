"""Session folders as a user's run leaves them, from made-up touches."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.score.session_results import plantar_coverage
from tests.strokes.kinematics import Session
from trainer.foot.geometry import to_px
from trainer.model import Frame, Hand, Judgement, Moment, Touch
from trainer.score.tracks import TrackRecorder

IMAGE = np.zeros((2, 2, 3), np.uint8)


def write_session(folder: Path, made: Session, labels: str) -> Path:
    """``folder`` with tracks.parquet and labels.csv."""
    folder.mkdir(parents=True)
    with TrackRecorder(folder / "tracks.parquet", video={"name": "x.mp4", "width": 640, "height": 480}) as recorder:
        for index, touch in enumerate(made.touches):
            recorder.append(_moment(touch, index))
    (folder / "labels.csv").write_text(labels, encoding="utf-8")
    return folder


def _moment(touch: Touch, index: int) -> Moment:
    left, right = (
        Hand(h.side, h.presence, to_px(touch.foot.px_from_uv, h.uv), touch.world_m[k], 0.9)
        for k, h in enumerate(touch.hands)
    )
    judgement = Judgement(touch.time_s, None, 0.0, ())
    return Moment(
        Frame(IMAGE, touch.time_s, index), (left, right), touch.foot, touch, judgement, float("nan"), (),
        plantar_coverage(), (), None,
    )  # fmt: skip
