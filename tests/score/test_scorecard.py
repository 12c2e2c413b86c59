from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from session_results import make_card, plantar_coverage, results

from trainer.errors import FormatError, TrainerError
from trainer.model import Stroke
from trainer.rhythm import rhythm_of
from trainer.score.scorecard import (
    SCHEMA_PATH,
    coverages_of,
    dumps,
    grid_of,
    read_scorecard,
    to_plain,
    write_scorecard,
)
from trainer.strokes.techniques import load_techniques

FIXED_KEYS = {
    "schema", "video", "duration_s", "unseen_s", "foot", "segments", "rhythm", "coverage", "posture", "cues",
    "provenance",
}  # fmt: skip


def test_holds_the_fixed_keys() -> None:
    card = make_card()
    assert card.keys() >= FIXED_KEYS
    assert card["video"] == {
        "name": "søle 1.mp4", "sha256": "ab" * 32, "width": 640, "height": 480, "fps": 29.97,
    }  # fmt: skip
    assert [s["technique"] for s in card["segments"]] == ["kneading", "press_hold"], "in order of time"
    assert card["segments"][0]["rate_per_min"] == 80.0
    assert card["segments"][1]["rate_per_min"] is None, "one cycle has no rate"
    assert card["rhythm"][0]["drift_pct_per_min"] is None, "NaN is null"
    assert card["rhythm"][0]["preset"]["low_per_min"] == 60
    assert card["coverage"]["zones"]["heel_lateral"] == 0.0
    assert (np.array(card["coverage"]["grid_seconds"], object).shape) == (64, 32)
    assert card["abstained_s"] == 1.5
    assert card["unseen"] == [{"start_s": 13.0, "end_s": 16.5, "what": "hands"}]


def test_worked_and_unseen_shares_are_of_the_foot() -> None:
    coverage = make_card()["coverage"]
    grid = grid_of(make_card()["coverage"])
    on_foot = np.isfinite(grid)
    assert coverage["worked_share"] == pytest.approx((grid[on_foot] > 0).mean(), abs=1e-4)
    assert 0 < coverage["unseen_share"] < 0.2


def test_maps_of_the_other_face_and_foot_come_back() -> None:
    top = replace(plantar_coverage(), view="dorsal", side="right", zone_seconds={"instep": 3.0},
                  technique_zone_seconds={"kneading": {"instep": 3.0}}, visits=(("instep", 1.0, 4.0),))  # fmt: skip
    main, other = coverages_of(make_card(coverage=(plantar_coverage(), top)))
    assert (main.view, main.side, other.view, other.side) == ("plantar", "left", "dorsal", "right")
    assert other.technique_zone_seconds == top.technique_zone_seconds and other.visits == top.visits


def test_write_then_read_is_the_same(tmp_path: Path) -> None:
    card = make_card()
    path = tmp_path / "ä b" / "scorecard.json"
    write_scorecard(path, card)
    assert read_scorecard(path) == card
    assert "NaN" not in path.read_text("utf-8")
    assert "søle" in path.read_text("utf-8")
    again = coverages_of(card)[0]
    np.testing.assert_array_equal(again.grid_seconds, results()["coverage"].grid_seconds)
    assert again.watched_s == 2.0


def test_docs_hold_the_same_schema() -> None:
    published = Path(__file__).resolve().parents[2] / "docs" / "scorecard.schema.json"
    assert published.read_bytes() == SCHEMA_PATH.read_bytes()


def test_schema_is_valid() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(json.loads(SCHEMA_PATH.read_text("utf-8")))


@pytest.mark.parametrize(
    ("keys", "value", "told"),
    [
        (("duration_s",), "long", "a number at 'duration_s'"),
        (("duration_s",), -1.0, "at least 0 at 'duration_s'"),
        (("schema",), "other", "foot-massage-scorecard/1"),
        (("foot", "side"), "middle", "'foot.side'"),
        (("segments", 0, "start_s"), None, "'segments[0].start_s'"),
        (("segments", 0, "hands"), ["left", "left"], "'segments[0].hands'"),
        (("coverage", "worked_share"), 1.5, "at most 1"),
        (("coverage", "grid_seconds"), [[0.0]], "'coverage.grid_seconds'"),
        (("provenance", "model_hashes"), {"a": "short"}, "'provenance.model_hashes.a'"),
    ],
)
def test_bad_values_are_named(tmp_path: Path, keys: tuple[Any, ...], value: object, told: str) -> None:
    card = make_card()
    part: Any = card
    for key in keys[:-1]:
        part = part[key]
    part[keys[-1]] = value
    path = tmp_path / "scorecard.json"
    with pytest.raises(FormatError):
        write_scorecard(path, card)
    assert not path.exists()
    path.write_text(json.dumps(card), "utf-8")
    with pytest.raises(FormatError) as caught:
        read_scorecard(path)
    message = str(caught.value)
    assert told in message and str(path) in message and "\n" not in message


@pytest.mark.parametrize("key", sorted(FIXED_KEYS))
def test_missing_keys_are_named(tmp_path: Path, key: str) -> None:
    card = make_card()
    del card[key]
    path = tmp_path / "scorecard.json"
    path.write_text(json.dumps(card), "utf-8")
    with pytest.raises(FormatError, match=f"'{key}'.*missing"):
        read_scorecard(path)


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '{"duration_s": NaN}', "\x00\xff"])
def test_files_that_are_no_scorecard(tmp_path: Path, text: str) -> None:
    path = tmp_path / "scorecard.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(FormatError) as caught:
        read_scorecard(path)
    assert "\n" not in str(caught.value)


def test_no_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="score the video first"):
        read_scorecard(tmp_path / "none.json")
    with pytest.raises(FormatError, match="can't be read"):
        read_scorecard(tmp_path)


def test_results_that_make_no_scorecard_are_refused() -> None:
    with pytest.raises(TrainerError, match="confidence"):
        make_card(strokes=[Stroke("kneading", 0.0, 1.0, ("left",), 1.7)])


@given(st.lists(st.integers(1, 40), min_size=2, max_size=30))
def test_a_segments_rate_is_the_rhythms(steps: list[int]) -> None:
    cycles = tuple(float(t) for t in np.cumsum([0, *steps]) * 0.1)
    stroke = Stroke("friction", 0.0, cycles[-1], ("left",), 0.9, cycles, ("left",) * len(cycles))
    (segment,) = make_card(strokes=[stroke])["segments"]
    wanted = rhythm_of([stroke], load_techniques()["friction"]).rate_per_min
    assert segment["rate_per_min"] == pytest.approx(wanted, abs=1e-3)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9).map(lambda x: round(x, 3)) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(values)
def test_dumps_is_json(value: Any) -> None:
    assert json.loads(dumps(value)) == value


@given(st.lists(st.floats()))
def test_plain_data_never_holds_nan(numbers: list[float]) -> None:
    for before, after in zip(numbers, to_plain(np.array(numbers)), strict=True):
        assert (after is None) == (not math.isfinite(before))
