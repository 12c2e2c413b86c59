"""The recogniser on made-up massage with exact truth (see kinematics): what it names, when, and its beats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.strokes.kinematics import CLEAR, MAKERS, Session, Sight, session
from trainer.errors import TrainerError
from trainer.model import Foot, HandTouch, Judgement, Presence, Touch, View
from trainer.rhythm import rhythm_of
from trainer.strokes.recogniser import RECOGNISERS, open_recogniser
from trainer.strokes.rules import RuleRecogniser
from trainer.strokes.segments import strokes_from
from trainer.strokes.techniques import load_techniques


def judged(made: Session) -> list[Judgement]:
    recogniser = RuleRecogniser()
    return [recogniser.update(t) for t in made.touches]


@pytest.mark.parametrize("technique", list(MAKERS))
def test_each_technique_is_named_most_of_the_time(technique: str) -> None:
    named = []
    for seed in (1, 2):
        view: View = "dorsal" if technique == "finger_walking" else "plantar"
        judgements = judged(session([(technique, 7.0)], seed=seed, sight=Sight(), view=view))
        named += [j.technique == technique for j in judgements if j.time_s > 2.5]
    assert np.mean(named) > 0.75


@pytest.mark.parametrize("technique", ["kneading", "friction", "thumb_walking", "knuckling", "tapotement"])
def test_the_rate_is_right(technique: str) -> None:
    made = session([(technique, 12.0)], seed=5, sight=CLEAR)
    strokes = [s for s in strokes_from(judged(made)) if s.technique == technique]
    rhythm = rhythm_of(strokes, load_techniques()[technique])
    truth = 60 / np.diff(made.labels[0].cycles_s).mean()
    assert rhythm.rate_per_min == pytest.approx(truth, abs=3.0)


def test_beats_fall_on_the_true_instants() -> None:
    made = session([("kneading", 10.0)], seed=3, sight=CLEAR)
    (stroke,) = strokes_from(judged(made))
    truth = np.array(made.labels[0].cycles_s)
    late = [float(np.abs(truth - t).min()) for t in stroke.cycles_s if t < truth[-1] + 0.1]
    assert np.median(late) < 0.05
    assert stroke.hands == ("left", "right")
    assert set(stroke.cycle_sides) == {"left", "right"}


def test_the_worker_is_told_from_the_holder() -> None:
    made = session([("friction", 7.0)], seed=2, sight=CLEAR)
    hands = [j.hands for j in judged(made) if j.technique == "friction" and j.time_s > 3]
    assert max(set(hands), key=hands.count) == made.labels[0].hands


def test_stroke_after_stroke_with_rests() -> None:
    plan = [("rest", 3.0), ("kneading", 8.0), ("rest", 4.0), ("press_hold", 7.0), ("rest", 3.0)]
    strokes = strokes_from(judged(session(plan, seed=11, sight=CLEAR)))
    assert [s.technique for s in strokes] == ["kneading", "press_hold"]
    assert strokes[0].start_s == pytest.approx(3.3, abs=0.8)
    assert strokes[0].end_s == pytest.approx(11.0, abs=1.2)


def test_frame_by_frame_and_again_gives_the_same() -> None:
    made = session([("rest", 2.0), ("friction", 5.0)], seed=4, sight=Sight(vfr=0.4))
    first, second = judged(made), judged(made)
    assert first == second
    part = RuleRecogniser()
    assert [part.update(t) for t in made.touches[:120]] == first[:120], "what comes later changes nothing"


@pytest.mark.parametrize("fps", [15.0, 60.0])
def test_slow_and_fast_cameras(fps: float) -> None:
    made = session([("kneading", 7.0)], seed=6, sight=Sight(fps=fps, vfr=0.3))
    named = [j.technique == "kneading" for j in judged(made) if j.time_s > 2.5]
    assert np.mean(named) > 0.75


def test_a_hand_often_lost_is_still_followed_and_less_sure() -> None:
    plan = [("kneading", 9.0)]
    clear = judged(session(plan, seed=8, sight=CLEAR))
    lossy = judged(session(plan, seed=8, sight=Sight(seen=0.6, gap_s=0.3)))
    assert np.mean([j.technique == "kneading" for j in lossy if j.time_s > 3]) > 0.7
    sure = [np.mean([j.confidence for j in js if j.technique == "kneading"]) for js in (clear, lossy)]
    assert sure[1] < sure[0]


def test_without_a_foot_nothing_is_claimed() -> None:
    made = session([("kneading", 5.0)], seed=1, sight=CLEAR)
    recogniser = RuleRecogniser()
    nan = np.full((21, 2), np.nan)
    for t in made.touches:
        hands = [HandTouch(h.side, h.presence, nan, nan, np.zeros(21, bool)) for h in t.hands]
        judgement = recogniser.update(replace(t, hands=(hands[0], hands[1]), foot=Foot.unknown()))
        assert judgement.technique in (None, "rest")
        assert judgement.new_cycles_s == ()


def test_no_beats_across_a_long_gap() -> None:
    made = session([("kneading", 9.0)], seed=9, sight=CLEAR)
    recogniser, cycles = RuleRecogniser(), []
    nan = np.full((21, 2), np.nan)
    for t in made.touches:
        if 4.0 < t.time_s < 5.2:
            gone = [HandTouch(h.side, Presence.UNKNOWN, nan, nan, np.zeros(21, bool)) for h in t.hands]
            t = Touch(t.time_s, (gone[0], gone[1]), t.foot, (np.full((21, 3), np.nan),) * 2)
        cycles += [c for c, _ in recogniser.update(t).new_cycles_s]
    assert not [c for c in cycles if 4.3 < c < 4.9]
    assert [c for c in cycles if c < 4] and [c for c in cycles if c > 6]


def test_time_that_stands_still_is_passed_over() -> None:
    made = session([("friction", 2.0)], seed=1, sight=CLEAR)
    recogniser = RuleRecogniser()
    for t in made.touches:
        recogniser.update(t)
    again = recogniser.update(made.touches[-1])
    assert again.new_cycles_s == ()


def test_the_registry_knows_its_recognisers() -> None:
    assert open_recogniser().name in RECOGNISERS
    with pytest.raises(TrainerError, match="'guess'"):
        open_recogniser("guess")
