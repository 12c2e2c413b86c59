"""Looks at a part of a picture and at a mirrored one: what they tell is told of the whole picture."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.finder.glance import Region, glance, mirror, region_around
from trainer.hands.crop import crop_of
from trainer.model import Crop, Finding, FoundFoot, FoundHand, Image

SIZE = (640, 480)
HAND = np.random.default_rng(3).uniform(0, 90, (21, 2)) + np.array([300, 200])
FOOT = np.random.default_rng(4).uniform(0, 120, (14, 2)) + np.array([260, 180])


def found(crop: Crop) -> FoundHand:
    return FoundHand("left", 0.9, 0.1, crop, 0.8)


def foot(points: np.ndarray) -> FoundFoot:
    return FoundFoot("right", "medial", 0.9, 0.8, 0.95, 0.7, points, np.ones(14))


@dataclass
class Marked:
    """Finds the brightest pixel, as a hand there and as a foot, and the mask of what is bright."""

    shown: list[Image] = field(default_factory=list)

    def find(self, image: Image) -> Finding:
        self.shown.append(image)
        row, column = np.unravel_index(int(image[..., 0].argmax()), image.shape[:2])
        spot = np.array([column, row], float)
        mask = (image[::4, ::4, 0] > 0).astype(np.uint8)
        return Finding((found(Crop(*spot, 80.0, 0.4)),), (foot(spot + np.zeros((14, 2))),), mask)


def picture(x: int, y: int) -> Image:
    image = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    image[y - 3 : y + 4, x - 3 : x + 4] = 90
    image[y, x] = 250
    return image


@pytest.mark.parametrize("region", [None, Region(200, 100, 521, 340)])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_spot_is_where_it_is_however_it_is_looked_at(region: Region | None, mirrored: bool) -> None:
    finding = glance(Marked(), picture(310, 215), region, mirrored)
    hand, seen = finding.hands[0], finding.feet[0]
    assert (hand.crop.x, hand.crop.y) == (310, 215) and np.allclose(seen.landmarks_px, (310, 215))
    assert hand.crop.angle == (-0.4 if mirrored else 0.4)
    assert (hand.side, seen.side) == (("right", "left") if mirrored else ("left", "right"))
    assert hand.right == pytest.approx(0.9 if mirrored else 0.1)
    rows, columns = np.nonzero(finding.mask)
    cell = SIZE[0] / finding.mask.shape[1]
    assert abs(columns.mean() * cell - 310) < 8 and abs(rows.mean() * cell - 215) < 8
    assert abs(finding.mask.shape[1] * SIZE[1] / SIZE[0] - finding.mask.shape[0]) <= 1


def test_mirrored_twice_is_as_before() -> None:
    once = Finding((found(crop_of(HAND)),), (foot(FOOT),), np.eye(5, 9, dtype=np.uint8))
    twice = mirror(mirror(once, 640), 640)
    assert twice.hands[0].crop == pytest.approx(once.hands[0].crop.__class__(*vars(once.hands[0].crop).values()))
    assert np.allclose(twice.feet[0].landmarks_px, FOOT) and np.array_equal(twice.mask, once.mask)


def test_a_region_holds_all_and_has_the_shape_of_the_picture() -> None:
    crop = crop_of(HAND)
    region = region_around([crop], [FOOT], SIZE)
    assert region is not None
    low, high = np.array([region.left, region.top]), np.array([region.right, region.bottom])
    for points in (HAND, FOOT, np.array([[crop.x - crop.size / 2, crop.y], [crop.x + crop.size / 2, crop.y]])):
        assert (points > low).all() and (points < high).all()
    assert (region.right - region.left) / (region.bottom - region.top) == pytest.approx(4 / 3, rel=0.02)


def test_nothing_to_look_at_closely() -> None:
    assert region_around([], [], SIZE) is None
    assert region_around([], [np.full((14, 2), np.nan)], SIZE) is None
    assert region_around([], [np.array([[5.0, 5], [630, 470]])], SIZE) is None, "it fills the picture"


@given(
    st.lists(st.tuples(st.floats(-200, 900), st.floats(-200, 700), st.floats(1, 900)), min_size=1, max_size=3),
    st.tuples(st.integers(8, 2000), st.integers(8, 2000)),
)  # fmt: skip
def test_a_region_lies_in_the_picture(crops: list[tuple[float, float, float]], size: tuple[int, int]) -> None:
    region = region_around([Crop(x, y, s, 0.0) for x, y, s in crops], [], size)
    if region is not None:
        assert 0 <= region.left < region.right <= size[0] and 0 <= region.top < region.bottom <= size[1]
