"""What a session's page shows over time: the map filling, hands seen, what is in doubt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.score.session_results import make_card, results
from trainer.review.desk import Desk
from trainer.review.lanes import doubts_of, filling_of, hands_seen, page_data
from trainer.strokes.techniques import load_techniques
from trainer.words.words import load_words


def test_the_map_fills_as_it_was_worked_and_never_beyond_the_wish() -> None:
    card = make_card(**results(duration_s=20.0))
    card["wish"] = {"name": "x", "zones": {"hallux": 4.0, "ball_medial": 10.0}}
    card["coverage"]["zones"] = {"hallux": 6.0, "ball_medial": 5.0, "heel_medial": 3.0}
    card["coverage"]["visits"] = [
        {"zone": "hallux", "start_s": 2.0, "end_s": 8.0}, {"zone": "ball_medial", "start_s": 10.0, "end_s": 15.0},
        {"zone": "heel_medial", "start_s": 0.0, "end_s": 3.0},
    ]  # fmt: skip
    times, full = np.array(filling_of(card)).T
    assert (times[0], times[-1]) == (0.0, 20.0) and np.all(np.diff(full) >= 0)
    at = dict(zip((1.0, 4.0, 7.0, 12.5, 20.0), np.interp([1.0, 4.0, 7.0, 12.5, 20.0], times, full), strict=True))
    # Two zones were wished for: the one is full after 4 s of work, the other half full after 5.
    assert at == pytest.approx({1.0: 0.0, 4.0: 0.25, 7.0: 0.5, 12.5: 0.625, 20.0: 0.75}, abs=0.02)


def test_a_session_of_another_time_without_visits_has_no_filling() -> None:
    card = make_card(**results())
    card["coverage"].pop("visits", None)
    assert filling_of(card) == []
    card.pop("wish", None)
    assert page_data(card, load_techniques(), load_words("de"))["filling"] == []


def test_hands_are_seen_in_stretches() -> None:
    times = np.arange(0, 4, 0.1)
    left = ((times > 0.55) & (times < 1.95)) & ~((times > 0.95) & (times < 1.05))
    right = np.zeros(40, bool)
    seen = hands_seen(times, np.column_stack([left, right]))
    assert seen == {"left": [[pytest.approx(0.6), pytest.approx(2.0)]], "right": []}, "a gap of one frame is closed"
    right[[0, 39]] = True
    assert hands_seen(times, np.column_stack([left, right]))["right"] == [
        [0.0, pytest.approx(0.1)], [pytest.approx(3.9), pytest.approx(4.0)]
    ]  # fmt: skip
    assert hands_seen(np.zeros(0), np.zeros((0, 2), bool)) == {"left": [], "right": []}


def test_the_page_is_in_the_language_and_in_plain_numbers() -> None:
    import json

    data = page_data(make_card(**results()), load_techniques(), load_words("de"))
    assert data["names"]["kneading"] == load_words("de").tables["techniques"]["kneading"] != "Kneading"
    assert {zone["name"] for zone in data["map"]["zones"]} >= {"Großzehe"}
    json.dumps(data, allow_nan=False)
    assert data["doubts"] == doubts_of(make_card(**results())) == sorted(data["doubts"])


def test_the_newest_pages_are_made_ready_and_a_damaged_one_stops_nothing(desk: Desk, scored: Path) -> None:
    (scored / "scorecard.json").write_text("{", "utf-8")
    desk.make_ready()
    shown = next(s for s in desk.room.sessions() if s.folder != scored)
    words = desk.words("en")
    assert shown.page_json(desk.techniques, words) is shown.page_json(desk.techniques, words), "reckoned once"
    assert shown.page_json(desk.techniques, desk.words("de")) != shown.page_json(desk.techniques, words)
