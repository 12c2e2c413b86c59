"""A confusion matrix as a picture: which technique was taken for which."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from trainer.model import Floats, Image
from trainer.screen.text import draw_text, fitted, width_of
from trainer.screen.theme import Colour

_CELL, _TEXT, _TITLE = 64, 19, 26
_EDGE = 28
_INK: Colour = (32, 32, 32)
_FAINT: Colour = (120, 120, 120)
_PAPER: Colour = (255, 255, 255)
_DEEP = np.array((110, 60, 8), float)
"""BGR of a full cell; paler with less. One hue, so that only lightness tells: safe for colour-blind eyes."""


def confusion_picture(counts: Floats, rows: Sequence[str], columns: Sequence[str], title: str, note: str = "") -> Image:
    """(H, W, 3): counts (R, C) of what was true (rows) by what was said (columns), as shares of each row."""
    left = _EDGE + max(width_of(name, _TEXT) for name in rows) + 18 + 90
    head = max(width_of(name, _TEXT) for name in columns) + 24
    top = _EDGE + 2 * _TITLE + 16 + head
    width, height = left + _CELL * len(columns) + _EDGE, top + _CELL * len(rows) + _EDGE + 30
    image: Image = np.full((height, width, 3), _PAPER, np.uint8)
    shown, size = fitted(title, _TITLE, 600, width - 2 * _EDGE)
    draw_text(image, shown, _EDGE, _EDGE + _TITLE, size, _INK, 600)
    draw_text(image, note, _EDGE, _EDGE + 2 * _TITLE + 4, _TEXT, _FAINT)
    total = counts.sum(axis=1)
    for j, name in enumerate(columns):
        _upright(image, name, left + _CELL * j + _CELL // 2, top - 12)
    for i, name in enumerate(rows):
        y = top + _CELL * i
        draw_text(image, name, _EDGE, y + _CELL / 2 + 6, _TEXT, _INK)
        draw_text(image, f"{total[i]:,.0f}", left - 12, y + _CELL / 2 + 6, _TEXT - 3, _FAINT, align="right")
        for j in range(len(columns)):
            share = counts[i, j] / total[i] if total[i] else 0.0
            _cell(image, left + _CELL * j, y, float(share))
    draw_text(image, "rows: what was true (frames)   columns: what was said, % of the row", _EDGE, height - _EDGE + 6,
              _TEXT - 3, _FAINT)  # fmt: skip
    return image


def _cell(image: Image, x: int, y: int, share: float) -> None:
    colour = 250 + (_DEEP - 250) * share**0.7
    cv2.rectangle(image, (x + 1, y + 1), (x + _CELL - 2, y + _CELL - 2), [float(c) for c in colour], -1)
    if share >= 0.005:
        ink: Colour = _PAPER if share > 0.35 else _INK
        draw_text(image, f"{100 * share:.0f}", x + _CELL / 2, y + _CELL / 2 + 7, _TEXT, ink, align="centre")


def _upright(image: Image, text: str, x: int, bottom: int) -> None:
    """Text that runs upwards, ending above (x, bottom)."""
    strip: Image = np.full((_TEXT + 10, width_of(text, _TEXT) + 6, 3), _PAPER, np.uint8)
    draw_text(strip, text, 2, _TEXT + 1, _TEXT, _INK)
    turned = cv2.rotate(strip, cv2.ROTATE_90_COUNTERCLOCKWISE)
    h, w = turned.shape[:2]
    image[bottom - h : bottom, x - w // 2 : x - w // 2 + w] = turned
