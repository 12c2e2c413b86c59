"""`trainer demo`: the whole program on the sample session."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from trainer.commands.score import score_all
from trainer.errors import TrainerError
from trainer.files import data_dir
from trainer.settings import Settings


def show_demo(out: Path, *, window: bool) -> None:
    """Score the sample session into ``out``, say where the results are, play it in a window where one can open."""
    from trainer.screen.display import display_problem

    clip = data_dir() / "sample_videos" / "session.mp4"
    if not clip.is_file():
        raise TrainerError(f"Expected the sample session at '{clip}', but it isn't there: install the program again.")
    console = Console()
    settings = Settings()
    if not score_all([clip], out, settings, again=True, as_json=False):
        raise TrainerError("The sample session could not be scored; `trainer doctor` says what is wrong.")
    if not window:
        return
    if (problem := display_problem()) is not None:
        console.print(f"No window here ({problem}): look at overlay.mp4 and report.html.", highlight=False)
        return
    from trainer.commands.live import practise

    console.print("Playing the session through the live window. Q ends it, and the summary after it.")
    practise(str(clip), settings, summary_s=15.0)
