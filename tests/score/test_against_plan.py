"""How near a session comes to what was planned: order, tempo, and a teacher's map."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.score.session_results import make_card, results
from trainer.coach.practice import Plan
from trainer.coach.routine import Step
from trainer.coach.wish import Wish
from trainer.model import Data, Stroke
from trainer.score import against_plan
from trainer.score.against_plan import bands_of
from trainer.score.scorecard import Extras, check, to_plain, zone_seconds_of

NAMES = ["kneading", "friction", "effleurage", "knuckling"]


def practised(plan: Plan, card: Data) -> Data:
    return against_plan.practised(plan, card, zone_seconds_of(card))


def done(*strokes: tuple[str, float], every_s: float = 0.75) -> Data:
    """A scorecard of strokes (technique, seconds), one after the other with a rest between."""
    at, made = 0.0, []
    for technique, seconds in strokes:
        cycles = tuple(at + every_s * k for k in range(1, int(seconds / every_s)))
        made += [Stroke(technique, at, at + seconds, ("left",), 0.9, cycles, ("left",) * len(cycles)),
                 Stroke("rest", at + seconds, at + seconds + 1, (), 0.9, (), ())]  # fmt: skip
        at += seconds + 1
    return make_card(**results(strokes=made, duration_s=max(at, 1.0)))


def test_the_same_order_is_wholly_alike_and_a_missing_step_less() -> None:
    plan = Plan("routine", "x", (Step("kneading", 10), Step("friction", 10), Step("effleurage", 10)))
    same = done(("kneading", 9), ("friction", 12), ("effleurage", 8))
    assert practised(plan, same)["order_alike"] == 1.0
    assert practised(plan, done(("kneading", 9), ("effleurage", 8)))["order_alike"] == pytest.approx(2 / 3)
    flicker = done(("kneading", 9), ("knuckling", 1), ("kneading", 5), ("friction", 12), ("effleurage", 8))
    assert practised(plan, flicker)["order_alike"] == 1.0, "a second of another one parts nothing"
    drill = Plan("drill", "x", (Step("kneading", inf),))
    assert practised(drill, same)["order_alike"] is None and practised(drill, same)["steps"][0]["seconds"] is None


def test_tempo_is_the_share_of_time_in_the_band_asked_for() -> None:
    plan = Plan("drill", "x", (Step("kneading", 60, rate_per_min=(76.0, 84.0)),))
    assert practised(plan, done(("kneading", 12)))["tempo_alike"] == pytest.approx(1.0)
    assert practised(plan, done(("kneading", 12), every_s=1.0))["tempo_alike"] == 0.0
    assert practised(plan, done(("friction", 12)))["tempo_alike"] is None, "not done, not judged"
    ladder = Plan("routine", "x", tuple(Step("kneading", 9, rate_per_min=r) for r in ((50.0, 66.0), (76.0, 84.0))))
    card = done(("kneading", 12))
    assert practised(ladder, card)["tempo_alike"] == pytest.approx(1.0)
    assert bands_of({"practice": practised(ladder, card)}) == {}, "no one band of both"
    assert bands_of({"practice": practised(plan, card)}) == {"kneading": (76.0, 84.0)} and bands_of(card) == {}


def test_the_map_counts_what_the_teacher_worked_only() -> None:
    card = done(("kneading", 12))
    card["coverage"]["zones"] |= {"hallux": 4.0, "heel_medial": 30.0, "ball_medial": None}
    card["wish"] = {"name": "Anna", "zones": {"hallux": 8.0, "heel_medial": 6.0, "ball_medial": 2.0}}
    plan = Plan("teacher", "Anna", (Step("kneading", 12),))
    assert practised(plan, card)["map_alike"] == pytest.approx(10 / 16)
    assert practised(Plan("routine", "x", plan.steps), card)["map_alike"] is None


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.floats(1, 20)), max_size=6), st.lists(st.sampled_from(NAMES)))
def test_shares_are_shares_and_the_scorecard_stays_valid(strokes: list[tuple[str, float]], steps: list[str]) -> None:
    plan = Plan("teacher", "x", tuple(Step(name, 5.0, rate_per_min=(70.0, 90.0)) for name in steps))
    card = done(*strokes)
    made = to_plain(practised(plan, {**card, "wish": {"name": "x", "zones": {"hallux": 3.0}}}))
    for key in ("order_alike", "tempo_alike", "map_alike"):
        assert made[key] is None or 0 <= made[key] <= 1
    check({**card, "practice": made}, "the card")


def test_a_scorecard_tells_of_the_plan_where_there_is_one() -> None:
    plan = Plan("teacher", "Anna", (Step("kneading", 12, ("hallux",), (70.0, 80.0), "left"),), blind=True)
    card = make_card(**results(extras=Extras(plan=plan, wish=Wish("Anna", {"hallux": 4.0}))))
    assert card["practice"]["mode"] == "teacher" and card["practice"]["blind"]
    assert card["practice"]["steps"][0]["zones"] == ["hallux"]
    assert "practice" not in make_card(**results())
