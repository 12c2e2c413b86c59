"""From a recipe to a film with its truth beside it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2  # noqa: F401  (before av: their libraries must be loaded in this order)
import numpy as np

from trainer.errors import TrainerError
from trainer.files import make_folder, write_error
from trainer.studio.performance import Moment, Performance, perform
from trainer.studio.recipe import Recipe
from trainer.studio.scene import Scene
from trainer.studio.truth import TruthLog

Progress = Callable[[int, int], None]
FOOT_ENDING = ".foot.json"
ENDINGS = (".mp4", ".truth.json", ".truth.npz", FOOT_ENDING)
"""A clip and its sidecars, by the ends of their names."""


@dataclass(frozen=True)
class Encoding:
    """How hard H.264 works: x264's constant rate factor (lower is better and larger) and its preset."""

    crf: int = 23
    preset: str = "medium"


def preview(recipe: Recipe, at_s: float | None = None) -> np.ndarray:
    """One picture (H, W, 3) uint8 BGR of a recipe, by default from the middle of its first stroke."""
    with staged(recipe) as (scene, played):
        if at_s is None:
            first = played.strokes[0] if played.strokes else None
            at_s = (first.start_s + first.end_s) / 2 if first else 0.0
        if not 0 <= at_s <= played.seconds:
            raise TrainerError(f"Expected a moment from 0 to {played.seconds:g} s, but got {at_s:g} s.")
        last: Moment | None = None
        for moment in played.moments(10.0):
            last = moment
            if moment.time_s >= at_s - 1e-6:
                break
        if last is None:
            raise TrainerError(f"Expected at least a tenth of a second to show, but got {played.seconds:g} s.")
        return scene.draw(last)


def render_clip(
    recipe: Recipe,
    out_path: str | os.PathLike[str],
    progress: Progress | None = None,
    encoding: Encoding | None = None,
) -> list[Path]:
    """Render a recipe to `out_path` (.mp4) and its three sidecars.

    progress(done, total) is called after every frame. Files appear under their names only when all are complete, the
    film last. Returns the paths written. Raises TrainerError, also for a full disk; then nothing is left behind.
    """
    out = mp4_name(Path(out_path))
    make_folder(out.parent)
    scratch = scratch_of(out)
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        with staged(recipe) as (scene, played):
            _film(scene, played, scratch / out.name, progress, encoding or Encoding(crf=scene.film.crf))
        # The film goes first and comes last: where it stands, its sidecars are its own.
        out.unlink(missing_ok=True)
        written = []
        for ending in (*_endings(recipe)[1:], ENDINGS[0]):
            final = out.with_name(out.stem + ending)
            (scratch / final.name).replace(final)
            written.append(final)
        return written
    except OSError as error:
        raise write_error(out, error) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def is_complete(out: Path) -> bool:
    """True when a clip stands with all its sidecars."""
    return all(out.with_name(out.stem + ending).is_file() for ending in ENDINGS)


def _endings(recipe: Recipe) -> tuple[str, ...]:
    """The files of a clip: nobody marks the landmarks of a foot that isn't there."""
    return tuple(e for e in ENDINGS if e != FOOT_ENDING or "foot" not in recipe.missing)


def scratch_of(out: Path) -> Path:
    """The hidden folder beside a clip in which it is made."""
    return out.with_name(f".{out.stem}.part")


def mp4_name(out: Path) -> Path:
    if out.suffix.lower() != ".mp4":
        raise TrainerError(f"Expected a clip's name like {out.stem or 'clip'}.mp4, but got '{out}'.")
    return out


@contextmanager
def staged(recipe: Recipe) -> Iterator[tuple[Scene, Performance]]:
    """The world of a recipe and what is played in it."""
    scene = Scene(recipe)
    try:
        yield scene, perform(
            scene.foot, scene.bodies, recipe.script, recipe.seed, recipe.setting,
            bare_seconds=recipe.seconds, calm=recipe.clean,
        )  # fmt: skip
    finally:
        scene.close()


def _film(scene: Scene, played: Performance, path: Path, progress: Progress | None, encoding: Encoding) -> None:
    """The film at `path` and its sidecars beside it."""
    from trainer.video.writer import VideoWriter

    recipe = scene.recipe
    log = TruthLog(scene.foot, scene.bodies, recipe.fps)
    total = round(played.seconds * recipe.fps)
    # One thread: with more, x264 cuts the picture differently from machine to machine.
    with VideoWriter(path, recipe.width, recipe.height, crf=encoding.crf, preset=encoding.preset, threads=1) as writer:
        for done, moment in enumerate(played.moments(recipe.fps), start=1):
            writer.write(scene.draw(moment, log), moment.time_s)
            if progress is not None:
                progress(done, total)
    facts: dict[str, Any] = {
        "format": 1,
        "origin": "rendered",
        "frames": len(log.time_s),
        "fps": recipe.fps,
        "width": recipe.width,
        "height": recipe.height,
        "foot": {"side": recipe.side, "view": recipe.view, "length_mm": round(scene.foot.length_mm, 1)},
    }
    stem = path.with_suffix("")
    if recipe.missing:
        facts["missing"] = list(recipe.missing)
    strokes = () if recipe.missing else played.strokes
    log.write(stem, facts, strokes, recipe.view == "plantar" and bool(strokes))
    if "foot" in recipe.missing:
        return
    foot = log.first_frame_foot(recipe.side, recipe.view)
    stem.with_name(stem.name + ".foot.json").write_text(json.dumps(foot, indent=1) + "\n")
