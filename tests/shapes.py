"""Feet, hands and touches with analytic truth, for tests."""

from __future__ import annotations

from functools import cache

import numpy as np

from trainer.foot import atlas
from trainer.foot.geometry import chirality, make_foot
from trainer.foot.pose import landmarks_of, mirror, turned_by
from trainer.foot.skin import LIFT_MM, Skin, on_map
from trainer.foot.surface import foot_model
from trainer.model import FACES, Floats, Foot, FootPose, Hand, Presence, Side, View

PX_PER_MM = 1.5
SIZE = (640, 480)
_FACING = {
    # Rows: where the camera's right, down and forward lie in a left foot's frame; toes up, or to the right.
    "plantar": ((1, 0, 0), (0, -1, 0), (0, 0, -1)), "dorsal": ((-1, 0, 0), (0, -1, 0), (0, 0, 1)),
    "medial": ((0, 1, 0), (0, 0, 1), (1, 0, 0)), "lateral": ((0, -1, 0), (0, 0, 1), (-1, 0, 0)),
}  # fmt: skip


@cache
def flat_foot(side: Side = "left", view: View = "plantar", *, at: tuple[float, float] = (200.0, 420.0)) -> Foot:
    """A foot of 250 mm seen squarely, toes up: its heel at ``at``, 1.5 px per mm; its pose isn't known."""
    uv = atlas.landmarks_uv(view)
    scale = 250 * PX_PER_MM
    px = np.array(at) + scale * np.c_[chirality(side, view) * atlas.aspect(view) * uv[:, 1], -uv[:, 0]]
    return make_foot(px, side, view)


def pose_towards(
    view: View = "plantar", side: Side = "left", *, turn: tuple[float, float, float] = (0.0, 0.0, 0.0),
    shape: tuple[float, ...] = (), focal_px: float = 700.0, away: float = 2.0,
) -> FootPose:  # fmt: skip
    """A foot whose face looks at a camera ``away`` foot lengths before it, then turned by a rotation vector."""
    model = foot_model()
    flip = np.diag(mirror(side))
    # A right foot is the mirror image of a left one: so is the way it is seen.
    square = np.diag([mirror(side)[0], 1.0, 1.0]) @ np.array(_FACING[view], float) @ flip
    rotation = turned_by(np.array(turn)) @ square
    middle = rotation @ (np.array([0.0, 0.5, -0.1]) * mirror(side))
    shift = np.array([0.0, 0.0, away]) - middle
    modes = np.zeros(len(model.modes))
    modes[: len(shape)] = shape
    return FootPose(rotation, shift, modes, focal_px, (np.array(SIZE, float) - 1) / 2, np.full(14, 0.01))


def true_landmarks(pose: FootPose, side: Side) -> Floats:
    """(14, 2) px of the landmarks of a foot in a pose."""
    return landmarks_of(pose, side, foot_model())


@cache
def posed_foot(side: Side = "left", view: View = "plantar", length_mm: float = 250.0) -> Foot:
    """A foot whose face looks squarely at the camera, pose and all."""
    pose = pose_towards(view, side)
    return make_foot(true_landmarks(pose, side), side, view, length_mm=length_mm, length_given=True, pose=pose)


def over(foot: Foot, u: float, v: float, view: View = "plantar") -> tuple[float, float]:
    """The pixel of a joint of a finger that touches a place of the map of ``view``."""
    assert foot.pose is not None
    skin = Skin(foot.pose, foot.side, foot.length_mm, LIFT_MM)
    ((x, y),), _ = skin.placed(on_map(np.array([[u, v]]), FACES.index(view)))
    return float(x), float(y)


def hand_at(side: Side, tips_px: dict[int, tuple[float, float]], *, base_px: tuple[float, float] = (5.0, 5.0)) -> Hand:
    """A measured hand whose landmarks all lie at ``base_px``, except those given (finger tips with the joint
    before them)."""
    landmarks: Floats = np.tile(np.array(base_px, float), (21, 1))
    for index, point in tips_px.items():
        landmarks[index] = point
        if index in (4, 8, 12, 16, 20):
            landmarks[index - 1] = point  # a finger seen end on: its pad is where its tip is
    return Hand(side, Presence.MEASURED, landmarks, np.zeros((21, 3)), 0.9)
