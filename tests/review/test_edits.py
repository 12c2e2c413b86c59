"""Edits of labels: what they make of them, what they refuse, and two people at once."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.errors import FormatError
from trainer.model import Label
from trainer.review.edits import ConflictError, Edit, Mark, applied, edit_of
from trainer.review.log import Log
from trainer.review.marks import Marks
from trainer.review.migrate import RoomError, open_database

KNOWN = ("kneading", "friction")


def put(name: str, start_ms: int, end_ms: int, seen: int = 0, technique: str = "kneading") -> Edit:
    return Edit(name, seen, Mark(name, technique, start_ms, end_ms))


def test_put_change_delete() -> None:
    marks = applied({}, put("aaaaaaaa", 0, 1000))
    marks = applied(marks, put("bbbbbbbb", 1000, 2000))
    assert marks["aaaaaaaa"].version == 1
    marks = applied(marks, put("aaaaaaaa", 100, 900, seen=1))
    assert (marks["aaaaaaaa"].start_ms, marks["aaaaaaaa"].version) == (100, 2)
    assert set(applied(marks, Edit("aaaaaaaa", 2, None))) == {"bbbbbbbb"}


def test_what_somebody_else_changed_or_what_overlaps_is_refused() -> None:
    marks = {"aaaaaaaa": Mark("aaaaaaaa", "kneading", 0, 1000, version=3)}
    for edit in (put("aaaaaaaa", 0, 500, seen=2), Edit("aaaaaaaa", 0, None), Edit("cccccccc", 1, None)):
        with pytest.raises(ConflictError, match="in the meantime"):
            applied(marks, edit)
    with pytest.raises(ConflictError, match=r"overlap.*kneading"):
        applied(marks, put("bbbbbbbb", 999, 2000))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "x"}, "8 to 40"), ({"id": "../../../etc"}, "8 to 40"), ({"seen": -1}, "whole number"),
        ({"seen": True}, "whole number"), ({"op": "drop"}, "put or delete"), 
        ({"technique": "swimming"}, "kneading, friction"),
        ({"technique": ["kneading"]}, "technique"), ({"start_s": 3.0}, "3 to 2"), ({"start_s": -1}, "within"),
        ({"end_s": 99}, "within"), ({"end_s": "2"}, "seconds"), ({"end_s": float("nan")}, "seconds"),
        ({"hands": "left"}, "hands"), ({"hands": ["foot"]}, "hands"),
    ],
)  # fmt: skip
def test_wrong_edits_are_told(change: dict[str, Any], words: str) -> None:
    good = {"op": "put", "id": "abcdefgh", "seen": 0, "technique": "kneading", "start_s": 1.0, "end_s": 2.0}
    assert edit_of(good, KNOWN, 10.0).mark == Mark("abcdefgh", "kneading", 1000, 2000)
    with pytest.raises(FormatError, match=words):
        edit_of(good | change, KNOWN, 10.0)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 50), st.integers(1, 9), st.booleans()), max_size=30))
def test_whatever_is_done_labels_never_overlap(steps: list[tuple[int, int, int, bool]]) -> None:
    marks: dict[str, Mark] = {}
    for k, start, length, gone in steps:
        name = f"label{k:03d}"
        seen = marks[name].version if name in marks else 0
        edit = Edit(name, seen, None) if gone else put(name, start, start + length, seen)
        try:
            marks = applied(marks, edit)
        except ConflictError:
            continue
    spans = sorted((m.start_ms, m.end_ms) for m in marks.values())
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_the_database_keeps_labels_and_who_changed_what(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    database = open_database(url)
    marks = Marks(database)
    marks.edit("s1", [put("aaaaaaaa", 1000, 2000), put("bbbbbbbb", 0, 500)])
    assert list(marks.labels("s1")) == ["bbbbbbbb", "aaaaaaaa"], "in order of time"
    with pytest.raises(ConflictError):
        marks.edit("s1", [Edit("aaaaaaaa", 1, None), put("cccccccc", 100, 200)])
    assert len(marks.labels("s1")) == 2, "all of them, or none"
    assert marks.labels("s2") == {}
    assert len(Log(database).of("s1")) == 2
    database.close()
    database = open_database(url)
    again = Marks(database)
    assert len(again.labels("s1")) == 2
    swapped = again.replace("s1", [Label("friction", 0.25, 0.75, ("left",))])
    assert [(m.technique, m.start_ms, m.hands) for m in swapped.values()] == [("friction", 250, ("left",))]
    database.close()


def test_two_people_at_once_lose_nothing(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    marks = Marks(database)
    refused: list[str] = []

    def label(who: int) -> None:
        for k in range(20):
            try:
                marks.edit("s", [put(f"w{who}label{k:04d}", 1000 * (2 * k + who), 1000 * (2 * k + who + 1))])
                marks.edit("s", [put(f"both{k:06d}x", 100_000 + 10 * k, 100_000 + 10 * k + 5)])
            except ConflictError as error:
                refused.append(str(error))

    threads = [threading.Thread(target=label, args=(who,)) for who in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = list(marks.labels("s"))
    assert sum(name.startswith("w") for name in names) == 40
    assert sum(name.startswith("both") for name in names) == 20 and len(refused) == 20
    database.close()


def test_a_database_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_bytes(b"not a database, but long enough to be looked at" * 40)
    with pytest.raises(RoomError, match="database"):
        open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with pytest.raises(RoomError, match="says"):
        open_database("nonsense://x")
