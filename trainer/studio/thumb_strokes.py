"""Strokes of the thumbs: kneading, friction and holds, on the sole and, where it belongs, on the top of the foot."""

from __future__ import annotations

import numpy as np

from trainer.studio import grips, palm_grips, spots, top_grips
from trainer.studio.movement import Place
from trainer.studio.reach import Goal
from trainer.studio.spots import Spot
from trainer.studio.stroke import Stroke
from trainer.studio.timing import smooth, wander


class Kneading(Stroke):
    """The thumbs press and roll in circles of 10-25 mm radius; a press is the circle's top.

    alternating, together: both thumbs; one_thumb: the other hand supports; heel; top: between the metatarsals.
    """

    technique = "kneading"
    contact = "thumb_pad"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        rng = place.rng
        if self.style == "heel":
            self._area = self.area(Spot("sole", 0.2, 0.0, 0.05, 0.3))
        elif self.style == "top":
            self._area = self.area(Spot("top", 0.6, 0.0, 0.1, 0.5))
        else:
            middles = ((0.48, 0.18), (0.62, 0.10), (0.34, 0.10))
            self._area = self.area(*(Spot("sole", u, 0.0, half, 0.5) for u, half in middles))
        self._one = self.style == "one_thumb" or abs(self._area.w) > 0.45
        if self._one:
            self.reach_for(self._area.w, 0.25)
        else:
            self.both()
            self.turns = () if self.style == "together" else tuple(sorted(self.hands))
        self._radius = rng.uniform(11.5, 17) * self.calm(90)
        self._vary = {s: wander(rng, 1, 0.2, 0.6) for s in self.hands}
        self._sweep = rng.uniform(13, 19)
        self._from = rng.uniform(0, 1)
        self._higher = float(rng.choice([-1, 1]))
        self._apart = 0.40 if self.style == "together" else 0.22

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, out = self.place, {}
        phase = self.beat.phase(time_s)
        along = (self._from + (time_s - place.start_s) / self._sweep) % 1.0
        u = self._area.u - 0.7 * self._area.half_u * np.cos(2 * np.pi * along)
        together = self._one or self.style == "together"
        for k, side in enumerate(sorted(self.hands)):
            s = grips.sign(side)
            turn = 2 * np.pi * phase if together else np.pi * (phase - k)
            radius = self._radius * (1 + 0.09 * float(self._vary[side].at(time_s)[0])) * self.effort(time_s) ** 0.3
            radius = float(np.clip(radius, 10.2, 23))
            higher = 0.0 if together else (0.03 if k else -0.03) * self._higher
            centre = self._area.w * 0.6 if not self._one else self._area.w
            w = centre + (0.0 if self._one else s * self._apart) + s * self.dw(radius) * np.sin(turn)
            target, normal = self.on(u + higher + self.du(radius) * np.cos(turn), w)
            target = target + self.tremor(side, time_s, 0.3)
            depth, ip = 1.4 + 1.3 * np.cos(turn), 16 + 9 * np.cos(turn)
            body = place.bodies[side]
            if self.face == "top":
                out[side] = top_grips.thumb_on_top(body, self.foot, side, target, normal, depth=depth, ip=ip)
            else:
                out[side] = grips.thumb_on_sole(body, self.foot, side, target, normal, depth=depth, ip=ip)
        return self.supported(self.hands[0], out[self.hands[0]], u) if self._one else out


class Friction(Stroke):
    """Small circles, radius under 10 mm, on one spot, after some to the next; the beat is a full circle.

    thumb, heel: a thumb's pad on the sole; fingers: index and middle finger between the metatarsals on the top;
    ankle: the same fingers around the ankle bone.
    """

    technique = "friction"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        rng = place.rng
        choices = {
            "heel": (Spot("sole", 0.16, 0.3, 0.06, 0.1), Spot("sole", 0.16, -0.3, 0.06, 0.1)),
            "fingers": (Spot("top", 0.62, 0.0, 0.08, 0.35), Spot("top", 0.5, 0.0, 0.06, 0.25)),
        }.get(self.style, (Spot("sole", 0.55, 0.0, 0.16, 0.45), Spot("sole", 0.4, 0.0, 0.1, 0.4)))
        near = "ankle_lateral" if grips.sign(place.lead_hand) == self.foot.outward else "ankle_medial"
        self._ankle = place.zone or near
        self._area = self.area(*choices) if self.style != "ankle" else spots.zone_spot(self.foot, self._ankle)
        self.contact = "thumb_pad" if self.style in ("thumb", "heel") else "index_and_middle"
        self._radius = rng.uniform(4.0, 7.5) * self.calm(65)
        count = len(self.beat.instants) // 6 + 3
        spread = rng.uniform(-0.7, 0.7, (count, 2)) * [self._area.half_u, self._area.half_w]
        # The hand works on its own side of the middle where the area leaves the choice.
        self._spots = np.array([self._area.u, self._area.w]) + spread
        self.reach_for(self._area.w, 0.25 if self.style != "ankle" else 0.0)
        if self._area.half_w > 0.3:
            s = grips.sign(self.hands[0])
            self._spots[:, 1] = s * np.abs(self._spots[:, 1])
        self._spin = float(rng.choice([-1, 1]))
        self._vary = wander(rng, 1, 0.2, 0.6)

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, side = self.place, self.hands[0]
        phase = self.beat.phase(time_s)
        turn = 2 * np.pi * phase
        radius = self._radius * (1 + 0.08 * float(self._vary.at(time_s)[0])) * self.effort(time_s) ** 0.3
        radius = float(np.clip(radius, 2.5, 9.3))
        at = hop(self._spots, phase / 6)
        if self.style == "ankle":
            # Around the bone, not on it.
            point, normal = spots.ankle_place(self.foot, self._ankle)
            angle = 1.2 + 1.4 * float(at[0] - self._area.u) / max(self._area.half_u, 1e-6)
            target = point + np.array([0.0, -np.cos(angle), np.sin(angle)]) * 13
            move = radius * np.array([0.0, np.cos(turn), self._spin * np.sin(turn)])
            target = spots.on_skin(self.foot, target + move - normal * (move @ normal))
        else:
            target, normal = self.on(float(at[0]), float(at[1]))
            target = spots.around_point(
                self.foot, target, normal, self._spin * radius * np.sin(turn), radius * np.cos(turn)
            )
        target = target + self.tremor(side, time_s, 0.25)
        body = place.bodies[side]
        if self.style == "ankle":
            goal = top_grips.fingers_at_ankle(body, side, target, normal)
            return self.supported(side, goal, 0.2)
        if self.style == "fingers":
            pads = {"index_tip": (target, normal), "middle_tip": self._beside(side, target)}
            goal = top_grips.fingers_on_top(body, side, pads, {"index": 34.0, "middle": 38.0}, 1.2, 0.4)
            return {side: goal, self.other: grips.cradle(place.bodies[self.other], self.foot, self.other, 0.3)}
        goal = grips.thumb_on_sole(body, self.foot, side, target, normal, depth=2.0, ip=22)
        return self.supported(side, goal, float(at[0]))


class PressHold(Stroke):
    """Static pressure on a point; the beat is the start of each hold, between them the hand slides on.

    thumb; stacked: one thumb on the other; side_by_side: both thumbs; knuckle: of the index finger; top: a finger.
    """

    technique = "press_hold"

    def __init__(self, place: Place) -> None:
        super().__init__(place, 0.05)
        rng = place.rng
        self.contact = {"knuckle": "index_bend", "top": "index_and_middle"}.get(self.style, "thumb_pad")
        if self.face == "top":
            self._area = self.area(Spot("top", 0.6, 0.0, 0.12, 0.35))
        else:
            self._area = self.area(Spot("sole", 0.53, 0.0, 0.17, 0.45), Spot("sole", 0.42, 0.0, 0.1, 0.4))
        if self.style == "side_by_side":
            self.both()
        else:
            self.reach_for(self._area.w, 0.25)
        count = len(self.beat.instants) + 4
        spread = rng.uniform(-0.75, 0.75, (count, 2)) * [self._area.half_u, self._area.half_w]
        self._spots = np.array([self._area.u, self._area.w]) + spread
        if self._area.half_w > 0.3:
            s = 0.5 * grips.sign(self.hands[0])
            self._spots[:, 1] = s * np.abs(self._spots[:, 1]) if len(self.hands) == 1 else 0.4 * self._spots[:, 1]

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, side = self.place, self.hands[0]
        phase = self.beat.phase(time_s)
        whole = int(np.clip(np.floor(phase), 0, len(self._spots) - 2))
        move = smooth((phase - whole - 0.84) / 0.14) if phase > 0 else 0.0
        spot = self._spots[whole] + (self._spots[whole + 1] - self._spots[whole]) * move
        u, w = float(spot[0]), float(spot[1])
        target, normal = self.on(u, w)
        depth = (2.6 * (1 - np.sin(np.pi * move)) if phase > 0 else 1.0) * self.effort(time_s) ** 0.5
        target = target + self.tremor(side, time_s, 0.15)
        body, other = place.bodies[side], place.bodies[self.other]
        if self.style == "knuckle":
            goal = palm_grips.knuckle_on_sole(body, side, target, normal, depth)
            return {side: goal, self.other: grips.cradle(other, self.foot, self.other, 0.3)}
        if self.style == "top":
            pads = {"index_tip": (target, normal), "middle_tip": self._beside(side, target)}
            goal = top_grips.fingers_on_top(body, side, pads, {"index": 30.0, "middle": 34.0}, depth, 0.4)
            return {side: goal, self.other: grips.cradle(other, self.foot, self.other, 0.3)}
        if self.style in ("stacked", "side_by_side"):
            return self._two_thumbs(target, normal, depth)
        goal = grips.thumb_on_sole(body, self.foot, side, target, normal, depth=float(depth), ip=18)
        return self.supported(side, goal, u)

    def _two_thumbs(self, target: np.ndarray, normal: np.ndarray, depth: float) -> dict[str, Goal]:
        side, bodies = self.hands[0], self.place.bodies
        s = grips.sign(side)
        if self.style == "stacked":
            mine, yours, deep = target, target + 15.0 * normal + np.array([0.0, 2.0, 0.0]), 0.0
        else:
            mine, yours = (spots.around_point(self.foot, target, normal, k * s * 10.5, 0.0) for k in (1, -1))
            deep = depth
        return {
            side: grips.thumb_on_sole(bodies[side], self.foot, side, mine, normal, depth=depth, ip=18),
            self.other: grips.thumb_on_sole(
                bodies[self.other], self.foot, self.other, yours, normal, depth=deep, ip=10
            ),
        }


def hop(places: np.ndarray, phase: float) -> np.ndarray:
    """The place at a phase out of places (N, D): still for most of each unit, then on to the next."""
    whole = int(np.clip(np.floor(phase), 0, len(places) - 2))
    return np.asarray(places[whole] + (places[whole + 1] - places[whole]) * smooth((phase - whole - 0.9) / 0.1))
