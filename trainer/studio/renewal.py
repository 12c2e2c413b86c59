"""Truth that is told today and wasn't yet when a clip was made: its movements are played again, without pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from trainer.errors import FormatError, TrainerError
from trainer.files import write_atomically
from trainer.studio.clip import Encoding, Progress, staged
from trainer.studio.clip_set import INDEX
from trainer.studio.crew import Event, Job, render_jobs
from trainer.studio.recipe import Recipe, Step
from trainer.studio.truth import TruthLog

ADDED = (
    "hand_joints_visible", "contact_uv", "contact_face", "contact_top_seconds", "hand_touches", "foot_landmarks_mm",
)  # fmt: skip
"""What truth told of later, in this order."""
_SAME_PX = 0.05
"""Truth is written to hundredths of a pixel."""


def stale_clips(folder: Path) -> list[Job]:
    """The clips of a set (`clip_set`) whose truth lacks something that is told today. Raises TrainerError."""
    path = folder / INDEX
    try:
        clips = json.loads(path.read_text("utf-8"))["clips"]
        jobs = [Job(name, recipe_of(told["recipe"])) for name, told in clips.items()]
    except FileNotFoundError:
        raise TrainerError(f"Expected the index of a set of clips at '{path}', but there is none.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FormatError(f"Expected the index of a set of clips in '{path}', but it can't be read: {error}.") from None
    return [job for job in jobs if _lacks(_truth_of(folder / f"{job.name}.mp4"))]


def recipe_of(data: dict[str, Any]) -> Recipe:
    """A recipe from what `clip_set.recipe_as_data` makes of it."""
    script = tuple(Step(**step) for step in data["script"])
    return Recipe(**{**data, "script": script, "missing": tuple(data.get("missing", ()))})


def renewed(folder: Path, jobs: list[Job], workers: int | None) -> Iterator[Event]:
    """Renew the truth of clips in several processes, telling of every frame; one that can't be is told as failed."""
    with closing(render_jobs(jobs, folder, workers, make=renew_truth)) as events:
        yield from events


def renew_truth(recipe: Recipe, film: Path, progress: Progress, encoding: Encoding | None = None) -> None:
    """Add to the truth beside `film` what it lacks; all that stands there stays.

    Raises ValueError when the recipe played today isn't what the truth tells of; then nothing is changed.
    """
    path = _truth_of(film)
    with np.load(path) as file:
        stored: dict[str, Any] = {name: file[name] for name in file.files}
    with staged(recipe) as (scene, played):
        log = TruthLog(scene.foot, scene.bodies, recipe.fps)
        for done, moment in enumerate(played.moments(recipe.fps), start=1):
            view, posed = scene.posed(moment)
            log.see(moment.time_s, view, posed.foot, posed.hands, scene.beside, recipe.missing)
            if moment.stroke is not None and not recipe.missing:
                log.touch(moment.stroke, posed.local)
            progress(done, len(stored["time_s"]))
    told = {
        "time_s": log.time_s, "hand_landmarks_px": log.hand_landmarks, "hand_visible": log.hand_visible,
        "foot_landmarks_px": log.foot_landmarks, "foot_landmarks_visible": log.foot_visible,
    }  # fmt: skip
    for name, values in told.items():
        now, then = np.asarray(values, float), np.asarray(stored[name], float)
        if now.shape != then.shape or not np.allclose(now, then, rtol=0, atol=_SAME_PX, equal_nan=True):
            raise ValueError(f"its recipe, played today, has another {name}: render it anew")
    stored.update({name: value for name, value in log.arrays().items() if name in ADDED})
    with write_atomically(path) as temporary:
        np.savez_compressed(temporary, **stored)


def _truth_of(film: Path) -> Path:
    return film.with_name(f"{film.stem}.truth.npz")


def _lacks(path: Path) -> bool:
    if not path.is_file():
        return False
    with np.load(path) as file:
        return not set(ADDED) <= set(file.files)
