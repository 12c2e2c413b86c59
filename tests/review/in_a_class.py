"""A room that a class signs in to: a head, instructors of two groups, students, and whose the sessions are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests.score.session_results import make_card, results
from trainer.library.measures import Measures, measures_of
from trainer.library.store import Library
from trainer.review.app import create_app
from trainer.review.desk import Desk
from trainer.review.limits import Limit
from trainer.review.migrate import open_database
from trainer.review.people import Person
from trainer.review.room import Room
from trainer.review.rubric import load_rubrics
from trainer.review.tickets import COOKIE, Tickets
from trainer.review.uploads import Uploads
from trainer.score.scorecard import dumps
from trainer.settings import Settings
from trainer.strokes.techniques import load_techniques

HOST = "192.0.2.7:8765"
OWN = {"Origin": f"https://{HOST}"}
ROLES = ("visitor", "fresh", "student", "classmate", "instructor", "other_instructor", "head")
"""The student's session is theirs and their instructor's (group Tuesday); the other instructor teaches Friday."""


@dataclass
class Klass:
    """``people`` and ``tickets`` by role."""

    desk: Desk
    library: Library
    people: dict[str, Person]
    accounts: dict[str, str]
    tickets: dict[str, str]

    def client(self, role: str) -> Any:
        from starlette.testclient import TestClient

        app = create_app(self.desk, [HOST], "https", Limit(1e6, 1e6, lambda: 0.0))
        client = TestClient(app, base_url=f"https://{HOST}", raise_server_exceptions=False, follow_redirects=False)
        if role != "visitor":
            client.cookies.set(COOKIE, self.tickets[role])
        return client

    def session(self, of: str | None = "student") -> str:
        """A new session of somebody's (by role), or nobody's."""
        kept = self.library.begin("drill", "Kneading", now=datetime(2026, 3, 1, 10, tzinfo=UTC))
        (kept.folder / "scorecard.json").write_text(_card_text(), "utf-8")
        (kept.folder / "session.mp4").write_bytes(b"a video")
        self.library.finish(kept.id, _measures())
        if of is not None:
            self.desk.people.give(kept.id, self.people[of].id)
        return kept.id


@cache
def _card_text() -> str:
    return dumps(make_card(**results()))


@cache
def _measures() -> Measures:
    return measures_of(make_card(**results()))


def make(tmp_path: Path) -> Klass:
    library = Library(tmp_path / "library")
    database = open_database(f"sqlite:///{tmp_path / 'review.sqlite'}")
    tickets = Tickets(b"s" * 32)
    uploads = Uploads(tmp_path / "library" / "uploads", Settings())
    room = Room(library, [], uploads.folder)
    desk = Desk.over(database, room, load_techniques(), load_rubrics(), uploads, tickets)
    people = {role: desk.people.add(role, "Tuesday") for role in ("student", "classmate", "fresh")}
    people["elsewhere"] = desk.people.add("elsewhere", "Friday")
    accounts, signed = {}, {}
    for role in ROLES[1:]:
        kind = "student" if role in people else role.removeprefix("other_")
        groups = {"instructor": ["Tuesday"], "other_instructor": ["Friday"]}.get(role, [])
        made, code = desk.accounts.make(role, kind, groups, people.get(role))
        epoch = 0 if role == "fresh" else desk.accounts.choose(made.id, code, f"the {role}'s own")
        accounts[role], signed[role] = made.id, tickets.ticket(made.id, epoch)
        people.setdefault(role, Person(made.person, role))
    return Klass(desk, library, people, accounts, signed)
