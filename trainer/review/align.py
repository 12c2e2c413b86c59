"""Which moment of one session answers to which of another: by their strokes, and within them by their cycles. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter

from trainer.foot import atlas
from trainer.model import Data, Stroke
from trainer.score.scorecard import grid_of
from trainer.strokes.techniques import REST

_GAP = 0.6
"""What it costs to leave a stroke out, where putting two unlike ones together costs 1."""
_LEAST_CYCLES = 3
_SMOOTH_CELLS = 1.2


def anchors(first: Sequence[Stroke], second: Sequence[Stroke], ends: tuple[float, float]) -> list[tuple[float, float]]:
    """Pairs (time in the first, time in the second), both rising, from (0, 0) to both ends; between them time runs
    evenly. Strokes of a technique are put together so that most of them are, in their order (Needleman and Wunsch
    1970); where both have cycles these are put together one by one, as far as both go."""
    points = [(0.0, 0.0)]
    for i, j in _pairs([s.technique for s in first], [s.technique for s in second]):
        a, b = first[i], second[j]
        points.append((a.start_s, b.start_s))
        if min(len(a.cycles_s), len(b.cycles_s)) >= _LEAST_CYCLES:
            points += zip(sorted(a.cycles_s), sorted(b.cycles_s), strict=False)
        points.append((a.end_s, b.end_s))
    points.append(ends)
    kept = [points[0]]
    for x, y in points[1:]:
        if x > kept[-1][0] + 1e-3 and y > kept[-1][1] + 1e-3:
            kept.append((float(x), float(y)))
    if kept[-1] != ends and len(kept) > 1:
        kept[-1] = ends
    return kept if len(kept) > 1 else [(0.0, 0.0), ends]


def _pairs(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int]]:
    """(i, j) of the like ones that are put together."""
    n, m = len(first), len(second)
    cost = np.zeros((n + 1, m + 1))
    cost[:, 0], cost[0, :] = _GAP * np.arange(n + 1), _GAP * np.arange(m + 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            unlike = float(first[i - 1] != second[j - 1])
            cost[i, j] = min(
                cost[i - 1, j - 1] + 2 * unlike, cost[i - 1, j] + _GAP, cost[i, j - 1] + _GAP
            )  # fmt: skip
    out, i, j = [], n, m
    while i and j:
        if first[i - 1] == second[j - 1] and np.isclose(cost[i, j], cost[i - 1, j - 1]):
            out.append((i - 1, j - 1))
            i, j = i - 1, j - 1
        elif np.isclose(cost[i, j], cost[i - 1, j] + _GAP):
            i -= 1
        else:
            j -= 1
    return out[::-1]


def differences(first: Data, second: Data) -> Data:
    """What the second session did otherwise, out of both scorecards: tempo by technique, and the share of its contact
    that each zone of the same map got."""
    tempo = []
    rates = [{r["technique"]: r["rate_per_min"] for r in card["rhythm"]} for card in (first, second)]
    seconds = [_seconds(card) for card in (first, second)]
    for technique in dict.fromkeys([*seconds[0], *seconds[1]]):
        tempo.append({
            "technique": technique,
            "rates_per_min": [rate.get(technique) for rate in rates],
            "seconds": [part.get(technique, 0.0) for part in seconds],
        })  # fmt: skip
    maps = [card["coverage"] for card in (first, second)]
    alike = maps[0]["view"] == maps[1]["view"]
    zones = {zone: [_shares(part).get(zone) for part in maps] for zone in maps[0]["zones"]} if alike else {}
    return {"tempo": tempo, "zones": zones, "same_map": alike}


def cell_differences(first: Data, second: Data) -> list[list[float | None]]:
    """How much more of its contact the second session gave to each cell of the same map, from the heel to the toes and
    from the inner to the outer side, smoothed over neighbouring cells: -1 to 1, 1 being the difference that all but a
    fiftieth of the cells stay below; None off the foot. Empty where the maps or their grids aren't alike."""
    parts = [card["coverage"] for card in (first, second)]
    grids = [np.nan_to_num(grid_of(part)) for part in parts]
    if parts[0]["view"] != parts[1]["view"] or not all(grid.sum() > 0 for grid in grids):
        return []
    there = atlas.grid_on_foot(parts[0]["view"])
    # Smoothed over the foot only, so that its rim isn't paler than it is.
    weight = gaussian_filter(there.astype(float), _SMOOTH_CELLS)
    shares = [gaussian_filter(np.where(there, g, 0.0) / g.sum(), _SMOOTH_CELLS) for g in grids]
    shares = [each / np.maximum(weight, 1e-6) for each in shares]
    more = np.where(there, shares[1] - shares[0], np.nan)
    most = float(np.nanpercentile(np.abs(more), 98))
    scaled = np.clip(more / most, -1.0, 1.0) if most > 0 else more
    return [[None if np.isnan(cell) else round(float(cell), 3) for cell in row] for row in scaled]


def _seconds(card: Data) -> dict[str, float]:
    out: dict[str, float] = {}
    for s in card["segments"]:
        if s["technique"] != REST:
            out[s["technique"]] = out.get(s["technique"], 0.0) + s["end_s"] - s["start_s"]
    return out


def _shares(part: Data) -> dict[str, float]:
    total = sum(value or 0.0 for value in part["zones"].values())
    return {zone: (value or 0.0) / total for zone, value in part["zones"].items()} if total > 0 else {}
