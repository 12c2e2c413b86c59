"""Labels that hold, and no label where nothing is believed."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.strokes.belief import Belief, Manner, labels_of, manner_of

NAMES = ("kneading", "friction", "rest")


def odds(name: str | None, strength: float = 4.0) -> np.ndarray:
    return np.array([strength if n == name else 0.0 for n in NAMES])


def test_a_label_comes_soon_and_a_flicker_changes_nothing() -> None:
    rows = [odds("rest")] * 20 + [odds("kneading")] * 40
    rows[40] = rows[41] = odds("friction")
    labels = labels_of(NAMES, Manner(), np.array(rows))
    assert labels[19] == "rest" and labels[-1] == "kneading"
    first = labels.index("kneading")
    assert first - 20 < 20
    assert set(labels[first:]) == {"kneading"}


def test_without_evidence_it_is_not_sure() -> None:
    assert labels_of(NAMES, Manner(), np.zeros((50, 3))) == [None] * 50
    fading = np.array([odds("kneading")] * 20 + [odds(None)] * 2000)
    assert labels_of(NAMES, Manner(keep=0.4), fading)[-1] is None


def test_confidence_rises_with_belief() -> None:
    belief, seen = Belief(NAMES, Manner(slope=0.8, shift=-0.2)), []
    for _ in range(15):
        belief.update(odds("kneading"))
        seen.append(belief.confidence)
    assert 0 < seen[0] < seen[-1] < 1 and seen == sorted(seen)
    assert sum(belief.shares) == pytest.approx(1)


def test_a_file_that_tells_less_leaves_the_rest_as_usual() -> None:
    assert manner_of({"sure": 0.7, "of_the_future": 3.0}) == Manner(sure=0.7)
