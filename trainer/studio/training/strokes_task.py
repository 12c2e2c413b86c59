"""Training the recogniser: from takes of played movements and of watched clips."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import Dataset

from trainer.strokes.inputs import GROUPS, OWN
from trainer.strokes.vocabulary import NUMBER
from trainer.studio.training.run import Batch, Plan
from trainer.studio.training.steps import Steps
from trainer.studio.training.strokes_network import StrokesNetwork
from trainer.studio.training.takes import UNKNOWN, Take, window_ticks

Rng = np.random.Generator
WINDOW_S = 12.0
_SHARES = (0.5, 0.3, 0.2)
"""Of the windows: from the studio's movements, from sketched ones, from clips that the program watched."""
_OFF = {"places": 0.2, "map": 0.3, "shape": 0.35, "bends": 0.5, "turn": 0.4, "size": 0.3}
"""How far each number of a kind may be off for good."""
_TAKEN = {
    "places": 0.3, "map": 0.5, "shape": 0.7, "bends": 0.5, "turn": 0.4, "size": 0.4, "bent": 0.25, "fingers": 0.1,
}  # fmt: skip
"""How often a kind of numbers is taken away altogether."""
_SKIPPED_TICKS = 6
_WEIGHTS = {"technique": 1.0, "late": 0.5, "working": 0.5, "phase": 2.0, "beat": 0.15}


class StrokesTask:
    """See `run.Task`. played, sketched, watched: takes of movements and of clips; some may be empty, not all."""

    name = "strokes"

    def __init__(
        self, played: Sequence[Take], sketched: Sequence[Take], watched: Sequence[Take], seed: int = 4
    ) -> None:
        self._takes = played, sketched, watched
        torch.manual_seed(seed)
        self.network = StrokesNetwork()
        share = np.bincount(
            np.concatenate([t.technique[t.technique >= 0] for takes in self._takes for t in takes]),
            minlength=len(NUMBER),
        )
        weight = 1.0 / np.sqrt(np.maximum(share, 1) / share.sum())
        self._class_weight = torch.from_numpy(weight / (weight * share).sum() * share.sum()).float()

    def batches(self, plan: Plan, first: int, last: int) -> Dataset[Batch]:
        return _Batches(self._takes, plan, first, last)

    def losses(self, network: nn.Module, batch: Batch) -> Batch:
        return losses_of(network(batch["inputs"]), batch, self._class_weight)


def losses_of(told: Batch, batch: Batch, class_weight: torch.Tensor) -> Batch:
    """The losses of what a network told of a batch, by name, with `total` last."""
    start = _SKIPPED_TICKS
    weight = class_weight.to(batch["technique"].device)
    each: Batch = {}
    for name in ("technique", "late"):
        each[name] = functional.cross_entropy(
            told[name][:, start:].flatten(0, 1), batch[name][:, start:].flatten(), weight, ignore_index=UNKNOWN,
            label_smoothing=0.03,
        )  # fmt: skip
    known = (batch["technique"] != UNKNOWN).float()
    working = functional.binary_cross_entropy_with_logits(told["working"], batch["working"], reduction="none")
    each["working"] = _mean(working.mean(2), known)
    off = (told["phase"] - batch["phase"]).square().sum(2)
    each["phase"] = _mean(off, batch["phase_counts"])
    beat = functional.binary_cross_entropy_with_logits(told["beat"], batch["beat"], reduction="none").mean(2)
    each["beat"] = _mean(beat, batch["beat_counts"])
    total = torch.stack([_WEIGHTS[name] * value for name, value in each.items()]).sum()
    return {**each, "total": total}


def _mean(value: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    value, weight = value[:, _SKIPPED_TICKS:], weight[:, _SKIPPED_TICKS:]
    return (value * weight).sum() / weight.sum().clamp(min=1.0)


class _Batches(Steps):
    def __init__(self, takes: Sequence[Sequence[Take]], plan: Plan, first: int, last: int) -> None:
        super().__init__(plan, first, last)
        self._takes = [each for each in takes if each]
        odds = np.array([share for each, share in zip(takes, _SHARES, strict=True) if each])
        self._odds = odds / odds.sum()

    def made(self, step: int) -> list[Batch]:
        rng = np.random.default_rng([self._plan.seed, 7, step])
        return [self._window(rng) for _ in range(self._plan.batch)]

    def _window(self, rng: Rng) -> Batch:
        takes = self._takes[int(rng.choice(len(self._takes), p=self._odds))]
        take = takes[int(rng.integers(len(takes)))]
        return window(take, window_ticks(WINDOW_S), rng)


def window(take: Take, ticks: int, rng: Rng) -> Batch:
    """A stretch of a take, roughened; filled up with what doesn't count where the take is too short."""
    begin = int(rng.integers(max(len(take) - ticks, 0) + 1))
    cut = slice(begin, begin + ticks)
    missing = ticks - len(take.technique[cut])

    def filled(values: np.ndarray, empty: float = 0) -> np.ndarray:
        return np.concatenate([values[cut], np.full((missing, *values.shape[1:]), empty, values.dtype)])

    inputs = roughened(filled(take.inputs).astype(np.float32), rng)
    return {
        "inputs": torch.from_numpy(inputs),
        "technique": torch.from_numpy(filled(take.technique, UNKNOWN).astype(np.int64)),
        "late": torch.from_numpy(filled(take.late, UNKNOWN).astype(np.int64)),
        "working": torch.from_numpy(filled(take.working)),
        "phase": torch.from_numpy(filled(take.phase)),
        "phase_counts": torch.from_numpy(filled(take.phase_counts).astype(np.float32)),
        "beat": torch.from_numpy(filled(take.beat)),
        "beat_counts": torch.from_numpy(filled(take.beat_counts).astype(np.float32)),
    }  # fmt: skip


def roughened(inputs: np.ndarray, rng: Rng) -> np.ndarray:
    """Inputs (N, 2, WIDTH) of another camera, hand and tracker.

    What tells people and renderers apart (how a hand looks and where exactly it is) is made uncertain or taken away;
    what tells techniques apart (how it moves) is only made a little larger, smaller and noisier.
    """
    n = len(inputs)
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
        for name, odds in _TAKEN.items():
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
