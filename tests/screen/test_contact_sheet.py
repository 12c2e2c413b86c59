from __future__ import annotations

import numpy as np
import pytest

from tests.look.eyes import foot, hand_at
from trainer.model import Image
from trainer.score.faults import Fault
from trainer.screen.contact_sheet import WIDTH, Tile, contact_sheet
from trainer.screen.theme import Theme

THEME = Theme()


def tile(width: int = 640, height: int = 480) -> Tile:
    hands = np.stack([hand_at(60, 200, 160), np.full((21, 2), np.nan)])
    where = hand_at(400, 200, 160)
    fault = Fault("missed hand", 1.0, 7, 0.2, "right hand missed", where, hands, foot().landmarks_px, (640, 480))
    return Tile("clip", np.full((height, width, 3), 90, np.uint8), fault)


def lit(picture: Image, colour: tuple[int, int, int]) -> int:
    return int((np.abs(picture.astype(int) - colour).max(axis=2) <= 3).sum())


@pytest.mark.parametrize(("count", "rows"), [(0, 1), (1, 1), (4, 1), (5, 2), (20, 5)])
def test_tiles_stand_in_rows_of_four(count: int, rows: int) -> None:
    page = contact_sheet([tile() for _ in range(count)], "The worst")
    assert page.shape[1] == WIDTH
    assert page.shape[0] == 102 + rows * 349


def test_a_tile_shows_what_was_reported_and_what_is_wrong() -> None:
    legend = contact_sheet([], "")
    page = contact_sheet([tile()], "")
    for colour in (THEME.left, THEME.work, THEME.warn):
        assert lit(page, colour) > lit(legend, colour) + 30
    assert lit(page, THEME.right) == lit(legend, THEME.right)


@pytest.mark.parametrize("size", [(1920, 1080), (480, 640), (64, 48)])
def test_a_frame_of_another_size_has_its_drawing_in_place(size: tuple[int, int]) -> None:
    page = contact_sheet([tile(*size)], "")
    assert lit(page[92:], THEME.left) > 30
