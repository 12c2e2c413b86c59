"""How a hand works on the sole with its palm, its knuckles or its edge, or wraps the whole foot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trainer.studio import grips
from trainer.studio.anatomy import FINGERS, Anatomy
from trainer.studio.foot_surface import FootSurface
from trainer.studio.reach import Goal, HandPose, Pin
from trainer.studio.spots import sole_place


def flat_hand(
    body: Anatomy,
    foot: FootSurface,
    side: str,
    u: float,
    w: float,
    lift: float,
    curl: float = 0.0,
    away: float = 0.0,
    room: float = 0.0,
) -> Goal:
    """The flat palm and fingers on the sole, the fingers' pads around (u, w), `lift` mm off the skin.

    curl: how much the fingers bend, degrees; away: how far the palm stays off the sole, mm; room: how far the wrist
    keeps to its own side to leave room for the other hand, mm.
    """
    s = grips.sign(side)
    at = min(max(u, 0.12), 0.86)
    target, _ = sole_place(foot, at, w)
    target = target + np.array([0.0, (u - at) * foot.length_mm, 0.0])
    below, _ = sole_place(foot, min(max(u - 0.33, 0.06), 0.8), w)
    tilt = np.array([0.0, target[1] - below[1], target[2] - below[2]]) if u > 0.45 else np.array([0, 1.0, -0.12])
    fingers = tilt / np.linalg.norm(tilt) + np.array([-s * (0.14 + room / 160), 0.0, 0.0])
    # Low on the foot the wrist must stay in front of the couch's edge.
    out = max(target[2], below[2]) + 20 + 80 * max(0.0, 0.48 - u) + lift + away
    posture = HandPose(
        turn=body.facing(fingers, np.array([0.0, 0.0, -1.0])),
        wrist=np.array([target[0] + s * (18 + room), target[1] - 158, out]),
        angles=grips.angles(
            mcp=4 + curl, pip=8 + curl, dip=4 + 0.5 * curl, thumb_ip=8, thumb_mcp=8, thumb_flex=6, index_abd=-5,
            ring_abd=3, little_abd=7,
        ),
    )  # fmt: skip
    # What reaches beyond the toes touches nothing.
    parts = [part for part, short in (("pad", 0.0), ("mid", 0.09), ("mound", 0.26)) if u - short < 0.94]
    spots = [f"{f}_{part}" for f in FINGERS for part in parts] + ["palm"]
    if away:
        spots = [f"{f}_pad" for f in FINGERS]
    return Goal(
        posture=posture,
        pins=(Pin("middle_pad", target + np.array([0.0, 0.0, lift - 1.2]), 1.0, None),),
        touching=dict.fromkeys(spots, 0.5) if lift < 4 else {},
        angle_weight=grips.weights(1.1, thumb_twist=1.5, mcp=0.8),
        wrist_weight=0.06,
        turn_weight=0.6,
        elbow=np.array([s * 150.0, -300.0, 330.0]),
    )


def cupped(body: Anatomy, foot: FootSurface, side: str, u: float, w: float, lift: float) -> Goal:
    """The hollow hand on the sole: the fingers' pads and the heel of the hand touch, the palm arches between."""
    goal = flat_hand(body, foot, side, u, w, max(lift, 4.0))
    bent = grips.angles(mcp=34, pip=16, dip=10, thumb_ip=12, thumb_mcp=14, thumb_flex=22, thumb_abd=-8)
    down = replace(goal.pins[0], target=goal.pins[0].target - np.array([0.0, 0.0, max(0.0, 4.0 - lift)]))
    return replace(
        goal,
        posture=replace(goal.posture, angles=bent, wrist=goal.posture.wrist + np.array([0.0, 26.0, 26.0])),
        pins=(down,),
        touching=dict.fromkeys([f"{f}_pad" for f in FINGERS], 0.5) if lift < 4 else {},
        angle_weight=grips.weights(1.6),
    )


def fist_on_sole(body: Anatomy, side: str, target: np.ndarray, normal: np.ndarray, depth: float, roll: float) -> Goal:
    """A loose fist with the backs of the proximal finger bones on the sole; `roll` degrees of wrist bend."""
    s = grips.sign(side)
    fingers = np.array([-s * 0.12, 0.30 + np.sin(np.radians(roll)), -1.0])
    posture = HandPose(
        turn=body.facing(fingers, np.array([-s * 0.1, -1.0, -0.3])),
        wrist=target + np.array([s * 12.0, -22.0, 100.0]),
        angles=grips.angles(mcp=78, pip=82, dip=48, thumb_ip=28, thumb_mcp=26, thumb_flex=24),
    )
    return Goal(
        posture=posture,
        pins=(Pin("middle_knuckle", target + (1.8 - depth) * normal, 4.0, normal, 0.5),),
        touching=dict.fromkeys(["index_knuckle", "ring_knuckle", "little_knuckle"], 1.2) if depth > -1 else {},
        angle_weight=grips.weights(1.0, thumb_twist=1.5, mcp=0.6),
        wrist_weight=0.02,
        turn_weight=0.8,
        elbow=np.array([s * 170.0, -110.0, 480.0]),
    )


def knuckle_on_sole(body: Anatomy, side: str, target: np.ndarray, normal: np.ndarray, depth: float) -> Goal:
    """The bent index finger's middle knuckle on a point of the sole, the other fingers in a loose fist."""
    s = grips.sign(side)
    fingers = np.array([-s * 0.15, 0.35, -0.95])
    posture = HandPose(
        turn=body.facing(fingers, np.array([-s * 0.25, -0.9, -0.3])),
        wrist=target + np.array([s * 14.0, -34.0, 128.0]),
        angles=grips.angles(
            mcp=70, pip=88, dip=50, index_mcp=26, index_pip=92, index_dip=48, thumb_ip=30, thumb_mcp=26, thumb_flex=26
        ),
    )
    return Goal(
        posture=posture,
        pins=(Pin("index_bend", target + (1.5 - depth) * normal, 4.0, normal, 0.6),),
        angle_weight=grips.weights(1.2, thumb_twist=1.5),
        wrist_weight=0.03,
        turn_weight=0.5,
        elbow=np.array([s * 180.0, -110.0, 480.0]),
    )


def edge_on_sole(body: Anatomy, foot: FootSurface, side: str, u: float, w: float, lift: float) -> Goal:
    """The little finger's edge of the hand on the sole at (u, w), `lift` mm off it, the palm looking across."""
    s = grips.sign(side)
    target, _ = sole_place(foot, u, w)
    lower, _ = sole_place(foot, max(u - 42 / foot.length_mm, 0.05), w + 0.1 * s)
    fingers = np.array([-s * 0.12, 0.80, -0.50])
    posture = HandPose(
        turn=body.facing(fingers, np.array([-s * 0.95, -0.25, 0.1])),
        wrist=target + np.array([s * 16.0, -96.0, 54.0 + lift]),
        angles=grips.angles(
            mcp=12, pip=16, dip=8, thumb_ip=10, thumb_mcp=10, index_abd=-4, ring_abd=4, little_abd=6, index_mcp=6
        ),
    )
    aim = target + np.array([0.0, 0.0, lift])
    return Goal(
        posture=posture,
        pins=(Pin("little_edge", aim, 2.5), Pin("edge", lower + np.array([0.0, 0.0, 5.0 + 1.2 * lift]), 0.6)),
        angle_weight=grips.weights(1.4),
        wrist_weight=0.03,
        turn_weight=0.8,
        elbow=np.array([s * 170.0, -230.0, 350.0]),
    )


def around(body: Anatomy, foot: FootSurface, side: str, target: np.ndarray, normal: np.ndarray) -> Goal:
    """The whole hand around the foot's side: palm on the border, thumb along the sole, fingers on the top."""
    goal = grips.thumb_on_sole(body, foot, side, target, normal, depth=1.0, ip=6, lean=0.3)
    wrist = goal.posture.wrist + np.array([-grips.sign(side) * 10.0, 0.0, -6.0])
    touching = goal.touching | {"palm": 0.4, "index_mound": 0.5, "middle_mound": 0.4, "thumb_mid": 0.4}
    return replace(
        goal,
        posture=replace(goal.posture, wrist=wrist),
        pins=(replace(goal.pins[0], weight=2.0),),
        touching=touching,
        elbow=np.array([grips.sign(side) * 265.0, -120.0, 410.0]),
    )
