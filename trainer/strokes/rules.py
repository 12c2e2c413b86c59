"""The first recogniser: soft rules on motion features, remembered over time by a small filter.

Ten times a second of presentation time the last seconds of touch are turned into features, the features into a score
per technique, and the scores into beliefs by a forward filter over "which technique is going on" (it may change, but
seldom does). The belief "none of these" is always in the race, so that poor fits end as *not sure*. Between these
instants the judgement stands. Everything depends on what has been seen up to now only.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Any

import numpy as np

from trainer.model import Floats, Foot, Judgement, Side, Touch
from trainer.strokes.cycles import CycleFinder
from trainer.strokes.evidence import ACTIVE, Evidence, View, weigh
from trainer.strokes.features import (
    HandFeatures,
    PairFeatures,
    Path,
    hand_features,
    pair_features,
    reach,
    tips_path,
)
from trainer.strokes.segments import LAG_S
from trainer.strokes.window import RATE_HZ, Grid, Window, settled

TICK_S = 0.1
SHORT_S = 1.8
LONG_S = 4.0
GLIDE_S = 2.5
MEMORY_S = 7.0
THIN = 3
MOVED_S = 1.1
CHANGES_AFTER_MOVE = 10.0
BOTH_USUAL = ("kneading", "tapotement", "effleurage", "wringing", "ankle_rotation")

_STATES = (*ACTIVE, "rest", "unsure")
_UNSURE = len(_STATES) - 1


class RuleRecogniser:
    """Soft rules over all techniques. One object per session; not thread-safe.

    ``sharpness`` how strongly one second of evidence counts; ``changes_per_s`` how often practitioners are expected
    to change what they do; ``sure`` the belief needed to name a technique, ``keep`` the belief below which it is
    dropped.
    """

    name = "rules"
    lag_s = LAG_S
    knows_hands = False

    def __init__(
        self, *, sharpness: float = 7.0, changes_per_s: float = 0.12, sure: float = 0.6, keep: float = 0.15
    ) -> None:
        self._settings = {"sharpness": sharpness, "changes_per_s": changes_per_s, "sure": sure, "keep": keep}
        self._sharpness, self._changes, self._sure, self._keep = sharpness, changes_per_s, sure, keep
        self._window = Window(MEMORY_S)
        self._belief = np.full(len(_STATES), 1.0 / len(_STATES))
        self._tick = -1
        self._last_s = -np.inf
        self._technique: str | None = None
        self._hands: tuple[Side, ...] = ()
        self._votes = np.zeros((len(_STATES), 2))
        self._confidence = 0.0
        self._cycles = CycleFinder()
        self._there_s = (np.inf, np.inf)
        self._slow: _Slow | None = None
        self._slow_age = 0
        self._one_unseen = False
        self.evidence: Evidence | None = None

    @property
    def provenance(self) -> dict[str, Any]:
        """What this recogniser is and how it is set, for the scorecard."""
        return {"name": self.name, "tick_s": TICK_S, "window_s": [SHORT_S, LONG_S], **self._settings}

    def update(self, touch: Touch) -> Judgement:
        """The judgement at this instant. Touches come in order of time; one that doesn't is ignored."""
        if touch.time_s <= self._last_s:
            return Judgement(touch.time_s, self._technique, self._confidence, self._hands)
        self._last_s = touch.time_s
        self._window.add(touch)
        tick = floor(touch.time_s / TICK_S + 1e-6)
        new: tuple[tuple[float, Side], ...] = ()
        if tick != self._tick:
            steps = min(tick - self._tick, 10) if self._tick >= 0 else 1
            self._tick = tick
            grid = self._window.grid(touch.time_s)
            self._think(grid, touch.foot, steps * TICK_S)
            new = self._cycles.update(grid, self._technique, self._hands, self._there_s)
        return Judgement(touch.time_s, self._technique, self._confidence, self._hands, new)

    def _think(self, grid: Grid, foot: Foot, seconds: float) -> None:
        (one, age), (other, other_age) = (settled(h) for h in grid.hands)
        long = Grid(grid.time_s, (one, other), grid.foot_mm).last(LONG_S)
        short = long.last(SHORT_S)
        left, right = (hand_features(h) for h in short.hands)
        if self._slow is None or self._slow_age >= 1:
            self._slow, self._slow_age = _slow_view(long), -1
        self._slow_age += 1
        glides = tuple(reach(h) for h in grid.last(GLIDE_S).hands)
        slow = self._slow
        view = View(
            (left, right),
            slow.hands,
            pair_features(short),
            slow.pair,
            (glides[0], glides[1]),
            slow.tips,
            foot.length_mm,
            foot.view == "plantar",
        )
        self.evidence = weigh(view)
        self._one_unseen = min(left.seen, right.seen) < 0.15
        self._there_s = age, other_age
        moved = min(self._there_s) < MOVED_S
        self._belief = self._filtered(_likelihood(self.evidence), seconds, moved)
        self._decide(seconds)

    def _filtered(self, scores: Floats, seconds: float, moved: bool) -> Floats:
        # A hand that has just come to another place has probably come to do another thing.
        changes = self._changes * (CHANGES_AFTER_MOVE if moved else 1.0)
        move = min(0.5, changes * seconds)
        prior = self._belief * (1 - move) + move / len(_STATES)
        belief = prior * scores ** (self._sharpness * seconds)
        return np.asarray(belief / belief.sum())

    def _decide(self, seconds: float) -> None:
        assert self.evidence is not None
        self._technique = self._named()
        fade = 0.5 ** (seconds / 0.7)
        self._votes *= fade
        for name, sides in self.evidence.hands.items():
            for side in sides:
                self._votes[_STATES.index(name), 0 if side == "left" else 1] += 1 - fade
        self._hands = self._workers(self._technique)
        seen = 0.4 + 0.6 * min(1.0, self.evidence.seen / 0.8)
        if self._technique is None:
            self._confidence = float(self._belief[:_UNSURE].max()) * seen
        else:
            self._confidence = float(self._belief[_STATES.index(self._technique)]) * seen

    def _named(self) -> str | None:
        """A technique is named when it is believed clearly, and kept until another one is or hardly any belief is
        left: labels that flicker teach nothing."""
        best = int(np.argmax(self._belief))
        if best != _UNSURE and self._belief[best] >= self._sure:
            return _STATES[best]
        if self._technique is not None and self._belief[_STATES.index(self._technique)] >= self._keep:
            return self._technique
        return None

    def _workers(self, technique: str | None) -> tuple[Side, ...]:
        if technique is None or technique == "rest":
            return ()
        if technique == "kneading" and self._one_unseen:
            # Thumbs usually knead in turn: a hand that can't be seen is taken to take part, one at rest is not.
            return ("left", "right")
        left, right = self._votes[_STATES.index(technique)]
        most = max(left, right)
        if most <= 0:
            return self._hands
        both: list[Side] = []
        # Work of one hand is not shared by one that happens to move a little alike.
        share = 0.4 if technique in BOTH_USUAL else 0.75
        if left >= share * most:
            both.append("left")
        if right >= share * most:
            both.append("right")
        return tuple(both)


@dataclass(frozen=True)
class _Slow:
    """Features of the long window, which change little from one tick to the next."""

    hands: tuple[HandFeatures, HandFeatures]
    pair: PairFeatures
    tips: tuple[Path, Path]


def _slow_view(long: Grid) -> _Slow:
    left, right = (tips_path(h) for h in long.hands)
    # What is slow needs fewer samples.
    thin, step_s = long.thinned(THIN), THIN / RATE_HZ
    one, other = (hand_features(h, step_s) for h in thin.hands)
    return _Slow((one, other), pair_features(thin, step_s), (left, right))


def _likelihood(evidence: Evidence) -> Floats:
    """Scores in the order of the states. What is hardly seen says hardly anything: all move towards equal."""
    scores = np.array([evidence.scores[name] for name in _STATES[:-1]] + [0.12])
    scores = np.clip(scores, 0.02, 1.0)
    trust = min(1.0, evidence.seen / 0.5)
    return np.asarray(scores ** (0.3 + 0.7 * trust))
