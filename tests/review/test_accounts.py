"""Accounts: start codes, passwords, what is kept of them; and the entrance, which takes only so many tries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.review.in_a_class import HOST, OWN, Klass
from trainer.errors import FormatError, TrainerError
from trainer.library.database import Database
from trainer.review.accounts import Accounts, start_code
from trainer.review.migrate import open_database
from trainer.review.people import People
from trainer.review.tables import AccountRow
from trainer.review.tickets import COOKIE, secret_in

QUIET = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Using `httpx`")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    yield database
    database.close()


@pytest.mark.real_hashes
def test_a_password_is_kept_as_argon2s_hash_only(database: Database) -> None:
    accounts = Accounts(database)
    made, code = accounts.make("Ada", "head")
    accounts.choose(made.id, code, "correct horse")
    with database.connected() as connection:
        row = connection.get(AccountRow, made.id)
        assert row is not None and row.password.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert "correct horse" not in str(vars(row))
    assert accounts.enter("ada", "correct horse") is not None
    assert accounts.enter("ada", "correct Horse") is None and accounts.enter("nobody", "correct horse") is None


def test_start_codes_are_long_and_different() -> None:
    codes = {start_code() for _ in range(1000)}
    assert len(codes) == 1000 and all(len(code) == 14 and not set(code) & set("0O1Il") for code in codes)


def test_names_are_one_of_a_kind_and_people_have_one_account(database: Database) -> None:
    accounts, people = Accounts(database), People(database)
    zoe = people.add("Zoë", "Tuesday")
    accounts.make("Zoë", "student", person=zoe)
    for name, role, person in (
        ("zoë", "head", None), ("  ZOË ", "head", None), ("Other", "student", zoe), ("", "head", None),
        ("x" * 81, "head", None), ("y", "king", None),
    ):  # fmt: skip
        with pytest.raises(FormatError):
            accounts.make(name, role, person=person)
    with pytest.raises(FormatError, match="instructor"):
        accounts.make("H", "head", ["Tuesday"])
    assert [account.name for account in accounts.all()] == ["Zoë"], "of what was refused nothing is left"
    assert [person.name for person in people.all()] == ["Zoë"]


@pytest.mark.parametrize("new", ["short", "x" * 201, "the same one"])
def test_a_new_password_has_to_be_long_and_new(database: Database, new: str) -> None:
    accounts = Accounts(database)
    made, code = accounts.make("Ada", "head")
    accounts.choose(made.id, code, "the same one")
    with pytest.raises(FormatError, match="10 to 200"):
        accounts.choose(made.id, "the same one", new)
    with pytest.raises(FormatError, match="isn't it"):
        accounts.choose(made.id, "not this one", "quite another")


def test_one_head_stays(database: Database) -> None:
    accounts = Accounts(database)
    ada, _ = accounts.make("Ada", "head")
    with pytest.raises(FormatError, match="one head"):
        accounts.remove(ada.id)
    bea, _ = accounts.make("Bea", "head")
    accounts.remove(ada.id)
    assert [account.id for account in accounts.all()] == [bea.id]
    with pytest.raises(FormatError, match="isn't"):
        accounts.again(ada.id)


def test_who_is_removed_as_a_student_may_not_sign_in(database: Database) -> None:
    accounts, people = Accounts(database), People(database)
    zoe = people.add("Zoë")
    made, code = accounts.make("Zoë", "student", person=zoe)
    people.remove(zoe.id)
    assert accounts.enter("Zoë", code) is None and accounts.viewer(made.id, 0) is None


def test_the_secret_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    secret = secret_in(tmp_path)
    assert secret_in(tmp_path) == secret and len(secret) == 32
    assert (tmp_path / "review.secret").stat().st_mode & 0o077 == 0
    (tmp_path / "review.secret").write_bytes(b"short")
    with pytest.raises(TrainerError, match="delete it"):
        secret_in(tmp_path)


@QUIET
def test_from_a_start_code_to_ones_own_sessions(klass: Klass) -> None:
    told = klass.client("instructor").post("/students", json={"name": "Zoë", "group": "Tuesday"}, headers=OWN).json()
    code = klass.client("instructor").post(f"/students/{told['id']}/account", json={}, headers=OWN).json()["code"]
    client = klass.client("visitor")
    entered = client.post("/enter", content=f"name=zo%C3%AB&password={code}", headers=OWN)
    assert (entered.status_code, entered.headers["location"]) == (303, "/password")
    cookie = entered.headers["set-cookie"]
    assert all(part in cookie for part in (COOKIE, "HttpOnly", "Secure", "SameSite=strict", "Path=/"))
    assert client.get("/").status_code == 403, "not before a password is chosen"
    differ = client.post("/password", content=f"old={code}&new=ten+letters&again=ten+lettres", headers=OWN)
    assert differ.status_code == 422 and "differ" in differ.text
    chosen = client.post("/password", content=f"old={code}&new=ten+letters&again=ten+letters", headers=OWN)
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/")
    assert "No session is yours yet" in client.get("/").text
    ticket = client.cookies.get(COOKIE)
    assert client.post("/leave", headers=OWN | {"Content-Length": "0"}).status_code == 303
    client.cookies.set(COOKIE, ticket)
    assert client.get("/").status_code == 401, "a ticket that was kept is void, too"
    who = [(change.who, change.what) for change in klass.desk.log.latest(4)]
    assert ("instructor", {"account": "Zoë", "role": "student"}) in who
    assert ("Zoë", {"account": "Zoë", "password": "chosen"}) in who


@QUIET
def test_only_so_many_tries(klass: Klass) -> None:
    client: Any = klass.client("visitor")
    wrong = {"content": "name=student&password=guess", "headers": OWN}
    codes = [client.post("/enter", **wrong).status_code for _ in range(7)]
    assert codes == [401] * 5 + [429] * 2
    held = client.post("/enter", content="name=student&password=the+student%27s+own", headers=OWN)
    assert held.status_code == 429 and int(held.headers["retry-after"]) > 30, "the right one has to wait, too"
    other = client.post("/enter", content="name=classmate&password=the+classmate%27s+own", headers=OWN)
    assert other.status_code == 303, "another name isn't held back by it"


@QUIET
@pytest.mark.parametrize("body", [b"\xff\xfe", b"x" * 9000, b"", b"name=%00&password=%00", b"password=x"])
def test_a_strange_form_is_refused(klass: Klass, body: bytes) -> None:
    assert klass.client("visitor").post("/enter", content=body, headers=OWN).status_code in (401, 422)


@QUIET
def test_the_language_is_kept_and_leads_nowhere_else(klass: Klass) -> None:
    client = klass.client("student")
    for back, to in (("/", "/"), ("//evil.example", "/"), ("/\\evil.example", "/"), ("https://evil.example", "/")):
        answer = client.post("/language", content=f"language=de&back={back}", headers=OWN)
        assert (answer.status_code, answer.headers["location"]) == (303, to)
    page = client.get("/").text
    assert '<html lang="de">' in page and "Sitzungen" in page and "Sessions" not in page
    assert '<html lang="es">' in klass.client("student").get("/", headers={"Accept-Language": "fr, es;q=0.8"}).text
    client.post("/language", content="language=xx", headers=OWN)
    assert '<html lang="de">' in client.get("/").text


@QUIET
def test_no_account_page_tells_a_password(klass: Klass) -> None:
    client = klass.client("head")
    text = client.get("/accounts").text + client.get("/log").text
    assert "argon2" not in text and "the student's own" not in text and HOST not in text
