"""Figures of strokes, against sums done by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.score.truths import make_truth
from trainer.score.stroke_tally import NOT_SURE, Live, class_f1, intervals, log_strokes, stroke_figures
from trainer.strokes.vocabulary import NUMBER


def segment(technique: str, start_s: float, end_s: float, cycles: list[float] | None = None) -> dict[str, Any]:
    return {"technique": technique, "start_s": start_s, "end_s": end_s, "hands": ["left"], "confidence": 1.0,
            "rate_per_min": None, "cycles_s": cycles or [], "cycle_sides": ["left"] * len(cycles or [])}  # fmt: skip


def live_of(truth: Any, *parts: tuple[str | None, float], sure: float = 0.95) -> Live:
    """Labels by (name, until when), by the left hand."""
    labels = [next((name for name, until in parts if t < until), None) for t in truth.time_s]
    left = np.tile([True, False], (len(labels), 1))
    return Live(labels, left, np.full(len(labels), sure), np.full(len(labels), np.nan))


def test_all_right_is_all_best() -> None:
    truth = make_truth([("kneading", 1.0, 5.0), ("friction", 6.0, 9.0)], seconds=10.0)
    card = {"segments": [segment(s.technique, s.start_s, s.end_s, list(s.cycles_s)) for s in truth.segments]}
    live = live_of(truth, ("rest", 1), ("kneading", 5), ("rest", 6), ("friction", 9), ("rest", 99))
    figures = stroke_figures([log_strokes(card, live, truth)])
    for name in ("macro_f1", "frame_accuracy_live", "f1_10", "f1_50", "f1_50_with_rest", "edit", "edit_with_rest",
                 "cycle_f", "rate_known", "strokes_named"):  # fmt: skip
        assert figures[name] == pytest.approx(1.0), name
    assert figures["rate_error_per_min_median"] == pytest.approx(0.0, abs=1e-6)
    assert figures["label_flips_per_min"] == 0 and figures["abstained_live"] == 0
    assert figures["label_delay_median_s"] == pytest.approx(0.0, abs=0.05)
    assert "refined_macro_f1" not in figures


def test_delays_flips_and_abstentions() -> None:
    truth = make_truth([("kneading", 1.0, 9.0)], seconds=10.0)
    live = live_of(truth, ("rest", 1), (None, 2), ("kneading", 5), ("friction", 5.5), ("kneading", 9), ("rest", 99))
    log = log_strokes({"segments": []}, live, truth)
    figures = stroke_figures([log])
    assert figures["label_delay_median_s"] == pytest.approx(1.0, abs=0.05)
    assert figures["abstained_live"] == pytest.approx(0.1, abs=0.01)
    assert figures["frame_accuracy_live"] == pytest.approx(0.85, abs=0.01)
    assert figures["frame_accuracy_live_when_sure"] == pytest.approx(8.5 / 9, abs=0.01)
    assert figures["label_flips_per_min"] == pytest.approx(2 / (7 / 60), rel=0.03)
    assert figures["f1_10"] == 0 and np.isnan(figures["cycle_precision"]) and figures["cycle_recall"] == 0
    assert log.confusion[NUMBER["kneading"], NOT_SURE] == pytest.approx(1.0 * 30, abs=2)


def test_the_tempo_shown_four_seconds_into_a_stroke() -> None:
    truth = make_truth([("kneading", 1.0, 9.0), ("friction", 10.0, 13.0)], seconds=14.0)
    rate = truth.segments[0].rate_per_min
    live = live_of(truth, ("rest", 1), ("kneading", 9), ("rest", 99))
    for shown, share in ((rate + 2.9, 1.0), (rate - 3.1, 0.0), (np.nan, 0.0)):
        late = replace(live, rate_per_min=np.where(truth.time_s < 4.9, np.nan, shown))
        assert stroke_figures([log_strokes({"segments": []}, late, truth)])["rate_shown_right"] == share
    early = replace(live, rate_per_min=np.where(truth.time_s < 5.2, rate, 0.0))
    assert stroke_figures([log_strokes({"segments": []}, early, truth)])["rate_shown_right"] == 1.0
    short = make_truth([("kneading", 1.0, 4.0)], seconds=5.0)
    nothing = stroke_figures([log_strokes({"segments": []}, live_of(short, ("rest", 5)), short)])
    assert np.isnan(nothing["rate_shown_right"])


def test_a_stroke_that_is_never_named_counts_with_an_infinite_delay() -> None:
    truth = make_truth([("kneading", 1.0, 4.0), ("friction", 5.0, 8.0)], seconds=10.0)
    live = live_of(truth, ("rest", 1.4), ("kneading", 4), ("rest", 99))
    figures = stroke_figures([log_strokes({"segments": []}, live, truth)])
    assert figures["strokes_named"] == 0.5
    assert figures["label_delay_p95_s"] == np.inf
    assert class_f1(log_strokes({"segments": []}, live, truth).confusion)["friction"] == 0


def test_hands_and_confidence() -> None:
    truth = make_truth([("kneading", 1.0, 5.0)], seconds=6.0)
    live = live_of(truth, ("rest", 1), ("kneading", 3), ("friction", 5), ("rest", 99), sure=0.85)
    figures = stroke_figures([log_strokes({"segments": []}, live, truth)])
    assert figures["hands_named_right"] == 1.0
    assert figures["calibration_error"] == pytest.approx(abs(0.85 - 4 / 6), abs=0.01)
    both = Live(live.labels, np.ones((len(truth.time_s), 2), bool), live.confidence, live.rate_per_min)
    figures = stroke_figures([log_strokes({"segments": []}, both, truth)])
    assert figures["hands_named_right"] == 0.0


def test_looking_back_has_figures_of_its_own() -> None:
    truth = make_truth([("kneading", 1.0, 5.0)], seconds=6.0)
    card = {"segments": [segment("friction", 1.0, 5.0)], "refined": [segment("kneading", 1.0, 5.0)]}
    figures = stroke_figures([log_strokes(card, live_of(truth, ("rest", 99)), truth)])
    assert figures["refined_macro_f1"] == pytest.approx(1.0) and figures["f1_50_refined"] == 1.0
    assert figures["f1_50"] == 0.0


def test_clips_are_added_up_and_redrawn() -> None:
    good = make_truth([("kneading", 1.0, 5.0)], seconds=6.0)
    right = live_of(good, ("rest", 1), ("kneading", 5), ("rest", 99))
    card = {"segments": [segment("kneading", 1.0, 5.0)]}
    logs = [log_strokes(card, right, good)] * 3 + [log_strokes({"segments": []}, live_of(good), good)]
    figures, spans = stroke_figures(logs), intervals(logs)
    assert figures["frame_accuracy_live"] == pytest.approx(0.75)
    assert figures["f1_50"] == pytest.approx(2 * 3 / (3 + 4))
    low, high = spans["frame_accuracy_live"]
    assert low < 0.75 < high == 1.0
    assert intervals(logs) == spans, "the same draw each time"
    alike = intervals([logs[0], replace(logs[0])])
    assert alike["macro_f1"] == (1.0, 1.0)
