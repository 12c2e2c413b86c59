"""The recogniser's networks, run tick by tick with plain NumPy.

One names what is done, one tells where in its repetition each hand is. Both have two streams with the same weights, one
for each hand, each seeing its own hand first; causal dilated convolutions (Bai, Kolter and Koltun 2018, "An Empirical
Evaluation of Generic Convolutional and Recurrent Networks"), of which only the newest column is reckoned: each layer
remembers what it needs of the past. What both hands do together is read off a mean of the streams that the network
weighs itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ModelFileError
from trainer.strokes.inputs import WIDTH

F32 = NDArray[np.float32]
FORMAT = 2
LATE_S = 1.0
"""The second opinion on the technique is of so long ago."""
BEAT_S = 0.35
"""The phase is of so long ago: a repetition is told better when its end is seen too."""


@dataclass(frozen=True, eq=False)
class Output:
    """What the networks say at a tick: technique, late (K,) log odds of the techniques now and `LATE_S` ago; working
    (2,) log odds that each hand does it; phase (2, 2) cosine and sine of each hand's own repetitions `BEAT_S` ago,
    shorter the less sure; pooled (C,) what technique and late are read off."""

    technique: F32
    late: F32
    working: F32
    phase: F32
    pooled: F32


class StrokesNetwork:
    """``weights`` as `studio.training.strokes_network` exports them. Raises ModelFileError when they don't fit."""

    def __init__(self, weights: Mapping[str, NDArray[Any]], where: str = "the network") -> None:
        try:
            w = {name: np.asarray(value) for name, value in weights.items()}
            sound = int(w["format"]) == FORMAT and w["in.weight"].shape[0] == w["beats.in.weight"].shape[0] == WIDTH
            self.techniques = tuple(str(name) for name in w["techniques"])
            self.calibration = {
                name.removeprefix("calibration."): float(value)
                for name, value in w.items()
                if name.startswith("calibration.")
            }
            beats = {name.removeprefix("beats."): value for name, value in w.items() if name.startswith("beats.")}
            self._names, self._beats = _Streams(w), _Streams(beats)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            raise _unfit(where) from error
        if not sound:
            raise _unfit(where)
        self._of_names, self._of_beats = w, beats

    def reset(self) -> None:
        """Forget everything before."""
        self._names.reset()
        self._beats.reset()

    def over(self, inputs: NDArray[Any]) -> list[Output]:
        """All ticks of (N, 2, WIDTH), from nothing."""
        self.reset()
        return [self.update(row) for row in inputs]

    def update(self, inputs: NDArray[Any]) -> Output:
        """One tick on. inputs: (2, WIDTH) of `inputs.Inputs`."""
        w, b = self._of_names, self._of_beats
        inputs = inputs.astype(np.float32)
        x = self._names.update(inputs)
        gate = (x @ w["gate.weight"] + w["gate.bias"])[:, 0]
        share = np.exp(gate - gate.max())
        what = share / share.sum() @ x
        swing = np.maximum(self._beats.update(inputs) @ b["swing.weight"] + b["swing.bias"], 0)
        return Output(
            what @ w["technique.weight"] + w["technique.bias"], what @ w["late.weight"] + w["late.bias"],
            (x @ w["hand.weight"] + w["hand.bias"])[:, 0], swing @ b["phase.weight"] + b["phase.bias"], what,
        )  # fmt: skip


class _Streams:
    """What each hand's stream makes of its past."""

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._w = weights
        self._dilations = [int(d) for d in weights["dilations"]]
        self._channels = weights["in.weight"].shape[1]
        self.reset()

    def reset(self) -> None:
        self._past = [np.zeros((2 * d + 1, 2, self._channels), np.float32) for d in self._dilations]
        self._now = 0

    def update(self, inputs: F32) -> F32:
        """(2, WIDTH) to (2, C)."""
        w = self._w
        x = inputs @ w["in.weight"] + w["in.bias"]
        for k, (d, past) in enumerate(zip(self._dilations, self._past, strict=True)):
            size = len(past)
            past[self._now % size] = _normed(x, w[f"{k}.norm.weight"], w[f"{k}.norm.bias"])
            taps = [past[(self._now - back) % size] for back in (2 * d, d, 0)]
            hidden = np.maximum(np.concatenate(taps, axis=1) @ w[f"{k}.conv.weight"] + w[f"{k}.conv.bias"], 0)
            x = x + hidden @ w[f"{k}.out.weight"] + w[f"{k}.out.bias"]
        self._now += 1
        return _normed(x, w["norm.weight"], w["norm.bias"])


def _normed(x: F32, weight: F32, bias: F32) -> F32:
    centred = x - x.mean(axis=1, keepdims=True)
    return np.asarray(centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5) * weight + bias)


def load_strokes_network(path: Path) -> StrokesNetwork:
    """The network in a file. Raises ModelFileError."""
    return StrokesNetwork(read_weights(path), str(path))


def read_weights(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays in a network's file, by name. Raises ModelFileError."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise ModelFileError(
            f"Expected the recogniser's network at '{path}', but it is missing or damaged: get the file again, or name "
            "another with --strokes-model."
        ) from error


def _unfit(where: str) -> ModelFileError:
    return ModelFileError(
        f"Expected a network of this version's recogniser in '{where}', but it is something else: build it anew with "
        "`trainer train strokes`."
    )
