"""Looks at a part of a picture and at a mirrored one: what they tell is told of the whole picture."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.finder.glance import Region, glance, mirror, region_around, upright_turn, whole_picture
from trainer.finding import Crop, Finding, FoundFoot, FoundHand
from trainer.hands.crop import crop_of
from trainer.model import Image

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


PARTS = [
    None, Region(360.0, 219.5, 321, 240), Region(330.3, 200.8, 300, 260, 2.2),
    Region(319.5, 239.5, 480, 640, np.pi / 2),
]  # fmt: skip


@pytest.mark.parametrize("region", PARTS)
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_spot_is_where_it_is_however_it_is_looked_at(region: Region | None, mirrored: bool) -> None:
    finding = glance(Marked(), picture(310, 215), region, mirrored)
    hand, seen = finding.hands[0], finding.feet[0]
    assert np.hypot(hand.crop.x - 310, hand.crop.y - 215) <= (1.0 if region is not None and region.turn else 0.0)
    assert np.allclose(seen.landmarks_px, (hand.crop.x, hand.crop.y))
    turn = 0.0 if region is None else region.turn
    assert np.isclose(np.cos(hand.crop.angle - turn - (-0.4 if mirrored else 0.4)), 1.0)
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


@pytest.mark.parametrize("turn", [0.0, 0.8, -2.5, np.pi])
def test_a_region_holds_all(turn: float) -> None:
    crop = crop_of(HAND)
    region = region_around([crop], [FOOT], SIZE, turn)
    assert region is not None and region.turn == turn
    there = region.to_picture
    for points in (HAND, FOOT, np.array([[crop.x - crop.size / 2, crop.y], [crop.x + crop.size / 2, crop.y]])):
        inside = (points - there[:, 2]) @ there[:, :2]
        assert (inside > 0).all() and (inside < np.array(region.size)).all()
    assert 0.7 < region.width / region.height < 1.4


@pytest.mark.parametrize("degrees", [-170, -90, -20, 0, 30, 60, 135])
def test_a_foot_is_turned_upright_unless_it_nearly_is(degrees: float) -> None:
    angle = np.radians(degrees)
    foot = np.zeros((14, 2))
    foot[:, 1] = np.linspace(100, 0, 14)
    foot[7:12, 1] = 0.0
    turned = foot @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turn = upright_turn(turned + 300)
    assert turn == pytest.approx(angle if abs(degrees) > 35 else 0.0)
    whole = whole_picture(SIZE, turn)
    quarters = {-170: 2, -90: 3, -20: 0, 0: 0, 30: 0, 60: 1, 135: 2}[degrees]
    assert (whole is None) == (quarters == 0)
    if whole is not None:
        assert whole.size == (SIZE if quarters == 2 else SIZE[::-1])


def test_a_foot_that_points_at_the_camera_is_not_turned() -> None:
    rng = np.random.default_rng(2)
    foot = rng.uniform(-50, 50, (14, 2))
    foot[0], foot[7:12] = (0, 5), (0, 0)
    assert upright_turn(foot) == 0.0


def test_nothing_to_look_at_closely() -> None:
    assert region_around([], [], SIZE) is None
    assert region_around([], [np.full((14, 2), np.nan)], SIZE) is None
    assert region_around([], [np.array([[5.0, 5], [630, 470]])], SIZE) is None, "it fills the picture"


@given(
    st.lists(st.tuples(st.floats(-200, 900), st.floats(-200, 700), st.floats(1, 900)), min_size=1, max_size=3),
    st.tuples(st.integers(8, 2000), st.integers(8, 2000)),
)  # fmt: skip
def test_an_upright_region_lies_in_the_picture(crops: list[tuple[float, float, float]], size: tuple[int, int]) -> None:
    region = region_around([Crop(x, y, s, 0.0) for x, y, s in crops], [], size)
    if region is not None:
        left, top = region.to_picture[:, 2]
        assert left == round(left) and top == round(top) and min(left, top) >= 0
        assert left + region.size[0] <= size[0] and top + region.size[1] <= size[1]
