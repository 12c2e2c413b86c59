"""The rubric: a data file whose mistakes are told, and grades of student and instructor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trainer.errors import FormatError
from trainer.review.app import create_app
from trainer.review.desk import Desk
from trainer.review.rubric import load_rubric

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Using `httpx`")
HOST = "127.0.0.1:8765"
OWN = {"Origin": f"http://{HOST}"}
GOOD = 'name = "x"\n[[criterion]]\nid = "a"\nname = "A"\nlevels = ["low", "high"]\n'


def test_the_shipped_rubric_and_a_schools_own(tmp_path: Path) -> None:
    assert len(load_rubric().criteria) == 5
    path = tmp_path / "own.toml"
    path.write_text(GOOD, "utf-8")
    (criterion,) = load_rubric(path).criteria
    assert (criterion.id, criterion.levels, criterion.about) == ("a", ("low", "high"), "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('name = "x"\n', ""), ["name"]), (('id = "a"', 'id = "A b"'), ["line 3", "small letters"]),
        (('levels = ["low", "high"]', 'levels = ["low"]'), ["line 5", "two to six"]),
        (('levels = ["low", "high"]', "levels = [1, 2]"), ["line 5"]),
        (('name = "A"', 'name = "A"\ncolour = "red"'), ["line 5", "colour", "about"]),
        (("[[criterion]]", "[criterion]"), ["criterion", "tables"]),
        (("", GOOD.replace('name = "x"\n', "")), ["of its own"]),
    ],
)  # fmt: skip
def test_mistakes_name_file_and_line(tmp_path: Path, change: tuple[str, str], words: list[str]) -> None:
    path = tmp_path / "own.toml"
    path.write_text(GOOD + change[1] if not change[0] else GOOD.replace(*change), "utf-8")
    with pytest.raises(FormatError) as told:
        load_rubric(path)
    assert all(word in str(told.value) for word in ["own.toml", *words]), told.value


def test_student_and_instructor_grade_beside_each_other(desk: Desk) -> None:
    from starlette.testclient import TestClient

    client: Any = TestClient(create_app(desk, [HOST]), base_url=f"http://{HOST}", raise_server_exceptions=False)
    name = desk.room.sessions()[0].id
    url = f"/sessions/{name}/grades"
    grade = {"grader": "student", "criterion": "rhythm", "level": 2}
    assert client.post(url, json=grade, headers=OWN).json()["grades"] == {"student": {"rhythm": 2}, "instructor": {}}
    told = client.post(url, json=grade | {"grader": "instructor", "level": 1}, headers=OWN).json()["grades"]
    assert told == {"student": {"rhythm": 2}, "instructor": {"rhythm": 1}}
    assert client.post(url, json=grade | {"level": None}, headers=OWN).json()["grades"]["student"] == {}
    for wrong in ({"grader": "mother"}, {"criterion": "beauty"}, {"level": 9}, {"level": True}, {"level": "2"}):
        assert client.post(url, json=grade | wrong, headers=OWN).status_code == 422, wrong
    assert [change["grade"] for change in desk.log.of(name)] == ["rhythm"] * 3
    assert "Coverage" in client.get(f"/sessions/{name}").text
