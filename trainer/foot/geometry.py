"""Where the foot's map lies in the picture: fitting, mapping and drawing shapes. Pure functions.

The fit is a regularised least-squares problem: clicks scatter by about 3 % of the foot's length and real feet differ
from the atlas by as much; a camera's view of a foot departs gently from a similarity (foreshortening) and more
gently still from an affine map (perspective). The priors below are those spreads, in foot lengths.
"""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.foot import atlas
from trainer.model import Floats, Foot, FootPose, Presence, Side, View

_CLICK = 0.03
"""Standard deviation of a landmark's place, in foot lengths."""
_SHEAR = 0.25
"""Expected departure from a similarity (a − d and b + c of the 2×2 part, per unit scale)."""
_PERSPECTIVE = 0.15
"""Expected perspective: relative change of scale per foot length."""
_SHORTEST_BASE = 0.12
"""Landmarks closer together than this share of the foot's length don't fix its place."""
_FLATTEST = 0.12
"""A map whose one axis is squeezed more than this is no view of a foot."""


def chirality(side: Side, view: View) -> int:
    """Sign of the turn from the u axis to the v axis in the picture (x right, y down): +1 or −1.

    The sole of a left foot, toes up, has its big toe on the left: v points right. Its top is the mirror of that; a
    right foot is the mirror of a left one.
    """
    left = 1 if view in ("plantar", "lateral") else -1
    return left if side == "left" else -left


def metric_from_uv(side: Side, view: View) -> Floats:
    """(3, 3) map from (u, v, 1) to foot lengths about the map's centre, mirrored where the picture is."""
    mirrored = atlas.aspect(view) * chirality(side, view)
    return np.array([[1.0, 0.0, -0.5], [0.0, mirrored, -0.5 * mirrored], [0.0, 0.0, 1.0]])


def fit_px_from_uv(landmarks_px: ArrayLike, side: Side, view: View, confidence: Floats | None = None) -> Floats | None:
    """The (3, 3) homography that takes (u, v, 1) to pixels, from any of the (14, 2) landmarks (NaN = not given).

    Two landmarks give a similarity, three to five an affine map drawn towards a similarity, six or more that are well
    spread a homography with little perspective. One wrong click among four or more is left out, unless a ``confidence``
    (14,) in 0–1 weighs the landmarks: so the map moves evenly with them. None where the landmarks don't determine a
    plausible foot: fewer than two, too close together, or squeezed to a line.
    """
    uv = atlas.landmarks_uv(view)
    px = np.asarray(landmarks_px, float).reshape(-1, 2)
    known = np.isfinite(px).all(axis=1) & np.isfinite(uv).all(axis=1)
    if known.sum() < 2:
        return None
    to_metric = metric_from_uv(side, view)
    places, px = to_px(to_metric, uv[known]), px[known]
    base = _extent(places)
    if base < _SHORTEST_BASE or _extent(px) < 2.0:
        return None
    if confidence is None:
        places, px = _without_wrong_click(places, px)
        weights = np.ones(len(px))
    else:
        weights = np.sqrt(np.clip(np.nan_to_num(confidence[known]), 1e-3, 1.0))
    if _extent(places) < _SHORTEST_BASE:
        return None
    fit = _fit_affine(places, px, weights)
    spread = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)[1] / np.sqrt(len(places))
    if len(places) >= 6 and spread > 0.08:
        fit = _add_perspective(fit, places, px, weights)
    homography = fit @ to_metric
    return homography / homography[2, 2] if _plausible(fit, homography, view) else None


def _extent(points: Floats) -> float:
    return max((float(np.hypot(*(a - b))) for a, b in combinations(points, 2)), default=0.0)


def _fit_affine(places: Floats, px: Floats, weights: Floats | None = None) -> Floats:
    """(3, 3) affine map places → px; the shear prior alone keeps it a similarity where the places don't say more."""
    n = len(places)
    w = np.ones(n) if weights is None else weights
    rows = np.zeros((2 * n + 2, 6))
    rows[0 : 2 * n : 2, 0:2], rows[0 : 2 * n : 2, 2] = places * w[:, None], w
    rows[1 : 2 * n : 2, 3:5], rows[1 : 2 * n : 2, 5] = places * w[:, None], w
    stiff = _CLICK / _SHEAR if n > 2 else 10.0
    rows[-2, [0, 4]] = stiff, -stiff
    rows[-1, [1, 3]] = stiff, stiff
    target = np.concatenate([(px * w[:, None]).ravel(), [0.0, 0.0]])
    if n == 2:  # exact: two points are a similarity
        (ax, ay), (bx, by) = places[1] - places[0], px[1] - px[0]
        turn = complex(bx, by) / complex(ax, ay)
        linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
        return _affine(linear, px[0] - linear @ places[0])
    a, b, c, d, e, f = np.linalg.lstsq(rows, target, rcond=None)[0]
    return np.array([[a, b, c], [d, e, f], [0.0, 0.0, 1.0]])


def _affine(linear: Floats, shift: Floats) -> Floats:
    out = np.eye(3)
    out[:2, :2], out[:2, 2] = linear, shift
    return out


def _energy(fit: Floats, places: Floats, px: Floats) -> float:
    scale = np.sqrt(abs(np.linalg.det(fit[:2, :2]))) + 1e-9
    residual = (to_px(fit, places) - px) / scale / _CLICK
    shear = np.array([fit[0, 0] - fit[1, 1], fit[0, 1] + fit[1, 0]]) / scale / _SHEAR
    return float((residual**2).sum() + (shear**2).sum())


def _without_wrong_click(places: Floats, px: Floats) -> tuple[Floats, Floats]:
    """Leave out the one landmark without which everything falls into place, if there is one."""
    if len(places) < 4:
        return places, px
    everything = _energy(_fit_affine(places, px), places, px)
    best: tuple[float, int] | None = None
    for i in range(len(places)):
        keep = np.arange(len(places)) != i
        if _extent(places[keep]) < _SHORTEST_BASE or _extent(px[keep]) < 2.0:
            continue
        fit = _fit_affine(places[keep], px[keep])
        scale = float(np.sqrt(abs(np.linalg.det(fit[:2, :2]))))
        off = float(np.linalg.norm(to_px(fit, places[i : i + 1])[0] - px[i])) / max(scale, 1e-9)
        energy = _energy(fit, places[keep], px[keep])
        if off > 5 * _CLICK and energy < 0.3 * everything and (best is None or energy < best[0]):
            best = energy, i
    if best is None:
        return places, px
    keep = np.arange(len(places)) != best[1]
    return places[keep], px[keep]


def _add_perspective(affine: Floats, places: Floats, px: Floats, weights: Floats) -> Floats:
    """Gauss-Newton over the eight numbers of a homography from an affine start, with shear and perspective priors."""
    scale = float(np.sqrt(abs(np.linalg.det(affine[:2, :2])))) or 1.0
    p = np.array([*affine[0], *affine[1], 0.0, 0.0])
    x, y = places.T
    one, zero = np.ones_like(x), np.zeros_like(x)
    shear, bend = _CLICK / _SHEAR, scale * _CLICK / _PERSPECTIVE
    prior = np.zeros((4, 8))
    prior[0, [0, 4]] = shear, -shear
    prior[1, [1, 3]] = shear, shear
    prior[2, 6] = prior[3, 7] = bend
    for _ in range(8):
        w = 1.0 + p[6] * x + p[7] * y
        if (w < 0.2).any():
            return affine
        fx, fy = (p[0] * x + p[1] * y + p[2]) / w, (p[3] * x + p[4] * y + p[5]) / w
        jx = np.stack([x, y, one, zero, zero, zero, -fx * x, -fx * y], axis=1) * (weights / w)[:, None]
        jy = np.stack([zero, zero, zero, x, y, one, -fy * x, -fy * y], axis=1) * (weights / w)[:, None]
        jacobian = np.concatenate([jx, jy, prior])
        residual = np.concatenate([weights * (px[:, 0] - fx), weights * (px[:, 1] - fy), -prior @ p])
        step = np.linalg.lstsq(jacobian, residual, rcond=None)[0]
        p = p + step
        if np.abs(step[:6]).max() < 1e-9 * scale:
            break
    return np.append(p, 1.0).reshape(3, 3)


def _plausible(fit: Floats, homography: Floats, view: View) -> bool:
    if not np.isfinite(homography).all() or abs(homography[2, 2]) < 1e-9:
        return False
    ring = atlas.outline(view)
    w = np.column_stack([ring, np.ones(len(ring))]) @ (homography[2] / homography[2, 2])
    squeeze = np.linalg.svd(fit[:2, :2], compute_uv=False)
    return bool(w.min() > 0.2 and squeeze[0] > 1.0 and squeeze[1] > _FLATTEST * squeeze[0])


def to_px(px_from_uv: Floats, uv: ArrayLike) -> Floats:
    """(..., 2) pixels of (..., 2) map points. NaN stays NaN. Serves any homography."""
    points = np.asarray(uv, float)
    w = points[..., 0] * px_from_uv[2, 0] + points[..., 1] * px_from_uv[2, 1] + px_from_uv[2, 2]
    out = points @ px_from_uv[:2, :2].T + px_from_uv[:2, 2]
    return np.asarray(out / w[..., None])


def to_uv(px_from_uv: Floats, px: ArrayLike) -> Floats:
    """(..., 2) map points of (..., 2) pixels. NaN stays NaN; all NaN where the map is unknown."""
    if not np.isfinite(px_from_uv).all():
        return np.full(np.shape(px), np.nan)
    return to_px(np.asarray(np.linalg.inv(px_from_uv), float), px)


def contradicts_side(landmarks_px: ArrayLike, side: Side, view: View) -> bool:
    """Whether four or more landmarks clearly describe the other foot (or the other face of this one)."""
    uv, px = atlas.landmarks_uv(view), np.asarray(landmarks_px, float)
    known = np.isfinite(px).all(axis=1) & np.isfinite(uv).all(axis=1)
    if known.sum() < 4:
        return False
    other: Side = "right" if side == "left" else "left"
    energies = []
    for assumed in (side, other):
        places = to_px(metric_from_uv(assumed, view), uv[known])
        kept_places, kept = _without_wrong_click(places, px[known])
        energies.append(_energy(_fit_affine(kept_places, kept), kept_places, kept))
    return energies[0] > 4.0 * energies[1] + 4.0 * int(known.sum())


def outline_px(foot: Foot) -> Floats:
    """(N, 2) the foot's outline in pixels; (0, 2) when the foot is unknown."""
    return to_px(foot.px_from_uv, atlas.outline(foot.view)) if foot.seen else np.zeros((0, 2))


def zone_polygons_px(foot: Foot) -> dict[str, Floats]:
    """Zone id to its (N, 2) border in pixels; empty when the foot is unknown."""
    if not foot.seen:
        return {}
    return {name: to_px(foot.px_from_uv, border) for name, border in atlas.zone_polygons(foot.view).items()}


def foot_mask(foot: Foot, size: tuple[int, int]) -> NDArray[np.uint8]:
    """(H, W) uint8, 255 on the foot's outline and inside it, for a picture of ``size`` (width, height)."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    ring = outline_px(foot)
    if len(ring) and np.isfinite(ring).all():
        cv2.fillPoly(mask, [np.round(np.clip(ring, -1e5, 1e5)).astype(np.int32)], 255)
    return mask


def foot_length_px(px_from_uv: Floats) -> float:
    """Distance in pixels from the back of the heel to the tip of the longest toe; NaN where unknown."""
    heel, toe = to_px(px_from_uv, [(0.0, 0.48), (1.0, 0.21)])
    return float(np.linalg.norm(toe - heel))


def make_foot(
    landmarks_px: ArrayLike,
    side: Side,
    view: View,
    presence: Presence = Presence.MEASURED,
    length_mm: float = 250.0,
    length_given: bool = False,
    motion_px: ArrayLike = (0.0, 0.0),
    confidence: ArrayLike = 1.0,
    px_from_uv: Floats | None = None,
    pose: FootPose | None = None,
) -> Foot:
    """A Foot from (14, 2) landmarks: those missing (NaN) are taken from the fitted map, if the view shows them.

    ``confidence`` (scalar or (14,)) is NaN where a landmark stays unknown. ``px_from_uv`` spares the fit where the
    caller carries the map along. An unknown foot when the landmarks don't determine it.
    """
    given = np.asarray(landmarks_px, float).reshape(-1, 2)
    homography = fit_px_from_uv(given, side, view) if px_from_uv is None else px_from_uv
    if presence is Presence.UNKNOWN or homography is None or not np.isfinite(homography).all():
        return Foot.unknown(side, view, length_mm, length_given)
    landmarks = np.where(np.isfinite(given), given, to_px(homography, atlas.landmarks_uv(view)))
    sure = np.broadcast_to(np.asarray(confidence, float), (len(landmarks),))
    return Foot(
        side,
        view,
        presence,
        landmarks,
        np.where(np.isfinite(landmarks).all(axis=1), sure, np.nan),
        homography,
        np.asarray(motion_px, float).copy(),
        float(length_mm),
        length_given,
        pose,
    )
