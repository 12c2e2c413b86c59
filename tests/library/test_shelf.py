"""Where a live session is kept, and of whom; one in which nothing was seen leaves no trace."""

from __future__ import annotations

from pathlib import Path

from tests.score.session_results import make_card, results
from trainer.coach.practice import Plan
from trainer.commands.shelf import open_shelf
from trainer.library.marks import student_of
from trainer.library.store import Library


def sessions(folder: Path) -> list[Path]:
    library = Library(folder)
    found = [kept.folder for kept in library.sessions()]
    library.close()
    return found


def test_a_session_tells_who_practised(tmp_path: Path) -> None:
    shelf = open_shelf("tracks", tmp_path, Plan(), "Zoë  B.")
    assert shelf.folder is not None
    (shelf.folder / "scorecard.json").write_text("{}", "utf-8")
    shelf.finish(make_card(**results()))
    shelf.close()
    (folder,) = sessions(tmp_path)
    assert student_of(folder) == "Zoë B." and student_of(tmp_path) == ""


def test_one_in_which_nothing_was_seen_leaves_no_trace(tmp_path: Path) -> None:
    for student in ("", "Zoë"):
        shelf = open_shelf("tracks", tmp_path, Plan(), student)
        shelf.close()
        assert sessions(tmp_path) == [] and not [path for path in tmp_path.iterdir() if path.is_dir()]
