"""The sound of a beat, sample by sample. Pure: no device."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
_LONG_S = 0.045
_DECAY_S = 0.009
_RISE_S = 0.001
_HERTZ = {True: 1760.0, False: 1175.0}
"""A fifth apart, where small loudspeakers are good; accented and not."""

Sound = NDArray[np.float32]


def click(accented: bool) -> Sound:
    """(N,) one soft wooden click, at most 1."""
    t = np.arange(round(_LONG_S * RATE)) / RATE
    shape = np.minimum(t / _RISE_S, 1.0) * np.exp(-t / _DECAY_S)
    tone = np.sin(2 * np.pi * _HERTZ[accented] * t) + 0.3 * np.sin(2 * np.pi * 2.76 * _HERTZ[accented] * t)
    return np.asarray((1.0 if accented else 0.7) * shape * tone / 1.3, np.float32)


class Clicks:
    """Renders one stretch after another; what a click has left over comes in the next."""

    def __init__(self) -> None:
        self._clicks = {accented: click(accented) for accented in (True, False)}
        self._left: Sound = np.zeros(0, np.float32)

    def render(self, samples: int, begin_s: float, beats: Iterable[tuple[float, bool]]) -> Sound:
        """(samples,) of the stretch from ``begin_s``; beats: (time_s, accented) of those that begin in it."""
        longest = len(self._clicks[True])
        out = np.zeros(max(samples + longest, len(self._left)), np.float32)
        out[: len(self._left)] += self._left
        for time_s, accented in beats:
            at = min(max(round((time_s - begin_s) * RATE), 0), samples)
            sound = self._clicks[accented]
            out[at : at + len(sound)] += sound
        self._left = out[samples:]
        return out[:samples]
