"""`trainer score`: many videos, one after the other; a bad one doesn't stop the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from trainer.commands.guard import complain
from trainer.errors import TrainerError
from trainer.model import Data
from trainer.settings import Settings

if TYPE_CHECKING:
    from trainer.score.scorer import Scored


def score_all(paths: Sequence[Path], out: Path, settings: Settings, *, again: bool, as_json: bool) -> bool:
    """Score all videos of ``paths`` (files and folders). True when every one was scored.

    A bad one is reported in one line on stderr, and the rest goes on.
    """
    from trainer.score.scorer import score_video, videos_in

    console = Console(stderr=as_json)
    results: list[Data] = []
    videos: list[Path] = []
    for path in paths:
        try:
            videos += videos_in(path)
        except TrainerError as error:
            results.append(_failure(path, error))
    for number, video in enumerate(videos, 1):
        label = video.name if len(videos) == 1 else f"{number}/{len(videos)} {video.name}"
        try:
            with video_progress(console, label) as progress:
                scored = score_video(video, out, settings, again=again, progress=progress)
        except TrainerError as error:
            results.append(_failure(video, error))
            continue
        results.append(_success(scored))
        if not as_json:
            _tell(console, scored)
    if as_json:
        print(json.dumps(results, ensure_ascii=False))
    return not any("error" in result for result in results)


@contextmanager
def video_progress(console: Console, label: str) -> Iterator[Callable[[float, float | None], None]]:
    """A progress bar with the time left; silent where nobody looks."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _failure(path: Path, error: TrainerError) -> Data:
    complain(str(error))
    return {"video": str(path), "error": str(error)}


def _success(scored: Scored) -> Data:
    return {
        "video": str(scored.video), "folder": str(scored.folder), "fresh": scored.fresh,
        "warnings": list(scored.warnings), "scorecard": scored.card,
    }  # fmt: skip


def _tell(console: Console, scored: Scored) -> None:
    card = scored.card
    for warning in scored.warnings:
        complain(warning)
    state = "" if scored.fresh else " (scored before; --again does it anew)"
    console.print(f"[bold]{scored.video.name}[/bold]{state}", highlight=False)
    for rhythm in card["rhythm"]:
        rate, preset = rhythm["rate_per_min"], rhythm.get("preset")
        tempo = f"{rate:5.0f} a minute" if rate is not None else "rate not known"
        band = f" (preset {preset['low_per_min']:g}–{preset['high_per_min']:g})" if preset and rate is not None else ""
        console.print(f"  {rhythm['technique']:<15} {tempo}{band}", highlight=False)
    worked, unseen = card["coverage"]["worked_share"], card["unseen_s"]
    if worked is not None:
        console.print(f"  worked {100 * worked:.0f} % of the {card['coverage']['view']} side", highlight=False)
    console.print(f"  could not be seen for {unseen:.0f} of {card['duration_s']:.0f} s", highlight=False)
    for name in ("report.html", "overlay.mp4", "scorecard.json", "tracks.parquet"):
        console.print(f"  {scored.folder / name}", highlight=False, soft_wrap=True)
