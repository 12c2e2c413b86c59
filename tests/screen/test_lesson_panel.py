"""The step at hand on the picture: in its place, in every language, silent where nothing may be told."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from screen_scenes import moment_at

from trainer.coach.practice import Lesson, Phase, Plan
from trainer.coach.routine import Step, load_routine, shipped_routines
from trainer.coach.tempo import Beat
from trainer.foot import atlas
from trainer.model import Image, Moment
from trainer.screen import lesson_panel
from trainer.screen.layout import Box, layout
from trainer.screen.lesson_panel import asked
from trainer.screen.overlay import Overlay
from trainer.screen.text import draw_text, width_of, wrapped
from trainer.screen.theme import Theme
from trainer.strokes.techniques import load_techniques
from trainer.words.words import LANGUAGES, load_words

TECHNIQUES = load_techniques()
ROUTINES = [load_routine(name, TECHNIQUES) for name in shipped_routines()]
SIZES = [(640, 480), (1280, 720), (1920, 1080)]


def lesson(phase: Phase = Phase.WORK, number: int = 0, worked_s: float = 10.0, count: int = 0) -> Lesson:
    return Lesson(Plan("routine", "Mine", ROUTINES[0].steps), phase, number, worked_s, count)


def drawn(moment: Moment, language: str = "en") -> Image:
    return Overlay(TECHNIQUES, words=load_words(language)).draw(moment.frame.image, moment)


def at(size: tuple[int, int] = (1280, 720), **changes: object) -> Moment:
    return moment_at(size, "grey", cue=None, **changes)  # type: ignore[arg-type]


def outside(box: Box, picture: np.ndarray) -> np.ndarray:
    rest = picture.copy()
    rest[box.y : box.bottom, box.x : box.right] = False
    return rest


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_stays_in_its_place(size: tuple[int, int], language: str) -> None:
    box = layout(*size).lesson
    for number in range(len(ROUTINES[0].steps)):
        bare, told = drawn(at(size), language), drawn(at(size, lesson=lesson(number=number)), language)
        differs = (bare != told).any(axis=2)
        assert differs[box.y : box.bottom, box.x : box.right].mean() > 0.5
        technique = layout(*size).stroke
        assert not outside(technique, outside(box, differs)).any()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_nothing_of_the_routines_is_cut_off(
    size: tuple[int, int], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []

    def note(image: Image, text: str, *rest: object) -> int:
        texts.append(text)
        return draw_text(image, text, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(lesson_panel, "draw_text", note)
    for routine in ROUTINES:
        for blind in (False, True):
            plan = Plan("routine", "Mine", routine.steps, blind)
            for number in range(len(routine.steps)):
                drawn(at(size, lesson=Lesson(plan, Phase.WORK, number, 3.0)), language)
    assert len(texts) > 50 and not [text for text in texts if "…" in text]


def test_of_many_zones_it_says_how_many_more() -> None:
    step = Step("kneading", 60, tuple(atlas.SOLE_ZONES))
    unit = layout(1280, 720).unit
    told = lesson_panel._zones(step, load_words(), round(3.1 * unit), Theme(), 42.6 * unit)
    shown, _, more = told.rpartition(" +")
    assert len(shown.split(", ")) + int(more) == len(atlas.SOLE_ZONES) and int(more) > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_asked_for_fits_the_cue_in_two_lines(language: str) -> None:
    words, theme = load_words(language), Theme()
    box = layout(640, 480).cue
    unit = layout(640, 480).unit
    for phase in Phase:
        told = asked(lesson(phase), words)
        assert (told is None) == (phase in (Phase.WORK, Phase.COUNT))
        if told is not None:
            assert width_of(told, round(4.2 * unit), theme.strong_weight) < 1.9 * (box.width - 8 * unit)


def test_a_number_stays_with_its_per_cent() -> None:
    for room in range(60, 400, 20):
        assert not any(line.startswith("%") for line in wrapped("so many words and 100 % of them", 20, 400, room, 3))


def test_the_bar_grows_and_the_time_falls() -> None:
    box = layout(1280, 720).lesson
    teal = np.array(Theme().work)

    def lit(worked_s: float) -> int:
        part = drawn(at(lesson=lesson(worked_s=worked_s)))[box.y : box.bottom, box.x : box.right]
        return int((np.abs(part.astype(int) - teal).max(axis=2) < 8).sum())

    assert lit(5.0) < lit(20.0) < lit(39.0)


def test_the_countdown_is_large_and_in_the_middle() -> None:
    differs = (drawn(at(lesson=lesson(Phase.COUNT, count=3))) != drawn(at(lesson=lesson(Phase.COUNT, count=2)))).any(2)
    rows, columns = np.nonzero(differs)
    assert 330 < rows.mean() < 390 and 600 < columns.mean() < 680
    assert np.ptp(rows) > 80


def test_an_open_drill_counts_up_and_a_blind_run_tells_nothing_of_the_work() -> None:
    drill = Lesson(Plan("drill", "Kneading", (Step("kneading", inf),)), Phase.WORK, 0, 65.0)
    assert (drawn(at(lesson=drill)) != drawn(at(lesson=replace(drill, worked_s=66.0)))).any()
    blind = replace(drill, plan=replace(drill.plan, blind=True))
    fast, slow = at(lesson=blind, rate=190.0), at(lesson=blind, rate=40.0)
    assert np.array_equal(drawn(fast), drawn(slow))
    assert not np.array_equal(drawn(at(lesson=drill, rate=190.0)), drawn(at(lesson=drill, rate=40.0)))


def test_the_gauge_is_of_the_tempo_that_the_step_asks_for() -> None:
    wide, narrow = (Step("kneading", 60), Step("kneading", 60, rate_per_min=(60.0, 70.0)))
    box = layout(1280, 720).stroke
    pictures = [drawn(at(lesson=Lesson(Plan("drill", "x", (step,)), Phase.WORK))) for step in (wide, narrow)]
    assert (pictures[0] != pictures[1])[box.y : box.bottom, box.x : box.right].any()


def test_a_band_of_one_tempo_is_drawn_too() -> None:
    step = Step("kneading", 60, rate_per_min=(80.0, 80.0))
    assert drawn(at(lesson=Lesson(Plan("drill", "x", (step,)), Phase.WORK))).any()


def test_the_beat_is_to_be_seen_and_swells_as_it_comes() -> None:
    box = layout(1280, 720).stroke
    moment = at(rate=float("nan"))
    now = moment.frame.time_s

    def strip(beat: Beat | None) -> Image:
        told = drawn(replace(moment, lesson=replace(lesson(), beat=beat)))
        return told[box.y : box.bottom, box.x : box.right]

    silent, on_it, between = strip(None), strip(Beat(60.0, now - 10.0)), strip(Beat(60.0, now - 10.5))
    assert (silent != between).any() and (on_it != between).any()
    bright = [(p.min(axis=2) > 240).sum() for p in (on_it, between)]
    assert bright[0] > bright[1]
