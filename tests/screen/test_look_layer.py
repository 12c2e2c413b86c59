"""What is seen, drawn: in its own colours, scaled with the picture, with labels that stand clear."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.look.eyes import foot, hand_at
from trainer.look.seen import Seen, SeenFoot, SeenHand
from trainer.model import Image
from trainer.screen.labels import Label, place_labels
from trainer.screen.layout import Box
from trainer.screen.look_layer import canvas_of, draw_look
from trainer.screen.theme import Theme

THEME = Theme()
GREY = (128, 128, 128)


def bare(width: int = 640, height: int = 480) -> Image:
    return np.full((height, width, 3), GREY, np.uint8)


def seen(scale: float = 1.0, **changed: object) -> Seen:
    f = foot(at=(330.0, 150.0))
    told = SeenFoot("left", "plantar", 0.98, 0.9, 0.9, True, f.landmarks_px * scale, f.confidence)
    left, right = hand_at(60, 260, 160) * scale, hand_at(420, 260, 160) * scale
    hands = SeenHand("left", 0.97, 0.8, left), SeenHand("right", 0.9, 0.8, right)
    return Seen(hands, (replace(told, **changed),))  # type: ignore[arg-type]


def lit(picture: Image, colour: tuple[int, int, int], box: tuple[slice, slice] = np.s_[:, :]) -> int:
    return int((np.abs(picture[box].astype(int) - colour).max(axis=2) <= 3).sum())


def test_hands_and_feet_have_their_own_colours_where_they_are() -> None:
    picture = draw_look(bare(), seen())
    assert lit(picture, THEME.left, np.s_[260:430, 50:230]) > 200 < lit(picture, THEME.right, np.s_[260:430, 410:590])
    assert lit(picture, THEME.work, np.s_[100:200, 230:430]) > 200
    assert lit(picture, THEME.right, np.s_[:, :300]) == 0 == lit(picture, THEME.left, np.s_[:, 300:])


def test_the_other_foot_and_one_that_is_bridged_look_otherwise() -> None:
    worked = draw_look(bare(), seen())
    assert lit(draw_look(bare(), seen(worked=False)), THEME.work) == 0
    assert 0 < lit(draw_look(bare(), seen(bridged=True)), THEME.work) < lit(worked, THEME.work)


def test_the_picture_itself_stays_as_it_was() -> None:
    image = bare()
    draw_look(image, seen())
    assert (image == GREY).all()


def test_the_same_at_every_size() -> None:
    small = draw_look(bare(1280, 960), seen(2.0))
    large = cv2.resize(draw_look(bare(2560, 1920), seen(4.0)), (1280, 960), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(float) - large).mean() < 4


@pytest.mark.parametrize(
    "size", [(1, 1), (3, 900), (900, 3), (16, 16), (320, 240), (641, 479), (4000, 3000), (2000, 90)]
)
def test_any_size_is_drawn_on(size: tuple[int, int]) -> None:
    for what in (seen(), Seen()):
        picture = draw_look(bare(*size), what)
        assert picture.shape == (*canvas_of(*size)[::-1], 3)
        assert max(picture.shape) <= max(2400, *size)
    assert canvas_of(4000, 3000) == (4000, 3000)
    assert min(canvas_of(320, 240)) >= 480


def test_nothing_seen_is_said() -> None:
    assert (draw_look(bare(), Seen()) != bare()).any()


def test_what_is_not_known_is_left_out() -> None:
    gone = np.full((14, 2), np.nan)
    draw_look(bare(), seen(landmarks_px=gone, confidence=gone[:, 0], score=np.nan))
    few = foot().landmarks_px.copy()
    few[2:] = np.nan
    nowhere = SeenHand("left", np.nan, np.nan, np.full((21, 2), np.nan))
    draw_look(bare(), Seen((nowhere,), (seen(landmarks_px=few).feet[0],)))


def crossing(a: Box, b: Box) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


place = st.tuples(st.floats(-200, 900), st.floats(-200, 700), st.floats(5, 500))


@given(st.lists(place, min_size=1, max_size=4), st.integers(15, 22))
@settings(max_examples=60)
def test_labels_never_cover_one_another_and_stay_inside(places: list[tuple[float, float, float]], size: int) -> None:
    labels = [Label(f"Right hand 0.9{k}", hand_at(*p), GREY) for k, p in enumerate(places)]
    placed = place_labels(labels, np.vstack([label.points for label in labels]), (640, 480), size)
    boxes = [p.box for p in placed]
    for k, box in enumerate(boxes):
        assert box.x >= 0 and box.y >= 0 and box.right <= 640 and box.bottom <= 480
        assert not any(crossing(box, other) for other in boxes[:k])


def test_a_label_stands_beside_its_hand_not_on_it() -> None:
    points = hand_at(200, 150, 150)
    (placed,) = place_labels([Label("Left hand 0.97", points, GREY)], points, (640, 480), 16)
    box = placed.box
    on = (points[:, 0] > box.x) & (points[:, 0] < box.right) & (points[:, 1] > box.y) & (points[:, 1] < box.bottom)
    assert not on.any()
    middle = np.array([box.x + box.width / 2, box.y + box.height / 2])
    assert np.linalg.norm(points - middle, axis=1).min() < 120
