"""Cues given and asked for, put together."""

from __future__ import annotations

from math import isnan

import pytest

from trainer.model import Cue
from trainer.score.cue_match import WITHIN_S, match_cues, precision_recall


def cues(*told: tuple[float, str]) -> list[Cue]:
    return [Cue(time_s, kind, "x") for time_s, kind in told]


def test_the_nearest_of_one_kind_belong_together_and_each_only_once() -> None:
    wanted = cues((10.0, "slower"), (14.0, "slower"), (30.0, "steadier"))
    given = cues((13.0, "slower"), (15.0, "slower"), (31.0, "slower"), (30.0 + WITHIN_S + 0.1, "steadier"))
    matched = match_cues(wanted, given)
    told = [(m.wanted and m.wanted.time_s, m.given and m.given.time_s) for m in matched]
    assert told == [(10.0, 13.0), (14.0, 15.0), (30.0, None), (None, 31.0), (None, 36.1)]
    assert matched[0].delay_s == 3.0 and isnan(matched[2].delay_s)
    assert precision_recall(matched) == (pytest.approx(0.5), pytest.approx(2 / 3))


def test_nothing_given_and_nothing_asked_for() -> None:
    assert all(map(isnan, precision_recall(match_cues([], []))))
    assert precision_recall(match_cues(cues((1.0, "care")), []))[1] == 0.0
