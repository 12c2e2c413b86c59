"""A folder of clips with an index of all that is in it, filled by several processes and never left half made.

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


@dataclass(frozen=True, eq=False)
class ClipSet:
    """jobs: all clips of the set; missing: those still to be made; abouts: a sentence per clip, where there is one."""

    folder: Path
    jobs: tuple[Job, ...]
    missing: tuple[Job, ...]
    abouts: Mapping[str, str]
    index: dict[str, Any]

    def render(
        self,
        workers: int | None = None,
        encoding: Encoding | None = None,
        tell: Tell | None = None,
        make: Make = render_clip,
    ) -> Made:
        """Make what is missing. Raises TrainerError; what is done stays, nothing half done is left."""
        for job in self.jobs:
            if job not in self.missing:
                self._enter(job)
        self._save()
        frames, failed, begun = 0, {}, perf_counter()
        with closing(render_jobs(self.missing, self.folder, workers, encoding, make)) as events:
            for event in events:
                if event.kind == "frame":
                    frames += 1
                elif event.kind == "failed":
                    failed[event.job.name] = event.reason
                else:
                    self._enter(event.job)
                    self._save()
                if tell is not None:
                    tell(event)
        made, before = len(self.missing) - len(failed), len(self.jobs) - len(self.missing)
        return Made(made, before, frames, perf_counter() - begun, failed)

    def _enter(self, job: Job) -> None:
        self.index["clips"][job.name] = entry(job.recipe, self.abouts.get(job.name))

    def _save(self) -> None:
        self.index["clips"] = dict(sorted(self.index["clips"].items()))
        write_text(self.folder / INDEX, json.dumps(self.index, indent=1, ensure_ascii=False) + "\n")


def open_set(folder: Path, jobs: Sequence[Job], settings: Mapping[str, Any]) -> ClipSet:
    """A folder begun with the same settings, or a new one. Raises TrainerError for a folder of another kind."""
    index = _read(folder) or _fresh(settings)
    if not (folder / INDEX).exists():
        found = next((job.name for job in jobs if _film(folder, job).exists()), None)
        if found is not None:
            raise _other(folder, f"an empty folder or one with {INDEX}", f"holds {found}.mp4 without it")
    for key, value in settings.items():
        begun = index["settings"].get(key)
        if begun != value:
            raise _other(folder, f"a folder for {key} {_plain(value)}", f"was begun with {key} {_plain(begun)}")
    for job in jobs:
        if job.name in index["clips"] and index["clips"][job.name]["recipe"] != recipe_as_data(job.recipe):
            raise _other(folder, f"a folder of this program's recipes of {job.name}", "has it with another recipe")
    make_folder(folder)
    missing = tuple(job for job in jobs if not is_complete(_film(folder, job)))
    return ClipSet(folder, tuple(jobs), missing, {}, index)


def renewed_set(
    folder: Path, jobs: Sequence[Job], settings: Mapping[str, Any], abouts: Mapping[str, str], again: bool = False
) -> ClipSet:
    """A folder whose clips are made anew where their recipes have changed or aren't known; all of them with `again`."""
    index = _read(folder) or _fresh(settings)
    make_folder(folder)
    if again:
        for job in jobs:
            index["clips"].pop(job.name, None)
    missing = tuple(
        job
        for job in jobs
        if not is_complete(_film(folder, job))
        or index["clips"].get(job.name, {}).get("recipe") != recipe_as_data(job.recipe)
    )
    for job in missing:
        index["clips"].pop(job.name, None)
    return ClipSet(folder, tuple(jobs), missing, abouts, index)


def frames_of(recipe: Recipe) -> int:
    return round(length_s(recipe) * recipe.fps)


def length_s(recipe: Recipe) -> float:
    return sum(step.seconds for step in recipe.script) if recipe.script else recipe.seconds


def recipe_as_data(recipe: Recipe) -> dict[str, Any]:
    """A recipe as JSON has it; of the steps only what is said."""
    data = asdict(recipe)
    data["script"] = [{key: value for key, value in step.items() if value is not None} for step in data["script"]]
    missing = data.pop("missing")
    return {**data, "missing": list(missing)} if missing else data


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
        "recipe": recipe_as_data(recipe),
    }


def _film(folder: Path, job: Job) -> Path:
    return folder / f"{job.name}.mp4"


def _fresh(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"format": 1, "settings": dict(settings), "clips": {}}


def _read(folder: Path) -> dict[str, Any] | None:
    path = folder / INDEX
    if not path.exists():
        return None
    try:
        index: dict[str, Any] = json.loads(path.read_text("utf-8"))
        sound = isinstance(index["settings"], dict) and all("recipe" in told for told in index["clips"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise FormatError(f"Expected the index of a set of clips in '{path}', but it can't be read: move it away.")
    return index


def _other(folder: Path, wanted: str, found: str) -> TrainerError:
    return TrainerError(f"Expected {wanted}, but '{folder}' {found}: choose another folder with -o.")


def _plain(value: Any) -> str:
    return "nothing" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
