"""The mean foot as a surface, and how feet differ from it: what a foot's pose is fitted with.

Made by ``trainer studio foot`` from anny's people (CC0 shapes); the file is ``models/foot_surface.npz``. Lengths are
foot lengths; the axes are those of a left foot at rest: x to the lateral border, y from the back of the heel (0) to the
tip of the longest toe (1), z out of the sole. A right foot is its mirror image (x negated).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ModelFileError
from trainer.files import data_dir
from trainer.model import Floats

MODEL = "foot_surface.npz"
MODES = 5
"""In how many ways feet differ from the mean."""
SOLE, TOP, BORDER = 0, 1, -1
"""Numbers of a face: which map a place of the skin belongs to; the narrow border between them belongs to neither."""


@dataclass(frozen=True, eq=False)
class FootModel:
    """The skin's N places: vertices (N, 3), normals (N, 3) unit, modes (K, N, 3) for one standard deviation each,
    uv (N, 2) on the map of face (N,); landmarks (14, 3) in FOOT_LANDMARKS order and landmark_modes (K, 14, 3).

    cells: (M,) which cell each of the cells on the foot is, a flat index in (2, 64, 32) of sole and top, with places
    cell_vertices (M, 3), cell_normals (M, 3), cell_modes (K, M, 3). triangles: (F, 3) of the skin.
    """

    vertices: Floats
    normals: Floats
    modes: Floats
    uv: Floats
    face: NDArray[np.int64]
    landmarks: Floats
    landmark_modes: Floats
    cells: NDArray[np.int64]
    cell_vertices: Floats
    cell_normals: Floats
    cell_modes: Floats
    triangles: NDArray[np.int64]


def normals(vertices: Floats, triangles: NDArray[np.int64]) -> Floats:
    """(N, 3) unit normals of a mesh, weighted by area."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    out = np.stack(
        [np.bincount(triangles.ravel(), np.repeat(across[:, k], 3), len(vertices)) for k in range(3)], axis=1
    )
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12))


@cache
def foot_model(folder: Path | None = None) -> FootModel:
    """The model of ``models/``, or of another folder. Raises ModelFileError when it is missing or damaged."""
    path = _path(folder)
    try:
        with np.load(path) as stored:
            parts = {f.name: np.asarray(stored[f.name]) for f in fields(FootModel)}
    except (OSError, KeyError, ValueError) as error:
        raise ModelFileError(
            f"Expected the foot's surface in {path}, but it can't be read: install the program again."
        ) from error
    typed: dict[str, Any] = {n: v.astype(np.int64 if v.dtype.kind in "iu" else float) for n, v in parts.items()}
    return FootModel(**typed)


@cache
def model_sha256(folder: Path | None = None) -> str:
    """Of the model's file, for whoever asks what made a number."""
    return hashlib.sha256(_path(folder).read_bytes()).hexdigest()


def _path(folder: Path | None) -> Path:
    return (data_dir() / "models" if folder is None else folder) / MODEL
