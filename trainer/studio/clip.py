"""From a recipe to a film with its truth beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2  # noqa: F401  (before av: their libraries must be loaded in this order)
import numpy as np

from trainer.studio.extra import need
from trainer.studio.performance import Moment, Performance, perform
from trainer.studio.recipe import Recipe
from trainer.studio.scene import Scene
from trainer.studio.truth import TruthLog

Progress = Callable[[int, int], None]


def preview(recipe: Recipe, at_s: float | None = None) -> np.ndarray:
    """One picture (H, W, 3) uint8 BGR of a recipe, by default from the middle of its first stroke."""
    scene = Scene(recipe)
    try:
        played = _played(scene, recipe)
        if at_s is None:
            first = played.strokes[0] if played.strokes else None
            at_s = (first.start_s + first.end_s) / 2 if first else 0.0
        last: Moment | None = None
        for moment in played.moments(10.0):
            last = moment
            if moment.time_s >= at_s:
                break
        if last is None:
            raise ValueError("the recipe has no time to show")
        return scene.draw(last)
    finally:
        scene.close()


def render_clip(recipe: Recipe, out_path: str | os.PathLike[str], progress: Progress | None = None) -> list[Path]:
    """Render a recipe to `out_path` (.mp4) and its three sidecars.

    progress(done, total) is called after every frame. Files appear under their names only when all are complete.
    Returns the paths written.
    """
    out = Path(out_path)
    out.parent.mkdir(parents=True, exist_ok=True)
    stem = out.with_suffix("")
    scratch = stem.with_name(f".{stem.name}.part")
    scene = Scene(recipe)
    try:
        played = _played(scene, recipe)
        log = TruthLog(scene.foot, scene.bodies, recipe.fps)
        total = round(played.seconds * recipe.fps)
        film_path = scratch.with_name(scratch.name + ".mp4")
        with _Writer(film_path, recipe) as writer:
            for done, moment in enumerate(played.moments(recipe.fps), start=1):
                writer.write(scene.draw(moment, log))
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
        sole_worked = recipe.view == "plantar" and bool(recipe.script)
        sidecars = log.write(scratch, facts, played.strokes, sole_worked)
        foot_path = scratch.with_name(scratch.name + ".foot.json")
        foot_path.write_text(json.dumps(log.first_frame_foot(recipe.side, recipe.view), indent=1) + "\n")
        written = []
        for path in (*sidecars, foot_path, film_path):
            final = path.with_name(path.name.replace(scratch.name, stem.name, 1))
            path.replace(final)
            written.append(final)
        return written
    finally:
        scene.close()
        for left in out.parent.glob(f"{scratch.name}*"):
            left.unlink()


def _played(scene: Scene, recipe: Recipe) -> Performance:
    return perform(
        scene.foot, scene.bodies, recipe.script, recipe.seed, recipe.setting,
        bare_seconds=recipe.seconds, calm=recipe.clean,
    )  # fmt: skip


class _Writer:
    """H.264 yuv420p through PyAV, constant frame rate."""

    def __init__(self, path: Path, recipe: Recipe) -> None:
        av = need("av")
        self._av = av
        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self._stream = self._container.add_stream("libx264", rate=round(recipe.fps))
        self._stream.width, self._stream.height = recipe.width, recipe.height
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {"crf": "24", "preset": "medium", "x264-params": "threads=1"}

    def __enter__(self) -> _Writer:
        return self

    def write(self, image: np.ndarray) -> None:
        frame = self._av.VideoFrame.from_ndarray(image, format="bgr24")
        for packet in self._stream.encode(frame):
            self._container.mux(packet)

    def __exit__(self, *_: object) -> None:
        for packet in self._stream.encode():
            self._container.mux(packet)
        self._container.close()
