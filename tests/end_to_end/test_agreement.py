"""One way to do a thing: live, scoring, frame by frame and ahead of time agree to the number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.end_to_end.conftest import CLIP
from trainer.model import Data, Moment
from trainer.pipeline import Pipeline, open_pipeline
from trainer.score.scorer import given_foot, score_video, scorecard_of
from trainer.score.tracks import read_tracks
from trainer.screen.live import run_live
from trainer.screen.overlay import Overlay
from trainer.settings import Settings
from trainer.video.source import open_source

pytestmark = pytest.mark.slow

SETTINGS = Settings()


def told(card: Data) -> Data:
    """What a scorecard says of the massage, without where it came from."""
    return {key: value for key, value in card.items() if key not in ("video", "provenance")}


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Data, Path]:
    result = score_video(CLIP, tmp_path_factory.mktemp("scored"), SETTINGS)
    return result.card, result.folder


def test_live_gives_the_numbers_of_scoring(scored: tuple[Data, Path]) -> None:
    pipeline = open_pipeline(SETTINGS, given=given_foot(CLIP))
    with open_source(CLIP, max_side=SETTINGS.max_side, realtime=True) as source:
        result = run_live(source, pipeline, Overlay(pipeline.techniques), None)
        info = source.info
    live = scorecard_of(pipeline.finish(), pipeline, info, None, SETTINGS)
    pipeline.close()
    assert result.ended == "source"
    assert told(live) == told(scored[0])


def test_step_by_step_gives_the_moments_of_a_run(scored: tuple[Data, Path]) -> None:
    pipeline = open_pipeline(SETTINGS, given=given_foot(CLIP))
    tracks = read_tracks(scored[1] / "tracks.parquet")
    with open_source(CLIP, max_side=SETTINGS.max_side) as source:
        moments: list[Moment] = [pipeline.step(frame) for frame, _ in zip(source.frames(), range(90), strict=False)]
    pipeline.close()
    for i, moment in enumerate(moments):
        assert moment.frame.time_s == pytest.approx(tracks.time_s[i], abs=1e-6)
        px = np.array([hand.landmarks_px for hand in moment.hands])
        np.testing.assert_allclose(px, tracks.hand_px[i], atol=1e-2)
        assert moment.judgement.technique == tracks.technique[i]


def test_recorded_tracks_played_again_show_the_same_hands(scored: tuple[Data, Path]) -> None:
    from trainer.hands.backend import open_backend

    tracks = read_tracks(scored[1] / "tracks.parquet")
    backend = open_backend("recorded", path=scored[1] / "tracks.parquet")
    pipeline: Pipeline = open_pipeline(SETTINGS, given=given_foot(CLIP), backend=backend)
    with open_source(CLIP, max_side=SETTINGS.max_side) as source:
        for frame, i in zip(source.frames(), range(90), strict=False):
            moment = pipeline.step(frame)
            for k, hand in enumerate(moment.hands):
                if tracks.hand_presence[i, k] == "measured":
                    gap = np.linalg.norm(hand.landmarks_px - tracks.hand_px[i, k], axis=1)
                    assert np.median(gap) < 3.0
    pipeline.close()
