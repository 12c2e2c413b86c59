"""Small videos, made here, for tests: good ones, odd ones that must work, and bad ones that must be refused.

Every picture carries its own time as a pattern of black and white blocks (``stamp`` writes it, ``read_stamp`` reads
it back after any compression and scaling), so that a test can prove that a frame has the time it was made for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.video.libav import av

Image = NDArray[np.uint8]
TICKS = 90_000
COLUMNS, ROWS = 6, 4
CLICK_S = 1.0
SOUND_RATE = 48_000

VFR_TIMES = (0.0, 0.033, 0.05, 0.12, 0.121, 0.3, 0.3333, 0.9, 1.0, 1.0417, 1.5)


# ---- pictures --------------------------------------------------------------------------------------------------------


def stamp(time_s: float, width: int = 96, height: int = 64) -> Image:
    """(H, W, 3) picture that carries ``time_s`` (to 1/90000 s, up to 186 s) in 6 × 4 blocks."""
    value = round(time_s * TICKS)
    assert 0 <= value < 1 << (COLUMNS * ROWS)
    bits = np.array([(value >> bit) & 1 for bit in range(COLUMNS * ROWS)], np.uint8).reshape(ROWS, COLUMNS)
    big = cv2.resize(bits * 210 + 20, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.repeat(big[:, :, None], 3, axis=2)


def read_stamp(image: Image) -> float:
    """The time in seconds that the picture carries."""
    height, width = image.shape[:2]
    value = 0
    for bit in range(COLUMNS * ROWS):
        row, column = divmod(bit, COLUMNS)
        y, x = int((row + 0.5) * height / ROWS), int((column + 0.5) * width / COLUMNS)
        value |= int(image[y - 1 : y + 2, x - 1 : x + 2].mean() > 125) << bit
    return value / TICKS


RED, GREEN, BLUE, WHITE = (0, 0, 230), (0, 230, 0), (230, 0, 0), (230, 230, 230)


def corners(width: int = 96, height: int = 64) -> Image:
    """Red top left, green top right, blue bottom left, white bottom right (BGR)."""
    image = np.zeros((height, width, 3), np.uint8)
    y, x = height // 2, width // 2
    image[:y, :x], image[:y, x:], image[y:, :x], image[y:, x:] = RED, GREEN, BLUE, WHITE
    return image


def corner_names(image: Image) -> str:
    """Colours of the quadrants in reading order, as letters: ``corners()`` is "RGBW"."""
    height, width = image.shape[:2]
    names = ""
    for y in (height // 4, 3 * height // 4):
        for x in (width // 4, 3 * width // 4):
            colour = image[y, x].astype(int)
            names += min("RGBW", key=lambda name: int(np.abs(colour - _COLOURS[name]).sum()))
    return names


_COLOURS = {"R": np.array(RED), "G": np.array(GREEN), "B": np.array(BLUE), "W": np.array(WHITE)}


# ---- files -----------------------------------------------------------------------------------------------------------


def steady(seconds: float, fps: float = 30.0) -> list[float]:
    return [index / fps for index in range(round(seconds * fps))]


def write_video(
    path: Path,
    times: Sequence[float] | None = None,
    *,
    size: tuple[int, int] = (96, 64),
    picture: Callable[[float, int, int], Image] = stamp,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    rotation: float | None = None,
    mirrored: bool = False,
    sound: str | None = None,
    sound_seconds: float | None = None,
    sound_start_s: float = 0.0,
    video_start_s: float = 0.0,
) -> Path:
    """A video whose frame at ``t`` shows ``picture(t, width, height)``; with a click at 1 s of sound when ``sound``
    names a codec. ``rotation`` is FFmpeg's display rotation, degrees counter-clockwise."""
    times = steady(1.0) if times is None else times
    width, height = size
    with av.open(str(path), "w", options=container_options or {}) as container:
        stream = container.add_stream(codec, options=options or {})
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        # MPEG-4 and MJPEG take no finer time base than 1/65535.
        ticks = TICKS if codec in ("libx264", "libx265", "libvpx-vp9", "ffv1") else 30_000
        stream.time_base = stream.codec_context.time_base = Fraction(1, ticks)
        stream.codec_context.framerate = Fraction(30)
        if rotation is not None or mirrored:
            stream.set_display_rotation(rotation or 0.0, hflip=mirrored)
        track = _add_sound(container, sound) if sound else None
        for time_s in times:
            frame = av.VideoFrame.from_ndarray(picture(time_s, width, height), format="bgr24")
            frame = frame.reformat(format=pixels)
            frame.time_base, frame.pts = Fraction(1, ticks), round((time_s + video_start_s) * ticks)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if track is not None:
            _mux_sound(container, track, sound_seconds or (times[-1] + 1 / 30), sound_start_s)
    return path


def write_sound(path: Path, codec: str = "aac", seconds: float = 2.0) -> Path:
    """A file with only sound in it."""
    with av.open(str(path), "w") as container:
        _mux_sound(container, _add_sound(container, codec), seconds, 0.0)
    return path


def _add_sound(container: av.container.OutputContainer, codec: str) -> av.AudioStream:
    track = container.add_stream(codec, rate=SOUND_RATE)
    track.codec_context.layout = "mono"
    return track


def _mux_sound(container: av.container.OutputContainer, track: av.AudioStream, seconds: float, start_s: float) -> None:
    samples = np.zeros((1, round(seconds * SOUND_RATE)), np.float32)
    click = round(CLICK_S * SOUND_RATE)
    length = len(samples[0, click : click + 960])
    samples[0, click : click + length] = 0.8 * np.sin(2 * np.pi * 1000 / SOUND_RATE * np.arange(length))
    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
    frame.sample_rate, frame.time_base = SOUND_RATE, Fraction(1, SOUND_RATE)
    frame.pts = round(start_s * SOUND_RATE)
    container.mux(track.encode(frame))
    container.mux(track.encode(None))


# ---- odd videos that must work ---------------------------------------------------------------------------------------


def plain(folder: Path) -> Path:
    return write_video(folder / "plain.mp4")


def variable_rate(folder: Path) -> Path:
    return write_video(folder / "variable.mp4", VFR_TIMES)


def b_frames(folder: Path) -> Path:
    return write_video(folder / "b-frames.mp4", steady(1.0), options={"bf": "3", "b-adapt": "0"})


def gray(folder: Path) -> Path:
    return write_video(folder / "gray.mkv", codec="ffv1", pixels="gray")


def ten_bit(folder: Path) -> Path:
    return write_video(folder / "ten-bit.mp4", pixels="yuv420p10le", options={"preset": "ultrafast"})


def uhd(folder: Path) -> Path:
    path = folder / "uhd.mp4"
    return write_video(path, steady(0.1), size=(3840, 2160), options={"preset": "ultrafast"})


def fast(folder: Path) -> Path:
    return write_video(folder / "240-fps.mp4", steady(0.5, 240))


def odd_size(folder: Path) -> Path:
    return write_video(folder / "odd.mkv", size=(97, 65), codec="ffv1", pixels="bgr0")


def one_frame(folder: Path) -> Path:
    return write_video(folder / "one-frame.mp4", [0.0])


def with_sound(folder: Path) -> Path:
    return write_video(folder / "sound.mp4", steady(2.0), sound="aac")


def late_start(folder: Path) -> Path:
    return write_video(folder / "late.ts", steady(1.0), video_start_s=5.0)


def no_stamps(folder: Path) -> Path:
    """Raw H.264: it holds no timestamps at all."""
    return write_video(folder / "bare.h264", steady(1.0, 25), options={"bf": "0"})


def webm(folder: Path) -> Path:
    return write_video(folder / "clip.webm", codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8"})


def avi(folder: Path) -> Path:
    return write_video(folder / "clip.avi", codec="mpeg4", options={"qscale": "3"})


def motion_jpeg(folder: Path) -> Path:
    return write_video(folder / "clip.mov", codec="mjpeg", pixels="yuvj420p")


def odd_name(folder: Path) -> Path:
    place = folder / "Füße – 足 🦶"
    place.mkdir(exist_ok=True)
    return write_video(place / "mein Video №1 (Ö) #1%20.mp4")


GOOD: dict[str, Callable[[Path], Path]] = {
    "plain": plain,
    "variable rate": variable_rate,
    "B-frames": b_frames,
    "gray": gray,
    "10 bit": ten_bit,
    "4K": uhd,
    "240 fps": fast,
    "odd size": odd_size,
    "one frame": one_frame,
    "sound": with_sound,
    "late start": late_start,
    "WebM": webm,
    "AVI": avi,
    "Motion JPEG": motion_jpeg,
    "odd name": odd_name,
}
"""Name → builder(folder) of a video that must work; pictures carry their times."""


def rotated(folder: Path, clockwise: int, mirrored: bool = False) -> Path:
    """A phone's video: stored 96 × 64 as ``corners()``, to be turned ``clockwise`` degrees by the player."""
    path = folder / f"turned-{clockwise}{'-mirrored' if mirrored else ''}.mp4"

    def picture(_: float, width: int, height: int) -> Image:
        return corners(width, height)

    return write_video(path, steady(0.2), picture=picture, rotation=-clockwise, mirrored=mirrored)


def truncated(folder: Path, share: float = 0.6, seconds: float = 4.0) -> Path:
    """A recording whose index stands at the front and whose data stop at ``share`` of its bytes, in mid-GOP."""
    options = {"g": "30", "bf": "0"}
    whole = write_video(
        folder / "whole.mp4", steady(seconds), options=options, container_options={"movflags": "+faststart"}
    )
    path = folder / "truncated.mp4"
    data = whole.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    whole.unlink()
    return path


def trimmed(folder: Path) -> Path:
    """Cut on the phone: an edit list shows the first second of two; the rest is still in the file."""
    path = write_video(folder / "trimmed.mp4", steady(2.0), options={"bf": "0", "g": "10"})
    data = bytearray(path.read_bytes())
    at = data.index(b"elst") + 4 + 4 + 4  # past the name, version and flags, and the count of entries
    whole = int.from_bytes(data[at : at + 4], "big")
    data[at : at + 4] = (whole // 2).to_bytes(4, "big")
    path.write_bytes(bytes(data))
    return path


def restarting(folder: Path) -> Path:
    """Two recordings of different sizes in one transport stream: times fall back and the size changes half-way."""
    first = write_video(folder / "first.ts", steady(1.0), options={"bf": "0"}, video_start_s=20.0)
    second = write_video(folder / "second.ts", steady(1.0), size=(192, 128), options={"bf": "0"})
    path = folder / "restarting.ts"
    path.write_bytes(first.read_bytes() + second.read_bytes())
    return path


def high_dynamic_range(folder: Path) -> Path:
    """As newer phones record: H.265, 10 bit, BT.2020 and HLG, turned."""
    path = folder / "hdr.mov"
    with av.open(str(path), "w") as container:
        options = {"preset": "ultrafast", "x265-params": "log-level=none"}
        stream = container.add_stream("libx265", rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p10le"
        context = stream.codec_context
        context.colorspace, context.color_primaries, context.color_trc, context.color_range = 9, 9, 18, 1
        stream.set_display_rotation(-90)
        for index in range(6):
            frame = av.VideoFrame.from_ndarray(corners(), format="bgr24")
            frame = frame.reformat(format="yuv420p10le", dst_colorspace=9)
            frame.colorspace, frame.color_range, frame.pts = 9, 1, index
            frame.time_base = Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def damaged(folder: Path, seconds: float = 3.0, gop: int = 10) -> Path:
    """A key picture every ``gop`` frames; frames 33 to 36 are overwritten with noise (37 to 39 can't be trusted)."""
    path = folder / "damaged.mp4"
    options = {"g": str(gop), "keyint_min": str(gop), "sc_threshold": "0", "bf": "0"}
    write_video(path, steady(seconds), options=options)
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(5)
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        for packet in packets[33:37]:
            assert packet.pos is not None
            data[packet.pos + 8 : packet.pos + packet.size] = rng.bytes(packet.size - 8)
    path.write_bytes(bytes(data))
    return path


# ---- files that must be refused --------------------------------------------------------------------------------------


def missing(folder: Path) -> Path:
    return folder / "not-there.mp4"


def directory(folder: Path) -> Path:
    path = folder / "folder.mp4"
    path.mkdir()
    return path


def empty(folder: Path) -> Path:
    path = folder / "empty.mp4"
    path.touch()
    return path


def text(folder: Path) -> Path:
    path = folder / "text.mp4"
    path.write_text("This is not a video.\n" * 200, encoding="utf-8")
    return path


def plain_text(folder: Path) -> Path:
    """FFmpeg shows a .txt file as a film of letters when it is let."""
    path = folder / "notes.txt"
    path.write_text("Knead the arch for two minutes.\n" * 200, encoding="utf-8")
    return path


def noise(folder: Path) -> Path:
    path = folder / "noise.mp4"
    path.write_bytes(np.random.default_rng(7).bytes(20_000))
    return path


def audio_only(folder: Path) -> Path:
    return write_sound(folder / "sound-only.m4a")


def audio_with_cover(folder: Path) -> Path:
    """A song with a cover picture, which FFmpeg lists as a video stream."""
    path = folder / "cover.m4a"
    jpeg = cv2.imencode(".jpg", corners())[1].tobytes()
    with av.open(str(path), "w", format="mp4") as container:
        track = _add_sound(container, "aac")
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 96, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        packet = av.Packet(jpeg)
        packet.stream, packet.pts, packet.dts, packet.is_keyframe = cover, 0, 0, True
        container.mux(packet)
        _mux_sound(container, track, 1.0, 0.0)
    return path


def still(folder: Path) -> Path:
    path = folder / "picture.jpg"
    path.write_bytes(cv2.imencode(".jpg", corners())[1].tobytes())
    return path


def still_as_video(folder: Path) -> Path:
    path = folder / "picture.mp4"
    path.write_bytes(cv2.imencode(".png", corners())[1].tobytes())
    return path


def no_index(folder: Path) -> Path:
    """Cut off while recording: the index, which comes last, was never written."""
    whole = write_video(folder / "whole.mp4", steady(2.0))
    path = folder / "no-index.mp4"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    whole.unlink()
    return path


def nothing_decodes(folder: Path) -> Path:
    """A sound index over data that are all zeros."""
    whole = write_video(folder / "whole.mp4", steady(1.0), container_options={"movflags": "+faststart"})
    data = bytearray(whole.read_bytes())
    at = data.index(b"mdat") + 4
    data[at:] = bytes(len(data) - at)
    path = folder / "zeros.mp4"
    path.write_bytes(bytes(data))
    whole.unlink()
    return path


BAD: dict[str, Callable[[Path], Path]] = {
    "missing": missing,
    "directory": directory,
    "empty": empty,
    "text as mp4": text,
    "text": plain_text,
    "noise": noise,
    "audio only": audio_only,
    "audio with cover": audio_with_cover,
    "still picture": still,
    "still picture as mp4": still_as_video,
    "no index": no_index,
    "nothing decodes": nothing_decodes,
}
"""Name → builder(folder) of a path that open_source must refuse with one line."""
