"""Single pictures with all that a finder must learn of them: hands, feet, and what every pixel shows.

A *sheet* is one world seen at several moments, each by another camera: people and room are costly to make, looks at
them are not. It is one `.npz` file of `STILLS` pictures; the arrays are told in `Sheet`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from trainer.files import make_folder
from trainer.studio.bodies import SIDES
from trainer.studio.clip import Encoding, Progress, staged
from trainer.studio.crew import Job
from trainer.studio.draw import Frame, draw, kind
from trainer.studio.performance import Moment
from trainer.studio.recipe import CAMERAS, LIMBS, VIEWS, Recipe
from trainer.studio.scene import Scene
from trainer.studio.truth import TruthLog, depth_map, visible

STILLS = 16
FRAME = Frame(seconds=5.0, width=512, height=384, fps=4.0)
_OWN_VIEW = 0.3
"""How often the camera looks at the face of the foot that is worked."""
_MISSING = 0.3
"""How often a limb isn't there, or none is: else a network learns that there are always two hands and a foot."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """K pictures of one world, all (H, W); pixels as everywhere.

    images, masks: K JPEG and PNG files (mask values as in `scene.MASK`). hands: (K, 2, 21, 3) joints of the left and
    the right hand, px and depth in mm relative to the wrist, NaN without hands; joint_visible: (K, 2, 21) bool;
    hand_visible: (K, 2) share that is seen. foot: (K, 2, 14, 2) px of the worked and the other foot, NaN if there is
    none; foot_visible: (K, 2, 14) bool. foot_left: (2,) bool; view: (K,) index in VIEWS of the face that is seen.
    """

    images: list[bytes]
    masks: list[bytes]
    hands: np.ndarray
    joint_visible: np.ndarray
    hand_visible: np.ndarray
    foot: np.ndarray
    foot_visible: np.ndarray
    foot_left: np.ndarray
    view: np.ndarray

    def write(self, path: Path) -> None:
        """Written as a whole or not at all."""
        arrays: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        for name in ("images", "masks"):
            parts = [np.frombuffer(part, np.uint8) for part in arrays[name]]
            arrays[name] = np.concatenate(parts)
            arrays[f"{name}_ends"] = np.cumsum([len(part) for part in parts])
        scratch = path.with_name(f".{path.name}.part")
        with scratch.open("wb") as file:
            np.savez(file, **arrays)
        scratch.replace(path)

    @classmethod
    def read(cls, path: Path) -> Sheet:
        with np.load(path) as stored:
            arrays: dict[str, Any] = {f.name: stored[f.name] for f in fields(cls)}
            for name in ("images", "masks"):
                ends = stored[f"{name}_ends"].tolist()
                arrays[name] = [
                    arrays[name][a:b].tobytes() for a, b in zip([0, *ends[:-1]], ends, strict=True)
                ]
        return cls(**arrays)


def sheet_jobs(split: str, count: int) -> list[Job]:
    """The first `count` sheets of a split, named SPLIT_NUMBER_KIND."""
    return [Job(f"{split}_{n:05d}_{kind(split, n)}", draw(split, n, FRAME)) for n in range(count)]


def missing_sheets(folder: Path, split: str, count: int) -> list[Job]:
    """Those of the first `count` sheets of a split that don't stand in `folder`; make them with `make_sheet`."""
    return [job for job in sheet_jobs(split, count) if not (folder / f"{job.name}.npz").is_file()]


def make_sheet(recipe: Recipe, path: Path, progress: Progress, encoding: Encoding | None = None) -> None:
    """Render the sheet of a recipe to `path` (.npz)."""
    make_folder(path.parent)
    path = path.with_suffix(".npz")
    looks: list[dict[str, Any]] = []
    with staged(recipe) as (scene, played):
        rng = np.random.default_rng([recipe.seed, 101])
        for moment in _chosen(list(played.moments(recipe.fps)), rng):
            looks.append(_look(scene, replace(_elsewhere(recipe, rng), missing=_missing(rng)), moment))
            progress(len(looks), STILLS)
    first_left = recipe.side == "left"
    stacked = {name: np.array([look[name] for look in looks]) for name in looks[0] if name not in ("image", "mask")}
    Sheet(
        [look["image"] for look in looks], [look["mask"] for look in looks],
        foot_left=np.array([first_left, not first_left]), **stacked,
    ).write(path)  # fmt: skip


def _chosen(moments: list[Moment], rng: np.random.Generator) -> Iterator[Moment]:
    """`STILLS` moments in their order, one of each stretch of time."""
    edges = np.linspace(0, len(moments), STILLS + 1)
    for low, high in pairwise(edges):
        yield moments[min(int(rng.uniform(low, high)), len(moments) - 1)]


def _elsewhere(recipe: Recipe, rng: np.random.Generator) -> Recipe:
    """The same world before another camera."""
    view = recipe.view if rng.random() < _OWN_VIEW else VIEWS[int(rng.integers(len(VIEWS)))]
    if recipe.setting == "self" and view == "lateral":
        view = "medial"  # the outer side lies on the other thigh
    return replace(
        recipe, camera=CAMERAS[int(rng.integers(len(CAMERAS)))], view=view,
        # A split's seeds lie far apart, and so do its cameras.
        camera_seed=1000 * recipe.seed + int(rng.integers(1000)),
    )  # fmt: skip


def _missing(rng: np.random.Generator) -> tuple[str, ...]:
    """The limbs that are left out of a picture."""
    if rng.random() >= _MISSING:
        return ()
    return (LIMBS, ("foot",), (SIDES[int(rng.integers(2))],), SIDES)[int(rng.choice(4, p=[0.35, 0.3, 0.25, 0.1]))]


def _look(scene: Scene, recipe: Recipe, moment: Moment) -> dict[str, Any]:
    """One picture of a sheet and all that is known of it, by the names of `Sheet` (in the singular)."""
    scene.look_from(recipe)
    view, posed = scene.posed(moment)
    image = scene.draw(moment)
    mask = scene.mask(moment)
    hands = np.full((2, 21, 3), np.nan)
    foot, foot_visible = np.full((2, 14, 2), np.nan), np.zeros((2, 14), bool)
    log = TruthLog(scene.foot, scene.bodies, recipe.fps)
    log.see(moment.time_s, view, posed.foot, posed.hands, scene.beside, recipe.missing)
    foot[0], foot_visible[0] = log.foot_landmarks[0], log.foot_visible[0]
    for k, side in enumerate(SIDES):
        if side in posed.hands and side not in recipe.missing:
            joints = posed.hands[side][2]
            pixels, depth = view.project(joints)
            hands[k] = np.c_[pixels, depth - depth[0]]
    if scene.other_landmarks is not None:
        clouds = [scene.bodies[s].limb.fine.previous_level(h[0]) for s, h in posed.hands.items()]
        nearest = depth_map(view, [posed.foot, *clouds, *scene.beside])
        foot[1], depth = view.project(scene.other_landmarks)
        foot_visible[1] = visible(view, nearest, scene.other_landmarks, 42.0)
    return {
        "image": _file(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 93]), "mask": _file(".png", mask, []),
        "hands": hands.astype(np.float32), "joint_visible": log.joints_visible[0], "hand_visible": log.hand_visible[0],
        "foot": foot.astype(np.float32), "foot_visible": foot_visible, "view": np.int8(VIEWS.index(recipe.view)),
    }  # fmt: skip


def _file(ending: str, image: np.ndarray, options: list[int]) -> bytes:
    _, data = cv2.imencode(ending, image, options)
    return data.tobytes()
