"""The layer that reflexology teaching lays over the sole: five zones lengthwise and four guide lines across.

It is a map for finding places, as teaching texts draw it; nothing is claimed of what lies beneath.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from trainer.foot import atlas
from trainer.model import Floats

GUIDES = ("shoulder", "diaphragm", "waist", "heel")
"""Lines across: under the toes, under the ball, at the base of the 5th metatarsal, and where the heel begins."""
_HEEL_U, _BALL_U, _TOES_U, _TIPS_U = 0.06, 0.66, 0.84, 0.97
_BETWEEN_TOES = (0.335, 0.53, 0.675, 0.81)
"""Where one toe ends and the next begins: each zone runs to a toe of its own."""


@cache
def zone_borders() -> tuple[Floats, ...]:
    """Four polylines (N, 2) in (u, v) between the five zones, counted from the medial border, heel to toes."""
    borders = []
    for k, toe_v in enumerate(_BETWEEN_TOES, start=1):
        heel, ball = (_across(u)(k / 5) for u in (_HEEL_U, _BALL_U))
        tip_u = _TIPS_U if k == 1 else _TIPS_U - 0.045 * (k - 1)
        u = np.array([_HEEL_U, 0.30, _BALL_U, _TOES_U, tip_u])
        middle = 0.6 * heel + 0.4 * ball
        borders.append(np.column_stack([u, [heel, middle, 0.5 * (ball + toe_v), toe_v, toe_v]]))
    return tuple(borders)


@cache
def guide_lines() -> dict[str, Floats]:
    """Guide line → polyline (N, 2) in (u, v) across the foot, medial to lateral."""
    toes_u, ball_u = ([0.80, 0.82, 0.80, 0.735], [0.63, 0.61, 0.58, 0.53])
    along = {"shoulder": toes_u, "diaphragm": ball_u, "waist": [0.37] * 4, "heel": [0.27] * 4}
    out = {}
    for name, u in along.items():
        low, high = (_across(float(np.mean(u)))(share) for share in (0.0, 1.0))
        v = np.linspace(low, high, 12)
        out[name] = np.column_stack([np.interp(v, [0.0, 0.35, 0.6, 1.0], u), v])
    return out


@cache
def zone_places() -> Floats:
    """(3, 5, 2) in (u, v): where the numbers of the zones may stand, on the ball, the arch and the heel."""
    return np.stack([_row(u) for u in (0.70, 0.47, 0.20)])


def _row(u: float) -> Floats:
    inner = [np.interp(u, line[:, 0], line[:, 1]) for line in zone_borders()]
    edges = np.array([_across(u)(0.0), *inner, _across(u)(1.0)])
    return np.column_stack([np.full(5, u), (edges[:-1] + edges[1:]) / 2])


def _across(u: float) -> Callable[[float], float]:
    """From a share of the foot's breadth at ``u``, 0 medial to 1 lateral, to v."""
    ring = atlas.outline("plantar")
    ends = np.vstack([ring, ring[:1]])
    a, b = ends[:-1], ends[1:]
    crosses = (a[:, 0] - u) * (b[:, 0] - u) < 0
    v = a[crosses, 1] + (u - a[crosses, 0]) / (b[crosses, 0] - a[crosses, 0]) * (b[crosses, 1] - a[crosses, 1])
    return lambda share: float(v.min() + share * (v.max() - v.min()))
