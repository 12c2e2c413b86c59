"""UTF-8 text on pictures, in OpenCV's built-in sans face (the same on every machine; its digits have one width)."""

from __future__ import annotations

import re
from functools import lru_cache
from threading import Lock
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.model import Image
from trainer.screen.sprite import Sprite, lay, tinted
from trainer.screen.theme import Colour

Align = Literal["left", "centre", "right"]

CAP_HEIGHT = 0.75
"""Height of a capital letter as a share of the size."""
_ABOVE, _BELOW = 1.0, 0.3
_ELLIPSIS = "…"
_lock = Lock()
_faces: dict[str, Any] = {}


def width_of(text: str, size: int, weight: int = 400) -> int:
    """Width in pixels that the text takes at ``size`` (em height in pixels)."""
    return _measured(_clean(text), size, weight)


def draw_text(
    image: Image, text: str, x: float, baseline: float, size: int, colour: Colour, weight: int = 400,
    align: Align = "left",
) -> int:  # fmt: skip
    """Write one line onto ``image`` in place; x is its left end, middle or right end. Returns its width in pixels."""
    text = _clean(text)
    if not text:
        return 0
    width = _measured(text, size, weight)
    left = x - {"left": 0.0, "centre": width / 2, "right": float(width)}[align]
    lay(image, _sprite(text, size, weight, colour), round(left) - 1, round(baseline) - round(_ABOVE * size))
    return width


def fitted(text: str, size: int, weight: int, room: float, smallest: int | None = None) -> tuple[str, int]:
    """Text and size that fit into ``room`` pixels: first it gets smaller (to ``smallest``), then shorter."""
    text = _clean(text)
    smallest = size if smallest is None else min(smallest, size)
    for s in range(size, smallest - 1, -1):
        if _measured(text, s, weight) <= room:
            return text, s
    return _shortened(text, smallest, weight, room), smallest


def wrapped(text: str, size: int, weight: int, room: float, lines: int) -> list[str]:
    """The text in at most ``lines`` lines of about one length, broken at blanks; an overlong rest ends in "…"."""
    # A number stays with its per cent.
    words = re.split(r"\s+(?!%)", _clean(text).strip())
    rows = _greedy(words, size, weight, room)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], " ".join(rows[lines - 1 :])]
    elif len(rows) > 1:
        # Balance: the narrowest measure that needs no more lines reads calmer than a full line and an orphan.
        low, high = room / 2, room
        while high - low > size / 2:
            middle = (low + high) / 2
            if len(_greedy(words, size, weight, middle)) <= len(rows):
                high = middle
            else:
                low = middle
        rows = _greedy(words, size, weight, high)
    return [_shortened(row, size, weight, room) for row in rows]


def _greedy(words: list[str], size: int, weight: int, room: float) -> list[str]:
    rows: list[str] = []
    for word in words:
        if rows and _measured(f"{rows[-1]} {word}", size, weight) <= room:
            rows[-1] = f"{rows[-1]} {word}"
        else:
            rows.append(word)
    return rows


def _shortened(text: str, size: int, weight: int, room: float) -> str:
    if _measured(text, size, weight) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if _measured(text[:middle].rstrip() + _ELLIPSIS, size, weight) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + _ELLIPSIS


def _clean(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split()) if not text.isprintable() else text


def _face() -> Any:
    # One face for all threads: FontFace keeps glyph caches inside and promises nothing about sharing.
    if "sans" not in _faces:
        _faces["sans"] = cv2.FontFace("sans")
    return _faces["sans"]


@lru_cache(maxsize=2048)
def _measured(text: str, size: int, weight: int) -> int:
    if not text:
        return 0
    with _lock:
        box = cv2.getTextSize((100_000, 4 * size), text, (0, 2 * size), _face(), size, weight)
    return int(box[0] + box[2])


@lru_cache(maxsize=1024)
def _mask(text: str, size: int, weight: int) -> NDArray[np.uint8]:
    above, below = round(_ABOVE * size), round(_BELOW * size)
    canvas = np.zeros((above + below, _measured(text, size, weight) + 2 + size // 4, 3), np.uint8)
    with _lock:
        cv2.putText(canvas, text, (1, above), (255, 255, 255), _face(), size, weight, wrap=(0, 100_000))
    return np.ascontiguousarray(canvas[:, :, 0])


@lru_cache(maxsize=1024)
def _sprite(text: str, size: int, weight: int, colour: Colour) -> Sprite:
    return tinted(_mask(text, size, weight), colour)
