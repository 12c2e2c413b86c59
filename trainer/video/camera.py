"""Cameras: the newest picture at every moment, timed by a clock that never jumps."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from trainer.errors import VideoError
from trainer.model import Frame, Image
from trainer.video.cameras import CameraInfo, Capture, list_cameras, open_capture
from trainer.video.newest import NewestShot
from trainer.video.orientation import size_within
from trainer.video.source import VideoInfo

__all__ = ["CameraInfo", "CameraSource", "list_cameras"]

PATIENCE_S = 2.0
"""A camera silent for longer has stopped."""
FIRST_PATIENCE_S = 8.0
"""Some take seconds to wake up."""


class CameraSource:
    """Camera number ``index``. A reader slower than the camera gets the newest picture each time; the ones between are
    ``dropped``. ``time_s`` is when a picture arrived, counted from the first frame given out.

    ``frames()`` ends on ``close()`` or when the camera stops; then ``stopped`` says why (None: it didn't), and
    so does ``warnings``. A second ``frames()`` goes on where the first was left. Opening waits for the first picture
    and raises VideoError when there is no camera or it stays silent.
    """

    def __init__(
        self,
        index: int = 0,
        *,
        max_side: int | None = None,
        opener: Callable[[int], Capture] = open_capture,
        clock: Callable[[], float] = time.monotonic,
        patience_s: float = PATIENCE_S,
        first_patience_s: float = FIRST_PATIENCE_S,
    ) -> None:
        self.index = index
        self.live = True
        self.dropped = 0
        self._max_side = max_side
        self._start_s: float | None = None
        self._number = 0
        self._index = 0
        capture = opener(index)
        if not capture.isOpened():
            capture.release()
            raise VideoError(_no_camera(index))
        rate, codec = capture.get(cv2.CAP_PROP_FPS), _fourcc(capture.get(cv2.CAP_PROP_FOURCC))
        self._shots = NewestShot(capture, patience_s=patience_s, first_patience_s=first_patience_s, clock=clock)
        first = self._shots.newer_than(0)
        if first is None:
            self._shots.close()
            raise VideoError(
                f"Expected pictures from camera {index}, but it gives none ({self._shots.stopped}): "
                "close other programs that use it, or plug it in again."
            )
        height, width = first.image.shape[:2]
        self._size = size_within(width, height, max_side)
        self.info = VideoInfo(
            name=_name_of(index),
            path=None,
            width=self._size[0],
            height=self._size[1],
            fps=rate if 0 < rate <= 1000 else None,
            duration_s=None,
            frames=None,
            rotation=0,
            has_audio=False,
            codec=codec,
        )

    @property
    def stopped(self) -> str | None:
        """Why the camera gives no more pictures, or None."""
        reason = self._shots.stopped
        return None if reason is None else f"Camera {self.index} stopped: {reason}; check its cable."

    @property
    def skipped(self) -> int:
        return self._shots.bad

    @property
    def warnings(self) -> tuple[str, ...]:
        return () if self.stopped is None else (self.stopped,)

    def frames(self) -> Iterator[Frame]:
        last_s = -1.0
        while (shot := self._shots.newer_than(self._number)) is not None:
            if self._number:
                self.dropped += shot.number - self._number - 1
            self._number = shot.number
            if self._start_s is None:
                self._start_s = shot.clock_s
            time_s = shot.clock_s - self._start_s
            if time_s <= last_s:
                continue
            last_s = time_s
            index, self._index = self._index, self._index + 1
            yield Frame(self._sized(shot.image), time_s, index)

    def close(self) -> None:
        self._shots.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _sized(self, image: Image) -> Image:
        if (image.shape[1], image.shape[0]) == self._size:
            return image
        return np.asarray(cv2.resize(image, self._size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _no_camera(index: int) -> str:
    cameras = list_cameras()
    others = [str(each.index) for each in cameras if each.usable and each.index != index]
    blocked = next((each.problem for each in cameras if each.index == index), None)
    if blocked:
        return f"Expected a camera at number {index}, but it can't be used: {blocked}."
    if others:
        return f"Expected a camera at number {index}, but none answers there: try {' or '.join(others)}."
    return f"Expected a camera at number {index}, but none answers: plug one in, or close programs that use it."


def _name_of(index: int) -> str:
    """Also tells two cameras apart that took turns at one number, where that costs nothing."""
    if sys.platform == "linux":
        for each in list_cameras():
            if each.index == index and each.usable and each.name != f"camera {index}":
                return f"camera {index} ({each.name})"
    return f"camera {index}"


def _fourcc(value: float) -> str:
    code = int(value).to_bytes(4, "little", signed=False) if 0 < value < 2**32 else b""
    text = code.decode("ascii", "ignore").strip()
    return text.lower() if text.isprintable() and text else "raw"
