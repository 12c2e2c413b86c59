"""Keys of a practice: steps on and back, why a cue was given, the beat's sound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from screen_clips import real_pipeline, scene, write_clip
from screen_scenes import moment_at

from trainer.coach.metronome import Clicker
from trainer.coach.practice import Lesson, Phase, Plan
from trainer.coach.routine import Step
from trainer.model import Cue, Moment
from trainer.screen.controls import SkipStep, ToggleSound, ViewState, react
from trainer.screen.keys import HELP_LINES, Action, action_of
from trainer.screen.live import run_live
from trainer.screen.overlay import Overlay
from trainer.strokes.techniques import load_techniques
from trainer.video.source import open_source
from trainer.words.words import load_words

STEPS = Lesson(Plan("routine", "Mine", (Step("kneading", 30), Step("friction", 30))), Phase.WORK)
MOMENT = moment_at(lesson=STEPS)
NOW = 100.0


def test_steps_are_asked_for_where_there_are_any() -> None:
    assert react(ViewState(), Action.NEXT, MOMENT, NOW)[1] == (SkipStep(1),)
    assert react(ViewState(), Action.BACK, MOMENT, NOW)[1] == (SkipStep(-1),)
    for moment in (None, moment_at(), moment_at(lesson=Lesson(Plan(), Phase.WORK))):
        state, requests = react(ViewState(), Action.NEXT, moment, NOW)
        assert requests == () and state.notice == "Free practice has no steps."


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_why_tells_the_reason_of_the_last_cue(language: str) -> None:
    words = load_words(language)
    state, _ = react(ViewState(words=words), Action.WHY, MOMENT, NOW)
    assert state.notice == words.say("notices", "no_cue")
    cue = Cue(1.0, "slower", "x", "because")
    state, _ = react(ViewState(words=words, cue=cue), Action.WHY, MOMENT, NOW)
    assert state.notice is not None and state.notice.endswith("because")


def test_every_key_of_the_help_is_a_key_and_has_words() -> None:
    for key, words in HELP_LINES:
        code = 32 if key == "Space" else ord(key.lower())
        assert action_of(code) is not None
        assert load_words().say("keys", words)
    assert react(ViewState(), Action.MUTE, MOMENT, NOW)[1] == (ToggleSound(),)


def test_a_session_leads_the_beat_and_goes_through_its_steps(tmp_path_factory: pytest.TempPathFactory) -> None:
    clip = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_clip(clip, 3.0)
    pipeline = real_pipeline(scene())
    pipeline.practice = type(pipeline.practice)(Plan("drill", "Kneading", (Step("kneading", 60), Step("friction", 9))))
    seen: list[Moment] = []

    def note(moment: Moment) -> None:
        seen.append(moment)
        if moment.frame.index in (30, 50):
            pipeline.skip_step(1)

    clicker = Clicker()
    with open_source(clip) as source:
        run_live(source, pipeline, Overlay(load_techniques()), None, on_moment=note, clicker=clicker)
    numbers = [moment.lesson.number for moment in seen if moment.lesson is not None]
    assert len(numbers) == len(seen) and numbers[0] == 0 and numbers[-1] == 1
    phases = [moment.lesson.phase for moment in seen if moment.lesson is not None]
    assert phases[:31] == [Phase.READY] * 31, "hands that knead never lie still"
    assert phases[31:] == [Phase.WORK] * (len(phases) - 31), "the first key begins it, the second goes on"
    assert numbers[31] == 0


def test_the_screen_speaks_the_language_asked_for() -> None:
    overlay = Overlay(load_techniques(), words=load_words("es"))
    assert overlay.another().words is overlay.words
    assert not np.array_equal(overlay.waiting(), Overlay(load_techniques()).waiting())
    hud = replace(ViewState(words=overlay.words), paused=True).hud(NOW, False, 30.0)
    assert hud.notice == load_words("es").say("notices", "paused")
