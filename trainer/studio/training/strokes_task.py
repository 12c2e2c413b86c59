"""Training the recogniser's two networks, of names and of beats: from played movements and watched clips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import Dataset

from trainer.strokes.inputs import GROUPS, OWN
from trainer.strokes.vocabulary import NUMBER
from trainer.studio.training.run import Batch, Plan
from trainer.studio.training.steps import Steps
from trainer.studio.training.strokes_network import BeatsNetwork, NamesNetwork
from trainer.studio.training.takes import UNKNOWN, Take, window_ticks

Rng = np.random.Generator
Takes = tuple[Sequence[Take], Sequence[Take], Sequence[Take]]
"""Of the studio's movements, of sketched ones, of clips that the program watched; some may be empty, not all."""
_NAMES_SHARES, _BEATS_SHARES = (0.4, 0.25, 0.35), (0.5, 0.3, 0.2)
"""Of the windows, from each of the three. Beats that learn more of the watched clips keep time better with the studio's
hands and worse with others'."""
NAMES_S, BEATS_S = 12.0, 6.0
"""How long a window is."""
_OFF = {"places": 0.2, "map": 0.3, "shape": 0.35, "bends": 0.5, "turn": 0.4, "size": 0.3}
"""How far each number of a kind may be off for good."""
_NAMES_TAKEN = {
    "places": 0.3, "map": 0.5, "shape": 0.7, "bends": 0.5, "turn": 0.4, "size": 0.4, "bent": 0.25, "fingers": 0.1,
}  # fmt: skip
"""How often a kind of numbers is taken away altogether, so that how a hand looks doesn't name what it does."""
_BEATS_TAKEN = {
    "places": 0.15, "map": 0.3, "shape": 0.3, "bends": 0.3, "turn": 0.3, "size": 0.3, "bent": 0.15, "fingers": 0.1,
}  # fmt: skip
_SKIPPED_TICKS = 6
_WEIGHTS = {"technique": 1.0, "late": 0.5, "working": 0.5}


class NamesTask:
    """See `run.Task`: which technique it is, and which hands do it."""

    name = "names"

    def __init__(self, takes: Takes, seed: int = 4) -> None:
        self._takes = takes
        torch.manual_seed(seed)
        self.network = NamesNetwork()
        share = np.bincount(
            np.concatenate([t.technique[t.technique >= 0] for each in takes for t in each]), minlength=len(NUMBER)
        )
        weight = 1.0 / np.sqrt(np.maximum(share, 1) / share.sum())
        self._class_weight = torch.from_numpy(weight / (weight * share).sum() * share.sum()).float()

    def batches(self, plan: Plan, first: int, last: int) -> Dataset[Batch]:
        window = partial(names_window, ticks=window_ticks(NAMES_S))
        return _Batches(self._takes, _NAMES_SHARES, window, plan, first, last)

    def losses(self, network: nn.Module, batch: Batch) -> Batch:
        told, weight = network(batch["inputs"]), self._class_weight.to(batch["technique"].device)
        each: Batch = {}
        for name in ("technique", "late"):
            each[name] = functional.cross_entropy(
                told[name][:, _SKIPPED_TICKS:].flatten(0, 1), batch[name][:, _SKIPPED_TICKS:].flatten(), weight,
                ignore_index=UNKNOWN, label_smoothing=0.03,
            )  # fmt: skip
        working = functional.binary_cross_entropy_with_logits(told["working"], batch["working"], reduction="none")
        each["working"] = _mean(working.mean(2), (batch["technique"] != UNKNOWN).float())
        return {**each, "total": torch.stack([_WEIGHTS[n] * value for n, value in each.items()]).sum()}


class BeatsTask:
    """See `run.Task`: where in its repetition each hand is."""

    name = "beats"

    def __init__(self, takes: Takes, seed: int = 4) -> None:
        self._takes = takes
        torch.manual_seed(seed)
        self.network = BeatsNetwork()

    def batches(self, plan: Plan, first: int, last: int) -> Dataset[Batch]:
        window = partial(beats_window, ticks=window_ticks(BEATS_S))
        return _Batches(self._takes, _BEATS_SHARES, window, plan, first, last)

    def losses(self, network: nn.Module, batch: Batch) -> Batch:
        off = (network(batch["inputs"])["phase"] - batch["phase"]).square().sum(3)
        return {"total": _mean(off, batch["phase_counts"])}


def _mean(value: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    value, weight = value[:, _SKIPPED_TICKS:], weight[:, _SKIPPED_TICKS:]
    return (value * weight).sum() / weight.sum().clamp(min=1.0)


class _Batches(Steps):
    def __init__(
        self, takes: Takes, shares: Sequence[float], window: Callable[[Take, Rng], Batch], plan: Plan, first: int,
        last: int,
    ) -> None:  # fmt: skip
        super().__init__(plan, first, last)
        self._takes = [each for each in takes if each]
        odds = np.array([share for each, share in zip(takes, shares, strict=True) if each])
        self._odds = odds / odds.sum()
        self._window = window

    def made(self, step: int) -> list[Batch]:
        rng = np.random.default_rng([self._plan.seed, 7, step])
        return [self._window(self._any(rng), rng) for _ in range(self._plan.batch)]

    def _any(self, rng: Rng) -> Take:
        takes = self._takes[int(rng.choice(len(self._takes), p=self._odds))]
        return takes[int(rng.integers(len(takes)))]


def names_window(take: Take, rng: Rng, ticks: int) -> Batch:
    """A stretch of a take, roughened; filled up with what doesn't count where the take is too short."""
    cut = _cut(take, rng, ticks)
    return {
        "inputs": torch.from_numpy(roughened(_filled(take.inputs, cut), rng, _NAMES_TAKEN)),
        "technique": torch.from_numpy(_filled(take.technique, cut, UNKNOWN).astype(np.int64)),
        "late": torch.from_numpy(_filled(take.late, cut, UNKNOWN).astype(np.int64)),
        "working": torch.from_numpy(_filled(take.working, cut)),
    }


def beats_window(take: Take, rng: Rng, ticks: int) -> Batch:
    """Likewise."""
    cut = _cut(take, rng, ticks)
    return {
        "inputs": torch.from_numpy(roughened(_filled(take.inputs, cut), rng, _BEATS_TAKEN)),
        "phase": torch.from_numpy(_filled(take.phase, cut)),
        "phase_counts": torch.from_numpy(_filled(take.phase_counts, cut).astype(np.float32)),
    }


def _cut(take: Take, rng: Rng, ticks: int) -> slice:
    begin = int(rng.integers(max(len(take) - ticks, 0) + 1))
    return slice(begin, begin + ticks)


def _filled(values: np.ndarray, cut: slice, empty: float = 0) -> np.ndarray:
    values, ticks = values[cut], cut.stop - cut.start
    return np.concatenate([values, np.full((ticks - len(values), *values.shape[1:]), empty, values.dtype)])


def roughened(inputs: np.ndarray, rng: Rng, taken: Mapping[str, float]) -> np.ndarray:
    """Inputs (N, 2, WIDTH) of another camera, hand and tracker. taken: how often each kind of numbers is missing.

    What tells people and renderers apart (how a hand looks and where exactly it is) is made uncertain or taken away;
    what tells techniques apart (how it moves) is only made a little larger, smaller and noisier.
    """
    n, inputs = len(inputs), inputs.astype(np.float32)
    hands = inputs[:, :, :OWN].copy()
    seen = hands != 0
    for k in range(2):
        hand = hands[:, k]
        for name, size in _OFF.items():
            part = hand[:, GROUPS[name]]
            part += rng.normal(0, size * float(rng.uniform(0, 1.5)), part.shape[1])
        shift = rng.normal(0, 0.15, 2)
        hand[:, GROUPS["places"]] += np.tile(shift, (GROUPS["places"].stop - GROUPS["places"].start) // 2)
        more = float(np.exp(rng.normal(0, 0.15)))
        for name in ("moved", "fingers", "speed"):
            hand[:, GROUPS[name]] *= more
        for name, odds in taken.items():
            if rng.random() < odds:
                hand[:, GROUPS[name]] = 0
    hands += rng.normal(0, 0.05, hands.shape)
    hands *= seen
    if rng.random() < 0.2:
        # A hand that isn't seen for a while.
        k, begin = int(rng.integers(2)), int(rng.integers(n))
        end = begin + int(rng.integers(4, 100))
        hands[begin:end, k, :-5] = 0
        hands[begin:end, k, -5:-2] = 0.0, 0.0, 1.0
    shared = inputs[:, :, 2 * OWN :].copy()
    if rng.random() < 0.2:
        shared[:, :, 1:5] = 0  # the view isn't to be trusted
    return np.ascontiguousarray(np.concatenate([hands, hands[:, ::-1], shared], axis=2), dtype=np.float32)
