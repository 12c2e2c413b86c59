"""Out of odds that flicker from tick to tick, a label that holds until another is clearly better.

A forward filter over "which technique is going on" (it may change, but seldom does), then hysteresis: labels that
flicker teach nothing. When nothing is believed enough there is no label: not sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from trainer.model import Floats
from trainer.strokes.ticks import TICKS_HZ


@dataclass(frozen=True)
class Manner:
    """How odds become labels; chosen on the tuning split (`studio.training.settle`) and kept with the network.

    temperature of the network's odds; sharpness: how strongly a second of odds counts; changes_per_s: how often people
    are expected to do something else; sure: the belief needed for a label, keep: the belief below which it goes;
    slope, shift: from the belief's log odds to those that the label is right; working: the probability from which a
    hand is said to work, swing: how much its repetitions count for that (`workers.Workers`); gain, beat: how strongly a
    tick's phase counts, and how sure of it repetitions must be (`beats.Beats`); lag_s: how late labels change, in the
    median.
    """

    temperature: float = 1.0
    sharpness: float = 6.0
    changes_per_s: float = 0.1
    sure: float = 0.55
    keep: float = 0.25
    slope: float = 1.0
    shift: float = 0.0
    working: float = 0.5
    swing: float = 1.0
    gain: float = 7.0
    beat: float = 0.7
    lag_s: float = 0.5


def manner_of(calibration: Mapping[str, float]) -> Manner:
    """The manner that a network's file tells of; what it doesn't tell of is as usual."""
    known = {f.name for f in fields(Manner)}
    return Manner(**{name: value for name, value in calibration.items() if name in known})


class Belief:
    """Feed it the log odds of every tick. ``technique`` is the label, None when not sure."""

    def __init__(self, techniques: Sequence[str], manner: Manner) -> None:
        self._techniques, self._manner = tuple(techniques), manner
        self.reset()

    def reset(self) -> None:
        """Believe nothing."""
        self.shares: Floats = np.full(len(self._techniques), 1.0 / len(self._techniques))
        self.technique: str | None = None

    def update(self, log_odds: ArrayLike) -> None:
        m = self._manner
        scaled = np.asarray(log_odds, float) / m.temperature
        likely = np.maximum(np.exp(scaled - scaled.max()) / np.exp(scaled - scaled.max()).sum(), 1e-4)
        change = min(0.5, m.changes_per_s / TICKS_HZ)
        shares = (self.shares * (1 - change) + change / len(self.shares)) * likely ** (m.sharpness / TICKS_HZ)
        self.shares = shares / shares.sum()
        best = int(np.argmax(self.shares))
        if self.shares[best] >= m.sure:
            self.technique = self._techniques[best]
        elif self.technique is not None and self.shares[self._techniques.index(self.technique)] < m.keep:
            self.technique = None

    @property
    def share(self) -> float:
        """The belief in the label, or in the best candidate when not sure."""
        name = self.technique
        return float(self.shares.max() if name is None else self.shares[self._techniques.index(name)])

    @property
    def confidence(self) -> float:
        """How probably the label, or the best candidate when not sure, is right; 0-1."""
        share = min(max(self.share, 1e-4), 1 - 1e-4)
        odds = self._manner.slope * np.log(share / (1 - share)) + self._manner.shift
        return float(1 / (1 + np.exp(-odds)))


def labels_of(techniques: Sequence[str], manner: Manner, log_odds: Floats) -> list[str | None]:
    """The label at each of N ticks, log_odds (N, K)."""
    return [name for name, _ in followed(techniques, manner, log_odds)]


def followed(techniques: Sequence[str], manner: Manner, log_odds: Floats) -> Iterator[tuple[str | None, float]]:
    """The label at each of N ticks, log_odds (N, K), and the belief in it."""
    belief = Belief(techniques, manner)
    for odds in log_odds:
        belief.update(odds)
        yield belief.technique, belief.share
