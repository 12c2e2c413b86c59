"""The clips the project shows and is tested on, and those it is tuned on (other people, feet and cameras)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from trainer.studio.clip import render_clip
from trainer.studio.recipe import Recipe, Step

Report = Callable[[str, int, int], None]


def one(technique: str, seconds: float, hand: str | None = None, tempo: float | None = None) -> tuple[Step, ...]:
    """A script with one stroke between a coming and a going."""
    come, go = Step("rest", 1.3, rest="leave"), Step("rest", 1.2, rest="leave")
    return (come, Step(technique, seconds - 2.5, tempo=tempo, hand=hand), go)


def session(*steps: Step, pause: float = 2.4) -> tuple[Step, ...]:
    """Strokes with pauses between them, a coming and a going."""
    script: list[Step] = [Step("rest", 1.5, rest="leave")]
    for i, step in enumerate(steps):
        if i:
            script.append(Step("rest", pause + 0.3 * (i % 3), rest="leave" if i == 2 else "hover"))
        script.append(step)
    return (*script, Step("rest", 1.5, rest="leave"))


SAMPLES: dict[str, Recipe] = {
    "kneading": Recipe(
        one("kneading", 14), seed=101, practitioner=101, client=102, practitioner_tone=1, client_tone=0,
        camera_seed=111, stage_seed=101,
    ),
    "thumb_walking": Recipe(
        one("thumb_walking", 15, "right", 84), seed=102, side="right", practitioner=103, client=104,
        practitioner_tone=3, client_tone=2, camera_seed=104, stage_seed=102,
    ),
    "effleurage": Recipe(
        one("effleurage", 15, "left"), seed=103, practitioner=105, client=106, practitioner_tone=0, client_tone=4,
        camera_seed=103, stage_seed=103,
    ),
    "bare_foot": Recipe(seconds=10, seed=104, client=107, client_tone=2, camera_seed=107, stage_seed=104),
    "session": Recipe(
        session(
            Step("kneading", 11.0, tempo=92),
            Step("effleurage", 11.0, hand="right"),
            Step("thumb_walking", 10.0, tempo=78, hand="left"),
            Step("friction", 6.0, hand="right"),
            Step("press_hold", 8.0, hand="left"),
        ),
        seed=105, practitioner=108, client=109, practitioner_tone=2, client_tone=1, camera_seed=101, stage_seed=105,
    ),
}  # fmt: skip

TUNE: dict[str, Recipe] = {
    "kneading_1": Recipe(
        one("kneading", 10), seed=1, practitioner=11, client=21, practitioner_tone=2, client_tone=1, camera_seed=11,
        stage_seed=11,
    ),
    "bare_1": Recipe(seconds=5, seed=2, client=22, client_tone=0, camera_seed=12, stage_seed=12),
    "thumb_walking_1": Recipe(
        one("thumb_walking", 10, "right"), seed=3, practitioner=12, client=23, practitioner_tone=0, client_tone=2,
        camera_seed=13, stage_seed=13,
    ),
    "effleurage_1": Recipe(
        one("effleurage", 12, "right"), seed=4, side="right", practitioner=13, client=24, practitioner_tone=5,
        client_tone=5, camera_seed=14, stage_seed=14,
    ),
    "bare_2": Recipe(
        seconds=5, seed=5, side="right", view="dorsal", client=25, client_tone=3, camera_seed=15, stage_seed=15
    ),
    "kneading_2": Recipe(
        one("kneading", 9), seed=6, side="right", practitioner=14, client=26, practitioner_tone=4, client_tone=2,
        camera_seed=16, stage_seed=16,
    ),
    "thumb_walking_2": Recipe(
        one("thumb_walking", 10, "left"), seed=7, side="right", practitioner=11, client=22, practitioner_tone=3,
        client_tone=0, camera_seed=17, stage_seed=17,
    ),
    "effleurage_2": Recipe(
        one("effleurage", 9, "left", 42), seed=8, practitioner=12, client=25, practitioner_tone=1, client_tone=4,
        camera_seed=18, stage_seed=18,
    ),
    "session_1": Recipe(
        session(
            Step("effleurage", 9.0, hand="left"),
            Step("kneading", 10.0),
            Step("thumb_walking", 9.0, hand="right"),
            Step("press_hold", 7.0, hand="right"),
        ),
        seed=9, side="right", practitioner=13, client=23, practitioner_tone=1, client_tone=3, camera_seed=19,
        stage_seed=19,
    ),
    "bare_3": Recipe(seconds=5, seed=10, view="medial", client=26, client_tone=5, camera_seed=20, stage_seed=20),
    "friction_1": Recipe(
        one("friction", 10, "left"), seed=11, practitioner=14, client=24, practitioner_tone=2, client_tone=0,
        camera_seed=21, stage_seed=21,
    ),
    "press_hold_1": Recipe(
        one("press_hold", 16, "right"), seed=12, side="right", practitioner=12, client=21, practitioner_tone=4,
        client_tone=1, camera_seed=22, stage_seed=22,
    ),
    "knuckling_1": Recipe(
        one("knuckling", 9, "right"), seed=13, practitioner=11, client=25, practitioner_tone=1, client_tone=3,
        camera_seed=23, stage_seed=23,
    ),
    "tapotement_1": Recipe(
        one("tapotement", 8, "left"), seed=14, side="right", practitioner=13, client=22, practitioner_tone=3,
        client_tone=0, camera_seed=24, stage_seed=24,
    ),
    "wringing_1": Recipe(
        one("wringing", 9), seed=15, practitioner=12, client=24, practitioner_tone=0, client_tone=4, camera_seed=25,
        stage_seed=25,
    ),
    "toe_rotation_1": Recipe(
        one("toe_rotation", 9, "left"), seed=16, practitioner=14, client=21, practitioner_tone=2, client_tone=1,
        camera_seed=26, stage_seed=26,
    ),
    "toe_pull_1": Recipe(
        one("toe_pull", 10, "right"), seed=17, side="right", practitioner=11, client=26, practitioner_tone=4,
        client_tone=2, camera_seed=27, stage_seed=27,
    ),
    "ankle_rotation_1": Recipe(
        one("ankle_rotation", 11, "right"), seed=18, practitioner=13, client=23, practitioner_tone=1, client_tone=0,
        camera_seed=28, stage_seed=28,
    ),
    "finger_walking_1": Recipe(
        one("finger_walking", 8, "left"), seed=19, view="dorsal", practitioner=12, client=25, practitioner_tone=3,
        client_tone=1, camera_seed=29, stage_seed=29,
    ),
    "kneading_3": Recipe(
        one("kneading", 9, tempo=112), seed=20, practitioner=13, client=24, practitioner_tone=0, client_tone=5,
        camera_seed=30, stage_seed=30,
    ),
    "bare_4": Recipe(
        seconds=5, seed=21, side="right", view="lateral", client=21, client_tone=2, camera_seed=31, stage_seed=31
    ),
}  # fmt: skip

SPLITS = {"test": SAMPLES, "tune": TUNE}


def build_split(
    out_dir: str | os.PathLike[str],
    split: str,
    only: list[str] | None = None,
    progress: Report | None = None,
) -> list[Path]:
    """Render the clips of a split (`test` or `tune`). progress(clip, frames done, frames in all)."""
    recipes = SPLITS[split]
    names = list(recipes) if only is None else only
    unknown = [n for n in names if n not in recipes]
    if unknown:
        raise ValueError(f"no clip {', '.join(unknown)} in the {split} split; there are {', '.join(recipes)}")
    written: list[Path] = []
    for name in names:
        report = None if progress is None else _named(progress, name)
        written += render_clip(recipes[name], Path(out_dir) / f"{name}.mp4", report)
    return written


def _named(progress: Report, name: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(name, done, total)
