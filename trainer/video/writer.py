"""H.264 videos that every browser plays and seeks, written whole or not at all."""

from __future__ import annotations

import math
import secrets
import statistics
from collections import deque
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

import cv2
import numpy as np

from trainer.errors import VideoError
from trainer.files import write_error
from trainer.model import Image
from trainer.video.cut_off import finish_video, unfinished
from trainer.video.libav import av

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

    from trainer.video.audio import AudioTrack

TICKS = 90_000
"""Ticks a second: exact for every usual frame rate, fine enough (11 µs) for variable ones."""
KEY_EVERY_S = 2.0
"""A key picture at least this often: a browser that seeks has to decode from one."""
_SAFE_KEY_EVERY_S = 1.0
FIRST_PERIOD_S = 1 / 30
BT709 = 1
LIMITED_RANGE = 1


_AT_THE_END = {"movflags": "+faststart"}
_AS_IT_COMES = {"movflags": "+frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"}
"""From key picture to key picture each part of the file can be read by itself."""


class VideoWriter:
    """Writes ``path`` (MP4, H.264 yuv420p, faststart, no B-frames) picture by picture; a context manager.

    Frames are (``height``, ``width``, 3) uint8 BGR with their own times in seconds, kept to 1/90000 s: variable
    frame rates stay variable. Odd sizes are padded by one pixel. ``audio_from`` names the original whose
    sound goes along, in step with its own first picture as time 0, and ends with the pictures. ``threads``
    limits the encoder's.

    The file has a hidden temporary name beside ``path`` until ``close()``. Leaving the ``with`` block by an
    exception removes it (to keep what there is, call ``close()`` first), and an older ``path`` stays as it
    was. Raises VideoError when it can't be written; then nothing is left behind.

    ``crash_safe``: what has been written can be played though the program dies (`video.cut_off.finish_video` gives it
    its name then), but for the last second.
    """

    def __init__(
        self,
        path: str | Path,
        width: int,
        height: int,
        *,
        audio_from: Path | None = None,
        crf: int = 23,
        preset: str = "veryfast",
        threads: int = 2,
        crash_safe: bool = False,
    ) -> None:
        if width < 1 or height < 1:
            raise ValueError(f"a picture of {width} × {height} can't be written")
        self.path = Path(path)
        self.width, self.height = width, height
        self._safe = crash_safe
        folder = self.path.absolute().parent
        self._temporary = unfinished(self.path) if crash_safe else folder / f".trainer-{secrets.token_hex(6)}.part"
        self._key_every_s = _SAFE_KEY_EVERY_S if crash_safe else KEY_EVERY_S
        self._last_tick: int | None = None
        self._last_key_s = -math.inf
        self._periods: deque[float] = deque(maxlen=31)
        self._reformatter = av.video.reformatter.VideoReformatter()
        self._audio: AudioTrack | None = None
        self._done = False
        self._container: OutputContainer | None = None
        try:
            self._temporary.touch(exist_ok=crash_safe)
            self._container = av.open(
                str(self._temporary), "w", format="mp4", options=_AS_IT_COMES if crash_safe else _AT_THE_END
            )
            self._stream = self._add_stream(self._container, crf, preset, threads)
            if audio_from is not None:
                from trainer.video.audio import AudioTrack

                self._audio = AudioTrack(self._container, Path(audio_from))
        except (OSError, av.error.FFmpegError) as error:
            self._fail(error)
        except BaseException:
            self.abort()
            raise

    def write(self, image: Image, time_s: float) -> None:
        """Adds one picture shown from ``time_s`` on. Times must rise; raises ValueError when they don't."""
        if self._done or self._container is None:
            raise ValueError("the video is already closed")
        if image.shape != (self.height, self.width, 3) or image.dtype != np.uint8:
            raise ValueError(f"expected ({self.height}, {self.width}, 3) uint8, got {image.shape} {image.dtype}")
        tick = self._tick(time_s)
        try:
            self._container.mux(self._stream.encode(self._picture(image, time_s, tick)))
            if self._audio is not None:
                self._audio.advance(time_s)
        except (OSError, av.error.FFmpegError) as error:
            self._fail(error)
        except BaseException:
            self.abort()
            raise

    def close(self) -> None:
        """Finishes the file and gives it its name. Does nothing when already closed or given up."""
        if self._done or self._container is None:
            return
        if self._last_tick is None:
            self.abort()
            raise VideoError(f"Expected pictures to write to '{self.path}', but none came: nothing was written.")
        try:
            self._container.mux(self._stream.encode(None))
            if self._audio is not None:
                self._audio.advance(self._last_tick / TICKS + self._period_s())
                self._audio.close()
            self._container.close()
            if self._safe:
                finish_video(self.path)
            else:
                self._temporary.replace(self.path)
            self._done = True
        except (OSError, av.error.FFmpegError) as error:
            self._fail(error)
        except BaseException:
            self.abort()
            raise

    def abort(self) -> None:
        """Gives the file up: nothing is left of it."""
        if self._done:
            return
        self._done = True
        # Gone first, where the system allows it, so that closing doesn't spend time on finishing it.
        with suppress(OSError):
            self._temporary.unlink(missing_ok=True)
        if self._audio is not None:
            self._audio.close()
        if self._container is not None:
            with suppress(OSError, av.error.FFmpegError, ValueError):
                self._container.close()
            self._container = None
        with suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

    def _add_stream(self, container: OutputContainer, crf: int, preset: str, threads: int) -> VideoStream:
        options = {"crf": str(crf), "preset": preset, "bf": "0", "forced-idr": "1"}
        stream = container.add_stream("libx264", options=options)
        stream.width = self.width + self.width % 2
        stream.height = self.height + self.height % 2
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, TICKS)
        context = stream.codec_context
        context.time_base = Fraction(1, TICKS)
        context.framerate = Fraction(30)  # A hint for rate control only.
        context.gop_size = 100_000  # Key pictures are placed by time, in write().
        context.thread_count = max(1, threads)
        context.flags |= av.codec.context.Flags.frame_duration
        context.colorspace = context.color_primaries = context.color_trc = BT709
        context.color_range = LIMITED_RANGE
        return stream

    def _tick(self, time_s: float) -> int:
        if not math.isfinite(time_s) or time_s < 0:
            raise ValueError(f"expected a time of 0 s or later, got {time_s}")
        tick = round(time_s * TICKS)
        if self._last_tick is not None:
            if tick <= self._last_tick:
                raise ValueError(f"expected a time after {self._last_tick / TICKS:.6f} s, got {time_s:.6f} s")
            self._periods.append((tick - self._last_tick) / TICKS)
        self._last_tick = tick
        return tick

    def _period_s(self) -> float:
        return statistics.median(self._periods) if self._periods else FIRST_PERIOD_S

    def _picture(self, image: Image, time_s: float, tick: int) -> av.VideoFrame:
        right, below = self.width % 2, self.height % 2
        if right or below:
            image = np.asarray(cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REPLICATE), dtype=np.uint8)
        shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")
        how = av.video.reformatter.Interpolation
        picture = self._reformatter.reformat(
            shown,
            format="yuv420p",
            dst_colorspace=int(av.video.reformatter.Colorspace.ITU709),
            # Without these swscale's rounding turns grey a little green.
            interpolation=how.AREA | how.ACCURATE_RND | how.FULL_CHR_H_INP,
            threads=1,
        )
        picture.colorspace = BT709
        picture.color_range = LIMITED_RANGE
        picture.time_base = Fraction(1, TICKS)
        picture.pts = tick
        picture.duration = max(1, round(self._period_s() * TICKS))
        key = time_s + self._period_s() - self._last_key_s > self._key_every_s
        picture.pict_type = int(av.video.frame.PictureType.I if key else av.video.frame.PictureType.NONE)
        if key:
            self._last_key_s = time_s
        return picture

    def _fail(self, error: Exception) -> NoReturn:
        self.abort()
        if isinstance(error, OSError):
            raise VideoError(str(write_error(self.path, error))) from error
        reason = str(error).splitlines()[0]
        raise VideoError(f"Expected to write the video '{self.path}', but that failed: {reason}.") from error
