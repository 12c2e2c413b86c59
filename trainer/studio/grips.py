"""How a hand lies on the foot: postures and goals that the techniques share.

`side` is the practitioner's hand; its sign is -1 for the left (the left of the picture) and +1 for the right. Places
on the sole are (u, w): u as in the map, w from -1 at the picture's left border of the foot to +1 at its right.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trainer.studio.anatomy import ANGLES, FINGERS, Anatomy
from trainer.studio.foot_surface import FootSurface
from trainer.studio.reach import Goal, HandPose, Pin
from trainer.studio.spots import border_w, middle_x, sole_place


def sign(side: str) -> float:
    return -1.0 if side == "left" else 1.0


def angles(default: float = 0.0, **degrees: float) -> np.ndarray:
    """(A,) radians; keys are angle names, or `mcp`, `pip`, `dip` for all four fingers."""
    values = dict.fromkeys(ANGLES, default)
    for key in ("abd", "mcp", "pip", "dip"):
        if key in degrees:
            values |= {f"{f}_{key}": degrees[key] for f in FINGERS}
    values |= {k: v for k, v in degrees.items() if k in values}
    return np.radians([values[a] for a in ANGLES])


def weights(base: float = 0.3, **special: float) -> np.ndarray:
    """(A,) weights of the joints' preferred angles; sideways lean and thumb twist are stiffer."""
    out = {a: base * (2.0 if a.endswith("abd") else 1.0) for a in ANGLES}
    out["thumb_twist"] = 2 * base
    for key in ("mcp", "pip", "dip"):
        if key in special:
            out |= {f"{f}_{key}": special[key] for f in FINGERS}
    out |= {k: v for k, v in special.items() if k in out}
    return np.array([out[a] for a in ANGLES])


def elbow(side: str, lean: float = 0.0) -> np.ndarray:
    """Where the elbow is (3,) mm: below the picture, on the hand's own side."""
    s = sign(side)
    return np.array([s * (235 + 60 * lean), -125.0, 430.0])


def thumb_on_sole(
    body: Anatomy,
    foot: FootSurface,
    side: str,
    target: np.ndarray,
    normal: np.ndarray,
    *,
    spot: str = "thumb_pad",
    depth: float = 1.0,
    ip: float = 14.0,
    ip_weight: float = 1.0,
    lean: float = 0.0,
    flat: float = 0.7,
) -> Goal:
    """The thumb works on the sole, the fingers are wrapped around the foot's side onto its top."""
    s = sign(side)
    fingers = np.array([-s * 0.35, 0.45 + 0.15 * lean, -0.82])
    palm = np.array([-s * 0.9, 0.1, -0.35])
    # Low on the heel the hand comes from the front: the couch is in the way.
    low = max(0.0, 62 - target[1])
    posture = HandPose(
        turn=body.facing(fingers, palm),
        wrist=np.array(
            [middle_x(foot) + s * (foot.width_mm * 0.5 + 32), target[1] - 62 + 0.6 * low, target[2] + 26 + 0.6 * low]
        ),
        angles=angles(mcp=34, pip=38, dip=18, thumb_ip=ip, thumb_mcp=12, thumb_abd=0),
    )
    return Goal(
        posture=posture,
        pins=(Pin(spot, target - depth * normal, 3.0, normal, flat),),
        touching=dict.fromkeys([f"{f}_pad" for f in FINGERS], 0.35),
        angle_weight=weights(0.3, thumb_ip=ip_weight, dip=0.5),
        wrist_weight=0.08,
        turn_weight=0.35,
        elbow=elbow(side, lean),
    )


def hold(body: Anatomy, foot: FootSurface, side: str, u: float = 0.62) -> Goal:
    """A supporting hand: the thumb along the border of the sole, the fingers over the top of the foot."""
    s = sign(side)
    target, normal = sole_place(foot, u, border_w(foot, u, s) - s * 0.16)
    goal = thumb_on_sole(body, foot, side, target, normal, depth=0.5, ip=10, lean=0.2)
    touching = dict.fromkeys([f"{f}_pad" for f in FINGERS], 0.8)
    return replace(goal, pins=(replace(goal.pins[0], weight=1.2),), touching=touching)


def support(body: Anatomy, foot: FootSurface, side: str, u: float) -> Goal:
    """The other hand's goal while one works at u: it holds the forefoot, or the ankle where that is in the way."""
    return hold(body, foot, side, 0.72) if u < 0.46 else cradle(body, foot, side, 0.3)


def cradle(body: Anatomy, foot: FootSurface, side: str, u: float = 0.3) -> Goal:
    """A supporting hand out of the way of the sole: around the ankle from its own side."""
    s = sign(side)
    posture = HandPose(
        turn=body.facing(np.array([-s * 0.30, 0.22, -0.93]), np.array([-s * 0.95, 0.1, -0.3])),
        wrist=np.array([middle_x(foot) + s * (foot.width_mm * 0.42 + 30), u * foot.length_mm - 12, -16.0]),
        angles=angles(mcp=26, pip=30, dip=14, thumb_ip=8, thumb_mcp=5, thumb_flex=-12, thumb_abd=-6),
    )
    touching = dict.fromkeys([f"{f}_pad" for f in FINGERS], 0.8) | {"palm": 0.3, "thumb_pad": 0.3}
    return Goal(
        posture=posture, touching=touching, angle_weight=weights(0.6), wrist_weight=0.5, turn_weight=0.9,
        elbow=elbow(side, 1.2),
    )  # fmt: skip


def hover(body: Anatomy, foot: FootSurface, side: str, u: float, away: float) -> HandPose:
    """A relaxed hand off the skin at its own side; `away` 0 near the foot to 1 outside the picture."""
    s = sign(side)
    start = np.array([middle_x(foot) + s * (foot.width_mm * 0.5 + 55), u * foot.length_mm - 55, 66.0])
    out = np.array([s * 330, -240.0, 190.0])
    fingers = np.array([-s * 0.45, 0.65, -0.6])
    return HandPose(
        turn=body.facing(fingers, np.array([-s * 0.75, -0.15, -0.65])),
        wrist=start + away * (out - start),
        angles=angles(mcp=20, pip=26, dip=12, thumb_ip=12, thumb_mcp=8),
    )
