"""Strokes from judgements: merging, specks, lag, and the same result step by step."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.model import Judgement
from trainer.strokes.segments import JOIN_S, LAG_S, LEAST_S, StrokeBuilder, strokes_from

STEP = 1 / 30


def judged(*spans: tuple[str | None, float]) -> list[Judgement]:
    out, t = [], 0.0
    for name, seconds in spans:
        for _ in range(round(seconds / STEP)):
            out.append(Judgement(t, name, 0.8, ("right",) if name else ()))
            t += STEP
    return out


def test_a_stretch_between_rests_is_one_stroke_moved_back_by_the_lag() -> None:
    (s,) = strokes_from(judged(("rest", 3), ("kneading", 5), ("rest", 3)))
    assert s.technique == "kneading"
    assert s.start_s == pytest.approx(3 - LAG_S, abs=2 * STEP)
    assert s.end_s == pytest.approx(8 - LAG_S, abs=2 * STEP)
    assert s.confidence == pytest.approx(0.8)
    assert s.hands == ("right",)


def test_a_short_doubt_does_not_part_a_stroke_and_a_long_one_does() -> None:
    short, long = 0.8 * JOIN_S, 2 * JOIN_S
    assert len(strokes_from(judged(("friction", 3), (None, short), ("friction", 3), ("rest", 2)))) == 1
    assert len(strokes_from(judged(("friction", 3), (None, long), ("friction", 3), ("rest", 2)))) == 2


def test_a_speck_is_dropped_also_inside_another_stroke() -> None:
    speck = 0.6 * LEAST_S
    assert strokes_from(judged(("rest", 2), ("wringing", speck), ("rest", 2))) == ()
    (s,) = strokes_from(judged(("friction", 3), ("kneading", speck), ("friction", 3), ("rest", 3)))
    assert s.technique == "friction"


def test_one_technique_after_another() -> None:
    a, b = strokes_from(judged(("friction", 4), ("kneading", 4), ("rest", 3)))
    assert (a.technique, b.technique) == ("friction", "kneading")
    assert a.end_s <= b.start_s


def test_cycles_and_their_sides_stay_with_their_stroke() -> None:
    judgements = judged(("rest", 2), ("kneading", 4), ("rest", 2))
    j = judgements[100]
    judgements[100] = Judgement(j.time_s, j.technique, j.confidence, j.hands, ((3.1, "left"), (2.7, "right")))
    (s,) = strokes_from(judgements)
    assert s.cycles_s == (2.7, 3.1)
    assert s.cycle_sides == ("right", "left")


def test_what_goes_on_at_the_end_ends_with_the_video() -> None:
    (s,) = strokes_from(judged(("rest", 2), ("kneading", 4)))
    assert s.end_s == pytest.approx(6, abs=2 * STEP)


def test_nothing_in_nothing_out() -> None:
    assert strokes_from([]) == ()
    assert strokes_from(judged(("rest", 2), (None, 2))) == ()


_NAMES = st.sampled_from(["rest", None, "kneading", "friction", "wringing"])


@settings(max_examples=40)
@given(st.lists(st.tuples(_NAMES, st.floats(0.1, 4.0)), max_size=12))
def test_strokes_never_overlap_and_live_agrees(spans: list[tuple[str | None, float]]) -> None:
    judgements = judged(*spans)
    strokes = strokes_from(judgements)
    for a, b in pairwise(strokes):
        assert a.end_s <= b.start_s + 1e-9
    for s in strokes:
        assert s.start_s < s.end_s
    builder = StrokeBuilder()
    for j in judgements:
        builder.add(j)
        assert builder.so_far()[: len(builder.strokes)] == builder.strokes
    assert builder.finish() == strokes
