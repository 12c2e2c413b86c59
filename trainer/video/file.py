"""Video files, read with PyAV: every frame in order, at the time its presentation timestamp says."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np

from trainer.errors import VideoError
from trainer.model import Frame, Image
from trainer.video.libav import av
from trainer.video.opening import OpenVideo, open_video
from trainer.video.orientation import Orientation, size_within
from trainer.video.pace import Pace
from trainer.video.pictures import Pictures, first_picture
from trainer.video.source import VideoInfo
from trainer.video.timeline import Timeline

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.reformatter import VideoReformatter


@dataclass(frozen=True)
class _Shape:
    """How stored pictures become frames: scaled to ``width`` × ``height`` as stored, then turned upright."""

    width: int
    height: int
    orientation: Orientation


class FileSource:
    """A video file. ``frames()`` may be called again and starts over each time.

    Opening decodes the first picture, so a file that can't be watched fails here, with VideoError.
    ``skipped``, ``truncated`` (known at the end) and ``warnings`` speak of the latest ``frames()``. With
    ``realtime`` a frame comes no earlier than its time on the clock; none is dropped.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        max_side: int | None = None,
        realtime: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = Path(path)
        self.live = realtime
        self.skipped = 0
        self.truncated = False
        self._clock = clock
        self._closed = threading.Event()
        self._reading: Generator[Frame, None, None] | None = None
        video = open_video(self.path)
        try:
            first, _ = first_picture(video, self.path)
            self._shape = _shape_of(first, video, max_side)
            _check_showable(first, self._shape, self.path)
            self.info = _info_of(video, self.path, self._shape)
        finally:
            video.container.close()

    @property
    def warnings(self) -> tuple[str, ...]:
        lines = []
        if self.truncated:
            lines.append(f"'{self.path.name}' is cut off or damaged; what could be read of it was used.")
        if self.skipped:
            lines.append(f"'{self.path.name}': left out {self.skipped} damaged or misplaced pictures.")
        return tuple(lines)

    def frames(self) -> Iterator[Frame]:
        self._reading = self._read()
        return self._reading

    def close(self) -> None:
        self._closed.set()
        if self._reading is not None:
            # Raised when another thread is inside the generator; that thread sees the event and closes it.
            with suppress(ValueError):
                self._reading.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> Generator[Frame, None, None]:
        self.skipped = 0
        self.truncated = False
        video = open_video(self.path)
        pictures = Pictures(video)
        reformatter = av.video.reformatter.VideoReformatter()
        try:
            timeline = Timeline(1 / self.info.fps if self.info.fps else None)
            pace = Pace(self._closed, self._clock) if self.live else None
            index = misplaced = 0
            for picture, raw_s in pictures:
                time_s = timeline.place(raw_s)
                if time_s is None:
                    misplaced += 1
                    self.skipped = pictures.bad + misplaced
                    continue
                self.skipped = pictures.bad + misplaced
                image = _image_of(picture, self._shape, reformatter)
                if pace is not None:
                    pace.wait_for(time_s)
                if self._closed.is_set():
                    return
                yield Frame(image, time_s, index)
                if self._closed.is_set():
                    return
                index += 1
            self.skipped = pictures.bad + misplaced
            self.truncated = pictures.truncated
        finally:
            video.container.close()


def _shape_of(picture: VideoFrame, video: OpenVideo, max_side: int | None) -> _Shape:
    orientation = Orientation()
    # PyAV's stub calls this a dict; it iterates over the side data itself.
    for data in cast(Iterable[Any], picture.side_data):
        if data.type.name == "DISPLAYMATRIX":
            orientation = Orientation.from_matrix(np.frombuffer(bytes(data), np.int32).tolist())
    width, height = picture.width, picture.height
    aspect = video.stream.sample_aspect_ratio
    if aspect and 0.2 < aspect < 5:  # Pixels that aren't square are made so, or every angle would be wrong.
        width = round(width * aspect)
    return _Shape(*size_within(width, height, max_side), orientation)


def _check_showable(picture: VideoFrame, shape: _Shape, path: Path) -> None:
    try:
        _image_of(picture, shape, av.video.reformatter.VideoReformatter())
    except (av.error.FFmpegError, ValueError) as error:
        raise VideoError(
            f"Expected a video, but the colour format of '{path}' ({picture.format.name}) can't be shown: "
            "export it as H.264 (MP4)."
        ) from error


def _info_of(video: OpenVideo, path: Path, shape: _Shape) -> VideoInfo:
    stream, container = video.stream, video.container
    width, height = shape.orientation.size(shape.width, shape.height)
    fps = float(stream.average_rate) if stream.average_rate else None
    duration_s: float | None = None
    if stream.duration and stream.time_base:
        duration_s = float(stream.duration * stream.time_base)
    elif container.duration:
        duration_s = container.duration / av.time_base
    return VideoInfo(
        name=path.name,
        path=path,
        width=width,
        height=height,
        fps=fps if fps is not None and 0 < fps <= 1000 else None,
        duration_s=duration_s,
        frames=stream.frames or None,
        rotation=shape.orientation.rotation,
        has_audio=bool(container.streams.audio),
        codec=stream.codec_context.name,
    )


def _image_of(picture: VideoFrame, shape: _Shape, reformatter: VideoReformatter) -> Image:
    area = av.video.reformatter.Interpolation.AREA
    matrix = _matrix_of(picture)
    shown = reformatter.reformat(
        picture, shape.width, shape.height, "bgr24", src_colorspace=matrix, interpolation=area, threads=1
    )
    return shape.orientation.upright(np.ascontiguousarray(shown.to_ndarray(), dtype=np.uint8))


def _matrix_of(picture: VideoFrame) -> int | None:
    """Colour matrix for a picture that names none: BT.709 from HD on, BT.601 below, as players assume."""
    unspecified = 2
    if picture.colorspace != unspecified or picture.format.is_rgb:
        return None
    spaces = av.video.reformatter.Colorspace
    return int(spaces.ITU709 if max(picture.width, picture.height) >= 1280 else spaces.ITU601)
