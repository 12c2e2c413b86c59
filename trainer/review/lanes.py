"""What a session's page shows over time, as plain data for the browser, out of its scorecard. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from trainer.foot import atlas
from trainer.model import SIDES, Data, Floats
from trainer.score.figures.rhythm import local_rate
from trainer.score.scorecard import strokes_of
from trainer.strokes.techniques import REST, Techniques
from trainer.words.words import Words

_POINTS = 241
_UNNOTICED_S = 0.2
_WEAK = 0.5
"""The machine's strokes below this confidence are worth a look."""


def page_data(card: Data, techniques: Techniques, words: Words) -> Data:
    """Lanes, rhythm, zones with the times at which they were worked, and the doubtful moments."""
    zone_names = {zone: words.named("zones", zone) for zone in atlas.ALL_ZONES}
    strokes = [s for s in card["segments"] if s["technique"] != REST]
    return {
        "duration_s": card["duration_s"],
        "size": [card["video"]["width"], card["video"]["height"]],
        "names": {t.id: words.named("techniques", t.id, t.name) for t in techniques.values()},
        "lanes": {
            "machine": [
                {"technique": s["technique"], "start_s": s["start_s"], "end_s": s["end_s"], "hands": s["hands"],
                 "confidence": s["confidence"], "rate_per_min": s["rate_per_min"]} for s in strokes
            ],
            "refined": card.get("refined") or [],
            "not_sure": card["not_sure"],
            "unseen": card["unseen"],
            "posture": card["posture"],
            "cues": card["cues"],
            "discomfort_s": card["discomfort_s"],
        },
        "rates": _rates(card, techniques),
        "filling": filling_of(card),
        "map": _map(card, zone_names),
        "doubts": doubts_of(card),
    }  # fmt: skip


def doubts_of(card: Data) -> list[float]:
    """Times worth a look, in order: where the machine wasn't sure, or named something weakly, or saw nothing."""
    spans = [*card["not_sure"], *card["unseen"]]
    spans += [s for s in card["segments"] if s["technique"] != REST and (s["confidence"] or 0.0) < _WEAK]
    times = sorted(float(s["start_s"]) for s in spans)
    return [t for k, t in enumerate(times) if not k or t - times[k - 1] > 0.5]


def filling_of(card: Data) -> list[list[float]]:
    """How full the main map was at each time, [time in s, share]: the mean over its zones of what each got of the
    seconds that were wished for it. Empty where no time is known."""
    part, wish = card["coverage"], card.get("wish", {}).get("zones", {})
    zones = [zone for zone in part["zones"] if wish.get(zone)]
    visits = [v for v in part.get("visits", []) if v["zone"] in zones]
    if not visits:
        return []
    times = np.linspace(0.0, float(card["duration_s"]), _POINTS)
    worked = {zone: np.zeros(_POINTS) for zone in zones}
    for v in visits:
        worked[v["zone"]] += np.clip(times - v["start_s"], 0.0, v["end_s"] - v["start_s"])
    full = np.mean([np.minimum(worked[zone] / wish[zone], 1.0) for zone in zones], axis=0)
    return np.column_stack([times, full]).round(4).tolist()  # type: ignore[no-any-return]


def hands_seen(times: Floats, measured: NDArray[np.bool_]) -> Data:
    """Side → stretches [start in s, end in s] in which that hand was seen; gaps that nobody would notice are closed.
    (T,) ``times`` in s, and (T, 2) whether left and right were measured then."""
    return {side: _stretches(times, measured[:, k]) for k, side in enumerate(SIDES)}


def _stretches(times: Floats, there: NDArray[np.bool_]) -> list[list[float]]:
    if not there.any():
        return []
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], there.astype(np.int8), [0]])))
    out: list[list[float]] = []
    for first, behind in zip(edges[::2], edges[1::2], strict=True):
        start, end = float(times[first]), float(times[behind - 1]) + step
        if out and start - out[-1][1] < _UNNOTICED_S:
            out[-1][1] = end
        else:
            out.append([start, end])
    return [[round(start, 3), round(end, 3)] for start, end in out]


def _rates(card: Data, techniques: Techniques) -> list[Data]:
    """Each stroke's tempo over time, and the band that is taught."""
    out = []
    for stroke in strokes_of(card):
        technique = techniques.get(stroke.technique)
        if technique is None or technique.rate_range is None:
            continue
        times, rates = local_rate(stroke, technique)
        points = [[float(t), float(r)] for t, r in zip(times, rates, strict=True) if isfinite(r)]
        if points:
            out.append({
                "technique": stroke.technique, "points": points, "band": list(technique.rate_range),
                "start_s": stroke.start_s, "end_s": stroke.end_s,
            })  # fmt: skip
    return out


def _map(card: Data, zone_names: Mapping[str, str]) -> Data:
    """The main map's zones as polygons, x from 0 to the foot's width and y from 0 (toes) to 1 as the camera looks at
    it, with what was wished for each and when it was worked."""
    part = card["coverage"]
    view, side = part["view"], part["side"]
    aspect = atlas.aspect(view)
    flip = (side == "left") == (view == "dorsal")
    wish = card.get("wish", {}).get("zones", {})
    zones = []
    for zone, polygon in atlas.zone_polygons(view).items():
        across = 1 - polygon[:, 1] if flip else polygon[:, 1]
        zones.append({
            "id": zone, "name": zone_names.get(zone, zone),
            "points": np.column_stack([across * aspect, 1 - polygon[:, 0]]).round(4).tolist(),
            "wish_s": wish.get(zone), "seconds": part["zones"].get(zone),
            "visits": [[v["start_s"], v["end_s"]] for v in part.get("visits", []) if v["zone"] == zone],
        })  # fmt: skip
    return {"view": view, "side": side, "aspect": aspect, "flip": flip, "zones": zones}
