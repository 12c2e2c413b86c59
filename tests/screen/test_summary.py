"""The screen after a session: it says what the scorecard says, in every language, and nothing is cut off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from screen_scenes import coverage_of

from tests.score.session_results import make_card, results
from trainer.coach.practice import Plan
from trainer.coach.routine import Step
from trainer.coach.wish import Wish
from trainer.library.measures import measures_of
from trainer.model import Rhythm, Stroke
from trainer.score.scorecard import Extras
from trainer.screen import summary as module
from trainer.screen.summary import MOST_ROWS, Summary, draw_summary, summary_of
from trainer.strokes.techniques import load_techniques
from trainer.words.words import LANGUAGES, load_words

TECHNIQUES = load_techniques()
NAN = float("nan")
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def card(**changed: Any) -> Any:
    done = [t for t in TECHNIQUES if t != "rest"][:7]
    strokes = [Stroke(t, 10.0 * k, 10.0 * k + 9 - k, ("left",), 0.9) for k, t in enumerate(done)]
    base = {
        "duration_s": 185.0, "unseen_s": 12.0, "posture": [], "strokes": strokes, "coverage": coverage_of(),
        "rhythm": [Rhythm("kneading", 60, 92.0, 0.12, NAN, 0.85, 0.5, 0)],
    }  # fmt: skip
    return make_card(**results(**(base | changed)))


def told(language: str = "en", **changed: Any) -> Summary:
    return summary_of(card(**changed), [coverage_of()], "", TECHNIQUES, load_words(language))


def test_it_says_what_the_scorecard_says() -> None:
    summary = told()
    assert summary.went_well is not None and "Kneading was steady" in summary.went_well
    assert len(summary.rows) == MOST_ROWS and [row.name for row in summary.rows][:2] == ["Effleurage", "Kneading"]
    assert summary.rows[1].rate_per_min == 92.0 and summary.rows[1].band == TECHNIQUES["kneading"].rate_range
    assert all(c.before == "" and c.better == 0 for c in summary.compared)


def test_against_last_time_by_shape_and_not_for_chance() -> None:
    before = measures_of(card())
    worse = replace(before, in_range_share=0.5, unseen_share=0.4, steadiness=before.steadiness, worked_share=0.9)
    summary = summary_of(card(), [coverage_of()], "", TECHNIQUES, load_words(), (DAY, worse))
    assert [c.better for c in summary.compared] == [1, 0, -1, 1]
    assert summary.against == "Against 2026-03-01"


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_a_teacher_it_is_measured_against_that_session(language: str) -> None:
    words = load_words(language)
    steps = (Step("effleurage", 10), Step("kneading", 20, rate_per_min=(80.0, 90.0)), Step("friction", 9))
    practised = card(extras=Extras(plan=Plan("teacher", "Anna", steps), wish=Wish("Anna", {"hallux": 8.0})))
    summary = summary_of(practised, [coverage_of()], "", TECHNIQUES, words, (DAY, measures_of(practised)))
    assert summary.against == words.say("summary", "teacher")
    assert summary.rows[1].band == (80.0, 90.0), "the teacher's tempo, not the preset"
    assert [c.label for c in summary.compared][:3] == [
        words.say("summary", key) for key in ("order_alike", "tempo_alike", "map_alike")
    ]
    assert all(c.now.endswith("%") for c in (summary.compared[0], summary.compared[2]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (1920, 1080)])
def test_every_line_is_drawn_inside_the_picture_and_whole(
    language: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    real = module.draw_text

    def noted(image: np.ndarray, text: str, x: float, baseline: float, *rest: Any, **more: Any) -> int:
        assert 0 <= x <= image.shape[1] and 0 < baseline < image.shape[0] - 2
        drawn.append(text)
        return real(image, text, x, baseline, *rest, **more)

    monkeypatch.setattr(module, "draw_text", noted)
    before = replace(measures_of(card()), in_range_share=0.5)
    words = load_words(language)
    for changed in ({}, {"unseen_s": 120.0}, {"rhythm": [Rhythm("kneading", 60, 180.0, 0.12, NAN, 0.1, 0.5, 0)]}):
        summary = summary_of(card(**changed), [coverage_of()], "", TECHNIQUES, words, (DAY, before))
        picture = draw_summary(summary, words, size=size)
        assert picture.shape == (size[1], size[0], 3)
    assert words.say("summary", "close") in drawn
    assert [text for text in drawn if text.endswith("…")] == []


def test_an_empty_session_is_told_too() -> None:
    summary = summary_of(card(strokes=[], rhythm=[]), [], "Warm-up", TECHNIQUES, load_words())
    assert summary.went_well is None and summary.rows == () and summary.coverage is None
    assert draw_summary(summary, load_words()).any()
