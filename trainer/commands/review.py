"""`trainer review`: the review room, a web application for this machine's own browser, or for a class in one room."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from trainer.errors import DependencyError, TrainerError
from trainer.library.store import ROOM_DATABASE, Library, library_folder
from trainer.settings import Settings
from trainer.strokes.techniques import load_techniques

if TYPE_CHECKING:
    from trainer.review.accounts import Accounts

ADDRESS, EVERYWHERE = "127.0.0.1", "0.0.0.0"
UPLOADS = "uploads"
"""In the library's folder."""
_MOST_AT_ONCE = 300


def open_room(
    folders: Sequence[Path], settings: Settings, *, port: int, library: Path | None, database: str | None,
    rubric: Path | None = None, lan: bool = False, certificate: tuple[Path, Path] | None = None,
) -> None:  # fmt: skip
    """Serve the room until Ctrl-C; with ``lan`` to all who can reach this machine and sign in, over TLS with a
    ``certificate`` (and its key) or one that is made here. Raises TrainerError."""
    try:
        import uvicorn

        from trainer.review.app import create_app
        from trainer.review.certificate import Certificate, certificate_in, given, own_names
        from trainer.review.desk import Desk
        from trainer.review.migrate import open_database
        from trainer.review.room import Room
        from trainer.review.rubric import load_rubrics
        from trainer.review.sweeper import Sweeper
        from trainer.review.tickets import Tickets, secret_in
        from trainer.review.uploads import Uploads
    except ModuleNotFoundError as error:
        raise DependencyError(
            f"Expected the package {error.name} for the review room, but it isn't installed: "
            "pip install 'foot-massage-trainer[review]'."
        ) from None
    missing = [folder for folder in folders if not folder.is_dir()]
    if missing:
        raise TrainerError(f"Expected a folder of scored sessions, but '{missing[0]}' is none.")
    rubrics = load_rubrics(rubric)
    out = Console()
    store = Library(library_folder(library))
    kept = open_database(database or f"sqlite:///{store.folder / ROOM_DATABASE}")
    uploads = Uploads(store.folder / UPLOADS, settings)
    desk = Desk.over(
        kept, Room(store, folders, uploads.folder), load_techniques(settings.presets), rubrics, uploads,
        Tickets(secret_in(store.folder)) if lan else None, settings.language, settings.words,
    )  # fmt: skip
    sweeper = Sweeper(desk, lambda problem: out.print(problem, style="yellow", highlight=False))
    try:
        names: Sequence[str] = own_names() if lan else (ADDRESS, "localhost")
        held: Certificate | None = None
        if lan:
            held = given(*certificate) if certificate is not None else certificate_in(store.folder, names)
            _welcome(out, desk.accounts, names, port, held.fingerprint if certificate is None else None)
        else:
            out.print(f"The review room is at http://{ADDRESS}:{port}/ (Ctrl-C closes it).", highlight=False)
        scheme = "https" if lan else "http"
        # A browser leaves the port out where it is the scheme's own.
        plain = names if port == (443 if lan else 80) else ()
        app = create_app(desk, [*(f"{name}:{port}" for name in names), *plain], scheme)
        uploads.start()
        sweeper.start()
        uvicorn.run(
            app, host=EVERYWHERE if lan else ADDRESS, port=port, log_level="warning", server_header=False, ws="none",
            limit_concurrency=_MOST_AT_ONCE, timeout_graceful_shutdown=3,
            ssl_certfile=held.certificate if held is not None else None,
            ssl_keyfile=held.key if held is not None else None,
        )  # fmt: skip
    except SystemExit:
        raise TrainerError(f"Expected port {port} to be free, but another program has it: use --port.") from None
    finally:
        sweeper.close()
        uploads.close()
        kept.close()
        store.close()


def _welcome(out: Console, accounts: Accounts, names: Sequence[str], port: int, fingerprint: str | None) -> None:
    """Where a class finds the room, and the first account of all."""
    out.print(f"The review room is at https://{names[0]}:{port}/ (Ctrl-C closes it).", highlight=False)
    if fingerprint is not None:
        out.print(
            "Its certificate was made on this machine, so browsers warn once. Go on only where they show this "
            f"SHA-256 fingerprint:\n{fingerprint}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    if not any(account.role == "head" for account in accounts.all()):
        account, code = accounts.make("head", "head")
        first = f"Nobody has an account yet. Sign in as '{account.name}' with the start code {code}"
        out.print(first, highlight=False, soft_wrap=True)
