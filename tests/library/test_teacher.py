"""Practising after a recorded session: its order, its tempo, its map."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.score.session_results import make_card, results
from trainer.commands.plan import Wanted, plan_of
from trainer.errors import TrainerError
from trainer.library.teacher import steps_of, wish_of
from trainer.model import Data, Stroke
from trainer.score.scorecard import write_scorecard
from trainer.strokes.techniques import load_techniques

TECHNIQUES = load_techniques()


def stroke(technique: str, start_s: float, end_s: float, every_s: float = 0.75) -> Stroke:
    cycles = tuple(start_s + every_s * k for k in range(1, int((end_s - start_s) / every_s)))
    return Stroke(technique, start_s, end_s, ("left",), 0.9, cycles, ("left",) * len(cycles))


def lesson() -> Data:
    strokes = [stroke("friction", 0, 6), stroke("friction", 7, 11), stroke("press_hold", 12, 18, 5.0),
               stroke("knuckling", 19, 21), stroke("kneading", 22, 32)]  # fmt: skip
    card = make_card(**results(strokes=strokes, duration_s=40.0))
    card["coverage"]["visits"] = [
        {"zone": "hallux", "start_s": 1.0, "end_s": 5.0}, {"zone": "heel_medial", "start_s": 5.0, "end_s": 6.0},
        {"zone": "ball_medial", "start_s": 23.0, "end_s": 31.0},
    ]  # fmt: skip
    return card


def test_its_strokes_become_steps_in_order_at_their_tempo_and_place() -> None:
    steps = steps_of(lesson(), TECHNIQUES)
    assert [step.technique for step in steps] == ["friction", "press_hold", "kneading"], "two seconds are no step"
    friction, hold, kneading = steps
    assert friction.seconds == pytest.approx(10.0) and friction.zones == ("hallux",) and friction.foot == "left"
    low, high = friction.rate_per_min or (0.0, 0.0)
    assert low == pytest.approx(72.0, rel=0.05) and high == pytest.approx(88.0, rel=0.05)
    assert hold.rate_per_min is None and kneading.zones == ("ball_medial",)


def test_its_map_is_what_is_wished() -> None:
    card = lesson()
    card["coverage"]["zones"] = {"hallux": 4.0, "heel_medial": 0.2, "ball_medial": None}
    assert wish_of(card, "x").zone_seconds == {"hallux": 4.0}


def test_a_folder_or_a_scorecard_will_do_and_nothing_else(tmp_path: Path) -> None:
    write_scorecard(tmp_path / "scorecard.json", lesson())
    for path in (tmp_path, tmp_path / "scorecard.json"):
        plan, wish = plan_of(Wanted(teacher=path, blind=True), TECHNIQUES, "de")
        assert plan.mode == "teacher" and len(plan.steps) == 3 and plan.blind and wish is not None
    write_scorecard(tmp_path / "empty.json", make_card(**results(strokes=[])))
    with pytest.raises(TrainerError, match="tells of none"):
        plan_of(Wanted(teacher=tmp_path / "empty.json"), TECHNIQUES, "en")
    with pytest.raises(TrainerError):
        plan_of(Wanted(teacher=tmp_path / "nowhere"), TECHNIQUES, "en")
    with pytest.raises(TrainerError, match="got more"):
        plan_of(Wanted(teacher=tmp_path, routine="warm_up"), TECHNIQUES, "en")
