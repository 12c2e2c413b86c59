"""Cameras: the thread, the clock, stopping. The device is a fake at the rim; everything behind it is real."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import media
import numpy as np
import pytest

from trainer.errors import VideoError
from trainer.video import camera as camera_module
from trainer.video.camera import CameraSource, list_cameras
from trainer.video.cameras import CAP_DEVICE_CAPS, linux_cameras, parse_v4l2, probed_cameras
from trainer.video.newest import as_bgr
from trainer.video.source import VideoSource, open_source


class FakeCapture:
    """A camera that gives a picture each ``period_s``, stamped with its number in milliseconds."""

    def __init__(
        self,
        period_s: float = 0.005,
        *,
        opened: bool = True,
        stops_after: int | None = None,
        blocks_after: int | None = None,
        fails_after: int | None = None,
        spoils: tuple[int, ...] = (),
        make: Any = media.stamp,
    ) -> None:
        self.period_s = period_s
        self.opened = opened
        self.stops_after, self.blocks_after, self.fails_after = stops_after, blocks_after, fails_after
        self.spoils = spoils
        self.make = make
        self.count = 0
        self.released = threading.Event()
        self.unblock = threading.Event()

    def isOpened(self) -> bool:
        return self.opened

    def get(self, propId: int, /) -> float:
        known = {cv2.CAP_PROP_FPS: 30.0, cv2.CAP_PROP_FOURCC: float(cv2.VideoWriter.fourcc(*"MJPG"))}
        return known.get(propId, 0.0)

    def grab(self) -> bool:
        time.sleep(self.period_s)
        if self.stops_after is not None and self.count >= self.stops_after:
            return False
        if self.fails_after is not None and self.count >= self.fails_after:
            raise cv2.error("the driver\nhas a lot to say")
        if self.blocks_after is not None and self.count >= self.blocks_after:
            self.unblock.wait(20)
            return False
        self.count += 1
        return True

    def retrieve(self) -> tuple[bool, Any]:
        if self.count in self.spoils:
            return False, None
        return True, self.make(self.count / 1000)

    def release(self) -> None:
        self.released.set()
        self.opened = False


@contextmanager
def camera(capture: FakeCapture, **options: Any) -> Iterator[CameraSource]:
    source = CameraSource(2, opener=lambda index: capture, **options)
    try:
        yield source
    finally:
        source.close()
        capture.unblock.set()


def number(image: media.Image) -> int:
    return round(media.read_stamp(image) * 1000)


def test_it_is_a_video_source_and_keeps_the_contract() -> None:
    with camera(FakeCapture(), max_side=None) as source:
        assert isinstance(source, VideoSource)
        assert source.live
        frames = [frame for frame, _ in zip(source.frames(), range(30), strict=False)]
        info = source.info
    assert (info.width, info.height, info.codec, info.fps, info.path) == (96, 64, "mjpg", 30.0, None)
    assert info.name.startswith("camera 2")
    assert frames[0].time_s == 0.0
    assert np.all(np.diff([frame.time_s for frame in frames]) > 0)
    assert [frame.index for frame in frames] == list(range(30))
    assert all(frame.size == (96, 64) for frame in frames)


def test_times_are_those_of_arrival() -> None:
    with camera(FakeCapture(0.03)) as source:
        arrived = []
        for frame in source.frames():
            arrived.append((time.monotonic(), frame.time_s))
            if len(arrived) == 15:
                break
    lag = [clock - time_s for clock, time_s in arrived]
    assert max(lag) - min(lag) < 0.2
    assert arrived[-1][1] >= 14 * 0.03


def test_a_slow_reader_sees_the_newest_picture() -> None:
    capture = FakeCapture(0.005)
    with camera(capture) as source:
        frames = source.frames()
        next(frames)
        for _ in range(4):
            time.sleep(0.1)
            before = capture.count
            assert number(next(frames).image) >= before - 1
        assert source.dropped > 30
        assert source.skipped == 0


def test_the_wait_before_the_first_frame_does_not_count() -> None:
    capture = FakeCapture(0.005)
    with camera(capture) as source:
        time.sleep(0.2)
        before = capture.count
        frame = next(iter(source.frames()))
        assert number(frame.image) >= before - 1
        assert frame.time_s == 0.0
        assert source.dropped == 0


def test_the_size_limit_holds() -> None:
    with camera(FakeCapture(), max_side=48) as source:
        assert (source.info.width, source.info.height) == (48, 32)
        assert next(iter(source.frames())).size == (48, 32)


@pytest.mark.parametrize("way", ["stops_after", "blocks_after"])
def test_a_camera_that_falls_silent_ends_the_frames_with_a_reason(way: str) -> None:
    capture = FakeCapture(**{way: 10})  # type: ignore[arg-type]
    with camera(capture, patience_s=0.3) as source:
        begin = time.monotonic()
        frames = list(source.frames())
        waited = time.monotonic() - begin
        assert 1 <= len(frames) <= 10
        assert number(frames[-1].image) == 10
        assert 0.3 <= waited < 5
        assert source.stopped is not None
        assert "Camera 2" in source.stopped
        assert "no picture for 0.3 s" in source.stopped
        assert source.warnings == (source.stopped,)


def test_a_failing_driver_is_a_reason_and_not_a_lost_exception() -> None:
    with camera(FakeCapture(fails_after=5)) as source:
        assert list(source.frames())
        assert source.stopped is not None
        assert "driver failed" in source.stopped
        assert "\n" not in source.stopped


def test_a_short_gap_is_no_stop() -> None:
    class Stutter(FakeCapture):
        def grab(self) -> bool:
            if self.count == 10 and not self.unblock.is_set():
                time.sleep(0.2)
                self.unblock.set()
                return False
            return super().grab()

    with camera(Stutter(), patience_s=1.0) as source:
        frames = [frame for frame, _ in zip(source.frames(), range(20), strict=False)]
        assert len(frames) == 20
        assert source.stopped is None
    assert max(np.diff([frame.time_s for frame in frames])) >= 0.2


def test_spoilt_pictures_are_left_out_and_counted() -> None:
    with camera(FakeCapture(spoils=(3, 4, 7), stops_after=20), patience_s=0.2) as source:
        numbers = [number(frame.image) for frame in source.frames()]
        assert source.skipped == 3
    assert not {3, 4, 7} & set(numbers)
    assert numbers[-1] == 20


def test_closing_ends_the_frames_and_lets_the_camera_go() -> None:
    capture = FakeCapture()
    with camera(capture) as source:
        frames = source.frames()
        next(frames)
        source.close()
        source.close()
        assert len(list(frames)) <= 1
        assert capture.released.wait(2)
        assert source.stopped is None
        assert source.warnings == ()


def test_closing_from_another_thread_wakes_the_reader() -> None:
    with camera(FakeCapture(blocks_after=3), patience_s=10) as source:
        timer = threading.Timer(0.2, source.close)
        timer.start()
        begin = time.monotonic()
        list(source.frames())
        assert time.monotonic() - begin < 3
        timer.join()


def test_a_camera_that_does_not_open_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = FakeCapture(opened=False)
    with pytest.raises(VideoError, match="Expected a camera at number 2") as caught:
        CameraSource(2, opener=lambda index: capture)
    assert "\n" not in str(caught.value)
    assert capture.released.is_set()


def test_a_camera_that_opens_but_stays_silent_is_refused() -> None:
    capture = FakeCapture(stops_after=0)
    with pytest.raises(VideoError, match="gives none") as caught:
        CameraSource(2, opener=lambda index: capture, first_patience_s=0.2)
    assert "\n" not in str(caught.value)
    assert capture.released.wait(2)


def test_the_message_names_the_cameras_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [camera_module.CameraInfo(0, "A"), camera_module.CameraInfo(4, "B", "no permission")]
    monkeypatch.setattr(camera_module, "list_cameras", lambda: found)
    for index, word in ((2, "try 0"), (4, "no permission")):
        with pytest.raises(VideoError, match=word):
            CameraSource(index, opener=lambda index: FakeCapture(opened=False))


@pytest.mark.skipif(bool(list_cameras()), reason="this machine has a camera")
def test_without_a_camera_there_is_one_line_and_no_noise(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(VideoError, match="Expected a camera at number 0"):
        open_source(0)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("raw", "fits"),
    [
        (np.zeros((4, 6, 3), np.uint8), True),
        (np.zeros((4, 6), np.uint8), True),
        (np.zeros((4, 6, 1), np.uint8), True),
        (np.zeros((4, 6, 4), np.uint8), True),
        (np.zeros((4, 6, 2), np.uint8), False),
        (np.zeros((0, 6, 3), np.uint8), False),
        (np.zeros((4, 6, 3), np.float32), False),
        (None, False),
    ],
)
def test_pictures_of_any_kind_become_bgr(raw: Any, fits: bool) -> None:
    image = as_bgr(raw)
    assert (image is not None) == fits
    if image is not None:
        assert image.shape == (4, 6, 3)


# ---- the list --------------------------------------------------------------------------------------------------------


def v4l2_answer(card: str, capabilities: int, device_caps: int) -> bytes:
    return struct.pack("=16s32s32sIII12x", b"uvcvideo", card.encode(), b"usb-1", 0x60000, capabilities, device_caps)


@pytest.mark.parametrize(
    ("capabilities", "device_caps", "camera"),
    [
        (CAP_DEVICE_CAPS | 0x1, 0x1, True),
        (CAP_DEVICE_CAPS | 0x1, 0x00800000, False),  # a webcam's second device, for metadata
        (0x1, 0, True),  # an old driver that fills only the first field
        (CAP_DEVICE_CAPS, 0x1000, True),  # several planes, as on single-board computers
        (CAP_DEVICE_CAPS, 0x2, False),  # an output
    ],
)
def test_devices_say_whether_they_give_pictures(capabilities: int, device_caps: int, camera: bool) -> None:
    answer = v4l2_answer("Kamera Ö", capabilities, device_caps)
    assert len(answer) == 104
    assert parse_v4l2(answer) == ("Kamera Ö", camera)


def test_linux_lists_cameras_by_number_without_their_side_devices(tmp_path: Path) -> None:
    for name in ("video10", "video0", "video1", "video2", "video3", "video-codec", "videox"):
        (tmp_path / name).touch()

    def describe(path: Path) -> tuple[str, bool]:
        if path.name == "video2":
            raise PermissionError(13, "Permission denied")
        if path.name == "video3":
            raise OSError(19, "No such device")
        return f"Name of {path.name}", path.name != "video1"

    found = linux_cameras(tmp_path, describe)
    assert [(each.index, each.usable) for each in found] == [(0, True), (2, False), (3, False), (10, True)]
    assert found[0].name == "Name of video0"
    assert "permission" in (found[1].problem or "")
    assert found[2].problem == "No such device"


def test_a_file_that_only_looks_like_a_camera_is_no_camera(tmp_path: Path) -> None:
    (tmp_path / "video0").touch()
    (camera,) = linux_cameras(tmp_path)
    assert not camera.usable


def test_elsewhere_probing_ends_at_the_first_number_that_is_missing() -> None:
    asked: list[int] = []

    def opener(index: int) -> FakeCapture:
        asked.append(index)
        return FakeCapture(opened=index < 2)

    assert [each.index for each in probed_cameras(opener)] == [0, 1]
    assert asked == [0, 1, 2]
