"""The thread that takes frames through the pipeline, so that the window answers even while a frame takes its time."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from trainer.errors import TrainerError
from trainer.foot.given import GivenFoot
from trainer.model import Frame, Moment
from trainer.screen.recording import OpenRecorder, Recorder
from trainer.video.source import VideoSource

LAST = "small"
"""When nothing else is left to be made lighter: the picture is drawn smaller."""
OnMoment = Callable[[Moment], Any]
_LEAST_FPS = 13.0
"""With fewer moments a second the picture doesn't follow the hands: then the work is made lighter."""
_PATIENCE_S = 4.0
"""So long it must have been too slow, and so long after each easing nothing is judged."""
_DRIFT_S = 2e-5
"""By so much two clocks may drift apart from one picture to the next."""
_PAUSE_S = 0.5
"""A picture later than this comes after a pause."""


class LivePipeline(Protocol):
    """What the live loop needs of a pipeline."""

    def step(self, frame: Frame) -> Moment: ...

    def set_foot(self, given: GivenFoot) -> None: ...

    def reset_coverage(self) -> None: ...

    def skip_step(self, steps: int) -> None: ...

    def ease(self) -> str | None: ...


class Worker:
    """Runs the session. ``latest`` is the newest finished moment, ``count`` how many there were; when ``done``,
    ``error`` is what ended it (None: the source did, or ``stop``). ``behind_s``: what presentation time is behind this
    machine's monotonic clock, at the least that was seen of late: when pictures come without delay. ``eased``: what was
    made lighter because the machine was too slow, in order."""

    def __init__(
        self, source: VideoSource, pipeline: LivePipeline, on_moment: OnMoment | None = None,
        open_recorder: OpenRecorder | None = None,
    ) -> None:  # fmt: skip
        self.latest: Moment | None = None
        self.count = 0
        self.behind_s = float("nan")
        self.error: BaseException | None = None
        self.recordings: list[Path] = []
        self.problems: list[str] = []
        self.eased: list[str] = []
        self._source = source
        self._pipeline = pipeline
        self._on_moment = on_moment
        self._open_recorder = open_recorder
        self._recorder: Recorder | None = None
        self._recorders = 0
        self._commands: deque[Callable[[], None]] = deque()
        self._news = threading.Event()
        self._stop = threading.Event()
        self._go = threading.Event()
        self._go.set()
        self._finished_at: deque[float] = deque(maxlen=60)
        self._slow_s, self._eased_at = 0.0, -math.inf
        self._thread: threading.Thread | None = None

    @property
    def done(self) -> bool:
        return self._thread is not None and not self._thread.is_alive()

    @property
    def recording(self) -> bool:
        return self._recorder is not None

    @property
    def can_record(self) -> bool:
        return self._open_recorder is not None

    @property
    def fps(self) -> float:
        """Moments a second over the last two seconds or so; NaN before there are any."""
        now = time.monotonic()
        recent = [t for t in list(self._finished_at) if now - t < 2.0]
        return (len(recent) - 1) / (recent[-1] - recent[0]) if len(recent) > 2 else float("nan")

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="pipeline", daemon=True)
        self._thread.start()

    def hold(self, still: bool) -> None:
        """Stand still before the next frame, or go on."""
        if still:
            self._go.clear()
        else:
            self._go.set()

    def wait_for_news(self, at_most_s: float) -> None:
        """Wait until there is a moment that this hasn't told of, or the session has ended, or the time is over."""
        if self._news.wait(at_most_s):
            self._news.clear()

    def ask(self, command: Callable[[], None]) -> None:
        """Have something done between two frames, in the worker's own thread."""
        self._commands.append(command)

    def toggle_recording(self) -> None:
        """Begin a recording with the next moment, or finish the one that runs. To be asked for with ``ask``."""
        if self._recorder is not None:
            self._close_recorder()
        elif self._open_recorder is not None:
            self._recorders += 1
            self._guard(self._begin)

    def stop(self, patience_s: float = 10.0) -> bool:
        """End after the frame at hand; True when it has ended. What was recorded is finished and kept."""
        self._stop.set()
        self._go.set()
        self._source.close()
        if self._thread is None:
            return True
        self._thread.join(patience_s)
        return not self._thread.is_alive()

    def run(self) -> None:
        """Take all frames through the pipeline, in this thread. Errors end up in ``error``."""
        try:
            self._loop()
        except BaseException as error:
            self.error = error
        finally:
            self._close_recorder()
            self._news.set()

    def _loop(self) -> None:
        for frame in self._source.frames():
            if self._waited() and self._source.info.path is None:
                # A camera's picture from before the pause is stale; the next one is new.
                continue
            if self._stop.is_set():
                return
            self._keep_time(frame)
            begun = time.monotonic()
            moment = self._pipeline.step(frame)
            self._keep_pace(time.monotonic() - begun)
            if self._on_moment is not None:
                self._on_moment(moment)
            self.latest = moment
            self.count += 1
            self._finished_at.append(time.monotonic())
            self._news.set()
            if self._recorder is not None:
                self._guard(partial(self._recorder.write, moment))

    def _keep_pace(self, took_s: float) -> None:
        """Make the work lighter where a step has long taken too long. A file may take its time."""
        if self._source.info.path is not None or self.eased[-1:] == [LAST]:
            return
        now = time.monotonic()
        self._slow_s += (1 if took_s > 1 / _LEAST_FPS else -1) * took_s
        self._slow_s = min(max(self._slow_s, 0.0), _PATIENCE_S)
        if self._slow_s >= _PATIENCE_S and now - self._eased_at >= _PATIENCE_S:
            self.eased.append(self._pipeline.ease() or LAST)
            self._slow_s, self._eased_at = 0.0, now

    def _keep_time(self, frame: Frame) -> None:
        gap = time.monotonic() - frame.time_s
        # Pauses and slow moments only make it larger; that clocks drift apart is followed slowly.
        if not gap > self.behind_s + _DRIFT_S or gap > self.behind_s + _PAUSE_S:
            self.behind_s = gap
        else:
            self.behind_s += _DRIFT_S

    def _waited(self) -> bool:
        """Does what was asked for, stands still as long as it should; True if it did."""
        held = False
        self._obey()
        while not self._go.is_set() and not self._stop.is_set():
            held = True
            self._go.wait(0.02)
            self._obey()
        return held

    def _obey(self) -> None:
        while self._commands:
            self._commands.popleft()()

    def _begin(self) -> None:
        assert self._open_recorder is not None
        self._recorder = self._open_recorder(self._recorders)

    def _close_recorder(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None and self._guard(recorder.close) and recorder.path.exists():
            self.recordings.append(recorder.path)

    def _guard(self, action: Callable[[], None]) -> bool:
        """A recording that fails is given up and told of; the session goes on."""
        try:
            action()
        except TrainerError as error:
            self.problems.append(str(error))
            self._recorder = None
            return False
        return True
