"""A thread that empties the camera and keeps only the newest picture, so that nobody sees stale ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from trainer.model import Image
from trainer.video.cameras import Capture, quiet_opencv

PAUSE_S = 0.005
"""Between attempts when the camera gives nothing."""
POLL_S = 0.1


@dataclass(frozen=True, eq=False)
class Shot:
    """A picture with the clock's time at which it came, and its number (from 1) among all that came."""

    image: Image
    clock_s: float
    number: int


class NewestShot:
    """Reads ``capture`` in its own thread, which also releases it. ``bad`` counts pictures that couldn't be decoded.

    ``stopped`` says why no more pictures come (None: they do). A camera that is silent for ``patience_s`` seconds
    (``first_patience_s`` before its first picture) has stopped, even when its driver never returns.
    """

    def __init__(
        self,
        capture: Capture,
        *,
        patience_s: float,
        first_patience_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.bad = 0
        self.stopped: str | None = None
        self._capture = capture
        self._clock = clock
        self._patience_s = patience_s
        self._first_patience_s = first_patience_s
        self._latest: Shot | None = None
        self._heard_s = clock()
        self._closed = threading.Event()
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def newer_than(self, number: int) -> Shot | None:
        """Waits for a picture numbered above ``number``; None when there will be none."""
        with self._news:
            while True:
                if self._latest is not None and self._latest.number > number:
                    return self._latest
                if self.stopped is not None or self._closed.is_set():
                    return None
                if self._silent_too_long():
                    self.stopped = self._silence()
                    return None
                self._news.wait(POLL_S)

    def close(self) -> None:
        """Stops the thread; waits a moment for it. May be called from any thread, more than once."""
        self._closed.set()
        with self._news:
            self._news.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=1.0)

    def _run(self) -> None:
        reason: str | None = None
        with quiet_opencv():
            try:
                while not self._closed.is_set():
                    if self._shoot():
                        continue
                    if self._silent_too_long():
                        reason = self._silence()
                        break
                    self._closed.wait(PAUSE_S)
            except Exception as error:  # Whatever a driver throws, the reader must hear of it.
                reason = f"its driver failed ({str(error).strip().splitlines()[0] if str(error) else error!r})"
            finally:
                with suppress(Exception):
                    self._capture.release()
                with self._news:
                    self.stopped = self.stopped or reason
                    self._news.notify_all()

    def _shoot(self) -> bool:
        if not self._capture.grab():
            return False
        clock_s = self._clock()
        good, raw = self._capture.retrieve()
        image = as_bgr(raw) if good else None
        if image is None:
            self.bad += 1
            return False
        with self._news:
            number = 1 if self._latest is None else self._latest.number + 1
            self._latest = Shot(image, clock_s, number)
            self._heard_s = clock_s
            self._news.notify_all()
        return True

    def _silent_too_long(self) -> bool:
        patience_s = self._patience_s if self._latest is not None else self._first_patience_s
        return self._clock() - self._heard_s > patience_s

    def _silence(self) -> str:
        patience_s = self._patience_s if self._latest is not None else self._first_patience_s
        return f"no picture for {patience_s:g} s"


def as_bgr(raw: Any) -> Image | None:
    """A camera's picture as (H, W, 3) uint8 BGR, or None when it is none."""
    if not isinstance(raw, np.ndarray) or raw.size == 0 or raw.dtype != np.uint8:
        return None
    if raw.ndim == 3 and raw.shape[2] == 3:
        return raw
    if raw.ndim == 2 or (raw.ndim == 3 and raw.shape[2] == 1):
        return np.asarray(cv2.cvtColor(raw, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    if raw.ndim == 3 and raw.shape[2] == 4:
        return np.asarray(cv2.cvtColor(raw, cv2.COLOR_BGRA2BGR), dtype=np.uint8)
    return None
