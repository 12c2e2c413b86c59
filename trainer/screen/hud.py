"""What the screen knows beside the Moment: how to show it, and the state of the session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lines = Literal["zones", "reflex", "none"]
LINES: tuple[Lines, ...] = ("zones", "reflex", "none")
"""What is drawn on the foot: the zones' borders, the layer of reflexology teaching with its names, or neither."""


@dataclass(frozen=True)
class Hud:
    """``mirror`` turns the picture left–right (never the text); ``lines`` are those drawn on the foot, one of LINES;
    ``interactive`` allows hints that name keys; ``fps`` is shown when given; ``notice`` is a short message of the
    program's own, in the cue's place."""

    mirror: bool = False
    lines: Lines = "zones"
    interactive: bool = False
    recording: bool = False
    fps: float | None = None
    notice: str | None = None
