"""The foot's skin in the picture: places there and back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shapes import SIZE, pose_towards, posed_foot
from trainer.errors import ModelFileError
from trainer.foot import atlas
from trainer.foot.pose import mirror, project
from trainer.foot.skin import Skin, on_map, skin_of
from trainer.foot.surface import BORDER, SOLE, TOP, foot_model
from trainer.model import FACES, SIDES, Foot, Side

MODEL = foot_model()


@settings(max_examples=40)
@given(
    st.sampled_from(SIDES), st.tuples(*[st.floats(-0.3, 0.3)] * 3), st.floats(0, 12), st.floats(0.2, 0.6),
    st.floats(0.35, 0.65),
)  # fmt: skip
def test_what_lies_over_a_place_is_told_to(
    side: Side, turn: tuple[float, float, float], lift_mm: float, u: float, v: float
) -> None:
    skin = Skin(pose_towards(side=side, turn=turn), side, 250.0, lift_mm)
    px, facing = skin.placed(on_map(np.array([[u, v]]), SOLE))
    places = skin.at(px)
    assert facing.all()
    assert places.face[0] == SOLE and places.off[0] < 0.03
    assert places.uv[0] == pytest.approx([u, v], abs=0.045)


def test_a_slanting_look_goes_to_where_the_finger_stands_not_to_what_is_behind_it() -> None:
    pose = pose_towards(turn=(0.9, 0.0, 0.0))
    place = on_map(np.array([[0.5, 0.5]]), SOLE)
    px, _ = Skin(pose, "left", 250.0, 8.0).placed(place)
    (lifted,), (bare,) = (Skin(pose, "left", 250.0, lift).at(px).uv for lift in (8.0, 0.0))
    assert lifted == pytest.approx([0.5, 0.5], abs=0.03)
    assert abs(bare[0] - 0.5) > 0.025, "8 mm above the skin, seen at a slant, something else lies behind"


def test_what_is_beside_the_foot_is_off_it() -> None:
    places = Skin(pose_towards(), "left", 250.0).at(np.array([[5.0, 5.0], [np.nan, np.nan]]))
    assert places.off[0] > 0.2
    assert np.isnan(places.off[1]) and np.isnan(places.uv[1]).all() and places.face[1] == BORDER


@pytest.mark.parametrize(("view", "face"), [("plantar", SOLE), ("dorsal", TOP)])
@pytest.mark.parametrize("side", SIDES)
def test_the_face_that_looks_at_the_camera_is_seen(view: str, face: int, side: Side) -> None:
    seen = Skin(pose_towards(view, side), side, 250.0).cells_seen(SIZE)  # type: ignore[arg-type]
    on_foot = atlas.grid_on_foot(FACES[face])
    assert seen[face][on_foot].mean() > 0.7
    assert seen[1 - face][on_foot].mean() < 0.1


def test_what_is_out_of_the_picture_is_not_seen() -> None:
    skin = Skin(pose_towards(away=0.9, focal_px=900.0), "left", 250.0)
    whole, half = skin.cells_seen((4000, 4000)), skin.cells_seen(SIZE)
    assert 0 < half.sum() < 0.8 * whole.sum()


def test_a_pad_touches_a_round_patch() -> None:
    skin = Skin(pose_towards(), "left", 250.0)
    px, _ = skin.placed(on_map(np.array([[0.68, 0.5]]), SOLE))
    cells = skin.cells_near(skin.at(px).xyz, 10.0)
    assert not cells[TOP].any()
    mm = atlas.grid_uv()[cells[SOLE]] * atlas.mm_from_uv("plantar", 250.0)
    middle = np.array([0.68, 0.5]) * atlas.mm_from_uv("plantar", 250.0)
    assert np.linalg.norm(mm - middle, axis=1).max() < 14
    assert 12 < cells.sum() < 45, "a disc of 10 mm has about 27 cells of 3.9 × 3.0 mm"


def test_a_palm_touches_what_lies_beneath_it() -> None:
    skin = Skin(pose_towards(), "left", 250.0)
    corners, _ = skin.placed(on_map(np.array([[0.3, 0.3], [0.3, 0.7], [0.6, 0.7], [0.6, 0.3]]), SOLE))
    cells = skin.cells_inside(corners)
    u, v = atlas.grid_uv()[..., 0], atlas.grid_uv()[..., 1]
    inner = (u > 0.34) & (u < 0.56) & (v > 0.38) & (v < 0.62)
    outer = (u < 0.24) | (u > 0.66) | (v < 0.2) | (v > 0.8)
    assert cells[SOLE][inner].all() and not cells[SOLE][outer].any() and not cells[TOP].any()
    assert np.array_equal(cells, skin.cells_inside(corners[::-1])), "either way round"


@pytest.mark.parametrize("view", ["plantar", "dorsal", "medial", "lateral"])
def test_the_silhouette_holds_the_foot_tightly(view: str) -> None:
    pose = pose_towards(view, turn=(0.2, 0.3, 0.4))  # type: ignore[arg-type]
    ring = Skin(pose, "left", 250.0, 0.0).outline_px().astype(np.float32)
    px, _ = project(pose, MODEL.vertices * mirror("left"))
    length = np.linalg.norm(np.ptp(px, axis=0))
    depths = np.array([cv2.pointPolygonTest(ring, (float(x), float(y)), True) for x, y in px]) / length
    assert depths.min() > -0.03 and np.percentile(depths, 1) > -0.015
    bare = [np.linalg.norm(px - corner, axis=1).min() / length for corner in ring]
    assert max(bare) < 0.04


def test_without_a_pose_there_is_no_skin() -> None:
    assert skin_of(Foot.unknown()) is None
    assert skin_of(posed_foot()) is not None


def test_a_missing_model_is_said_so(tmp_path: object) -> None:
    with pytest.raises(ModelFileError, match="surface"):
        foot_model(tmp_path)  # type: ignore[arg-type]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("away", [0.02, 0.1, 0.3])
def test_a_foot_that_reaches_behind_the_camera_is_seen_as_far_as_it_is_before_it(away: float) -> None:
    skin = Skin(pose_towards("plantar", away=away, turn=(0.6, 0.0, 0.0)), "left", 250.0)
    places = skin.at(np.array([[320.0, 240.0], [10.0, 10.0], [np.nan, 0.0]]))
    assert np.isnan(places.xyz[2]).all()
    assert skin.cells_seen(SIZE).sum() < 2 * 64 * 32
    px, facing = skin.placed(on_map(np.array([[0.5, 0.5], [0.9, 0.2]]), 0))
    assert np.isfinite(px).all() and facing.dtype == bool
