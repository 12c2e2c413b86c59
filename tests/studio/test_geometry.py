"""The mesh, joint and camera mathematics, without the studio's extra."""

import numpy as np
import pytest

from trainer.errors import TrainerError
from trainer.studio import stage
from trainer.studio.bodies import Limb, rodrigues, vertex_normals
from trainer.studio.camera import Camera, Shake, camera
from trainer.studio.recipe import CAMERAS, SETTINGS, Recipe, Step
from trainer.studio.subdivision import refine, triangles

CUBE = np.array([[x, y, z] for x in (-1.0, 1) for y in (-1.0, 1) for z in (-1.0, 1)])
QUADS = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])


def test_subdivision_keeps_points_together_and_a_flat_grid_flat():
    fine = refine(8, QUADS, 2)
    assert fine.matrix.shape == (98, 8)
    assert np.asarray(fine.matrix.sum(1)).ravel() == pytest.approx(np.ones(98), abs=1e-5)
    ball = fine.matrix @ CUBE
    assert np.linalg.norm(ball, axis=1).max() < np.sqrt(3)
    assert fine.triangles.max() == 97

    n = 4
    ids = np.arange(n * n).reshape(n, n)
    grid = np.stack([ids[:-1, :-1], ids[1:, :-1], ids[1:, 1:], ids[:-1, 1:]], axis=-1).reshape(-1, 4)
    flat = np.stack(np.meshgrid(np.arange(n), np.arange(n), [0.0], indexing="ij"), -1).reshape(-1, 3)
    smoothed = refine(n * n, grid, 1).matrix @ flat
    assert abs(smoothed[:, 2]).max() == 0
    assert smoothed[:, :2].min() >= 0


def test_normals_of_a_round_mesh_point_outwards():
    fine = refine(8, QUADS, 2)
    points = fine.matrix @ CUBE
    normals = vertex_normals(points, fine.triangles)
    outwards = np.einsum("ij,ij->i", normals, points / np.linalg.norm(points, axis=1, keepdims=True))
    assert abs(outwards).min() > 0.8
    assert len(set(np.sign(outwards))) == 1


def test_rodrigues_turns_a_quarter():
    turned = rodrigues(np.array([[0, 0, np.pi / 2], [0, 0, 0]])) @ np.array([1.0, 0, 0])
    assert turned == pytest.approx(np.array([[0, 1, 0], [1, 0, 0]]), abs=1e-12)


def test_a_joint_turns_what_hangs_on_it():
    fine = refine(8, QUADS, 1)
    weights = np.zeros((8, 2))
    weights[:4, 0] = weights[4:, 1] = 1
    limb = Limb(
        side="left", rest=CUBE, weights=weights, names=("root", "tip"), parents=np.array([-1, 0]),
        heads=np.zeros((2, 3)), tails=np.ones((2, 3)), fine=fine, triangles=fine.triangles,
        fine_weights=np.asarray(fine.matrix @ weights), previous_triangles=triangles(fine.previous_quads),
    )  # fmt: skip
    rotations = np.zeros((1, 2, 3))
    rotations[0, 1] = [0, 0, np.pi]
    root = np.c_[np.eye(3), [5.0, 0, 0]][None]
    matrices = limb.transforms(rotations, root)[0]
    assert matrices[0] @ [1, 0, 0, 1] == pytest.approx([6, 0, 0])
    assert matrices[1] @ [1, 0, 0, 1] == pytest.approx([4, 0, 0], abs=1e-9)
    assert limb.skin(matrices).shape == (26, 3)


def test_the_target_is_the_middle_of_the_picture():
    view = Camera((0, 100, 700), (0, 100, 0), (0, 1, 0), 30, 640, 480)
    pixels, depth = view.project(np.array([[0.0, 100, 0], [50, 100, 0], [0, 150, 0], [0, 100, 900]]))
    assert pixels[0] == pytest.approx([319.5, 239.5])
    assert depth[0] == pytest.approx(700)
    assert pixels[1, 0] > 319.5
    assert pixels[2, 1] < 239.5
    assert view.inside(pixels, depth).tolist() == [True, True, True, False]


@pytest.mark.parametrize("kind", CAMERAS)
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("size", [(640, 480), (360, 640)])
def test_every_camera_sees_the_named_face_of_the_foot(kind, setting, size):
    whole, shares = [], []
    for view in ("plantar", "dorsal", "medial") if setting == "couch" else ("plantar",):
        for side in ("left", "right"):
            for seed in range(15):
                recipe = Recipe(
                    camera=kind, setting=setting, view=view, side=side, camera_seed=seed, width=size[0], height=size[1]
                )
                cam = camera(recipe, 250)
                pixels, depth = cam.project(stage.outline(250))
                whole.append(cam.inside(pixels, depth).mean())
                shares.append(float((np.ptp(pixels, axis=0) / size).max()))
                towards = np.subtract(cam.eye, [0, 120, -40])
                assert towards @ stage.facing(view, side) > np.cos(np.radians(70)) * np.linalg.norm(towards)
    assert min(whole) > 0.6
    assert np.mean(whole) > 0.97
    assert 0.2 < min(shares) < 0.55
    assert 0.75 < max(shares) < 1.25


@pytest.mark.parametrize("view", ["plantar", "dorsal"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_clean_picture_is_calm(view, side):
    recipe = Recipe(view=view, side=side, clean=True, camera_seed=5)
    cam = camera(recipe, 250)
    pixels, _ = cam.project(np.array([[0.0, 10, -40], [0, 240, -20]]))
    if view == "plantar":
        assert pixels[1, 1] < pixels[0, 1], "toes up"
    assert Shake(recipe).at(cam, 1.3).eye == pytest.approx(cam.eye)


def test_a_recipe_says_what_is_wrong_with_it():
    for wrong in ({"side": "up"}, {"view": "above"}, {"width": 641}, {"seconds": 0}, {"fps": 0}):
        with pytest.raises(TrainerError, match="Expected"):
            Recipe(**wrong)
    with pytest.raises(TrainerError, match="technique"):
        Step("tickling", 3)
    with pytest.raises(TrainerError, match="seconds"):
        Step("kneading", 0)
