"""Agreement of machine and instructor, against values reckoned by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.model import Label
from trainer.review.agreement import agreement
from trainer.score.metrics import Segment

NAMES = ("kneading", "friction", "rest")


def label(technique: str, start_s: float, end_s: float) -> Label:
    return Label(technique, start_s, end_s, (), author="person")


def test_the_same_is_full_agreement() -> None:
    labels = [label("kneading", 0, 4), label("friction", 5, 9)]
    told = agreement(labels, [Segment("kneading", 0, 4), Segment("friction", 5, 9)])
    assert (told.kappa, told.same, told.f1_50, told.judged_s) == pytest.approx((1.0, 1.0, 1.0, 9.0))


def test_a_table_by_hand() -> None:
    # 10 s: both kneading 4, person kneading and machine friction 1, person friction and machine kneading 2, both 3.
    labels = [label("kneading", 0, 5), label("friction", 5, 10)]
    machine = [
        Segment("kneading", 0, 4), Segment("friction", 4, 5), Segment("kneading", 5, 7), Segment("friction", 7, 10),
    ]  # fmt: skip
    told = agreement(labels, machine)
    assert told.same == pytest.approx(0.7)
    chance = (5 * 6 + 5 * 4) / 100
    assert told.kappa == pytest.approx((0.7 - chance) / (1 - chance))
    assert told.f1_50 == pytest.approx(2 * 2 / (4 + 2))


def test_what_is_not_sure_is_counted_apart_and_beyond_the_labels_nothing() -> None:
    labels = [label("kneading", 2, 6)]
    told = agreement(labels, [Segment("kneading", 0, 9)], [(3, 4), (8, 9)])
    assert told.judged_s == pytest.approx(3.0) and told.not_sure_s == pytest.approx(1.0) and told.same == 1.0
    assert math.isnan(told.kappa), "where both name one thing only chance explains all"
    nothing = agreement([], [Segment("kneading", 0, 9)])
    assert math.isnan(nothing.same) and nothing.judged_s == 0


@st.composite
def segments(draw: st.DrawFn) -> list[Segment]:
    edges = sorted(draw(st.lists(st.floats(0, 60), unique=True, max_size=8)))
    return [Segment(draw(st.sampled_from(NAMES)), a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]


@given(segments(), segments())
def test_it_is_never_more_than_full_and_the_same_both_ways(a: list[Segment], b: list[Segment]) -> None:
    whole = [Segment("friction", 0.0, 60.0)]
    told = agreement([label(*s) for s in a], b or whole)
    assert math.isnan(told.kappa) or -1 - 1e-9 <= told.kappa <= 1 + 1e-9
    assert math.isnan(told.same) or 0 <= told.same <= 1 + 1e-9
    if told.judged_s > 0 and told.same > 1 - 1e-12 and not math.isnan(told.kappa):
        assert told.kappa == pytest.approx(1.0)
