"""Finding the foot in a frame without being told where it is.

Classical vision, in three steps: colours of the picture that have a foot's rough shape (any tone, gray too) give first
guesses; each is fitted with the atlas's outline, mirrored both ways, to colour contrast, contours and the creases
between the toes; the best is proposed only when that evidence is clear. A trained network may take its place later.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.foot import atlas
from trainer.foot.blobs import clusters, guesses, skin_map
from trainer.foot.fit import NUMBERS, PRIOR, Evidence, Scores, edge_maps, px_from_uv_of, score
from trainer.foot.geometry import chirality, to_px
from trainer.foot.given import GivenFoot
from trainer.foot.hidden import hands_mask
from trainer.model import SIDES, Floats, Frame, Hands, Image, Side, View

_SIDE_PX = 240
_COARSE_PX = 48
_STARTS = 10
_ACCEPT = 0.5
_NEEDED = (0.85, 0.5, 0.4)
"""Confidence needed of a proposal that agrees with none, one, two or more of those just before it."""
_BUFFER_EVERY_S = 0.12
_TRY_EVERY_S = 0.5


@dataclass(frozen=True, eq=False)
class Proposal:
    """A foot as it was found: ``landmarks_px`` (14, 2), NaN where the view doesn't show them; ``confidence`` 0–1."""

    landmarks_px: Floats
    side: Side
    view: View
    confidence: float

    def as_given(self, size: tuple[int, int], *, length_mm: float | None = None, time_s: float = 0.0) -> GivenFoot:
        """The same as landmarks that a person placed in a frame of ``size`` (width, height)."""
        points = self.landmarks_px
        return GivenFoot.from_points(points, self.side, self.view, length_mm=length_mm, time_s=time_s, size=size)


@dataclass(frozen=True, eq=False)
class _Fitted:
    pose: Floats
    mirror: int
    view: View
    scores: Scores

    @property
    def total(self) -> float:
        return float(self.scores.total[0])


def propose_foot(
    image: Image, hands: Hands | None, *, side: Side | None = None, view: View | None = None,
    unknown: NDArray[np.bool_] | None = None, least: float = _ACCEPT, seed: int = 0,
) -> Proposal | None:  # fmt: skip
    """The foot in ``image`` (H, W, 3), or None where none is there with a confidence of at least ``least``.

    ``hands`` in the image's pixels aren't taken for a foot; ``unknown`` (H, W) marks pixels that don't show it.
    A side or view that isn't told is judged from the shape: a heel in view means a sole, a leg behind it a top. The
    search tries places by chance, always the same for one ``seed``.
    """
    if min(image.shape[:2]) < 48:
        return None
    best = _fit_best(image, hands, side, view, unknown, seed)
    if best is None:
        return None
    fitted, view_found, scale = best
    confidence = confidence_of(fitted.scores, view_found, view is not None)
    if confidence < least:
        return None
    side_found = _side_of(fitted.mirror, view_found)
    to_full = np.array([[1 / scale, 0, 0.5 / scale - 0.5], [0, 1 / scale, 0.5 / scale - 0.5], [0, 0, 1]])
    homography = to_full @ px_from_uv_of(fitted.pose, fitted.mirror, view_found)
    landmarks = to_px(homography, atlas.landmarks_uv(view_found))
    return Proposal(landmarks, side_found, view_found, confidence)


def _side_of(mirror: int, view: View) -> Side:
    return next(s for s in SIDES if chirality(s, view) == mirror)


def confidence_of(scores: Scores, view: View, told: bool = False) -> float:
    """0–1 that a fit is a foot. Flat hands, arms, boxes and ellipses of skin colour reach totals of 0.8–1.2, soles with
    hands on them 1.3–1.5, bare ones 1.5–1.9.

    A side view has no creases between the toes to show, so its totals are lower. A foot before its leg has much in
    common with a hand before its arm, so it must be far clearer than a sole unless the view was ``told``.
    """
    doubtful = {"plantar": 1.33, "dorsal": 1.41 if told else 1.57, "medial": 1.05, "lateral": 1.05}[view]
    return float(1.0 / (1.0 + np.exp(-np.clip(14.0 * (float(scores.total[0]) - doubtful), -30, 30))))


def _fit_best(
    image: Image, hands: Hands | None, side: Side | None, view: View | None, unknown: NDArray[np.bool_] | None,
    seed: int = 0,
) -> tuple[_Fitted, View, float] | None:  # fmt: skip
    scale = min(1.0, _SIDE_PX / max(image.shape[:2]))
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    # A hand that holds the foot lies behind it as often as before it: hands hide nothing here, they only are no feet.
    hand = hands_mask(hands, size, scale) > 0
    known = np.ones(hand.shape, bool)
    if unknown is not None:
        known &= cv2.resize(unknown.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) == 0
    if known.mean() < 0.1:
        return None
    lab = np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2Lab), np.float32)
    if float(lab[..., 0][known].std()) < 1.0 and float(lab[..., 1:][known].std()) < 1.0:
        return None
    shape_view: View = view or "plantar"
    views: tuple[View, ...] = (view,) if view else ("plantar", "dorsal")
    mirrors = (chirality(side, view),) if side is not None and view is not None else (1, -1)
    starts = _first_guesses(small, lab, known, shape_view, seed)
    if not len(starts):
        return None
    edges, ridges = edge_maps(lab)
    bins = _colour_bins(lab)
    rng = np.random.default_rng(seed)
    rough: list[_Fitted] = []
    for start in starts:
        evidence = Evidence(_likelihood(bins, known, start, 1, shape_view), edges, ridges, known, hand)
        rough += [_climb(evidence, start, mirror, shape_view, rng, _ROUGH) for mirror in mirrors]
    rough.sort(key=lambda f: -f.total)
    for search, most in ((_FINE, 4), (_FINEST, 2)):
        finer = []
        for fitted in rough[:most]:
            # The last step alone tells a sole, whose heel is in view, from a top, whose heel is under the leg.
            for as_view in views if search is _FINEST else (fitted.view,):
                if side is None or view is None or chirality(side, as_view) == fitted.mirror:
                    likely = _likelihood(bins, known, fitted.pose, fitted.mirror, as_view)
                    evidence = Evidence(likely, edges, ridges, known, hand)
                    finer.append(_climb(evidence, fitted.pose, fitted.mirror, as_view, rng, search))
        rough = sorted(finer, key=lambda f: -f.total)
    best = rough[0]
    found_view = best.view
    if view is None and side is not None:
        found_view = "plantar" if chirality(side, "plantar") == best.mirror else "dorsal"
    return best, found_view, scale


def _first_guesses(small: Image, lab: NDArray[np.float32], known: NDArray[np.bool_], view: View, seed: int) -> Floats:
    """(N, 7) poses in the small picture's pixels."""
    shrink = _COARSE_PX / max(small.shape[:2])
    size = (max(8, round(small.shape[1] * shrink)), max(8, round(small.shape[0] * shrink)))
    tiny_lab = np.asarray(cv2.resize(lab, size, interpolation=cv2.INTER_AREA), np.float32)
    tiny_known = cv2.resize(known.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
    maps = clusters(tiny_lab, tiny_known)
    skin = skin_map(small)
    if skin is not None:
        tiny_skin = cv2.resize(skin, size, interpolation=cv2.INTER_AREA)
        maps = np.concatenate([maps, np.asarray(tiny_skin, np.float32)[None]])
    if not len(maps):
        return np.zeros((0, NUMBERS))
    found = guesses(maps, tiny_known, view, 3 * _STARTS)
    if len(found) > _STARTS:
        # The best few in every try, and the others by turns: hands joined to the foot spoil the order.
        rest = np.arange(_STARTS // 2, len(found))
        chosen = np.roll(rest, -seed * (_STARTS // 2))[: _STARTS - _STARTS // 2]
        found = found[np.concatenate([np.arange(_STARTS // 2), chosen])]
    poses = np.zeros((len(found), NUMBERS))
    poses[:, :2] = (found[:, :2] + 0.5) / shrink - 0.5
    poses[:, 2], poses[:, 3] = np.log(found[:, 2] / shrink), found[:, 3]
    return poses


def _colour_bins(lab: NDArray[np.float32]) -> NDArray[np.int64]:
    """(H, W) index of each pixel's colour among 14 × 12 × 12."""
    a = np.clip((lab[..., 1] + 30) / 80 * 12, 0, 11).astype(np.int64)
    b = np.clip((lab[..., 2] + 30) / 80 * 12, 0, 11).astype(np.int64)
    return (np.clip(lab[..., 0] / 100 * 14, 0, 13).astype(np.int64) * 12 + a) * 12 + b


def _likelihood(
    bins: NDArray[np.int64], known: NDArray[np.bool_], pose: Floats, mirror: int, view: View
) -> NDArray[np.float32]:
    """(H, W) 0–1 that a pixel is of the foot's colours rather than of the rest's, were the foot at ``pose``."""
    ring = to_px(px_from_uv_of(pose, mirror, view), atlas.outline(view))
    mask = np.zeros(bins.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(np.clip(ring, -4000, 4000)).astype(np.int32)], 1)
    wide = 2 * max(1, round(0.04 * float(np.exp(pose[2])))) + 1
    kernel = np.ones((wide, wide), np.uint8)
    inner = cv2.erode(mask, np.ones((3, 3), np.uint8)) > 0
    grown = cv2.dilate(mask, kernel)
    if view == "dorsal":  # the leg looks like the foot and isn't the rest
        leg = to_px(px_from_uv_of(pose, mirror, view), [(0.1, 0.05), (0.1, 0.95), (-0.7, 1.1), (-0.7, -0.1)])
        cv2.fillPoly(grown, [np.round(np.clip(leg, -4000, 4000)).astype(np.int32)], 1)
    outer = grown == 0
    histograms = []
    for part in (inner & known, outer & known):
        counts: Floats = np.bincount(bins[part], minlength=14 * 12 * 12).astype(float).reshape(14, 12, 12)
        for axis in range(3):
            before = np.concatenate([counts.take([0], axis), counts.take(range(counts.shape[axis] - 1), axis)], axis)
            after = np.concatenate([counts.take(range(1, counts.shape[axis]), axis), counts.take([-1], axis)], axis)
            counts = 0.5 * counts + 0.25 * before + 0.25 * after
        histograms.append(counts / max(float(counts.sum()), 1.0))
    of_foot, of_rest = histograms
    likely = (of_foot / (of_foot + of_rest + 1e-5)).ravel()[bins]
    return np.asarray(cv2.blur(likely.astype(np.float32), (3, 3)), np.float32)


@dataclass(frozen=True)
class _Search:
    rounds: int
    crowd: int
    reach: float
    shape: float
    """Share of the full step in widening, shear and taper."""


_ROUGH = _Search(3, 16, 1.0, 0.4)
_FINE = _Search(6, 32, 0.8, 1.0)
_FINEST = _Search(7, 36, 0.45, 1.0)


def _climb(
    evidence: Evidence, start: Floats, mirror: int, view: View, rng: np.random.Generator, search: _Search
) -> _Fitted:
    """The best pose near ``start``: a crowd of random steps that follows its elite (cross-entropy method)."""
    length = float(np.exp(start[2]))
    step = search.reach * np.array([0.07 * length, 0.07 * length, 0.10, 0.13, 0.09, 0.09, 0.11])
    step[4:] *= search.shape
    centre, spread = start.copy(), step
    best, best_total = start, -np.inf
    for _ in range(search.rounds):
        poses = centre + rng.normal(size=(search.crowd, NUMBERS)) * spread
        poses[0] = best
        poses[:, 4:] = np.clip(poses[:, 4:], -2.2 * PRIOR[4:], 2.2 * PRIOR[4:])
        scores = score(evidence, poses, mirror, view)
        order = np.argsort(-scores.total, kind="stable")
        if scores.total[order[0]] > best_total:
            best, best_total = poses[order[0]], float(scores.total[order[0]])
        elite = poses[order[: max(4, search.crowd // 4)]]
        centre = 0.6 * elite.mean(axis=0) + 0.4 * best
        spread = np.maximum(0.7 * elite.std(axis=0) + 0.2 * spread, 0.05 * step)
    return _Fitted(best, mirror, view, score(evidence, best[None], mirror, view))


class FootFinder:
    """Proposals from the frames so far. What moves (hands) is told from what stays (the foot)."""

    def __init__(self, side: Side | None = None, view: View | None = None) -> None:
        self._side, self._view = side, view
        self._frames: deque[tuple[float, Image]] = deque(maxlen=9)
        self._tried_s = -np.inf
        self._tries = 0
        self._last: Proposal | None = None
        self._agreed = 0

    def update(
        self, frame: Frame, hands: Hands | None, margin: float = 0.0, every_s: float = _TRY_EVERY_S
    ) -> Proposal | None:
        """A foot to trust, at this frame, or None. Tries every ``every_s``; ``margin`` asks for more confidence."""
        time_s = frame.time_s
        if not self._frames or not 0 <= time_s - self._frames[-1][0] < _BUFFER_EVERY_S:
            if self._frames and not 0 <= time_s - self._frames[-1][0] < 2.0:
                self._frames.clear()
            scale = min(1.0, 320 / max(frame.size))
            size = (max(1, round(frame.size[0] * scale)), max(1, round(frame.size[1] * scale)))
            if self._frames and self._frames[-1][1].shape[:2] != size[::-1]:
                self._frames.clear()
            self._frames.append((time_s, np.asarray(cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA))))
        if 0 <= time_s - self._tried_s < every_s:
            return None
        self._tried_s = time_s
        self._tries += 1
        image, moving = self._still_picture()
        scale = image.shape[1] / frame.size[0]
        # A tracker that doesn't know the foot yet may take it for a hand: every other try looks below the hands too.
        used = _scaled(hands, scale) if hands is not None and self._tries % 2 else None
        found = propose_foot(
            image, used, side=self._side, view=self._view, unknown=moving, least=_NEEDED[-1], seed=self._tries
        )
        if found is None:
            self._last, self._agreed = None, 0
            return None
        full = replace(found, landmarks_px=(found.landmarks_px + 0.5) / scale - 0.5)
        agrees = self._last is not None and _agree(self._last, full)
        self._agreed = min(self._agreed + 1, len(_NEEDED) - 1) if agrees else 0
        self._last = full
        return full if full.confidence >= _NEEDED[self._agreed] + margin else None

    def _still_picture(self) -> tuple[Image, NDArray[np.bool_] | None]:
        """(H, W, 3) what stays of the last second, and (H, W) bool what doesn't."""
        pictures = np.stack([image for _, image in self._frames])
        if len(pictures) < 5:
            return self._frames[-1][1], None
        median = np.median(pictures, axis=0).astype(np.uint8)
        off = np.abs(pictures.astype(np.int16) - median).max(axis=3)
        moving = np.median(off, axis=0) > 22
        # Where little moves, one sharp frame shows more than many that a hand-held camera blurs together.
        return (median, moving) if moving.mean() > 0.02 else (self._frames[-1][1], None)


def _scaled(hands: Hands, scale: float) -> Hands:
    left, right = (replace(h, landmarks_px=(h.landmarks_px + 0.5) * scale - 0.5) for h in hands)
    return left, right


def _agree(a: Proposal, b: Proposal) -> bool:
    length = float(np.linalg.norm(a.landmarks_px[0] - a.landmarks_px[7]))
    off = np.linalg.norm(a.landmarks_px - b.landmarks_px, axis=1)
    return a.side == b.side and a.view == b.view and float(np.nanmedian(off)) < 0.08 * max(length, 1.0)
