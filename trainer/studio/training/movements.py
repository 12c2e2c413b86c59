"""Movements without pictures: what hands and foot do in space, played much faster than it can be rendered.

A session is a file NAME.npz with T frames:

| array | shape | meaning |
|---|---|---|
| `time_s` | (T,) | seconds |
| `hands_mm` | (T, 2, 21, 3) | joints of the practitioner's left and right hand, in the stage's frame |
| `foot_mm` | (T, 14, 3) | the foot's landmarks there |
| `technique` | (T,) | its number in `TECHNIQUES` (`strokes.vocabulary`) |
| `working` | (T, 2) | bool: which hands do it |
| `cycles_s`, `cycle_hands` | (N,), (N, 2) | every repetition, and which hands do it |
| `facts` | () | the recipe as JSON |
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from trainer.files import write_atomically
from trainer.strokes.vocabulary import NUMBER
from trainer.studio.anatomy import Anatomy, anatomy
from trainer.studio.bodies import SIDES, hand, leg, rodrigues
from trainer.studio.clip import Encoding, Progress
from trainer.studio.crew import Job
from trainer.studio.draw import draw_movements
from trainer.studio.foot_surface import FootSurface, foot_surface
from trainer.studio.people import person
from trainer.studio.performance import Moment, perform
from trainer.studio.reach import carried, transforms
from trainer.studio.recipe import REST, Recipe

SECONDS, FPS = 36.0, 20.0


def missing_movements(folder: Path, split: str, sessions: int) -> list[Job]:
    """The sessions of a split that a folder lacks."""
    names = {number: f"{split}_{number:05d}" for number in range(sessions)}
    return [
        Job(name, draw_movements(split, number, SECONDS, FPS))
        for number, name in names.items()
        if not (folder / f"{name}.npz").is_file()
    ]


def make_movements(recipe: Recipe, film: Path, progress: Progress, encoding: Encoding | None = None) -> None:
    """Play a recipe and write it beside where its film would be, as .npz."""
    practitioner = person(recipe.practitioner, recipe.practitioner_tone, recipe.oil)
    client = practitioner if recipe.setting == "self" else person(recipe.client, recipe.client_tone, recipe.oil)
    foot = foot_surface(leg(client, recipe.side))
    bodies = {side: anatomy(hand(practitioner, side)) for side in SIDES}
    played = perform(foot, bodies, recipe.script, recipe.seed, recipe.setting)
    frames = round(played.seconds * recipe.fps)
    hands, feet = np.zeros((frames, 2, 21, 3), np.float32), np.zeros((frames, 14, 3), np.float32)
    technique = np.full(frames, NUMBER[REST], np.int8)
    working = np.zeros((frames, 2), bool)
    for k, moment in enumerate(played.moments(recipe.fps)):
        feet[k], hands[k] = _placed(foot, bodies, moment)
        if moment.stroke is not None:
            technique[k] = NUMBER[moment.stroke.technique]
            working[k] = [side in moment.stroke.movement.hands for side in SIDES]
        progress(k + 1, frames)
    cycles, cycle_hands = [], []
    for stroke in played.strokes:
        for instant in stroke.movement.beat.instants:
            cycles.append(float(instant))
            cycle_hands.append([side in stroke.movement.done_by(float(instant)) for side in SIDES])
    with write_atomically(film.with_suffix(".npz")) as scratch:
        np.savez_compressed(
            scratch, time_s=np.arange(frames) / recipe.fps, hands_mm=hands, foot_mm=feet, technique=technique,
            working=working, cycles_s=np.array(cycles), cycle_hands=np.array(cycle_hands, bool).reshape(-1, 2),
            facts=np.array(json.dumps({**asdict(recipe), "length_mm": foot.length_mm})),
        )  # fmt: skip


def _placed(foot: FootSurface, bodies: dict[str, Anatomy], moment: Moment) -> tuple[np.ndarray, np.ndarray]:
    """The foot's landmarks (14, 3) and both hands' joints (2, 21, 3) of a moment. Toes that are bent stay as at rest:
    whoever follows a foot follows it as a whole."""
    turn, ankle = rodrigues(moment.foot_turn), foot.limb.heads[foot.limb.index("foot")]
    shift = ankle - turn @ ankle + moment.foot_shift
    hands = np.zeros((2, 21, 3))
    for k, side in enumerate(SIDES):
        body = bodies[side]
        matrices = transforms(body, moment.poses[side], moment.elbows[side])
        hands[k] = carried(matrices, body.mark_joint, body.mark_point) @ turn.T + shift
    return foot.vertices[foot.landmarks] @ turn.T + shift, hands
