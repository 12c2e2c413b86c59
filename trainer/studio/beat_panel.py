"""The panel beside a demonstration: the technique's name, what the hands do, the tempo, and a beat that can be seen."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import cv2
import numpy as np

from trainer.screen.text import draw_text, wrapped
from trainer.screen.theme import Colour, Theme
from trainer.strokes.techniques import Technique

_THEME = Theme()
_SHIFT = 4  # cv2 draws circles with this many bits below a pixel
_FLASH_S = 0.22


class BeatPanel:
    """Draws the panel at any time of the film. instants (N,) seconds: the cycles; rate: cycles a minute."""

    def __init__(
        self, technique: Technique, width: int, height: int, instants: Sequence[float] | np.ndarray, rate: float
    ) -> None:
        self._instants = [float(t) for t in instants]
        self._unit = min(height / 100, width / 54)
        self._base = np.full((height, width, 3), _THEME.back, np.uint8)
        self._write(technique, rate)
        size = self._unit
        self._centre = (width / 2, height - 15.5 * size)
        self._radius = 8.8 * size
        cv2.line(self._base, (0, 0), (0, height), _THEME.unworked, 1)

    def at(self, time_s: float) -> np.ndarray:
        """(height, width, 3) uint8 BGR."""
        image = self._base.copy()
        done = bisect_right(self._instants, time_s)
        flash = float(np.exp(-(time_s - self._instants[done - 1]) / _FLASH_S)) if done else 0.0
        unit = self._unit
        self._disc(image, self._radius + 1.5 * unit, _THEME.unworked, 0.8 * unit)
        share = self._share(time_s, done)
        if share is not None:
            # The ring closes at the next beat, so that slow strokes can be joined too.
            self._arc(image, self._radius + 1.5 * unit, share, _THEME.work, 0.8 * unit)
        fill = tuple(round(a + flash * (b - a)) for a, b in zip(_THEME.unworked, _THEME.work, strict=True))
        self._disc(image, self._radius * (0.72 + 0.28 * flash), fill)
        if done:
            x, y = self._centre
            ink = _THEME.back if flash > 0.45 else _THEME.ink
            draw_text(image, str(done), x, y + 2.2 * unit, round(6 * unit), ink, _THEME.strong_weight, "centre")
        return image

    def _share(self, time_s: float, done: int) -> float | None:
        """How much of the way from the last beat to the next is gone; None before the first and after the last."""
        if not 0 < done < len(self._instants):
            return None
        last, following = self._instants[done - 1], self._instants[done]
        return (time_s - last) / (following - last)

    def _write(self, technique: Technique, rate: float) -> None:
        unit, image = self._unit, self._base
        left, room = 4 * unit, image.shape[1] - 8 * unit
        y = 4.5 * unit
        for size, weight, colour, text, lines in (
            (5.8, _THEME.strong_weight, _THEME.ink, technique.name, 2),
            (4.0, _THEME.regular_weight, _THEME.soft, technique.how, 6),
            (3.3, _THEME.regular_weight, _THEME.faint, f"Touch with: {technique.contact}.", 3),
            (3.3, _THEME.regular_weight, _THEME.faint, f"One beat: {technique.cycle}.", 2),
        ):
            for row in wrapped(text, round(size * unit), weight, room, lines):
                y += 1.3 * size * unit
                draw_text(image, row, left, y, round(size * unit), colour, weight)
            y += 1.6 * unit
        y = image.shape[0] - 31 * unit
        told = f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}"
        wide = draw_text(image, told, left, y, round(7.6 * unit), _THEME.work, _THEME.strong_weight)
        draw_text(image, "a minute", left + wide + 1.5 * unit, y, round(3.6 * unit), _THEME.soft)

    def _disc(
        self, image: np.ndarray, radius: float, colour: Colour | tuple[int, ...], line: float | None = None
    ) -> None:
        thickness = -1 if line is None else max(1, round(line))
        cv2.circle(image, self._fixed(*self._centre), round(radius * 2**_SHIFT), colour, thickness, cv2.LINE_AA, _SHIFT)

    def _arc(self, image: np.ndarray, radius: float, share: float, colour: Colour, line: float) -> None:
        axes = (round(radius * 2**_SHIFT),) * 2
        centre, thickness = self._fixed(*self._centre), max(1, round(line))
        cv2.ellipse(image, centre, axes, -90, 0, 360 * share, colour, thickness, cv2.LINE_AA, _SHIFT)

    def _fixed(self, x: float, y: float) -> tuple[int, int]:
        return round(x * 2**_SHIFT), round(y * 2**_SHIFT)
