"""Many small pictures on one page, each with what went wrong in it and a line that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from trainer.look.seen import Seen, SeenFoot, SeenHand
from trainer.model import SIDES, Floats, Image
from trainer.score.faults import Fault
from trainer.screen.lines import dashes, lines
from trainer.screen.look_layer import draw_seen
from trainer.screen.place import Place
from trainer.screen.text import draw_text, fitted, width_of
from trainer.screen.theme import Colour, Theme

WIDTH, COLUMNS = 1600, 4
_MARGIN, _GAP = 28, 18
_TILE = (WIDTH - 2 * _MARGIN - (COLUMNS - 1) * _GAP) // COLUMNS
_TALLEST = round(0.75 * _TILE)
_CAPTION, _HEAD = 52, 92
_TYPE, _SMALL, _TITLE = 16, 14, 26
_UNIT = 3.6
"""Pixels that lines are reckoned from, on a tile: a little bolder than on a picture of its own."""


@dataclass(frozen=True, eq=False)
class Tile:
    """A frame (H, W, 3) of a clip, and the fault in it."""

    clip: str
    image: Image
    fault: Fault


def contact_sheet(tiles: Sequence[Tile], title: str, theme: Theme | None = None) -> Image:
    """The page, ``WIDTH`` wide: a title, what the colours mean, and the tiles in their order."""
    theme = theme or Theme()
    rows = max(1, -(-len(tiles) // COLUMNS))
    room = max((_size(tile.image)[1] for tile in tiles), default=_TALLEST)
    row = room + _CAPTION + _GAP
    height = _HEAD + rows * row + _MARGIN - _GAP
    page = np.full((height, WIDTH, 3), theme.back, np.uint8)
    draw_text(page, title, _MARGIN, 46, _TITLE, theme.ink, theme.strong_weight)
    _draw_legend(page, 74, theme)
    for k, tile in enumerate(tiles):
        x = _MARGIN + k % COLUMNS * (_TILE + _GAP)
        _draw_tile(page, tile, x, _HEAD + k // COLUMNS * row, room, theme)
    return page


def _draw_legend(page: Image, baseline: int, theme: Theme) -> None:
    entries: list[tuple[Colour, str]] = [
        (theme.left, "reported as a left hand"), (theme.right, "as a right hand"), (theme.work, "as the worked foot"),
        (theme.warn, "dashed: what is wrong"),
    ]  # fmt: skip
    x = float(_MARGIN)
    for colour, text in entries:
        cv2.rectangle(page, (round(x), baseline - 10), (round(x) + 18, baseline - 3), colour, -1)
        draw_text(page, text, x + 26, baseline, _SMALL, theme.soft)
        x += 26 + width_of(text, _SMALL) + 28


def _size(image: Image) -> tuple[int, int]:
    """(width, height) of a frame on its tile."""
    height, width = image.shape[:2]
    scale = min(_TILE / width, _TALLEST / height)
    return max(1, round(scale * width)), max(1, round(scale * height))


def _draw_tile(page: Image, tile: Tile, x: int, y: int, room: int, theme: Theme) -> None:
    """One tile from (x, y) on, its picture in the middle of ``room`` pixels of height."""
    fault, size = tile.fault, _size(tile.image)
    picture = np.asarray(cv2.resize(tile.image, size, interpolation=cv2.INTER_AREA), np.uint8)
    place = Place(fault.size, size)
    draw_seen(picture, _seen(fault), place, theme, _UNIT)
    _mark(picture, place.to_canvas(fault.where_px), theme)
    left, top = x + (_TILE - size[0]) // 2, y + (room - size[1]) // 2
    page[top : top + size[1], left : left + size[0]] = picture
    words = fault.words[0].upper() + fault.words[1:]
    text, type_size = fitted(words, _TYPE, theme.strong_weight, _TILE, 13)
    draw_text(page, text, x, y + room + 21, type_size, theme.ink, theme.strong_weight)
    clip, small = fitted(f"{tile.clip}, {fault.time_s:.2f} s", _SMALL, 400, _TILE, 12)
    draw_text(page, clip, x, y + room + 41, small, theme.faint)


def _mark(picture: Image, points: Floats, theme: Theme) -> None:
    """A dashed box around what the fault is about, kept inside the picture."""
    known = points[np.isfinite(points).all(axis=1)]
    if not len(known):
        return
    limits = np.array(picture.shape[1::-1], float) - 4
    low = np.clip(known.min(axis=0) - 10, 3, limits)
    high = np.clip(known.max(axis=0) + 10, 3, limits)
    box = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
    pieces = dashes(box, 9, 6, closed=True)
    lines(picture, pieces, theme.casing, 5)
    lines(picture, pieces, theme.warn, 2)


def _seen(fault: Fault) -> Seen:
    hands = tuple(
        SeenHand(side, np.nan, np.nan, fault.hands_px[k])
        for k, side in enumerate(SIDES)
        if np.isfinite(fault.hands_px[k]).any()
    )
    if not np.isfinite(fault.foot_px).any():
        return Seen(hands)
    foot = SeenFoot("left", "plantar", np.nan, np.nan, np.nan, True, fault.foot_px, np.ones(14))
    return Seen(hands, (foot,))
