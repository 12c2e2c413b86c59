"""`trainer evaluate`: clips with known truth through the same pipeline, and the figures that come of it."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from trainer.commands.guard import complain
from trainer.commands.worst import check_sheet, write_matrix, write_sheet
from trainer.errors import TrainerError
from trainer.files import write_text
from trainer.hands.backend import HandBackend, open_backend
from trainer.pipeline import open_pipeline
from trainer.score.evaluate import ClipResult, evaluate_clip
from trainer.score.evaluation import confusion, groups, overall, read_facts
from trainer.score.evaluation_table import beside_table, clips_table, groups_table
from trainer.score.scorecard import to_plain
from trainer.score.scorer import given_foot, scorecard_of, videos_in
from trainer.score.stroke_tally import intervals
from trainer.score.told_strokes import ToldStrokes
from trainer.score.tracks import TrackRecorder, read_tracks
from trainer.score.truth import check_pictures, read_truth
from trainer.score.yardstick import Yardstick
from trainer.settings import Settings
from trainer.strokes.vocabulary import TECHNIQUES
from trainer.video.source import open_source
from trainer.video.thin import thinned

Measured = Callable[[Path, ClipResult | TrainerError], None]


def evaluate_all(
    paths: Sequence[Path],
    settings: Settings,
    *,
    find_foot: bool,
    yardstick: bool,
    told_strokes: bool,
    workers: int | None,
    out: Path | None,
    as_json: bool,
    fps: float | None = None,
    sheet: Path | None = None,
    worst: int = 20,
    matrix: Path | None = None,
) -> bool:
    """Measure the clips of ``paths`` (videos and folders of them), print the tables (or JSON), save it all in ``out``;
    with ``sheet`` a picture of so many of the worst frames, with ``matrix`` one of what was taken for what. ``fps``: as
    a camera of so many frames a second would have seen it.

    What can't be measured is told in one line each, and the others are measured. True when there was nothing of it.
    """
    for picture in (sheet, matrix):
        if picture is not None:
            check_sheet(picture)
    clips, failed = _clips(paths)
    found: dict[Path, ClipResult] = {}
    with _progress(len(clips)) as step:

        def measured(clip: Path, result: ClipResult | TrainerError) -> None:
            nonlocal failed
            if isinstance(result, TrainerError):
                failed = True
                complain(str(result))
            else:
                found[clip] = result
            step()

        jobs = [Job(clip, settings, find_foot, yardstick, told_strokes, fps) for clip in clips]
        _measure_all(jobs, min(workers or os.cpu_count() or 1, len(clips)), measured)
    if found:
        films = {name: clip for clip, name in _names(clips).items() if clip in found}
        results = {name: found[clip] for name, clip in films.items()}
        _tell(results, clips, out, as_json)
        if sheet is not None:
            write_sheet(sheet, results, films, worst)
        if matrix is not None:
            write_matrix(matrix, results)
    return not failed


@dataclass(frozen=True)
class Job:
    """One clip to be measured. ``find_foot``: although a file tells it; ``yardstick``: MediaPipe by itself beside;
    ``told_strokes``: with the names of the truth's strokes, to see what the other stages come to; ``fps``: leave out
    frames until there are so many a second."""

    clip: Path
    settings: Settings
    find_foot: bool = False
    yardstick: bool = False
    told_strokes: bool = False
    fps: float | None = None


def measure(job: Job) -> ClipResult:
    """One clip through the pipeline, against its truth. Raises TrainerError when clip or truth can't be read."""
    clip, settings = job.clip, job.settings
    with ExitStack() as opened:
        source = opened.enter_context(open_source(clip, max_side=settings.max_side))
        folder = opened.enter_context(tempfile.TemporaryDirectory())
        truth = read_truth(clip)
        given = None if job.find_foot else given_foot(clip)
        told = ToldStrokes(truth.segments) if job.told_strokes else None
        pipeline = open_pipeline(settings, given=given, backend=_backend_for(clip, settings), recogniser=told)
        opened.enter_context(closing(pipeline))
        frames, stock = (source.frames() if job.fps is None else thinned(source.frames(), job.fps)), None
        if job.yardstick:
            stock = Yardstick(open_backend("mediapipe", model=settings.model))
            opened.enter_context(closing(stock))
            frames = stock.watch(frames)
        path = Path(folder) / "tracks.parquet"
        with TrackRecorder(path) as recorder:
            for moment in pipeline.run(frames):
                recorder.append(moment)
        card = scorecard_of(pipeline.finish(), pipeline, source.info, None, settings)
        tracks = read_tracks(path)
        if job.fps is None:
            check_pictures(clip, truth, tracks.time_s, (source.info.width, source.info.height))
        else:
            truth = truth.at(tracks.time_s)
        return evaluate_clip(card, tracks, truth, stock)


def _backend_for(clip: Path, settings: Settings) -> HandBackend | None:
    if settings.backend == "truth":
        return open_backend("truth", path=clip.with_name(f"{clip.stem}.truth.npz"))
    return None


def _clips(paths: Sequence[Path]) -> tuple[list[Path], bool]:
    """The clips, each once, and whether there was something that holds none."""
    clips: dict[Path, None] = {}
    failed = False
    for path in paths:
        try:
            clips |= dict.fromkeys(videos_in(path))
        except TrainerError as error:
            failed = True
            complain(str(error))
    return list(clips), failed


def _names(clips: Sequence[Path]) -> dict[Path, str]:
    """What each clip is called in the results: its stem, with its folder where two are alike."""
    stems = [clip.stem for clip in clips]
    return {clip: clip.stem if stems.count(clip.stem) == 1 else str(clip.with_suffix("")) for clip in clips}


def _measure_one(job: Job) -> ClipResult | TrainerError:
    try:
        return measure(job)
    except TrainerError as error:
        return error


def _measure_all(jobs: Sequence[Job], workers: int, measured: Measured) -> None:
    if workers < 2:
        for job in jobs:
            measured(job.clip, _measure_one(job))
        return
    # Landmarkers have threads, which a forked process would inherit dead.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=_die_quietly) as pool:
        futures: dict[Future[ClipResult | TrainerError], Path] = {pool.submit(_measure_one, j): j.clip for j in jobs}
        try:
            for future in as_completed(futures):
                measured(futures[future], _result(future))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _die_quietly() -> None:
    """Ctrl-C reaches every process of the terminal; only the first one says so."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _result(future: Future[ClipResult | TrainerError]) -> ClipResult | TrainerError:
    try:
        return future.result()
    except BrokenProcessPool:
        return TrainerError("Expected a worker to finish, but the system ended it: try again with --workers 1.")


@contextmanager
def _progress(clips: int) -> Iterator[Callable[[], None]]:
    """A bar over the clips with the time left; silent where nobody looks."""
    console = Console(stderr=True)
    columns = (
        TextColumn("clips"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=clips)
        yield lambda: bar.advance(task)


def _tell(results: dict[str, ClipResult], clips: Sequence[Path], out: Path | None, as_json: bool) -> None:
    every = overall(results.values())
    facts = {name: read_facts(clip) for clip, name in _names(clips).items()}
    grouped = groups(results, facts) if len(results) > 1 else {}
    spans = intervals([clip.strokes for clip in results.values()]) if len(results) > 1 else {}
    plain = {
        "clips": {name: clip.results for name, clip in results.items()}, "all": every, "intervals": spans,
        "groups": grouped, "confusion": {"techniques": TECHNIQUES, "frames": confusion(results.values())},
    }  # fmt: skip
    text = json.dumps(to_plain(plain), indent=2, ensure_ascii=False)
    if out is not None:
        write_text(out, text + "\n")
    if as_json:
        print(text)
        return
    # Wide enough for all columns also where the output is no terminal.
    console = Console(width=None if sys.stdout.isatty() else 180)
    console.print(clips_table({name: clip.results for name, clip in results.items()}, every, spans))
    if "kept" in every:
        console.print(beside_table(every))
    for by, members in grouped.items():
        console.print(groups_table(by, members))
