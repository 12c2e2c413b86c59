"""`trainer live`: practice in front of a camera, or a video played as one."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from trainer.commands.guard import complain
from trainer.errors import TrainerError
from trainer.files import make_folder
from trainer.foot.given import GivenFoot, recall_foot, remember_foot, write_foot_file
from trainer.pipeline import Pipeline, open_pipeline
from trainer.screen.live import LiveOptions, run_live
from trainer.screen.overlay import Overlay
from trainer.screen.recording import Recorder, VideoRecorder
from trainer.screen.window import Window
from trainer.session import Session
from trainer.settings import Settings

if TYPE_CHECKING:
    from trainer.video.source import VideoInfo


def practise(camera: str, settings: Settings, *, mirror: bool, record: Path | None) -> None:
    """Run a live session until it is ended, then say what came of it. Raises TrainerError."""
    console = Console()
    with ExitStack() as stack:
        # The window first: PyAV loaded before it can freeze it on Linux.
        window = stack.enter_context(Window())
        from trainer.score.scorer import given_foot, open_tracks
        from trainer.video.source import open_source

        source = stack.enter_context(open_source(camera, max_side=settings.max_side, realtime=True))
        file = source.info.path
        given = given_foot(file) if file is not None else _remembered(_camera_key(camera, source.info), settings)
        pipeline = open_pipeline(settings, given=given)
        stack.callback(pipeline.close)
        folder = _session_folder(record) if record is not None else None
        tracks = (
            stack.enter_context(open_tracks(folder / "tracks.parquet", pipeline, source.info, settings))
            if folder is not None
            else None
        )

        def open_recorder(number: int) -> Recorder:
            where = folder or _session_folder(Path("recordings"))
            return VideoRecorder(where / ("session.mp4" if number == 1 else f"session-{number}.mp4"))

        def keep_foot(marked: GivenFoot) -> None:
            if file is not None:
                write_foot_file(file.with_suffix(".foot.json"), marked)
            else:
                remember_foot(_camera_key(camera, source.info), marked)

        result = run_live(
            source,
            pipeline,
            Overlay(pipeline.techniques),
            window,
            options=LiveOptions(mirror=mirror, record=record is not None),
            open_recorder=open_recorder,
            on_moment=tracks.append if tracks is not None else None,
            on_foot=keep_foot,
        )
        session = pipeline.finish()
        for warning in result.warnings:
            complain(warning)
        if result.moments == 0:
            raise TrainerError("Expected pictures from the camera, but none came: is another program using it?")
        if folder is not None and tracks is not None:
            tracks.close()
            _write_results(folder, session, pipeline, source.info, settings, result.discomfort_s)
        _tell(console, session, [*result.recordings, *([folder / "report.html"] if folder is not None else [])])


def _camera_key(camera: str, info: VideoInfo) -> str:
    return f"camera {camera} {info.width}x{info.height}"


def _remembered(key: str, settings: Settings) -> GivenFoot | None:
    """The foot marked last at this camera, unless the settings say that it is another one now."""
    foot = recall_foot(key)
    if foot is None or (settings.foot or foot.side) != foot.side or (settings.view or foot.view) != foot.view:
        return None
    return foot


def _session_folder(base: Path) -> Path:
    """A new folder for this session, named by the clock."""
    stamp = f"{datetime.datetime.now():%Y-%m-%d %H.%M.%S}"
    folder, number = base / stamp, 2
    while folder.exists():
        folder, number = base / f"{stamp} ({number})", number + 1
    return make_folder(folder)


def _write_results(
    folder: Path,
    session: Session,
    pipeline: Pipeline,
    info: VideoInfo,
    settings: Settings,
    discomfort_s: Sequence[float],
) -> None:
    from trainer.score.report import write_report
    from trainer.score.scorecard import write_scorecard
    from trainer.score.scorer import scorecard_of

    card = scorecard_of(session, pipeline, info, None, settings, discomfort_s)
    write_scorecard(folder / "scorecard.json", card)
    write_report(folder / "report.html", card)


def _tell(console: Console, session: Session, kept: list[Path]) -> None:
    console.print(f"[bold]{session.duration_s / 60:.1f} minutes[/bold] of practice", highlight=False)
    for rhythm in session.rhythms:
        rate = f"{rhythm.rate_per_min:.0f} a minute" if rhythm.rate_per_min == rhythm.rate_per_min else "rate not known"
        console.print(f"  {rhythm.technique:<15} {rate}", highlight=False)
    if session.duration_s > 0:
        console.print(f"  could not be seen for {session.unseen_s:.0f} of {session.duration_s:.0f} s", highlight=False)
    for path in kept:
        console.print(f"  {path}", highlight=False, soft_wrap=True)
