"""Files: times, rotation, damage, size, pace, memory."""

from __future__ import annotations

import threading
import time
from fractions import Fraction
from pathlib import Path

import media
import numpy as np
import psutil
import pytest

from trainer.video.file import FileSource
from trainer.video.libav import av
from trainer.video.source import open_source

COARSE = {"WebM", "gray", "odd size"}
"""Matroska keeps times to a millisecond."""


@pytest.mark.parametrize("name", media.GOOD)
def test_every_frame_has_the_time_it_was_made_for(name: str, tmp_path: Path) -> None:
    with open_source(media.GOOD[name](tmp_path)) as source:
        frames = list(source.frames())
    assert len(frames) == {"variable rate": 11, "4K": 3, "240 fps": 120, "one frame": 1, "sound": 60}.get(name, 30)
    made_for = [media.read_stamp(frame.image) for frame in frames]
    tolerance = 1.1e-3 if name in COARSE else 2 / 30_000 if name in ("AVI", "Motion JPEG") else 2 / media.TICKS
    np.testing.assert_allclose([frame.time_s for frame in frames], made_for, atol=tolerance)
    assert source.skipped == 0
    assert source.warnings == ()


def test_frames_of_a_variable_rate_are_not_evened_out(tmp_path: Path) -> None:
    with open_source(media.variable_rate(tmp_path)) as source:
        times = [frame.time_s for frame in source.frames()]
    np.testing.assert_allclose(times, media.VFR_TIMES, atol=1 / media.TICKS)


def test_the_first_frame_is_time_zero_wherever_the_file_begins(tmp_path: Path) -> None:
    path = media.late_start(tmp_path)
    with av.open(str(path)) as container:
        assert next(container.decode(video=0)).time > 4.9
    with open_source(path) as source:
        assert next(iter(source.frames())).time_s == 0.0


def test_without_timestamps_the_stated_rate_is_used(tmp_path: Path) -> None:
    with open_source(media.no_stamps(tmp_path)) as source:
        assert source.info.fps is not None
        times = [frame.time_s for frame in source.frames()]
    assert len(times) == 25
    np.testing.assert_allclose(np.diff(times), 1 / source.info.fps, rtol=1e-6)


@pytest.mark.parametrize("clockwise", [0, 90, 180, 270])
def test_a_turned_phone_gives_upright_pictures(clockwise: int, tmp_path: Path) -> None:
    with open_source(media.rotated(tmp_path, clockwise)) as source:
        image = next(iter(source.frames())).image
        info = source.info
    turned = np.rot90(media.corners(), -clockwise // 90)
    assert media.corner_names(image) == media.corner_names(np.ascontiguousarray(turned))
    assert image.shape == turned.shape == (info.height, info.width, 3)
    assert info.rotation == clockwise


def test_a_mirroring_display_matrix_is_followed_as_players_do(tmp_path: Path) -> None:
    with open_source(media.rotated(tmp_path, 0, mirrored=True)) as source:
        assert media.corner_names(next(iter(source.frames())).image) == "GRWB"
        assert source.info.rotation == 0


def test_a_size_limit_holds_for_the_upright_picture(tmp_path: Path) -> None:
    with open_source(media.rotated(tmp_path, 90), max_side=48) as source:
        frame = next(iter(source.frames()))
        assert frame.size == (32, 48) == (source.info.width, source.info.height)
        assert media.corner_names(frame.image) == "BRWG"


def test_a_size_limit_never_enlarges(tmp_path: Path) -> None:
    with open_source(media.plain(tmp_path), max_side=4000) as source:
        assert (source.info.width, source.info.height) == (96, 64)


def test_4k_scaled_down_still_shows_the_same(tmp_path: Path) -> None:
    with open_source(media.uhd(tmp_path), max_side=640) as source:
        frames = list(source.frames())
    assert frames[0].size == (640, 360)
    made_for = [media.read_stamp(frame.image) for frame in frames]
    np.testing.assert_allclose([frame.time_s for frame in frames], made_for, atol=2 / media.TICKS)


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path) -> None:
    path = tmp_path / "wide.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 72, 64, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(media.corners(72, 64), format="bgr24")))
        container.mux(stream.encode(None))
    with open_source(path) as source:
        frame = next(iter(source.frames()))
    assert frame.size == (96, 64) == (source.info.width, source.info.height)


def test_colours_are_right_in_standard_and_high_definition(tmp_path: Path) -> None:
    for size, matrix in (((96, 64), "bt470bg"), ((1280, 720), "bt709")):
        path = tmp_path / f"{matrix}.mp4"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=25, options={"crf": "5"})
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            frame = av.VideoFrame.from_ndarray(media.corners(*size), format="bgr24")
            space = 1 if matrix == "bt709" else 5
            frame = frame.reformat(format="yuv420p", dst_colorspace=space)
            frame.colorspace = 2  # As most cameras do, the file doesn't say which matrix it used.
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        with open_source(path) as source:
            image = next(iter(source.frames())).image
        height, width = image.shape[:2]
        np.testing.assert_allclose(image[height // 4, width // 4], media.RED, atol=8)
        np.testing.assert_allclose(image[height // 4, 3 * width // 4], media.GREEN, atol=8)


def test_what_is_known_of_a_file(tmp_path: Path) -> None:
    info = open_source(media.with_sound(tmp_path)).info
    assert (info.name, info.width, info.height, info.codec, info.rotation) == ("sound.mp4", 96, 64, "h264", 0)
    assert info.has_audio
    assert info.frames == 60
    assert info.fps == pytest.approx(30)
    assert info.duration_s == pytest.approx(2.0, abs=0.05)
    assert not open_source(media.plain(tmp_path)).info.has_audio


def test_damaged_pictures_and_those_built_on_them_are_left_out_and_counted(tmp_path: Path) -> None:
    with open_source(media.damaged(tmp_path)) as source:
        frames = list(source.frames())
    shown = [round(frame.time_s * 30) for frame in frames]
    assert shown == [*range(33), *range(40, 90)]
    assert source.skipped == 7
    assert len(source.warnings) == 1
    for frame in frames:
        assert media.read_stamp(frame.image) == pytest.approx(frame.time_s, abs=2 / media.TICKS)


@pytest.mark.parametrize("share", [0.6, 0.75, 0.9])
def test_a_cut_off_recording_works_up_to_the_cut_and_says_so(share: float, tmp_path: Path) -> None:
    source = FileSource(media.truncated(tmp_path, share))
    with source:
        frames = list(source.frames())
    assert 5 < len(frames) < 118
    assert [round(frame.time_s * 30) for frame in frames] == list(range(len(frames)))
    for frame in frames:
        assert media.read_stamp(frame.image) == pytest.approx(frame.time_s, abs=2 / media.TICKS)
    assert source.truncated
    assert "cut off" in source.warnings[0]


def test_a_cut_off_matroska_says_so_too(tmp_path: Path) -> None:
    whole = media.write_video(tmp_path / "whole.mkv", media.steady(4.0), options={"bf": "0"})
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    source = FileSource(cut)
    frames = list(source.frames())
    assert 20 < len(frames) < 110
    assert source.truncated
    intact = FileSource(whole)
    assert len(list(intact.frames())) == 120
    assert not intact.truncated


def test_what_was_trimmed_away_is_not_shown_and_not_missed(tmp_path: Path) -> None:
    with FileSource(media.trimmed(tmp_path)) as source:
        frames = list(source.frames())
    assert [round(frame.time_s * 30) for frame in frames] == list(range(30))
    assert not source.truncated
    assert source.warnings == ()


def test_times_that_fall_back_and_a_size_that_changes_do_not_end_the_video(tmp_path: Path) -> None:
    with FileSource(media.restarting(tmp_path)) as source:
        frames = list(source.frames())
    assert len(frames) == 60
    assert {frame.size for frame in frames} == {(source.info.width, source.info.height)}
    times = np.array([frame.time_s for frame in frames])
    np.testing.assert_allclose(np.diff(times), 1 / 30, atol=0.002)
    made_for = [media.read_stamp(frame.image) for frame in frames]
    np.testing.assert_allclose(made_for, [*media.steady(1.0), *media.steady(1.0)], atol=2 / media.TICKS)


def test_the_high_dynamic_range_of_phones_works(tmp_path: Path) -> None:
    with FileSource(media.high_dynamic_range(tmp_path)) as source:
        frames = list(source.frames())
        assert source.info.codec == "hevc"
    assert len(frames) == 6
    assert media.corner_names(frames[0].image) == "BRWG"
    np.testing.assert_allclose(frames[0].image[72, 48], media.GREEN, atol=8)
    np.testing.assert_allclose(frames[0].image[24, 48], media.RED, atol=8)


def test_paced_frames_come_no_earlier_than_their_time_and_all_of_them(tmp_path: Path) -> None:
    path = media.variable_rate(tmp_path)
    with open_source(path) as source:
        expected = [(frame.time_s, frame.image.tobytes()) for frame in source.frames()]
    with open_source(path, realtime=True) as source:
        assert source.live
        got = []
        start = time.monotonic()
        for frame in source.frames():
            assert time.monotonic() - start >= frame.time_s
            got.append((frame.time_s, frame.image.tobytes()))
        assert time.monotonic() - start < 1.5 + 5
    assert got == expected


def test_a_slow_reader_of_a_paced_file_misses_nothing(tmp_path: Path) -> None:
    with open_source(media.fast(tmp_path), realtime=True) as source:
        frames = []
        for frame in source.frames():
            time.sleep(0.006)
            frames.append(frame)
    assert len(frames) == 120


def test_after_a_pause_the_pace_goes_on_instead_of_racing(tmp_path: Path) -> None:
    with open_source(media.plain(tmp_path), realtime=True) as source:
        frames = source.frames()
        for _ in range(5):
            next(frames)
        time.sleep(0.5)
        next(frames)
        begin = time.monotonic()
        for _ in range(9):
            next(frames)
        assert time.monotonic() - begin >= 9 / 30 - 0.1


def test_closing_from_another_thread_ends_a_paced_wait(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "slow.mp4", [0.0, 60.0])
    source = open_source(path, realtime=True)
    timer = threading.Timer(0.2, source.close)
    timer.start()
    begin = time.monotonic()
    assert len(list(source.frames())) == 1
    assert time.monotonic() - begin < 5
    timer.join()


def test_files_are_let_go(tmp_path: Path) -> None:
    path = media.plain(tmp_path)
    process = psutil.Process()

    def held() -> bool:
        return any(Path(each.path) == path for each in process.open_files())

    source = open_source(path)
    assert not held()
    frames = source.frames()
    next(frames)
    assert held()
    source.close()
    assert not held()
    assert len(list(open_source(path).frames())) == 30
    assert not held()


def test_memory_stays_flat_over_a_long_video(tmp_path: Path) -> None:
    """600 pictures of 640 × 480 would be 550 MB if they were kept."""
    path = media.write_video(
        tmp_path / "long.mp4", media.steady(20), size=(640, 480), options={"preset": "ultrafast"}, sound="aac"
    )
    process = psutil.Process()
    with open_source(path) as source:
        sizes = [process.memory_info().rss for _ in source.frames()]
    assert len(sizes) == 600
    assert max(sizes[400:]) - max(sizes[100:200]) < 8e6
