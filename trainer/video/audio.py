"""The sound of an original video, carried over into a written one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

from trainer.video.libav import av
from trainer.video.opening import open_container
from trainer.video.pictures import first_picture_s

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import OutputContainer

COPIED = {"aac", "mp3"}
"""Codecs that browsers play from MP4 as they are."""
RATES = (48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
PREROLL_S = 0.05
"""Kept from before the first picture: a decoder needs the packet before the first it plays."""


class AudioTrack:
    """The first audio stream of ``source``, muxed into ``output`` in step with the pictures.

    Time 0 is the source's first picture. Copied packet by packet where browsers play the codec from MP4, else
    encoded as AAC. Sound that can't be decoded is left out: it never costs the pictures. Errors of *writing*
    pass through.
    """

    def __init__(self, output: OutputContainer, source: Path) -> None:
        """Raises VideoError when ``source`` can't be opened. One without usable sound adds nothing."""
        self._output = output
        self._input = open_container(source)
        self._items: Iterator[av.Packet[AudioStream]] = iter(())
        self._held: av.Packet[AudioStream] | None = None
        self._into: AudioStream | None = None
        try:
            usable = [each for each in self._input.streams.audio if each.codec_context is not None]
            if usable:
                self._begin(usable[0], source)
        except BaseException:
            self.close()
            raise

    def _begin(self, stream: AudioStream, source: Path) -> None:
        cover = av.stream.Disposition.attached_pic
        has_picture = any(not each.disposition & cover for each in self._input.streams.video)
        start_s = first_picture_s(source) if has_picture else 0.0
        if stream.codec.canonical_name not in COPIED:
            rate = next((each for each in RATES if each <= stream.rate), RATES[-1])
            self._into = self._output.add_stream("aac", rate=rate)
            self._into.codec_context.layout = "mono" if stream.codec_context.channels == 1 else "stereo"
            self._items = self._encoded(stream, self._into, start_s)
        else:
            self._into = self._output.add_stream_from_template(stream)
            self._items = self._copied(stream, start_s)

    def advance(self, until_s: float) -> None:
        """Muxes the sound that begins before ``until_s`` seconds after the first picture."""
        while True:
            packet = self._held or next(self._items, None)
            self._held = None
            if packet is None:
                return
            if _start_s(packet) >= until_s:
                self._held = packet
                return
            packet.stream = cast("AudioStream", self._into)
            self._output.mux(packet)

    def close(self) -> None:
        self._input.close()

    def _source_packets(self, stream: AudioStream) -> Iterator[av.Packet[AudioStream]]:
        try:
            for packet in self._input.demux(stream):
                if packet.size:
                    yield packet
        except (av.error.FFmpegError, OSError):
            return

    def _copied(self, stream: AudioStream, start_s: float) -> Iterator[av.Packet[AudioStream]]:
        last: int | None = None
        for packet in self._source_packets(stream):
            shift = round(start_s / packet.time_base)
            dts = packet.dts if packet.dts is not None else packet.pts
            if dts is None or (last is not None and dts <= last):
                continue  # The muxer takes only rising times.
            last = dts
            packet.pts = (packet.pts if packet.pts is not None else dts) - shift
            packet.dts = dts - shift
            if _start_s(packet) > -PREROLL_S:
                yield packet

    def _encoded(self, stream: AudioStream, into: AudioStream, start_s: float) -> Iterator[av.Packet[AudioStream]]:
        def fresh() -> av.AudioResampler:
            return av.AudioResampler(format="fltp", layout=into.layout, rate=into.rate)

        resampler = fresh()
        for frame in self._decoded(stream):
            if frame.pts is not None and frame.time_base:
                frame.pts -= round(start_s / frame.time_base)
                if float(frame.pts * frame.time_base) + frame.samples / frame.sample_rate <= 0:
                    continue
            try:
                pieces = resampler.resample(frame)
            except (av.error.FFmpegError, ValueError):
                resampler = fresh()  # Rate or channels changed on the way.
                continue
            for piece in pieces:
                yield from into.encode(piece)
        for piece in resampler.resample(None):
            yield from into.encode(piece)
        yield from into.encode(None)

    def _decoded(self, stream: AudioStream) -> Iterator[AudioFrame]:
        for packet in self._source_packets(stream):
            try:
                frames = stream.decode(packet)
            except (av.error.FFmpegError, ValueError):
                continue
            yield from frames


def _start_s(packet: av.Packet[AudioStream]) -> float:
    return float((packet.pts or 0) * packet.time_base)
