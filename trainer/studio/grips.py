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


def sole_place(foot: FootSurface, u: float, w: float) -> tuple[np.ndarray, np.ndarray]:
    """Point (3,) mm and outward normal (3,) of a place on the sole."""
    return foot.on_sole(u, 0.5 + 0.5 * w * foot.outward)


def elbow(side: str, lean: float = 0.0) -> np.ndarray:
    """Where the elbow is (3,) mm: below the picture, on the hand's own side."""
    s = sign(side)
    return np.array([s * (235 + 60 * lean), -125.0, 430.0])


def middle_x(foot: FootSurface) -> float:
    return foot.medial_x + foot.outward * foot.width_mm / 2


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
    ip_weight: float = 0.6,
    lean: float = 0.0,
    flat: float = 1.0,
) -> Goal:
    """The thumb works on the sole, the fingers are wrapped around the foot's side onto its top."""
    s = sign(side)
    fingers = np.array([-s * 0.35, 0.45 + 0.15 * lean, -0.82])
    palm = np.array([-s * 0.9, 0.1, -0.35])
    posture = HandPose(
        turn=body.facing(fingers, palm),
        wrist=np.array([middle_x(foot) + s * (foot.width_mm * 0.5 + 32), target[1] - 62, target[2] + 26]),
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
    target, normal = sole_place(foot, u, s * 0.78)
    goal = thumb_on_sole(body, foot, side, target, normal, depth=0.5, ip=10, lean=0.2)
    return replace(goal, pins=(replace(goal.pins[0], weight=1.2),))


def cradle(body: Anatomy, foot: FootSurface, side: str, u: float = 0.3) -> Goal:
    """A supporting hand out of the way of the sole: around the ankle from its own side."""
    s = sign(side)
    posture = HandPose(
        turn=body.facing(np.array([-s * 0.30, 0.22, -0.93]), np.array([-s * 0.95, 0.1, -0.3])),
        wrist=np.array([middle_x(foot) + s * (foot.width_mm * 0.42 + 30), u * foot.length_mm - 12, -16.0]),
        angles=angles(mcp=26, pip=30, dip=14, thumb_ip=8, thumb_mcp=5, thumb_flex=-12, thumb_abd=-6),
    )
    touching = dict.fromkeys([f"{f}_pad" for f in FINGERS], 0.3) | {"palm": 0.3, "thumb_pad": 0.3}
    return Goal(
        posture=posture, touching=touching, angle_weight=weights(0.6), wrist_weight=0.5, turn_weight=0.9,
        elbow=elbow(side, 1.2),
    )  # fmt: skip


def flat_hand(
    body: Anatomy,
    foot: FootSurface,
    side: str,
    u: float,
    w: float,
    lift: float,
    curl: float = 0.0,
    away: float = 0.0,
) -> Goal:
    """The flat palm and fingers on the sole, the fingers' pads around (u, w), `lift` mm off the skin.

    curl: how much the fingers bend, degrees; away: how far the palm stays off the sole, mm.
    """
    s = sign(side)
    at = min(max(u, 0.12), 0.86)
    target, _ = sole_place(foot, at, w)
    target = target + np.array([0.0, (u - at) * foot.length_mm, 0.0])
    palm_u = min(max(u - 0.33, 0.06), 0.8)
    below, _ = sole_place(foot, palm_u, w)
    tilt = np.array([0.0, target[1] - below[1], target[2] - below[2]]) if u > 0.45 else np.array([0, 1.0, -0.12])
    fingers = tilt / np.linalg.norm(tilt) + np.array([-s * 0.10, 0.0, 0.0])
    # Low on the foot the wrist must stay in front of the couch's edge.
    out = max(target[2], below[2]) + 20 + 80 * max(0.0, 0.48 - u) + lift + away
    posture = HandPose(
        turn=body.facing(fingers, np.array([0.0, 0.0, -1.0])),
        wrist=np.array([target[0] + s * 14, target[1] - 158, out]),
        angles=angles(
            mcp=4 + curl,
            pip=8 + curl,
            dip=4 + 0.5 * curl,
            thumb_ip=8,
            thumb_mcp=8,
            thumb_flex=6,
            index_abd=-6,
            ring_abd=4,
            little_abd=10,
        ),
    )
    on = 0.8 if lift < 4 else 0.0
    spots = [f"{f}_{part}" for f in FINGERS for part in ("pad", "mid")] + [f"{f}_mound" for f in FINGERS]
    if away:
        spots = [f"{f}_pad" for f in FINGERS]
    else:
        spots.append("palm")
    touching = dict.fromkeys(spots, on * 0.6) if on else {}
    aim = target + np.array([0.0, 0.0, lift - 1.2])
    return Goal(
        posture=posture,
        pins=(Pin("middle_pad", aim, 1.0, None),),
        touching=touching,
        angle_weight=weights(1.1, thumb_twist=1.5, mcp=0.8),
        wrist_weight=0.06,
        turn_weight=0.6,
        elbow=np.array([s * 120.0, -135.0, 460.0]),
    )


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


def top_place(foot: FootSurface, u: float, w: float) -> tuple[np.ndarray, np.ndarray]:
    """Point (3,) mm and outward normal (3,) of a place on the top of the foot."""
    x = middle_x(foot) + 0.5 * w * foot.width_mm
    offset = np.hypot(foot.vertices[:, 0] - x, foot.vertices[:, 1] - u * foot.length_mm)
    top = np.flatnonzero(foot.foot & (foot.normals[:, 2] < -0.2))
    near = top[np.argsort(offset[top])[:8]]
    normal = foot.normals[near].mean(0)
    point = np.array([x, u * foot.length_mm, foot.vertices[near, 2].mean()])
    return point, normal / np.linalg.norm(normal)


def finger_on_top(body: Anatomy, side: str, target: np.ndarray, normal: np.ndarray, bend: float) -> Goal:
    """The hand reaches over the toes, its index fingertip on the foot's top, its joints bent by `bend` degrees."""
    s = sign(side)
    posture = HandPose(
        turn=body.facing(np.array([-s * 0.15, -0.72, -0.55]), np.array([0.0, -0.55, 0.8])),
        wrist=target + np.array([s * 22.0, 118.0, 28.0]),
        angles=angles(
            mcp=40, pip=44, dip=20, index_mcp=26, index_pip=bend, index_dip=0.6 * bend, thumb_ip=18, thumb_mcp=16
        ),
    )  # fmt: skip
    return Goal(
        posture=posture,
        pins=(Pin("index_tip", target - 0.8 * normal, 3.0, normal, 0.2),),
        angle_weight=weights(0.7, index_pip=2.5, index_dip=2.0, index_mcp=0.2),
        wrist_weight=0.15,
        turn_weight=0.6,
        elbow=np.array([s * 190.0, 330.0, 330.0]),
    )


def fist_on_sole(body: Anatomy, side: str, target: np.ndarray, normal: np.ndarray, depth: float, roll: float) -> Goal:
    """A loose fist with the backs of the proximal finger bones on the sole; `roll` degrees of wrist bend."""
    s = sign(side)
    fingers = np.array([-s * 0.12, 0.30 + np.sin(np.radians(roll)), -1.0])
    posture = HandPose(
        turn=body.facing(fingers, np.array([-s * 0.1, -1.0, -0.3])),
        wrist=target + np.array([s * 12.0, -22.0, 100.0]),
        angles=angles(mcp=78, pip=82, dip=48, thumb_ip=28, thumb_mcp=26, thumb_flex=24),
    )
    return Goal(
        posture=posture,
        pins=(Pin("middle_knuckle", target - (1.5 + depth) * normal, 4.0, normal, 0.5),),
        touching=dict.fromkeys(["index_knuckle", "ring_knuckle", "little_knuckle"], 1.2),
        angle_weight=weights(1.0, thumb_twist=1.5, mcp=0.6),
        wrist_weight=0.02,
        turn_weight=0.5,
        elbow=np.array([s * 170.0, -110.0, 480.0]),
    )


def around(body: Anatomy, foot: FootSurface, side: str, target: np.ndarray, normal: np.ndarray) -> Goal:
    """The whole hand around the foot's side: palm on the border, thumb along the sole, fingers on the top."""
    goal = thumb_on_sole(body, foot, side, target, normal, depth=1.0, ip=6, lean=0.3)
    wrist = goal.posture.wrist + np.array([-sign(side) * 10.0, 0.0, -6.0])
    touching = goal.touching | {"palm": 0.4, "index_mound": 0.5, "middle_mound": 0.4, "thumb_mid": 0.4}
    return replace(
        goal,
        posture=replace(goal.posture, wrist=wrist),
        pins=(replace(goal.pins[0], weight=2.0),),
        touching=touching,
        elbow=np.array([sign(side) * 300.0, -30.0, 420.0]),
    )


def toe_places(foot: FootSurface, toe: int, u: float) -> tuple[np.ndarray, np.ndarray]:
    """Points (3,) mm under and on top of a toe at `u` along the foot."""
    limb = foot.limb
    bones = [i for i, n in enumerate(limb.names) if n.startswith(f"toe{toe}")]
    mine = (limb.fine_weights[:, bones].sum(1) > 0.6) & (abs(foot.uv[:, 0] - u) < 0.015)
    points = foot.vertices[mine]
    x, y = float(np.median(points[:, 0])), u * foot.length_mm
    return np.array([x, y, points[:, 2].max()]), np.array([x, y, points[:, 2].min()])


def pinch(body: Anatomy, side: str, below: np.ndarray, above: np.ndarray) -> Goal:
    """A toe held between the thumb under it and the bent index finger on top of it."""
    s = sign(side)
    down = (below - above) / np.linalg.norm(below - above)
    posture = HandPose(
        turn=body.facing(np.array([-s * 0.75, 0.30, -0.60]), np.array([-s * 0.5, -0.35, -0.8])),
        wrist=below + np.array([s * 88.0, -28.0, 52.0]),
        angles=angles(
            mcp=52, pip=62, dip=30, index_mcp=34, index_pip=48, index_dip=24, thumb_ip=14, thumb_mcp=14, thumb_twist=8
        ),
    )  # fmt: skip
    return Goal(
        posture=posture,
        pins=(
            Pin("thumb_pad", below - 0.8 * down, 2.5, down, 0.6),
            Pin("index_pad", above + 0.8 * down, 2.5, -down, 0.5),
        ),
        angle_weight=weights(0.4, thumb_twist=0.4),
        wrist_weight=0.05,
        turn_weight=0.25,
        elbow=np.array([s * 265.0, -60.0, 400.0]),
    )
