from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.foot.scenes import place
from trainer.finding import FoundFoot
from trainer.foot import atlas
from trainer.foot.geometry import to_px
from trainer.foot.kind import KINDS, Kind, SettledKind, agrees, evidence
from trainer.model import VIEWS, Side

KIND = st.sampled_from(KINDS)


def found(kind: Kind, side_score: float = 0.85, view_score: float = 0.8) -> FoundFoot:
    landmarks = to_px(place(*kind), atlas.landmarks_uv(kind[1]))
    return FoundFoot(*kind, 0.9, 0.9, side_score, view_score, landmarks, np.ones(14))


@settings(max_examples=60)
@given(KIND, st.floats(0, 360), st.integers(0, 2**31))
def test_landmarks_lie_the_way_round_of_their_kind(kind: Kind, degrees: float, seed: int) -> None:
    there = place(*kind, degrees=degrees)
    landmarks = to_px(there, atlas.landmarks_uv(kind[1]))
    landmarks = landmarks + 300 * 0.02 * np.random.default_rng(seed).normal(size=(14, 2))
    assert agrees(landmarks, kind)
    assert not agrees(landmarks * [-1.0, 1.0], kind)


def test_too_few_landmarks_lie_no_way_round() -> None:
    assert not agrees(np.full((14, 2), np.nan), ("left", "plantar"))


@settings(max_examples=60)
@given(KIND, st.lists(st.sampled_from(["side", "view", ""]), min_size=12, max_size=12))
def test_a_wrong_look_among_right_ones_changes_nothing(kind: Kind, wrong: list[str]) -> None:
    settled = SettledKind()
    other: Side = "right" if kind[0] == "left" else "left"
    for i in range(40):
        right = found(kind)
        what = wrong[i // 4] if i >= 4 and i % 4 == 0 else ""
        spoilt = {"side": replace(right, side=other), "view": replace(right, view=VIEWS[i % 4]), "": right}
        settled.add(evidence(spoilt[what]), 0.1)
        assert settled.kind == kind


@settings(max_examples=40)
@given(KIND, KIND, st.sampled_from([0.05, 0.1, 0.3]))
def test_a_foot_that_turned_is_of_another_kind_after_about_a_second(before: Kind, after: Kind, every_s: float) -> None:
    settled = SettledKind()
    for _ in range(round(4 / every_s)):
        settled.add(evidence(found(before)), every_s)
    took = 0.0
    while settled.kind != after and took < 5:
        settled.add(evidence(found(after)), every_s)
        took += every_s
    assert took < 1.4
    assert before == after or took > 0.4


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_told_narrows(kind: Kind) -> None:
    told = SettledKind(side="left", view="plantar")
    told.add(evidence(found(kind)), 0.1)
    assert told.kind == ("left", "plantar")
    half = SettledKind(side="right")
    for _ in range(5):
        half.add(evidence(found(kind)), 0.1)
    assert half.kind is not None and half.kind[0] == "right"


def test_a_finding_that_does_not_know_settles_nothing() -> None:
    settled = SettledKind()
    unsure = replace(found(("left", "plantar"), 0.5, 0.25), landmarks_px=np.full((14, 2), np.nan))
    for _ in range(30):
        settled.add(evidence(unsure), 0.1)
    assert settled.kind is None
