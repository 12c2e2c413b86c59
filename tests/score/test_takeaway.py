from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from session_results import make_card, results

from trainer.model import Coverage, Data, PostureFinding, Rhythm, Stroke
from trainer.score.scorecard import FootFacts
from trainer.score.takeaway import takeaway

NAMES = {"kneading": "Kneading", "friction": "Friction", "press_hold": "Press and hold"}
ZONES = {"heel_lateral": "outer heel", "hallux": "big toe"}


def rhythm(rate: float = 100, cv: float = 0.1, drift: float = 0, share: float = 0.95, balance: float = 0.5,
           cycles: int = 40) -> Rhythm:  # fmt: skip
    return Rhythm("kneading", cycles, rate, cv, drift, share, balance, 0)


def plain(**changed: Any) -> Data:
    """A session about which nothing is wrong, unless changed."""
    coverage = results()["coverage"]
    everywhere = Coverage(
        "plantar", np.where(np.isfinite(coverage.grid_seconds), 1.0, np.nan), coverage.grid_unseen_s * 0,
        dict.fromkeys(make_card()["coverage"]["zones"], 1.0), 20.0, 0.0,
    )  # fmt: skip
    base: dict[str, Any] = {"unseen_s": 0.0, "posture": [], "rhythm": [rhythm()], "coverage": everywhere}
    base["foot"] = FootFacts("left", "plantar", 250.0, True, 0.0)
    return make_card(**(base | changed))


def lines(card: Data) -> tuple[str | None, str | None]:
    result = takeaway(card, NAMES, ZONES)
    return result.went_well, result.work_on


def bare(*zones: str) -> Coverage:
    whole = plain()["coverage"]
    coverage = results()["coverage"]
    grid = np.where(np.isfinite(coverage.grid_seconds), 1.0, np.nan)
    zone_seconds = {zone: 0.0 if zone in zones else 1.0 for zone in whole["zones"]}
    return Coverage("plantar", grid, coverage.grid_unseen_s * 0, zone_seconds, 20.0, 0.0)


def test_a_good_session_is_praised_and_nothing_made_up() -> None:
    well, work = lines(plain())
    assert well is not None and well.startswith("Kneading was steady and at a good pace: 95")
    assert work is None


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"rhythm": [rhythm(cv=0.25)]}, "Kneading kept a good pace"),
        ({"rhythm": [rhythm(share=0.7)]}, "had a steady beat"),
        ({"rhythm": [rhythm(cycles=4)]}, "Most of the foot was reached"),
        ({"rhythm": [rhythm(cv=0.2, share=0.7)], "coverage": results()["coverage"]}, "Both hands took an even part"),
        ({"rhythm": [], "coverage": results()["coverage"], "duration_s": 30.0}, "nothing strained was seen"),
    ],
)
def test_what_went_well(changed: dict[str, Any], told: str) -> None:
    well, _ = lines(plain(**changed))
    assert well is not None and told in well


def test_nothing_good_is_said_without_grounds() -> None:
    assert lines(plain(rhythm=[], coverage=results()["coverage"], duration_s=20.0))[0] is None


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"unseen_s": 12.0},
            "Film it so that more can be seen: for 60\u00a0% of the time too little was. Keep both hands",
        ),
        ({"unseen_s": 12.0, "foot": FootFacts("left", "plantar", 250.0, True, 11.0)}, "Keep the whole foot"),
        (
            {"posture": [PostureFinding("wrist_bent", "right", 3.0, 6.5, 61.0)]},
            "the right wrist was bent for 3.5\u00a0s",
        ),
        (
            {"rhythm": [rhythm(rate=180, share=0.1)]},
            "Kneading slower: it went at 180 a minute, the preset is 60 to 140",
        ),
        ({"rhythm": [rhythm(rate=40, share=0.1)]}, "Kneading faster"),
        ({"rhythm": [rhythm(rate=100, share=0.4)]}, "between 60 and 140"),
        ({"rhythm": [rhythm(cv=0.45)]}, "Find an even beat in kneading"),
        ({"coverage": bare("heel_lateral")}, "outer heel was not touched"),
        ({"coverage": bare("heel_lateral", "hallux")}, "big toe and outer heel were not touched"),
        ({"rhythm": [rhythm(balance=0.9)]}, "Let the right hand do its part in kneading: it took only 10"),
        ({"rhythm": [rhythm(drift=-35.0)], "duration_s": 120.0}, "became slower by 35 % a minute"),
    ],
)
def test_one_thing_to_work_on(changed: dict[str, Any], told: str) -> None:
    _, work = lines(plain(**changed))
    assert work is not None and told in work


@pytest.mark.parametrize(
    "changed",
    [
        {"posture": [PostureFinding("wrist_bent", "right", 3.0, 4.0, 61.0)]},
        {"rhythm": [rhythm(rate=180, share=0.1, cycles=5)]},
        {"rhythm": [rhythm(balance=1.0)]},
        {"rhythm": [rhythm(drift=-35.0)]},
        {"rhythm": [rhythm(rate=math.nan, cv=math.nan, drift=math.nan, share=math.nan, balance=math.nan)]},
    ],
)
def test_what_is_too_little_to_judge_is_left_alone(changed: dict[str, Any]) -> None:
    assert lines(plain(**changed))[1] is None


def test_unseen_places_are_never_called_untouched() -> None:
    _, work = lines(plain(coverage=results()["coverage"]))
    assert work is None or "not touched" not in work


def test_a_session_without_strokes() -> None:
    well, work = lines(plain(strokes=[], rhythm=[]))
    assert well is None and work is not None and "No stroke was recognised" in work
    rest = [Stroke("rest", 0.0, 5.0, (), 0.9)]
    assert lines(plain(strokes=rest, rhythm=[], unseen_s=20.0))[1] == lines(plain(strokes=[], unseen_s=20.0))[1]
