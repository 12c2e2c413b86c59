"""Which hands do the stroke: from what the network thinks of each, and from whose movement repeats."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from trainer.model import Floats

MEMORY = 0.9
"""Share of what was thought that is kept from tick to tick."""
_STILL = 0.05
"""An arrow of this length says nothing."""


class Workers:
    """Feed it every tick. ``weight``: how much a hand's own repetitions count beside the other's."""

    def __init__(self, weight: float) -> None:
        self._weight = weight
        self._likely, self._swing = np.zeros(2), np.zeros(2)

    def update(self, odds: ArrayLike, phases: ArrayLike) -> Floats:
        """(2,) how likely each hand works. odds: (2,) log odds of each; phases: (2, 2), see `network.Output`.

        The idle hand, which holds the foot or is carried along, has no repetition of its own: its arrow is short beside
        the other's. Where neither repeats, only the odds tell.
        """
        likely = 1 / (1 + np.exp(-np.asarray(odds, float)))
        self._likely = MEMORY * self._likely + (1 - MEMORY) * likely
        length = np.hypot(*np.asarray(phases, float).T)
        self._swing = MEMORY * self._swing + (1 - MEMORY) * length
        share = np.clip(self._likely, 1e-4, 1 - 1e-4)
        beside = np.log((self._swing + _STILL) / (self._swing[::-1] + _STILL))
        return np.asarray(1 / (1 + np.exp(-(np.log(share / (1 - share)) + self._weight * beside))))
