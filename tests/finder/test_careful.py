"""Several looks at one picture: what they agree on is believed, what only one saw hardly."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from trainer.finder.careful import look_carefully
from trainer.finder.glance import mirror
from trainer.finding import Crop, Finding, FoundFoot, FoundHand
from trainer.model import Image

LEFT = FoundHand("left", 0.8, 0.2, Crop(40.0, 50.0, 30.0, 0.1), 0.6)
RIGHT = FoundHand("right", 0.9, 0.95, Crop(120.0, 60.0, 30.0, -0.2), 0.9)
FOOT = FoundFoot("left", "plantar", 0.9, 0.8, 0.9, 0.9, np.random.default_rng(1).uniform(50, 90, (14, 2)), np.ones(14))
MASK = np.zeros((30, 40), np.uint8)
IMAGE = np.zeros((120, 160, 3), np.uint8)


@dataclass
class Says:
    """Finds this in the picture, and that in the mirrored one (told of the picture itself)."""

    straight: Finding
    mirrored: Finding
    looks: int = 0

    def find(self, image: Image) -> Finding:
        self.looks += 1
        return self.straight if self.looks == 1 else mirror(self.mirrored, image.shape[1])


def seen(straight: tuple[FoundHand, ...], mirrored: tuple[FoundHand, ...]) -> list[FoundHand]:
    says = Says(Finding(straight, (), MASK), Finding(mirrored, (), MASK))
    return list(look_carefully(says, IMAGE).hands)


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both looks are at the whole picture."""
    monkeypatch.setattr("trainer.finder.careful.region_around", lambda *_: None)


@pytest.mark.usefixtures("whole")
def test_two_looks_at_one_hand_are_averaged() -> None:
    other = replace(LEFT, score=0.6, right=0.4, crop=Crop(44.0, 50.0, 30.0, 0.3), visible=0.4)
    left, right = sorted(seen((LEFT, RIGHT), (other, RIGHT)), key=lambda h: h.crop.x)
    assert left.score == pytest.approx(np.sqrt(0.48)) and left.visible == pytest.approx(0.5)
    assert (left.crop.x, left.crop.angle) == pytest.approx((42.0, 0.2)) and left.side == "left"
    assert right.score == pytest.approx(0.9) and right.crop.x == pytest.approx(120.0)


@pytest.mark.usefixtures("whole")
def test_what_one_look_only_saw_is_hardly_there() -> None:
    hands = seen((LEFT, RIGHT), (RIGHT,))
    assert hands[0].side == "right" and hands[0].score == pytest.approx(0.9)
    assert hands[1].score < 0.2


@pytest.mark.usefixtures("whole")
def test_a_second_report_on_one_hand_does_not_strengthen_it() -> None:
    double = replace(LEFT, side="right", right=0.7, score=0.7, crop=replace(LEFT.crop, x=41.0))
    scores = [hand.score for hand in seen((LEFT, double), (LEFT,))]
    assert scores[0] == pytest.approx(0.8) and scores[1] < 0.2


@pytest.mark.usefixtures("whole")
def test_feet_are_averaged_and_the_side_is_that_of_the_mean() -> None:
    there = FOOT.landmarks_px + 2.0
    wrong = replace(FOOT, side="right", side_score=0.6, landmarks_px=there, view="medial", view_score=0.5)
    says = Says(Finding((), (FOOT,), MASK), Finding((), (wrong,), MASK))
    (foot,) = look_carefully(says, IMAGE).feet
    assert (foot.side, foot.view) == ("left", "plantar") and foot.side_score == pytest.approx(0.65)
    assert np.allclose(foot.landmarks_px, FOOT.landmarks_px + 1.0)


def test_small_limbs_are_looked_at_closely() -> None:
    shapes: list[tuple[int, ...]] = []

    class Notes:
        def find(self, image: Image) -> Finding:
            shapes.append(image.shape)
            crop = Crop(400.0, 300.0, 60.0, 0.0) if len(shapes) == 1 else Crop(image.shape[1] / 2, 90.0, 60.0, 0.0)
            return Finding((replace(LEFT, crop=crop),), (), MASK)

    look_carefully(Notes(), np.zeros((600, 800, 3), np.uint8))
    assert shapes[0] == (600, 800, 3) and len(shapes) == 3
    assert shapes[1] == shapes[2] and shapes[1][0] <= 240


def test_it_goes_nearer_until_that_shows_no_more() -> None:
    """A finder that takes limbs for four times as large as they are shows too much at first."""
    shapes: list[tuple[int, ...]] = []

    class Vague:
        def find(self, image: Image) -> Finding:
            shapes.append(image.shape)
            middle = (image.shape[1] - 1) / 2, (image.shape[0] - 1) / 2
            size = {1: 900.0, 2: 500.0}.get(len(shapes), 450.0)
            return Finding((replace(LEFT, crop=Crop(*middle, size, 0.0)),), (), MASK)

    look_carefully(Vague(), np.zeros((1200, 1600, 3), np.uint8))
    heights = [shape[0] for shape in shapes]
    assert heights[0] == 1200 and heights[1] == 1080 and heights[2] == heights[3] == 600 and len(heights) == 4


def test_nothing_is_nothing() -> None:
    says = Says(Finding((), (), MASK), Finding((), (), MASK))
    finding = look_carefully(says, IMAGE)
    assert finding.hands == () and finding.feet == () and finding.mask is MASK
