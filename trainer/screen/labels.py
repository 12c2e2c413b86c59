"""Words beside things on a picture: each label finds a place where it covers as little as possible. Pure but for
``draw_label``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainer.model import Floats, Image
from trainer.screen.layout import Box
from trainer.screen.lines import lines
from trainer.screen.sprite import lay, plate
from trainer.screen.text import CAP_HEIGHT, draw_text, width_of
from trainer.screen.theme import Colour, Theme

_FAR = 0.25
"""What the type's size of distance costs, where a point covered costs 1."""


@dataclass(frozen=True, eq=False)
class Label:
    """``text`` of something whose points (N, 2) are on the picture, in its colour."""

    text: str
    points: Floats
    colour: Colour


@dataclass(frozen=True, eq=False)
class Placed:
    """A label and the box it has been given; ``size`` is the type's em height in pixels."""

    label: Label
    box: Box
    size: int


def place_labels(labels: Sequence[Label], covered: Floats, picture: tuple[int, int], size: int) -> list[Placed]:
    """Every label inside the picture (width, height), none over another while there is room, and over as few of the
    points ``covered`` (N, 2) as can be; close to its own thing."""
    placed: list[Placed] = []
    for label in labels:
        boxes = _candidates(label, picture, size)
        costs = [_cost(box, label, [p.box for p in placed], covered, size) for box in boxes]
        placed.append(Placed(label, boxes[int(np.argmin(costs))], size))
    return placed


def draw_label(image: Image, placed: Placed, theme: Theme) -> None:
    """A dark plate with a bar in the thing's colour and its words, and a thin line to the thing where it is apart."""
    box, size, label = placed.box, placed.size, placed.label
    thick = max(1, round(size / 9))
    end = _nearest(label.points, box)
    start = np.array([np.clip(end[0], box.x, box.right), np.clip(end[1], box.y, box.bottom)], float)
    if np.linalg.norm(end - start) > 0.6 * size:
        lines(image, [np.stack([start, end])], theme.casing, thick + max(2, thick))
        lines(image, [np.stack([start, end])], label.colour, thick)
    lay(image, plate(box.width, box.height, round(0.3 * size), theme.back, theme.back_alpha), box.x, box.y)
    bar = max(3, round(0.28 * size))
    inset = round(0.32 * size)
    lay(image, plate(bar, box.height - 2 * inset, bar // 2, label.colour, 1.0), box.x + inset, box.y + inset)
    baseline = box.y + (box.height + CAP_HEIGHT * size) / 2
    draw_text(image, label.text, box.x + 2 * inset + bar, baseline, size, theme.ink, theme.strong_weight)


def _candidates(label: Label, picture: tuple[int, int], size: int) -> list[Box]:
    """Boxes all around the thing, near and less near, and along the picture's edges; all inside the picture."""
    width = width_of(label.text, size, Theme.strong_weight) + round(0.32 * size) * 3 + max(3, round(0.28 * size))
    height = round(1.55 * size)
    low, high = label.points.min(axis=0), label.points.max(axis=0)
    low, high = np.clip(low, 0, picture), np.clip(high, 0, picture)
    middle = (low + high) / 2
    places = []
    for gap in (0.5 * size, 1.8 * size, 3.5 * size):
        xs = (low[0], middle[0] - width / 2, high[0] - width)
        ys = (low[1], middle[1] - height / 2, high[1] - height)
        places += [(x, y) for x in xs for y in (low[1] - gap - height, high[1] + gap)]
        places += [(x, y) for x in (low[0] - gap - width, high[0] + gap) for y in ys]
    across = np.linspace(0, picture[0] - width, 7)
    down = np.linspace(0, picture[1] - height, 9)
    places += [(float(x), float(y)) for x in across for y in down]
    edge = round(0.4 * size)
    limits = max(picture[0] - width - edge, 0), max(picture[1] - height - edge, 0)
    corner = [(min(max(x, edge), limits[0]), min(max(y, edge), limits[1])) for x, y in places]
    return [Box(round(x), round(y), width, height) for x, y in corner]


def _cost(box: Box, label: Label, others: Sequence[Box], covered: Floats, size: int) -> float:
    margin = 0.25 * size
    over = sum(_overlap(box, other, margin) for other in others) / (box.width * box.height)
    inside = _inside(covered, box, margin).sum()
    away = np.linalg.norm(_nearest(label.points, box) - (box.x + box.width / 2, box.y + box.height / 2))
    return float(1000.0 * over + inside + _FAR * away / size)


def _inside(points: Floats, box: Box, margin: float) -> Floats:
    x, y = points.T
    return np.asarray(
        (x > box.x - margin) & (x < box.right + margin) & (y > box.y - margin) & (y < box.bottom + margin), float
    )


def _overlap(a: Box, b: Box, margin: float) -> float:
    across = min(a.right, b.right) - max(a.x, b.x) + margin
    down = min(a.bottom, b.bottom) - max(a.y, b.y) + margin
    return max(across, 0.0) * max(down, 0.0)


def _nearest(points: Floats, box: Box) -> Floats:
    """The point of a thing that is nearest to a box's middle."""
    middle = np.array([box.x + box.width / 2, box.y + box.height / 2])
    nearest: Floats = points[np.linalg.norm(points - middle, axis=1).argmin()]
    return nearest
