"""What the pages of students and of accounts change."""

from __future__ import annotations

from dataclasses import asdict

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trainer.errors import FormatError
from trainer.review.accounts import Account
from trainer.review.asked import ForbiddenError, body_of, desk_of, viewer_of
from trainer.review.people import Person


async def add_student(request: Request) -> Response:
    body = await body_of(request)
    name, group = body.get("name"), body.get("group", "")
    if not isinstance(name, str) or not isinstance(group, str):
        raise FormatError("Expected a name and a group as texts.")
    viewer = viewer_of(request)
    if not viewer.teaches_in(" ".join(group.split())):
        raise ForbiddenError(f"Expected a group of yours: {', '.join(sorted(viewer.groups)) or 'you have none yet'}.")
    person = await run_in_threadpool(desk_of(request).people.add, name, group, viewer.name)
    return JSONResponse(asdict(person))


def remove_student(request: Request) -> Response:
    student = _student(request)
    if student is not None:
        desk_of(request).people.remove(student.id, viewer_of(request).name)
    return JSONResponse({})


def admit_student(request: Request) -> Response:
    """A start code for a student: of a new account, or in place of a password that was forgotten."""
    desk, viewer, student = desk_of(request), viewer_of(request), _student(request)
    if student is None:
        raise FormatError("Expected a student who is there, but this one isn't (any more).")
    accounts = desk.accounts.all()
    has = next((account for account in accounts if account.person == student.id), None)
    if has is not None:
        return JSONResponse({"name": has.name, "code": desk.accounts.again(has.id, viewer.name)})
    taken = any(account.name.casefold() == student.name.casefold() for account in accounts)
    name = f"{student.name} ({student.group})" if taken and student.group else student.name
    account, code = desk.accounts.make(name, "student", person=student, who=viewer.name)
    return JSONResponse({"name": account.name, "code": code})


def _student(request: Request) -> Person | None:
    """The student of the address, if there is one who is theirs to teach. Raises ForbiddenError."""
    desk, viewer = desk_of(request), viewer_of(request)
    student = desk.people.find(request.path_params["student"])
    if student is None:
        return None
    staff = any(account.person == student.id and account.role != "student" for account in desk.accounts.all())
    if staff or not viewer.teaches_in(student.group):
        raise ForbiddenError("Expected a student of yours.")
    return student


async def add_account(request: Request) -> Response:
    body = await body_of(request)
    name, role, groups = body.get("name"), body.get("role"), _groups(body.get("groups", []))
    if not isinstance(name, str) or role not in ("head", "instructor"):
        raise FormatError("Expected a name, and head or instructor as the role: students get theirs on their page.")

    def make() -> tuple[Account, str]:
        return desk_of(request).accounts.make(name, role, groups, who=viewer_of(request).name)

    account, code = await run_in_threadpool(make)
    return JSONResponse({"name": account.name, "code": code})


def reset_account(request: Request) -> Response:
    desk, account = desk_of(request), request.path_params["account"]
    code = desk.accounts.again(account, viewer_of(request).name)
    return JSONResponse({"name": next(a.name for a in desk.accounts.all() if a.id == account), "code": code})


async def teach(request: Request) -> Response:
    groups = _groups((await body_of(request)).get("groups"))
    account, who = request.path_params["account"], viewer_of(request).name
    await run_in_threadpool(desk_of(request).accounts.teach, account, groups, who)
    return JSONResponse({})


def remove_account(request: Request) -> Response:
    desk_of(request).accounts.remove(request.path_params["account"], viewer_of(request).name)
    return JSONResponse({})


def _groups(value: object) -> list[str]:
    if not isinstance(value, list) or len(value) > 200 or not all(isinstance(group, str) for group in value):
        raise FormatError("Expected groups as a list of texts.")
    return value
