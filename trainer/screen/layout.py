"""Where things stand on a picture of a given size: fixed places, so that nothing jumps and nothing overlaps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

SMALLEST_HEIGHT = 480
"""Below this the overlay's text couldn't be read; smaller pictures are better enlarged before drawing."""


WINDOW_HEIGHT = 720
"""In a window, pictures are enlarged to this before drawing: the window would enlarge the text with them, coarsely."""


_STROKE, _LESSON, _SESSION = 34.0, 29.0, 57.5
_STROKE_COMPACT, _LESSON_COMPACT, _SESSION_COMPACT = 28.6, 10.6, 43.5
"""Heights of the panels in units, whole and without their lesser rows."""


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True)
class Layout:
    """All boxes of the overlay, and ``unit``: ``scale`` hundredths of the picture's height (¾ of its width if less).

    ``compact``: the panels' lesser rows have no room and are left out.
    """

    width: int
    height: int
    unit: float
    compact: bool
    stroke: Box
    lesson: Box
    session: Box
    cue: Box
    foot_chip: Box
    left_chip: Box
    right_chip: Box
    help_chip: Box

    def boxes(self) -> tuple[Box, ...]:
        return (
            self.stroke, self.lesson, self.session, self.cue, self.foot_chip, self.left_chip, self.right_chip,
            self.help_chip,
        )  # fmt: skip

    def size(self, units: float) -> int:
        """Pixels, at least 1."""
        return max(1, round(units * self.unit))


def canvas_size(width: int, height: int, smallest: int = SMALLEST_HEIGHT) -> tuple[int, int]:
    """The size to enlarge a small picture to before drawing on it: even numbers, same shape, text legible.

    ``smallest`` is the least height (or ¾ of the width, if that is less) of the result.
    """
    shorter = min(height, 0.75 * width)
    scale = max(1.0, smallest / shorter)
    if scale == 1.0:
        return width, height
    return 2 * round(width * scale / 2), 2 * round(height * scale / 2)


@lru_cache(maxsize=16)
def layout(width: int, height: int, scale: float = 1.0) -> Layout:
    """The layout of a picture of this size, larger or smaller by ``scale`` (the setting; up to 1.5).

    At least 133 x 100 units over the scale are there, whatever the picture's shape.
    """
    unit = scale * min(height, 0.75 * width) / 100
    across, down = width / unit, height / unit
    margin, gap, row, cue = 2.0, 1.4, 5.6, 13.0
    left_over = down - 2 * margin - row - cue - 2 * gap
    compact = left_over < _STROKE + gap + _LESSON
    stroke, lesson = (_STROKE_COMPACT, _LESSON_COMPACT) if compact else (_STROKE, _LESSON)
    session = min(left_over - row - gap, _SESSION_COMPACT if compact else _SESSION)

    def box(x: float, y: float, w: float, h: float) -> Box:
        x0, y0 = round(x * unit), round(y * unit)
        return Box(x0, y0, round((x + w) * unit) - x0, round((y + h) * unit) - y0)

    chip_y = down - margin - row
    cue_width = min(across - 2 * margin, 118.0)
    hand_chip = min(37.0, 0.28 * (across - 2 * margin - 2 * gap))
    left_x = across - margin - 2 * hand_chip - gap
    session_width = 28.0
    session_x = across - margin - session_width
    return Layout(
        width=width, height=height, unit=unit, compact=compact,
        stroke=box(margin, margin, 47.0, stroke),
        lesson=box(margin, margin + stroke + gap, 47.0, lesson),
        session=box(session_x, margin, session_width, session),
        cue=box((across - cue_width) / 2, chip_y - gap - cue, cue_width, cue),
        foot_chip=box(margin, chip_y, min(64.0, left_x - gap - margin), row),
        left_chip=box(left_x, chip_y, hand_chip, row),
        right_chip=box(left_x + hand_chip + gap, chip_y, hand_chip, row),
        help_chip=box(session_x, margin + session + gap, session_width, row),
    )  # fmt: skip
