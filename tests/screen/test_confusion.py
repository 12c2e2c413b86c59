"""The picture of what was taken for what."""

from __future__ import annotations

import numpy as np

from trainer.screen.confusion import confusion_picture


def test_a_full_cell_is_dark_and_an_empty_one_pale() -> None:
    counts = np.array([[90.0, 10, 0], [0, 0, 0]])
    picture = confusion_picture(counts, ("kneading", "rest"), ("kneading", "rest", "not sure"), "A title that is long")
    assert picture.dtype == np.uint8 and picture.ndim == 3
    grey = picture.mean(axis=2)
    assert (grey < 120).sum() > 2000, "one dark cell"
    assert (grey > 240).mean() > 0.6


def test_nothing_counted_is_drawn_all_the_same() -> None:
    confusion_picture(np.zeros((13, 14)), tuple(map(str, range(13))), tuple(map(str, range(14))), "")
