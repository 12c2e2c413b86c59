"""What one instant of touch tells a recogniser: a row of numbers, free of camera, foot size and side.

The foot's frame of the picture is used for places and ways: x from heel to toes, y from the medial to the lateral
border, mm at the foot's length, about the middle of the foot. In it a left foot is a right one's twin. A hand's own
shape is given in its palm's frame, mirrored for left hands. All numbers may be interpolated in time.
"""

from __future__ import annotations

import numpy as np

from trainer.foot import geometry
from trainer.model import SIDES, Floats, Foot, HandTouch, Presence, Side, Touch

POINTS = 10
"""wrist, thumb's MCP, IP and tip, index PIP and tip, middle tip, little tip, middle of the knuckles, of the palm."""
UV, SHAPE, ANGLES = 5, 20, 10
HAND = 2 * POINTS + 2 * UV + 2 * SHAPE + ANGLES + 3
"""A hand's numbers: places (mm), map places of thumb tip, index tip, middle tip, knuckles and palm, shape (palm
lengths), bends (degrees), the palm's direction as (cos, sin), the palm's length in foot lengths."""
FOOT = 5
"""The foot's numbers: heel and toes (px, x along the picture), its length in px."""
SEEN = {Presence.MEASURED: 1.0, Presence.BRIDGED: 0.5, Presence.UNKNOWN: 0.0}

_SINGLE = np.array([0, 2, 3, 4, 6, 8, 12, 20])
_KNUCKLES, _PALM = np.array([6, 10, 14, 18]), np.array([0, 5, 9, 13, 17])
_TIPS = (3, 5, 6, 8, 9)  # of the points, those whose place on the map is told
_HEEL_UV, _TOE_UV = np.array([0.05, 0.5]), np.array([0.9, 0.5])
# Bones, and which pairs of them make a bend: thumb MCP and IP, then PIP and MCP of the four fingers.
_BONES = np.array([(1, 2), (2, 3), (3, 4), *((0, b) for b in (5, 9, 13, 17)),
                   *((b, b + 1) for b in (5, 9, 13, 17)), *((b + 1, b + 2) for b in (5, 9, 13, 17))])  # fmt: skip
_BENDS = np.array([(0, 1), (1, 2), *((7 + k, 11 + k) for k in range(4)), *((3 + k, 7 + k) for k in range(4))])


def observe(touch: Touch) -> tuple[Floats, Floats, Floats]:
    """(hands (2, HAND), seen (2,) 1 measured, 0.5 bridged, 0 unknown, foot (FOOT,)); NaN where unknown."""
    frame = foot_frame(touch.foot)
    hands = np.full((2, HAND), np.nan)
    seen = np.zeros(2)
    foot = np.full(FOOT, np.nan)
    if frame is not None:
        foot = np.array([*frame[0], *frame[1], float(np.hypot(*(frame[1] - frame[0])))])
        for k, hand in enumerate(touch.hands):
            if hand.presence is not Presence.UNKNOWN and np.isfinite(hand.uv).all():
                hands[k] = _hand(hand, touch.world_m[k], touch.foot, frame)
                seen[k] = SEEN[hand.presence]
    return hands, seen, foot


def foot_frame(foot: Foot) -> tuple[Floats, Floats] | None:
    """The middle of the heel and of the toes in the picture, (2,) each; None where the foot isn't known."""
    if not foot.seen or not np.isfinite(foot.px_from_uv).all():
        return None
    ends = geometry.to_px(foot.px_from_uv, np.stack([_HEEL_UV, _TOE_UV]))
    return (ends[0], ends[1]) if np.isfinite(ends).all() and np.hypot(*(ends[1] - ends[0])) > 1.0 else None


def _hand(hand: HandTouch, world_m: Floats, foot: Foot, frame: tuple[Floats, Floats]) -> Floats:
    heel, toe = frame
    px = geometry.to_px(foot.px_from_uv, hand.uv)
    way = toe - heel
    along = way / np.hypot(*way)
    across = geometry.chirality(foot.side, foot.view) * np.array([-along[1], along[0]])
    mm_per_px = (_TOE_UV[0] - _HEEL_UV[0]) * foot.length_mm / float(np.hypot(*way))
    mm = (px - (heel + toe) / 2) @ np.stack([along, across], axis=1) * mm_per_px
    points = _points(mm)
    uv = _points(hand.uv)[list(_TIPS)]
    direction, _, size = palm_frame(mm, hand.side)
    return np.concatenate([
        points.ravel(), np.clip(uv, -1.0, 2.0).ravel(), _shape(px, hand.side).ravel(), bends(world_m), direction,
        [size / foot.length_mm],
    ])  # fmt: skip


def palm_frame(points: Floats, side: Side) -> tuple[Floats, Floats, Floats]:
    """(..., 2) along the palm, (..., 2) across, as of a right hand, and (...) its length, of landmarks (..., 21, 2)."""
    palm = points[..., 9, :] - points[..., 0, :]
    long = np.hypot(palm[..., 0], palm[..., 1])
    wide = points[..., 5, :] - points[..., 17, :]
    size = np.maximum(long, 1.5 * np.hypot(wide[..., 0], wide[..., 1]))
    along = palm / np.maximum(long, 1e-6)[..., None]
    across = np.stack([-along[..., 1], along[..., 0]], axis=-1) * (1.0 if side == SIDES[1] else -1.0)
    return along, across, np.maximum(size, 1e-6)


def _points(landmarks: Floats) -> Floats:
    """(POINTS, 2) of (21, 2) landmarks."""
    means = [landmarks[_KNUCKLES].mean(axis=0), landmarks[_PALM].mean(axis=0)]
    return np.concatenate([landmarks[_SINGLE], np.stack(means)])


def _shape(px: Floats, side: Side) -> Floats:
    """(20, 2) the landmarks after the wrist, in palm lengths along and across the palm; as of a right hand."""
    along, across, size = palm_frame(px, side)
    return np.asarray((px[1:] - px[0]) @ np.stack([along, across], axis=1) / size)


def bends(world_m: Floats) -> Floats:
    """(ANGLES,) degrees by which joints are bent: thumb MCP and IP, then PIP and MCP of the fingers; NaN if unknown."""
    bones = world_m[_BONES[:, 1]] - world_m[_BONES[:, 0]]
    length = np.linalg.norm(bones, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine = (bones[_BENDS[:, 0]] * bones[_BENDS[:, 1]]).sum(axis=1) / length[_BENDS].prod(axis=1)
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
