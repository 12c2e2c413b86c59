"""Movements of the client's joints: circling and drawing a toe, circling the ankle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trainer.studio import grips, palm_grips, spots, toe_grips
from trainer.studio.bodies import rodrigues
from trainer.studio.movement import Place
from trainer.studio.reach import Goal
from trainer.studio.stroke import Stroke
from trainer.studio.timing import smooth


def reversing(phase: float, turning_at: float) -> float:
    """+1 before the cycle `turning_at`, -1 after it, smoothly within a third of a cycle."""
    return 1 - 2 * smooth((phase - turning_at) / 0.66 + 0.5)


class _Toes(Stroke):
    """A stroke that holds a toe; `in_turn` goes on to the next toe after some beats."""

    contact = "pinch"

    def __init__(self, place: Place, lead: float, beats_each: int) -> None:
        super().__init__(place, lead)
        own = self.foot.outward == grips.sign(self.hands[0])
        if place.zone == "lesser_toes" and not own and self.style != "in_turn":
            self.hands, own = (self.other,), True
        if place.zone == "hallux":
            toes = [1]
        elif self.style == "in_turn":
            first = 1 if place.zone is None else 2
            # The hand starts with the toe of its own border, and reaches no further than the middle from the inside.
            toes = list(range(5, first - 1, -1)) if own else list(range(first, 4))
        else:
            weight = np.array([1.0, 1.2, 1.4, 1.7, 1.7] if own else [3.0, 1.4, 1.0, 0.0, 0.0])
            weight[0] *= place.zone is None
            toes = [int(place.rng.choice(np.arange(1, 6), p=weight / weight.sum()))]
        self._toes, self._each = toes, beats_each
        self._over = self.style == "over"

    def _toe(self, phase: float) -> int:
        return self._toes[int(max(phase, 0.0) // self._each) % len(self._toes)]

    def _held(self, below: np.ndarray, above: np.ndarray) -> dict[str, Goal]:
        side, other = self.hands[0], self.other
        goal = toe_grips.pinch(self.place.bodies[side], side, below, above, self._over)
        return {side: goal, other: grips.hold(self.place.bodies[other], self.foot, other, 0.6)}


class ToeRotation(_Toes):
    """A toe held between thumb and index finger is circled about its base joint; the beat is a full circle.

    wrap: the hand comes around the border; over: over the tips; in_turn: toe after toe, some circles each.
    """

    technique = "toe_rotation"

    def __init__(self, place: Place) -> None:
        rng = place.rng
        super().__init__(place, 0.5, int(rng.integers(5, 7)))
        self._swing = np.radians(rng.uniform(11, 15)) * self.calm(36)
        self._share = rng.uniform(0.5, 0.62)
        self._turning_at = round(len(self.beat.instants) * rng.uniform(0.45, 0.6))
        if self._moves_on:
            # The last beat of each toe is spent on the way to the next.
            self.skip(np.arange(self._each - 1, len(self.beat.instants) + self._each, self._each))

    @property
    def _moves_on(self) -> bool:
        return len(self._toes) > 1

    def toe_turns(self, time_s: float) -> dict[str, np.ndarray]:
        phase = self.beat.phase(time_s)
        turn = 2 * np.pi * phase
        ends = min(time_s - self.place.start_s, self.place.end_s - time_s)
        size = self._swing * smooth(ends / 0.4) * self.effort(time_s) ** 0.4
        part = max(phase, 0.0) % self._each
        if self._moves_on:
            size *= smooth(part / 0.4) * smooth((self._each - 0.9 - part) / 0.4)
        side = np.sin(turn) * reversing(phase, self._turning_at)
        return {f"toe{self._toe(phase)}-1": size * np.array([np.cos(turn), 0.0, side])}

    def goals(self, time_s: float) -> dict[str, Goal]:
        phase = self.beat.phase(time_s)
        below, above = toe_grips.toe_places(self.foot, self._toe(phase), self._share)
        ((joint, turn),) = self.toe_turns(time_s).items()
        matrix, base = rodrigues(turn), self.foot.limb.heads[self.foot.limb.index(joint)]
        below, above = base + matrix @ (below - base), base + matrix @ (above - base)
        part = max(phase, 0.0) % self._each
        if self._moves_on and part > self._each - 0.9:
            share = (part - self._each + 0.9) / 0.9
            follow = toe_grips.toe_places(self.foot, self._toe(phase + 1.0), self._share)
            below, above = toe_grips.between((below, above), follow, share)
        return self._held(below, above)


class ToePull(_Toes):
    """A toe is held and drawn out gently from base to tip; the beat is the start of each pull.

    wrap: the hand comes around the border; over: over the tips; in_turn: one toe after the other.
    """

    technique = "toe_pull"

    def __init__(self, place: Place) -> None:
        super().__init__(place, 0.08, 1)
        rng = place.rng
        self._from, self._to = rng.uniform(0.26, 0.34), rng.uniform(0.8, 0.86)

    def goals(self, time_s: float) -> dict[str, Goal]:
        phase = self.beat.phase(time_s)
        part = phase % 1.0
        at = smooth(part / 0.62) if part < 0.62 else 1 - smooth((part - 0.62) / 0.38)
        held = toe_grips.toe_places(self.foot, self._toe(phase), self._from + (self._to - self._from) * at)
        if part > 0.62:
            share = (part - 0.62) / 0.38
            last = toe_grips.toe_places(self.foot, self._toe(phase), self._to)
            follow = toe_grips.toe_places(self.foot, self._toe(phase + 1.0), self._from)
            held = toe_grips.between(last, follow, share)
        return self._held(*held)


class AnkleRotation(Stroke):
    """One hand holds the ankle, the other circles the forefoot about it; the beat is a full circle.

    side: the forefoot held around its border; toes: the palm on the ball, the fingers over the toes.
    """

    technique = "ankle_rotation"
    contact = "whole_hand"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        rng = place.rng
        self.both()
        self._size = np.radians(rng.uniform(9, 17)) * self.calm(19)
        self._turning_at = round(len(self.beat.instants) * rng.uniform(0.45, 0.6))
        self._ankle = self.foot.limb.heads[self.foot.limb.index("foot")]

    def foot_turn(self, time_s: float) -> np.ndarray:
        phase = self.beat.phase(time_s)
        turn = 2 * np.pi * phase
        ends = min(time_s - self.place.start_s, self.place.end_s - time_s)
        side = np.sin(turn) * reversing(phase, self._turning_at)
        axis = np.array([np.cos(turn), 0.3 * side, 0.9 * side])
        return np.asarray(self._size * smooth(ends / 0.8) * self.effort(time_s) ** 0.4 * axis)

    def goals(self, time_s: float) -> dict[str, Goal]:
        lead, other = self.hands
        bodies, foot = self.place.bodies, self.foot
        if self.style == "toes":
            goal = palm_grips.flat_hand(bodies[lead], foot, lead, 1.1, 0.0, 0.0, curl=10.0)
        else:
            target, normal = spots.sole_place(foot, 0.70, grips.sign(lead) * 0.35)
            goal = palm_grips.around(bodies[lead], foot, lead, target, normal)
        still = rodrigues(self.foot_turn(time_s)).T
        held = grips.cradle(bodies[other], foot, other, 0.22)
        # The goals are in the foot's frame, which turns; the elbows and the holding hand stay where they are.
        turned = replace(held.posture, turn=still @ held.posture.turn, wrist=self._still(still, held.posture.wrist))
        return {
            lead: replace(goal, elbow=self._still(still, goal.elbow)),
            other: replace(held, posture=turned, elbow=self._still(still, held.elbow)),
        }

    def _still(self, still: np.ndarray, point: np.ndarray) -> np.ndarray:
        return np.asarray(self._ankle + still @ (point - self._ankle))
