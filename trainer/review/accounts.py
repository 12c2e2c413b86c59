"""Who may sign in, and by what password. Passwords are kept as hashes of Argon2 (RFC 9106) only."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, cast

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session as Connection

from trainer.errors import FormatError
from trainer.library.database import Database
from trainer.review.log import note
from trainer.review.people import LONGEST, Person
from trainer.review.tables import AccountRow, PersonRow, TeachesRow
from trainer.review.viewer import ROLES, Role, Viewer

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True)
class Account:
    """``groups`` are those that an instructor teaches; ``fresh`` until its first password is chosen."""

    id: str
    name: str
    role: Role
    person: str
    groups: tuple[str, ...] = ()
    fresh: bool = False


class Accounts:
    """Raises the database's failure from all its methods. ``who`` is the name of the one who does it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Account]:
        """By role and name."""
        with self._database.connected() as connection:
            groups = _groups(connection)
            found = [_account(row, groups) for row in connection.scalars(select(AccountRow))]
        return sorted(found, key=lambda account: (ROLES.index(account.role), account.name.casefold()))

    def make(
        self, name: str, role: str, groups: Iterable[str] = (), person: Person | None = None, who: str = ""
    ) -> tuple[Account, str]:
        """A new account and its start code, which is told once. ``person``: whose it is, a new one if None.

        Raises FormatError for a name that is empty, too long or taken, an unknown role, or a person who has one."""
        name = " ".join(name.split())
        if not 0 < len(name) <= LONGEST:
            raise FormatError(f"Expected a name of 1 to {LONGEST} characters, but got {len(name)}.")
        if role not in ROLES:
            raise FormatError(f"Expected {', '.join(ROLES)} as the role, but got {role!r:.20}.")
        code = start_code()
        row = AccountRow(
            id=uuid.uuid4().hex, login=name.casefold(), name=name, role=role, password=_hasher().hash(code), fresh=True,
            epoch=0, person_id=person.id if person is not None else uuid.uuid4().hex,
        )  # fmt: skip
        with self._database.alone("accounts") as connection:
            if connection.scalar(select(AccountRow).where(AccountRow.login == row.login)) is not None:
                raise FormatError(f"Expected a new name, but {name} has an account: add what tells them apart.")
            if person is None:
                connection.add(PersonRow(id=row.person_id, name=name, group_name=""))
            elif connection.scalar(select(AccountRow).where(AccountRow.person_id == person.id)) is not None:
                raise FormatError(f"Expected somebody without an account, but {person.name} has one.")
            connection.add(row)
            _teach(connection, row, groups)
            note(connection, who, {"account": name, "role": role})
            connection.flush()
            return _account(row, _groups(connection)), code

    def enter(self, name: str, password: str) -> tuple[Account, int] | None:
        """The account and its epoch, if that is its password. Takes as long where there is no such name."""
        with self._database.connected() as connection:
            login = " ".join(name.split()).casefold()
            row = connection.scalar(select(AccountRow).where(AccountRow.login == login))
            fits = _fits(row.password if row is not None else _nobody(), password)
            if row is None or not fits:
                return None
            if _hasher().check_needs_rehash(row.password):
                row.password = _hasher().hash(password)
            return _account(row, _groups(connection)), row.epoch

    def viewer(self, account_id: str, epoch: int) -> Viewer | None:
        """Who signed in as that account at that epoch; None where that is void by now."""
        with self._database.connected() as connection:
            row = connection.get(AccountRow, account_id)
            if row is None or row.epoch != epoch:
                return None
            taught = select(TeachesRow.group_name).where(TeachesRow.account_id == row.id)
            groups = frozenset(connection.scalars(taught))
            return Viewer(row.name, cast("Role", row.role), row.id, row.person_id, groups, row.fresh)

    def choose(self, account_id: str, old: str, new: str) -> int:
        """Change the password; everybody who is signed in with the old one is signed out. Returns the new epoch.

        Raises FormatError for a wrong old one, or a new one that is too short, too long or the same."""
        if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD or new == old:
            raise FormatError(f"Expected a new password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
        with self._database.alone("accounts") as connection:
            row = _there(connection, account_id)
            if not _fits(row.password, old):
                raise FormatError("Expected the password as it was until now, but this isn't it.")
            row.password, row.fresh, row.epoch = _hasher().hash(new), False, row.epoch + 1
            note(connection, row.name, {"account": row.name, "password": "chosen"})
            return row.epoch

    def again(self, account_id: str, who: str = "") -> str:
        """A new start code in place of the password, which is told once."""
        code = start_code()
        with self._database.alone("accounts") as connection:
            row = _there(connection, account_id)
            row.password, row.fresh, row.epoch = _hasher().hash(code), True, row.epoch + 1
            note(connection, who, {"account": row.name, "password": "start code"})
        return code

    def leave(self, account_id: str) -> None:
        """Whoever is signed in with it is signed out, wherever that is."""
        with self._database.alone("accounts") as connection:
            row = connection.get(AccountRow, account_id)
            if row is not None:
                row.epoch += 1

    def teach(self, account_id: str, groups: Iterable[str], who: str = "") -> None:
        """The groups that an instructor teaches from now on."""
        with self._database.alone("accounts") as connection:
            row = _there(connection, account_id)
            _teach(connection, row, groups)
            note(connection, who, {"account": row.name, "groups": list(groups)})

    def remove(self, account_id: str, who: str = "") -> None:
        """It may not sign in any more; the person and the sessions stay. Raises FormatError for the last head."""
        with self._database.alone("accounts") as connection:
            row = _there(connection, account_id)
            heads = select(func.count()).select_from(AccountRow).where(AccountRow.role == "head")
            if row.role == "head" and connection.scalar(heads) == 1:
                raise FormatError("Expected one head to stay: make another one first.")
            connection.execute(delete(TeachesRow).where(TeachesRow.account_id == account_id))
            if row.role != "student":
                connection.execute(delete(PersonRow).where(PersonRow.id == row.person_id))
            note(connection, who, {"account": row.name, "removed": True})
            connection.delete(row)


def start_code() -> str:
    """Sixty bits of chance, to be read out and typed once."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join(letters[k : k + 4] for k in (0, 4, 8))


def _there(connection: Connection, account_id: str) -> AccountRow:
    row = connection.get(AccountRow, account_id)
    if row is None:
        raise FormatError("Expected an account that is there, but this one isn't (any more).")
    return row


def _teach(connection: Connection, row: AccountRow, groups: Iterable[str]) -> None:
    wanted = {" ".join(group.split())[:LONGEST] for group in groups} - {""}
    if wanted and row.role != "instructor":
        raise FormatError("Expected groups of an instructor only: a head sees all, a student is in one.")
    connection.execute(delete(TeachesRow).where(TeachesRow.account_id == row.id))
    connection.add_all(TeachesRow(account_id=row.id, group_name=group) for group in sorted(wanted))


def _groups(connection: Connection) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for row in connection.scalars(select(TeachesRow).order_by(TeachesRow.group_name)):
        out.setdefault(row.account_id, []).append(row.group_name)
    return out


def _account(row: AccountRow, groups: dict[str, list[str]]) -> Account:
    taught = tuple(groups.get(row.id, ()))
    return Account(row.id, row.name, cast("Role", row.role), row.person_id, taught, row.fresh)


def _fits(kept: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(kept, password[: LONGEST_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash of what nobody knows."""
    return _hasher().hash(secrets.token_hex(16))
