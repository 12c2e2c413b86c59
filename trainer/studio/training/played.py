"""A session as it was played in space, whoever played it, and the cameras that may see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from trainer.model import Side, View
from trainer.strokes.vocabulary import NUMBER
from trainer.studio.camera import Camera, camera
from trainer.studio.recipe import CAMERAS, Recipe, Step
from trainer.studio.training.takes import Stretch

Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Played:
    """T instants time_s: hands_mm (T, 2, 21, 3) left and right, NaN where there is none, foot_mm (T, 14, 3) landmarks.
    cameras: draws one and the face of the foot that it sees."""

    name: str
    time_s: np.ndarray
    hands_mm: np.ndarray
    foot_mm: np.ndarray
    stretches: tuple[Stretch, ...]
    length_mm: float
    side: Side
    cameras: Callable[[Rng], tuple[Camera, View]]


def read_movements(path: Path) -> Played:
    """A session's file (see `movements`)."""
    with np.load(path, allow_pickle=False) as file:
        data = {name: file[name] for name in file.files}
    facts = json.loads(str(data["facts"]))
    length_mm = facts.pop("length_mm")
    script = tuple(Step(**step) for step in facts.pop("script"))
    recipe = Recipe(script, **{**facts, "missing": tuple(facts["missing"])})
    return Played(
        path.stem, data["time_s"], data["hands_mm"].astype(float), data["foot_mm"].astype(float), _stretches(data),
        length_mm, recipe.side, _cameras(recipe, length_mm),  # type: ignore[arg-type]
    )  # fmt: skip


def _cameras(recipe: Recipe, length_mm: float) -> Callable[[Rng], tuple[Camera, View]]:
    def drawn(rng: Rng) -> tuple[Camera, View]:
        view = recipe.view
        if view == "plantar" and rng.random() < 0.12:
            view = "medial" if recipe.setting == "self" or rng.random() < 0.5 else "lateral"
        seen = replace(recipe, camera=str(rng.choice(CAMERAS)), camera_seed=int(rng.integers(1 << 30)), view=view)
        return camera(seen, length_mm), view  # type: ignore[return-value]

    return drawn


def _stretches(data: dict[str, np.ndarray]) -> tuple[Stretch, ...]:
    technique, times = data["technique"], data["time_s"]
    step = float(times[1] - times[0])
    edges = np.flatnonzero(np.diff(technique)) + 1
    out = []
    for a, b in zip([0, *edges], [*edges, len(technique)], strict=True):
        if technique[a] == NUMBER["rest"]:
            continue
        start_s, end_s = float(times[a]), float(times[b - 1] + step)
        inside = (data["cycles_s"] >= start_s - step) & (data["cycles_s"] < end_s)
        left, right = data["working"][a]
        out.append(
            Stretch(int(technique[a]), start_s, end_s, (bool(left), bool(right)), data["cycles_s"][inside],
                    data["cycle_hands"][inside])
        )  # fmt: skip
    return tuple(out)
