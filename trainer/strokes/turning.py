"""Turning points and arrivals of a course: for repetitions that no sinusoid describes. Pure functions."""

from __future__ import annotations

import numpy as np

from trainer.model import Floats

GAP_S = 0.5
"""Across a longer unseen stretch nothing is joined."""


def turning_points(time_s: Floats, course: Floats, swing: float) -> list[tuple[float, bool]]:
    """(instant, is a top) of each turn of (n,) ``course``, NaN where unknown; a turn is real once the course has gone
    ``swing`` the other way. Instants are the middle of the stay near the turn. Turns alternate between gaps.
    """
    out: list[tuple[float, bool]] = []
    known = np.flatnonzero(np.isfinite(course))
    if not len(known):
        return out
    breaks = np.flatnonzero(np.diff(time_s[known]) > GAP_S) + 1
    for part in np.split(known, breaks):
        if len(part) >= 5:
            out += _turns(time_s[part], _smooth(course[part]), swing)
    return out


def _turns(t: Floats, y: Floats, swing: float) -> list[tuple[float, bool]]:
    out: list[tuple[float, bool]] = []
    low = high = 0
    rising: bool | None = None
    for i in range(1, len(y)):
        if y[i] > y[high]:
            high = i
        if y[i] < y[low]:
            low = i
        if rising is not False and y[high] - y[i] >= swing:
            # What came before the first turn is cut off by the window, so its first sample is no turn.
            if rising is True or high > 2:
                out.append((_middle(t, y, high), True))
            rising, low = False, i
        elif rising is not True and y[i] - y[low] >= swing:
            if rising is False or low > 2:
                out.append((_middle(t, y, low), False))
            rising, high = True, i
        if rising is True:
            low = i
        elif rising is False:
            high = i
    return out


def _middle(t: Floats, y: Floats, at: int, near: float = 1.5) -> float:
    first = last = at
    while first > 0 and abs(y[first - 1] - y[at]) <= near:
        first -= 1
    while last < len(y) - 1 and abs(y[last + 1] - y[at]) <= near:
        last += 1
    return float(0.5 * (t[first] + t[last]))


def _smooth(y: Floats) -> Floats:
    if len(y) < 5:
        return y
    padded = np.pad(y, 2, mode="edge")
    return np.convolve(padded, np.ones(5) / 5, mode="valid")


def arrivals(
    time_s: Floats, point: Floats, *, slow: float = 20.0, stay_s: float = 0.5, apart: float = 10.0
) -> list[float]:
    """Instants at which (n, 2) ``point`` (mm) comes to rest at a new place: slower than ``slow`` mm/s for ``stay_s``,
    at least ``apart`` mm from where it rested before. Rest that was going on when the stretch began is no arrival.
    """
    known = np.flatnonzero(np.isfinite(point[:, 0]))
    out: list[float] = []
    if len(known) < 12:
        return out
    t, p = time_s[known], np.stack([_smooth(point[known, k]) for k in (0, 1)], axis=1)
    reach = 4
    speed = np.full(len(t), np.inf)
    step = t[2 * reach :] - t[: -2 * reach]
    moved = np.hypot(*(p[2 * reach :] - p[: -2 * reach]).T)
    speed[reach:-reach] = np.where(step < GAP_S + 0.3, moved / np.maximum(step, 1e-6), np.inf)
    speed[:reach], speed[-reach:] = speed[reach], speed[-reach - 1]
    still = speed < slow
    edges = np.flatnonzero(np.diff(np.concatenate([[False], still, [False]]).astype(int)))
    before: Floats | None = None
    for first, last in zip(edges[0::2], edges[1::2] - 1, strict=True):
        if t[last] - t[first] < stay_s:
            continue
        here = np.median(p[first : last + 1], axis=0)
        begun_before = first <= 1 and known[0] <= 1
        if before is None and begun_before:
            before = here
            continue
        if before is None or float(np.hypot(*(here - before))) >= apart:
            out.append(float(t[first]))
        before = here
    return out
