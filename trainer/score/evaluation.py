"""Many clips against their truth: totals and groups in which every frame counts the same, whichever clip it is of."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trainer.model import Floats
from trainer.score.catalogue import METRICS, POOLED
from trainer.score.evaluate import ClipResult, Results, figures
from trainer.score.stroke_tally import StrokeLog, class_f1, stroke_figures
from trainer.score.tally import Tally, total

ClipFacts = Mapping[str, str]
INDEX = "index.json"
_FACTS = {
    "setting": ("setting",),
    "camera": ("camera",),
    "style": ("style", "styles"),
    "hands' skin": ("hand_tone", "practitioner_tone"),
    "foot's skin": ("foot_tone", "client_tone"),
}
"""Group by what an index tells of a clip: the first of these keys that it has."""


def overall(clips: Iterable[ClipResult]) -> Results:
    """Every metric over all clips: of hands and foot over all frames, the others as means weighted by clips' length."""
    clips = list(clips)
    results: Results = {}
    for name in METRICS:
        known = [c for c in clips if math.isfinite(c.results[name])]
        weight = sum(c.seconds for c in known)
        results[name] = sum(c.results[name] * c.seconds for c in known) / weight if weight > 0 else math.nan
    pooled = figures(total([c.frames.tally() for c in clips]))
    results |= {name: value for name, value in pooled.items() if name not in METRICS or name in POOLED}
    return results | stroke_figures([clip.strokes for clip in clips])


def confusion(clips: Iterable[ClipResult]) -> Floats:
    """(13, 14) frames of all clips: true technique by the live label, not sure last."""
    return np.asarray(np.sum([clip.strokes.confusion for clip in clips], axis=0))


def groups(clips: Mapping[str, ClipResult], facts: Mapping[str, ClipFacts]) -> dict[str, dict[str, Results]]:
    """By what → which → the metrics of hands and foot in its frames. ``facts``: what an index tells of each clip."""
    tallies: dict[str, dict[str, list[Tally]]] = {}
    strokes: dict[str, dict[str, list[StrokeLog]]] = {}
    for name, clip in clips.items():
        for technique in np.unique(clip.techniques.astype(str)):
            part = clip.frames.tally(clip.techniques == technique)
            tallies.setdefault("technique", {}).setdefault(technique, []).append(part)
        for by, which in {"view": clip.view, "side": clip.side, **facts.get(name, {})}.items():
            tallies.setdefault(by, {}).setdefault(which, []).append(clip.frames.tally())
            strokes.setdefault(by, {}).setdefault(which, []).append(clip.strokes)
    told = {by: {which: figures(total(parts[which])) for which in sorted(parts)} for by, parts in tallies.items()}
    for by, members in strokes.items():
        for which, logs in members.items():
            told[by][which] |= stroke_figures(logs)
    for which, f1 in class_f1(confusion(clips.values())).items():
        if which in told.get("technique", {}):
            told["technique"][which] |= {"macro_f1": f1}
    return told


def read_facts(clip: Path) -> ClipFacts:
    """What the ``index.json`` beside a clip tells of it, as far as it can be read; nothing where there is none."""
    try:
        index = json.loads((clip.parent / INDEX).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    entry = _flat(_entry(index, clip))
    found = {by: next((entry[key] for key in keys if key in entry), None) for by, keys in _FACTS.items()}
    return {by: which for by, which in found.items() if which is not None}


def _entry(index: Any, clip: Path) -> Any:
    """A clip's own entry: under its name, or the one of a list that names it."""
    entries = index.get("clips", index) if isinstance(index, dict) else index
    names = {clip.name, clip.stem}
    if isinstance(entries, dict):
        return next((entries[name] for name in names if name in entries), None)
    if isinstance(entries, list):
        dicts = [e for e in entries if isinstance(e, dict)]
        keys = ("name", "clip", "file", "video", "id")
        return next((e for e in dicts if any(Path(str(e.get(key, ""))).name in names for key in keys)), None)
    return None


def _flat(entry: Any) -> dict[str, str]:
    """The plain values of an entry and of the objects in it, as text; of a list only its one member."""
    if not isinstance(entry, dict):
        return {}
    flat: dict[str, str] = {}
    for value in entry.values():
        if isinstance(value, dict):
            flat = {**_flat(value), **flat}
    single = {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in entry.items()}
    return flat | {key: str(value) for key, value in single.items() if isinstance(value, (str, int)) and value != ""}
