"""How well contact was told, counted frame by frame, and whether lengths on the foot hold. Pure; T frames.

A hand *touches* where the technique's contact part is on the skin; one that hovers, steadies the foot or is on its way
doesn't. Places are compared in (u, v) on the face touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from trainer.foot.surface import foot_model
from trainer.model import Floats, FootPose
from trainer.score.tally import Flags, Tally, quantile, share

LEAST_MM = 40.0
"""Lengths shorter than this say more of one landmark than of the foot."""


@dataclass(frozen=True, eq=False)
class TrueContact:
    """What is true of T frames: ``touches`` (T, 2) by hand (left, right); ``uv`` (T, 2, 2) the middle of what is
    touched on ``face`` (T, 2) (a number in FACES, -1 on the border between them); ``landmarks_mm`` (14, 3) the foot's
    landmarks in space, at rest."""

    touches: Flags
    uv: Floats
    face: Floats
    landmarks_mm: Floats


def log_contact(
    told_uv: Floats, told_face: Floats, measured: Flags, true: TrueContact
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """(counts, errors) as a ``FrameLog`` has them, of contact told at (T, 2, 2) on faces (T, 2), NaN where there was
    none; ``measured`` (T, 2): the hand was seen."""
    told = np.isfinite(told_face)
    placed = true.touches & told & (true.face >= 0)
    idle = measured & ~true.touches
    right = placed & (told_face == true.face)
    counts = {
        "contact_wanted": true.touches & measured, "contact_told": true.touches & told & measured,
        "contact_idle": idle, "contact_false": idle & told, "contact_placed": placed, "contact_face_right": right,
    }  # fmt: skip
    error = np.where(right, np.linalg.norm(told_uv - true.uv, axis=-1), np.nan)
    return {name: flags.sum(axis=1).astype(float) for name, flags in counts.items()}, {"contact": error}


def length_errors(pose: FootPose | None, true_mm: Floats) -> Floats:
    """(91,) relative error of the length between every two landmarks of a foot fitted so, if its length is known; NaN
    where the pose isn't known, and for lengths below LEAST_MM. ``true_mm`` (14, 3)."""
    a, b = np.array(list(combinations(range(len(true_mm)), 2))).T
    if pose is None:
        return np.full(len(a), np.nan)
    model = foot_model()
    told = _lengths(model.landmarks + np.einsum("k,knc->nc", pose.shape, model.landmark_modes), a, b)
    true = _lengths(true_mm, a, b)
    with np.errstate(invalid="ignore"):
        return np.where(np.ptp(true_mm[:, 1]) * true >= LEAST_MM, np.abs(told / true - 1), np.nan)


def _lengths(landmarks: Floats, a: NDArray[np.int64], b: NDArray[np.int64]) -> Floats:
    """(N,) between landmarks (14, 3), in foot lengths: heel to tip of the longest toe."""
    return np.asarray(np.linalg.norm(landmarks[a] - landmarks[b], axis=1) / np.ptp(landmarks[:, 1]))


def contact_figures(tally: Tally) -> dict[str, float]:
    """Name → number (titles in `catalogue.METRICS`); NaN: nothing to measure."""
    n, errors = tally.counts, tally.errors
    if "contact_wanted" not in n:
        return {}
    return {
        "contact_told": share(n["contact_told"], n["contact_wanted"]),
        "contact_false": share(n["contact_false"], n["contact_idle"]),
        "contact_face_right": share(n["contact_face_right"], n["contact_placed"]),
        "contact_error_median": quantile(errors["contact"], 50),
        "contact_error_p90": quantile(errors["contact"], 90),
        "length_error_median": quantile(errors["length"], 50),
        "length_error_p90": quantile(errors["length"], 90),
    }
