"""How well hands were seen, counted frame by frame.

An *eye* is whoever reports hands: the program, or the yardstick beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.model import Floats
from trainer.score import hand_metrics as seen
from trainer.score.tally import Flags, Tally, quantile, share

Counts = dict[str, NDArray[Any]]
STRAIGHT = np.array([0, 1])
"""What the hands in the program's own two slots are called."""


@dataclass(frozen=True, eq=False)
class Sight:
    """What an eye reported in T frames, in the truth's pixels. ``px`` (T, 2, 21, 2); ``measured``, ``bridged`` (T, 2):
    which slots hold a hand, seen or carried over a gap; ``called`` (T, 2): what each is called, 0 left or 1 right."""

    px: Floats
    measured: Flags
    bridged: Flags
    called: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TrueHands:
    """What is true of the hands of T frames. ``px`` (T, 2, 21, 2); ``visible`` (T, 2) share of each that isn't hidden;
    ``joints_visible`` (T, 2, 21) bool, None where the truth doesn't tell; ``size`` (width, height) of the picture."""

    px: Floats
    visible: Floats
    joints_visible: Flags | None
    size: tuple[int, int]


def log_hands(ours: Sight, stock: Sight | None, true: TrueHands) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """(counts, errors) of T frames, as a ``FrameLog`` has them."""
    wanted = seen.to_be_found(true.px, true.visible, true.size)
    counts: Counts = {
        "frames": np.ones(len(wanted)),
        "wanted": wanted.sum(axis=1),
        "both_wanted": np.asarray(wanted.all(axis=1)),
    }
    errors: dict[str, Floats] = {}
    found = _see(counts, errors, "", ours, true, wanted)
    either = seen.match_hands(ours.px, ours.measured | ours.bridged, true.px)
    carried = seen.match_hands(ours.px, ours.bridged, true.px)
    either_found = seen.found(either) & wanted
    counts["either_found"] = either_found.sum(axis=1)
    counts["bridged"] = ours.bridged.sum(axis=1)
    counts["bridged_phantoms"] = (ours.bridged & (either.partner < 0)).sum(axis=1)
    errors["bridged"] = carried.error
    if stock is not None:
        has = _see(counts, errors, "stock_", stock, true, wanted)
        counts["kept"] = (has & found).sum(axis=1)
        counts["either_kept"] = (has & either_found).sum(axis=1)
        counts["beyond"] = (found & ~has).sum(axis=1)
    return {name: np.asarray(values, float) for name, values in counts.items()}, errors


def _see(counts: Counts, errors: dict[str, Floats], eye: str, sight: Sight, true: TrueHands, wanted: Flags) -> Flags:
    """Counts what an eye has seen; returns which of the ``wanted`` hands (T, 2) it has found."""
    matches = seen.match_hands(sight.px, sight.measured, true.px)
    found = seen.found(matches) & wanted
    matched = matches.partner >= 0
    phantoms = sight.measured & ~matched
    shown = matched & np.take_along_axis(wanted, np.maximum(matches.partner, 0), axis=1)
    counts |= {
        f"{eye}found": found.sum(axis=1),
        f"{eye}both_found": np.asarray(found.all(axis=1)),
        f"{eye}reported": sight.measured.sum(axis=1),
        f"{eye}phantoms": phantoms.sum(axis=1),
        f"{eye}phantom_frames": np.asarray(phantoms.any(axis=1)),
        f"{eye}matched": matched.sum(axis=1),
        f"{eye}called_right": (matched & (matches.partner == sight.called)).sum(axis=1),
        f"{eye}swaps": seen.swap_events(matches, sight.called),
    }
    errors |= {f"{eye}shown": np.where(shown, matches.error, np.nan), f"{eye}all": matches.error}
    errors[f"{eye}hidden"] = np.where(shown, np.nan, matches.error)
    joints = seen.joint_errors(sight.px, matches, true.px)
    known = true.joints_visible
    for name, chosen in (("joints", known), ("hidden_joints", None if known is None else ~known)):
        errors[f"{eye}{name}"] = np.where(False if chosen is None else chosen, joints, np.nan)
    return found


def hand_figures(tally: Tally) -> dict[str, float]:
    """Name → number (titles in `catalogue.METRICS` and `catalogue.YARDSTICK`); NaN: nothing to measure."""
    n = tally.counts
    results = {
        **_eye_figures(tally, ""),
        "hands_found_with_bridged": share(n["either_found"], n["wanted"]),
        "phantom_bridged_per_min": share(n["bridged_phantoms"], tally.seconds / 60),
        "bridged_error_median": quantile(tally.errors["bridged"], 50),
        "bridged_share": share(n["bridged"], n["bridged"] + n["reported"]),
    }
    if "stock_found" in n:
        results |= _eye_figures(tally, "stock_")
        results["kept"] = share(n["kept"], n["stock_found"])
        results["kept_with_bridged"] = share(n["either_kept"], n["stock_found"])
        results["found_beyond"] = share(n["beyond"], n["wanted"])
        results["visible_hand_frames"] = n["wanted"]
    return results


def _eye_figures(tally: Tally, eye: str) -> dict[str, float]:
    n = tally.counts
    met = n["wanted"] > 0
    return {
        f"{eye}hands_found": share(n[f"{eye}found"], n["wanted"]),
        f"{eye}hands_both_found": share(n[f"{eye}both_found"], n["both_wanted"]),
        f"{eye}phantom_hands_per_min": share(n[f"{eye}phantoms"], tally.seconds / 60),
        f"{eye}phantom_frames": share(n[f"{eye}phantom_frames"], n["frames"]),
        f"{eye}side_right": share(n[f"{eye}called_right"], n[f"{eye}matched"]),
        f"{eye}identity_swaps": n[f"{eye}swaps"] if met else math.nan,
        f"{eye}identity_swaps_per_10_min": share(n[f"{eye}swaps"], tally.seconds / 600) if met else math.nan,
        f"{eye}landmark_error_median": quantile(tally.errors[f"{eye}all"], 50),
        f"{eye}landmark_error_p90": quantile(tally.errors[f"{eye}all"], 90),
        f"{eye}shown_error_median": quantile(tally.errors[f"{eye}shown"], 50),
        f"{eye}hidden_error_median": quantile(tally.errors[f"{eye}hidden"], 50),
        f"{eye}joint_error_median": quantile(tally.errors[f"{eye}joints"], 50),
        f"{eye}hidden_joint_error_median": quantile(tally.errors[f"{eye}hidden_joints"], 50),
    }
