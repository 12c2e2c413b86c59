"""How a hand works on the top of the foot and at the ankles: fingers over the toes, thumbs, the palm across."""

from __future__ import annotations

import numpy as np

from trainer.studio import grips
from trainer.studio.anatomy import FINGERS, Anatomy
from trainer.studio.foot_surface import FootSurface
from trainer.studio.reach import Goal, HandPose, Pin
from trainer.studio.spots import middle_x, sole_place


def fingers_on_top(
    body: Anatomy,
    side: str,
    targets: dict[str, tuple[np.ndarray, np.ndarray]],
    bends: dict[str, float],
    depth: float = 0.8,
    flat: float = 0.2,
) -> Goal:
    """The hand reaches over the toes, the named spots of its fingers (`index_tip` …) on the top of the foot.

    targets: spot -> point (3,) and normal (3,); bends: finger -> bend of its middle joint, degrees.
    """
    s = grips.sign(side)
    middle = np.mean([point for point, _ in targets.values()], axis=0)
    working = {f"{f}_mcp": 26.0 for f in bends} | {f"{f}_pip": b for f, b in bends.items()}
    working |= {f"{f}_dip": 0.6 * b for f, b in bends.items()}
    posture = HandPose(
        turn=body.facing(np.array([-s * 0.25, -0.72, -0.50]), np.array([0.0, -0.55, 0.8])),
        wrist=middle + np.array([s * 30.0, 118.0, 28.0]),
        angles=grips.angles(mcp=38, pip=46, dip=22, thumb_ip=18, thumb_mcp=16, **working),
    )
    special = {f"{f}_pip": 2.5 for f in bends} | {f"{f}_dip": 2.0 for f in bends} | {f"{f}_mcp": 0.2 for f in bends}
    return Goal(
        posture=posture,
        pins=tuple(Pin(spot, p - depth * n, 3.0, n, flat) for spot, (p, n) in targets.items()),
        angle_weight=grips.weights(0.7, **special),
        wrist_weight=0.15,
        turn_weight=0.6,
        elbow=np.array([s * 150.0, 470.0, 290.0]),
    )


def thumb_on_top(
    body: Anatomy,
    foot: FootSurface,
    side: str,
    target: np.ndarray,
    normal: np.ndarray,
    *,
    depth: float = 1.0,
    ip: float = 14.0,
    spot: str = "thumb_pad",
) -> Goal:
    """The thumb works on the top of the foot, the fingers lie around the border on the sole."""
    s = grips.sign(side)
    posture = HandPose(
        turn=body.facing(np.array([-s * 0.40, -0.90, -0.05]), np.array([-s * 0.62, 0.1, -0.8])),
        wrist=np.array([middle_x(foot) + s * (foot.width_mm * 0.5 + 20), target[1] + 76, -4.0]),
        angles=grips.angles(mcp=26, pip=30, dip=14, thumb_ip=ip, thumb_mcp=14, thumb_flex=10, thumb_twist=10),
    )
    # The fingers lie on the sole, opposite the thumb.
    u = target[1] / foot.length_mm
    under = [(f, sole_place(foot, max(u - 0.02 - 0.05 * k, 0.2), s * (0.3 + 0.02 * k))) for k, f in enumerate(FINGERS)]
    return Goal(
        posture=posture,
        pins=(
            Pin(spot, target - depth * normal, 3.0, normal, 0.6),
            *(Pin(f"{f}_pad", point, 0.35, out, 0.2) for f, (point, out) in under),
        ),
        touching=dict.fromkeys([f"{f}_pad" for f in FINGERS], 0.5),
        angle_weight=grips.weights(0.3, thumb_ip=1.0, dip=0.5),
        wrist_weight=0.05,
        turn_weight=0.3,
        elbow=np.array([s * 220.0, 470.0, 200.0]),
    )


def palm_on_top(
    body: Anatomy, foot: FootSurface, side: str, target: np.ndarray, normal: np.ndarray, lift: float = 0.0
) -> Goal:
    """The palm and fingers across the top of the foot, from the hand's own side, the thumb's side to the toes.

    target: where the middle finger's first bone lies.
    """
    s = grips.sign(side)
    posture = HandPose(
        turn=body.facing(np.array([-s * 0.9, 0.12, -0.35]), -normal),
        wrist=np.array([middle_x(foot) + s * (foot.width_mm * 0.5 + 38), target[1] - 16, target[2] + 2]),
        angles=grips.angles(mcp=18, pip=22, dip=10, thumb_ip=8, thumb_mcp=8, thumb_abd=8, index_abd=-4, little_abd=6),
    )
    spots = [f"{f}_{part}" for f in FINGERS for part in ("pad", "mid", "root")]
    return Goal(
        posture=posture,
        pins=(Pin("middle_root", target + (lift - 1.0) * normal, 1.2, normal, 0.4),),
        touching=dict.fromkeys(spots, 0.45) if lift < 4 else {},
        angle_weight=grips.weights(0.6),
        wrist_weight=0.08,
        turn_weight=0.5,
        elbow=np.array([s * 340.0, -60.0, 250.0]),
    )


def fingers_at_ankle(body: Anatomy, side: str, target: np.ndarray, normal: np.ndarray, depth: float = 1.0) -> Goal:
    """Index and middle finger pads beside the ankle bone, the hand along the side of the heel."""
    s = grips.sign(side)
    posture = HandPose(
        turn=body.facing(np.array([-s * 0.12, 0.32, -0.94]), np.array([-s, 0.05, -0.1])),
        wrist=target + np.array([s * 30.0, -36.0, 128.0]),
        angles=grips.angles(mcp=16, pip=18, dip=8, thumb_ip=10, thumb_mcp=8, thumb_flex=-8, ring_mcp=14, little_mcp=12),
    )
    return Goal(
        posture=posture,
        pins=(
            Pin("middle_pad", target - depth * normal, 2.5, normal, 0.5),
            Pin("index_pad", target - depth * normal + np.array([0.0, 15.0, 2.0]), 1.0, normal, 0.4),
        ),
        touching={"ring_pad": 0.4, "little_pad": 0.3},
        angle_weight=grips.weights(0.6),
        wrist_weight=0.05,
        turn_weight=0.5,
        elbow=np.array([s * 240.0, -90.0, 470.0]),
    )
