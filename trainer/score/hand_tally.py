"""How well hands were seen, counted frame by frame, so that frames of any clips can be added up.

An *eye* is whoever reports hands: the program, or the yardstick beside it. A `HandLog` holds the counts of each frame
of one clip, a `Tally` their sums over any choice of frames; `figures` makes shares and rates of a tally.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.model import Floats
from trainer.score import hand_metrics as seen
from trainer.score.hand_metrics import Flags

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
class HandLog:
    """``counts``: name → (T,) count of each frame; ``errors``: name → (T, 2) landmark errors in hand sizes, NaN where
    there is none; ``frame_s``: how long a frame lasts."""

    counts: dict[str, Floats]
    errors: dict[str, Floats]
    frame_s: float

    def tally(self, chosen: Flags | None = None) -> Tally:
        """The sums over the frames ``chosen`` (T,), or over all."""
        at = slice(None) if chosen is None else chosen
        counts = {name: float(values[at].sum()) for name, values in self.counts.items()}
        errors = {name: values[at][np.isfinite(values[at])] for name, values in self.errors.items()}
        return Tally(counts["frames"] * self.frame_s, counts, errors)


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums over ``seconds`` of frames; ``errors``: name → (N,) every error."""

    seconds: float = 0.0
    counts: dict[str, float] = field(default_factory=dict)
    errors: dict[str, Floats] = field(default_factory=dict)


def total(tallies: Sequence[Tally]) -> Tally:
    """All tallies in one: each frame counts the same, whichever clip it comes from."""
    counts: dict[str, float] = {}
    errors: dict[str, list[Floats]] = {}
    for tally in tallies:
        for name, count in tally.counts.items():
            counts[name] = counts.get(name, 0.0) + count
        for name, values in tally.errors.items():
            errors.setdefault(name, []).append(values)
    return Tally(sum(t.seconds for t in tallies), counts, {name: np.concatenate(e) for name, e in errors.items()})


def log_hands(
    ours: Sight, stock: Sight | None, true_px: Floats, visible: Floats, size: tuple[int, int], frame_s: float
) -> HandLog:
    """What one clip of T frames comes to. ``true_px`` (T, 2, 21, 2), ``visible`` (T, 2), ``size`` of the picture."""
    wanted = seen.to_be_found(true_px, visible, size)
    counts: Counts = {
        "frames": np.ones(len(wanted)),
        "wanted": wanted.sum(axis=1),
        "both_wanted": np.asarray(wanted.all(axis=1)),
    }
    errors: dict[str, Floats] = {}
    found = _see(counts, errors, "", ours, true_px, wanted)
    either = seen.match_hands(ours.px, ours.measured | ours.bridged, true_px)
    carried = seen.match_hands(ours.px, ours.bridged, true_px)
    either_found = seen.found(either) & wanted
    counts["either_found"] = either_found.sum(axis=1)
    counts["bridged"] = ours.bridged.sum(axis=1)
    counts["bridged_phantoms"] = (ours.bridged & (either.partner < 0)).sum(axis=1)
    errors["bridged"] = carried.error
    if stock is not None:
        has = _see(counts, errors, "stock_", stock, true_px, wanted)
        counts["kept"] = (has & found).sum(axis=1)
        counts["either_kept"] = (has & either_found).sum(axis=1)
        counts["beyond"] = (found & ~has).sum(axis=1)
    return HandLog({name: np.asarray(values, float) for name, values in counts.items()}, errors, frame_s)


def _see(counts: Counts, errors: dict[str, Floats], eye: str, sight: Sight, true_px: Floats, wanted: Flags) -> Flags:
    """Counts what an eye has seen; returns which of the ``wanted`` hands (T, 2) it has found."""
    matches = seen.match_hands(sight.px, sight.measured, true_px)
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
    return found


def figures(tally: Tally) -> dict[str, float]:
    """Name → number of a tally (titles in `evaluate.METRICS` and `evaluate.YARDSTICK`); NaN: nothing to measure."""
    n = tally.counts
    results = {
        **_eye_figures(tally, ""),
        "hands_found_with_bridged": _share(n["either_found"], n["wanted"]),
        "phantom_bridged_per_min": _share(n["bridged_phantoms"], tally.seconds / 60),
        "bridged_error_median": seen.median_p90(tally.errors["bridged"])[0],
        "bridged_share": _share(n["bridged"], n["bridged"] + n["reported"]),
    }
    if "stock_found" in n:
        results |= _eye_figures(tally, "stock_")
        results["kept"] = _share(n["kept"], n["stock_found"])
        results["kept_with_bridged"] = _share(n["either_kept"], n["stock_found"])
        results["found_beyond"] = _share(n["beyond"], n["wanted"])
        results["visible_hand_frames"] = n["wanted"]
    return results


def _eye_figures(tally: Tally, eye: str) -> dict[str, float]:
    n = tally.counts
    median, p90 = seen.median_p90(tally.errors[f"{eye}all"])
    met = n["wanted"] > 0
    return {
        f"{eye}hands_found": _share(n[f"{eye}found"], n["wanted"]),
        f"{eye}hands_both_found": _share(n[f"{eye}both_found"], n["both_wanted"]),
        f"{eye}phantom_hands_per_min": _share(n[f"{eye}phantoms"], tally.seconds / 60),
        f"{eye}phantom_frames": _share(n[f"{eye}phantom_frames"], n["frames"]),
        f"{eye}side_right": _share(n[f"{eye}called_right"], n[f"{eye}matched"]),
        f"{eye}identity_swaps": n[f"{eye}swaps"] if met else math.nan,
        f"{eye}identity_swaps_per_10_min": _share(n[f"{eye}swaps"], tally.seconds / 600) if met else math.nan,
        f"{eye}landmark_error_median": median,
        f"{eye}landmark_error_p90": p90,
        f"{eye}shown_error_median": seen.median_p90(tally.errors[f"{eye}shown"])[0],
        f"{eye}hidden_error_median": seen.median_p90(tally.errors[f"{eye}hidden"])[0],
    }


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.nan
