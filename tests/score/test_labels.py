"""A teacher's labels beside a session's tracks."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.errors import FormatError
from trainer.score.labels import read_labels


def written(folder: Path, text: str) -> Path:
    path = folder / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_labels_come_in_order_of_time(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "\ufefftechnique,start_s,end_s,hands\nfriction,9,12.5,right\nkneading,2,8.5,left right\nschool_press,13,14,\n",
    )
    labels = read_labels(path)
    assert [(x.technique, x.start_s, x.end_s, x.hands) for x in labels] == [
        ("kneading", 2.0, 8.5, ("left", "right")), ("friction", 9.0, 12.5, ("right",)),
        ("school_press", 13.0, 14.0, ()),
    ]  # fmt: skip
    assert read_labels(written(tmp_path, "technique,start_s,end_s\nrest,0,2\n"))[0].technique == "rest"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("technique,start\nkneading,2\n", "lacks the column start_s and end_s"),
        ("", "lacks the column"),
        ("technique,start_s,end_s\nKneading!,1,2\n", "line 2: technique"),
        ("technique,start_s,end_s\nkneading,1,2\nfriction,x,4\n", "line 3: start_s: expected seconds, got 'x'"),
        ("technique,start_s,end_s\nkneading,1\n", "line 2: end_s"),
        ("technique,start_s,end_s\nkneading,4,2\n", "start_s < end_s"),
        ("technique,start_s,end_s\nkneading,-1,2\n", "0 <= start_s"),
        ("technique,start_s,end_s\nkneading,nan,2\n", "expected seconds"),
        ("technique,start_s,end_s,hands\nkneading,1,2,both\n", "hands: expected left, right"),
        ("technique,start_s,end_s\nkneading,1,5\nfriction,4,6\n", "overlap"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(FormatError, match=told):
        read_labels(written(tmp_path, text))


def test_no_file_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="there are none"):
        read_labels(tmp_path / "labels.csv")
    (tmp_path / "labels.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError, match="readable table"):
        read_labels(tmp_path / "labels.csv")
