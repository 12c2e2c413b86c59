"""Lines and names on the foot's skin: the zones' borders, the layer of reflexology teaching, the zone that is next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.foot import atlas, reflex
from trainer.foot.skin import OnMap, Skin, on_map
from trainer.model import FACES, Floats, Image, View
from trainer.screen.hud import Lines
from trainer.screen.lines import dashes, lines, strokes
from trainer.screen.place import Place
from trainer.screen.sprite import lay, plate
from trainer.screen.text import CAP_HEIGHT, draw_text, width_of
from trainer.screen.theme import Theme
from trainer.words.words import Words

_DENSE = 0.03
"""Points so far apart, in foot lengths, follow the skin."""
_SHOWN = 0.5
"""A zone or line of which less faces the camera isn't named."""


def draw_lines(image: Image, skin: Skin, place: Place, theme: Theme, unit: float, chosen: Lines) -> None:
    """The chosen lines in place, where the skin faces the camera."""
    if chosen == "zones":
        lines(image, _shown(_zone_borders(), skin, place), theme.foot, max(1, round(0.16 * unit)))
    elif chosen == "reflex":
        # A dark casing: these lines carry names and must show on any skin.
        paths = [path for group in (_reflex_zones(), _guides()) for path in _shown(group, skin, place)]
        strokes(image, paths, ((theme.casing, max(1, round(0.7 * unit))), (theme.foot, max(1, round(0.36 * unit)))))


def draw_names(image: Image, skin: Skin, place: Place, theme: Theme, unit: float, open_view: OpenView) -> None:
    """The names of the layer of reflexology teaching, where ``open_view`` says that no hand is: 1 to 5 in the row that
    shows most of them, and each guide line's at its lateral end or else at its medial one."""
    px, facing = skin.placed(_numbers())
    at = place.to_canvas(px)
    shows = (facing & open_view(at)).reshape(-1, 5)
    row = int(np.argmax(shows.sum(axis=1)))
    for k, (point, seen) in enumerate(zip(at.reshape(-1, 5, 2)[row], shows[row], strict=True), start=1):
        if seen:
            _plate(image, str(k), point, theme, unit)
    for name, path in zip(reflex.GUIDES, _shown(_guides(), skin, place), strict=True):
        known = path[np.isfinite(path).all(axis=1)]
        ends = known[[-1, 0]] if len(known) >= _SHOWN * len(path) else known[:0]
        for end in ends[open_view(ends)][:1]:
            _plate(image, name, end, theme, unit)


def draw_next(image: Image, zone: str, view: View, skin: Skin, place: Place, theme: Theme, unit: float) -> None:
    """The zone that is next, by a broken double line around it."""
    (path,) = _shown(_around(view, zone), skin, place)
    thick = max(2, round(0.45 * unit))
    pieces = dashes(path, 2.2 * unit, 1.3 * unit, closed=True)
    strokes(image, pieces, ((theme.casing, thick + max(2, round(0.3 * unit))), (theme.ink, thick)))


def name_next(
    image: Image, zone: str, view: View, skin: Skin, place: Place, words: Words, theme: Theme, unit: float
) -> None:
    """The name of the zone that is next, in its middle, if enough of it faces the camera."""
    border = _around(view, zone)
    _, facing = skin.placed(border[0])
    px, seen = skin.placed(_middle(view, zone))
    if facing.mean() >= _SHOWN and seen[0]:
        told = words.say("screen", "next", zone=words.named("short_zones", zone))
        _plate(image, told, place.to_canvas(px)[0], theme, unit)


OpenView = Callable[[Floats], NDArray[np.bool_]]
"""(N,) whether no hand is over places (N, 2) of the canvas."""
Group = tuple[OnMap, list[int]]
"""Paths on the skin, all points together, and where to split them."""


def _shown(group: Group, skin: Skin, place: Place) -> list[Floats]:
    """The paths on the canvas, NaN where they are turned away."""
    px, facing = skin.placed(group[0])
    return np.split(np.where(facing[:, None], place.to_canvas(px), np.nan), group[1])


def _plate(image: Image, text: str, at: Floats, theme: Theme, unit: float) -> None:
    """A short text on a dark plate with its middle at a place, kept within the picture."""
    size = round(theme.small * unit)
    wide, high = round(width_of(text, size, theme.strong_weight) + 1.6 * unit), round(4.2 * unit)
    if not np.isfinite(at).all() or (at < 0).any() or (at >= np.array(image.shape[1::-1])).any():
        return
    x, y = np.clip(at - np.array([wide, high]) / 2, 0, np.array(image.shape[1::-1]) - [wide, high])
    lay(image, plate(wide, high, round(0.9 * unit), theme.back, theme.back_alpha), round(x), round(y))
    baseline = y + high / 2 + CAP_HEIGHT * size / 2
    draw_text(image, text, x + wide / 2, baseline, size, theme.ink, theme.strong_weight, "centre")


def _dense(paths: Sequence[Floats], view: View) -> Group:
    fine = [_filled_in(path, _DENSE) for path in paths]
    return on_map(np.vstack(fine), FACES.index(view)), np.cumsum([len(path) for path in fine])[:-1].tolist()


@cache
def _zone_borders() -> Group:
    """Those of sole and top together."""
    groups = [_dense(np.split(points, ends), view) for view in FACES for points, ends in [inner_borders(view)]]
    first = len(groups[0][0].vertices)
    return _joined([places for places, _ in groups]), [*groups[0][1], first, *(first + end for end in groups[1][1])]


def _joined(places: list[OnMap]) -> OnMap:
    return OnMap(
        np.concatenate([one.vertices for one in places]), np.concatenate([one.modes for one in places], axis=1),
        np.concatenate([one.normals for one in places]),
    )  # fmt: skip


@cache
def _reflex_zones() -> Group:
    return _dense(reflex.zone_borders(), "plantar")


@cache
def _guides() -> Group:
    return _dense([reflex.guide_lines()[name] for name in reflex.GUIDES], "plantar")


@cache
def _numbers() -> OnMap:
    return on_map(reflex.zone_places().reshape(-1, 2), FACES.index("plantar"))


@cache
def _around(view: View, zone: str) -> Group:
    ring = atlas.zone_polygons(view)[zone]
    middle = ring.mean(axis=0)
    # A little within, so that the foot's outline and the neighbours' borders stay to be seen.
    inner = middle + 0.92 * (ring - middle)
    return _dense([np.vstack([inner, inner[:1]])], view)


@cache
def _middle(view: View, zone: str) -> OnMap:
    cells = atlas.grid_uv()[atlas.grid_zones(view) == atlas.zones(view).index(zone)]
    return on_map(cells.mean(axis=0)[None], FACES.index(view))


@cache
def inner_borders(view: View) -> tuple[Floats, list[int]]:
    """Borders between zones as polylines in (u, v), each once: all points stacked, and where to split them."""
    scale = np.array([1.0, atlas.aspect(view)])
    # Depth inside a contour, in shares of the foot's length; what is nearer than this to a border lies on it.
    on_it = 0.006
    known = [(atlas.outline(view) * scale).astype(np.float32)]
    pieces: list[Floats] = []
    for polygon in atlas.zone_polygons(view).values():
        closed = np.vstack([polygon, polygon[:1]]) * scale
        dense = _filled_in(closed, 0.01)
        new = np.array([all(abs(_depth(contour, p)) > on_it for contour in known) for p in dense])
        edges = np.flatnonzero(np.diff(np.concatenate([[0], new.astype(np.int64), [0]])))
        for first, last in edges.reshape(-1, 2):
            if last - first > 3:
                thin = cv2.approxPolyDP(dense[first:last].astype(np.float32)[:, None], 0.004, False)
                pieces.append(thin[:, 0].astype(float) / scale)
        known.append((polygon * scale).astype(np.float32))
    return np.vstack(pieces), np.cumsum([len(p) for p in pieces])[:-1].tolist()


def _filled_in(path: Floats, step: float) -> Floats:
    """A path (N, 2) with points no farther apart than about ``step``."""
    counts = (max(2, int(np.linalg.norm(b - a) / step) + 1) for a, b in pairwise(path))
    return np.vstack([np.linspace(a, b, n) for (a, b), n in zip(pairwise(path), counts, strict=True)])


def _depth(contour: NDArray[np.float32], point: Floats) -> float:
    return cv2.pointPolygonTest(contour, (float(point[0]), float(point[1])), True)
