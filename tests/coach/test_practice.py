"""A practice without keys: hands that lie still begin it, hands that leave rest it, the next step comes by itself."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from tests.shapes import flat_foot
from trainer.coach.hands_free import HandsFree
from trainer.coach.practice import AWAY_S, COUNT_S, STILL_S, Lesson, Phase, Plan, Practice
from trainer.coach.routine import Step
from trainer.model import SIDES, Foot, HandTouch, Presence, Touch

HZ = 30.0
STEPS = (Step("kneading", 5.0), Step("friction", 4.0), Step("effleurage", 3.0))
NAN = np.full((21, 2), np.nan)


def touch(
    time_s: float, *, seen: bool = True, moving_mm: float = 0.0, over: bool = True, foot: Foot | None = None
) -> Touch:
    """Both hands over the foot, moving about by so much, once a second."""
    rng = np.random.default_rng(round(time_s * 1000))
    place = np.full((21, 2), 80.0) + moving_mm * np.sin(2 * np.pi * time_s) + rng.normal(0, 1.5, (21, 2))
    hands = tuple(
        HandTouch(side, Presence.MEASURED, place, place / 250, np.full(21, over))
        if seen
        else HandTouch(side, Presence.UNKNOWN, NAN, NAN, np.zeros(21, bool))
        for side in SIDES
    )
    world = np.full((21, 3), np.nan)
    return Touch(time_s, (hands[0], hands[1]), foot or flat_foot(), (world, world))


def run(practice: Practice, begin_s: float, seconds: float, **how: object) -> list[Lesson]:
    return [practice.update(touch(begin_s + k / HZ, **how)) for k in range(round(seconds * HZ))]  # type: ignore[arg-type]


def phases(lessons: list[Lesson]) -> list[Phase]:
    return list(dict.fromkeys(lesson.phase for lesson in lessons))


def begun() -> tuple[Practice, float]:
    """A practice whose hands have just been told to work, and when."""
    practice = Practice(Plan("routine", "mine", STEPS))
    run(practice, 0.0, STILL_S + COUNT_S + 0.5)
    assert practice.lesson.phase is Phase.WORK
    return practice, STILL_S + COUNT_S + 0.5


def test_still_hands_begin_it_after_a_countdown() -> None:
    lessons = run(Practice(Plan("routine", "mine", STEPS)), 0.0, 8.0)
    assert phases(lessons) == [Phase.READY, Phase.COUNT, Phase.WORK]
    assert list(dict.fromkeys(lesson.count for lesson in lessons)) == [0, 3, 2, 1]
    begin = next(k for k, lesson in enumerate(lessons) if lesson.phase is Phase.WORK) / HZ
    assert begin == pytest.approx(STILL_S + COUNT_S, abs=0.5)


@pytest.mark.parametrize("how", [{"moving_mm": 30.0}, {"over": False}, {"seen": False}, {"foot": Foot.unknown()}])
def test_nothing_else_begins_it(how: dict[str, object]) -> None:
    assert phases(run(Practice(Plan("routine", "mine", STEPS)), 0.0, 8.0, **how)) == [Phase.READY]


def test_hands_that_leave_during_the_countdown_break_it_off() -> None:
    practice = Practice(Plan("routine", "mine", STEPS))
    run(practice, 0.0, STILL_S + 1.0)
    assert practice.lesson.phase is Phase.COUNT
    run(practice, STILL_S + 1.0, 1.6, seen=False)
    assert practice.lesson.phase is Phase.READY


def test_steps_follow_each_other_by_themselves_and_it_ends() -> None:
    practice, at = begun()
    lessons = run(practice, at, 13.5, moving_mm=20.0)
    changes = [k / HZ for k in range(1, len(lessons)) if lessons[k].number != lessons[k - 1].number]
    assert changes[0] < 5.1 and np.diff(changes) == pytest.approx([4.0, 3.0], abs=0.1)
    assert lessons[-1].phase is Phase.DONE and lessons[-1].step is None
    assert lessons[0].next_step == STEPS[1] and lessons[-1].next_step is None
    left = [lesson.left_s for lesson in lessons if lesson.number == 1]
    assert np.all(np.diff(left) <= 0) and left[0] == pytest.approx(4.0, abs=0.1)


def test_time_away_does_not_count_and_coming_back_goes_on() -> None:
    practice, at = begun()
    run(practice, at, 2.0, moving_mm=20.0)
    worked = practice.lesson.worked_s
    lessons = run(practice, at + 2.0, AWAY_S + 20.0, seen=False)
    assert phases(lessons) == [Phase.WORK, Phase.AWAY]
    assert practice.lesson.worked_s == pytest.approx(worked + 1.0, abs=0.2)
    run(practice, at + 26.0, 1.0, moving_mm=20.0)
    assert practice.lesson.phase is Phase.WORK and practice.lesson.number == 0


def test_a_moment_out_of_sight_is_no_rest() -> None:
    practice, at = begun()
    lessons = run(practice, at, AWAY_S - 1.0, seen=False) + run(practice, at + AWAY_S - 1.0, 1.0, moving_mm=20.0)
    assert phases(lessons) == [Phase.WORK]


def test_steps_are_left_by_key_forwards_and_back() -> None:
    practice, at = begun()
    practice.skip()
    run(practice, at, 0.1)
    assert practice.lesson.number == 1 and practice.lesson.worked_s < 0.2
    practice.skip(-5)
    run(practice, at + 0.1, 0.1)
    assert practice.lesson.number == 0
    practice.skip(9)
    run(practice, at + 0.2, 0.1)
    assert practice.lesson.phase is Phase.DONE
    practice.skip(-1)
    run(practice, at + 0.3, 0.1)
    assert practice.lesson.phase is Phase.WORK and practice.lesson.number == 2


def test_a_key_begins_it_where_hands_are_not_seen() -> None:
    practice = Practice(Plan("routine", "mine", STEPS))
    run(practice, 0.0, 1.0, seen=False)
    practice.skip()
    run(practice, 1.0, 0.1)
    assert practice.lesson.phase is Phase.WORK and practice.lesson.number == 0
    back = Practice(Plan("routine", "mine", STEPS))
    back.skip(-1)
    assert phases(run(back, 0.0, 1.0, moving_mm=30.0)) == [Phase.READY]


def test_free_practice_is_at_work_from_the_first_moment() -> None:
    lessons = run(Practice(Plan()), 0.0, 10.0, seen=False)
    assert phases(lessons) == [Phase.WORK] and lessons[-1].step is None and lessons[-1].left_s == inf


def test_one_hand_lying_still_while_the_other_works_is_not_still() -> None:
    hands = HandsFree()
    for k in range(90):
        one, other = touch(k / HZ), touch(k / HZ, moving_mm=25.0)
        hands.update(Touch(one.time_s, (one.hands[0], other.hands[1]), one.foot, one.world_m))
    assert hands.still_s == 0.0 and hands.away_s == 0.0
