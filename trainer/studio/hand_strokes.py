"""Strokes of the whole hand: gliding, knuckling, drumming, wringing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trainer.studio import grips, palm_grips, top_grips
from trainer.studio.bodies import rodrigues
from trainer.studio.movement import Place
from trainer.studio.reach import Goal
from trainer.studio.spots import Spot, top_place
from trainer.studio.stroke import Stroke
from trainer.studio.timing import smooth, wander


class Effleurage(Stroke):
    """A long glide over at least half the foot, back lightly off the skin; the beat starts a pass.

    one_hand, fingertips: the other hand holds; hand_over_hand: one hand after the other; both_hands: one on the sole,
    one on the top; thumbs: both thumbs up the sole; top: over the top, from the toes to the ankle.
    """

    technique = "effleurage"

    def __init__(self, place: Place) -> None:
        super().__init__(place, 0.06)
        rng = place.rng
        self.contact = {"thumbs": "thumb_pad", "fingertips": "finger_pads"}.get(self.style, "palm_and_fingers")
        if self.style in ("hand_over_hand", "both_hands", "thumbs"):
            self.both()
        if self.style == "hand_over_hand":
            self.turns = self.hands
        self._work = rng.uniform(0.58, 0.66) if self.style != "hand_over_hand" else rng.uniform(0.45, 0.48)
        self._lane = wander(rng, 1, 0.03, 0.12)
        area = self.area(Spot(self.face, 0.5, 0.0), Spot(self.face, 0.5, 0.25), Spot(self.face, 0.5, -0.25))
        self._w = float(np.clip(area.w, -0.4, 0.4))
        self._from, self._to = {
            "thumbs": (rng.uniform(0.16, 0.22), rng.uniform(0.74, 0.8)),
            "top": (rng.uniform(0.86, 0.9), rng.uniform(0.34, 0.38)),
            "fingertips": (rng.uniform(0.2, 0.26), rng.uniform(0.92, 0.98)),
        }.get(self.style, (rng.uniform(0.42, 0.48), rng.uniform(1.02, 1.08)))
        if self.style != "one_hand" or abs(self._w) < 0.3:
            self._w *= 0.6
        # A brisk glide is a shorter one.
        middle, half = (self._from + self._to) / 2, (self._to - self._from) / 2 * min(1.0, self.calm(45))
        self._from, self._to = middle - half, middle + half
        self._bold = self.calm(17)

    def _glide(self, phase: float) -> tuple[float, float]:
        """How far along the way a hand is, 0 to 1, and its lift, mm."""
        part = phase - np.floor(phase)
        if phase < 0:
            return 0.0, 10.0 * smooth(-phase / 0.06)
        if part < self._work:
            share = part / self._work
            return 0.35 * smooth(share) + 0.65 * share, 0.0
        share = (part - self._work) / (1 - self._work)
        return 1 - smooth(share), float(24 * self._bold * np.sin(np.pi * share) ** 0.8)

    def goals(self, time_s: float) -> dict[str, Goal]:
        phase = self.beat.phase(time_s)
        w = self._w + 0.06 * float(self._lane.at(time_s)[0])
        side, out = self.hands[0], {}
        if self.style == "hand_over_hand":
            for turn, hand in enumerate(self.hands):
                # Each hand works every other pass, so its own pass is as long as two beats less a little.
                at, lift = self._glide((phase - turn) / 2 if phase >= turn else min(phase - turn, 0.0))
                s = grips.sign(hand)
                u = self._from + (self._to - self._from) * at
                goal = palm_grips.flat_hand(self.place.bodies[hand], self.foot, hand, u, 0.5 * w + 0.12 * s, 1.6 * lift)
                out[hand] = self._aside(goal, s, lift)
            return out
        at, lift = self._glide(phase)
        u = self._from + (self._to - self._from) * at
        body = self.place.bodies[side]
        if self.style == "thumbs":
            for hand in self.hands:
                s = grips.sign(hand)
                target, normal = self.on(u, 0.5 * w + s * (0.17 + 0.1 * np.sin(np.pi * at)))
                target = target + 0.45 * lift * normal + self.tremor(hand, time_s, 0.2)
                out[hand] = grips.thumb_on_sole(self.place.bodies[hand], self.foot, hand, target, normal, ip=14)
            return out
        if self.style == "top":
            target, normal = self.on(u, w)
            out[side] = top_grips.palm_on_top(body, self.foot, side, target, normal, lift)
            return out | {self.other: grips.cradle(self.place.bodies[self.other], self.foot, self.other, 0.22)}
        if self.style == "fingertips":
            goal = palm_grips.flat_hand(body, self.foot, side, u, w, lift, curl=14.0, away=24.0)
            return self.supported(side, goal, 0.6)
        out[side] = palm_grips.flat_hand(body, self.foot, side, u, w - 0.03 * grips.sign(side), lift)
        if self.style == "both_hands":
            top_u = 0.42 + 0.3 * at
            target, normal = top_place(self.foot, top_u, 0.0)
            out[self.other] = top_grips.palm_on_top(
                self.place.bodies[self.other], self.foot, self.other, target, normal, 0.5 * lift
            )
            return out
        return self.supported(side, out[side], 0.6)

    def _aside(self, goal: Goal, s: float, lift: float) -> Goal:
        """The hand that goes back keeps to its own side of the one that works."""
        shift = np.array([s * 3.2 * lift, 0.0, 0.9 * lift])
        pin = goal.pins[0]
        posture = replace(goal.posture, wrist=goal.posture.wrist + shift)
        return replace(goal, posture=posture, pins=(replace(pin, target=pin.target + shift),))


class Knuckling(Stroke):
    """A loose fist circles on the sole, or rolls up and down; the beat is each roll, at its furthest to the toes."""

    technique = "knuckling"
    contact = "knuckles"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        rng = place.rng
        area = self.area(Spot("sole", 0.45, 0.0, 0.12), Spot("sole", 0.56, 0.0, 0.1), Spot("sole", 0.26, 0.0, 0.08))
        self._u, self._w, self._half_u = area.u, float(np.clip(area.w, -0.45, 0.45)), area.half_u
        if self.style == "both_fists":
            self.both()
            self.turns = self.hands
            self._w *= 0.3
            self._u = max(self._u, 0.4)
        else:
            self.reach_for(self._w, 0.2)
        self._radius = rng.uniform(11, 16) * self.calm(36)
        self._wave = rng.uniform(0.28, 0.4)
        self._vary = wander(rng, 1, 0.1, 0.4)

    def goals(self, time_s: float) -> dict[str, Goal]:
        phase, out = self.beat.phase(time_s), {}
        radius = self._radius * (1 + 0.08 * float(self._vary.at(time_s)[0])) * self.effort(time_s) ** 0.3
        drift = 0.6 * self._half_u * np.sin((time_s - self.place.start_s) * self._wave)
        for k, side in enumerate(self.hands):
            s = grips.sign(side)
            turn = 2 * np.pi * phase if len(self.hands) == 1 else np.pi * (phase - k)
            rolls = self.style == "rolls"
            across = 0.15 * radius if rolls else radius
            u = self._u + drift + self.du(radius * (1.3 if rolls else 1.0)) * np.cos(turn)
            w = self._w + s * (0.08 + self.dw(across) * np.sin(turn))
            if len(self.hands) == 2:
                w = self._w + s * (0.5 + 0.4 * self.dw(radius) * np.sin(turn))
            target, normal = self.on(u, w)
            target = target + self.tremor(side, time_s, 0.25)
            roll = (22 if rolls else 10) * np.cos(turn)
            out[side] = palm_grips.fist_on_sole(
                self.place.bodies[side], side, target, normal, 1.2 + 0.8 * np.cos(turn), roll
            )
        if len(self.hands) == 2:
            return out
        return self.supported(self.hands[0], out[self.hands[0]], self._u)


class Tapotement(Stroke):
    """Light percussion: the hand leaves the skin between strikes; the beat is each strike.

    both_hands, one_hand: the fingers' pads; hacking: the hands' edges; cupped: the hollow hand; fist: on the heel.
    """

    technique = "tapotement"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        rng = place.rng
        self.contact = {"hacking": "edge", "cupped": "palm_and_fingers", "fist": "knuckles"}.get(
            self.style, "finger_pads"
        )
        if self.style == "fist":
            area = self.area(Spot("sole", 0.18, 0.0, 0.03, 0.1))
        else:
            area = self.area(Spot("sole", 0.58, 0.0, 0.1, 0.3), Spot("sole", 0.46, 0.0, 0.1, 0.3))
        self._area = area
        if self.style in ("both_hands", "hacking"):
            self.both()
            self.turns = self.hands
        else:
            self.reach_for(area.w, 0.3)
        self._height = rng.uniform(22, 30) * self.calm(160)
        self._drift = wander(rng, 2, 0.05, 0.2)
        # A brisk strike: short on the skin, long in the air.
        self._sharp = rng.uniform(0.65, 0.8) if self.contact == "finger_pads" else rng.uniform(0.9, 1.1)

    def goals(self, time_s: float) -> dict[str, Goal]:
        phase, out = self.beat.phase(time_s), {}
        drift = np.clip(self._drift.at(time_s), -1, 1)
        u = self._area.u + 0.6 * self._area.half_u * drift[0]
        w = self._area.w + 0.4 * self._area.half_w * drift[1]
        for k, side in enumerate(self.hands):
            body, s = self.place.bodies[side], grips.sign(side)
            own = phase if len(self.hands) == 1 else (phase - k) / 2
            height = self._height * self.effort(time_s) ** 0.5
            lift = float(height * (0.5 - 0.5 * np.cos(2 * np.pi * own)) ** self._sharp)
            if self.style == "hacking":
                at = u + (0.02 if k else -0.02)
                out[side] = palm_grips.edge_on_sole(body, self.foot, side, at, 0.6 * w + s * 0.36, lift - 1.0)
            elif self.style == "cupped":
                out[side] = palm_grips.cupped(body, self.foot, side, min(u + 0.02, 0.9), w, lift)
            elif self.style == "fist":
                target, normal = self.on(u, w)
                out[side] = palm_grips.fist_on_sole(body, side, target, normal, 1.0 - lift, 0.0)
            else:
                shift = 0.0 if len(self.hands) == 1 else 0.48 * s
                out[side] = palm_grips.flat_hand(
                    body,
                    self.foot,
                    side,
                    u,
                    (0.5 if shift else 1.0) * w + shift,
                    lift,
                    curl=24.0,
                    away=34.0,
                    room=60.0 * abs(shift),
                )
        if len(self.hands) == 2:
            return out
        return self.supported(self.hands[0], out[self.hands[0]], u if self.style == "fist" else 0.6)


class Wringing(Stroke):
    """Both hands around the foot twist against each other; the beat is each change of direction.

    midfoot, forefoot: side by side; heel_and_forefoot: one hand low, one high.
    """

    technique = "wringing"
    contact = "whole_hand"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        rng = place.rng
        self.both()
        middle = {"midfoot": 0.5, "forefoot": 0.63}.get(self.style, 0.52)
        if place.zone is not None:
            middle = float(np.clip(self.area().u, 0.42, 0.66))
        self._u = middle + rng.uniform(-0.03, 0.03)
        self._apart = rng.uniform(0.05, 0.07) if self.style != "heel_and_forefoot" else rng.uniform(0.14, 0.18)
        self._width = rng.uniform(0.24, 0.32) * self.calm(50)
        self._roll = np.radians(rng.uniform(9, 13)) * self.calm(50)
        self._twist = np.radians(rng.uniform(2.5, 4.5)) * self.calm(50)

    def _swing(self, time_s: float) -> float:
        return float(np.cos(np.pi * self.beat.phase(time_s)))

    def goals(self, time_s: float) -> dict[str, Goal]:
        out = {}
        swing = self._swing(time_s) * self.effort(time_s) ** 0.5
        for k, side in enumerate(self.hands):
            s = grips.sign(side)
            w = s * (0.42 + self._width * swing)
            target, normal = self.on(self._u + (self._apart if k else -self._apart), w)
            goal = palm_grips.around(self.place.bodies[side], self.foot, side, target, normal)
            turn = rodrigues(np.array([0.0, s * self._roll * swing, 0.0])) @ goal.posture.turn
            out[side] = replace(goal, posture=replace(goal.posture, turn=turn))
        return out

    def foot_turn(self, time_s: float) -> np.ndarray:
        ends = min(time_s - self.place.start_s, self.place.end_s - time_s)
        return np.array([0.0, self._twist * self._swing(time_s) * smooth(ends / 0.5), 0.0])
