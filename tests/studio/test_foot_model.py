"""The mean foot: what is made of feet that differ in known ways."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("anny", reason="extra 'studio'")

from trainer.foot import atlas
from trainer.foot.surface import MODES, SOLE, FootModel, foot_model, normals
from trainer.model import FOOT_LANDMARKS
from trainer.studio.foot_model import write_model


def wider(foot: Any, k: int) -> Any:
    """The same foot, broader by some per cent and with its arch raised by some millimetres."""
    vertices = foot.vertices.copy()
    vertices[:, 0] *= 1 + 0.02 * k
    arch = (abs(foot.uv[:, 0] - 0.45) < 0.1) & foot.sole
    vertices[arch, 2] += 2.0 * np.cos(2.1 * k)
    return replace(foot, vertices=vertices)


def test_feet_that_differ_give_their_mean_and_what_they_differ_in(foot: Any, tmp_path: Path) -> None:
    feet = [wider(foot, k) for k in range(-4, 5)]
    write_model(feet, tmp_path / "foot_surface.npz")
    model = foot_model(tmp_path)
    own = foot.vertices[foot.landmarks] / foot.length_mm
    assert model.modes.shape[0] == MODES
    assert model.landmarks[:, 1] == pytest.approx(own[:, 1], abs=1e-3)
    assert model.landmarks[:, 0] == pytest.approx(own[:, 0], abs=1e-3)
    # The first mode is their breadth: 0.02 times the spread of -4 … 4.
    ball = FOOT_LANDMARKS.index("ball_lateral")
    spread = abs(own[ball, 0]) * 0.02 * np.std(range(-4, 5), ddof=1)
    assert abs(model.landmark_modes[0, ball, 0]) == pytest.approx(spread, rel=0.1)


def test_the_shipped_model_is_a_foot() -> None:
    model = foot_model()
    assert {field.name for field in fields(FootModel)} == set(vars(model))
    across = normals(model.vertices, model.triangles)
    assert np.einsum("nc,nc->n", across, model.normals).min() > 0.9
    assert np.linalg.norm(model.normals, axis=1) == pytest.approx(1.0, abs=1e-3)
    assert model.landmarks[FOOT_LANDMARKS.index("heel_back"), 1] == pytest.approx(0.0, abs=0.03)
    assert model.landmarks[FOOT_LANDMARKS.index("hallux_tip"), 1] == pytest.approx(1.0, abs=0.03)
    cells = np.zeros(2 * 64 * 32, bool)
    cells[model.cells] = True
    on_foot = atlas.grid_on_foot("plantar")
    assert cells.reshape(2, 64, 32)[SOLE][on_foot].mean() > 0.93
    places = model.cell_vertices[model.cells < 64 * 32]
    u = (model.cells[model.cells < 64 * 32] // 32 + 0.5) / 64
    assert np.abs(places[:, 1] - u).max() < 0.05
