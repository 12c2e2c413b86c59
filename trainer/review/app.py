"""The review room's web application: which address is answered by what, and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from trainer.errors import TrainerError
from trainer.review import answers, changes, entrance, incoming, members, pages, printed
from trainer.review.asked import told
from trainer.review.desk import Desk
from trainer.review.gate import ALL, ANYBODY, HEAD, STAFF, Way, route
from trainer.review.guard import Guard
from trainer.review.limits import Limit

WAYS = (
    Way("/enter", entrance.enter_page, ANYBODY),
    Way("/enter", entrance.enter, ANYBODY, "POST"),
    Way("/leave", entrance.leave, ANYBODY, "POST"),
    Way("/language", entrance.language, ANYBODY, "POST"),
    Way("/password", entrance.password_page, ALL),
    Way("/password", entrance.password, ALL, "POST"),
    Way("/", pages.overview, ALL),
    Way("/students", pages.students, STAFF),
    Way("/students", members.add_student, STAFF, "POST"),
    Way("/students/{student}", members.remove_student, STAFF, "DELETE"),
    Way("/students/{student}/account", members.admit_student, STAFF, "POST"),
    Way("/accounts", pages.accounts, HEAD),
    Way("/accounts", members.add_account, HEAD, "POST"),
    Way("/accounts/{account}", members.remove_account, HEAD, "DELETE"),
    Way("/accounts/{account}/again", members.reset_account, HEAD, "POST"),
    Way("/accounts/{account}/groups", members.teach, HEAD, "POST"),
    Way("/log", pages.log, HEAD),
    Way("/uploads.json", incoming.queue, ALL),
    Way("/uploads/{name}", incoming.upload, ALL, "POST"),
    Way("/uploads/{name}", incoming.forget, ALL, "DELETE"),
    Way("/compare", pages.compare, ALL),
    Way("/compare/anchors.json", answers.alignment, ALL),
    Way("/compare/cells.json", answers.cells, ALL),
    Way("/sessions/{session}", pages.session, ALL),
    Way("/sessions/{session}", changes.delete, ALL, "DELETE"),
    Way("/sessions/{session}/print", printed.print_page, ALL),
    Way("/sessions/{session}/still.jpg", printed.still, ALL),
    Way("/sessions/{session}/data.json", answers.data, ALL),
    Way("/sessions/{session}/seen.json", answers.seen, ALL),
    Way("/sessions/{session}/times.bin", answers.times, ALL),
    Way("/sessions/{session}/drawn.json", answers.drawn, ALL),
    Way("/sessions/{session}/video", answers.video, ALL),
    Way("/sessions/{session}/report", answers.report, ALL),
    Way("/sessions/{session}/state.json", answers.state, ALL),
    Way("/sessions/{session}/export/{name}", answers.export, ALL),
    Way("/sessions/{session}/edits", changes.edits, STAFF, "POST"),
    Way("/sessions/{session}/import/{name}", changes.import_file, STAFF, "POST"),
    Way("/sessions/{session}/owner", changes.give, STAFF, "POST"),
    Way("/sessions/{session}/grades", changes.grade, ALL, "POST"),
    Way("/sessions/{session}/comments", changes.comment, ALL, "POST"),
    Way("/sessions/{session}/comments/{comment}", changes.uncomment, ALL, "DELETE"),
    Way("/sessions/{session}/keeping", changes.keep, ALL, "POST"),
)
"""Every address but the static files, which hold nothing of anybody."""


def create_app(desk: Desk, hosts: Iterable[str], scheme: str = "http", limit: Limit | None = None) -> Starlette:
    """The application. ``hosts``: the names (with port) by which it is called, by that ``scheme``; ``limit`` in place
    of the guard's own."""
    static = StaticFiles(directory=str(resources.files(__package__).joinpath("static")))
    app = Starlette(
        routes=[*map(route, WAYS), Mount("/static", static)],
        middleware=[Middleware(Guard, hosts=tuple(hosts), scheme=scheme, limit=limit)],
        exception_handlers={TrainerError: told},
    )
    app.state.desk = desk
    app.state.door = entrance.Door()
    return app
