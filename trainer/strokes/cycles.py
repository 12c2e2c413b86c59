from __future__ import annotations
from trainer.model import Side
from trainer.strokes.window import Grid


class CycleFinder:
    def update(
        self, grid: Grid, technique: str | None, hands: tuple[Side, ...], length_mm: float
    ) -> tuple[tuple[float, Side], ...]:
        return ()
