"""Creeping strokes: a thumb along lanes of the sole, fingertips down the top; forward in small bites, never back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.studio import grips, top_grips
from trainer.studio.movement import Place
from trainer.studio.reach import Goal
from trainer.studio.spots import Spot
from trainer.studio.stroke import Stroke
from trainer.studio.timing import smooth

# Middles of the five lengthwise zones of the reflexology map, v from the medial border.
LANES = (0.20, 0.36, 0.50, 0.64, 0.80)


@dataclass(frozen=True, eq=False)
class Lane:
    """One pass: from `start` to `end`, each (u, w), in bites that begin at beat `first`; walked (N,) mm after each."""

    first: int
    start: np.ndarray
    end: np.ndarray
    walked: np.ndarray

    def at(self, foot_mm: np.ndarray, bites: float) -> np.ndarray:
        """(u, w) after a number of bites; foot_mm: (2,) mm per unit of u and of w."""
        mm = np.interp(bites, np.arange(len(self.walked)), self.walked)
        length = np.linalg.norm((self.end - self.start) * foot_mm)
        return np.asarray(self.start + (self.end - self.start) * min(float(mm / length), 1.0))


class _Walk(Stroke):
    """Passes along lanes; between two passes one beat is skipped: the hand goes back to a lane's start in the air."""

    def _plan(self, lanes: list[tuple[np.ndarray, np.ndarray]], bite_mm: tuple[float, float], size: float = 1) -> None:
        """Lay passes along the lanes, in turn, over all beats."""
        self._mm = np.array([self.foot.length_mm, self.foot.width_mm / 2])
        self._lanes: list[Lane] = []
        beat, skipped = 0, []
        total = len(self.beat.instants) + 4
        while beat < total:
            start, end = lanes[len(self._lanes) % len(lanes)]
            length = float(np.linalg.norm((end - start) * self._mm))
            bites = np.clip(self.rng.uniform(*bite_mm, 90) * size, 2.0, 5.0)
            count = max(3, int((np.cumsum(bites) <= length).sum()))
            self._lanes.append(Lane(beat, start, end, np.concatenate([[0], np.cumsum(bites[:count])])))
            beat += count + 1
            skipped.append(beat - 1)
        self.skip(np.array(skipped))
        self._firsts = np.array([lane.first for lane in self._lanes])

    def _walked(self, phase: float) -> tuple[np.ndarray, float]:
        """(u, w) at a phase, and how far off the skin the tip is, 0 to 1."""
        k = max(int(np.searchsorted(self._firsts, phase + 0.5, side="right")) - 1, 0)
        lane = self._lanes[k]
        now = lane.at(self._mm, steps(phase - lane.first))
        if k + 1 < len(self._lanes):
            following = self._lanes[k + 1]
            # The skipped beat is the last before the next lane.
            share = (phase - (following.first - 1) + 0.62) / 1.1
            if share > 0:
                # Off the skin first, then back, then down.
                go = smooth((share - 0.15) / 0.7)
                return now + (following.start - now) * go, float(np.sin(np.pi * min(share, 1.0)) ** 0.7)
        return now, 0.0


class ThumbWalking(_Walk):
    """One thumb creeps 2-5 mm per bite as its IP joint bends and unbends; the beat is the unbending.

    lanes: lengthwise up the sole; across: along the ball line; heel: across the heel; toe: up a toe.
    """

    technique = "thumb_walking"
    contact = "thumb_tip"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        rng = place.rng
        if self.style in ("across", "heel"):
            u = 0.66 if self.style == "across" else 0.17
            area = self.area(Spot("sole", u, 0.0, 0.06, 0.7 if self.style == "across" else 0.4))
        elif self.style == "toe":
            area = self.area(Spot("sole", 0.9, -0.6 * self.foot.outward, 0.06, 0.1))
        else:
            middles = ((0.5, 0.18), (0.36, 0.14), (0.62, 0.12))
            area = self.area(*(Spot("sole", u, 0.0, half, 0.6) for u, half in middles))
        self.reach_for(area.w, 0.2)
        s = grips.sign(self.hands[0])
        self._plan(self._ways(area, s), (2.6, 4.8), self.calm(84))
        self._bend = rng.uniform(23, 29)

    def _ways(self, area: Spot, s: float) -> list[tuple[np.ndarray, np.ndarray]]:
        rng = self.rng
        if self.style in ("across", "heel"):
            rows = area.u + area.half_u * np.array([-0.6, 0.0, 0.6])
            # The thumb walks to the far side: away from its own border.
            near, far = area.w + s * 0.8 * area.half_w, area.w - s * 0.6 * area.half_w
            return [(np.array([u, near]), np.array([u + 0.01, far])) for u in rng.permutation(rows)]
        low, high = area.u - 0.9 * area.half_u, area.u + 0.9 * area.half_u
        lanes = (np.array(LANES) - 0.5) * 2 * self.foot.outward
        lanes = lanes[(abs(lanes - area.w) <= max(area.half_w, 0.15)) & (s * lanes > -0.3)]
        if not len(lanes):
            lanes = np.array([area.w])
        lanes = lanes[np.argsort(lanes * rng.choice([-1, 1]))]
        return [(np.array([low, w]), np.array([high, w])) for w in lanes]

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, side = self.place, self.hands[0]
        phase = self.beat.phase(time_s)
        at, lift = self._walked(phase)
        target, normal = self.on(float(at[0]), float(at[1]))
        target = target + self.tremor(side, time_s, 0.2) + 14 * lift * normal
        bend = -np.sin(2 * np.pi * phase) * (1 - lift)
        press = max(0.0, float(np.cos(2 * np.pi * phase))) * (1 - lift) * self.effort(time_s)
        goal = grips.thumb_on_sole(
            place.bodies[side], self.foot, side, target, normal, spot="thumb_tip", depth=1.0 + 0.6 * press,
            ip=34 + self._bend * bend, ip_weight=3.0, flat=0.25,
        )  # fmt: skip
        return self.supported(side, goal, float(at[0]))


class FingerWalking(_Walk):
    """Fingertips creep from the toes to the ankle between the metatarsals; the beat is the unbending.

    index; two_fingers: index and middle finger in alternation; both_hands: both index fingers in alternation.
    """

    technique = "finger_walking"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        rng = place.rng
        area = self.area(Spot("top", 0.62, 0.0, 0.15, 0.5), Spot("top", 0.68, 0.0, 0.09, 0.5))
        self.contact = "index_tip" if self.style != "two_fingers" else "index_and_middle"
        if self.style == "both_hands":
            self.both()
            self.turns = self.hands
        else:
            self.reach_for(area.w, 0.2)
        s = grips.sign(self.hands[0])
        high, low = min(area.u + area.half_u, 0.78), area.u - area.half_u
        offsets = np.array([0.1, 0.45, 0.8]) * area.half_w * s
        if self.style == "both_hands":
            offsets = offsets * 0
        lanes = [(np.array([high, area.w + o]), np.array([low, area.w + 0.8 * o])) for o in rng.permutation(offsets)]
        # Two fingers that take turns share the way: each goes on by two bites' length in its turn.
        self._plan(lanes, (2.4, 4.4), self.calm(84))
        self._turns = 1 if self.style == "index" else 2
        self._bend = rng.uniform(22, 28)

    def _tip(self, time_s: float, turn: int, w: float) -> tuple[np.ndarray, np.ndarray, float]:
        """Point, normal and bend of the tip that moves at every `_turns`-th beat, `turn` beats late."""
        phase = self.beat.phase(time_s)
        at, lift = self._walked(phase)
        own = (phase - turn) / self._turns
        bend = -np.sin(2 * np.pi * own) * (1 - lift)
        target, normal = self.on(float(at[0]), float(at[1]) + w)
        return target + 12 * lift * normal, normal, 36 + self._bend * bend

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, side = self.place, self.hands[0]
        if self.style == "both_hands":
            out = {}
            for turn, hand in enumerate(self.hands):
                target, normal, bend = self._tip(time_s, turn, grips.sign(hand) * 0.34)
                target = target + self.tremor(hand, time_s, 0.2)
                out[hand] = top_grips.fingers_on_top(
                    place.bodies[hand], hand, {"index_tip": (target, normal)}, {"index": bend}
                )
            return out
        target, normal, bend = self._tip(time_s, 0, 0.0)
        target = target + self.tremor(side, time_s, 0.2)
        targets, bends = {"index_tip": (target, normal)}, {"index": bend}
        if self.style == "two_fingers":
            beside, other_normal, other_bend = self._tip(time_s, 1, grips.sign(side) * 0.27)
            targets["middle_tip"] = (beside, other_normal)
            bends["middle"] = other_bend
        goal = top_grips.fingers_on_top(place.bodies[side], side, targets, bends)
        other = self.other
        return {side: goal, other: grips.cradle(place.bodies[other], self.foot, other, 0.3)}


def steps(phase: float) -> float:
    """Bites done: still between the beats, one bite forward around each."""
    whole = int(np.floor(phase + 0.5))
    part = phase - whole
    return max(0.0, whole + smooth((part + 0.2) / 0.4) if part > -0.2 else float(whole))
