"""What the screen knows beside the Moment: how to show it, and the state of the session."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hud:
    """``mirror`` turns the picture left–right (never the text); ``zones`` shows the zones' borders on the foot;
    ``interactive`` allows hints that name keys; ``fps`` is shown when given; ``notice`` is a short message of the
    program's own, in the cue's place."""

    mirror: bool = False
    zones: bool = True
    interactive: bool = False
    recording: bool = False
    fps: float | None = None
    notice: str | None = None
