"""The learned recogniser: what the network says of every tick, made into labels, hands and stamped repetitions."""

from __future__ import annotations

from array import array
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np

from trainer.files import data_dir
from trainer.model import SIDES, Judgement, Side, Stroke, Touch
from trainer.strokes.beats import Beat, Beats
from trainer.strokes.belief import Belief, manner_of
from trainer.strokes.inputs import Inputs
from trainer.strokes.network import BEAT_S, F32, LATE_S, Output, StrokesNetwork, load_strokes_network
from trainer.strokes.observation import observe
from trainer.strokes.refine import refined_strokes
from trainer.strokes.techniques import REST
from trainer.strokes.ticks import LOST_S, TICKS_HZ, Ticks
from trainer.strokes.workers import Workers
from trainer.video.digest import sha256_of

MODEL = "strokes.npz"
_BACK_S = 2.0
"""So long before a technique was named, repetitions are taken to have been its own."""
_BLIND_S = 0.5
"""Without a foot for so long nothing is named."""
_TOGETHER = ("wringing", "ankle_rotation")
AT_ONCE_S = 0.12
"""Repetitions of both hands no further apart are one that they do together."""


def shipped_network() -> Path:
    """The network that comes with the program."""
    return data_dir() / "models" / MODEL


class LearnedRecogniser:
    """One object per session; not thread-safe. Raises ModelFileError when the network's file isn't sound."""

    name = "learned"

    def __init__(self, model: Path | None = None) -> None:
        path = model or shipped_network()
        self._network: StrokesNetwork = load_strokes_network(path)
        self._manner = manner_of(self._network.calibration)
        self.lag_s = self._manner.lag_s
        self._file, self._digest = path.name, sha256_of(path)
        self._last_s = -np.inf
        self._late_s, self._late = array("d"), array("f")
        self._forget()

    def _forget(self) -> None:
        self._network.reset()
        self._ticks, self._inputs = Ticks(), Inputs()
        self._belief = Belief(self._network.techniques, self._manner)
        self._beats = Beats(self._manner.gain, self._manner.beat)
        self._workers, self._working = Workers(self._manner.swing), np.zeros(2)
        self._hands: tuple[Side, ...] = ()
        self._waiting: list[Beat] = []
        self._stamped: deque[float] = deque(maxlen=16)
        self._last_side: Side = SIDES[0]
        self._owed: Side | None = None
        self._named: str | None = None
        self._begun_s = np.inf
        self._blind = 0
        self._recent: deque[tuple[float, F32]] = deque(maxlen=round(LATE_S * TICKS_HZ))

    @property
    def techniques(self) -> tuple[str, ...]:
        """What it can name."""
        return self._network.techniques

    @property
    def provenance(self) -> dict[str, Any]:
        """What this recogniser is and how it is set, for the scorecard."""
        return {
            "name": self.name, "model_file": self._file, "model_sha256": self._digest, **vars(self._manner),
        }  # fmt: skip

    def update(self, touch: Touch) -> Judgement:
        """The judgement at this instant. Touches come in order of time; one that doesn't is ignored."""
        if touch.time_s <= self._last_s:
            return self._judged(touch.time_s, ())
        if touch.time_s - self._last_s > LOST_S:
            self._forget()
        self._last_s = touch.time_s
        beats: list[tuple[float, Side]] = []
        for tick in self._ticks.feed(touch.time_s, *observe(touch)):
            told = self._network.update(self._inputs.update(tick, touch.foot))
            beats += self._think(tick.time_s, told, bool(np.isfinite(tick.foot[0])))
        return self._judged(touch.time_s, tuple(beats))

    def _judged(self, time_s: float, beats: tuple[tuple[float, Side], ...]) -> Judgement:
        return Judgement(time_s, self._belief.technique, self._belief.confidence, self._hands, beats)

    def refined(self) -> tuple[Stroke, ...]:
        """The strokes so far, looked back upon: names and bounds only."""
        names = self._network.techniques
        # Of the last moments there is no late opinion yet.
        after = [(t, odds) for t, odds in self._recent if not len(self._late_s) or t > self._late_s[-1] + 1e-6]
        times = np.array([*self._late_s, *(t for t, _ in after)])
        odds = np.array([*self._late, *(v for _, row in after for v in row.tolist())], float).reshape(-1, len(names))
        return tuple(refined_strokes(times, odds, names, self._manner.temperature))

    def _think(self, time_s: float, told: Output, foot_known: bool) -> list[tuple[float, Side]]:
        self._belief.update(told.technique)
        self._begun_s = min(self._begun_s, time_s)
        if time_s - LATE_S >= self._begun_s - 1e-6:
            self._late_s.append(time_s - LATE_S)
            self._late.extend(told.late.tolist())
        self._recent.append((time_s, told.technique))
        self._blind = 0 if foot_known else self._blind + 1
        if self._blind > _BLIND_S * TICKS_HZ:
            # Hands over nothing that is known tell nothing.
            self._belief.reset()
            self._waiting.clear()
        self._working = self._workers.update(told.working, told.phase)
        fresh = self._beats.update(time_s - BEAT_S, told.phase)
        self._waiting.extend(fresh)
        named, self._named = self._named, self._belief.technique
        self._hands = self._who()
        self._waiting = [beat for beat in self._waiting if beat.time_s >= time_s - _BACK_S - BEAT_S]
        if self._named is None or self._named == REST:
            return []
        if named is not None and named != REST and named != self._named:
            # What waited while the label was another's has been counted there.
            self._waiting = fresh
        out = []
        for beat in sorted(self._waiting, key=lambda b: b.time_s):
            if beat.side not in self._hands:
                continue
            if any(abs(beat.time_s - at) <= AT_ONCE_S for at in self._stamped):
                # Both did it: it counts once, and the next is the other's, so that neither seems to do it all.
                self._owed = SIDES[1 - SIDES.index(self._last_side)]
                continue
            self._last_side, self._owed = self._owed or beat.side, None
            self._stamped.append(beat.time_s)
            out.append((beat.time_s, self._last_side))
        self._waiting.clear()
        return out

    def _who(self) -> tuple[Side, ...]:
        if self._named is None or self._named == REST:
            return ()
        if self._named in _TOGETHER:
            return SIDES
        working = tuple(s for s, p in zip(SIDES, self._working, strict=True) if p >= self._manner.working)
        return working or (SIDES[int(np.argmax(self._working))],)
