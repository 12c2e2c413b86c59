"""How well a foot of some shape, size and place explains a picture: scores for many poses at once. Pure functions.

A pose is (x, y, log length, angle, log widening, shear, taper): the foot's middle in px, its length in px, the
direction of its toes, how much wider than the atlas it looks, how far it leans, and by how much the toes' end looks
larger than the heel's (perspective). Mirroring (chirality) is kept apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.foot import atlas
from trainer.model import Floats, View

F32 = NDArray[np.float32]

BINS = 8
"""Directions of edges that are told apart, over half a turn."""
NUMBERS = 7
PRIOR = np.array([np.inf, np.inf, np.inf, np.inf, 0.16, 0.16, 0.16])
"""Standard deviations of a pose's widening, shear and taper."""
_WIDER: dict[View, float] = {"plantar": 0.05, "dorsal": 0.15, "medial": 0.0, "lateral": 0.0}
"""Usual widening: a foot is rarely seen squarely, the top of a foot before its leg least of all."""


@dataclass(frozen=True, eq=False)
class Probes:
    """Where a pose is tested, in foot lengths about the middle of an unmirrored map. All (N, 2).

    ``inside`` and ``around`` are compared in colour (``around_weight`` (N,) is low where the leg may be), ``rim`` with
    outward ``normals`` is where edges belong, ``gaps`` (four by four) lie between the toes, ``ball`` (as many) where
    a foot has no more gaps but a hand's fingers have. ``leg`` and ``beside_leg`` lie behind the heel of a foot seen
    from the top, whose leg hides its heel.
    """

    inside: Floats
    around: Floats
    around_weight: Floats
    rim: Floats
    rim_weight: Floats
    normals: Floats
    gaps: Floats
    ball: Floats
    leg: Floats
    beside_leg: Floats


@cache
def probes(view: View) -> Probes:
    """Test points for a view."""
    aspect = atlas.aspect(view)
    ring = (atlas.outline(view) - 0.5) * [1.0, aspect]
    rim, normals = _resampled(ring, 64)
    u, v = np.meshgrid(np.linspace(0.02, 0.98, 17), np.linspace(0.02, 1.08, 9), indexing="ij")
    grid = np.column_stack([u.ravel(), v.ravel()])
    inside = (grid[atlas.inside_outline(view, grid, -0.015)] - 0.5) * [1.0, aspect]
    near, far = (rim + 0.05 * normals)[::2], (rim + 0.11 * normals)[1::2]
    around = np.concatenate([near, far])
    hollow = ~atlas.inside_outline(view, around / [1.0, aspect] + 0.5, 0.025)
    around = around[hollow]
    if view in ("plantar", "dorsal"):
        gaps, ball = _toe_gaps(aspect, (0.015, 0.035, 0.055, 0.075)), _toe_gaps(aspect, (0.24, 0.28, 0.32, 0.36))
    else:
        gaps = ball = np.zeros((0, 2))
    leg = beside = np.zeros((0, 2))
    if view == "dorsal":
        u, v = np.meshgrid([-0.28, -0.22, -0.16, -0.10, -0.04], [0.32, 0.42, 0.52, 0.62], indexing="ij")
        leg = (np.column_stack([u.ravel(), v.ravel()]) - 0.5) * [1.0, aspect]
        u, v = np.meshgrid([-0.28, -0.22, -0.16, -0.10, -0.04], [-0.18, -0.08, 1.04, 1.14], indexing="ij")
        beside = (np.column_stack([u.ravel(), v.ravel()]) - 0.5) * [1.0, aspect]
    weights = _leg_weight(view, around, aspect), _leg_weight(view, rim, aspect)
    return Probes(inside, around, weights[0], rim, weights[1], normals, gaps, ball, leg, beside)


def _leg_weight(view: View, points: Floats, aspect: float) -> Floats:
    """Less where the leg may join the foot: behind the heel of a flat view, above the ankle of a side view."""
    u, v = (points / [1.0, aspect] + 0.5).T
    if view == "plantar":
        return np.where(u < 0.10, 0.7, 1.0)
    if view == "dorsal":
        return np.where((u < 0.12) & (np.abs(v - 0.49) < 0.42), 0.0, 1.0)
    return np.where((v > 0.85) & (u < 0.5), 0.0, np.where((v > 0.5) & (u < 0.12), 0.4, 1.0))


def _resampled(ring: Floats, count: int) -> tuple[Floats, Floats]:
    """``count`` evenly spaced points of a closed line, and its outward unit normals there."""
    closed = np.vstack([ring, ring[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    at = (np.arange(count) + 0.5) / count * along[-1]
    points = np.column_stack([np.interp(at, along, closed[:, k]) for k in (0, 1)])
    step = 0.012
    ahead, behind = (
        np.column_stack([np.interp((at + s) % along[-1], along, closed[:, k]) for k in (0, 1)]) for s in (step, -step)
    )
    tangent = ahead - behind
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    area = 0.5 * float(np.sum(closed[:-1, 0] * closed[1:, 1] - closed[1:, 0] * closed[:-1, 1]))
    normal = np.column_stack([tangent[:, 1], -tangent[:, 0]]) * np.sign(area)
    return points, normal


def _toe_gaps(aspect: float, depths: tuple[float, ...]) -> Floats:
    """(16, 2) points on the lines between the toes, so far back from the tips."""
    notches = ((0.965, 0.335), (0.952, 0.53), (0.915, 0.70), (0.87, 0.85))
    return np.array([(u - d - 0.5, (v - 0.1 * d - 0.5) * aspect) for u, v in notches for d in depths])


def linear_parts(poses: Floats, mirror: int) -> Floats:
    """(P, 2, 2) maps from foot lengths of the unmirrored map to px, without the shift."""
    length, angle = np.exp(poses[:, 2]), poses[:, 3]
    cos, sin = np.cos(angle), np.sin(angle)
    wide, lean = np.exp(poses[:, 4]) * mirror, poses[:, 5] * mirror
    out = np.empty((len(poses), 2, 2))
    out[:, 0, 0], out[:, 0, 1] = cos, cos * lean - sin * wide
    out[:, 1, 0], out[:, 1, 1] = sin, sin * lean + cos * wide
    return out * length[:, None, None]


def px_from_uv_of(pose: Floats, mirror: int, view: View) -> Floats:
    """(3, 3) homography of one pose."""
    aspect = atlas.aspect(view)
    to_metric = np.array([[1.0, 0.0, -0.5], [0.0, aspect, -0.5 * aspect], [0.0, 0.0, 1.0]])
    tapered = np.eye(3)
    tapered[2, 0] = -pose[6]
    placed = np.eye(3)
    placed[:2, :2], placed[:2, 2] = linear_parts(pose[None], mirror)[0], pose[:2]
    out = placed @ tapered @ to_metric
    return np.asarray(out / out[2, 2])


@dataclass(frozen=True, eq=False)
class Evidence:
    """A picture, prepared. ``likely`` (H, W) 0–1: how much a pixel looks like the foot; ``edges`` (BINS, H, W) 0–1
    strength of edges by direction; ``ridges`` (BINS, H, W) 0–1 dark thin lines by direction of their normal; ``known``
    (H, W) bool, False where something moves about; ``hand`` (H, W) bool, where hands are, before the foot or behind."""

    likely: F32
    edges: F32
    ridges: F32
    known: NDArray[np.bool_]
    hand: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Scores:
    """(P,) each in about 0–1: ``total`` to maximise; its parts: colour contrast of ``region`` and ``border``, contours
    along the ``edge``, creases between the ``toes``, contrast and contours about the ``tips`` of the toes; ``shown``
    the share of the rim in plain view."""

    total: Floats
    region: Floats
    border: Floats
    edge: Floats
    toes: Floats
    tips: Floats
    shown: Floats


def edge_maps(lab: F32) -> tuple[F32, F32]:
    """(BINS, H, W) edges and dark ridges of an (H, W, 3) Lab picture, by direction of their normal over half a turn."""
    smooth = np.asarray(cv2.GaussianBlur(lab, (0, 0), 1.0), np.float32)
    gx = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    gy = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    power = gx * gx + gy * gy
    channel = power.argmax(axis=2)[..., None]
    bx, by = (np.take_along_axis(g, channel, 2)[..., 0] for g in (gx, gy))
    size = np.sqrt(bx * bx + by * by)
    # Strength is relative to the surroundings: a soft contour on a plain cloth counts, one of many hairs doesn't.
    usual = cv2.blur(size, (41, 41)) + 0.4
    strength = size / (size + 1.6 * usual)
    gray = smooth[..., 0]
    fine = np.asarray(gray - cv2.GaussianBlur(gray, (0, 0), 2.5), np.float32)
    dark = np.clip(-fine, 0, None)
    dark = dark / (dark + 1.5 + cv2.blur(np.abs(fine), (41, 41)))
    xx, xy, yy = (cv2.Sobel(fine, cv2.CV_32F, a, b, ksize=3, scale=0.125) for a, b in ((2, 0), (1, 1), (0, 2)))
    ridge_angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    edge_angle = np.arctan2(by, bx)
    kernel = np.ones((3, 3), np.uint8)
    edges, ridges = [], []
    for b in range(BINS):
        direction = b * np.pi / BINS
        edges.append(cv2.dilate(strength * np.cos(edge_angle - direction) ** 4, kernel))
        ridges.append(cv2.dilate(dark * np.cos(ridge_angle - direction) ** 2, kernel))
    return np.stack(edges).astype(np.float32), np.stack(ridges).astype(np.float32)


def score(evidence: Evidence, poses: Floats, mirror: int, view: View) -> Scores:
    """Scores of (P, 7) poses."""
    test = probes(view)
    linear = linear_parts(poses, mirror)
    step = 0.03 * test.normals
    groups = (test.inside, test.around, test.rim - step, test.rim + step, test.leg, test.beside_leg, test.rim,
              test.gaps, test.ball)  # fmt: skip
    index, ok = _index(evidence, _place(linear, poses, np.concatenate(groups)))
    ends = np.cumsum([len(g) for g in groups])[:-1]
    known = np.split(ok, ends, axis=1)
    likely = np.split(evidence.likely.ravel()[index].astype(float), ends[:6], axis=1)
    places = np.split(index, ends, axis=1)
    region = _mean(likely[0], known[0]) - _mean(likely[1], known[1] * test.around_weight)
    shown = known[2] * known[3] * test.rim_weight
    contrast = np.clip(likely[2] - likely[3], -0.5, 1.0)
    which = _directions(linear, test.normals)
    contour = evidence.edges.reshape(BINS, -1)[which, places[6]] * known[6]
    border, edge = _mean(contrast, shown), _mean(contour, shown)
    at_tips = shown * (test.rim[:, 0] > 0.30)
    tips = _mean(0.5 * (contrast + contour), at_tips) * (at_tips.sum(axis=1) > 6)
    toes = fingers = np.zeros(len(poses))
    if len(test.gaps):
        across = _directions(linear, np.array([[0.0, 1.0]]))
        ridges = evidence.ridges.reshape(BINS, -1)
        toes, fingers = (_creases(ridges[across, places[k]] * known[k]) for k in (7, 8))
    usual = np.array([_WIDER[view], 0.0, 0.0])
    departure = (((poses[:, 4:] - usual) / PRIOR[4:]) ** 2).sum(axis=1)
    share = shown.sum(axis=1) / test.rim_weight.sum()
    # What is hidden is no evidence: a pose may not win by lying under the hands or out of the picture.
    # Toes weigh most: rounded things of one colour are many, few have a row of toes at one end.
    total = 0.30 * region + np.sqrt(share) * (0.35 * border + 0.45 * edge) + 0.50 * tips + 0.80 * toes - 0.25 * fingers
    total = total - 0.5 * np.clip(_mean(evidence.hand.ravel()[places[0]].astype(float), known[0]) - 0.4, 0.0, 1.0)
    if len(test.leg):
        leg = _mean(likely[4], known[4]) - _mean(likely[5], known[5])
        total = total + 0.20 * np.clip(leg, -0.5, 1.0) - 0.12
    return Scores(total - 0.018 * departure, region, border, edge, toes, tips, share)


def _creases(strength: Floats) -> Floats:
    """(P,) how clearly the best three of four lines along the foot are dark, from (P, 16)."""
    per_gap = strength.reshape(len(strength), 4, 4).mean(axis=2)
    return np.asarray(np.sort(per_gap, axis=1)[:, 1:].mean(axis=1))


def _place(linear: Floats, poses: Floats, points: Floats) -> Floats:
    nearer = 1.0 - poses[:, 6:7] * points[:, 0]
    return (points @ linear.transpose(0, 2, 1)) / nearer[..., None] + poses[:, None, :2]


def _index(evidence: Evidence, at: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Flat pixel index of (P, N, 2) places, and 1 where the pixel is in the picture and known, else 0."""
    height, width = evidence.likely.shape
    column, row = np.rint(at[..., 0]).astype(np.int64), np.rint(at[..., 1]).astype(np.int64)
    ok = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    index = np.where(ok, row * width + column, 0)
    return index, (ok & evidence.known.ravel()[index]).astype(float)


def _directions(linear: Floats, normals: Floats) -> NDArray[np.int64]:
    """(P, N) direction bin of each normal in each pose."""
    # Normals go by the inverse transpose; for directions its scale doesn't matter.
    swapped = np.stack([linear[:, 1, 1], -linear[:, 1, 0], -linear[:, 0, 1], linear[:, 0, 0]], axis=1)
    turned = normals @ swapped.reshape(-1, 2, 2).transpose(0, 2, 1)
    angle = np.arctan2(turned[..., 1], turned[..., 0])
    return np.rint(angle * (BINS / np.pi)).astype(np.int64) % BINS


def _mean(values: Floats, weights: Floats) -> Floats:
    return np.asarray((values * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-6))
