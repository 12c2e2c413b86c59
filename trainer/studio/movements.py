"""The techniques: each is a contact part of the hand, a path over the foot, and a phase that turns into a hand's goal.

A movement is made for one stretch of time and asked, frame by frame, what each hand should do. To add a technique,
write a class with the three members of `Movement` and register it in `MOVEMENTS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from trainer.studio import grips
from trainer.studio.anatomy import Anatomy
from trainer.studio.foot_surface import FootSurface
from trainer.studio.reach import Goal
from trainer.studio.timing import Cycles, cycles, smooth, wander

# Cycles per minute from which a clip's tempo is drawn when the recipe names none: inside the domain's presets.
TEMPO = {
    "kneading": (62.0, 120.0), "thumb_walking": (64.0, 110.0), "effleurage": (14.0, 20.0), "friction": (60.0, 70.0),
    "press_hold": (9.0, 11.0),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Place:
    """What a movement is made from: the foot, both hands' bodies, its time and its luck."""

    foot: FootSurface
    bodies: dict[str, Anatomy]
    start_s: float
    end_s: float
    rate_per_min: float
    cv: float
    lead_hand: str
    rng: np.random.Generator


class Movement(Protocol):
    """hands: those that do the technique; contact: name of the contact part (see `truth.contact_part`)."""

    hands: tuple[str, ...]
    contact: str
    beat: Cycles

    def goals(self, time_s: float) -> dict[str, Goal]: ...


def _other(side: str) -> str:
    return "right" if side == "left" else "left"


class Kneading:
    """Both thumbs press and roll in circles of 10-25 mm radius, in alternation; a press is the circle's top."""

    contact = "thumb_pad"
    hands: tuple[str, ...] = ("left", "right")

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.beat = cycles(rng, place.start_s, place.end_s, place.rate_per_min, place.cv)
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
        self.beat = cycles(rng, place.start_s, place.end_s, place.rate_per_min, place.cv)
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
        whole = int(np.floor(phase + 0.5))
        part = phase - whole
        done = whole + smooth((part + 0.2) / 0.4) if part > -0.2 else float(whole)
        done = float(np.clip(done, 0, len(self._walked) - 1))
        walked = np.interp(done, np.arange(len(self._walked)), self._walked)
        u = self._start_u + walked / place.foot.length_mm
        target, normal = grips.sole_place(place.foot, min(u, 0.8), self._lane)
        target = target + 0.2 * self._tremor.at(time_s)
        bend = -np.sin(2 * np.pi * phase)
        goal = grips.thumb_on_sole(
            place.bodies[side], place.foot, side, target, normal, spot="thumb_tip",
            depth=1.0 + 0.6 * max(0.0, float(np.cos(2 * np.pi * phase))), ip=33 + self._reach * bend,
            ip_weight=3.0, flat=0.25,
        )  # fmt: skip
        other = _other(side)
        return {side: goal, other: grips.hold(place.bodies[other], place.foot, other, self._hold_u)}


class Effleurage:
    """A long glide of the flat hand from the heel to the toes, back lightly off the skin; the beat starts a pass."""

    contact = "palm_and_fingers"

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.hands: tuple[str, ...] = (place.lead_hand,)
        self.beat = cycles(rng, place.start_s, place.end_s, place.rate_per_min, place.cv, lead=0.06)
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
        other = _other(side)
        return {side: goal, other: grips.cradle(place.bodies[other], place.foot, other, self._hold_u)}


class Friction:
    """Small circles of a thumb pad, radius under 10 mm, on one spot; the beat is a full circle."""

    contact = "thumb_pad"

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.hands: tuple[str, ...] = (place.lead_hand,)
        self.beat = cycles(rng, place.start_s, place.end_s, place.rate_per_min, place.cv)
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
        other = _other(side)
        return {side: goal, other: grips.hold(place.bodies[other], place.foot, other, self._hold_u)}


class PressHold:
    """A thumb presses a point without moving; the beat is the start of each hold, between them it slides on."""

    contact = "thumb_pad"

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.hands: tuple[str, ...] = (place.lead_hand,)
        self.beat = cycles(rng, place.start_s, place.end_s, place.rate_per_min, place.cv, lead=0.05)
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
        other = _other(side)
        return {side: goal, other: grips.hold(place.bodies[other], place.foot, other, self._hold_u)}


MOVEMENTS: dict[str, Callable[[Place], Movement]] = {
    "kneading": Kneading,
    "thumb_walking": ThumbWalking,
    "effleurage": Effleurage,
    "friction": Friction,
    "press_hold": PressHold,
}
