"""How well the foot was seen: found, named, placed, and not announced where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from trainer.model import Floats
from trainer.score import foot_tally
from trainer.score.foot_tally import FootSight, TrueFoot, foot_figures, log_foot
from trainer.score.tally import FrameLog

SIZE = (640, 480)


def foot(frames: int = 1, at: tuple[float, float] = (100.0, 300.0)) -> Floats:
    """(frames, 14, 2): heel_back at ``at``, the longest toe 400 px to the right of it, the others between."""
    one = np.stack([np.linspace(40, 390, 14), np.tile([0.0, 50.0], 7)], axis=-1)
    one[0], one[8] = (0.0, 0.0), (400.0, 0.0)
    return np.repeat(one[None] + at, frames, axis=0)


def sight(px: Floats) -> FootSight:
    frames = len(px)
    return FootSight(np.ones(frames, bool), px, np.full(frames, "left", object), np.full(frames, "plantar", object))


def figures(reported: FootSight, true: Floats, visible: np.ndarray | None = None, fps: float = 1.0) -> dict[str, float]:
    shown = np.ones(true.shape[:2], bool) if visible is None else visible
    counts, errors = log_foot(reported, TrueFoot("left", "plantar", true, shown, SIZE), np.arange(len(true)) / fps)
    return foot_figures(FrameLog({"frames": np.ones(len(true)), **counts}, errors, 1 / fps).tally())


def test_its_length_is_from_the_heel_to_the_longest_toe() -> None:
    true = foot(3)
    true[1, 11, 1] += 400.0
    true[2, 0] = np.nan
    assert foot_tally.foot_length_px(true)[:2] == pytest.approx([400.0, np.hypot(*(true[1, 11] - [100.0, 300.0]))])
    assert np.isnan(foot_tally.foot_length_px(true)[2])


def test_errors_of_seen_and_hidden_landmarks_are_told_apart() -> None:
    true = foot(10)
    visible = np.ones((10, 14), bool)
    visible[:, 10:] = False
    px = true + np.array([0.0, 8.0])
    px[:, 10:] += [0.0, 16.0]
    px[:, 13] += [0.0, 200.0]
    told = figures(sight(px), true, visible)
    assert told["foot_error_median"] == pytest.approx(0.02)
    assert told["foot_hidden_error_median"] == pytest.approx(0.06)
    assert told["foot_error_p95"] > 0.2
    assert told["foot_pck_20"] == pytest.approx(13 / 14)


def test_what_lies_out_of_the_picture_is_asked_of_nobody() -> None:
    true = foot(1, (300.0, 300.0))
    px = np.where(true[..., :1] > 639, np.nan, true)
    told = figures(sight(px), true)
    assert told["foot_error_p95"] == 0 and told["foot_pck_20"] == 1
    px[0, 3] = np.nan
    inside = int((true[0, :, 0] <= 639).sum())
    assert figures(sight(px), true)["foot_pck_20"] == pytest.approx(1 - 1 / inside), "but what lies in it is"


def test_found_and_named_count_where_there_is_enough_of_a_foot() -> None:
    true, visible = foot(4), np.ones((4, 14), bool)
    visible[0, 3:] = False
    reported = replace(
        sight(true), seen=np.array([True, True, True, False]),
        side=np.array(["right", "left", "right", "left"], object),
        view=np.array(["dorsal", "plantar", "plantar", "plantar"], object),
    )  # fmt: skip
    told = figures(reported, true, visible)
    assert told["foot_found"] == pytest.approx(2 / 3)
    assert (told["foot_side_right"], told["foot_view_right"], told["foot_named_right"]) == (0.5, 1.0, 0.5)
    assert np.isnan(told["foot_false"]), "there is a foot in each"


def test_a_foot_where_there_is_none() -> None:
    true = foot(4)
    true[1:3] += 2000.0
    true[3] = np.nan
    reported = replace(sight(foot(4)), seen=np.array([True, False, True, True]))
    told = figures(reported, true)
    assert told["foot_false"] == pytest.approx(2 / 3)
    assert told["foot_found"] == 1


def test_drift_is_what_the_whole_foot_has_gone_astray_in_a_minute() -> None:
    frames = 150
    own = np.stack([np.linspace(0, 60, frames), np.zeros(frames)], axis=1)[:, None]
    true = foot(frames) + own
    assert figures(sight(true + np.array([9.0, 0.0])), true)["foot_drift_60_s"] == pytest.approx(0), (
        "an error that stays"
    )
    gone = np.stack([np.zeros(frames), np.arange(frames) / 60 * 20.0], axis=1)[:, None]
    assert figures(sight(true + gone), true)["foot_drift_60_s"] == pytest.approx(0.05), "20 px a minute"
    assert np.isnan(figures(sight(true[:59]), true[:59])["foot_drift_60_s"])


def test_nothing_reported_is_nothing_measured() -> None:
    true = foot(3)
    blind = replace(sight(true * np.nan), seen=np.zeros(3, bool))
    told = figures(blind, true)
    assert told["foot_found"] == 0
    for name in ("foot_error_median", "foot_pck_20", "foot_named_right", "foot_drift_60_s"):
        assert np.isnan(told[name]), name
