"""What the strokes share: their clock, their style and hands, their area of the foot, tremor and effort."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trainer.studio import grips, spots
from trainer.studio.bodies import SIDES
from trainer.studio.movement import Place
from trainer.studio.reach import Goal
from trainer.studio.spots import Spot
from trainer.studio.styles import drawn_style, face_of
from trainer.studio.timing import wander


class Stroke:
    """A `movement.Movement` without its goals.

    hands: those that do the technique; face: the side of the foot that they work on; contact: the contact part;
    turns: the hands that do beats 0, 1, ... in turn, or () where all do every one.
    """

    technique: str
    contact: str
    turns: tuple[str, ...] = ()

    def __init__(self, place: Place, lead: float = 0.5) -> None:
        self.style = drawn_style(self.technique, place.rng, place.style, place.zone)
        self.face = face_of(self.technique, self.style)
        self.hands: tuple[str, ...] = (place.lead_hand,)
        self.beat = place.beat(lead)
        self.place = place
        self.foot, self.rng = place.foot, place.rng
        self._tremor = {s: wander(place.rng, 3, 3, 7) for s in SIDES}

    @property
    def other(self) -> str:
        """The hand that doesn't lead."""
        return "right" if self.hands[0] == "left" else "left"

    def area(self, *choices: Spot) -> Spot:
        """The zone of the place, or one of the choices by luck."""
        if self.place.zone is not None:
            return spots.zone_spot(self.foot, self.place.zone)
        return choices[int(self.rng.integers(len(choices)))]

    def reach_for(self, w: float, far: float = 0.4) -> None:
        """Let the other hand work where the place is out of the leading hand's reach."""
        self.hands = (spots.reaching_hand(self.hands[0], w, far),)

    def both(self) -> None:
        """Both hands do the technique, the leading one first."""
        self.hands = (self.hands[0], self.other)

    def done_by(self, instant_s: float) -> tuple[str, ...]:
        """The hands that do the beat at an instant."""
        return (self.turns[round(self.beat.phase(instant_s)) % len(self.turns)],) if self.turns else self.hands

    def tremor(self, side: str, time_s: float, size_mm: float) -> np.ndarray:
        return size_mm * self._tremor[side].at(time_s)

    def effort(self, time_s: float) -> float:
        """How strongly the hands work, about 1."""
        return self.place.effort(time_s)

    def calm(self, usual_per_min: float) -> float:
        """How much smaller a movement is at this tempo than at the usual one."""
        return float(np.clip((usual_per_min / self.place.rate_per_min) ** 0.5, 0.65, 1.2))

    def on(self, u: float, w: float) -> tuple[np.ndarray, np.ndarray]:
        """Point and normal of a place on the worked face."""
        return spots.place_on(self.foot, self.face, u, w)

    def _beside(self, side: str, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Point and normal on the top where the middle finger lies when the index finger is at `point`."""
        w = (point[0] - spots.middle_x(self.foot)) / (self.foot.width_mm / 2)
        return self.on(float(point[1]) / self.foot.length_mm - 0.01, float(w) + grips.sign(side) * 0.24)

    def du(self, mm: float) -> float:
        return mm / self.foot.length_mm

    def dw(self, mm: float) -> float:
        return mm / (self.foot.width_mm / 2)

    def supported(self, side: str, goal: Goal, u: float) -> dict[str, Goal]:
        """The working hand's goal, and the other hand's that supports the foot."""
        other = "right" if side == "left" else "left"
        return {side: goal, other: grips.support(self.place.bodies[other], self.foot, other, u)}

    def skip(self, beats: np.ndarray) -> None:
        """Beats (numbers) in which the hands move on instead of working: they aren't instants of the technique."""
        kept = np.ones(len(self.beat.instants), bool)
        kept[beats[beats < len(kept)]] = False
        if kept.any():
            self.beat = replace(self.beat, instants=self.beat.instants[kept])
