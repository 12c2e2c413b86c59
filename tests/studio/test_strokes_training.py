"""Training the recogniser's network, in small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from trainer.strokes.inputs import GROUPS, OWN, WIDTH
from trainer.strokes.network import StrokesNetwork as Running
from trainer.strokes.network import load_strokes_network
from trainer.studio.training.run import Plan, train
from trainer.studio.training.settle import settle
from trainer.studio.training.simulated import Faults, simulate
from trainer.studio.training.sketched import sketched
from trainer.studio.training.strokes_data import read_take, save_take
from trainer.studio.training.strokes_network import StrokesNetwork, export_strokes, load_weights, weights_of
from trainer.studio.training.strokes_task import StrokesTask, roughened, window
from trainer.studio.training.takes import Stretch, Take, take_of, window_ticks


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
    network = StrokesNetwork().eval()
    inputs = torch.randn(1, 90, 2, WIDTH)
    with torch.no_grad():
        batch = {name: value[0].numpy() for name, value in network(inputs).items()}
    running = Running(weights_of(network, {}))
    told = [running.update(row.numpy().astype(float)) for row in inputs[0]]
    for name, values in batch.items():
        np.testing.assert_allclose(np.stack([getattr(t, name) for t in told]), values, atol=1e-4)
    running.reset()
    again = running.update(inputs[0, 0].numpy().astype(float))
    np.testing.assert_allclose(again.technique, told[0].technique)


def test_streams_exchanged_are_answers_exchanged() -> None:
    network = StrokesNetwork().eval()
    inputs = torch.randn(1, 30, 2, WIDTH)
    with torch.no_grad():
        one, two = network(inputs), network(inputs.flip(2))
    torch.testing.assert_close(one["technique"], two["technique"])
    torch.testing.assert_close(one["phase"], two["phase"])
    torch.testing.assert_close(one["working"], two["working"].flip(2))


def test_weights_go_there_and_back(tmp_path: Path) -> None:
    network = StrokesNetwork()
    export_strokes(network, tmp_path / "s.npz", {"temperature": 1.5})
    assert load_strokes_network(tmp_path / "s.npz").calibration == {"temperature": 1.5}
    other = StrokesNetwork()
    load_weights(other, weights_of(network, {}))
    for a, b in zip(network.state_dict().values(), other.state_dict().values(), strict=True):
        torch.testing.assert_close(a, b)


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
    batch = window(take, ticks, np.random.default_rng(0))
    assert batch["inputs"].shape == (ticks, 2, WIDTH)
    assert (batch["technique"][len(take) :] == -1).all() and (batch["phase_counts"][len(take) :] == 0).all()


def test_roughening_keeps_the_streams_together_and_leaves_the_unseen_unseen() -> None:
    rng = np.random.default_rng(3)
    inputs = rng.normal(0, 1, (80, 2, WIDTH)).astype(np.float32)
    inputs[:, 1, :OWN] = 0
    inputs[:, 0, OWN : 2 * OWN] = inputs[:, 1, :OWN]
    inputs[:, 1, OWN : 2 * OWN] = inputs[:, 0, :OWN]
    kept = []
    for _ in range(20):
        rough = roughened(inputs, rng)
        np.testing.assert_array_equal(rough[:, 0, :OWN], rough[:, 1, OWN : 2 * OWN])
        assert (rough[:, 1, : OWN - 5] == 0).all()
        kept.append(np.corrcoef(rough[:, 0, GROUPS["moved"]].ravel(), inputs[:, 0, GROUPS["moved"]].ravel())[0, 1])
    assert np.median(kept) > 0.9, "how it moves is what is left"


def test_a_run_learns_and_is_settled(drawn: list[tuple[Take, list[Stretch]]], tmp_path: Path) -> None:
    takes = [take for take, _ in drawn]
    told: list[dict[str, float]] = []
    plan = Plan(50, batch=4, seed=1, rate=2e-3, warm_steps=5)
    network = train(StrokesTask([], takes, [], 1), tmp_path, plan, lambda t: told.append(t.losses), workers=0)
    assert told[-1]["total"] < 6.5
    manner = settle(Running(weights_of(network, {})), takes[:1], {take.name: s for take, s in drawn})
    assert 0 < manner["temperature"] < 10 and manner["keep"] < manner["sure"]
    assert np.isfinite(list(manner.values())).all()
