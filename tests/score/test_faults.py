"""Where a clip went wrong: each fault once, with its worst frame; and the worst of many clips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from true_clip import FRAMES, arrays, perfect_card, perfect_tracks, write_truth

from trainer.score.evaluate import evaluate_clip
from trainer.score.faults import KEPT, Fault, worst
from trainer.score.tracks import Tracks
from trainer.score.truth import read_truth


def faults_of(folder: Path, tracks: Tracks, **truth: object) -> tuple[Fault, ...]:
    card = perfect_card(folder)
    return evaluate_clip(card, tracks, read_truth(write_truth(folder, None, arrays(**truth)))).faults


def test_a_perfect_clip_has_none(tmp_path: Path) -> None:
    assert faults_of(tmp_path, perfect_tracks(tmp_path)) == ()


def test_a_hand_that_is_missed_for_a_while_is_one_fault(tmp_path: Path) -> None:
    tracks = perfect_tracks(tmp_path)
    presence = tracks.hand_presence.copy()
    presence[20:70, 1] = "unknown"
    visible = np.full((FRAMES, 2), 0.5)
    visible[44, 1] = 0.9
    visible[60:, 1] = 0.1
    (fault,) = faults_of(tmp_path, replace(tracks, hand_presence=presence), hand_visible=visible)
    assert (fault.kind, fault.index) == ("missed hand", 44)
    assert fault.words == "right hand missed, 90% of it visible, for 1.6 s"
    assert np.isfinite(fault.hands_px[0]).all() and np.isnan(fault.hands_px[1]).all()
    assert fault.where_px == pytest.approx(tracks.hand_px[44, 1])


def test_what_is_no_hand_and_a_hand_called_otherwise(tmp_path: Path) -> None:
    tracks = perfect_tracks(tmp_path)
    px = tracks.hand_px.copy()
    px[10:12, 0] += 2000.0
    px[30:60] = px[30:60, ::-1]
    found = {f.kind: f for f in faults_of(tmp_path, replace(tracks, hand_px=px))}
    assert set(found) == {"phantom", "missed hand", "wrong side"}
    assert found["phantom"].index in (10, 11) and found["phantom"].words == "no hand here, called left"
    assert 30 <= found["wrong side"].index < 60 and "called" in found["wrong side"].words
    assert found["wrong side"].weight > found["phantom"].weight, "it lasts"


def test_feet_missed_misnamed_and_misplaced(tmp_path: Path) -> None:
    tracks = perfect_tracks(tmp_path)
    presence, view, px = tracks.foot_presence.copy(), tracks.foot_view.copy(), tracks.foot_px.copy()
    presence[:30] = "unknown"
    view[50:60] = "medial"
    px[80:90] += [0.0, 60.0]
    told = {f.kind: f for f in faults_of(tmp_path, replace(tracks, foot_presence=presence, foot_view=view, foot_px=px))}
    assert set(told) == {"missed foot", "foot misnamed", "foot misplaced"}
    assert np.isnan(told["missed foot"].foot_px).all()
    assert told["foot misnamed"].words == "left foot's sole called a left foot's inner side, for 0.4 s"
    assert told["foot misplaced"].words.startswith("foot off by 1")


def test_a_foot_where_there_is_none(tmp_path: Path) -> None:
    gone = arrays()["foot_landmarks_px"] + 3000.0
    kinds = {f.kind for f in faults_of(tmp_path, perfect_tracks(tmp_path), foot_landmarks_px=gone)}
    assert kinds == {"false foot"}


def test_only_the_worst_of_a_clip_are_kept(tmp_path: Path) -> None:
    tracks = perfect_tracks(tmp_path)
    presence = tracks.hand_presence.copy()
    presence[::2] = "unknown"
    told = faults_of(tmp_path, replace(tracks, hand_presence=presence))
    assert len(told) == KEPT
    assert [f.weight for f in told] == sorted((f.weight for f in told), reverse=True)


def fault(kind: str, weight: float) -> Fault:
    nothing = np.full((14, 2), np.nan)
    return Fault(kind, weight, 0, 0.0, kind, nothing, nothing, nothing, (640, 480))  # type: ignore[arg-type]


def test_the_worst_are_spread_over_clips_and_kinds() -> None:
    one = tuple(fault("phantom", 1.0 - k / 100) for k in range(5))
    clips = {f"clip {k}": one for k in range(4)} | {"other": (fault("missed foot", 0.7), fault("phantom", 0.99))}
    chosen = worst(clips, 6)
    names = [name for name, _ in chosen]
    assert len(chosen) == 6 and max(names.count(name) for name in names) == 2
    assert ("other", "missed foot") in [(name, f.kind) for name, f in chosen], "five phantoms say enough"
    assert len({(name, f.kind) for name, f in chosen}) == 6, "two of a clip are of two kinds"
    assert worst({}, 20) == []
