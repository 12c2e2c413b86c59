"""The recogniser with the shipped network, on sketched massage seen by a made-up tracker (see kinematics)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.strokes.kinematics import CLEAR, MAKERS, Session, Sight, session
from trainer.errors import ModelFileError, TrainerError
from trainer.model import Foot, HandTouch, Judgement, Presence, Touch, View
from trainer.rhythm import rhythm_of
from trainer.score.metrics import event_scores
from trainer.strokes.learned import LearnedRecogniser, shipped_network
from trainer.strokes.network import StrokesNetwork, read_weights
from trainer.strokes.recogniser import RECOGNISERS, open_recogniser
from trainer.strokes.segments import strokes_from
from trainer.strokes.techniques import load_techniques


def judged(made: Session) -> list[Judgement]:
    recogniser = LearnedRecogniser()
    return [recogniser.update(t) for t in made.touches]


@pytest.mark.parametrize("technique", list(MAKERS))
def test_each_technique_is_named_most_of_the_time(technique: str) -> None:
    named = []
    for seed in (1, 2, 3):
        view: View = "dorsal" if technique == "finger_walking" else "plantar"
        judgements = judged(session([(technique, 7.0)], seed=seed, sight=Sight(), view=view))
        named += [j.technique == technique for j in judgements if j.time_s > 2.5]
    assert np.mean(named) > 0.6


@pytest.mark.parametrize("technique", ["kneading", "friction", "thumb_walking", "knuckling"])
def test_the_rate_is_right(technique: str) -> None:
    made = session([(technique, 12.0)], seed=5, sight=CLEAR)
    strokes = [s for s in strokes_from(judged(made)) if s.technique == technique]
    rhythm = rhythm_of(strokes, load_techniques()[technique])
    truth = 60 / np.diff(made.labels[0].cycles_s).mean()
    assert rhythm.rate_per_min == pytest.approx(truth, abs=4.0)


@pytest.mark.parametrize(("technique", "least"), [("kneading", 0.7), ("friction", 0.75)])
def test_what_is_stamped_is_there(technique: str, least: float) -> None:
    scores = []
    for seed in (3, 5, 8):
        made = session([(technique, 10.0)], seed=seed, sight=CLEAR)
        cycles = [c for j in judged(made) for c, _ in j.new_cycles_s]
        scores.append(event_scores(cycles, made.labels[0].cycles_s, 0.12))
    assert np.mean([s.precision for s in scores]) > 0.85
    assert np.mean([s.recall for s in scores]) > least


def test_two_thumbs_take_turns() -> None:
    made = session([("kneading", 10.0)], seed=8, sight=CLEAR)
    sides = [side for j in judged(made) for _, side in sorted(j.new_cycles_s)]
    assert made.labels[0].hands == ("left", "right") and len(sides) > 15
    assert np.mean([a != b for a, b in pairwise(sides)]) > 0.8


def test_two_thumbs_together_count_once_and_are_both_at_it() -> None:
    made = session([("kneading", 10.0)], seed=7, sight=CLEAR)
    cycles = [cycle for j in judged(made) for cycle in j.new_cycles_s]
    assert len(cycles) == pytest.approx(len(made.labels[0].cycles_s), abs=2)
    assert 0.35 < [side for _, side in cycles].count("left") / len(cycles) < 0.65


def test_the_worker_is_told_from_the_holder() -> None:
    made = session([("friction", 7.0)], seed=2, sight=CLEAR)
    hands = [j.hands for j in judged(made) if j.technique == "friction" and j.time_s > 3]
    assert max(set(hands), key=hands.count) == made.labels[0].hands


def test_frame_by_frame_and_again_gives_the_same() -> None:
    made = session([("rest", 2.0), ("friction", 5.0)], seed=4, sight=Sight(vfr=0.4))
    first, second = judged(made), judged(made)
    assert first == second
    part = LearnedRecogniser()
    assert [part.update(t) for t in made.touches[:120]] == first[:120], "what comes later changes nothing"


@pytest.mark.parametrize("fps", [15.0, 60.0])
def test_slow_and_fast_cameras(fps: float) -> None:
    made = session([("kneading", 7.0)], seed=6, sight=Sight(fps=fps, vfr=0.3))
    named = [j.technique == "kneading" for j in judged(made) if j.time_s > 2.5]
    assert np.mean(named) > 0.75


def test_without_a_foot_nothing_is_claimed() -> None:
    made = session([("kneading", 5.0)], seed=1, sight=CLEAR)
    recogniser = LearnedRecogniser()
    nan = np.full((21, 2), np.nan)
    for t in made.touches:
        hands = [HandTouch(h.side, h.presence, nan, nan, np.zeros(21, bool)) for h in t.hands]
        judgement = recogniser.update(replace(t, hands=(hands[0], hands[1]), foot=Foot.unknown()))
        assert judgement.technique in (None, "rest")
        assert judgement.new_cycles_s == ()


def test_no_beats_across_a_long_gap() -> None:
    made = session([("kneading", 9.0)], seed=9, sight=CLEAR)
    recogniser, cycles = LearnedRecogniser(), []
    nan = np.full((21, 2), np.nan)
    for t in made.touches:
        if 4.0 < t.time_s < 5.5:
            gone = [HandTouch(h.side, Presence.UNKNOWN, nan, nan, np.zeros(21, bool)) for h in t.hands]
            t = Touch(t.time_s, (gone[0], gone[1]), t.foot, (np.full((21, 3), np.nan),) * 2)
        cycles += [c for c, _ in recogniser.update(t).new_cycles_s]
    assert not [c for c in cycles if 4.5 < c < 5.2]
    assert [c for c in cycles if c < 4] and [c for c in cycles if c > 6.5]


def test_time_that_stands_still_is_passed_over_and_a_long_silence_begins_anew() -> None:
    made = session([("friction", 4.0)], seed=1, sight=CLEAR)
    recogniser = LearnedRecogniser()
    for t in made.touches:
        recogniser.update(t)
    assert recogniser.update(made.touches[-1]).new_cycles_s == ()
    assert recogniser.update(replace(made.touches[-1], time_s=60.0)).technique is None


def test_hands_and_confidence_are_well_formed() -> None:
    made = session([("kneading", 5.0), ("rest", 3.0), ("toe_pull", 5.0)], seed=2)
    for j in judged(made):
        assert 0 <= j.confidence <= 1
        assert (j.hands == ()) == (j.technique in (None, "rest"))
        assert all(c <= j.time_s for c, _ in j.new_cycles_s)


def test_the_network_is_small_and_says_what_it_is() -> None:
    path = shipped_network()
    assert path.stat().st_size < 3_000_000
    weights = read_weights(path)
    assert set(weights["techniques"].tolist()) == {*load_techniques()}
    told = LearnedRecogniser().provenance
    assert told["name"] == "learned" and len(told["model_sha256"]) == 64


def test_damaged_and_foreign_files_are_told(tmp_path: Path) -> None:
    whole = shipped_network().read_bytes()
    for name, data in (("cut.npz", whole[: len(whole) // 2]), ("text.npz", b"hello"), ("empty.npz", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ModelFileError, match="missing or damaged"):
            LearnedRecogniser(tmp_path / name)
    with pytest.raises(ModelFileError, match="missing or damaged"):
        LearnedRecogniser(tmp_path / "none.npz")
    np.savez(tmp_path / "foreign.npz", a=np.zeros(3))
    with pytest.raises(ModelFileError, match="something else"):
        LearnedRecogniser(tmp_path / "foreign.npz")
    weights = read_weights(shipped_network())
    with pytest.raises(ModelFileError, match="something else"):
        StrokesNetwork({**weights, "in.weight": weights["in.weight"][:-3]})


def test_the_registry_knows_its_recognisers() -> None:
    assert open_recogniser().name in RECOGNISERS
    with pytest.raises(TrainerError, match="'guess'"):
        open_recogniser("guess")
