"""Students, whose each session is, and how each is getting on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from trainer.errors import FormatError
from trainer.library.measures import Measures
from trainer.review.app import create_app
from trainer.review.desk import Desk
from trainer.review.migrate import open_database
from trainer.review.people import People
from trainer.review.progress import progress_of

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Using `httpx`")
HOST = "127.0.0.1:8765"
OWN = {"Origin": f"http://{HOST}"}
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def practised(
    *shares: float | None, worked: float | None = 0.9, days_ago: float = 1.0
) -> list[tuple[datetime, Measures]]:  # fmt: skip
    """Sessions of a minute, one an hour, the last so many days ago."""
    last = NOW - timedelta(days=days_ago)
    return [
        (last - timedelta(hours=len(shares) - 1 - k), Measures(60.0, 50.0, share, 0.9, worked, 0.1, 0.0, 0))
        for k, share in enumerate(shares)
    ]


@pytest.mark.parametrize(
    ("sessions", "needs"),
    [
        ([], "never"), (practised(0.9, 0.9), ""), (practised(0.9, days_ago=8), "rests"),
        (practised(0.9, 0.9, 0.9, 0.3, 0.4, 0.3), "tempo"), (practised(0.9, worked=0.4), "reach"),
        (practised(0.95, 0.9, 0.95, 0.7, 0.7, 0.7), "falls"), (practised(0.7, 0.7, 0.7, 0.9, 0.9, 0.9), ""),
        (practised(None, None), ""), (practised(0.8, worked=None), ""),
    ],
)  # fmt: skip
def test_who_needs_a_look(sessions: list[tuple[datetime, Measures]], needs: str) -> None:
    assert progress_of(sessions, NOW).needs == needs


def test_progress_counts_the_week_and_the_last_three() -> None:
    old = practised(0.1, 0.1, days_ago=20)
    told = progress_of([*old, *practised(0.6, 0.7, 0.8)], NOW)
    assert told.sessions == 5 and told.week_s == pytest.approx(180.0)
    assert told.means["in_range_share"] == pytest.approx(0.7)
    assert told.trends["in_range_share"] == (0.1, 0.1, 0.6, 0.7, 0.8)
    assert told.means["steadiness"] == pytest.approx(0.9) and len(told.trends["worked_share"]) == 5
    assert progress_of(practised(None), NOW).means["in_range_share"] is None
    assert len(progress_of(practised(*[0.5] * 50), NOW).trends["in_range_share"]) == 20


def test_a_short_drill_says_nothing_of_reach() -> None:
    short = Measures(8.0, 7.0, 0.9, 0.9, 0.05, 0.1, 0.0, 0)
    told = progress_of([(NOW, short)], NOW)
    assert told.needs == "" and told.means["worked_share"] is None and told.trends["worked_share"] == ()


def test_people_are_added_named_and_removed(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    people = People(database)
    zoe, ali = people.add("  Zoë   B. ", "Tuesday"), people.add("Ali")
    assert [p.name for p in people.all()] == ["Ali", "Zoë B."] and zoe.group == "Tuesday"
    for name in ("", "   ", "x" * 81, "Ali"):
        with pytest.raises(FormatError):
            people.add(name)
    people.add("Ali", "Tuesday")
    people.give("s1", ali.id)
    people.give("s2", zoe.id)
    people.give("s1", zoe.id)
    assert people.owners() == {"s1": zoe.id, "s2": zoe.id}
    people.give("s2", "")
    with pytest.raises(FormatError, match="isn't"):
        people.give("s2", "nobody")
    people.remove(zoe.id)
    assert people.owners() == {} and len(people.all()) == 2
    database.close()


def test_the_class_in_the_page(desk: Desk) -> None:
    from starlette.testclient import TestClient

    client: Any = TestClient(create_app(desk, [HOST]), base_url=f"http://{HOST}", raise_server_exceptions=False)
    assert "Nobody is here yet" in client.get("/students").text
    sent = client.post("/students", json={"name": "Zoë <b>", "group": "Tuesday"}, headers=OWN)
    zoe = sent.json()["id"]
    assert client.post("/students", json={"name": "Zoë <b>", "group": "Tuesday"}, headers=OWN).status_code == 422
    assert client.post("/students", json={"name": 7}, headers=OWN).status_code == 422
    session = next(s.id for s in desk.room.sessions() if s.mode == "drill")
    assert client.post(f"/sessions/{session}/owner", json={"student": zoe}, headers=OWN).status_code == 200
    for wrong in ({"student": "x"}, {"student": None}):
        assert client.post(f"/sessions/{session}/owner", json=wrong, headers=OWN).status_code == 422
    page = client.get("/students").text
    assert "Zoë &lt;b&gt;" in page and "Tuesday" in page and "no practice this week" in page
    assert "selected" in client.get(f"/sessions/{session}").text
    mine = client.get(f"/?student={zoe}").text
    assert "Sessions of Zoë" in mine and "Kneading" in mine and "Füße 1" not in mine
    nobodys = client.get("/?student=nobody").text
    assert "Füße 1" in nobodys and f"/sessions/{session}" not in nobodys
    assert client.get("/?student=unknown").text.count("<tr>") == client.get("/").text.count("<tr>")
    assert client.delete(f"/students/{zoe}", headers=OWN | {"Content-Length": "0"}).status_code == 200
    assert "Zoë" not in client.get("/students").text and "Kneading" in client.get("/").text
