"""Where a clip went wrong: stretches of frames with a fault, each with its worst frame and how bad it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainer.model import SIDES, VIEWS, Floats
from trainer.score import hand_metrics
from trainer.score.foot_tally import FootSight, TrueFoot, foot_errors
from trainer.score.hand_tally import Sight, TrueHands
from trainer.score.tally import Flags

Kind = Literal["missed hand", "phantom", "wrong side", "hand misplaced", "missed foot", "false foot", "foot misnamed",
               "foot misplaced"]  # fmt: skip
KEPT = 12
"""Of a clip's faults, so many of the worst."""
LASTING_S = 1.0
"""A fault that lasts so long is as bad as one can be."""
HAND_OFF, FOOT_OFF = 0.15, 0.08
"""Mean landmark errors, in sizes of the hand and lengths of the foot, from which on something is misplaced."""
_FACES = dict(zip(VIEWS, ("sole", "top", "inner side", "outer side"), strict=True))
_AGAIN = 0.85
"""What each further fault of a kind counts for, beside the one before it, where the worst are chosen."""


@dataclass(frozen=True, eq=False)
class Fault:
    """``weight`` in 0–1, how bad; ``index`` of its frame and ``time_s``; ``words``: a line for a person.

    ``where_px`` (N, 2) the landmarks that it is about; ``hands_px`` (2, 21, 2) and ``foot_px`` (14, 2) everything
    reported in the frame, NaN where nothing; all in the truth's pixels, of a picture of ``size`` (width, height)."""

    kind: Kind
    weight: float
    index: int
    time_s: float
    words: str
    where_px: Floats
    hands_px: Floats
    foot_px: Floats
    size: tuple[int, int]


def faults(
    hands: Sight, true_hands: TrueHands, foot: FootSight, true_foot: TrueFoot, time_s: Floats
) -> tuple[Fault, ...]:
    """The worst ``KEPT`` faults of one clip of T frames, the worst first."""
    seen = _Seen(hands, foot, true_hands.size, time_s)
    told = _hand_faults(seen, hands, true_hands) + _foot_faults(seen, foot, true_foot)
    return tuple(sorted(told, key=lambda f: -f.weight)[:KEPT])


def worst(clips: Mapping[str, tuple[Fault, ...]], count: int, of_one_clip: int = 2) -> list[tuple[str, Fault]]:
    """The worst faults of all clips as (clip, fault), at most some of each; the more of a kind there are already, the
    less the next of it counts."""
    left = [(name, fault) for name, told in clips.items() for fault in told]
    chosen: list[tuple[str, Fault]] = []
    clip_count, kind_count = Counter[str](), Counter[str]()
    while left and len(chosen) < count:
        best = max(left, key=lambda item: item[1].weight * _AGAIN ** kind_count[item[1].kind])
        chosen.append(best)
        clip_count[best[0]] += 1
        kind_count[best[1].kind] += 1
        # Two of one clip show two different things.
        left = [
            item for item in left
            if item is not best and clip_count[item[0]] < of_one_clip
            and not (item[0] == best[0] and item[1].kind == best[1].kind)
        ]  # fmt: skip
    return chosen


@dataclass(frozen=True, eq=False)
class _Seen:
    """What was reported in every frame, to make faults of."""

    hands: Sight
    foot: FootSight
    size: tuple[int, int]
    time_s: Floats

    def runs(self, bad: Flags, severity: Floats) -> list[tuple[int, float, float]]:
        """(worst frame, how long it lasts, weight) of each stretch of frames (T,) that are bad."""
        edges = np.flatnonzero(np.diff(np.concatenate([[0], bad.astype(np.int64), [0]])))
        frame_s = float(np.median(np.diff(self.time_s))) if len(self.time_s) > 1 else 0.0
        found = []
        for first, last in edges.reshape(-1, 2):
            lasting_s = (last - first) * frame_s
            strength = severity[first:last]
            # Of several that are equally bad the one in the middle is the least like what was right before.
            most = np.flatnonzero(strength >= strength.max() - 1e-9)
            weight = float(strength.max()) * (0.4 + 0.6 * min(lasting_s / LASTING_S, 1.0))
            found.append((int(first + most[len(most) // 2]), lasting_s, weight))
        return found

    def fault(self, kind: Kind, run: tuple[int, float, float], words: str, where_px: Floats) -> Fault:
        index, lasting_s, weight = run
        reported = (self.hands.measured | self.hands.bridged)[index]
        hands_px = np.where(reported[:, None, None], self.hands.px[index], np.nan)
        foot_px = self.foot.px[index] if self.foot.seen[index] else np.full((14, 2), np.nan)
        lasting = f", for {lasting_s:.1f} s" if lasting_s >= 0.15 else ""
        return Fault(
            kind, weight, index, float(self.time_s[index]), words + lasting, where_px, hands_px, foot_px, self.size
        )


def _hand_faults(seen: _Seen, hands: Sight, true: TrueHands) -> list[Fault]:
    wanted = hand_metrics.to_be_found(true.px, true.visible, true.size)
    matches = hand_metrics.match_hands(hands.px, hands.measured, true.px)
    either = hand_metrics.match_hands(hands.px, hands.measured | hands.bridged, true.px)
    found = hand_metrics.found(either)
    told: list[Fault] = []
    for k, side in enumerate(SIDES):
        for run in seen.runs(wanted[:, k] & ~found[:, k], true.visible[:, k]):
            words = f"{side} hand missed, {true.visible[run[0], k]:.0%} of it visible"
            told.append(seen.fault("missed hand", run, words, true.px[run[0], k]))
        phantom = hands.measured[:, k] & (matches.partner[:, k] < 0)
        for run in seen.runs(phantom, np.ones(len(phantom))):
            told.append(seen.fault("phantom", run, f"no hand here, called {side}", hands.px[run[0], k]))
        wrong = (matches.partner[:, k] >= 0) & (matches.partner[:, k] != hands.called[:, k])
        for run in seen.runs(wrong, np.full(len(wrong), 0.9)):
            other = SIDES[int(matches.partner[run[0], k])]
            told.append(seen.fault("wrong side", run, f"{other} hand called {side}", hands.px[run[0], k]))
        error = np.nan_to_num(matches.error[:, k])
        for run in seen.runs(error > HAND_OFF, np.minimum(0.8 * error / hand_metrics.MATCH_TOLERANCE, 1.0)):
            words = f"{side} hand off by {error[run[0]]:.0%} of its size"
            told.append(seen.fault("hand misplaced", run, words, hands.px[run[0], k]))
    return told


def _foot_faults(seen: _Seen, foot: FootSight, true: TrueFoot) -> list[Fault]:
    told: list[Fault] = []
    same = np.full(len(foot.seen), 0.9)
    for run in seen.runs(true.wanted & ~foot.seen, same):
        told.append(seen.fault("missed foot", run, f"{true.side} foot missed", true.px[run[0]]))
    for run in seen.runs(~true.inside.any(axis=1) & foot.seen, same + 0.1):
        told.append(seen.fault("false foot", run, "no foot here", foot.px[run[0]]))
    named: NDArray[np.bool_] = (foot.side == true.side) & (foot.view == true.view)
    for run in seen.runs(true.wanted & foot.seen & ~named, same - 0.1):
        called = f"called a {foot.side[run[0]]} foot's {_FACES.get(foot.view[run[0]], foot.view[run[0]])}"
        words = f"{true.side} foot's {_FACES[true.view]} {called}"
        told.append(seen.fault("foot misnamed", run, words, true.px[run[0]]))
    known = np.isfinite(errors := foot_errors(foot, true))
    mean = np.where(known, errors, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    for run in seen.runs(mean > FOOT_OFF, np.minimum(0.8 * mean / 0.2, 1.0)):
        words = f"foot off by {mean[run[0]]:.0%} of its length"
        told.append(seen.fault("foot misplaced", run, words, true.px[run[0]]))
    return told
