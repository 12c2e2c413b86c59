"""The pictures of an open video in order of decoding, damaged ones left out and counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

from trainer.errors import VideoError
from trainer.video.libav import av
from trainer.video.opening import OpenVideo, open_video

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

MAX_BAD_RUN = 300
"""So many pictures in a row that don't decode end the reading."""
SHORT_BY_S = 0.5
"""A file whose last packet ends this long before its stated end was cut."""
UNPROMISING = {"mpegts", "mpeg", "h264", "hevc", "m4v", "mpegvideo"}
"""Formats that state no duration; FFmpeg guesses one from what is there."""


class Pictures:
    """Decoded pictures of one video, each with its raw timestamp in seconds or None. Iterate once.

    ``bad`` counts pictures that were left out so far because they don't decode or are marked damaged.
    ``truncated`` is known when the iteration has ended: the file holds less than it promises.
    """

    def __init__(self, video: OpenVideo) -> None:
        self.video = video
        self.bad = 0
        self.truncated = False
        self._broken = False
        self._packets = 0
        self._end_s = float("-inf")

    def __iter__(self) -> Iterator[tuple[VideoFrame, float | None]]:
        time_base = self.video.stream.time_base
        run = 0
        for packet in self._packets_then_none():
            decoded, failed = self._decode(packet)
            good = [picture for picture in decoded if not picture.is_corrupt]
            bad = len(decoded) - len(good) + failed
            self.bad += bad
            run = 0 if good else run + bad
            for picture in good:
                stamp = picture.pts if picture.pts is not None else picture.dts
                yield picture, None if stamp is None or time_base is None else float(stamp * time_base)
            if run >= MAX_BAD_RUN:
                self._broken = True
                break
        self.truncated = self._broken or self._less_than_promised()

    def _packets_then_none(self) -> Iterator[av.Packet[av.VideoStream] | None]:
        """Packets of the video, then one None that drains the decoder."""
        container, stream = self.video.container, self.video.stream
        try:
            for packet in container.demux(stream, *container.streams.audio[:1]):
                if packet.size == 0:
                    continue
                stamp = packet.pts if packet.pts is not None else packet.dts
                if stamp is not None and packet.time_base:
                    end_s = float((stamp + (packet.duration or 0)) * packet.time_base)
                    self._end_s = max(self._end_s, end_s)
                if packet.stream_index == stream.index:
                    self._packets += 1
                    self._broken = self._broken or packet.is_corrupt
                    yield cast("av.Packet[av.VideoStream]", packet)
        except (av.error.FFmpegError, OSError):
            self._broken = True
        yield None

    def _decode(self, packet: av.Packet[av.VideoStream] | None) -> tuple[list[VideoFrame], int]:
        """What the decoder gives for ``packet``, and 1 when it refuses it."""
        try:
            return self.video.stream.decode(packet), 0
        except av.error.EOFError:
            return [], 0
        except (av.error.FFmpegError, ValueError):
            return [], 1

    def _less_than_promised(self) -> bool:
        container, stream = self.video.container, self.video.stream
        if stream.frames:
            return self._packets < stream.frames
        if not container.duration or UNPROMISING.intersection(container.format.name.split(",")):
            return False
        start_s = (container.start_time or 0) / av.time_base
        return self._end_s < start_s + container.duration / av.time_base - SHORT_BY_S


def first_picture(video: OpenVideo, path: Path) -> tuple[VideoFrame, float | None]:
    """The first picture that decodes and its raw timestamp. Raises VideoError when not one does."""
    for picture, raw_s in Pictures(video):
        return picture, raw_s
    raise VideoError(f"Expected a video, but not one picture in '{path}' can be decoded: copy or record it again.")


def first_picture_s(path: Path) -> float:
    """Raw timestamp in seconds of what FileSource calls 0.0. Raises VideoError when nothing decodes."""
    video = open_video(path)
    try:
        return first_picture(video, path)[1] or 0.0
    finally:
        video.container.close()
