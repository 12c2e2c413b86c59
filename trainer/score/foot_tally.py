"""How well the foot was seen, counted frame by frame. Pure functions over arrays, T frames.

Landmark errors are in shares of the foot's length in the picture; a landmark that lies out of the picture is asked of
nobody.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.model import FOOT_LANDMARKS, Floats, Side, View
from trainer.score.tally import Flags, Tally, quantile, share

MIN_LANDMARKS = 4
"""A foot that shows at least so many landmarks is to be found."""
PCK = 0.2
"""A landmark counts as right within this share of the foot's length (Yang and Ramanan 2013)."""
DRIFT_S = 60.0
HEEL = FOOT_LANDMARKS.index("heel_back")
TIPS = [i for i, name in enumerate(FOOT_LANDMARKS) if name.endswith("_tip")]


@dataclass(frozen=True, eq=False)
class FootSight:
    """What was reported of the foot in T frames, in the truth's pixels: ``seen`` (T,), landmarks ``px`` (T, 14, 2), NaN
    where not known; ``side``, ``view`` (T,) text, what it was called."""

    seen: Flags
    px: Floats
    side: NDArray[np.object_]
    view: NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class TrueFoot:
    """What is true of the foot of T frames. ``px`` (T, 14, 2), also where hidden; ``visible`` (T, 14): nothing hides
    the landmark; ``size`` (width, height) of the picture."""

    side: Side
    view: View
    px: Floats
    visible: Flags
    size: tuple[int, int]

    @property
    def inside(self) -> Flags:
        """(T, 14) which landmarks lie in the picture."""
        with np.errstate(invalid="ignore"):
            return np.asarray(((self.px >= 0) & (self.px <= np.array(self.size) - 1)).all(axis=-1), bool)

    @property
    def wanted(self) -> Flags:
        """(T,) in which frames it is to be found."""
        return np.asarray((self.visible & self.inside).sum(axis=1) >= MIN_LANDMARKS, bool)


def foot_length_px(true_px: Floats) -> Floats:
    """(T,) length of the true foot (T, 14, 2) in the picture: from the back of the heel to the tip of the toe that is
    farthest from it; NaN where these aren't known."""
    distance = np.linalg.norm(true_px[:, TIPS] - true_px[:, HEEL, None], axis=-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        longest: Floats = np.nanmax(distance, axis=1) if len(distance) else np.zeros(0)
    return np.where(longest > 0, longest, np.nan)


def foot_errors(reported: FootSight, true: TrueFoot) -> Floats:
    """(T, 14) error of each landmark in the picture, in lengths of the foot; NaN where the foot wasn't seen."""
    error = np.linalg.norm(reported.px - true.px, axis=-1) / foot_length_px(true.px)[:, None]
    return np.where((true.wanted & reported.seen)[:, None] & true.inside, error, np.nan)


def log_foot(reported: FootSight, true: TrueFoot, time_s: Floats) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """(counts, errors) of T frames at ``time_s`` (T,), as a ``FrameLog`` has them."""
    absent = ~true.inside.any(axis=1)
    found = true.wanted & reported.seen
    side_right, view_right = found & (reported.side == true.side), found & (reported.view == true.view)
    error = foot_errors(reported, true)
    with np.errstate(invalid="ignore"):
        right = error <= PCK
    counts = {
        "foot_wanted": true.wanted, "foot_found": found, "foot_side_right": side_right, "foot_view_right": view_right,
        "foot_named_right": side_right & view_right,
        "foot_absent": absent, "foot_false": absent & reported.seen,
        "foot_landmarks": (true.inside & found[:, None]).sum(axis=1), "foot_landmarks_right": right.sum(axis=1),
    }  # fmt: skip
    errors = {
        "foot": error,
        "foot_visible": np.where(true.visible, error, np.nan),
        "foot_hidden": np.where(true.visible, np.nan, error),
        "foot_drift": drift(reported, true.px, time_s),
    }
    return {name: np.asarray(values, float) for name, values in counts.items()}, errors


def drift(reported: FootSight, true_px: Floats, time_s: Floats) -> Floats:
    """(T,) how far the reported foot as a whole has gone astray from the true one within the last ``DRIFT_S`` seconds,
    in shares of the foot's length; NaN before, and where the foot wasn't seen at either end."""
    off = np.where(reported.seen[:, None, None], reported.px - true_px, np.nan)
    then = np.searchsorted(time_s, time_s - DRIFT_S - 1e-6)
    long_ago = time_s >= time_s[0] + DRIFT_S - 1e-6 if len(time_s) else np.zeros(0, bool)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        gone = np.nanmean(off - off[np.minimum(then, len(off) - 1)], axis=1) if len(off) else np.zeros((0, 2))
    astray: Floats = np.linalg.norm(gone, axis=-1) / foot_length_px(true_px)
    return np.where(long_ago, astray, np.nan)


def foot_figures(tally: Tally) -> dict[str, float]:
    """Name → number (titles in `catalogue.METRICS`); NaN: nothing to measure."""
    n, errors = tally.counts, tally.errors
    return {
        "foot_found": share(n["foot_found"], n["foot_wanted"]),
        "foot_side_right": share(n["foot_side_right"], n["foot_found"]),
        "foot_view_right": share(n["foot_view_right"], n["foot_found"]),
        "foot_named_right": share(n["foot_named_right"], n["foot_found"]),
        "foot_error_median": quantile(errors["foot_visible"], 50),
        "foot_hidden_error_median": quantile(errors["foot_hidden"], 50),
        "foot_error_p95": quantile(errors["foot"], 95),
        "foot_pck_20": share(n["foot_landmarks_right"], n["foot_landmarks"]),
        "foot_false": share(n["foot_false"], n["foot_absent"]),
        "foot_drift_60_s": quantile(errors["foot_drift"], 95),
    }
