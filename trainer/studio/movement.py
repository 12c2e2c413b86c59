"""What a technique of the studio is: a contact part of the hand, a path over the foot, and a phase.

A movement is made for one stretch of time and asked, frame by frame, what each hand should do (`goals`). It may also
move the foot: `foot_turn(time_s)` gives a rotation vector (3,) of the foot about the ankle, `toe_turns(time_s)` maps
joint names of the leg to rotation vectors (3,) about their heads; both in the foot frame, radians.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from trainer.studio.anatomy import Anatomy
from trainer.studio.foot_surface import FootSurface
from trainer.studio.reach import Goal
from trainer.studio.timing import Cycles, cycles, even


@dataclass(frozen=True, eq=False)
class Place:
    """What a movement is made from: the foot, both hands' bodies, its time and its luck.

    effort(time_s): a factor from 0.6 to 1.3, about 1, for amplitudes and depths.
    """

    foot: FootSurface
    bodies: dict[str, Anatomy]
    start_s: float
    end_s: float
    rate_per_min: float
    cv: float
    lead_hand: str
    rng: np.random.Generator
    style: str = "plain"
    zone: str | None = None
    drift: float = 0.0
    pauses: int = 0
    effort: Callable[[float], float] = even

    def beat(self, lead: float = 0.5, stand: float = 0.12) -> Cycles:
        """The instants of this stretch, the first `lead` of an interval after its start.

        stand: where between two instants the phase stands still in a pause, with the hands on the foot.
        """
        return cycles(
            self.rng, self.start_s, self.end_s, self.rate_per_min, self.cv, lead, self.drift, self.pauses, stand
        )


class Movement(Protocol):
    """hands: those that do the technique; contact: a contact part's name (see `truth.contact_part`)."""

    hands: tuple[str, ...]
    contact: str
    beat: Cycles

    def done_by(self, instant_s: float) -> tuple[str, ...]: ...

    def goals(self, time_s: float) -> dict[str, Goal]: ...
