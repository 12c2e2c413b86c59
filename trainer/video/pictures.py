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
"""So many packets in a row that don't decode end the reading."""
MAX_SUSPECT = 300
"""Pictures distrusted after a damaged one; a video that refreshes itself without key pictures is sound by then."""
SHORT_BY_S = 0.5
"""A file whose last packet ends this long before its stated end was cut."""
UNPROMISING = {"mpegts", "mpeg", "h264", "hevc", "m4v", "mpegvideo"}
"""Formats that state no duration; FFmpeg guesses one from what is there."""


class Pictures:
    """Decoded pictures of one video, each with its raw timestamp in seconds or None. Iterate once.

    ``bad`` counts pictures that were left out so far: those that don't decode or are marked damaged, and those after
    them up to the next key picture, since they show what has been predicted from the loss. ``truncated``
    is known when the iteration has ended: the file holds less than it promises.
    """

    def __init__(self, video: OpenVideo) -> None:
        self.video = video
        self.bad = 0
        self.truncated = False
        self._broken = False
        self._packets = 0
        self._last_corrupt = False
        self._end_s = float("-inf")

    def __iter__(self) -> Iterator[tuple[VideoFrame, float | None]]:
        time_base = self.video.stream.time_base
        failed_run = suspect = 0
        for packet in self._packets_then_none():
            decoded, failed = self._decode(packet)
            failed_run = failed_run + 1 if failed else 0
            if failed:
                self.bad += 1
                suspect = MAX_SUSPECT + 1
            for picture in decoded:
                suspect = 0 if picture.key_frame else max(0, suspect - 1)
                if picture.is_corrupt or suspect:
                    self.bad += 1
                    continue
                stamp = picture.pts if picture.pts is not None else picture.dts
                yield picture, None if stamp is None or time_base is None else float(stamp * time_base)
            if failed_run >= MAX_BAD_RUN:
                self._broken = True
                break
        self.truncated = self._broken or self._last_corrupt or self._less_than_promised()

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
                    self._last_corrupt = packet.is_corrupt
                    yield cast("av.Packet[av.VideoStream]", packet)
        except (av.error.FFmpegError, OSError):
            self._broken = True
        yield None

    def _decode(self, packet: av.Packet[av.VideoStream] | None) -> tuple[list[VideoFrame], bool]:
        """What the decoder gives for ``packet``, and whether it refused it."""
        try:
            return self.video.stream.decode(packet), False
        except av.error.EOFError:
            return [], False
        except (av.error.FFmpegError, ValueError):
            return [], True

    def _less_than_promised(self) -> bool:
        container, stream = self.video.container, self.video.stream
        formats = set(container.format.name.split(","))
        if "mp4" in formats:
            # The index, unlike the count of frames, leaves out what an edit list has trimmed.
            return self._packets < len(stream.index_entries)
        if not container.duration or formats & UNPROMISING:
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
