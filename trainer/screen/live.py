"""The live session: frames through the pipeline in one thread, the window in this one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from trainer.coach.metronome import Clicker
from trainer.foot.given import GivenFoot
from trainer.model import Image, Moment
from trainer.screen.controls import (
    ClearCoverage,
    MarkDiscomfort,
    Quit,
    Request,
    SetFoot,
    SkipStep,
    ToggleFullScreen,
    ToggleRecording,
    ToggleSound,
    ViewState,
    react,
)  # fmt: skip
from trainer.screen.hud import Lines
from trainer.screen.layout import SMALLEST_HEIGHT, WINDOW_HEIGHT
from trainer.screen.overlay import Overlay
from trainer.screen.recording import OpenRecorder, enlarged
from trainer.screen.window import Window
from trainer.screen.worker import LAST, LivePipeline, OnMoment, Worker
from trainer.video.source import VideoSource

WAIT_MS = 10
"""The window looks for keys at least this often; a new moment it shows at once."""
_KEYS_MS = 1
FPS_EVERY_S = 0.5


@dataclass(frozen=True)
class LiveOptions:
    """How the session begins. ``record`` starts recording with the first frame."""

    mirror: bool = False
    lines: Lines = "zones"
    show_fps: bool = False
    record: bool = False


@dataclass(frozen=True)
class LiveResult:
    """What came of a session. ``ended`` says by whom: the user in the window, the source (a file's end, a camera that
    stopped), or Ctrl-C. ``warnings`` are lines for the user; ``recordings`` the videos that were kept;
    ``discomfort_s`` the moments marked; ``foot`` the last foot that the user marked; ``eased`` what was made lighter
    because the machine was slow, in order."""

    moments: int
    ended: Literal["user", "source", "interrupt"]
    warnings: tuple[str, ...]
    recordings: tuple[Path, ...]
    discomfort_s: tuple[float, ...]
    foot: GivenFoot | None
    eased: tuple[str, ...]


def run_live(
    source: VideoSource, pipeline: LivePipeline, overlay: Overlay, window: Window | None, *,
    options: LiveOptions | None = None, open_recorder: OpenRecorder | None = None, on_moment: OnMoment | None = None,
    on_foot: Callable[[GivenFoot], object] | None = None, on_discomfort: Callable[[float], object] | None = None,
    clicker: Clicker | None = None,
) -> LiveResult:  # fmt: skip
    """Run until the user quits, the source ends, or Ctrl-C; then everything recorded is finished and kept.

    ``on_moment`` gets every moment, in order, in the pipeline's thread; ``on_foot`` each foot that the user marks and
    ``on_discomfort`` each moment marked, in the window's; ``clicker`` sounds the beat. Without a window it runs
    unseen. The source is closed, the window and the pipeline are left to the caller. Raises what the pipeline or the
    source raised.
    """
    options = options or LiveOptions()
    worker = Worker(source, pipeline, on_moment, open_recorder)
    if options.record:
        worker.ask(worker.toggle_recording)
    session = _Session(worker, pipeline, overlay, window, options, on_foot, on_discomfort, clicker)
    ended: Literal["user", "source", "interrupt"] = "interrupt"
    worker.start()
    try:
        ended = session.run()
    except KeyboardInterrupt:
        pass
    finally:
        stopped = worker.stop()
    if worker.error is not None:
        raise worker.error
    warnings = [*worker.problems, *source.warnings]
    if not stopped:
        warnings.append("The last frame never came back from the camera or the models; it was given up.")
    return LiveResult(
        worker.count, ended, tuple(dict.fromkeys(warnings)), tuple(worker.recordings), tuple(session.discomfort_s),
        session.foot, tuple(worker.eased),
    )  # fmt: skip


class _Session:
    """The window's side of the session."""

    def __init__(
        self, worker: Worker, pipeline: LivePipeline, overlay: Overlay, window: Window | None, options: LiveOptions,
        on_foot: Callable[[GivenFoot], object] | None, on_discomfort: Callable[[float], object] | None,
        clicker: Clicker | None,
    ) -> None:  # fmt: skip
        self.discomfort_s: list[float] = []
        self.foot: GivenFoot | None = None
        self._worker = worker
        self._pipeline = pipeline
        self._overlay = overlay
        self._window = window
        self._on_foot = on_foot
        self._on_discomfort = on_discomfort
        self._clicker = clicker
        self._state = ViewState(options.mirror, options.lines, options.show_fps, words=overlay.words)
        self._edited_moment: Moment | None = None
        self._shown: object = None
        self._shown_moment: Moment | None = None
        self._told = self._eased = 0
        self._fps = float("nan")
        self._fps_at = 0.0

    def run(self) -> Literal["user", "source"]:
        """Until the user quits or the source ends."""
        while True:
            ending = self._worker.done
            if self._window is not None:
                self._tell_problems()
                self._repaint(self._window)
                if self._handle_events(self._window):
                    return "user"
            if ending:
                return "source"
            self._worker.wait_for_news(WAIT_MS / 1000)

    def _handle_events(self, window: Window) -> bool:
        """True when the user quits."""
        moment = self._worker.latest if self._state.editor is None else self._edited_moment
        for event in window.poll(_KEYS_MS):
            was_editing = self._state.editor is not None
            self._state, requests = react(self._state, event, moment, time.monotonic())
            if self._state.editor is not None and not was_editing:
                self._edited_moment = moment
            for request in requests:
                if isinstance(request, Quit):
                    return True
                self._fulfil(request, window)
        self._worker.hold(self._state.holds_still)
        return False

    def _fulfil(self, request: Request, window: Window) -> None:
        match request:
            case ToggleFullScreen():
                window.toggle_full_screen()
            case ClearCoverage():
                self._worker.ask(self._pipeline.reset_coverage)
            case ToggleRecording():
                self._toggle_recording()
            case SkipStep(steps):
                self._worker.ask(lambda: self._pipeline.skip_step(steps))
            case ToggleSound():
                self._toggle_sound()
            case MarkDiscomfort(time_s):
                self.discomfort_s.append(time_s)
                if self._on_discomfort is not None:
                    self._on_discomfort(time_s)
            case SetFoot(foot):
                self.foot = foot
                self._worker.ask(lambda: self._pipeline.set_foot(foot))
                if self._on_foot is not None:
                    self._on_foot(foot)

    def _toggle_recording(self) -> None:
        if not self._worker.can_record:
            self._say(self._state.words.say("notices", "recording_off"))
            return
        self._say(self._state.words.say("notices", "recording_stopped" if self._worker.recording else "recording"))
        self._worker.ask(self._worker.toggle_recording)

    def _toggle_sound(self) -> None:
        if self._clicker is None:
            return
        self._clicker.muted = not self._clicker.muted
        self._say(self._state.words.say("notices", "muted" if self._clicker.muted else "sounding"))

    def _lead(self, moment: Moment | None) -> None:
        """Has the beat of the newest moment sound; while the picture stands it is silent."""
        if self._clicker is None:
            return
        lesson = moment.lesson if moment is not None else None
        silent = lesson is None or self._state.holds_still or not self._state.coaching
        self._clicker.lead(None if silent or lesson is None else lesson.beat, self._worker.behind_s)

    def _say(self, notice: str) -> None:
        self._state = self._state.told(notice, time.monotonic())

    def _tell_problems(self) -> None:
        if len(self._worker.eased) > self._eased:
            self._eased = len(self._worker.eased)
            self._say(self._state.words.say("notices", f"eased_{self._worker.eased[-1]}"))
        problems = self._worker.problems
        if len(problems) > self._told:
            self._say(problems[-1])
            self._told = len(problems)

    def _repaint(self, window: Window) -> None:
        """Draw when there is something new: a moment, another state, a notice that came or went."""
        now = time.monotonic()
        if now - self._fps_at >= FPS_EVERY_S:
            self._fps, self._fps_at = self._worker.fps, now
        moment = self._worker.latest if self._state.editor is None else self._edited_moment
        self._lead(self._worker.latest)
        if moment is not None and moment.cue is not None and moment.cue is not self._state.cue:
            self._state = replace(self._state, cue=moment.cue)
        hud = self._state.hud(now, self._worker.recording, self._fps)
        key = (id(moment), self._state, hud)
        if key == self._shown:
            return
        if moment is None:
            if self._shown is None:
                window.show(self._overlay.waiting())
                self._shown = key
            return
        # Holding the moment keeps its id from being used again.
        self._shown, self._shown_moment = key, moment
        window.show(self._picture(moment, now))

    def _picture(self, moment: Moment, now: float) -> Image:
        hud = self._state.hud(now, self._worker.recording, self._fps)
        # While the foot is marked clicks are reckoned on the full height.
        small = LAST in self._worker.eased and self._state.editor is None
        ground = enlarged(moment.frame.image, SMALLEST_HEIGHT if small else WINDOW_HEIGHT)
        if self._state.editor is not None:
            picture = self._overlay.draw_editor(ground, self._state.editor, hud)
        else:
            if self._state.help or not self._state.coaching:
                moment = replace(moment, cue=None)
            picture = self._overlay.draw(ground, moment, replace(hud, notice=None) if self._state.help else hud)
        if self._state.help:
            self._overlay.draw_help(picture)
        return picture
