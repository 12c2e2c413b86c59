"""Rendering with something to watch: one clip, or many at once in several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from trainer.errors import TrainerError

if TYPE_CHECKING:
    from trainer.studio.clip import Encoding
    from trainer.studio.clip_set import ClipSet
    from trainer.studio.crew import Event, Job

Report = Callable[[int, int], None]


def with_bar(name: str, work: Callable[[Report], Sequence[Path]]) -> None:
    """Run `work` with a bar of its frames, and print what it wrote."""
    with _progress() as bar:
        task = bar.add_task(name, total=None, rate="")
        begun = perf_counter()

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, rate=_rate(done, perf_counter() - begun))

        written = work(report)
    tell(written)


def with_crew(clips: ClipSet, workers: int | None, encoding: Encoding | None = None) -> None:
    """Make a set with a bar of all its frames, or a line per clip without a terminal. Raises when clips failed."""
    with _bar_of(clips.missing) as seen:
        made = clips.render(workers, encoding, seen)
    told = f"{made.clips} clips made in {made.seconds / 60:.1f} min" if made.clips else "No clip to make"
    if made.before:
        told += f", {made.before} stood already"
    if made.frames:
        told += f": {made.frames} frames, {made.fps:.1f} a second"
    Console().print(f"{told}. {clips.folder}", highlight=False, soft_wrap=True, markup=False)
    _check_all_made(made.failed)


def told_of_crew(jobs: Sequence[Job], events: Iterable[Event]) -> None:
    """What a crew does, with a bar as in `with_crew`. Raises when clips failed."""
    failed = {}
    with _bar_of(jobs) as seen:
        for event in events:
            seen(event)
            if event.kind == "failed":
                failed[event.job.name] = event.reason
    Console().print(f"{len(jobs) - len(failed)} clips renewed." if jobs else "Nothing to renew.", highlight=False)
    _check_all_made(failed)


@contextmanager
def _bar_of(jobs: Sequence[Job]) -> Iterator[Callable[[Event], None]]:
    """To be told of every event of a crew at work on clips."""
    from trainer.studio.clip_set import frames_of

    count, total = len(jobs), sum(frames_of(job.recipe) for job in jobs)
    drawn, finished, begun = 0, 0, perf_counter()
    with _progress() as bar:
        task = bar.add_task(f"0/{count} clips", total=total, rate="")

        def seen(event: Event) -> None:
            nonlocal drawn, finished
            passed = perf_counter() - begun
            if event.kind == "frame":
                drawn += 1
                bar.update(task, completed=min(drawn, total), rate=_rate(drawn, passed))
                return
            finished += 1
            bar.update(task, description=f"{finished}/{count} clips")
            outcome = f"failed ({event.reason})" if event.kind == "failed" else "done"
            if event.kind == "failed" or not bar.console.is_terminal:
                left = max(total - drawn, 0) / max(drawn, 1) * passed / 60
                told = f"{finished}/{count} {event.job.name} {outcome}, {_rate(drawn, passed)}, {left:.0f} min left"
                bar.console.print(told, highlight=False, soft_wrap=True, markup=False)

        yield seen


def _check_all_made(failed: Mapping[str, str]) -> None:
    if failed:
        name, reason = next(iter(failed.items()))
        more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        raise TrainerError(f"Expected every clip to be made, but not {name} ({reason}){more}: run it again.")


def tell(written: Sequence[Path]) -> None:
    """The files that were written, one a line."""
    for path in written:
        Console().print(str(path), highlight=False, soft_wrap=True, markup=False)


def _progress() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), TextColumn("left"),
        console=console, transient=True, speed_estimate_period=120, disable=not console.is_terminal,
    )  # fmt: skip


def _rate(frames: int, seconds: float) -> str:
    return f"{frames / seconds:.1f} frames/s" if seconds > 0 else ""
