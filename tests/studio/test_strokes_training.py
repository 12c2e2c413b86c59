"""Training the recogniser's network, in small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from trainer.strokes.inputs import GROUPS, OWN, WIDTH
from trainer.strokes.network import BEAT_S, load_strokes_network
from trainer.strokes.network import StrokesNetwork as Running
from trainer.studio.training.run import Plan, train
from trainer.studio.training.settle import settle
from trainer.studio.training.simulated import Faults, simulate
from trainer.studio.training.sketched import sketched
from trainer.studio.training.strokes_data import read_take, save_take
from trainer.studio.training.strokes_network import BeatsNetwork, NamesNetwork, export_strokes, weights_of
from trainer.studio.training.strokes_task import BeatsTask, NamesTask, beats_window, names_window, roughened
from trainer.studio.training.takes import Stretch, Take, phase_at, take_of, window_ticks


@pytest.fixture(scope="module")
def drawn() -> list[tuple[Take, list[Stretch]]]:
    out = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        touches, stretches, until_s = simulate(sketched(rng, f"s{seed}"), Faults(), rng)
        out.append((take_of(f"s{seed}", touches, stretches, until_s), stretches))
    return out


def test_tick_by_tick_it_says_what_it_says_in_one_batch() -> None:
    torch.manual_seed(1)
    names, beats = NamesNetwork().eval(), BeatsNetwork().eval()
    inputs = torch.randn(1, 90, 2, WIDTH)
    with torch.no_grad():
        batch = {name: value[0].numpy() for name, value in {**names(inputs), **beats(inputs)}.items()}
    assert set(batch) == {"technique", "late", "working", "phase"}
    running = Running(weights_of(names, beats, {}))
    told = [running.update(row.numpy().astype(float)) for row in inputs[0]]
    for name, values in batch.items():
        np.testing.assert_allclose(np.stack([getattr(t, name) for t in told]), values, atol=1e-4)
    running.reset()
    again = running.update(inputs[0, 0].numpy().astype(float))
    np.testing.assert_allclose(again.technique, told[0].technique)


def test_streams_exchanged_are_answers_exchanged() -> None:
    names, beats = NamesNetwork().eval(), BeatsNetwork().eval()
    inputs = torch.randn(1, 30, 2, WIDTH)
    with torch.no_grad():
        one, two = ({**names(x), **beats(x)} for x in (inputs, inputs.flip(2)))
    torch.testing.assert_close(one["technique"], two["technique"])
    torch.testing.assert_close(one["phase"], two["phase"].flip(2))
    torch.testing.assert_close(one["working"], two["working"].flip(2))


def test_weights_are_written_with_their_calibration(tmp_path: Path) -> None:
    export_strokes(NamesNetwork(), BeatsNetwork(), tmp_path / "s.npz", {"temperature": 1.5})
    assert load_strokes_network(tmp_path / "s.npz").calibration == {"temperature": 1.5}


def test_each_hand_has_the_phase_of_its_own_repetitions() -> None:
    cycles = np.arange(1.0, 5.0, 0.5)
    turns = np.stack([np.arange(8) % 2 == 0, np.arange(8) % 2 == 1], axis=1)
    times = np.arange(0.0, 6.0, 0.05) - BEAT_S
    alternating = Stretch(1, 1.0, 4.6, (True, True), cycles, turns)
    for hand in range(2):
        phase, counts = phase_at(times, [alternating], 6.0, hand)
        own = cycles[turns[:, hand]][1:-1]
        at = np.abs(times[:, None] - own).argmin(axis=0)
        assert counts.all() and phase[at, 0] == pytest.approx(1.0, abs=0.05)
        others = cycles[turns[:, 1 - hand]][1:-1]
        assert phase[np.abs(times[:, None] - others).argmin(axis=0), 0] == pytest.approx(-1.0, abs=0.05)
    unknown = Stretch(1, 1.0, 4.6, (True, True), cycles)
    assert not phase_at(times, [unknown], 6.0, 0)[1][(times > 1.0) & (times < 4.5)].any(), "who does which isn't known"
    one = Stretch(1, 1.0, 4.6, (True, False), cycles)
    assert phase_at(times, [one], 6.0, 1)[1].all() and not phase_at(times, [one], 6.0, 1)[0].any()


def test_a_take_is_kept_as_it_is(drawn: list[tuple[Take, list[Stretch]]], tmp_path: Path) -> None:
    take = drawn[0][0]
    save_take(tmp_path / "t.npz", take)
    back = read_take(tmp_path / "t.npz")
    assert back.name == take.name
    np.testing.assert_array_equal(back.inputs, take.inputs)


def test_a_window_is_as_long_as_asked_and_what_is_missing_does_not_count(
    drawn: list[tuple[Take, list[Stretch]]],
) -> None:
    take, ticks = drawn[0][0], window_ticks(60.0)
    names = names_window(take, np.random.default_rng(0), ticks)
    beats = beats_window(take, np.random.default_rng(0), ticks)
    assert names["inputs"].shape == beats["inputs"].shape == (ticks, 2, WIDTH)
    assert (names["technique"][len(take) :] == -1).all() and (beats["phase_counts"][len(take) :] == 0).all()


def test_roughening_keeps_the_streams_together_and_leaves_the_unseen_unseen() -> None:
    rng = np.random.default_rng(3)
    inputs = rng.normal(0, 1, (80, 2, WIDTH)).astype(np.float32)
    inputs[:, 1, :OWN] = 0
    inputs[:, 0, OWN : 2 * OWN] = inputs[:, 1, :OWN]
    inputs[:, 1, OWN : 2 * OWN] = inputs[:, 0, :OWN]
    kept = []
    for _ in range(20):
        rough = roughened(inputs, rng, {"map": 0.5, "shape": 0.5})
        np.testing.assert_array_equal(rough[:, 0, :OWN], rough[:, 1, OWN : 2 * OWN])
        assert (rough[:, 1, : OWN - 5] == 0).all()
        kept.append(np.corrcoef(rough[:, 0, GROUPS["moved"]].ravel(), inputs[:, 0, GROUPS["moved"]].ravel())[0, 1])
    assert np.median(kept) > 0.9, "how it moves is what is left"


def test_a_run_learns_and_is_settled(drawn: list[tuple[Take, list[Stretch]]], tmp_path: Path) -> None:
    takes = [take for take, _ in drawn]
    told: list[dict[str, float]] = []
    plan = Plan(50, batch=4, seed=1, rate=2e-3, warm_steps=5)
    names = train(NamesTask(([], takes, []), 1), tmp_path, plan, lambda t: told.append(t.losses), workers=0)
    assert told[-1]["total"] < 6.0
    beats = train(BeatsTask(([], takes, []), 1), tmp_path, plan, lambda t: told.append(t.losses), workers=0)
    assert told[-1]["total"] < 0.8
    manner = settle(Running(weights_of(names, beats, {})), takes[:1], {take.name: s for take, s in drawn})
    assert 0 < manner["temperature"] < 10 and manner["keep"] < manner["sure"]
    assert np.isfinite(list(manner.values())).all()
