"""Errors in a teacher's files name the file, the line and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.data_file import DataFile
from trainer.errors import FormatError

TEXT = """# a file
name = "x"

[name2]   # with a remark
en = "a"
"quoted key" = 3

[[step]]
technique = "kneading"

[[step]]
technique = "friction"
zones = ["a",
  "b"]

[step.note]
de = "c"

[a.b]
c.d = 1
"""


def file(tmp_path: Path, text: str = TEXT) -> DataFile:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return DataFile(path, "a file")


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("name",), 2), (("name2",), 4), (("name2", "en"), 5), (("name2", "quoted key"), 6), (("step",), 8),
        (("step", 0), 8), (("step", 0, "technique"), 9), (("step", 1, "technique"), 12), (("step", 1, "zones", 1), 13),
        (("step", 1, "note", "de"), 17), (("a", "b", "c", "d"), 20), (("step", 1, "missing"), 11),
    ],
)  # fmt: skip
def test_every_value_has_its_line(tmp_path: Path, place: tuple[str | int, ...], line: int) -> None:
    assert file(tmp_path).where(place).endswith(f"mine.toml, line {line}")


def test_what_stands_nowhere_is_of_the_file(tmp_path: Path) -> None:
    assert file(tmp_path).where(("nowhere",)).endswith("mine.toml")
    assert file(tmp_path).at(("step", 5, "zones")) is None


def test_a_wrong_value_is_told_with_what_came(tmp_path: Path) -> None:
    told = str(file(tmp_path).wrong(("step", 1, "technique"), "a number"))
    assert "line 12: expected a number as step 2, technique, but got 'friction'" in told
    assert "but got nothing" in str(file(tmp_path).wrong(("step", 1, "x"), "a number"))


def test_an_unknown_word_is_told_with_those_allowed_and_a_guess(tmp_path: Path) -> None:
    told = str(file(tmp_path).unknown_word(("step", 1, "technique"), ["frictions", "kneading"]))
    assert "'friction' isn't known" in told and "frictions, kneading" in told and "Did you mean 'frictions'?" in told


@pytest.mark.parametrize("text", ["a = ", "\xff", "[a]\n[a]\n"])
def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(FormatError, match="mine"):
        DataFile(path, "a file")
