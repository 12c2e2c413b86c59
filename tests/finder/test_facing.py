"""A foot turned before a camera, and what its landmarks tell of that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from trainer.finder.facing import FACES, SHAPE, direction, side_and_view
from trainer.model import VIEWS

UNSURE = np.full(4, 0.25)


def seen(camera: np.ndarray, roll: float, *, left: bool, scale: float = 120.0) -> np.ndarray:
    """(14, 2) px of a foot seen from the direction ``camera``, in the axes of SHAPE (x to the lateral border)."""
    # A right foot is a left one in a mirror: its lateral border is on the other side of the room's x.
    mirror = np.array([1.0 if left else -1.0, 1, 1])
    back = camera * mirror / np.linalg.norm(camera)
    turn, _ = Rotation.align_vectors([[0, 0, 1]], [back])
    points = (Rotation.from_euler("z", roll) * turn).apply(SHAPE * mirror)
    return scale * np.column_stack([points[:, 0], -points[:, 1]]) + [300.0, 200.0]


@settings(max_examples=80)
@given(st.integers(0, 3), st.floats(-3.1, 3.1), st.booleans(), st.integers(0, 10_000))
def test_the_direction_of_a_foot_is_read_off_its_landmarks(view: int, roll: float, left: bool, seed: int) -> None:
    camera = FACES[view] + np.random.default_rng(seed).normal(0, 0.08, 3)
    camera = camera / np.linalg.norm(camera)
    told = direction(seen(camera, roll, left=left)) * (1 if left else -1)
    assert told @ camera > 0.7


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("view", range(4))
def test_looks_and_landmarks_together_tell_the_side(view: int, left: bool) -> None:
    looks = np.full(4, 0.05)
    looks[view] = 0.85
    right, views = side_and_view(seen(FACES[view], 0.4, left=left), 0.5, looks)
    assert (right < 0.5) == left and VIEWS[int(views.argmax())] == VIEWS[view]


def test_landmarks_alone_leave_the_one_doubt() -> None:
    right, _ = side_and_view(seen(np.array([0.0, 0.0, 1.0]), 0.0, left=True), 0.5, UNSURE)
    assert 0.2 < right < 0.8


def test_points_in_one_place_tell_nothing_but_break_nothing() -> None:
    right, views = side_and_view(np.zeros((14, 2)), 0.5, UNSURE)
    assert 0 <= right <= 1 and np.isfinite(views).all()
