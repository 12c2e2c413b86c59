"""Which moment of one session answers to which of another: by their strokes, and within them by their cycles. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trainer.model import Data, Stroke
from trainer.strokes.techniques import REST

_GAP = 0.6
"""What it costs to leave a stroke out, where putting two unlike ones together costs 1."""
_LEAST_CYCLES = 3


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


def _seconds(card: Data) -> dict[str, float]:
    out: dict[str, float] = {}
    for s in card["segments"]:
        if s["technique"] != REST:
            out[s["technique"]] = out.get(s["technique"], 0.0) + s["end_s"] - s["start_s"]
    return out


def _shares(part: Data) -> dict[str, float]:
    total = sum(value or 0.0 for value in part["zones"].values())
    return {zone: (value or 0.0) / total for zone, value in part["zones"].items()} if total > 0 else {}
