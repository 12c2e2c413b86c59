"""The clips that the project shows and is tested on. Nothing is tuned on them: their seeds are theirs alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer.errors import TrainerError
from trainer.strokes.techniques import load_techniques
from trainer.studio.clip import Encoding
from trainer.studio.clip_set import ClipSet, renewed_set
from trainer.studio.crew import Job
from trainer.studio.draw import BARE, fitted, seen_best
from trainer.studio.recipe import Recipe
from trainer.studio.script import shipped_script, shipped_scripts, single

ENCODING = Encoding(crf=26, preset="slower")
"""Small files that still bear a look: all samples together stay below 60 MB."""
SECONDS = 8.0
_SCRIPTS = {"session": (121, 7121), "good": (131, 3121), "beginner": (141, 3121)}
"""Clips of a whole script: the seeds of movement and stage. They share a camera that sees the whole sole well."""
_SCRIPT_CAMERA = 10121


@dataclass(frozen=True)
class _Look:
    """Who, where and how, for the sample of one technique. Camera and stage were chosen by eye."""

    seed: int
    camera_seed: int
    stage_seed: int
    side: str
    setting: str
    camera: str
    hand_tone: int
    foot_tone: int
    step: dict[str, Any]


_LOOKS = {
    "effleurage": _Look(
        201, 4101, 102, "left", "couch", "shoulder", 1, 7, {"tempo": 24, "hand": "left", "style": "one_hand"}
    ),
    "kneading": _Look(102, 102, 102, "left", "couch", "shoulder", 2, 1, {"tempo": 92, "style": "alternating"}),
    "knuckling": _Look(
        203, 10203, 3203, "right", "stool", "shoulder", 7, 4, {"tempo": 40, "hand": "right", "style": "circles"}
    ),
    "thumb_walking": _Look(
        104, 1104, 104, "right", "couch", "shoulder", 5, 3, {"tempo": 84, "hand": "right", "style": "lanes"}
    ),
    "finger_walking": _Look(
        405, 8105, 3107, "left", "couch", "side", 4, 3, {"tempo": 80, "hand": "right", "style": "index"}
    ),
    "friction": _Look(
        406, 28106, 104, "right", "self", "shoulder", 2, 2, {"tempo": 66, "hand": "left", "zone": "arch_medial"}
    ),
    "tapotement": _Look(107, 14107, 3107, "left", "stool", "phone", 1, 5, {"tempo": 170, "style": "both_hands"}),
    "press_hold": _Look(
        108, 22108, 108, "right", "couch", "side", 9, 6, {"tempo": 12, "hand": "right", "style": "stacked"}
    ),
    "wringing": _Look(109, 9109, 109, "left", "couch", "phone", 4, 8, {"tempo": 48, "style": "midfoot"}),
    "toe_rotation": _Look(
        210, 19210, 2210, "right", "stool", "side", 6, 0, {"tempo": 36, "hand": "left", "style": "wrap"}
    ),
    "toe_pull": _Look(111, 8111, 1111, "left", "self", "above", 7, 7, {"tempo": 22, "hand": "right", "style": "wrap"}),
    "ankle_rotation": _Look(
        112, 2112, 1112, "right", "couch", "side", 0, 4, {"tempo": 20, "hand": "right", "style": "side"}
    ),
}


def sample_recipes(width: int = 1280, height: int = 720, fps: float = 30.0) -> dict[str, Recipe]:
    """Every sample by name: the twelve techniques by id, `bare_foot`, `session`, `good` and `beginner`."""
    size: dict[str, Any] = {"width": width, "height": height, "fps": fps}
    recipes = {technique: _of(technique, look) for technique, look in _LOOKS.items()}
    recipes[BARE] = Recipe(
        seconds=SECONDS, seed=113, client=413, client_tone=3, practitioner=713, camera_seed=2113, stage_seed=104
    )
    for name, (seed, stage) in _SCRIPTS.items():
        # One foot, one pair of hands, one room: the good and the beginner's session differ in nothing but the doing.
        people = 131 if name == "beginner" else seed
        recipes[name] = replace(
            shipped_script(name), seed=seed, practitioner=people + 600, client=people + 300, practitioner_tone=3,
            client_tone=2, camera_seed=_SCRIPT_CAMERA, stage_seed=stage,
        )  # fmt: skip
    return {name: replace(recipe, **size) for name, recipe in recipes.items()}


def sample_abouts() -> dict[str, str]:
    """What each sample shows, in a sentence."""
    known, scripts = load_techniques(), shipped_scripts()
    told = {name: f"{known[name].name}: {known[name].how}" for name in _LOOKS}
    told[BARE] = "A bare foot without hands: nothing may be found in it but a foot."
    return told | {name: scripts[name] for name in _SCRIPTS}


def open_samples(folder: Path, recipes: dict[str, Recipe], only: Sequence[str] = (), again: bool = False) -> ClipSet:
    """The samples, or some of them, in `folder`: made anew where their recipe is another now, all with `again`."""
    unknown = next((name for name in only if name not in recipes), None)
    if unknown is not None:
        raise TrainerError(f"Expected a clip out of {', '.join(recipes)}, but got '{unknown}'.")
    jobs = [Job(name, recipe) for name, recipe in recipes.items() if not only or name in only]
    return renewed_set(folder, jobs, {"set": "samples"}, sample_abouts(), again)


def _of(technique: str, look: _Look) -> Recipe:
    view = seen_best(technique, look.step.get("zone"), look.step.get("style"))
    script = tuple(fitted(step, view, look.seed) for step in single(technique, SECONDS, **look.step))
    return Recipe(
        script, seconds=SECONDS, seed=look.seed, side=look.side, view=view, setting=look.setting, camera=look.camera,
        practitioner=look.seed + (300 if look.setting == "self" else 600), client=look.seed + 300,
        practitioner_tone=look.hand_tone, client_tone=look.foot_tone, camera_seed=look.camera_seed,
        stage_seed=look.stage_seed,
    )  # fmt: skip
