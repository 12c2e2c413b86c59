"""A set of clips drawn at random and rendered into a folder, with an index of all that is in it.

The folder holds `index.json`: `settings` (what the set was begun with), and per clip its recipe and the facts by which
results can be grouped. A clip counts as made when it stands with all its sidecars, so a run that was stopped goes on
where it was; a folder that was begun otherwise is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from trainer.errors import FormatError, TrainerError
from trainer.files import make_folder, write_text
from trainer.studio.clip import Encoding, is_complete, render_clip
from trainer.studio.crew import Event, Job, Make, render_jobs
from trainer.studio.draw import Frame, draw, kind
from trainer.studio.recipe import REST, Recipe

INDEX = "index.json"
LICENCE = "CC0-1.0"
Tell = Callable[[Event], None]


@dataclass(frozen=True)
class Made:
    """What a run did: clips made now and before, frames drawn, seconds it took, and clips that failed with reasons."""

    clips: int
    before: int
    frames: int
    seconds: float
    failed: Mapping[str, str]

    @property
    def fps(self) -> float:
        return self.frames / self.seconds if self.seconds > 0 else 0.0


def dataset_jobs(split: str, clips: int, frame: Frame) -> list[Job]:
    """The clips of a split, named SPLIT_NUMBER_KIND."""
    return [Job(f"{split}_{n:04d}_{kind(split, n)}", draw(split, n, frame)) for n in range(clips)]


def build_dataset(
    folder: Path, split: str, clips: int, frame: Frame, workers: int | None = None, tell: Tell | None = None
) -> Made:
    """Render what is missing of a set. Raises TrainerError; what is done stays, nothing half done is left."""
    settings = {"split": split, **asdict(frame)}
    return build(folder, dataset_jobs(split, clips, frame), settings, workers=workers, tell=tell)


def build(
    folder: Path,
    jobs: Sequence[Job],
    settings: Mapping[str, Any],
    about: Mapping[str, str] | None = None,
    workers: int | None = None,
    encoding: Encoding | None = None,
    tell: Tell | None = None,
    make: Make = render_clip,
) -> Made:
    """Render the jobs that `folder` lacks and keep its index. about: a sentence per clip, where there is one."""
    make_folder(folder)
    index = _opened(folder, jobs, settings)
    missing = [job for job in jobs if not is_complete(folder / f"{job.name}.mp4")]
    for job in jobs:
        if job not in missing:
            index["clips"][job.name] = entry(job.recipe, (about or {}).get(job.name))
    _save(folder, index)
    frames, failed, begun = 0, {}, perf_counter()
    with closing(render_jobs(missing, folder, workers, encoding, make)) as events:
        for event in events:
            if event.kind == "frame":
                frames += 1
            elif event.kind == "failed":
                failed[event.job.name] = event.reason
            else:
                index["clips"][event.job.name] = entry(event.job.recipe, (about or {}).get(event.job.name))
                _save(folder, index)
            if tell is not None:
                tell(event)
    return Made(len(missing) - len(failed), len(jobs) - len(missing), frames, perf_counter() - begun, failed)


def frames_of(recipe: Recipe) -> int:
    return round(length_s(recipe) * recipe.fps)


def length_s(recipe: Recipe) -> float:
    return sum(step.seconds for step in recipe.script) if recipe.script else recipe.seconds


def entry(recipe: Recipe, about: str | None = None) -> dict[str, Any]:
    """What the index tells of a clip."""
    strokes = [step for step in recipe.script if step.technique != REST]
    told: dict[str, Any] = {"what": about} if about else {}
    return {
        **told,
        "seconds": round(length_s(recipe), 3),
        "frames": frames_of(recipe),
        "techniques": list(dict.fromkeys(step.technique for step in strokes)),
        "styles": sorted({f"{step.technique}:{step.style}" for step in strokes if step.style}),
        "rests": sorted({step.rest for step in recipe.script if step.technique == REST}),
        "side": recipe.side,
        "view": recipe.view,
        "setting": recipe.setting,
        "camera": recipe.camera,
        "hand_tone": recipe.practitioner_tone if recipe.script else None,
        "foot_tone": recipe.client_tone,
        "licence": LICENCE,
        "recipe": asdict(recipe),
    }


def _opened(folder: Path, jobs: Sequence[Job], settings: Mapping[str, Any]) -> dict[str, Any]:
    path = folder / INDEX
    fresh: dict[str, Any] = {"format": 1, "settings": dict(settings), "clips": {}}
    if not path.exists():
        found = next((job.name for job in jobs if (folder / f"{job.name}.mp4").exists()), None)
        if found is not None:
            raise TrainerError(
                f"Expected an empty folder or one with {INDEX}, but '{folder}' holds {found}.mp4 without it: choose "
                "another folder with -o."
            )
        return fresh
    try:
        index: dict[str, Any] = json.loads(path.read_text("utf-8"))
        begun, recipes = index["settings"], {name: told["recipe"] for name, told in index["clips"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FormatError(
            f"Expected the index of a set of clips in '{path}', but it can't be read: choose another folder with -o."
        ) from error
    for key, value in settings.items():
        if begun.get(key) != value:
            raise TrainerError(
                f"Expected a folder for {key} {_plain(value)}, but '{folder}' was begun with {key} "
                f"{_plain(begun.get(key))}: choose another folder with -o."
            )
    for job in jobs:
        if job.name in recipes and recipes[job.name] != json.loads(json.dumps(asdict(job.recipe))):
            raise TrainerError(
                f"Expected '{folder}' to come from this version of the program, but its {job.name} has another "
                "recipe: choose another folder with -o."
            )
    return index


def _save(folder: Path, index: dict[str, Any]) -> None:
    index["clips"] = dict(sorted(index["clips"].items()))
    write_text(folder / INDEX, json.dumps(index, indent=1, ensure_ascii=False) + "\n")


def _plain(value: Any) -> str:
    return "nothing" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
