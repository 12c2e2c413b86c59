"""Movements of the client's joints: circling and drawing a toe, circling the ankle."""

from __future__ import annotations

import numpy as np

from trainer.studio import grips
from trainer.studio.bodies import rodrigues
from trainer.studio.movement import Place
from trainer.studio.reach import Goal
from trainer.studio.timing import smooth


class ToeRotation:
    """A toe held between thumb and index finger is circled about its base joint; the beat is a full circle."""

    contact = "pinch"

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.hands: tuple[str, ...] = (place.lead_hand,)
        self.beat = place.beat()
        self._toe = 1
        self._swing = np.radians(rng.uniform(11, 15))
        self._u = rng.uniform(0.915, 0.935)

    def toe_turns(self, time_s: float) -> dict[str, np.ndarray]:
        turn = 2 * np.pi * self.beat.phase(time_s)
        ends = min(time_s - self._place.start_s, self._place.end_s - time_s)
        size = self._swing * smooth(ends / 0.4)
        return {f"toe{self._toe}-1": size * np.array([np.cos(turn), 0.0, np.sin(turn)])}

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, side = self._place, self.hands[0]
        below, above = grips.toe_places(place.foot, self._toe, self._u)
        ((joint, turn),) = self.toe_turns(time_s).items()
        matrix, base = rodrigues(turn), place.foot.limb.heads[place.foot.limb.index(joint)]
        goal = grips.pinch(place.bodies[side], side, base + matrix @ (below - base), base + matrix @ (above - base))
        other = place.other_hand
        return {side: goal, other: grips.hold(place.bodies[other], place.foot, other, 0.5)}


class ToePull:
    """A toe is held and drawn out gently from base to tip; the beat is the start of each pull."""

    contact = "pinch"

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.hands: tuple[str, ...] = (place.lead_hand,)
        self.beat = place.beat(0.08)
        self._toe = 1
        self._from, self._to = rng.uniform(0.87, 0.89), rng.uniform(0.965, 0.98)

    def goals(self, time_s: float) -> dict[str, Goal]:
        place, side = self._place, self.hands[0]
        part = self.beat.phase(time_s) % 1.0
        at = smooth(part / 0.62) if part < 0.62 else 1 - smooth((part - 0.62) / 0.38)
        loose = 0.0 if part < 0.62 else 4.0 * float(np.sin(np.pi * (part - 0.62) / 0.38))
        below, above = grips.toe_places(place.foot, self._toe, self._from + (self._to - self._from) * at)
        apart = (below - above) / np.linalg.norm(below - above) * loose
        goal = grips.pinch(place.bodies[side], side, below + apart, above - apart)
        other = place.other_hand
        return {side: goal, other: grips.hold(place.bodies[other], place.foot, other, 0.5)}


class AnkleRotation:
    """One hand holds the heel, the other circles the forefoot about the ankle; the beat is a full circle."""

    contact = "palm"
    hands: tuple[str, ...] = ("left", "right")

    def __init__(self, place: Place) -> None:
        rng = place.rng
        self._place = place
        self.beat = place.beat()
        self._size = np.radians(rng.uniform(8, 11))

    def foot_turn(self, time_s: float) -> np.ndarray:
        turn = 2 * np.pi * self.beat.phase(time_s)
        ends = min(time_s - self._place.start_s, self._place.end_s - time_s)
        axis = np.array([np.cos(turn), 0.25 * np.sin(turn), np.sin(turn)])
        return np.asarray(self._size * smooth(ends / 0.8) * axis)

    def goals(self, time_s: float) -> dict[str, Goal]:
        place = self._place
        lead, other = place.lead_hand, place.other_hand
        target, normal = grips.sole_place(place.foot, 0.70, grips.sign(lead) * 0.35)
        return {
            lead: grips.around(place.bodies[lead], place.foot, lead, target, normal),
            other: grips.cradle(place.bodies[other], place.foot, other, 0.22),
        }
