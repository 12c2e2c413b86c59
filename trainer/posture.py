"""The practitioner's own joints: a hyperextended thumb and a sharply bent wrist, held for a while.

83 % of surveyed massage therapists report wrist or thumb pain (STROKES.md § 4); both faults are visible from outside.
Angles are estimates from one camera: the limits leave room for that, and nothing is said of a joint that can't be seen.
"""

from __future__ import annotations

import numpy as np

from trainer.model import SIDES, Floats, Hands, PostureFinding, Side

THUMB_LIMIT_DEG = 30.0
"""IP hyperextension from here on is called out, as it shows in the picture: a thumb seen from the side. In space the
thumb's landmarks are too far off: in clips of flexed thumbs they had it bent back six times a minute, in the picture
never. A passive 'hitch-hiker' thumb reaches far more; a loaded straight thumb stays near 0."""
THUMB_MOST_DEG = 75.0
WRIST_LIMIT_DEG = 50.0
"""Bend between forearm and hand, as it shows in the picture; normal motion ends at about 70–80°."""
HELD_S = 1.5
"""A fault counts once it was held this long: passing through an angle is normal movement."""
RELEASED_S = 0.5
"""A finding closes once the joint has been good, or out of sight, for this long."""


def thumb_ip_extension_deg(landmarks: Floats) -> float:
    """How far the thumb's end joint is bent *backwards*, in degrees: negative when it is flexed.

    ``landmarks`` (21, 2) of the picture or (21, 3) in space. The bend is measured between the bones MCP→IP and
    IP→tip; its sign comes from the side on which the palm lies: flexion turns the tip towards the base of the fingers.
    NaN if unknown.
    """
    mcp, ip, tip = landmarks[2], landmarks[3], landmarks[4]
    first, second = _unit(ip - mcp), _unit(tip - ip)
    towards_palm = landmarks[[5, 9, 13, 17]].mean(axis=0) - mcp
    across = _unit(towards_palm - (towards_palm @ first) * first)
    bend = np.degrees(np.arccos(np.clip(first @ second, -1.0, 1.0)))
    return float(-np.sign(second @ across) * bend)


def wrist_bend_deg(landmarks_px: Floats, forearm_px: Floats) -> float:
    """Angle in the picture between the forearm's direction and the hand's (wrist → middle knuckle), 0 = straight.

    ``forearm_px`` (2,) points from elbow to wrist. NaN if either is unknown.
    """
    hand = _unit(landmarks_px[9] - landmarks_px[0])
    forearm = _unit(forearm_px)
    return float(np.degrees(np.arccos(np.clip(hand @ forearm, -1.0, 1.0))))


def _unit(vector: Floats) -> Floats:
    norm = np.linalg.norm(vector)
    return vector / norm if norm > 0 else np.full_like(vector, np.nan)


def _possible(extension_deg: float) -> float:
    """NaN for what no thumb does: then the landmarks are wrong."""
    return extension_deg if extension_deg < THUMB_MOST_DEG else float("nan")


class PostureWatch:
    """Turns joint angles over time into findings; feed it every instant."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, Side], tuple[float, float, float]] = {}
        self._closed: list[PostureFinding] = []

    def update(self, time_s: float, hands: Hands, forearms_px: tuple[Floats, Floats]) -> tuple[PostureFinding, ...]:
        """Add one instant; returns the faults that are being held now.

        ``forearms_px`` gives each hand's (2,) elbow→wrist direction, NaN where it isn't seen.
        """
        for side, hand, forearm in zip(SIDES, hands, forearms_px, strict=True):
            extension = _possible(thumb_ip_extension_deg(hand.landmarks_px))
            bend = wrist_bend_deg(hand.landmarks_px, forearm)
            self._feed("thumb_hyperextended", side, time_s, extension, THUMB_LIMIT_DEG)
            self._feed("wrist_bent", side, time_s, bend, WRIST_LIMIT_DEG)
        return tuple(f for f in (self._finding(key) for key in sorted(self._open)) if f is not None)

    def findings(self) -> tuple[PostureFinding, ...]:
        """All faults of the session up to now, those still held among them, in order of time."""
        still = [f for f in (self._finding(key) for key in self._open) if f is not None]
        return tuple(sorted([*self._closed, *still], key=lambda f: (f.start_s, f.kind, f.hand)))

    def _feed(self, kind: str, side: Side, time_s: float, angle: float, limit: float) -> None:
        key = (kind, side)
        if angle >= limit:  # False for NaN: out of sight is not a fault
            start, _, worst = self._open.get(key, (time_s, time_s, angle))
            self._open[key] = (start, time_s, max(worst, angle))
        elif key in self._open and time_s - self._open[key][1] > RELEASED_S:
            finding = self._finding(key)
            if finding is not None:
                self._closed.append(finding)
            del self._open[key]

    def _finding(self, key: tuple[str, Side]) -> PostureFinding | None:
        start, last, worst = self._open[key]
        return PostureFinding(key[0], key[1], start, last, worst) if last - start >= HELD_S else None
