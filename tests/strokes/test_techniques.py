"""The table of techniques, and a teacher's own presets over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.errors import FormatError
from trainer.strokes.techniques import NO_SOURCE, load_techniques

IDS = [
    "effleurage", "kneading", "knuckling", "thumb_walking", "finger_walking", "friction", "tapotement", "press_hold",
    "wringing", "toe_rotation", "toe_pull", "ankle_rotation", "rest",
]  # fmt: skip


def test_all_techniques_of_the_domain_are_there_with_rest_last() -> None:
    assert list(load_techniques()) == IDS


def test_every_rate_has_a_source_or_says_that_there_is_none() -> None:
    for technique in load_techniques().values():
        assert technique.source
        if technique.rate_range:
            low, high = technique.rate_range
            assert 0 < low < high
            assert technique.presets[0].rate_per_min == technique.rate_range


def test_figures_of_the_domain() -> None:
    table = load_techniques()
    assert table["kneading"].rate_range == (60, 140)
    assert table["kneading"].alternating
    assert table["press_hold"].rate_range is None
    assert table["press_hold"].hold_s == (5, 30)
    assert [p.rate_per_min for p in table["effleurage"].presets] == [(6, 20), (40, 50)]


def test_a_teachers_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "école.toml"
    path.write_text("[kneading]\nrate_per_min = [50, 80]\n", "utf-8")
    table = load_techniques(path)
    assert table["kneading"].rate_range == (50, 80)
    assert table["kneading"].source == NO_SOURCE, "another's source doesn't cover the teacher's number"
    assert table["kneading"].name == "Kneading"
    assert table["friction"] == load_techniques()["friction"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[kneeding]\nname = 'x'\n", ["kneeding", "did you mean 'kneading'"]),
        ("[kneading]\nrate = [1, 2]\n", ["'rate'", "rate_per_min"]),
        ("[kneading]\nrate_per_min = [80, 50]\n", ["rate_per_min", "low < high", "[80, 50]"]),
        ("[kneading]\nrate_per_min = [nan, 50]\n", ["rate_per_min"]),
        ("[kneading]\nrate_per_min = '60-80'\n", ["rate_per_min", "two numbers"]),
        ("[kneading]\ncontact_share = 1.5\n", ["contact_share", "up to 1"]),
        ("[kneading]\nparts_on_top = [\"elbow\"]\n", ["parts_on_top", "whole_thumb"]),
        ("[kneading]\nalternating = 1\n", ["alternating", "true or false"]),
        ("kneading = 3\n", ["must be a table"]),
        ("[kneading\n", ["TOML"]),
    ],
)
def test_a_wrong_file_is_told_in_one_line(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(FormatError) as caught:
        load_techniques(path)
    message = str(caught.value)
    assert "mine.toml" in message
    assert "\n" not in message
    for word in words:
        assert word in message


def test_mistakes_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    for text, told in (
        ("[kneading]\n\nrate_per_min = 3\n", r"line 3: \[kneading\] rate_per_min: expected two numbers"),
        ("[kneading]\nrates = 3\n", r"line 2: \[kneading\] has an unknown key 'rates'"),
        ("\n[kneding]\n", r"line 2: unknown technique 'kneding'"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FormatError, match=told):
            load_techniques(path)


def test_a_missing_file_and_one_that_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="readable"):
        load_techniques(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError, match="UTF-8"):
        load_techniques(tmp_path / "bytes.toml")
