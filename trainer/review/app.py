"""The review room's web application: which address is answered by what."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from trainer.errors import TrainerError
from trainer.review import answers, changes, pages
from trainer.review.asked import told
from trainer.review.desk import Desk
from trainer.review.guard import Guard


def create_app(desk: Desk, hosts: Iterable[str]) -> Starlette:
    """The application. ``hosts``: the names (with port) by which it is called."""
    app = Starlette(
        routes=[
            Route("/", pages.overview),
            Route("/students", pages.students),
            Route("/students", changes.add_student, methods=["POST"]),
            Route("/students/{student}", changes.remove_student, methods=["DELETE"]),
            Route("/sessions/{session}/owner", changes.give, methods=["POST"]),
            Route("/uploads.json", answers.uploads),
            Route("/uploads/{name}", changes.upload, methods=["POST"]),
            Route("/uploads/{name}", changes.forget_upload, methods=["DELETE"]),
            Route("/compare", pages.compare),
            Route("/compare/anchors.json", answers.alignment),
            Route("/sessions/{session}", pages.session),
            Route("/sessions/{session}", changes.delete, methods=["DELETE"]),
            Route("/sessions/{session}/data.json", answers.data),
            Route("/sessions/{session}/times.bin", answers.times),
            Route("/sessions/{session}/drawn.json", answers.drawn),
            Route("/sessions/{session}/video", answers.video),
            Route("/sessions/{session}/report", answers.report),
            Route("/sessions/{session}/state.json", answers.state),
            Route("/sessions/{session}/edits", changes.edits, methods=["POST"]),
            Route("/sessions/{session}/grades", changes.grade, methods=["POST"]),
            Route("/sessions/{session}/comments", changes.comment, methods=["POST"]),
            Route("/sessions/{session}/comments/{comment}", changes.uncomment, methods=["DELETE"]),
            Route("/sessions/{session}/import/{name}", changes.import_file, methods=["POST"]),
            Route("/sessions/{session}/export/{name}", answers.export),
            Mount("/static", StaticFiles(directory=str(resources.files(__package__).joinpath("static")))),
        ],
        middleware=[Middleware(Guard, hosts=tuple(hosts))],
        exception_handlers={TrainerError: told},
    )
    app.state.desk = desk
    return app
