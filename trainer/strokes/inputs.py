"""From ticks to the network's inputs: places, shapes, and how everything moves, tick by tick.

What is slow is taken away by running means, so that a thumb's circles of some mm count as much as a glide of
centimetres; sizes are squeezed (inverse hyperbolic sine). Unknown is 0 beside a flag that says so.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from trainer.foot.geometry import chirality
from trainer.model import Floats, Foot, Touch, View
from trainer.strokes.observation import ANGLES, FOOT, HAND, POINTS, SHAPE, UV, observe
from trainer.strokes.ticks import TICKS_HZ, Tick, Ticks

VIEWS: tuple[View, ...] = ("plantar", "dorsal", "medial", "lateral")
_MEMORY_S = 0.7
"""Time constant of the running mean from which a movement is told."""
_FORGOTTEN_S = 0.4
"""A hand gone for so long begins anew."""
_KEEP = float(np.exp(-1.0 / (_MEMORY_S * TICKS_HZ)))
_PTS = slice(0, 2 * POINTS)
_UV = slice(_PTS.stop, _PTS.stop + 2 * UV)
_SHAPE = slice(_UV.stop, _UV.stop + 2 * SHAPE)
_ANGLES = slice(_SHAPE.stop, _SHAPE.stop + ANGLES)
_TURN = slice(_ANGLES.stop, _ANGLES.stop + 2)
_SIZE = slice(_TURN.stop, _TURN.stop + 1)
_FINGERS = np.concatenate([[_SHAPE.start + 2 * k, _SHAPE.start + 2 * k + 1] for k in (1, 2, 3, 5, 7, 11)])
"""In the palm's own frame: thumb's MCP, IP and tip, index PIP and tip, middle tip."""
_MOVING = np.r_[_PTS, _ANGLES, _SIZE, _FINGERS]
"""The numbers of a hand whose movement is told."""
_UNIT = np.r_[np.full(2 * POINTS, 4.0), np.full(ANGLES, 8.0), [0.02], np.full(len(_FINGERS), 0.04)]

_NOW = HAND
_BENT, _GROWN = _NOW + 2 * POINTS, _NOW + 2 * POINTS + ANGLES
_SPEED = HAND + len(_MOVING)
GROUPS = {
    "places": _PTS, "map": _UV, "shape": _SHAPE, "bends": _ANGLES, "turn": _TURN, "size": _SIZE,
    "moved": slice(_NOW, _BENT), "bent": slice(_BENT, _GROWN), "grown": slice(_GROWN, _GROWN + 1),
    "fingers": slice(_GROWN + 1, _SPEED), "speed": slice(_SPEED, _SPEED + 2 * POINTS),
}  # fmt: skip
"""Where a hand's numbers of a kind lie in its own part of the inputs; its flags follow."""
OWN = HAND + len(_MOVING) + 2 * POINTS + 5
SHARED = 1 + len(VIEWS) + 4 + 4
WIDTH = 2 * OWN + SHARED
"""What each of the two streams of the network sees: its own hand, the other one, the foot."""


class Inputs:
    """Holds what the next tick needs of those before."""

    def __init__(self) -> None:
        self._mean = np.full((2, len(_MOVING)), np.nan)
        self._before = np.full((2, 2 * POINTS), np.nan)
        self._gone = np.full(2, np.inf)
        self._foot_mean = np.full(FOOT, np.nan)
        self._foot_before = np.full(FOOT, np.nan)

    def update(self, tick: Tick, foot: Foot) -> Floats:
        """(2, WIDTH) the inputs of the left and the right hand's stream. ``foot`` tells side, view and length."""
        own = np.stack([self._hand(k, tick, foot) for k in range(2)])
        shared = self._foot(tick.foot, foot)
        out: Floats = np.empty((2, WIDTH))
        for k in range(2):
            out[k, :OWN], out[k, OWN : 2 * OWN], out[k, 2 * OWN :] = own[k], own[1 - k], shared
        return np.clip(np.nan_to_num(out, nan=0.0), -6.0, 6.0)

    def _hand(self, k: int, tick: Tick, foot: Foot) -> Floats:
        step_s = 1.0 / TICKS_HZ
        seen = tick.seen[k]
        same = 1.0 if (k == 0) == (foot.side == "left") else -1.0
        if seen == 0:
            self._gone[k] += step_s
            self._before[k] = np.nan
            if self._gone[k] > _FORGOTTEN_S:
                self._mean[k] = np.nan
            out = np.zeros(OWN)
            out[-5:] = 0.0, 0.0, 1.0, min(self._gone[k], 3.0), same
            return out
        self._gone[k] = 0.0
        raw = tick.hands[k]
        moving = raw[_MOVING]
        mean = self._mean[k]
        mean[:] = np.where(
            np.isnan(mean), moving, np.where(np.isnan(moving), mean, mean * _KEEP + moving * (1 - _KEEP))
        )
        speed = (raw[_PTS] - self._before[k]) * TICKS_HZ
        self._before[k] = raw[_PTS]
        placed = np.concatenate([
            raw[_PTS] / 100, raw[_UV] * 2 - 1, raw[_SHAPE], raw[_ANGLES] / 40 - 1, raw[_TURN], raw[_SIZE] * 3 - 1,
        ])  # fmt: skip
        flags = [float(seen == 1), float(seen < 1), 0.0, 0.0, same]
        return np.concatenate([placed, np.arcsinh((moving - mean) / _UNIT), np.arcsinh(speed / 30), flags])

    def _foot(self, raw: Floats, foot: Foot) -> Floats:
        out = np.zeros(SHARED)
        out[1 + VIEWS.index(foot.view)] = 1.0
        if np.isnan(raw[0]):
            out[0] = -1.0
            self._foot_before[:] = np.nan
            return out
        mean = self._foot_mean
        mean[:] = np.where(np.isnan(mean), raw, mean * _KEEP + raw * (1 - _KEEP))
        to_mm = 0.85 * foot.length_mm / max(float(mean[4]), 1.0)
        out[0] = 1.0
        # In the foot's own directions, whichever way it lies in the picture.
        along = (mean[2:4] - mean[0:2]) / max(float(np.hypot(*(mean[2:4] - mean[0:2]))), 1.0)
        across = chirality(foot.side, foot.view) * np.array([-along[1], along[0]])
        axes = np.stack([along, across], axis=1)
        moved = (raw[:4] - mean[:4]).reshape(2, 2) @ axes * to_mm
        speed = (raw[:4] - self._foot_before[:4]).reshape(2, 2) @ axes * to_mm * TICKS_HZ
        self._foot_before[:] = raw
        out[5:9], out[9:13] = np.arcsinh(moved.ravel() / 4), np.arcsinh(np.nan_to_num(speed).ravel() / 30)
        return out


def inputs_of(touches: Iterable[Touch]) -> tuple[Floats, Floats]:
    """(times (N,), inputs (N, 2, WIDTH)) of all ticks of touches in order of time, as the recogniser makes them."""
    ticks, made = Ticks(), Inputs()
    times: list[float] = []
    rows: list[Floats] = []
    for touch in touches:
        for tick in ticks.feed(touch.time_s, *observe(touch)):
            times.append(tick.time_s)
            rows.append(made.update(tick, touch.foot))
    return np.array(times), np.array(rows).reshape(-1, 2, WIDTH)
