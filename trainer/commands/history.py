"""`trainer history`: what was practised, how it went over time, and deleting."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from trainer.commands.guard import complain
from trainer.files import write_text
from trainer.library.page import history_page
from trainer.library.recovery import recover
from trainer.library.store import ROOM_DATABASE, Kept, Library, library_folder
from trainer.score.figures.axis import clock, share

_BARS = "▁▂▃▄▅▆▇█"


def show_history(library: Path | None, *, as_json: bool, out: Path | None, last: int) -> None:
    """List the sessions kept, the newest last, and write the page with the plots if asked to. Raises TrainerError."""
    store = Library(library_folder(library))
    for kept, problem in recover(store):
        when = f"{kept.started_at:%Y-%m-%d %H:%M}"
        complain(f"The session of {when} {'was cut off and is whole again' if problem is None else problem}.")
    sessions = store.sessions()
    store.close()
    if as_json:
        print(json.dumps([_plain(kept) for kept in sessions], ensure_ascii=False, indent=1))
    else:
        _tell(Console(), sessions, last)
    if out is not None:
        write_text(out, history_page(sessions))
        if not as_json:
            Console().print(f"{out}", highlight=False, soft_wrap=True)


def forget(library: Path | None, beginning: str) -> None:
    """Delete one session and all its files. Raises TrainerError."""
    store = Library(library_folder(library))
    kept = store.find(beginning)
    store.delete(kept.id)
    store.close()
    _forget_in_the_room(store.folder / ROOM_DATABASE, kept.id)
    Console().print(f"Deleted: {kept.started_at:%Y-%m-%d %H:%M}, {kept.folder}", highlight=False, soft_wrap=True)


def _forget_in_the_room(database: Path, session_id: str) -> None:
    """What was said of it in the review room goes, too, where that keeps its database in the library."""
    if not database.is_file():
        return
    try:
        from trainer.review.keeping import Keepings
        from trainer.review.migrate import open_database

        kept = open_database(f"sqlite:///{database}")
    except ModuleNotFoundError:
        return
    Keepings(kept).forget(session_id, "trainer history")
    kept.close()


def _plain(kept: Kept) -> dict[str, object]:
    return {
        "id": kept.id, "started_at": kept.started_at.isoformat(timespec="seconds"), "mode": kept.mode,
        "name": kept.name, "blind": kept.blind, "finished": kept.finished, "folder": str(kept.folder),
        "video": kept.has_video, "measures": asdict(kept.measures) if kept.measures is not None else None,
    }  # fmt: skip


def _tell(console: Console, sessions: Sequence[Kept], last: int) -> None:
    if not sessions:
        console.print("No session has been kept yet: practise with `trainer live`.")
        return
    table = Table(box=None, pad_edge=False)
    for head in ("id", "when", "what", "length", "in range", "steady", "map", "unseen", "cues"):
        table.add_column(head, justify="left" if head in ("id", "when", "what") else "right")
    for kept in sessions[-last:]:
        m = kept.measures
        what = f"{kept.name or kept.mode}{' (blind)' if kept.blind else ''}"
        figures = (
            [clock(m.duration_s), share(m.in_range_share), share(m.steadiness), share(m.worked_share),
             share(m.unseen_share), str(m.cues)] if m is not None else ["not finished", "", "", "", "", ""]
        )  # fmt: skip
        table.add_row(kept.id[:6], _when(kept.started_at), what, *figures)
    console.print(table)
    measured = [kept.measures for kept in sessions if kept.measures is not None]
    for name, values in (
        ("in range", [m.in_range_share for m in measured]), ("steady", [m.steadiness for m in measured]),
        ("map", [m.worked_share for m in measured]),
    ):  # fmt: skip
        if sum(v is not None for v in values) > 1:
            console.print(f"{name:>9}  {sparkline(values)}", highlight=False)


def sparkline(values: Sequence[float | None]) -> str:
    """Shares from 0 to 1 as bars; a gap where one isn't known."""
    steps = len(_BARS) - 1
    return "".join(" " if v is None else _BARS[round(min(max(v, 0.0), 1.0) * steps)] for v in values)


def _when(started: datetime) -> str:
    return f"{started:%Y-%m-%d %H:%M}"
