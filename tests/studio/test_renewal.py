"""Truth that older clips lack is added by playing them again; nothing else is touched, and no other clip's is added."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("anny")

from trainer.cli import app
from trainer.studio.clip_set import INDEX, entry, recipe_as_data
from trainer.studio.recipe import Recipe, Step
from trainer.studio.renewal import ADDED, recipe_of, renew_truth, stale_clips
from trainer.studio.samples import sample_recipes

RECIPE = Recipe(
    (Step("rest", 0.3), Step("kneading", 0.6, tempo=100), Step("rest", 0.3)), seed=2, width=96, height=72, fps=10.0
)


def test_a_recipe_comes_back_from_the_index() -> None:
    for recipe in sample_recipes().values():
        assert recipe_of(json.loads(json.dumps(recipe_as_data(recipe)))) == recipe


def test_clips_that_lack_something_are_found(tmp_path: Path) -> None:
    clips = {name: entry(RECIPE) for name in ("old", "new", "unmade")}
    (tmp_path / INDEX).write_text(json.dumps({"settings": {}, "clips": clips}))
    np.savez(tmp_path / "old.truth.npz", time_s=np.arange(3))
    np.savez(tmp_path / "new.truth.npz", **dict.fromkeys(ADDED, np.zeros(3)))
    assert [(job.name, job.recipe) for job in stale_clips(tmp_path)] == [("old", RECIPE)]


@pytest.mark.parametrize("index", [None, "", "[7]", '{"clips": {"a": {}}}', '{"clips": {"a": {"recipe": {"x": 1}}}}'])
def test_a_folder_without_recipes_is_refused(tmp_path: Path, index: str | None) -> None:
    if index is not None:
        (tmp_path / INDEX).write_text(index)
    result = CliRunner().invoke(app, ["studio", "truth", str(tmp_path)])
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1 and INDEX in result.stderr


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_what_is_added_is_what_rendering_tells(tmp_path: Path) -> None:
    pytest.importorskip("pyvista")
    from trainer.studio.clip import render_clip

    film, path = tmp_path / "clip.mp4", tmp_path / "clip.truth.npz"
    render_clip(RECIPE, film)
    with np.load(path) as file:
        whole = dict(file)
    told = {name: whole.pop(name) for name in ADDED}
    seen = told["hand_joints_visible"]
    assert seen.shape == (12, 2, 21) and 0.1 < seen[6].mean() < 1
    np.savez(path, **whole)
    pictures, old = film.read_bytes(), path.read_bytes()
    with pytest.raises(ValueError, match="another hand_landmarks_px"):
        renew_truth(replace(RECIPE, camera_seed=5), film, lambda done, total: None)
    assert path.read_bytes() == old
    steps = []
    renew_truth(RECIPE, film, lambda done, total: steps.append((done, total)))
    assert steps[-1] == (12, 12)
    with np.load(path) as file:
        assert all(np.array_equal(file[name], told[name], equal_nan=True) for name in ADDED)
        assert all(np.array_equal(file[name], values, equal_nan=True) for name, values in whole.items())
    assert film.read_bytes() == pictures
