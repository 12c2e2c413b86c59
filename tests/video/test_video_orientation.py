"""Display matrices against plain array turning, and the size limit."""

from __future__ import annotations

import media
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.video.orientation import Orientation, size_within

ONE = 65536


def by_matrix(image: media.Image, matrix: list[int]) -> media.Image:
    """Each pixel moved to where the matrix says, shifted so that all are inside."""
    a, b, _, c, d = (int(np.sign(value)) for value in matrix[:5])
    height, width = image.shape[:2]
    y, x = np.mgrid[:height, :width]
    to_x, to_y = a * x + c * y, b * x + d * y
    to_x, to_y = to_x - to_x.min(), to_y - to_y.min()
    moved = np.empty((to_y.max() + 1, to_x.max() + 1, 3), np.uint8)
    moved[to_y, to_x] = image
    return moved


MATRICES = [
    [0, p * ONE, 0, q * ONE, 0, 0, 0, 0, 1 << 30] if turned else [p * ONE, 0, 0, 0, q * ONE, 0, 0, 0, 1 << 30]
    for turned in (False, True)
    for p in (1, -1)
    for q in (1, -1)
]


@pytest.mark.parametrize("matrix", MATRICES, ids=str)
def test_pixels_go_where_the_matrix_says(matrix: list[int]) -> None:
    image = np.random.default_rng(3).integers(0, 256, (5, 8, 3), dtype=np.uint8)
    orientation = Orientation.from_matrix(matrix)
    upright = orientation.upright(image)
    np.testing.assert_array_equal(upright, by_matrix(image, matrix))
    assert orientation.size(8, 5) == (upright.shape[1], upright.shape[0])


@pytest.mark.parametrize("matrix", MATRICES, ids=str)
def test_rotation_and_mirroring_describe_the_same(matrix: list[int]) -> None:
    image = np.random.default_rng(4).integers(0, 256, (5, 8, 3), dtype=np.uint8)
    orientation = Orientation.from_matrix(matrix)
    turned = np.rot90(image, -orientation.rotation // 90)
    turned = turned[:, ::-1] if orientation.mirrored else turned
    np.testing.assert_array_equal(orientation.upright(image), turned)


@pytest.mark.parametrize("matrix", [[], [0] * 9, [ONE], [ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30]])
def test_no_or_senseless_matrices_change_nothing(matrix: list[int]) -> None:
    image = media.corners()
    assert Orientation.from_matrix(matrix).upright(image) is image


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(2, 5000))
def test_sizes_fit_and_keep_their_shape(width: int, height: int, limit: int) -> None:
    w, h = size_within(width, height, limit)
    assert 1 <= min(w, h) <= max(w, h) <= limit
    assert (w, h) == (width, height) if max(width, height) <= limit else max(w, h) == limit
    if max(width, height) > limit:
        shorter, stored = (h, height) if width >= height else (w, width)
        assert shorter % 2 == 0
        assert -2 < shorter - stored * limit / max(width, height) <= 2


def test_no_limit_changes_nothing() -> None:
    assert size_within(4001, 37, None) == (4001, 37)
