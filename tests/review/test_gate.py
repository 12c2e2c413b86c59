"""Who may do what: every address for every role, held against a table written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.review.conftest import quick_hasher
from tests.review.in_a_class import HOST, OWN, ROLES, Klass, make
from trainer.review import accounts
from trainer.review.app import WAYS
from trainer.review.tickets import COOKIE, Tickets

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Using `httpx`")

TABLE = """
way                                             visitor fresh student classmate instructor other_instructor head
GET    /enter                                   200     303   303     303       303        303              303
POST   /enter                                   401     401   401     401       401        401              401
POST   /leave                                   303     303   303     303       303        303              303
POST   /language                                303     303   303     303       303        303              303
GET    /password                                401     200   200     200       200        200              200
POST   /password                                401     422   422     422       422        422              422
GET    /                                        401     403   200     200       200        200              200
GET    /students                                401     403   403     403       200        200              200
POST   /students                                401     403   403     403       200        403              200
DELETE /students/{student}                      401     403   403     403       200        403              200
POST   /students/{student}/account              401     403   403     403       200        403              200
GET    /accounts                                401     403   403     403       403        403              200
POST   /accounts                                401     403   403     403       403        403              200
DELETE /accounts/{account}                      401     403   403     403       403        403              200
POST   /accounts/{account}/again                401     403   403     403       403        403              200
POST   /accounts/{account}/groups               401     403   403     403       403        403              200
GET    /log                                     401     403   403     403       403        403              200
GET    /uploads.json                            401     403   200     200       200        200              200
POST   /uploads/{name}                          401     403   422     403       422        403              422
DELETE /uploads/{name}                          401     403   200     200       200        200              200
GET    /compare                                 401     403   200     404       200        404              200
GET    /compare/anchors.json                    401     403   200     404       200        404              200
GET    /compare/cells.json                      401     403   200     404       200        404              200
GET    /sessions/{session}                      401     403   200     404       200        404              200
DELETE /sessions/{session}                      401     403   200     404       200        404              200
GET    /sessions/{session}/print                401     403   200     404       200        404              200
GET    /sessions/{session}/still.jpg            401     403   503     404       503        404              503
GET    /sessions/{session}/data.json            401     403   200     404       200        404              200
GET    /sessions/{session}/seen.json            401     403   200     404       200        404              200
GET    /sessions/{session}/times.bin            401     403   200     404       200        404              200
GET    /sessions/{session}/drawn.json           401     403   200     404       200        404              200
GET    /sessions/{session}/video                401     403   200     404       200        404              200
GET    /sessions/{session}/report               401     403   200     404       200        404              200
GET    /sessions/{session}/state.json           401     403   200     404       200        404              200
GET    /sessions/{session}/export/{name}        401     403   200     404       200        404              200
POST   /sessions/{session}/edits                401     403   403     403       200        404              200
POST   /sessions/{session}/import/{name}        401     403   403     403       200        404              200
POST   /sessions/{session}/owner                401     403   403     403       200        404              200
POST   /sessions/{session}/grades               401     403   403     404       200        404              200
POST   /sessions/{session}/comments             401     403   200     404       200        404              200
DELETE /sessions/{session}/comments/{comment}   401     403   403     404       200        404              200
POST   /sessions/{session}/keeping              401     403   200     404       200        404              200
"""
# 422: allowed, and told what is wrong with what was sent (no video, no password); 503: a video that isn't one.
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]
BODIES: dict[str, Any] = {
    "POST /students": {"name": "New", "group": "Tuesday"}, "POST /students/{student}/account": {},
    "POST /accounts": {"name": "New", "role": "instructor", "groups": ["Tuesday"]},
    "POST /accounts/{account}/again": {}, "POST /accounts/{account}/groups": {"groups": ["Friday"]},
    "POST /sessions/{session}/edits": {"edits": []}, "POST /sessions/{session}/owner": {"student": "CLASSMATE"},
    "POST /sessions/{session}/grades": {"grader": "instructor", "criterion": "rhythm", "level": 1},
    "POST /sessions/{session}/comments": {"time_s": 1.0, "text": "x"},
    "POST /sessions/{session}/keeping": {"video": False, "until": None, "example": False},
}  # fmt: skip
FORMS = {"POST /enter": "name=student&password=wrong", "POST /password": "old=wrong&new=long+enough&again=long+enough"}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Klass]:
    """For the table alone, which leaves much behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_hasher", quick_hasher)
        made = make(tmp_path_factory.mktemp("crowd"))
    yield made
    made.library.close()


def test_the_table_holds_every_address_and_no_other() -> None:
    assert [(row[0], row[1]) for row in ROWS] == [(way.method, way.path) for way in WAYS]
    assert TABLE.split()[1:8] == list(ROLES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_every_role_gets_what_the_table_says(crowd: Klass, row: list[str]) -> None:
    method, path, *wanted = row
    got = [str(_asked(crowd, role, method, path)) for role in ROLES]
    assert dict(zip(ROLES, got, strict=True)) == dict(zip(ROLES, wanted, strict=True))


def _asked(klass: Klass, role: str, method: str, path: str) -> int:
    """The status of the answer, to a target that is there for this one request."""
    desk, way = klass.desk, f"{method} {path}"
    session, filled, query = klass.session() if "session" in path or "compare" in path else "", path, ""
    if "{student}" in path:
        filled = path.replace("{student}", desk.people.add(f"new {role} {way}", "Tuesday").id)
    if "{account}" in path:
        filled = path.replace("{account}", desk.accounts.make(f"new {role} {way}", "instructor")[0].id)
    if "{comment}" in path:
        from trainer.review.comments import Said

        filled = path.replace("{comment}", desk.comments.add(session, Said(0, "x"), "head", "h").id)
    filled = filled.replace("{session}", session)
    filled = filled.replace("{name}", "x.csv" if "sessions" in path else "x.mp4")
    if "compare" in path:
        query = f"?a={session}&b={session}"
    if path.startswith("/uploads/") and method == "POST":
        query = f"?of={klass.people['student'].id}"
    if path.endswith("drawn.json"):
        query = "?from=0&to=1"
    if path.endswith("still.jpg"):
        query = "?at=1"
    if path.endswith("/report"):
        (desk.room.find(session).folder / "report.html").write_text("<!doctype html>", "utf-8")
    client = klass.client(role)
    headers = OWN if method != "GET" else {}
    if method == "GET":
        return int(client.get(filled + query).status_code)
    if method == "DELETE":
        return int(client.delete(filled, headers=headers | {"Content-Length": "0"}).status_code)
    if way in FORMS:
        return int(client.post(filled, content=FORMS[way], headers=headers).status_code)
    if way in BODIES:
        body = {k: klass.people["classmate"].id if v == "CLASSMATE" else v for k, v in BODIES[way].items()}
        if way == "POST /students":
            body["name"] = f"New {role}"
        if way == "POST /accounts":
            body["name"] = f"New {role} of accounts"
        return int(client.post(filled, json=body, headers=headers).status_code)
    if path.endswith("/import/{name}"):
        return int(client.post(filled, content=b"technique,start_s,end_s\nkneading,1,2\n", headers=headers).status_code)
    code = client.post(filled + query, content=b"no video", headers=headers).status_code
    if path == "/leave" and role != "visitor":
        # Signed out everywhere: sign in anew for the rows that follow.
        desk_tickets = klass.desk.tickets
        assert desk_tickets is not None
        account = klass.accounts[role]
        epoch = next(e for e in range(99) if klass.desk.accounts.viewer(account, e) is not None)
        klass.tickets[role] = desk_tickets.ticket(account, epoch)
    return int(code)


def test_who_is_not_signed_in_is_led_to_the_entrance(klass: Klass) -> None:
    html = {"Accept": "text/html"}
    for role, place in (("visitor", "/enter"), ("fresh", "/password")):
        answer = klass.client(role).get("/", headers=html)
        assert (answer.status_code, answer.headers["location"]) == (303, place)
    assert "Review room" in klass.client("visitor").get("/enter").text


def test_a_ticket_cannot_be_made_up_kept_or_outlive_its_account(klass: Klass) -> None:
    client = klass.client("visitor")
    good = klass.tickets["student"]
    for ticket in (good[:-2] + "xx", "x", "", Tickets(b"t" * 32).ticket(klass.accounts["head"], 0)):
        client.cookies.set(COOKIE, ticket)
        assert client.get("/").status_code == 401
    made, code = klass.desk.accounts.make("short-lived", "instructor")
    epoch = klass.desk.accounts.choose(made.id, code, "ten letters")
    tickets = klass.desk.tickets
    assert tickets is not None
    client.cookies.set(COOKIE, tickets.ticket(made.id, epoch))
    assert client.get("/").status_code == 200
    klass.desk.accounts.again(made.id)
    assert client.get("/").status_code == 401, "a start code voids what was signed before"


def test_a_ticket_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    import itsdangerous.timed

    tickets = Tickets(b"s" * 32)
    ticket = tickets.ticket("a", 3)
    assert tickets.read(ticket) == ("a", 3)
    now = itsdangerous.timed.time.time()
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: now + 12 * 3600 + 2)
    assert tickets.read(ticket) is None


def test_nobody_sees_what_is_not_theirs(klass: Klass) -> None:
    mine, nobodys, elsewhere = klass.session(), klass.session(None), klass.session("elsewhere")
    wanted = {"student": {mine}, "classmate": set(), "instructor": {mine}, "other_instructor": {elsewhere}}
    for role, theirs in (wanted | {"head": {mine, nobodys, elsewhere}}).items():
        text = klass.client(role).get("/").text
        assert {s for s in (mine, nobodys, elsewhere) if s in text} == theirs, role
    assert "elsewhere" not in klass.client("instructor").get("/students").text
    text = klass.client("instructor").get(f"/sessions/{mine}").text
    assert "classmate" in text and "elsewhere" not in text and elsewhere not in text


def test_an_example_is_shown_to_all_but_changed_by_its_own(klass: Klass) -> None:
    example = klass.session("instructor")
    url = f"/sessions/{example}"
    body = {"video": True, "until": None, "example": True}
    assert klass.client("classmate").get(url).status_code == 404
    assert klass.client("instructor").post(f"{url}/keeping", json=body, headers=OWN).status_code == 200
    page = klass.client("classmate").get(url)
    assert page.status_code == 200 and "comment-form" not in page.text and "delete-session" not in page.text
    for path, sent in (("comments", {"time_s": 1, "text": "x"}), ("keeping", body)):
        assert klass.client("classmate").post(f"{url}/{path}", json=sent, headers=OWN).status_code == 403
    mine = klass.session()
    assert klass.client("student").get(f"/compare?a={mine}&b={example}").status_code == 200
    shown = klass.session()
    klass.desk.grades.grade(shown, "instructor", "rhythm", 0)
    klass.client("instructor").post(f"/sessions/{shown}/keeping", json=body, headers=OWN)
    others = klass.client("other_instructor")
    assert others.get(f"/sessions/{shown}/state.json").json()["grades"] == {"student": {}, "instructor": {}}
    for path in ("/", f"/sessions/{shown}", f"/sessions/{shown}/print", f"/compare?a={shown}&b={shown}"):
        assert "student:" not in others.get(path).text and ">student<" not in others.get(path).text, path
    assert klass.client("student").get(f"/sessions/{shown}/state.json").json()["grades"]["instructor"] == {"rhythm": 0}
    told = klass.client("student").post(f"/sessions/{mine}/keeping", json=body, headers=OWN)
    assert told.status_code == 403, "a student doesn't show theirs to all"


def test_an_instructor_gives_sessions_to_their_own_students_only(klass: Klass) -> None:
    url = f"/sessions/{klass.session()}/owner"
    client = klass.client("instructor")
    for who in (klass.people["elsewhere"].id, ""):
        assert client.post(url, json={"student": who}, headers=OWN).status_code == 403
    assert client.post("/students", json={"name": "x", "group": "Friday"}, headers=OWN).status_code == 403


def test_students_and_instructors_grade_apart(klass: Klass) -> None:
    url = f"/sessions/{klass.session()}/grades"
    grade = {"criterion": "rhythm", "level": 1}
    for role, grader, code in (
        ("student", "student", 200), ("student", "instructor", 403), ("instructor", "instructor", 200),
        ("instructor", "student", 403), ("head", "student", 403),
    ):  # fmt: skip
        told = klass.client(role).post(url, json=grade | {"grader": grader}, headers=OWN)
        assert told.status_code == code, (role, grader)


def test_another_site_cannot_ask_on_behalf_of_one_who_is_signed_in(klass: Klass) -> None:
    url = f"/sessions/{klass.session()}/comments"
    body = {"time_s": 1.0, "text": "x"}
    for origin in ("https://evil.example", "null", f"http://{HOST}", f"https://{HOST}.evil.example"):
        told = klass.client("student").post(url, json=body, headers={"Origin": origin})
        assert told.status_code == 403, origin
    assert klass.client("student").post(url, json=body).status_code == 403
