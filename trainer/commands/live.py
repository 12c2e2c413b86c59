"""`trainer live`: practice in front of a camera, or a video played as one."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import datetime
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from trainer.coach.metronome import open_metronome
from trainer.coach.practice import Plan
from trainer.commands.guard import complain
from trainer.commands.plan import Wanted, plan_of
from trainer.commands.shelf import Keep, open_shelf
from trainer.errors import TrainerError
from trainer.files import stamped_folder
from trainer.foot.given import GivenFoot, recall_foot, remember_foot, write_foot_file
from trainer.model import Image
from trainer.pipeline import open_pipeline
from trainer.screen.keys import Action
from trainer.screen.live import LiveOptions, run_live
from trainer.screen.overlay import Overlay
from trainer.screen.recording import Recorder, VideoRecorder
from trainer.screen.summary import draw_summary, summary_of
from trainer.screen.theme import THEMES
from trainer.screen.window import Closed, Window
from trainer.session import Session
from trainer.settings import Settings
from trainer.strokes.techniques import load_techniques
from trainer.words.words import load_words

if TYPE_CHECKING:
    from trainer.video.source import VideoInfo


_WORTH_S = 10.0
"""A session shorter than this has no summary."""
_ENDINGS = {Action.ACCEPT, Action.QUIT, Action.CANCEL, Closed()}


def practise(
    camera: str, settings: Settings, *, mirror: bool = False, record: Path | None = None,
    wanted: Wanted | None = None, volume: float = 0.6, keep: Keep | None = None, library: Path | None = None,
    summary_s: float = inf, student: str = "",
) -> None:  # fmt: skip
    """Run a live session until it is ended, then say what came of it. ``record`` names a folder for it; else it goes to
    the library as ``keep`` says (None: what was seen of a camera, nothing of a file), as that of ``student``. The
    summary stays for ``summary_s`` at most. Raises TrainerError."""
    console = Console()
    words, theme = load_words(settings.language, settings.words), THEMES[settings.theme]
    plan, wish = plan_of(wanted or Wanted(), load_techniques(settings.presets), settings.language)
    with ExitStack() as stack:
        # The window first: PyAV loaded before it can freeze it on Linux.
        window = stack.enter_context(Window())
        from trainer.score.report import write_report
        from trainer.score.scorecard import write_scorecard
        from trainer.score.scorer import given_foot, open_journal, scorecard_of
        from trainer.video.source import open_source

        source = stack.enter_context(open_source(camera, max_side=settings.max_side, realtime=True))
        file = source.info.path
        given = given_foot(file) if file is not None else _remembered(_camera_key(camera, source.info), settings)
        pipeline = open_pipeline(settings, given=given, plan=plan, wish=wish)
        stack.callback(pipeline.close)
        usual: Keep = "tracks" if file is None and record is None else "nothing"
        shelf = open_shelf(keep or usual, library, plan, student)
        stack.callback(shelf.close)
        folder = stamped_folder(record, datetime.now()) if record is not None else shelf.folder
        tracks = (
            stack.enter_context(open_journal(folder / "tracks.parquet", pipeline, source.info, settings))
            if folder is not None
            else None
        )

        def open_recorder(number: int) -> Recorder:
            where = folder or stamped_folder(Path("recordings"), datetime.now())
            return VideoRecorder(where / ("session.mp4" if number == 1 else f"session-{number}.mp4"))

        def keep_foot(marked: GivenFoot) -> None:
            if file is not None:
                write_foot_file(file.with_suffix(".foot.json"), marked)
            else:
                remember_foot(_camera_key(camera, source.info), marked)

        # Opened last: it needs nothing of the others, and its clicks shall wait for nothing.
        metronome = open_metronome(volume, complain) if _has_beat(plan) and volume > 0 else None
        if metronome is not None:
            stack.callback(metronome.close)
        result = run_live(
            source,
            pipeline,
            Overlay(pipeline.techniques, theme, words, settings.scale),
            window,
            options=LiveOptions(mirror=mirror, record=record is not None or keep == "video"),
            open_recorder=open_recorder,
            on_moment=tracks.append if tracks is not None else None,
            on_foot=keep_foot,
            on_discomfort=shelf.discomfort,
            clicker=metronome,
        )
        session = pipeline.finish()
        for warning in result.warnings:
            complain(warning)
        if result.moments == 0:
            raise TrainerError("Expected pictures from the camera, but none came: is another program using it?")
        card = scorecard_of(session, pipeline, source.info, None, settings, result.discomfort_s)
        if folder is not None and tracks is not None:
            tracks.close()
            write_scorecard(folder / "scorecard.json", card)
            write_report(folder / "report.html", card)
            shelf.finish(card)
        if result.ended != "interrupt" and session.duration_s >= _WORTH_S:
            summary = summary_of(card, session.coverage, plan.name, pipeline.techniques, words, shelf.before)
            _show(window, draw_summary(summary, words, theme), summary_s)
        _tell(console, session, [*result.recordings, *([folder / "report.html"] if folder is not None else [])])


def _has_beat(plan: Plan) -> bool:
    led = plan.beat_per_min is not None or any(step.rate_per_min is not None for step in plan.steps)
    return plan.beat and not plan.blind and led


def _camera_key(camera: str, info: VideoInfo) -> str:
    return f"camera {camera} {info.width}x{info.height}"


def _remembered(key: str, settings: Settings) -> GivenFoot | None:
    """The foot marked last at this camera, unless the settings say that it is another one now."""
    foot = recall_foot(key)
    if foot is None or (settings.foot or foot.side) != foot.side or (settings.view or foot.view) != foot.view:
        return None
    return foot


def _show(window: Window, picture: Image, for_s: float) -> None:
    """Show the last screen until a key ends it, or its time is over."""
    window.show(picture)
    until = time.monotonic() + for_s
    try:
        while time.monotonic() < until:
            if set(window.poll(30)) & _ENDINGS:
                return
    except KeyboardInterrupt:
        return


def _tell(console: Console, session: Session, kept: list[Path]) -> None:
    console.print(f"[bold]{session.duration_s / 60:.1f} minutes[/bold] of practice", highlight=False)
    for rhythm in session.rhythms:
        rate = f"{rhythm.rate_per_min:.0f} a minute" if rhythm.rate_per_min == rhythm.rate_per_min else "rate not known"
        console.print(f"  {rhythm.technique:<15} {rate}", highlight=False)
    if session.duration_s > 0:
        console.print(f"  could not be seen for {session.unseen_s:.0f} of {session.duration_s:.0f} s", highlight=False)
    for path in kept:
        console.print(f"  {path}", highlight=False, soft_wrap=True)
