"""Stretches of time in which something held, built up instant by instant."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

What = TypeVar("What", bound=Hashable)


class SpanBuilder(Generic[What]):
    """Collects (start_s, end_s, what) spans. An instant's state holds since the instant before it."""

    def __init__(self) -> None:
        self._spans: list[tuple[float, float, What]] = []

    def update(self, start_s: float, end_s: float, what: What | None) -> None:
        """From ``start_s`` to ``end_s`` the state was ``what``; None means nothing worth a span."""
        if what is None or end_s <= start_s:
            return
        if self._spans and self._spans[-1][1:] == (start_s, what):
            self._spans[-1] = (self._spans[-1][0], end_s, what)
        else:
            self._spans.append((start_s, end_s, what))

    def spans(self) -> tuple[tuple[float, float, What], ...]:
        return tuple(self._spans)

    def total_s(self) -> float:
        """Seconds covered by all spans."""
        return float(sum(end - start for start, end, _ in self._spans))
