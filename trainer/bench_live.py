"""How late the live window shows what the camera saw, and whether an hour changes that or the memory it takes.

A clip plays as a camera would: picture by picture at its own rate, whoever is too slow misses some. Into each picture
its time of arrival is written as black and white fields, and read again from what the window has painted.
"""

from __future__ import annotations

import gc
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil

from trainer.bench import MB, looped
from trainer.coach.metronome import open_metronome
from trainer.coach.practice import Plan
from trainer.coach.routine import Step, about
from trainer.errors import TrainerError
from trainer.model import Data, Image
from trainer.pipeline import open_pipeline
from trainer.screen.live import LiveOptions, run_live
from trainer.screen.overlay import Overlay
from trainer.screen.recording import VideoRecorder
from trainer.screen.window import Event, Window
from trainer.settings import Settings
from trainer.video.camera import CameraSource

_BITS, _ROW = 32, 8
"""24 bits of milliseconds and 8 to check them by, in rows of eight fields."""
_LEFT, _TOP, _FIELD = 0.02, 0.70, 0.018
"""Where the fields stand, in the picture's height: where no panel ever is."""
_TEMPO = 80.0
_SETTLED_S = 10.0
"""Models are loaded and caches filled in the first seconds; they aren't counted."""


def stamp(image: Image, ms: int) -> None:
    """Write a number of milliseconds (below 2**24) into the picture, in place."""
    bits = (ms << 8) | _check(ms)
    side = _FIELD * image.shape[0]
    for k in range(_BITS):
        x, y = _corner(image, k)
        image[round(y) : round(y + side), round(x) : round(x + side)] = 255 if bits >> k & 1 else 0


def stamped(picture: Image) -> int | None:
    """The milliseconds written into the picture, whatever size it was drawn at since; None where they can't be read."""
    side = _FIELD * picture.shape[0]
    bits = 0
    for k in range(_BITS):
        x, y = _corner(picture, k)
        bits |= int(picture[round(y + side / 2), round(x + side / 2)].mean() > 127) << k
    return bits >> 8 if bits & 0xFF == _check(bits >> 8) else None


def _corner(image: Image, k: int) -> tuple[float, float]:
    height = image.shape[0]
    return (_LEFT + k % _ROW * _FIELD) * height, (_TOP + k // _ROW * _FIELD) * height


def _check(ms: int) -> int:
    return (ms ^ ms >> 8 ^ ms >> 16 ^ 0xA5) & 0xFF


class ClipCamera:
    """A clip behind the interface of cv2.VideoCapture: over and over, at ``fps``, as ``retrieve`` is called or not."""

    def __init__(self, clip: Path, max_side: int, fps: float = 30.0) -> None:
        self._frames = looped(clip, max_side, float("inf"))
        self._fps = fps
        self._due: float | None = None
        self._image: Image | None = None

    def isOpened(self) -> bool:
        return True

    def grab(self) -> bool:
        image = next(self._frames).image
        now = time.monotonic()
        self._due = now if self._due is None else max(self._due + 1 / self._fps, now - 1 / self._fps)
        time.sleep(max(self._due - now, 0.0))
        self._image = image.copy()
        stamp(self._image, _clock_ms())
        return True

    def retrieve(self) -> tuple[bool, Any]:
        return self._image is not None, self._image

    def get(self, propId: int, /) -> float:
        return self._fps if propId == cv2.CAP_PROP_FPS else 0.0

    def release(self) -> None:
        self._frames = iter(())


def _clock_ms() -> int:
    return round(1000 * time.monotonic()) % 2**24


class _TimedWindow(Window):
    """Notes, for every picture as soon as it is painted, when that was and how old it is; closes after ``for_s``."""

    def __init__(self, for_s: float) -> None:
        super().__init__("Foot massage trainer: display latency")
        self.at_s: list[float] = []
        self.late_ms: list[float] = []
        self.memory: list[tuple[float, float]] = []
        self.unread = 0
        self._process = psutil.Process()
        self._begin = time.monotonic()
        self._for_s = for_s
        self._last: int | None = None

    def show(self, picture: Image) -> None:
        super().show(picture)
        # Lets the window system paint now; the loop's own wait for keys, which follows, would do so as well.
        cv2.pollKey()
        now, told = time.monotonic(), stamped(picture)
        if told is None:
            self.unread += 1
        elif told != self._last:
            self.at_s.append(now - self._begin)
            self.late_ms.append((round(1000 * now) - told) % 2**24)
            self._last = told
        if not self.memory or (self.at_s and self.at_s[-1] - self.memory[-1][0] > 5):
            gc.collect()
            self.memory.append((now - self._begin, self._process.memory_info().rss / MB))

    def poll(self, wait_ms: int = 10) -> list[Event]:
        if time.monotonic() - self._begin > self._for_s:
            self.close()
        return super().poll(wait_ms)


@dataclass(frozen=True)
class LiveBench:
    """What was measured. ``latency_*``: from a picture's arrival to the window's having painted it with all that is
    drawn on it, in ms, without the first ten seconds; ``latency_first_ms`` and ``latency_last_ms``: medians of the
    first and the last tenth of the time. ``unread`` is the share of pictures whose time could not be read, ``cores``
    how many were busy with this process at the mean, ``eased`` what it made lighter by itself.
    ``memory_growth_mb_per_min`` is a straight line through the resident set after the first fifth of the time (None:
    shorter than two minutes)."""

    clip: str
    minutes: float
    recorded: bool
    size: tuple[int, int]
    shown_fps: float
    latency_p50_ms: float
    latency_p95_ms: float
    latency_max_ms: float
    latency_first_ms: float
    latency_last_ms: float
    unread: float
    cores: float
    eased: tuple[str, ...]
    memory_mb: float
    memory_growth_mb_per_min: float | None

    def as_data(self) -> Data:
        return asdict(self)


def bench_live(clip: Path, settings: Settings, *, minutes: float, record: bool = True) -> LiveBench:
    """Drill before the clip for so long, with coach, beat, journal and (``record``) video.

    Raises TrainerError when there is no display or no such clip."""
    with ExitStack() as stack:
        window = stack.enter_context(_TimedWindow(60 * minutes))
        from trainer.score.scorer import given_foot, open_journal

        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        camera = ClipCamera(clip, settings.max_side)
        source = stack.enter_context(CameraSource(0, max_side=settings.max_side, opener=lambda _: camera))
        plan = Plan("drill", "Kneading", (Step("kneading", inf, ("ball_central",), about(_TEMPO)),))
        pipeline = open_pipeline(settings, given=given_foot(clip), plan=plan)
        stack.callback(pipeline.close)
        pipeline.skip_step(1)  # begins it
        tracks = stack.enter_context(open_journal(folder / "tracks.parquet", pipeline, source.info, settings))
        metronome = open_metronome(0.2, lambda _: None)
        if metronome is not None:
            stack.callback(metronome.close)
        busy, begin = _cpu_s(), time.monotonic()
        result = run_live(
            source, pipeline, Overlay(pipeline.techniques, scale=settings.scale), window,
            options=LiveOptions(record=record), open_recorder=lambda n: VideoRecorder(folder / f"{n}.mp4"),
            on_moment=tracks.append, clicker=metronome,
        )  # fmt: skip
        busy, took = _cpu_s() - busy, time.monotonic() - begin
    at, late = (np.array(list(x)) for x in (window.at_s, window.late_ms))
    settled = at > min(_SETTLED_S, 0.3 * took)
    at, late = at[settled], late[settled]
    if len(at) < 2:
        raise TrainerError("Expected pictures in the window, but too few were shown in that time: measure for longer.")
    tenth = max(1, len(late) // 10)
    return LiveBench(
        clip=clip.name, minutes=minutes, recorded=record, size=(source.info.width, source.info.height),
        shown_fps=float((len(at) - 1) / (at[-1] - at[0])), latency_p50_ms=float(np.percentile(late, 50)),
        latency_p95_ms=float(np.percentile(late, 95)), latency_max_ms=float(late.max()),
        latency_first_ms=float(np.median(late[:tenth])), latency_last_ms=float(np.median(late[-tenth:])),
        unread=window.unread / (window.unread + len(window.at_s)), cores=busy / took, eased=result.eased,
        memory_mb=window.memory[-1][1], memory_growth_mb_per_min=_growth(window.memory, took),
    )  # fmt: skip


def _growth(memory: list[tuple[float, float]], took_s: float) -> float | None:
    if took_s < 120:
        return None
    at, mb = np.array(memory).T
    later = at > 0.2 * took_s
    return float(np.polyfit(at[later] / 60, mb[later], 1)[0])


def _cpu_s() -> float:
    spent = psutil.Process().cpu_times()
    return float(spent.user + spent.system)
