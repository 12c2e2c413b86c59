"""Which of the hands that a stroke is said to be done by really do it: those that move. Causal.

A hand that holds the heel or steadies the foot lies as near to it as the one that works, and a recogniser that looks at
each hand by itself may take its small tremble for work. Beside the other hand it gives itself away: it moves less.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np

from trainer.contact import parts_on
from trainer.model import SIDES, Floats, Judgement, Side, Touch
from trainer.strokes.parts import PALM, PARTS
from trainer.strokes.techniques import Technique

WINDOW_S = 1.2
"""So long a hand's movement is looked at: about a cycle of most techniques."""
LEAST_SHARE = 0.5
"""A hand at work moves at least this share of what the other one moves."""
LEAST_MM = 2.0
"""Hands that both move less than this lie still: landmarks alone tremble by about as much."""
_LEAST_TOUCHES = 5


class HandsAtWork:
    """Feed it every touch with its judgement; it answers with the judgement, its hands put right."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()
        self._mm: deque[Floats] = deque()

    def update(self, touch: Touch, judgement: Judgement, technique: Technique | None) -> Judgement:
        """``technique`` is the one judged, None at rest and when not sure.

        Of two hands named, one that hardly moves is left out; one that is named and hardly moves gives way to the
        other. Nothing changes where the technique is a hold or always takes both hands, or where a hand isn't seen.
        """
        self._times.append(touch.time_s)
        self._mm.append(np.stack([hand.mm for hand in touch.hands]))
        while touch.time_s - self._times[0] > WINDOW_S:
            self._times.popleft()
            self._mm.popleft()
        if technique is None or technique.hold_s is not None or technique.both_hands or not judgement.hands:
            return judgement
        moved = self._moved(touch, technique)
        if not np.isfinite(moved).all():
            return judgement
        if moved.max() < LEAST_MM:
            return replace(judgement, hands=())
        moving: list[Side] = [s for s, mm in zip(SIDES, moved, strict=True) if mm >= LEAST_SHARE * moved.max()]
        hands = tuple(s for s in judgement.hands if s in moving) or tuple(moving)
        return judgement if hands == judgement.hands else replace(judgement, hands=hands)

    def _moved(self, touch: Touch, technique: Technique) -> Floats:
        """(2,) root mean square way of each hand's contact part from its middle, in mm; NaN where not seen enough."""
        parts = parts_on(technique, touch.foot.view)
        landmarks = {bone.far for part in parts for bone in PARTS[part]} | (set(PALM) if "palm" in parts else set())
        places = np.stack(self._mm)[:, :, sorted(landmarks)].mean(axis=2)
        known = np.isfinite(places).all(axis=2)
        return np.array([
            float(np.sqrt(places[known[:, k], k].var(axis=0).sum())) if known[:, k].sum() >= _LEAST_TOUCHES else np.nan
            for k in range(2)
        ])  # fmt: skip
