"""A scale with the band that is taught on it, and a needle where a value is known."""

from __future__ import annotations

from math import isfinite

import numpy as np

from trainer.model import Image
from trainer.screen.lines import strokes
from trainer.screen.sprite import lay, plate
from trainer.screen.theme import Theme


def draw_gauge(
    image: Image, value: float, span: tuple[float, float] | None, left: float, right: float, top: float, height: int,
    theme: Theme, unit: float,
) -> tuple[float, float]:  # fmt: skip
    """Draw it in place; NaN draws no needle, without a span there is but the empty scale. Gives the x of both ends of
    the band."""
    lay(image, plate(round(right - left), height, height // 2, theme.unworked, 1.0), round(left), round(top))
    if span is None:
        return left, right
    ends = gauge_ends(*span)
    low, high, at = (float(np.interp(v, ends, (left, right))) for v in (*span, value))
    lay(image, plate(max(round(high - low), 2), height, height // 2, theme.work, 0.85), round(low), round(top))
    if isfinite(value):
        at = min(max(at, left + 0.5 * unit), right - 0.5 * unit)
        needle = [np.array([[at, top - 0.8 * unit], [at, top + height + 0.7 * unit]])]
        strokes(image, needle, ((theme.casing, max(3, round(1.5 * unit))), (theme.ink, max(2, round(0.75 * unit)))))
    return low, high


def gauge_ends(low: float, high: float) -> tuple[float, float]:
    """The values at the gauge's ends: the preset takes about the middle half."""
    spare = 0.5 * (high - low)
    return max(0.0, low - max(spare, 0.3 * low)), high + max(spare, 0.3 * high)
