"""Settings from file and command line, and spans of time."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.errors import FormatError
from trainer.settings import Settings, read_settings
from trainer.spans import SpanBuilder


def test_defaults_hold_without_a_file() -> None:
    assert read_settings(None) == Settings()


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "studio ü.toml"
    path.write_text('model = "lite"\nfoot = "left"\n', encoding="utf-8")
    settings = read_settings(path, foot="right", view=None)
    assert (settings.model, settings.foot, settings.view) == ("lite", "right", None)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('foot = "middle"', "foot"),
        ("foot_length_mm = 9", "foot_length_mm"),
        ("colour = 1", "Known settings"),
        ("a =", "TOML"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        read_settings(path)
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"none\.toml"):
        read_settings(tmp_path / "none.toml")


@given(st.lists(st.sampled_from(["a", "b", None]), min_size=1, max_size=30))
def test_spans_hold_just_the_instants_put_in(states: list[str | None]) -> None:
    builder: SpanBuilder[str] = SpanBuilder()
    for k, state in enumerate(states):
        builder.update(float(k), float(k + 1), state)
    spans = builder.spans()
    assert builder.total_s() == sum(state is not None for state in states)
    for (_, end, a), (start, _, b) in itertools.pairwise(spans):
        assert end < start or a != b
    for start, end, what in spans:
        assert all(state == what for state in states[int(start) : int(end)])
