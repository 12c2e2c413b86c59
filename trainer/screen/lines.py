"""Smooth lines with a dark casing, so that they show on any ground; sub-pixel, so that they don't jump."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.model import Floats, Image
from trainer.screen.theme import Colour

SHIFT = 4
"""Fractional bits of cv2's fixed-point coordinates."""
_FAR = 20_000.0
_DIAMOND = 1.25 * np.array([(-1.0, 0.0), (0.0, -1.0), (1.0, 0.0), (0.0, 1.0)])


def fixed(points: Floats) -> NDArray[np.int32]:
    """(N, 2) float pixels to cv2's fixed-point numbers with 4 fractional bits."""
    near = np.minimum(np.maximum(points, -_FAR), _FAR)
    numbers: NDArray[np.int32] = np.rint(near * (1 << SHIFT)).astype(np.int32)
    return numbers


def lines(image: Image, paths: Sequence[Floats], colour: Colour, thickness: int, closed: bool = False) -> None:
    """Draw polylines of (N, 2) float pixels in place; they are broken where a point is NaN."""
    strokes(image, paths, ((colour, thickness),), closed)


def strokes(
    image: Image, paths: Sequence[Floats], pens: Sequence[tuple[Colour, int]], closed: bool = False
) -> None:  # fmt: skip
    """Draw the same polylines with one pen (colour, thickness) after the other: a casing first, then the line."""
    for is_closed, chosen in _whole(paths, closed).items():
        for colour, thickness in pens:
            cv2.polylines(image, chosen, is_closed, colour, thickness, cv2.LINE_AA, SHIFT)


def _whole(paths: Sequence[Floats], closed: bool) -> dict[bool, list[NDArray[np.int32]]]:
    """The paths' finite stretches in cv2's numbers, by whether they close on themselves."""
    paths = [path for path in paths if len(path)]
    if not paths:
        return {}
    together = np.vstack(paths)
    inner = np.cumsum([len(path) for path in paths])[:-1]
    good = np.asarray(np.isfinite(together).all(axis=1))
    if good.all():
        return {closed: np.split(fixed(together), inner)}
    if closed:
        runs = [run for path in paths for run in _finite_runs(path, closed)]
        found = {kind: [fixed(run) for run, whole in runs if whole is kind] for kind in (False, True)}
        return {kind: chosen for kind, chosen in found.items() if chosen}
    # A path's first point begins a stretch of its own, as does the first after a gap.
    starts = np.concatenate([[True], ~good[:-1]])
    starts[inner] = True
    stretches = np.split(fixed(together[good]), np.flatnonzero(starts[good])[1:])
    return {False: [stretch for stretch in stretches if len(stretch) > 1]}


def dots(image: Image, points: Floats, colour: Colour, radius: float, square: bool = False) -> None:
    """Fill a disc (or a diamond) at each finite (N, 2) point."""
    centres = fixed(points[np.isfinite(points).all(axis=1)])
    if square:
        for diamond in centres[:, None] + fixed(_DIAMOND * radius):
            cv2.fillConvexPoly(image, diamond, colour, cv2.LINE_AA, SHIFT)
        return
    size = round(radius * (1 << SHIFT))
    for centre in centres.tolist():
        cv2.circle(image, centre, size, colour, -1, cv2.LINE_AA, SHIFT)


def ring(image: Image, centre: Floats, colour: Colour, radius: float, thickness: int) -> None:
    """A circle's line around a finite (2,) point."""
    if np.isfinite(centre).all():
        cx, cy = fixed(centre[None])[0]
        cv2.circle(
            image, (int(cx), int(cy)), round(radius * (1 << SHIFT)), colour, thickness, cv2.LINE_AA, SHIFT
        )  # fmt: skip


def dashes(path: Floats, on: float, off: float, closed: bool = False) -> list[Floats]:
    """Cut a polyline (N, 2) into dashes of ``on`` pixels with gaps of ``off``; measured along the whole path."""
    pieces: list[Floats] = []
    for run, whole in _finite_runs(path, closed):
        points = np.vstack([run, run[:1]]) if whole else run
        along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
        if not 0 < along[-1] < _FAR:
            continue
        for start in np.arange(0.0, along[-1], on + off):
            end = min(start + on, along[-1])
            inner = along[(along > start) & (along < end)]
            at = np.concatenate([[start], inner, [end]])
            pieces.append(np.column_stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])]))
    return pieces


def _finite_runs(path: Floats, closed: bool) -> list[tuple[Floats, bool]]:
    """The stretches of finite points (two at least), each with whether it closes on itself."""
    good = np.asarray(np.isfinite(path).all(axis=1))
    if good.all():
        return [(path, closed)] if len(path) > 1 else []
    if closed:
        path, good = np.vstack([path, path[:1]]), np.append(good, good[0])
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(np.int64), [0]])))
    return [(path[a:b], False) for a, b in edges.reshape(-1, 2) if b - a > 1]
