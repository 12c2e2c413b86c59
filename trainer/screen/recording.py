"""Keeping what the camera sees: a video of the bare pictures, or of those with the overlay on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from trainer.model import Image, Moment
from trainer.screen.hud import Hud
from trainer.screen.layout import SMALLEST_HEIGHT, canvas_size
from trainer.screen.overlay import Overlay

if TYPE_CHECKING:
    from trainer.video.writer import VideoWriter


class Recorder(Protocol):
    """Something that keeps moments until it is closed; ``path`` is where they are to be found then."""

    path: Path

    def write(self, moment: Moment) -> None: ...

    def close(self) -> None: ...


OpenRecorder = Callable[[int], Recorder]
"""Makes the recorder number 1, 2, … of a session."""


class VideoRecorder:
    """Writes moments into one H.264 video at ``path``, with the overlay if one is given; its time begins at 0.

    The file appears under its name on ``close()``; a recorder that was given nothing leaves no file. Raises VideoError
    when the video can't be written.
    """

    def __init__(self, path: Path, overlay: Overlay | None = None, hud: Hud | None = None) -> None:
        self.path = path
        self._overlay = overlay.another() if overlay is not None else None
        self._hud = hud or Hud()
        self._writer: VideoWriter | None = None
        self._start_s = 0.0

    def write(self, moment: Moment) -> None:
        picture = self._picture(moment)
        if self._writer is None:
            from trainer.video.writer import VideoWriter

            self._writer = VideoWriter(self.path, picture.shape[1], picture.shape[0], crash_safe=True)
            self._start_s = moment.frame.time_s
        self._writer.write(picture, moment.frame.time_s - self._start_s)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def _picture(self, moment: Moment) -> Image:
        if self._overlay is None:
            return moment.frame.image
        return self._overlay.draw(enlarged(moment.frame.image), moment, self._hud)


def enlarged(image: Image, smallest: int = SMALLEST_HEIGHT) -> Image:
    """The picture at the size to draw on (``layout.canvas_size``): itself, unless it is too small for that."""
    size = canvas_size(image.shape[1], image.shape[0], smallest)
    if size == (image.shape[1], image.shape[0]):
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
