"""Comments: what may be pinned, to what place, with what drawing; and that they come back as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.errors import FormatError
from trainer.foot import atlas
from trainer.model import View
from trainer.review.comments import LONGEST, MOST_POINTS, Comments, Said, said_in
from trainer.review.log import Log
from trainer.review.migrate import open_database

RING = {"kind": "ring", "points": [[0.1, 0.2], [0.5, 0.6]]}
PEN = {"kind": "pen", "points": [[0.0, 0.0], [0.5, 1.0], [1.0, 0.25]]}


def test_a_comment_has_a_time_a_place_and_a_drawing() -> None:
    said = said_in({"time_s": 1.5, "text": "  schön  ", "place": [0.9, 0.1], "drawing": [RING, PEN]}, "plantar")
    assert said == Said(1500, "schön", "hallux", (0.9, 0.1), (RING, PEN)), "the zone is that of the place"
    assert said_in({"time_s": 0, "text": "", "drawing": [RING]}, "plantar").text == "", "a drawing may say it alone"
    assert said_in({"time_s": 0, "text": "x", "zone": "instep"}, "plantar") == Said(0, "x", "instep")


@given(u=st.floats(0, 1), v=st.floats(0, 1), view=st.sampled_from(["plantar", "dorsal", "medial", "lateral"]))
def test_every_place_is_in_a_zone(u: float, v: float, view: View) -> None:
    said = said_in({"time_s": 0, "text": "x", "place": [u, v]}, view)
    assert said.zone in atlas.zones(view)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""}, {"text": " "}, {"text": "x" * (LONGEST + 1)}, {"text": 7}, {"text": None},
        {"time_s": None}, {"time_s": True}, {"time_s": -1}, {"time_s": float("nan")}, {"time_s": "1"},
        {"zone": "knee"}, {"place": [1.1, 0]}, {"place": [0.5]}, {"place": "heel"}, {"place": [None, 0.5]},
        {"drawing": "x"}, {"drawing": [7]}, {"drawing": [{"kind": "cat", "points": [[0, 0], [1, 1]]}]},
        {"drawing": [{"kind": "arrow", "points": [[0, 0]]}]}, {"drawing": [RING] * 41},
        {"drawing": [{"kind": "ring", "points": [[0, 0], [1, 1], [1, 0]]}]},
        {"drawing": [{"kind": "pen", "points": [[0, 0]] * (MOST_POINTS + 1)}]},
        {"drawing": [{"kind": "pen", "points": [[0, 0], [2, 0]]}]},
        {"drawing": [{"kind": "pen", "points": [[0, 0], ["1", 0]]}]},
    ],
)  # fmt: skip
def test_what_cannot_be_pinned_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(FormatError, match="Expected"):
        said_in({"time_s": 1.0, "text": "x"} | wrong, "plantar")


def test_comments_are_kept_per_session_and_logged(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    comments = Comments(database)
    late = comments.add("s1", Said(2000, "later"), "Zoë", "z")
    early = comments.add("s1", Said(500, "früh", "hallux", (0.9, 0.1), (RING,)))
    assert comments.of("s1") == [early, late] and late.author == "Zoë"
    comments.remove("s2", late.id)
    assert comments.find("s2", late.id) is None and comments.of("s1") == [early, late], "of another session nothing"
    comments.remove("s1", late.id, "Ms. B")
    assert comments.of("s1") == [early] and comments.counts() == {"s1": 1}
    assert Log(database).latest(1)[0].who == "Ms. B" and Log(database).of("s1")[-1]["deleted"] == "later"
    database.close()
