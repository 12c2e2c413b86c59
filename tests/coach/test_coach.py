"""The coach: one cue at a time, outside a tolerance, held, not repeated, each saying what to do."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.shapes import flat_foot
from trainer.coach.coach import HOLD_S, PRAISE_S, QUIET_S, REPEAT_S, SETTLED_S, Coach
from trainer.coach.practice import Lesson, Phase, Plan
from trainer.coach.routine import Step
from trainer.coach.rules import TEMPO_S, Situation, untouched_zones
from trainer.foot import atlas
from trainer.model import Coverage, Cue, Foot, PostureFinding, Side, View
from trainer.strokes.techniques import load_techniques
from trainer.words.words import load_words

TECHNIQUES = load_techniques()
KNEADING = TECHNIQUES["kneading"]


def coverage(zone_seconds: dict[str, float] | None = None, unseen_s: float = 0.0, view: View = "plantar") -> Coverage:
    seconds = dict.fromkeys(atlas.zones(view), 9.0) | (zone_seconds or {})
    return Coverage(view, np.zeros(atlas.GRID), np.full(atlas.GRID, unseen_s), seconds, 60.0, unseen_s)


CALM = Situation(
    time_s=0.0, foot=flat_foot(), technique=KNEADING, rate_per_min=100.0, cycles=(), coverage=coverage(),
    posture=(), hand_lost=False, worked_s=60.0,
)  # fmt: skip


def turns(gaps: list[float]) -> tuple[tuple[float, Side], ...]:
    """Repetitions of both hands in turn, each hand's own so far apart."""
    times = np.cumsum(gaps)
    both: list[tuple[float, Side]] = [(float(t), "left") for t in times]
    both += [(float(t) + gaps[0] / 2, "right") for t in times]
    return tuple(sorted(both))


EVEN, UNEVEN = turns([1.2] * 7), turns([0.8, 1.6, 1.3, 0.7, 1.5, 0.8, 1.4])
MIDDLING = turns([1.0, 1.4, 1.1, 1.4, 1.0, 1.4, 1.1])


def listen(situation: Situation, seconds: float, coach: Coach | None = None, start_s: float = 0.0) -> list[Cue | None]:
    coach = coach or Coach()
    if not situation.cycles and math.isfinite(situation.rate_per_min):
        # Steady enough for the tempo to be known, not for praise.
        situation = replace(situation, cycles=MIDDLING)
    return [coach.update(replace(situation, time_s=start_s + k / 10)) for k in range(round(seconds * 10))]


def spoken(heard: list[Cue | None]) -> list[Cue]:
    """The different cues heard, in order."""
    return list(dict.fromkeys(cue for cue in heard if cue))


def kinds(heard: list[Cue | None]) -> list[str]:
    return [cue.kind for cue in spoken(heard)]


def settled() -> Coach:
    """A coach who has said the words of care already, and has judged nothing yet."""
    coach = Coach()
    listen(replace(CALM, rate_per_min=math.nan), 10.0, coach)
    return coach


def test_inside_the_preset_nothing_is_corrected() -> None:
    assert kinds(listen(CALM, 120.0)) == ["care"]


@pytest.mark.parametrize(("rate", "kind"), [(190.0, "slower"), (40.0, "faster")])
def test_a_wrong_tempo_is_named_with_the_tempo_to_aim_for(rate: float, kind: str) -> None:
    heard = listen(replace(CALM, rate_per_min=rate), 8.0, settled(), 10.0)
    first = next(c for c in heard if c)
    assert first.kind == kind
    assert str({"slower": 140, "faster": 60}[kind]) in first.text


@pytest.mark.parametrize("rate", [150.0, 56.0, math.nan])
def test_a_little_outside_and_unknown_pass(rate: float) -> None:
    assert kinds(listen(replace(CALM, rate_per_min=rate), 30.0, settled(), 10.0)) == []


def test_a_cue_is_held_then_quiet_then_not_repeated_too_soon() -> None:
    coach = settled()
    heard = listen(replace(CALM, rate_per_min=190.0), 60.0, coach, 10.0)
    slower = [c for c in coach.cues if c.kind == "slower"]
    gaps = np.diff([c.time_s for c in slower])
    assert len(slower) >= 2
    assert gaps.min() >= REPEAT_S - 0.2
    shown = sum(c is slower[0] for c in heard) / 10
    assert shown == pytest.approx(HOLD_S, abs=0.2)


def test_never_two_at_once_and_the_body_comes_before_the_beat() -> None:
    hurt = PostureFinding("thumb_hyperextended", "right", 0.0, 3.0, 40.0)
    heard = listen(replace(CALM, rate_per_min=190.0, posture=(hurt,)), 20.0, settled(), 10.0)
    assert kinds(heard)[:2] == ["thumb_hyperextended", "slower"]
    assert "Right" in next(c.text for c in heard if c)
    first, second, *_ = spoken(heard)
    assert second.time_s - first.time_s >= HOLD_S + QUIET_S - 0.2


def test_of_repetitions_stamped_all_anyhow_no_tempo_is_told() -> None:
    wild = turns([0.4, 1.9, 0.5, 2.2, 0.4, 2.1, 0.5])
    heard = listen(replace(CALM, rate_per_min=190.0, cycles=wild), 14.0, settled(), 10.0)
    assert kinds(heard) == ["steadier"]
    assert kinds(listen(replace(CALM, rate_per_min=190.0, cycles=EVEN[:5]), 14.0, settled(), 10.0)) == []


def test_an_uneven_beat_is_named() -> None:
    assert kinds(listen(replace(CALM, cycles=UNEVEN), 6.0, settled(), 10.0)) == ["steadier"]


def test_two_hands_not_exactly_opposite_are_not_uneven() -> None:
    lopsided = tuple(sorted([(1.2 * k, "left") for k in range(8)] + [(1.2 * k + 0.4, "right") for k in range(8)]))
    assert kinds(listen(replace(CALM, cycles=lopsided), 12.0, settled(), 10.0)) == []  # type: ignore[arg-type]


def test_lasting_steadiness_earns_praise_ever_more_seldom() -> None:
    coach = settled()
    listen(replace(CALM, cycles=EVEN), 130.0, coach, 10.0)
    praised = [c.time_s for c in coach.cues if c.kind == "good_rhythm"]
    assert praised[0] == pytest.approx(10.0 + PRAISE_S[0], abs=1.0)
    assert praised[1] - praised[0] == pytest.approx(PRAISE_S[1], abs=1.0)


def test_a_correction_that_is_followed_is_praised_with_the_tempo() -> None:
    coach = settled()
    listen(replace(CALM, rate_per_min=190.0), 6.0, coach, 10.0)
    heard = listen(replace(CALM, rate_per_min=112.0, cycles=EVEN), 12.0, coach, 16.0)
    assert [c.kind for c in coach.cues[-2:]] == ["slower", "better"]
    assert "112" in spoken(heard)[-1].text


def test_the_longer_a_skill_is_settled_the_longer_a_slip_passes_and_a_correction_ends_that() -> None:
    coach, slip = settled(), replace(CALM, rate_per_min=190.0)

    def waited(start_s: float) -> float:
        listen(slip, 14.0, coach, start_s)
        return coach.cues[-1].time_s - start_s

    assert waited(10.0) == pytest.approx(TEMPO_S, abs=0.3)
    listen(replace(CALM, cycles=UNEVEN), 0.1, coach, 24.0)
    listen(replace(CALM, cycles=EVEN), SETTLED_S + 10.0, coach, 24.1)
    start = 24.1 + SETTLED_S + 10.0
    assert waited(start) == pytest.approx(3 * TEMPO_S, abs=0.5)
    listen(CALM, 5.0, coach, start + 14.0)
    assert waited(start + 19.0) < 2 * TEMPO_S


def test_every_cue_says_why() -> None:
    coach = settled()
    listen(replace(CALM, rate_per_min=190.0), 6.0, coach, 10.0)
    assert coach.cues[-1].why == "190 a minute for 2.0 s; the band is 60 to 140."


@pytest.mark.parametrize(("language", "word"), [("de", "Langsamer"), ("es", "Más lento")])
def test_it_speaks_other_languages(language: str, word: str) -> None:
    coach = Coach(load_words(language))
    listen(replace(CALM, rate_per_min=190.0), 20.0, coach)
    assert coach.cues[-1].text.startswith(word)


def lesson(step: Step, phase: Phase = Phase.WORK) -> Lesson:
    return Lesson(Plan("routine", "mine", (step,)), phase)


def test_a_step_asks_for_its_technique_its_tempo_its_zone_and_its_foot() -> None:
    def told(step: Step, **seen: object) -> list[str]:
        now = replace(CALM, lesson=lesson(step), **seen)  # type: ignore[arg-type]
        return kinds(listen(now, 9.0, settled(), 10.0))

    assert told(Step("friction", 60)) == ["other_technique"]
    assert told(Step("kneading", 60)) == []
    assert told(Step("kneading", 60, rate_per_min=(60.0, 70.0))) == ["slower"]
    assert told(Step("kneading", 60, rate_per_min=(120.0, 140.0))) == ["faster"]
    assert told(Step("kneading", 60, zones=("heel_medial",)), touched=frozenset({"hallux"})) == ["step_zone"]
    assert told(Step("kneading", 60, zones=("heel_medial",)), touched=frozenset({"heel_medial"})) == []
    other = "right" if CALM.foot.side == "left" else "left"
    assert told(Step("kneading", 60, foot=other)) == ["other_foot"]  # type: ignore[arg-type]


def test_between_the_steps_nothing_is_asked_for() -> None:
    for phase in (Phase.READY, Phase.COUNT, Phase.AWAY, Phase.DONE):
        now = replace(CALM, rate_per_min=190.0, lesson=lesson(Step("friction", 60), phase))
        assert kinds(listen(now, 12.0, settled(), 10.0)) == []


def test_of_holds_no_tempo_is_told() -> None:
    hold = replace(CALM, technique=TECHNIQUES["press_hold"], rate_per_min=40.0, cycles=EVEN)
    assert kinds(listen(hold, 9.0, settled(), 10.0)) == []


def test_an_untouched_zone_is_named_after_some_work_in_plain_words() -> None:
    bare = replace(CALM, coverage=coverage({"heel_lateral": 0.0}))
    assert kinds(listen(replace(bare, worked_s=20.0), 12.0, settled(), 10.0)) == []
    heard = listen(bare, 12.0, settled(), 10.0)
    assert kinds(heard) == ["zone_untouched"]
    assert "outer heel" in spoken(heard)[-1].text


def test_a_zone_that_could_not_be_seen_is_not_called_untouched() -> None:
    assert untouched_zones(coverage({"heel_lateral": 0.0}, unseen_s=40.0)) == ()
    assert untouched_zones(coverage({"heel_lateral": 0.0})) == ("heel_lateral",)


def test_without_a_foot_only_that_is_said() -> None:
    heard = listen(replace(CALM, foot=Foot.unknown(), rate_per_min=190.0), 10.0)
    assert kinds(heard) == ["foot_unseen"]
