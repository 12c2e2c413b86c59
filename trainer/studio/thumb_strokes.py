"""Strokes of the thumbs on the sole, and of an index finger on the top of the foot."""

from __future__ import annotations

import numpy as np

from trainer.studio import grips
from trainer.studio.movement import Place
from trainer.studio.reach import Goal
from trainer.studio.timing import smooth, wander


class Kneading:
    """Both thumbs press and roll in circles of 10-25 mm radius, in alternation; a press is the circle's top."""

    contact = "thumb_pad"
    hands: tuple[str, ...] = ("left", "right")

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.beat = place.beat()
        self._radius = rng.uniform(11, 17)
        self._vary = {s: wander(rng, 1, 0.2, 0.6) for s in self.hands}
        self._tremor = {s: wander(rng, 3, 3, 7) for s in self.hands}
        self._sweep = rng.uniform(13, 19)
        self._from = rng.uniform(0, 1)
        self._higher = float(rng.choice([-1, 1]))

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, out = self._place, {}
        phase = self.beat.phase(time_s)
        along = (self._from + (time_s - place.start_s) / self._sweep) % 1.0
        u = 0.30 + 0.38 * (0.5 - 0.5 * np.cos(2 * np.pi * along))
        for k, side in enumerate(("left", "right")):
            s = grips.sign(side)
            turn = np.pi * (phase - k)
            radius = self._radius * (1 + 0.09 * float(self._vary[side].at(time_s)[0]))
            radius = float(np.clip(radius, 10.2, 23))
            centre = u + (0.04 if k else -0.04) * self._higher
            du = radius * np.cos(turn) / place.foot.length_mm
            dw = s * radius * np.sin(turn) / (place.foot.width_mm / 2)
            target, normal = grips.sole_place(place.foot, centre + du, s * 0.22 + dw)
            depth = 1.4 + 1.3 * np.cos(turn)
            target = target + 0.3 * self._tremor[side].at(time_s)
            out[side] = grips.thumb_on_sole(
                place.bodies[side], place.foot, side, target, normal, depth=depth, ip=12 + 10 * np.cos(turn)
            )
        return out


class ThumbWalking:
    """One thumb creeps 2-5 mm per bite as its IP joint bends and unbends; the beat is the unbending."""

    contact = "thumb_tip"

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.hands: tuple[str, ...] = (place.lead_hand,)
        self.beat = place.beat()
        count = len(self.beat.instants) + 4
        bites = rng.uniform(2.6, 4.8, count)
        self._walked = np.concatenate([[0], np.cumsum(bites)])
        top = 0.76
        self._start_u = float(np.clip(top - self._walked[-1] / place.foot.length_mm, 0.16, 0.42))
        s = grips.sign(place.lead_hand)
        self._lane = s * rng.uniform(0.05, 0.42)
        self._tremor = wander(rng, 3, 3, 7)
        self._reach = rng.uniform(24, 30)
        self._hold_u = rng.uniform(0.6, 0.7)

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, side = self._place, self.hands[0]
        phase = self.beat.phase(time_s)
        walked = np.interp(steps(phase), np.arange(len(self._walked)), self._walked)
        u = self._start_u + walked / place.foot.length_mm
        target, normal = grips.sole_place(place.foot, min(u, 0.8), self._lane)
        target = target + 0.2 * self._tremor.at(time_s)
        bend = -np.sin(2 * np.pi * phase)
        goal = grips.thumb_on_sole(
            place.bodies[side], place.foot, side, target, normal, spot="thumb_tip",
            depth=1.0 + 0.6 * max(0.0, float(np.cos(2 * np.pi * phase))), ip=33 + self._reach * bend,
            ip_weight=3.0, flat=0.25,
        )  # fmt: skip
        other = self._place.other_hand
        return {side: goal, other: grips.hold(place.bodies[other], place.foot, other, self._hold_u)}


class Friction:
    """Small circles of a thumb pad, radius under 10 mm, on one spot; the beat is a full circle."""

    contact = "thumb_pad"

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.hands: tuple[str, ...] = (place.lead_hand,)
        self.beat = place.beat()
        self._radius = rng.uniform(4.5, 7.5)
        self._u = rng.uniform(0.42, 0.66)
        self._w = grips.sign(place.lead_hand) * rng.uniform(0.1, 0.4)
        self._vary, self._tremor = wander(rng, 1, 0.2, 0.6), wander(rng, 3, 3, 7)
        self._hold_u = rng.uniform(0.55, 0.65)

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, side = self._place, self.hands[0]
        turn = 2 * np.pi * self.beat.phase(time_s)
        radius = min(self._radius * (1 + 0.08 * float(self._vary.at(time_s)[0])), 9.3)
        target, normal = grips.sole_place(place.foot, self._u, self._w)
        move = radius * np.array([grips.sign(side) * np.sin(turn), np.cos(turn), 0.0])
        target = target + move - normal * (move @ normal) + 0.25 * self._tremor.at(time_s)
        goal = grips.thumb_on_sole(place.bodies[side], place.foot, side, target, normal, depth=2.0, ip=22)
        other = self._place.other_hand
        return {side: goal, other: grips.hold(place.bodies[other], place.foot, other, self._hold_u)}


class PressHold:
    """A thumb presses a point without moving; the beat is the start of each hold, between them it slides on."""

    contact = "thumb_pad"

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.hands: tuple[str, ...] = (place.lead_hand,)
        self.beat = place.beat(0.05)
        count = len(self.beat.instants) + 4
        s = grips.sign(place.lead_hand)
        self._spots = np.stack([rng.uniform(0.36, 0.7, count), s * rng.uniform(0.0, 0.45, count)], axis=1)
        self._tremor = wander(rng, 3, 2, 6)
        self._hold_u = rng.uniform(0.55, 0.65)

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, side = self._place, self.hands[0]
        phase = self.beat.phase(time_s)
        whole = int(np.clip(np.floor(phase), 0, len(self._spots) - 2))
        move = smooth((phase - whole - 0.84) / 0.14) if phase > 0 else 0.0
        spot = self._spots[whole] + (self._spots[whole + 1] - self._spots[whole]) * move
        target, normal = grips.sole_place(place.foot, float(spot[0]), float(spot[1]))
        depth = 2.6 * (1 - np.sin(np.pi * move)) if phase > 0 else 1.0
        target = target + 0.15 * self._tremor.at(time_s)
        goal = grips.thumb_on_sole(place.bodies[side], place.foot, side, target, normal, depth=float(depth), ip=8)
        other = self._place.other_hand
        return {side: goal, other: grips.hold(place.bodies[other], place.foot, other, self._hold_u)}


class FingerWalking:
    """An index finger creeps over the top of the foot as its joints bend and unbend; the beat is the unbending."""

    contact = "index_tip"

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.hands: tuple[str, ...] = (place.lead_hand,)
        self.beat = place.beat()
        self._walked = np.concatenate([[0], np.cumsum(rng.uniform(2.4, 4.4, len(self.beat.instants) + 4))])
        self._from = rng.uniform(0.74, 0.78)
        self._lane = grips.sign(place.lead_hand) * rng.uniform(-0.05, 0.3)

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, side = self._place, self.hands[0]
        phase = self.beat.phase(time_s)
        walked = np.interp(steps(phase), np.arange(len(self._walked)), self._walked)
        u = max(self._from - walked / place.foot.length_mm, 0.42)
        target, normal = grips.top_place(place.foot, u, self._lane)
        bend = 34 - 26 * float(np.sin(2 * np.pi * phase))
        goal = grips.finger_on_top(place.bodies[side], side, target, normal, bend)
        other = place.other_hand
        return {side: goal, other: grips.cradle(place.bodies[other], place.foot, other, 0.3)}


def steps(phase: float) -> float:
    """Bites done: still between the beats, one bite forward around each."""
    whole = int(np.floor(phase + 0.5))
    part = phase - whole
    return max(0.0, whole + smooth((part + 0.2) / 0.4) if part > -0.2 else float(whole))
