"""Finding the foot in a frame without being told where it is."""

from __future__ import annotations

from dataclasses import dataclass

from trainer.model import Floats, Frame, Hands, Side, View


@dataclass(frozen=True, eq=False)
class Proposal:
    """A foot as it was found: ``landmarks_px`` (14, 2), NaN where the view doesn't show them; ``confidence`` 0–1."""

    landmarks_px: Floats
    side: Side
    view: View
    confidence: float


class FootFinder:
    """Proposals from several frames."""

    def __init__(self, side: Side | None, view: View | None) -> None:
        self._side, self._view = side, view

    def update(self, frame: Frame, hands: Hands, margin: float) -> Proposal | None:
        return None
