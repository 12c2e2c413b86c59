"""Strokes of the whole hand: gliding, knuckling, drumming, wringing."""

from __future__ import annotations

import numpy as np

from trainer.studio import grips
from trainer.studio.movement import Place
from trainer.studio.reach import Goal
from trainer.studio.timing import smooth, wander


class Effleurage:
    """A long glide of the flat hand from the heel to the toes, back lightly off the skin; the beat starts a pass."""

    contact = "palm_and_fingers"

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.hands: tuple[str, ...] = (place.lead_hand,)
        self.beat = place.beat(0.06)
        self._work = rng.uniform(0.58, 0.66)
        self._lane = wander(rng, 1, 0.03, 0.12)
        self._from, self._to = rng.uniform(0.27, 0.33), rng.uniform(0.92, 1.0)
        self._hold_u = rng.uniform(0.24, 0.32)

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, side = self._place, self.hands[0]
        phase = self.beat.phase(time_s)
        part = phase - np.floor(phase)
        if phase < 0:
            at, lift = 0.0, 10.0 * smooth(-phase / 0.06)
        elif part < self._work:
            share = part / self._work
            at = 0.35 * smooth(share) + 0.65 * share
            lift = 0.0
        else:
            share = (part - self._work) / (1 - self._work)
            at = 1 - smooth(share)
            lift = 24 * np.sin(np.pi * share) ** 0.8
        u = self._from + (self._to - self._from) * at
        w = -0.03 * grips.sign(side) + 0.06 * float(self._lane.at(time_s)[0])
        goal = grips.flat_hand(place.bodies[side], place.foot, side, u, w, float(lift))
        other = self._place.other_hand
        return {side: goal, other: grips.cradle(place.bodies[other], place.foot, other, self._hold_u)}


class Knuckling:
    """A loose fist circles on the sole; the beat is each roll, when it is furthest towards the toes."""

    contact = "knuckles"

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.hands: tuple[str, ...] = (place.lead_hand,)
        self.beat = place.beat()
        self._radius = rng.uniform(11, 16)
        self._vary = wander(rng, 1, 0.1, 0.4)
        self._u = rng.uniform(0.42, 0.5)

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, side = self._place, self.hands[0]
        turn = 2 * np.pi * self.beat.phase(time_s)
        radius = self._radius * (1 + 0.08 * float(self._vary.at(time_s)[0]))
        drift = 0.10 * np.sin((time_s - place.start_s) * 0.35)
        u = self._u + drift + radius * np.cos(turn) / place.foot.length_mm
        w = grips.sign(side) * (0.1 + radius * np.sin(turn) / (place.foot.width_mm / 2))
        target, normal = grips.sole_place(place.foot, u, w)
        roll = 10 * np.cos(turn)
        goal = grips.fist_on_sole(place.bodies[side], side, target, normal, 1.2 + 0.8 * np.cos(turn), roll)
        other = place.other_hand
        return {side: goal, other: grips.cradle(place.bodies[other], place.foot, other)}


class Tapotement:
    """The finger pads drum on the sole and leave the skin between strikes; the beat is each strike."""

    contact = "finger_pads"

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.hands: tuple[str, ...] = (place.lead_hand,)
        self.beat = place.beat()
        self._height = rng.uniform(22, 30)
        self._drift = wander(rng, 2, 0.05, 0.2)

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, side = self._place, self.hands[0]
        phase = self.beat.phase(time_s)
        lift = self._height * (0.5 - 0.5 * np.cos(2 * np.pi * phase)) ** 0.8
        drift = self._drift.at(time_s)
        u, w = 0.58 + 0.06 * drift[0], 0.1 * drift[1]
        goal = grips.flat_hand(place.bodies[side], place.foot, side, u, w, float(lift), curl=24.0, away=34.0)
        other = place.other_hand
        return {side: goal, other: grips.cradle(place.bodies[other], place.foot, other)}


class Wringing:
    """Both hands around the foot twist against each other; the beat is each change of direction."""

    contact = "palm"
    hands: tuple[str, ...] = ("left", "right")

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.beat = place.beat()
        self._u = rng.uniform(0.46, 0.54)
        self._width = rng.uniform(0.24, 0.32)
        self._twist = np.radians(rng.uniform(2.0, 3.5))

    def _swing(self, time_s: float) -> float:
        return float(np.cos(np.pi * self.beat.phase(time_s)))

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, out = self._place, {}
        swing = self._swing(time_s)
        for k, side in enumerate(self.hands):
            s = grips.sign(side)
            w = s * (0.42 + self._width * swing)
            target, normal = grips.sole_place(place.foot, self._u + (0.05 if k else -0.05), w)
            out[side] = grips.around(place.bodies[side], place.foot, side, target, normal)
        return out

    def foot_turn(self, time_s: float) -> np.ndarray:
        ends = min(time_s - self._place.start_s, self._place.end_s - time_s)
        return np.array([0.0, self._twist * self._swing(time_s) * smooth(ends / 0.5), 0.0])
