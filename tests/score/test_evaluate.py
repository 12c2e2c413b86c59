from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from true_clip import FRAMES, arrays, perfect_card, perfect_tracks, write_truth

from trainer.model import Coverage, Data, Stroke
from trainer.score.catalogue import METRICS
from trainer.score.evaluate import Results
from trainer.score.evaluate import evaluate_clip as evaluate
from trainer.score.scorecard import Extras, Span
from trainer.score.tracks import Tracks
from trainer.score.truth import Truth, read_truth


def evaluate_clip(card: Data, tracks: Tracks, truth: Truth) -> Results:
    return evaluate(card, tracks, truth).results


def test_perfect_is_perfect(tmp_path: Path) -> None:
    results = evaluate_clip(perfect_card(tmp_path), perfect_tracks(tmp_path), read_truth(tmp_path / "clip.mp4"))
    assert list(results) == list(METRICS)
    unknowable = {
        "bridged_error_median", "hidden_error_median", "joint_error_median", "hidden_joint_error_median", "foot_false",
        "foot_drift_60_s", "coverage_dice_top", "rate_shown_right",
        *(name for name in METRICS if name.startswith(("contact_", "length_"))),  # this truth tells nothing of contact
        *(name for name in METRICS if "refined" in name),  # nobody looked back
    }  # fmt: skip
    for name, metric in METRICS.items():
        if name in unknowable:
            assert np.isnan(results[name])
        else:
            best = 1 if metric.better == "high" else 0
            assert results[name] == pytest.approx(best, abs=1e-6), name


def test_nothing_seen_is_zero_or_unknown(tmp_path: Path) -> None:
    still = np.where(np.isfinite(arrays()["contact_seconds"]), 0.0, np.nan)
    card = perfect_card(
        tmp_path, strokes=[], coverage=(Coverage("plantar", still, still, {}, 0.0, 4.0),), unseen_s=4.0,
        extras=Extras(not_sure=[Span(0.0, 4.0)]),
    )  # fmt: skip
    tracks = perfect_tracks(tmp_path)
    unknown = np.full((FRAMES, 2), "unknown", object)
    blind = replace(
        tracks, hand_presence=unknown, foot_presence=unknown[:, 0], hand_px=tracks.hand_px * np.nan,
        foot_px=tracks.foot_px * np.nan, technique=np.full(FRAMES, None, object),
    )  # fmt: skip
    results = evaluate_clip(card, blind, read_truth(tmp_path / "clip.mp4"))
    for name in (
        "hands_found",
        "foot_found",
        "frame_accuracy",
        "f1_10",
        "cycle_f",
        "rate_known",
        "coverage_dice",
    ):
        assert results[name] == 0, name
    for name in ("landmark_error_median", "rate_error_per_min_median", "foot_error_median", "frame_accuracy_when_sure"):
        assert np.isnan(results[name]), name
    assert results["phantom_hands_per_min"] == 0
    assert results["zone_seconds_error"] == 1
    assert results["abstained"] == 1 and results["unseen_share"] == 1


def test_seconds_on_the_other_face_are_no_error_of_this_one(tmp_path: Path) -> None:
    truth = read_truth(write_truth(tmp_path))
    both = replace(truth, zone_seconds={**truth.zone_seconds, "instep": 99.0, "toes_top": 9.0})
    results = evaluate_clip(perfect_card(tmp_path), perfect_tracks(tmp_path), both)
    assert results["zone_seconds_error"] == pytest.approx(0, abs=1e-6)
    assert results["zone_false_s"] == pytest.approx(0, abs=1e-6)


def test_hands_on_a_bare_foot_are_phantoms(tmp_path: Path) -> None:
    tracks = perfect_tracks(tmp_path)
    card = perfect_card(tmp_path)
    content = arrays()
    content["hand_landmarks_px"] = np.full_like(content["hand_landmarks_px"], np.nan)
    content["hand_visible"] = np.zeros((FRAMES, 2))
    truth = read_truth(write_truth(tmp_path, None, content))
    results = evaluate_clip(card, tracks, truth)
    assert results["phantom_hands_per_min"] == pytest.approx(2 * 25 * 60)
    assert np.isnan(results["hands_found"])


def test_joints_that_are_seen_count_apart_from_hidden_ones(tmp_path: Path) -> None:
    seen = np.zeros((FRAMES, 2, 21), bool)
    seen[:, :, :15] = True
    tracks = perfect_tracks(tmp_path)
    truth = read_truth(write_truth(tmp_path, None, arrays(hand_joints_visible=seen)))
    px = tracks.hand_px.copy()
    px[:, :, :15] += [0.0, 3.0]
    px[:, :, 15:] += [0.0, 12.0]
    crossed = replace(tracks, hand_px=px[:, ::-1])
    for told in (replace(tracks, hand_px=px), crossed):
        results = evaluate_clip(perfect_card(tmp_path), told, truth)
        assert results["joint_error_median"] == pytest.approx(0.03)
        assert results["hidden_joint_error_median"] == pytest.approx(0.12)
    assert results["side_right"] == 0, "each hand was taken for the other"


def test_the_foot_that_is_named_wrongly(tmp_path: Path) -> None:
    tracks = perfect_tracks(tmp_path)
    side, view, presence = (w.copy() for w in (tracks.foot_side, tracks.foot_view, tracks.foot_presence))
    side[:20], view[10:40], presence[80:] = "right", "dorsal", "unknown"
    told = replace(tracks, foot_side=side, foot_view=view, foot_presence=presence)
    results = evaluate_clip(perfect_card(tmp_path), told, read_truth(tmp_path / "clip.mp4"))
    assert results["foot_found"] == 0.8
    assert results["foot_side_right"] == 0.75 and results["foot_view_right"] == 0.625
    assert results["foot_named_right"] == 0.5


def test_bridged_hands_count_apart(tmp_path: Path) -> None:
    tracks = perfect_tracks(tmp_path)
    presence = tracks.hand_presence.copy()
    presence[:50, 0] = "bridged"
    px = tracks.hand_px.copy()
    px[:50, 0] += [10.0, 0.0]
    truth = read_truth(tmp_path / "clip.mp4")
    results = evaluate_clip(perfect_card(tmp_path), replace(tracks, hand_presence=presence, hand_px=px), truth)
    assert results["hands_found"] == 0.75
    assert results["hands_found_with_bridged"] == 1
    assert results["landmark_error_p90"] == pytest.approx(0.0, abs=1e-9)
    assert results["bridged_error_median"] == pytest.approx(0.1)
    assert results["bridged_share"] == 0.25
    assert results["hands_both_found"] == 0.5


def test_frames_are_paired_by_time(tmp_path: Path) -> None:
    tracks = perfect_tracks(tmp_path)
    kept = np.arange(FRAMES) % 10 != 9
    fewer = replace(
        tracks, **{k: v[kept] for k, v in vars(tracks).items() if isinstance(v, np.ndarray)}
    )  # fmt: skip
    results = evaluate_clip(perfect_card(tmp_path), fewer, read_truth(tmp_path / "clip.mp4"))
    assert results["hands_found"] == pytest.approx(0.9), "a frame left out wasn't seen"
    assert results["landmark_error_median"] == pytest.approx(0.0, abs=1e-9)


def test_a_clip_scored_at_half_size_is_judged_at_its_own(tmp_path: Path) -> None:
    tracks = perfect_tracks(tmp_path)
    half = replace(tracks, hand_px=tracks.hand_px / 2, foot_px=tracks.foot_px / 2)
    small = perfect_card(tmp_path, video=SimpleNamespace(name="clip.mp4", width=320, height=240, fps=25.0))
    results = evaluate_clip(small, half, read_truth(tmp_path / "clip.mp4"))
    assert results["landmark_error_p90"] == pytest.approx(0.0, abs=1e-9)
    assert results["foot_error_p95"] == pytest.approx(0.0, abs=1e-9)


def test_a_wrong_name_spoils_rate_and_frames(tmp_path: Path) -> None:
    truth = read_truth(write_truth(tmp_path))
    kneading, walking = truth.segments
    strokes = [
        Stroke("friction", kneading.start_s, kneading.end_s, ("left",), 0.5, kneading.cycles_s),
        Stroke("thumb_walking", walking.start_s, walking.end_s, ("right",), 0.5, (2.5, 2.9, 3.3)),
    ]
    card = perfect_card(tmp_path, strokes=strokes)
    results = evaluate_clip(card, perfect_tracks(tmp_path), truth)
    assert results["rate_error_per_min_median"] == pytest.approx(50), "of the walking alone: 150 told, 200 true"
    assert results["rate_known"] == 0.5
    assert results["frame_accuracy"] == pytest.approx(0.6)
    assert results["edit"] == 0.5


def test_late_cycles_are_told_apart_from_wrong_ones(tmp_path: Path) -> None:
    truth = read_truth(write_truth(tmp_path))
    strokes = [
        Stroke(s.technique, s.start_s, s.end_s, s.hands, 0.9, tuple(c + 0.15 for c in s.cycles_s))
        for s in truth.segments
    ]
    results = evaluate_clip(perfect_card(tmp_path, strokes=strokes), perfect_tracks(tmp_path), truth)
    assert results["cycle_f"] == 0
    assert results["cycle_offset_s"] == pytest.approx(0.15)
    assert results["cycle_f_without_offset"] == 1
