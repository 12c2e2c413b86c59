"""Where frames come from: the protocol that cameras and files share, and the one way to open either."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from trainer.errors import VideoError
from trainer.model import Frame

VIDEO_SUFFIXES = frozenset(
    [".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".mts", ".m2ts", ".3gp", ".ogv", ".wmv"]
)
"""Endings by which videos in a folder are known."""


@dataclass(frozen=True)
class VideoInfo:
    """What is known of a video before it is read.

    ``width`` and ``height`` are in pixels of the frames that come out: upright and within the size limit
    asked for. ``rotation`` is how far the stored picture is turned clockwise to stand upright (0, 90, 180,
    270). ``fps``, ``duration_s`` and ``frames`` are the file's own word, for display and progress only (None:
    it doesn't say); ``path`` is None for a camera.
    """

    name: str
    path: Path | None
    width: int
    height: int
    fps: float | None
    duration_s: float | None
    frames: int | None
    rotation: int
    has_audio: bool
    codec: str


@runtime_checkable
class VideoSource(Protocol):
    """A stream of frames, used as a context manager.

    ``live`` says whether frames come at the pace of the clock. ``skipped`` counts pictures left out so far,
    because they were corrupt or their timestamp gave them no place. ``warnings`` are lines for the user about
    what was wrong so far (cut-off file, camera that stopped); read them when ``frames()`` has ended.
    """

    info: VideoInfo
    live: bool

    @property
    def skipped(self) -> int: ...

    @property
    def warnings(self) -> tuple[str, ...]: ...

    def frames(self) -> Iterator[Frame]:
        """Frames in order; ``time_s`` from presentation timestamps, first frame 0.0, strictly increasing."""
        ...

    def close(self) -> None:
        """Lets go of the file or camera and ends ``frames()``. May be called twice."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_source(spec: str | int | Path, *, max_side: int | None = None, realtime: bool = False) -> VideoSource:
    """The camera numbered ``spec`` (an int or digits), else the video file at ``spec``.

    ``max_side`` limits the longer side of the frames in pixels. With ``realtime`` a file plays at its own
    pace (``live`` is True) and still gives every frame. Raises VideoError when there is nothing to watch.
    """
    if max_side is not None and max_side < 2:
        raise VideoError(f"Expected a size limit of 2 pixels or more, but got {max_side}: give a larger one.")
    if isinstance(spec, int) or (isinstance(spec, str) and spec.isascii() and spec.isdigit()):
        from trainer.video.camera import CameraSource

        return CameraSource(int(spec), max_side=max_side)
    from trainer.video.file import FileSource

    return FileSource(Path(spec), max_side=max_side, realtime=realtime)
