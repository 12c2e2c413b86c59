"""Where a foot is in space and how it is shaped, from its landmarks in the picture. Pure.

Gauss-Newton on the reprojection error, with the shape held to what is usual among people and, from frame to frame, to
what it was before; landmarks that fit no foot lose their weight (Cauchy's, as in Triggs et al. 2000, "Bundle
adjustment"). See `model.FootPose` for the frames.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trainer.foot.surface import FootModel
from trainer.model import Floats, FootPose, Side, View

_FIRST_ROUNDS, _ROUNDS = 25, 4
_LANDMARK = 0.025
"""Spread of a sure landmark about the model's, in foot lengths; of one that isn't sure at all it is so much more:"""
_NOT_SURE = 0.12
_OUTLIER = 2.5
"""From so many spreads on a landmark is rather wrong than off."""
_TYPICAL_FOCAL = 1.1
"""Focal length over the picture's longer side, of webcams and phones (50 to 60 degrees across)."""
_FOCAL_VARIES = 0.35
"""Spread of the logarithm of cameras' focal lengths; what a foot that points at the camera tells counts, too."""
_KEPT = 10.0
"""What shape and focal length were a moment ago counts so many times as much as what is usual."""
_TILTS = (0.0, -0.6, 0.6)
"""Radians by which the direction that a view is first taken to be seen from is tilted, heel to toes."""
_DOUBTFUL = 0.05
"""A foot whose landmarks lie so far off (median, foot lengths) may have been taken for one tilted the other way."""
_LEAST = 4
_MISFIT = 0.12
"""Landmarks further off than this, in foot lengths, were of no foot."""
_TOWARDS: dict[View, tuple[float, float, float]] = {
    "plantar": (0.0, -0.2, 1.0), "dorsal": (0.0, 0.5, -0.9), "medial": (-1.0, 0.0, 0.1), "lateral": (1.0, 0.0, 0.1),
}  # fmt: skip
"""Rough direction in a left foot's frame from which each view is seen."""


def mirror(side: Side) -> Floats:
    """(3,) what takes places and directions of the model to a foot of that side."""
    return np.array([1.0 if side == "left" else -1.0, 1.0, 1.0])


def guessed_focal(size: tuple[int, int]) -> float:
    """Focal length in px of a usual camera with pictures of ``size`` (width, height)."""
    return _TYPICAL_FOCAL * max(size)


def focal_of(field_of_view_deg: float, size: tuple[int, int]) -> float:
    """Focal length in px of a camera with that field of view along the longer side of pictures of ``size``."""
    return float(max(size) / 2 / np.tan(np.radians(field_of_view_deg) / 2))


def project(pose: FootPose, points: Floats) -> tuple[Floats, Floats]:
    """(N, 2) px and (N,) depths in foot lengths of places (N, 3) in the frame of this very foot."""
    there = points @ pose.rotation.T + pose.shift
    return pose.centre_px + pose.focal_px * there[:, :2] / there[:, 2:], there[:, 2]


def landmarks_of(pose: FootPose, side: Side, model: FootModel) -> Floats:
    """(14, 2) px of the landmarks of a foot in a pose."""
    return project(pose, (model.landmarks + np.einsum("k,knc->nc", pose.shape, model.landmark_modes)) * mirror(side))[0]


def as_feet_are(
    landmarks_px: Floats, confidence: Floats, side: Side, pose: FootPose | None, model: FootModel
) -> Floats:
    """(14, 2) landmarks found with confidence (14,), moved towards where a foot in that pose has them: by how much less
    sure they are than the pose. As they are where there is no pose; NaN stays NaN."""
    if pose is None:
        return landmarks_px
    found = _found_spread(_sure(confidence)) ** 2
    share = found / (found + pose.spread**2)
    return landmarks_px + share[:, None] * (landmarks_of(pose, side, model) - landmarks_px)


def fit_pose(
    landmarks_px: Floats, confidence: Floats, side: Side, view: View, model: FootModel, size: tuple[int, int],
    before: FootPose | None = None, focal_px: float | None = None,
) -> FootPose | None:  # fmt: skip
    """The pose of a foot whose landmarks (14, 2) px are seen with confidence (14,) in a picture of ``size``.

    ``before``: its pose a moment ago. None where the landmarks determine none.
    """
    known = np.isfinite(landmarks_px).all(axis=1)
    if known.sum() < _LEAST:
        return None
    flip = mirror(side)
    task = _Task(
        landmarks_px[known], _found_spread(_sure(confidence[known])), model.landmarks[known] * flip,
        model.landmark_modes[:, known] * flip, guessed_focal(size) if focal_px is None else focal_px,
        (np.array(size, float) - 1) / 2, 1e9 if focal_px is not None else 1 / _FOCAL_VARIES**2, before,
    )  # fmt: skip
    fits = []
    if before is not None:
        zoom = float(np.log(before.focal_px / task.focal))
        fits.append(_descend(task, _State(before.rotation, before.shift, before.shape, zoom), _ROUNDS))
    if not fits or fits[0].off > _DOUBTFUL:
        # A foot tilted towards the camera looks much like one tilted away from it: both ways down are tried.
        for tilt in _TILTS:
            towards = turned_by(np.array([tilt, 0.0, 0.0])) @ np.array(_TOWARDS[view]) * flip
            start = _start(task.px, _sure(confidence[known]), task.mean, towards, task.focal, task.centre)
            if start is not None:
                fits.append(_descend(task, _State(*start, np.zeros(len(model.modes)), 0.0), _FIRST_ROUNDS))
    best = min(fits, key=lambda fit: fit.cost, default=None)
    # Half of the landmarks don't lie where any foot has them.
    if best is None or best.off > _MISFIT:
        return None
    state = best.state
    spread = np.hypot(_spread(best.hessian, state.turn, state.shape, model, flip), best.misfit)
    lens = task.focal * float(np.exp(state.zoom))
    return FootPose(state.turn, state.shift, state.shape, lens, task.centre, spread)


@dataclass(frozen=True, eq=False)
class _Task:
    """What is to be fitted: N landmarks px (N, 2) with their spread (N,), mean (N, 3) and modes (K, N, 3) of this very
    foot, the focal length to begin with, and how firmly the logarithm of it is held."""

    px: Floats
    spread: Floats
    mean: Floats
    modes: Floats
    focal: float
    centre: Floats
    focal_held: float
    before: FootPose | None

    def usual(self) -> tuple[Floats, Floats]:
        """(1 + K,) what zoom and shape are drawn to, and how firmly: to what is usual among people and cameras, and to
        what they were, for neither the foot nor the lens changes from frame to frame."""
        held = np.ones(1 + len(self.modes))
        held[0] = self.focal_held
        if self.before is None:
            return np.zeros_like(held), held
        was = np.array([np.log(self.before.focal_px / self.focal), *self.before.shape])
        return was * (_KEPT / (1 + _KEPT)), held * (1 + _KEPT)


@dataclass(frozen=True, eq=False)
class _State:
    turn: Floats
    shift: Floats
    shape: Floats
    zoom: float


@dataclass(frozen=True, eq=False)
class _Fit:
    """``off``: median distance of the landmarks, in foot lengths; ``misfit``: what they lie off along each axis."""

    state: _State
    cost: float
    off: float
    misfit: float
    hessian: Floats


def _descend(task: _Task, state: _State, rounds: int) -> _Fit:
    """Gauss-Newton from a state on, for so many rounds at most."""
    turn, shift, shape, zoom = state.turn, state.shift, state.shape, state.zoom
    usual, held = task.usual()
    for step_number in range(rounds + 1):
        lens = task.focal * np.exp(zoom)
        turned = (task.mean + np.einsum("k,knc->nc", shape, task.modes)) @ turn.T
        there = turned + shift
        depth = np.maximum(there[:, 2], 0.2)
        flat = there[:, :2] / depth[:, None]
        # In foot lengths at the foot's distance.
        unit = shift[2] / lens / task.spread
        off = (task.centre + lens * flat - task.px) * unit[:, None]
        square = (off**2).sum(axis=1) / _OUTLIER**2
        weight = 1.0 / (1.0 + square)
        moves = _moves(turned, task.modes @ turn.T)
        jacobian = (moves[..., :2] - moves[..., 2:] * flat) * (lens * unit / depth)[:, None]
        jacobian = np.insert(jacobian, 6, lens * flat * unit[:, None], axis=0)
        rows = (jacobian * np.sqrt(weight)[:, None]).reshape(len(jacobian), -1)
        hessian = rows @ rows.T
        hessian[6:, 6:] += np.diag(held)
        away = np.array([zoom, *shape]) - usual
        if step_number == rounds:
            break
        gradient = rows @ (off * np.sqrt(weight)[:, None]).ravel()
        gradient[6:] += held * away
        step = -np.linalg.solve(hessian + 1e-3 * np.diag(np.diag(hessian)) + 1e-9 * np.eye(len(hessian)), gradient)
        step[:3] = np.clip(step[:3], -0.4, 0.4)
        step[3:6] = np.clip(step[3:6], -0.3 * shift[2], 0.3 * shift[2])
        step[6] = np.clip(step[6], -0.2, 0.2)
        turn, shift, zoom, shape = turned_by(step[:3]) @ turn, shift + step[3:6], zoom + step[6], shape + step[7:]
        shift[2] = max(shift[2], 0.5)
        if np.abs(step).max() < 1e-4:
            rounds = step_number + 1
    distance = off * task.spread[:, None]
    cost = float(_OUTLIER**2 * np.log1p(square).sum() + held @ away**2)
    middle = float(np.median(np.linalg.norm(distance, axis=1)))
    return _Fit(_State(turn, shift, shape, zoom), cost, middle, _misfit(distance, weight, len(hessian)), hessian)


def carried(pose: FootPose | None, step: Floats, about_px: Floats) -> FootPose | None:
    """The pose after the picture moved by an affine map (3, 3) of its pixels, as a whole: its similarity about points
    (N, 2) px. What a camera with another focal length and centre would see of the foot turned with the picture."""
    if pose is None:
        return None
    a, b = step[0, 0] + step[1, 1], step[1, 0] - step[0, 1]
    zoom = float(np.hypot(a, b)) / 2
    if zoom < 1e-6:
        return None
    c, s = a / (2 * zoom), b / (2 * zoom)
    middle = np.nanmean(about_px, axis=0)
    before = np.linalg.solve(step, [*middle, 1.0])[:2]
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return replace(
        pose, rotation=turn @ pose.rotation, shift=turn @ pose.shift, focal_px=zoom * pose.focal_px,
        centre_px=middle + zoom * turn[:2, :2] @ (pose.centre_px - before),
    )  # fmt: skip


def turned_by(vector: Floats) -> Floats:
    """(3, 3) the rotation by |vector| radians about a vector (3,) (Rodrigues)."""
    angle = float(np.linalg.norm(vector))
    x, y, z = vector / max(angle, 1e-12)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross))


def _start(
    px: Floats, sure: Floats, mean: Floats, towards: Floats, focal: float, centre: Floats
) -> tuple[Floats, Floats] | None:
    """Rotation and shift of a foot seen from direction ``towards``: turned in the picture and moved to fit."""
    back = -towards / np.linalg.norm(towards)
    helper = np.array([0.0, 1.0, 0.0]) if abs(back[1]) < 0.9 else np.array([0.0, 0.0, 1.0])
    right = np.cross(helper, back)
    right /= np.linalg.norm(right)
    rows = np.stack([right, np.cross(back, right), back])
    flat = mean @ rows[:2].T
    w = sure / sure.sum()
    a, b = (flat - w @ flat) @ [1, 1j], (px - w @ px) @ [1, 1j]
    factor = (w * np.conj(a)) @ b / max(float(w @ abs(a) ** 2), 1e-12)
    if abs(factor) < 1e-6:
        return None
    c, s = factor.real / abs(factor), factor.imag / abs(factor)
    rotation = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]]) @ rows
    depth = max(focal / abs(factor), 0.8)
    middle = (w @ px - centre) / focal * depth
    return rotation, np.array([*middle, depth]) - rotation @ (w @ mean)


def _sure(confidence: Floats) -> Floats:
    return np.clip(np.nan_to_num(confidence, nan=0.0), 0.05, 1.0)


def _found_spread(sure: Floats) -> Floats:
    """How far off landmarks found with a confidence are to be expected, in foot lengths."""
    return np.asarray(_LANDMARK + _NOT_SURE * (1 - sure) ** 2)


def _misfit(off: Floats, weight: Floats, unknowns: int) -> float:
    """How far landmarks (N, 2) lie from the fitted foot's, along each axis, in foot lengths."""
    free = max(off.size - unknowns, off.size / 4)
    return float(np.sqrt((weight @ (off**2).sum(axis=1)) / weight.sum() * len(off) / free))


def _moves(turned: Floats, modes: Floats) -> Floats:
    """(6 + K, N, 3) how points (N, 3) move as they are turned about three axes, shifted along them, and shaped."""
    axes = np.eye(3)[:, None]
    return np.concatenate([np.cross(axes, turned), np.broadcast_to(axes, (3, *turned.shape)), modes])


def _spread(hessian: Floats, turn: Floats, shape: Floats, model: FootModel, flip: Floats) -> Floats:
    """(14,) standard deviation of every landmark across the line of sight, in foot lengths."""
    sigma = np.delete(np.delete(np.linalg.inv(hessian + 1e-6 * np.eye(len(hessian))), 6, axis=0), 6, axis=1)
    modes = model.landmark_modes * flip
    turned = (model.landmarks * flip + np.einsum("k,knc->nc", shape, modes)) @ turn.T
    moves = _moves(turned, modes @ turn.T)[..., :2]
    return np.asarray(np.sqrt(np.einsum("ane,ab,bne->n", moves, sigma, moves)))
