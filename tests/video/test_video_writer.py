"""Written videos: exact times, what browsers need, sound in step, and whole or not at all."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import media
import numpy as np
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trainer.errors import VideoError
from trainer.video.libav import av
from trainer.video.source import open_source
from trainer.video.writer import VideoWriter


def write_stamps(path: Path, times: list[float] | tuple[float, ...], size: tuple[int, int] = (96, 64)) -> Path:
    with VideoWriter(path, *size) as writer:
        for time_s in times:
            writer.write(media.stamp(time_s, *size), time_s)
    return path


def rewrite(source_path: Path, path: Path, until_s: float = 1e9) -> Path:
    """The way the program makes an overlay: each frame at its own time, the original's sound beside it."""
    with open_source(source_path) as source:
        info = source.info
        with VideoWriter(path, info.width, info.height, audio_from=source_path) as writer:
            for frame in source.frames():
                if frame.time_s < until_s:
                    writer.write(frame.image, frame.time_s)
    return path


def packets(path: Path, kind: str) -> list[av.Packet]:  # type: ignore[type-arg]
    with av.open(str(path)) as container:
        stream = next(each for each in container.streams if each.type == kind)
        return [packet for packet in container.demux(stream) if packet.size]


def sounding(container: av.container.InputContainer) -> Iterator[av.AudioFrame]:
    for packet in container.demux(audio=0):
        with suppress(av.error.InvalidDataError):
            yield from packet.decode()


def clicks(path: Path) -> tuple[float, float]:
    """(second at which the click begins, second at which the sound ends)"""
    begin, end = float("nan"), 0.0
    with av.open(str(path)) as container:
        for frame in sounding(container):
            samples = np.abs(frame.to_ndarray().astype(float)).max(axis=0)
            samples = samples / 32768 if frame.format.name.startswith("s16") else samples
            loud = np.flatnonzero(samples > 0.2)
            if len(loud) and np.isnan(begin):
                begin = frame.time + loud[0] / frame.sample_rate
            end = frame.time + frame.samples / frame.sample_rate
    return begin, end


# ---- pictures and times ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [media.VFR_TIMES, media.steady(1.0, 240), media.steady(1.0, 30000 / 1001), [0.0]])
def test_times_and_pictures_are_kept(times: list[float], tmp_path: Path) -> None:
    with open_source(write_stamps(tmp_path / "out.mp4", times)) as source:
        frames = list(source.frames())
    np.testing.assert_allclose([frame.time_s for frame in frames], times, atol=0.51 / media.TICKS)
    np.testing.assert_allclose([media.read_stamp(frame.image) for frame in frames], times, atol=0.51 / media.TICKS)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(0.0001, 3.0), min_size=1, max_size=12))
def test_any_rising_times_are_kept(tmp_path: Path, steps: list[float]) -> None:
    times = np.concatenate([[0.0], np.cumsum(steps)]).tolist()
    with open_source(write_stamps(tmp_path / "out.mp4", times)) as source:
        read = [frame.time_s for frame in source.frames()]
    np.testing.assert_allclose(read, times, atol=0.51 / media.TICKS)


def test_the_last_picture_is_shown_for_as_long_as_the_others(tmp_path: Path) -> None:
    path = write_stamps(tmp_path / "out.mp4", media.steady(2.0, 25))
    with av.open(str(path)) as container:
        assert container.duration / av.time_base == pytest.approx(2.0, abs=0.002)


@pytest.mark.parametrize("fps", [1.4, 5, 25, 240])
def test_browsers_can_play_and_seek_it(fps: float, tmp_path: Path) -> None:
    path = write_stamps(tmp_path / "out.mp4", media.steady(7.0 if fps < 100 else 3.0, fps))
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt, stream.time_base.denominator) == ("h264", "yuv420p", 90_000)
        assert stream.codec_context.profile in ("High", "Main", "Constrained Baseline")
    found = packets(path, "video")
    assert all(packet.pts == packet.dts for packet in found)
    keys = [float(packet.pts * packet.time_base) for packet in found if packet.is_keyframe]
    assert keys[0] == 0.0
    assert max(np.diff([*keys, float(found[-1].pts * found[-1].time_base)]), default=0) <= 2.0


@pytest.mark.parametrize("size", [(97, 65), (96, 65), (97, 64)])
def test_odd_sizes_are_padded_and_keep_their_content(size: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, *size) as writer:
        writer.write(media.corners(*size), 0.0)
    with open_source(path) as source:
        frame = next(iter(source.frames()))
    width, height = size
    assert frame.size == (width + width % 2, height + height % 2)
    assert media.corner_names(frame.image) == "RGBW"


def test_odd_sizes_are_not_stretched(tmp_path: Path) -> None:
    image = np.zeros((65, 97, 3), np.uint8)
    image[:, 90:] = image[60:] = 255
    with VideoWriter(tmp_path / "out.mp4", 97, 65, crf=5) as writer:
        writer.write(image, 0.0)
    with open_source(tmp_path / "out.mp4") as source:
        shown = next(iter(source.frames())).image.astype(float).mean(axis=2)
    np.testing.assert_allclose([shown[30, 89], shown[30, 90], shown[30, 97]], [0, 255, 255], atol=25)
    np.testing.assert_allclose([shown[59, 30], shown[60, 30], shown[65, 30]], [0, 255, 255], atol=25)


def test_colours_survive(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    patches = np.zeros((64, 96, 3), np.uint8)
    colours = [(128, 128, 128), (60, 90, 200), (150, 180, 225), (30, 30, 30), (200, 60, 40), (70, 200, 90)]
    for index, colour in enumerate(colours):
        patches[:, index * 16 : index * 16 + 16] = colour
    with VideoWriter(path, 96, 64, crf=10) as writer:
        writer.write(patches, 0.0)
    with open_source(path) as source:
        image = next(iter(source.frames())).image
    for index, colour in enumerate(colours):
        np.testing.assert_allclose(image[32, index * 16 + 8], colour, atol=6)


def test_a_mirrored_view_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, 96, 64) as writer:
        writer.write(media.corners()[:, ::-1], 0.0)
    with open_source(path) as source:
        assert media.corner_names(next(iter(source.frames())).image) == "GRWB"


def test_the_given_picture_is_not_touched(tmp_path: Path) -> None:
    image = media.corners(97, 65)
    image.flags.writeable = False
    with VideoWriter(tmp_path / "out.mp4", 97, 65) as writer:
        writer.write(image, 0.0)


# ---- sound -----------------------------------------------------------------------------------------------------------


def test_sound_that_mp4_can_hold_is_copied_packet_by_packet(tmp_path: Path) -> None:
    original = media.with_sound(tmp_path)
    path = rewrite(original, tmp_path / "out.mp4")
    before, after = packets(original, "audio"), packets(path, "audio")
    assert [bytes(packet) for packet in after] == [bytes(packet) for packet in before]
    assert [packet.pts for packet in after] == [packet.pts for packet in before]


@pytest.mark.parametrize(
    ("name", "codec", "kept"),
    [
        ("a.mp4", "aac", "aac"),
        ("a.ts", "aac", "aac"),
        ("a.mkv", "libmp3lame", "mp3"),
        ("a.mkv", "libopus", "aac"),
        ("a.mov", "pcm_s16le", "aac"),
        ("a.mkv", "flac", "aac"),
    ],
)
def test_sound_stays_in_step_with_the_pictures(name: str, codec: str, kept: str, tmp_path: Path) -> None:
    original = media.write_video(tmp_path / name, media.steady(2.0), sound=codec)
    path = rewrite(original, tmp_path / "out.mp4")
    begin, end = clicks(path)
    assert begin == pytest.approx(media.CLICK_S, abs=0.003)
    assert end == pytest.approx(2.0, abs=0.05)
    with av.open(str(path)) as container:
        assert container.streams.audio[0].codec.canonical_name == kept


@pytest.mark.parametrize("codec", ["aac", "flac"])
@pytest.mark.parametrize(("video_start", "sound_start"), [(0.5, 0.0), (0.0, 0.25), (3.0, 3.0)])
def test_time_zero_is_the_first_picture_for_the_sound_too(
    codec: str, video_start: float, sound_start: float, tmp_path: Path
) -> None:
    original = media.write_video(
        tmp_path / "a.mkv",
        media.steady(3.0),
        sound=codec,
        sound_seconds=3.0,
        video_start_s=video_start,
        sound_start_s=sound_start,
    )
    begin, _ = clicks(rewrite(original, tmp_path / "out.mp4"))
    assert begin == pytest.approx(media.CLICK_S + sound_start - video_start, abs=0.003)


@pytest.mark.parametrize("codec", ["aac", "flac"])
def test_sound_ends_with_the_pictures(codec: str, tmp_path: Path) -> None:
    original = media.write_video(tmp_path / "a.mkv", media.steady(3.0), sound=codec)
    path = rewrite(original, tmp_path / "out.mp4", until_s=1.5)
    _, end = clicks(path)
    assert end == pytest.approx(1.5, abs=0.05)
    with av.open(str(path)) as container:
        assert container.duration / av.time_base == pytest.approx(1.5, abs=0.05)


def test_sound_that_ends_early_or_is_missing_costs_no_pictures(tmp_path: Path) -> None:
    short = media.write_video(tmp_path / "short.mp4", media.steady(3.0), sound="aac", sound_seconds=1.2)
    assert len(packets(rewrite(short, tmp_path / "a.mp4"), "video")) == 90
    silent = rewrite(media.plain(tmp_path), tmp_path / "b.mp4")
    with av.open(str(silent)) as container:
        assert not container.streams.audio


def test_sound_and_pictures_are_interleaved(tmp_path: Path) -> None:
    """A browser that streams the file must find both close together."""
    original = media.write_video(tmp_path / "a.mp4", media.steady(6.0), sound="aac")
    path = rewrite(original, tmp_path / "out.mp4")
    with av.open(str(path)) as container:
        order = sorted((packet for packet in container.demux() if packet.size), key=lambda packet: packet.pos or 0)
        times = {"audio": 0.0, "video": 0.0}
        for packet in order:
            times[packet.stream.type] = float(packet.pts * packet.time_base)
            assert abs(times["audio"] - times["video"]) < 1.5


@pytest.mark.parametrize("codec", ["aac", "flac", "pcm_s16le"])
def test_damaged_sound_costs_no_pictures_and_stays_in_step(codec: str, tmp_path: Path) -> None:
    original = media.write_video(tmp_path / "a.mov", media.steady(2.0), sound="pcm_s16le")
    if codec != "pcm_s16le":
        original = media.write_video(tmp_path / "a.mp4", media.steady(2.0), sound=codec)
    found = packets(original, "audio")
    data = bytearray(original.read_bytes())
    for packet in found[len(found) // 8 : len(found) // 4]:
        assert packet.pos is not None
        data[packet.pos : packet.pos + packet.size] = bytes(packet.size)
    original.write_bytes(bytes(data))
    path = rewrite(original, tmp_path / "out.mp4")
    assert len(packets(path, "video")) == 60
    assert clicks(path)[0] == pytest.approx(media.CLICK_S, abs=0.003)


@pytest.mark.parametrize(("rate", "layout"), [(96_000, "stereo"), (8_000, "mono"), (48_000, "5.1")])
def test_sound_of_any_rate_and_channels_is_made_to_fit(rate: int, layout: str, tmp_path: Path) -> None:
    original = tmp_path / "a.mkv"
    with av.open(str(original), "w") as container:
        track = container.add_stream("pcm_s16le", rate=rate)
        track.codec_context.layout = layout
        samples = np.zeros((1, rate * 2 * track.codec_context.channels), np.int16)
        samples[0, rate * track.codec_context.channels :] = 20_000
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
    with VideoWriter(tmp_path / "out.mp4", 96, 64, audio_from=original) as writer:
        for time_s in media.steady(2.0):
            writer.write(media.stamp(time_s), time_s)
    assert clicks(tmp_path / "out.mp4")[0] == pytest.approx(1.0, abs=0.003)


def test_sound_may_come_from_a_file_of_sound_alone(tmp_path: Path) -> None:
    sound = media.write_sound(tmp_path / "sound.m4a")
    with VideoWriter(tmp_path / "out.mp4", 96, 64, audio_from=sound) as writer:
        for time_s in media.steady(2.0):
            writer.write(media.stamp(time_s), time_s)
    assert clicks(tmp_path / "out.mp4")[0] == pytest.approx(media.CLICK_S, abs=0.003)


# ---- whole or not at all ---------------------------------------------------------------------------------------------


def test_the_name_appears_only_when_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, 96, 64) as writer:
        for time_s in media.steady(1.0):
            writer.write(media.stamp(time_s), time_s)
            assert not path.exists()
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("frames", [0, 1, 200])
def test_an_error_inside_leaves_nothing_and_spares_the_old_file(
    error: type[BaseException], frames: int, tmp_path: Path
) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"older")
    original = tmp_path / "sound.mp4"
    media.write_video(original, media.steady(2.0), sound="aac")
    with pytest.raises(error), VideoWriter(path, 96, 64, audio_from=original) as writer:
        for index in range(frames):
            writer.write(media.stamp(index / 30), index / 30)
        raise error
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out.mp4", "sound.mp4"]
    assert path.read_bytes() == b"older"


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"older")
    write_stamps(path, [0.0, 0.1])
    assert len(packets(path, "video")) == 2


def test_closing_keeps_what_was_written_even_if_an_error_follows(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with pytest.raises(RuntimeError), VideoWriter(path, 96, 64) as writer:
        writer.write(media.stamp(0.0), 0.0)
        writer.close()
        writer.close()
        raise RuntimeError
    assert len(packets(path, "video")) == 1


def test_without_pictures_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="none came"), VideoWriter(tmp_path / "out.mp4", 96, 64):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bad", ["missing folder", "file as folder", "folder as file"])
def test_an_unwritable_place_is_refused_with_one_line(bad: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    path = {
        "missing folder": tmp_path / "nowhere" / "out.mp4",
        "file as folder": tmp_path / "file" / "out.mp4",
        "folder as file": tmp_path / "folder",
    }[bad]
    with pytest.raises(VideoError) as caught, VideoWriter(path, 96, 64) as writer:
        writer.write(media.stamp(0.0), 0.0)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["file", "folder"]


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file may grow past ``size`` bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def noisy(index: int) -> media.Image:
    return np.random.default_rng(index).integers(0, 256, (64, 96, 3), dtype=np.uint8)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_full_disk_is_one_line_and_no_half_file(share: float, tmp_path: Path) -> None:
    """The last two shares run out of room only while the file is being finished."""
    path = tmp_path / "out.mp4"

    def write() -> None:
        with VideoWriter(path, 96, 64) as writer:
            for index in range(60):
                writer.write(noisy(index), index / 30)

    write()
    size = path.stat().st_size
    path.unlink()
    with room_for(int(size * share)), pytest.raises(VideoError) as caught:
        write()
    assert "\n" not in str(caught.value)
    assert "choose another folder" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_bad_original_for_the_sound_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    bad = media.text(tmp_path)
    with pytest.raises(VideoError, match=r"text\.mp4"):
        VideoWriter(tmp_path / "out.mp4", 96, 64, audio_from=bad)
    assert list(tmp_path.iterdir()) == [bad]


@pytest.mark.parametrize("times", [[0.0, 0.0], [1.0, 0.5], [-0.1], [float("nan")], [float("inf")]])
def test_times_must_rise_from_zero(times: list[float], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a time"), VideoWriter(tmp_path / "out.mp4", 96, 64) as writer:
        for time_s in times:
            writer.write(media.corners(), time_s)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "image", [np.zeros((64, 95, 3), np.uint8), np.zeros((64, 96), np.uint8), np.zeros((64, 96, 3))]
)
def test_pictures_must_have_the_size_and_type_announced(image: media.Image, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="uint8"), VideoWriter(tmp_path / "out.mp4", 96, 64) as writer:
        writer.write(image, 0.0)


def test_odd_names_work(tmp_path: Path) -> None:
    folder = tmp_path / "Füße – 足"
    folder.mkdir()
    assert len(packets(write_stamps(folder / "Übung #1%20 🦶.mp4", [0.0, 0.1]), "video")) == 2


def test_memory_stays_flat_while_writing(tmp_path: Path) -> None:
    process = psutil.Process()
    image = media.stamp(1.0, 640, 480)
    original = media.write_video(tmp_path / "a.mp4", media.steady(1.0), sound="aac", sound_seconds=20.0)
    sizes = []
    with VideoWriter(tmp_path / "out.mp4", 640, 480, audio_from=original, preset="ultrafast") as writer:
        for index in range(450):
            writer.write(image, index / 30)
            sizes.append(process.memory_info().rss)
    assert max(sizes[300:]) - max(sizes[100:150]) < 8e6


def test_a_stopped_writer_takes_no_more(tmp_path: Path) -> None:
    writer = VideoWriter(tmp_path / "out.mp4", 96, 64)
    writer.abort()
    with pytest.raises(ValueError, match="closed"):
        writer.write(media.stamp(0.0), 0.0)
    writer.close()
    assert list(tmp_path.iterdir()) == []
