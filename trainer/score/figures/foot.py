"""The coverage map: the foot's outline, its zones, and where the hands worked, as SVG paths."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer import coverage as places
from trainer.foot import atlas
from trainer.model import Coverage, Data, Floats, Side, View
from trainer.score.figures.axis import duration
from trainer.score.scorecard import coverages_of

LENGTH = 1000.0
"""The foot's length in the drawing's units."""
LEVELS = 5
_FINE = 6
"""Each cell is drawn as so many squared, so that contours are smooth."""


@dataclass(frozen=True)
class Level:
    """One step of the scale: all places with at least ``least_s`` seconds."""

    step: int
    least_s: float
    path: str
    text: str


@dataclass(frozen=True)
class Zone:
    """One zone.

    ``x`` and ``y`` are a point well inside it; ``state`` is ``worked``, ``not worked`` or ``not seen``; ``bar`` its
    seconds and ``wish`` the seconds wished for it, both in per cent of the most that any zone has or should have (None
    and an empty ``wish_text`` where nothing is wished). Its name stands on the ``label_side`` of the foot (left,
    right), and a line leads to it from (``label_x``, ``label_y``).
    """

    id: str
    name: str
    seconds: float
    text: str
    state: str
    bar: float
    wish: float | None
    wish_text: str
    x: float
    y: float
    path: str
    label_side: str = ""
    label_x: float = 0.0
    label_y: float = 0.0


@dataclass(frozen=True)
class FootFigure:
    """The map of one face of one foot, toes up. ``order`` are the zones' first visits, in their order."""

    view: View
    side: Side
    width: float
    height: float
    margin_x: float
    margin_y: float
    outline: str
    levels: tuple[Level, ...]
    unseen: str
    zones: tuple[Zone, ...]
    order: tuple[str, ...]
    left_word: str
    right_word: str
    summary: str


@dataclass(frozen=True)
class _Frame:
    """From (u, v) to the drawing, as one looks at that face."""

    view: View
    flip: bool

    @property
    def size(self) -> tuple[float, float]:
        return LENGTH * atlas.aspect(self.view), LENGTH

    def place(self, uv: Floats) -> Floats:
        """(N, 2) drawing units of (N, 2) map points."""
        width, height = self.size
        u, v = uv[:, 0], uv[:, 1]
        return np.stack([(1 - v if self.flip else v) * width, (1 - u) * height], axis=1)

    def path(self, polygons: Iterable[Floats]) -> str:
        parts = []
        for polygon in polygons:
            points = self.place(polygon)
            parts.append("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points) + "Z")
        return "".join(parts)


def foot_figures(card: Data, zone_names: Mapping[str, str]) -> tuple[FootFigure, ...]:
    """All maps of a scorecard as drawings, the main one first."""
    wished = card.get("wish", {}).get("zones", {})
    return tuple(foot_figure(coverage, zone_names, wished) for coverage in coverages_of(card))


def foot_figure(
    coverage: Coverage, zone_names: Mapping[str, str], wished_s: Mapping[str, float] = MappingProxyType({})
) -> FootFigure:
    """A map as a drawing. ``wished_s``: seconds wished for zones."""
    view, side = coverage.view, coverage.side
    frame = _Frame(view, (side == "left") == (view == "dorsal"))
    scale = _scale(coverage)
    levels = tuple(
        Level(k, least, frame.path(_contours(coverage.grid_seconds, least)), _level_text(scale, k))
        for k, least in enumerate(scale)
    )
    zones = _zones(coverage, frame, zone_names, wished_s)
    width, height = frame.size
    words = ("big-toe side", "little-toe side")
    left, right = words[::-1] if frame.flip else words
    firsts = dict.fromkeys(zone for zone, start_s, end_s in coverage.visits if end_s - start_s >= places.WORKED_S)
    return FootFigure(
        view=view,
        side=side,
        width=width,
        height=height,
        margin_x=320.0,
        margin_y=20.0,
        outline=frame.path([_smooth(atlas.outline(view))]),
        levels=levels,
        unseen=frame.path(_mask_contours(places.unseen_cells(coverage))),
        zones=zones,
        order=tuple(zone_names.get(zone, zone.replace("_", " ")) for zone in firsts),
        left_word=left,
        right_word=right,
        summary="; ".join(f"{zone.name}: {zone.text}" for zone in zones),
    )


def _scale(coverage: Coverage) -> tuple[float, ...]:
    """The least seconds of each level: from *worked* on in round steps towards the most worked place."""
    grid = coverage.grid_seconds[np.isfinite(coverage.grid_seconds)]
    most = float(grid.max()) if len(grid) else max(coverage.zone_seconds.values(), default=0.0)
    steps = [places.WORKED_S]
    if most > 2 * places.WORKED_S:
        ratio = (most * 0.8 / places.WORKED_S) ** (1 / (LEVELS - 1))
        steps += [_round(places.WORKED_S * ratio**k) for k in range(1, LEVELS)]
    return tuple(dict.fromkeys(steps))


def _round(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return min((m * power for m in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)), key=lambda r: abs(math.log(r / value)))


def _level_text(scale: tuple[float, ...], k: int) -> str:
    least = f"{scale[k]:g}"
    return f"{least} s or more" if k == len(scale) - 1 else f"{least}–{scale[k + 1]:g} s"


def _contours(seconds: Floats, least_s: float) -> list[Floats]:
    """Borders in (u, v) of all places with at least ``least_s`` seconds; the drawing cuts them to the outline."""
    filled = np.nan_to_num(seconds).astype(np.float32)
    around = cv2.dilate(filled, np.ones((5, 5), np.uint8))
    filled = np.where(np.isfinite(seconds), filled, around).astype(np.float32)
    size = (atlas.GRID[1] * _FINE, atlas.GRID[0] * _FINE)
    return _mask_borders(cv2.resize(filled, size, interpolation=cv2.INTER_CUBIC) >= least_s)


def _mask_contours(cells: NDArray[np.bool_]) -> list[Floats]:
    size = (atlas.GRID[1] * _FINE, atlas.GRID[0] * _FINE)
    return _mask_borders(cv2.resize(cells.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) >= 0.5)


def _mask_borders(mask: NDArray[np.bool_]) -> list[Floats]:
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    size = np.array([atlas.GRID[0] * _FINE, atlas.GRID[1] * _FINE])
    borders = [cv2.approxPolyDP(c, 0.8, True)[:, 0, ::-1].astype(float) for c in found if len(c) > 2]
    return [(border + 0.5) / size for border in borders if len(border) > 2]


def _zones(
    coverage: Coverage, frame: _Frame, names: Mapping[str, str], wished_s: Mapping[str, float]
) -> tuple[Zone, ...]:
    here = [seconds for zone, seconds in wished_s.items() if zone in coverage.zone_seconds]
    most = max([*coverage.zone_seconds.values(), *here], default=0.0)
    blind = _unseen_zones(coverage)
    zones = []
    for zone, polygon in atlas.zone_polygons(coverage.view).items():
        seconds = coverage.zone_seconds.get(zone, 0.0)
        state = "worked" if seconds >= places.WORKED_S else "not seen" if zone in blind else "not worked"
        middle = frame.place(_middle(polygon)[None])[0]
        zones.append(
            Zone(
                id=zone,
                name=names.get(zone, zone.replace("_", " ")),
                seconds=seconds,
                text=duration(seconds) if state == "worked" else state,
                state=state,
                bar=round(100 * seconds / most, 1) if most > 0 else 0.0,
                wish=round(100 * wished_s[zone] / most, 1) if zone in wished_s else None,
                wish_text=duration(wished_s[zone]) if zone in wished_s else "",
                x=float(middle[0]),
                y=float(middle[1]),
                path=frame.path([polygon]),
            )
        )
    return _with_labels(zones, coverage.view, frame)


def _unseen_zones(coverage: Coverage) -> set[str]:
    """Zones not known to be worked, most of whose cells could not be seen."""
    unseen, index = places.unseen_cells(coverage), atlas.grid_zones(coverage.view)
    names = enumerate(atlas.zones(coverage.view))
    return {name for i, name in names if (index == i).any() and unseen[index == i].mean() >= 0.5}


def _middle(polygon: Floats) -> Floats:
    """(2,) the point deepest inside a polygon, which for a bent one lies inside where the mean may not."""
    size = 200
    mask = np.zeros((size, size), np.uint8)
    cv2.fillPoly(mask, [np.round(polygon / 1.15 * (size - 1)).astype(np.int32)], 1)
    depth = cv2.distanceTransform(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 5)
    deep = np.argwhere(depth >= depth.max() * 0.9).mean(axis=0)[::-1] - 1
    return np.asarray(deep / (size - 1) * 1.15)


def _with_labels(zones: list[Zone], view: View, frame: _Frame) -> tuple[Zone, ...]:
    """Names beside the foot, apart from each other and in their zones' order."""
    width, height = frame.size
    labelled: dict[str, Zone] = {}
    for side in ("left", "right"):
        row = [z for z in zones if (side == "left") == _goes_left(z, view, frame)]
        row.sort(key=lambda z: z.y)
        for zone, at in zip(row, _apart([z.y for z in row], 0.115 * LENGTH, height), strict=True):
            x = -36.0 if side == "left" else width + 36
            labelled[zone.id] = replace(zone, label_side=side, label_x=round(x, 1), label_y=round(at, 1))
    return tuple(labelled[z.id] for z in zones)


def _goes_left(zone: Zone, view: View, frame: _Frame) -> bool:
    """Whether a zone's name stands to the left of the foot."""
    v = atlas.zone_polygons(view)[zone.id].mean(axis=0)[1]
    return bool((v < 0.5) != frame.flip)


def _apart(places: list[float], gap: float, length: float) -> list[float]:
    """Rising ``places`` moved as little as needed to lie ``gap`` apart within 0 to ``length``."""
    moved = list(places)
    for _ in range(80):
        for i in range(len(moved) - 1):
            short = gap - (moved[i + 1] - moved[i])
            if short > 0:
                moved[i], moved[i + 1] = moved[i] - short / 2, moved[i + 1] + short / 2
        moved = [min(max(at, gap / 3), length - gap / 3) for at in moved]
    return moved


def _smooth(points: Floats) -> Floats:
    """A closed outline with its corners cut twice (Chaikin 1974)."""
    for _ in range(2):
        following = np.roll(points, -1, axis=0)
        points = np.stack([0.75 * points + 0.25 * following, 0.25 * points + 0.75 * following], axis=1).reshape(-1, 2)
    return points
