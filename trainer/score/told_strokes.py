"""Strokes that somebody tells, as a recogniser: what the stages after it come to when every name is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trainer.model import Judgement, Side, Touch
from trainer.score.truth import TrueSegment
from trainer.strokes.techniques import REST


class ToldStrokes:
    """Names what the segments name, ``rest`` between them, with full confidence and at once."""

    name = "told"
    lag_s = 0.0

    def __init__(self, segments: Sequence[TrueSegment]) -> None:
        self._segments = tuple(segments)
        self._until_s = -1.0

    @property
    def techniques(self) -> tuple[str, ...]:
        return ()

    @property
    def provenance(self) -> dict[str, Any]:
        return {"name": self.name, "segments": len(self._segments)}

    def refined(self) -> None:
        return None

    def update(self, touch: Touch) -> Judgement:
        """The judgement at this instant."""
        now, before = touch.time_s, self._until_s
        self._until_s = now
        cycles: list[tuple[float, Side]] = [
            # Whose each was isn't told: hands that work together are taken to take turns.
            (time_s, s.hands[k % len(s.hands)]) for s in self._segments if s.hands
            for k, time_s in enumerate(s.cycles_s) if before < time_s <= now
        ]  # fmt: skip
        segment = next((s for s in self._segments if s.start_s <= now < s.end_s), None)
        if segment is None:
            return Judgement(now, REST, 1.0, (), tuple(cycles))
        return Judgement(now, segment.technique, 1.0, segment.hands, tuple(cycles))
