"""The practitioner's hands on the picture: left and right differ in colour, line, joint and letter."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.model import Floats, Hand, Image, PostureFinding, Presence
from trainer.screen.lines import dashes, dots, ring, strokes
from trainer.screen.text import CAP_HEIGHT, draw_text
from trainer.screen.theme import Theme

_PATHS = (
    (0, 1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (17, 18, 19, 20), (1, 5, 9, 13, 17, 0),
)  # fmt: skip
_TIPS = (4, 8, 12, 16, 20)
_FADE = 0.5
_JOINT_OF = {"thumb_hyperextended": 3, "wrist_bent": 0}


def draw_hand(
    image: Image, hand: Hand, points: Floats, near: NDArray[np.bool_], posture: tuple[PostureFinding, ...],
    letter: str, theme: Theme, unit: float,
) -> None:  # fmt: skip
    """Draw one hand in place, with the ``letter`` of its side; the rest as in ``draw_hand_lines``."""
    draw_hand_lines(image, hand, points, near, posture, theme, unit)
    if hand.presence is not Presence.UNKNOWN and np.isfinite(points).all(axis=1).any():
        _badge(image, hand, points, letter, theme, unit)


def draw_hand_lines(
    image: Image, hand: Hand, points: Floats, near: NDArray[np.bool_], posture: tuple[PostureFinding, ...],
    theme: Theme, unit: float,
) -> None:  # fmt: skip
    """Draw one hand in place; ``points`` (21, 2) are its landmarks on the canvas, ``near`` (21,) those over the foot.

    A measured hand has full lines (the right hand's with a dark core), a bridged one is dashed and faded, an unknown
    one isn't drawn.
    """
    known = np.isfinite(points).all(axis=1)
    if hand.presence is Presence.UNKNOWN or not known.any():
        return
    unit_of_lines = unit * _slimness(points, unit)
    if hand.presence is Presence.BRIDGED:
        _faded(image, hand, points, theme, unit_of_lines)
    else:
        _skeleton(image, hand.side, [points[list(p)] for p in _PATHS], points, near, theme, unit_of_lines)
        for finding in posture:
            joint = _JOINT_OF.get(finding.kind)
            if finding.hand == hand.side and joint is not None:
                ring(image, points[joint], theme.casing, 2.4 * unit, max(2, round(0.95 * unit)))
                ring(image, points[joint], theme.warn, 2.4 * unit, max(1, round(0.5 * unit)))


def _slimness(points: Floats, unit: float) -> float:
    """A small hand gets finer lines, so that they don't hide it: 0.6 to 1 by its extent."""
    extent = float(np.nanmax(np.nanmax(points, axis=0) - np.nanmin(points, axis=0)))
    return min(max(extent / (40 * unit), 0.6), 1.0)


def _skeleton(
    image: Image, side: str, paths: list[Floats], points: Floats, near: NDArray[np.bool_], theme: Theme, unit: float
) -> None:
    colour = theme.hand(side)
    thick = max(2, round(0.62 * unit))
    pens = [(theme.casing, thick + max(2, round(0.4 * unit))), (colour, thick)]
    if side == "right":
        pens.append((theme.casing, max(1, round(0.2 * unit))))
    strokes(image, paths, pens)
    square = side == "right"
    tips = np.zeros(21, dtype=bool)
    tips[list(_TIPS)] = True
    small = points[~tips]
    dots(image, small, theme.casing, 0.85 * unit, square)
    dots(image, small, colour, 0.6 * unit, square)
    dots(image, points[tips], theme.casing, 1.15 * unit, square)
    dots(image, points[tips], colour, 0.9 * unit, square)
    dots(image, points[tips & near], theme.ink, 0.5 * unit, square)


def _faded(image: Image, hand: Hand, points: Floats, theme: Theme, unit: float) -> None:
    reach = 3 * unit
    low = np.nanmin(points, axis=0) - reach
    high = np.nanmax(points, axis=0) + reach
    x0, y0 = (int(np.clip(v, 0, limit)) for v, limit in zip(low, image.shape[1::-1], strict=True))
    x1, y1 = (int(np.clip(np.ceil(v), 0, limit)) for v, limit in zip(high, image.shape[1::-1], strict=True))
    if x1 <= x0 or y1 <= y0:
        return
    ground = image[y0:y1, x0:x1]
    drawn = ground.copy()
    local = points - (x0, y0)
    pieces = [d for p in _PATHS for d in dashes(local[list(p)], 1.5 * unit, 1.1 * unit)]
    thick = max(2, round(0.5 * unit))
    strokes(drawn, pieces, ((theme.casing, thick + max(2, round(0.3 * unit))), (theme.hand(hand.side), thick)))
    ground[:] = _mix(drawn, ground)


def _mix(over: Image, under: Image) -> Image:
    return np.asarray(cv2.addWeighted(over, 1 - _FADE * 0.6, under, _FADE * 0.6, 0), np.uint8)


def _badge(image: Image, hand: Hand, points: Floats, letter: str, theme: Theme, unit: float) -> None:
    """The letter L or R beyond the wrist, away from the fingers, kept inside the picture."""
    known = points[np.isfinite(points).all(axis=1)]
    wrist = points[0] if np.isfinite(points[0]).all() else known.mean(axis=0)
    away = wrist - known.mean(axis=0)
    length = float(np.linalg.norm(away))
    place = wrist + (away / length if length > 1e-6 else np.array([0.0, 1.0])) * 3.6 * unit
    height, width = image.shape[:2]
    if not (0 <= wrist[0] < width and 0 <= wrist[1] < height):
        return
    radius = 2.3 * unit
    place = np.clip(place, radius + 2, (width - radius - 2, height - radius - 2))
    colour = theme.hand(hand.side)
    measured = hand.presence is Presence.MEASURED
    dots(image, place[None], theme.casing, radius + 0.35 * unit)
    if measured:
        dots(image, place[None], colour, radius)
    else:
        ring(image, place, colour, radius - 0.2 * unit, max(1, round(0.35 * unit)))
    size = max(1, round(theme.small * unit))
    draw_text(
        image, letter, place[0], place[1] + CAP_HEIGHT * size / 2, size,
        theme.casing if measured else colour, 700, "centre",
    )  # fmt: skip
