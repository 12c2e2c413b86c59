"""`trainer review`: the review room, a web application for this machine's own browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from trainer.errors import DependencyError, TrainerError
from trainer.library.store import Library, library_folder
from trainer.settings import Settings
from trainer.strokes.techniques import load_techniques
from trainer.words.words import load_words

ADDRESS = "127.0.0.1"
DATABASE = "review.sqlite"
UPLOADS = "uploads"
"""In the library's folder."""


def open_room(
    folders: Sequence[Path], settings: Settings, *, port: int, library: Path | None, database: str | None,
    rubric: Path | None = None,
) -> None:  # fmt: skip
    """Serve the room until Ctrl-C. Raises TrainerError."""
    try:
        import uvicorn

        from trainer.review.app import create_app
        from trainer.review.desk import Desk
        from trainer.review.marks import Marks
        from trainer.review.migrate import open_database
        from trainer.review.people import People
        from trainer.review.room import Room
        from trainer.review.rubric import Grades, load_rubric
        from trainer.review.uploads import Uploads
    except ModuleNotFoundError as error:
        raise DependencyError(
            f"Expected the package {error.name} for the review room, but it isn't installed: "
            "pip install 'foot-massage-trainer[review]'."
        ) from None
    missing = [folder for folder in folders if not folder.is_dir()]
    if missing:
        raise TrainerError(f"Expected a folder of scored sessions, but '{missing[0]}' is none.")
    graded = load_rubric(rubric)
    store = Library(library_folder(library))
    kept = open_database(database or f"sqlite:///{store.folder / DATABASE}")
    uploads = Uploads(store.folder / UPLOADS, settings)
    room = Room(store, folders, uploads.folder)
    desk = Desk(
        room, Marks(kept), People(kept), Grades(kept, graded), load_techniques(settings.presets),
        load_words(settings.language), uploads,
    )  # fmt: skip
    try:
        uploads.start()
        app = create_app(desk, [f"{name}:{port}" for name in (ADDRESS, "localhost")])
        Console().print(f"The review room is at http://{ADDRESS}:{port}/ (Ctrl-C closes it).", highlight=False)
        uvicorn.run(app, host=ADDRESS, port=port, log_level="warning", server_header=False)
    except SystemExit:
        raise TrainerError(f"Expected port {port} to be free, but another program has it: use --port.") from None
    finally:
        uploads.close()
        kept.close()
        store.close()
