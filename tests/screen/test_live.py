"""The live loop with the real pipeline, files and cameras' way of failing; no window."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from screen_clips import FPS, given_foot, real_pipeline, scene, write_clip

from trainer.errors import VideoError
from trainer.model import Frame, Moment
from trainer.screen.live import LiveOptions, run_live
from trainer.screen.overlay import Overlay
from trainer.screen.recording import OpenRecorder, VideoRecorder
from trainer.screen.worker import Worker
from trainer.strokes.techniques import load_techniques
from trainer.video.camera import CameraSource
from trainer.video.source import open_source


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "größe 1.mp4"
    write_clip(path, 2.0)
    return path


@pytest.fixture(scope="module")
def overlay() -> Overlay:
    return Overlay(load_techniques())


def into(folder: Path, overlay: Overlay | None = None) -> OpenRecorder:
    return lambda number: VideoRecorder(folder / f"recording-{number}.mp4", overlay)


def times_of(path: Path) -> list[float]:
    with open_source(path) as source:
        return [frame.time_s for frame in source.frames()]


class Camera:
    """A capture device of ``rate`` pictures a second that stops after ``pictures``."""

    def __init__(self, pictures: int, rate: float = 60.0) -> None:
        self.left, self.rate = pictures, rate
        self.image = scene().frame.image

    def isOpened(self) -> bool:
        return True

    def grab(self) -> bool:
        time.sleep(1 / self.rate)
        self.left -= 1
        return self.left >= 0

    def retrieve(self) -> tuple[bool, np.ndarray]:
        return True, self.image

    def get(self, prop: int) -> float:
        return {cv2.CAP_PROP_FRAME_WIDTH: 640.0, cv2.CAP_PROP_FRAME_HEIGHT: 480.0}.get(prop, 0.0)

    def set(self, prop: int, value: float) -> bool:
        return True

    def release(self) -> None:
        pass


def camera(pictures: int, rate: float = 60.0) -> CameraSource:
    return CameraSource(0, opener=lambda _: Camera(pictures, rate), patience_s=0.3)


def test_a_file_goes_through_whole_and_in_order(clip: Path, overlay: Overlay) -> None:
    seen: list[float] = []
    moment = scene()
    with open_source(clip) as source:
        result = run_live(source, real_pipeline(moment), overlay, None, on_moment=lambda m: seen.append(m.frame.time_s))
    assert result.ended == "source" and result.moments == len(seen) == round(2.0 * FPS)
    assert np.allclose(seen, np.arange(len(seen)) / FPS, atol=1e-4)
    assert result.warnings == () and result.recordings == ()


def test_a_file_as_camera_drops_nothing_even_when_the_pipeline_is_slow(clip: Path, overlay: Overlay) -> None:
    with open_source(clip, realtime=True) as source:
        result = run_live(source, real_pipeline(scene(), delay_s=0.05), overlay, None)
    assert result.moments == round(2.0 * FPS)


def test_a_camera_gives_only_its_newest_picture(overlay: Overlay) -> None:
    lags: list[float] = []
    start = time.monotonic()

    def note(moment: Moment) -> None:
        lags.append(time.monotonic() - start - moment.frame.time_s)

    result = run_live(camera(120, 60.0), real_pipeline(scene(), delay_s=0.1), overlay, None, on_moment=note)
    assert 3 < result.moments < 60
    # Stale pictures would make the lag grow by the queue's length.
    assert lags[-1] - lags[1] < 0.35


def test_a_camera_that_stops_keeps_what_was_recorded(tmp_path: Path, overlay: Overlay) -> None:
    result = run_live(
        camera(40, 60.0),
        real_pipeline(None),
        overlay,
        None,
        options=LiveOptions(record=True),
        open_recorder=into(tmp_path),
    )
    assert result.ended == "source"
    assert len(result.warnings) == 1 and "stopped" in result.warnings[0]
    (path,) = result.recordings
    assert len(times_of(path)) == result.moments
    assert [p.name for p in tmp_path.iterdir()] == ["recording-1.mp4"]


def test_recorded_pictures_are_bare_or_with_the_overlay(tmp_path: Path, clip: Path, overlay: Overlay) -> None:
    first: list[np.ndarray] = []
    for name, drawn in (("bare", None), ("drawn", overlay)):
        (tmp_path / name).mkdir()
        with open_source(clip) as source:
            result = run_live(
                source, real_pipeline(scene()), overlay, None, options=LiveOptions(record=True),
                open_recorder=into(tmp_path / name, drawn),
            )  # fmt: skip
        with open_source(result.recordings[0]) as recorded:
            frames = list(recorded.frames())
        assert [round(f.time_s, 3) for f in frames] == [round(i / FPS, 3) for i in range(result.moments)]
        first.append(frames[30].image)
    panel = np.s_[20:150, 20:200]
    assert first[0][panel].mean() > first[1][panel].mean() + 40
    assert np.abs(first[0].astype(int) - scene().frame.image).mean() < 8


def test_ctrl_c_ends_the_session_and_keeps_the_recording(tmp_path: Path, overlay: Overlay) -> None:
    threading.Timer(0.8, os.kill, (os.getpid(), signal.SIGINT)).start()
    result = run_live(
        camera(100_000),
        real_pipeline(None),
        overlay,
        None,
        options=LiveOptions(record=True),
        open_recorder=into(tmp_path),
    )
    assert result.ended == "interrupt" and result.moments > 5
    assert len(times_of(result.recordings[0])) == result.moments


def test_a_recording_that_cannot_be_written_does_not_end_the_session(
    tmp_path: Path, clip: Path, overlay: Overlay
) -> None:
    with open_source(clip) as source:
        result = run_live(
            source, real_pipeline(None), overlay, None, options=LiveOptions(record=True),
            open_recorder=into(tmp_path / "no such folder"),
        )  # fmt: skip
    assert result.moments == round(2.0 * FPS) and result.recordings == ()
    assert len(result.warnings) == 1 and "recording-1.mp4" in result.warnings[0]


def test_errors_of_the_pipeline_come_out_and_the_recording_is_kept(
    tmp_path: Path, clip: Path, overlay: Overlay
) -> None:
    pipeline = real_pipeline(None)
    inner = pipeline.step

    def failing(frame: Frame) -> Moment:
        if frame.index == 20:
            raise VideoError("Expected a picture, but the cable is out: plug it in.")
        return inner(frame)

    pipeline.step = failing  # type: ignore[method-assign]
    with open_source(clip) as source, pytest.raises(VideoError, match="cable"):
        run_live(source, pipeline, overlay, None, options=LiveOptions(record=True), open_recorder=into(tmp_path))
    assert len(times_of(tmp_path / "recording-1.mp4")) == 20


def test_standing_still_and_commands_between_frames(clip: Path) -> None:
    moment = scene()
    pipeline = real_pipeline(moment, given=False)
    with open_source(clip, realtime=True) as source:
        worker = Worker(source, pipeline)
        worker.start()
        until(lambda: worker.count > 5)
        worker.hold(True)
        time.sleep(0.15)
        held = worker.count
        time.sleep(0.3)
        assert worker.count == held and not worker.done
        worker.ask(lambda: pipeline.set_foot(given_foot(moment)))
        worker.hold(False)
        until(lambda: worker.done)
    assert worker.error is None and worker.count == round(2.0 * FPS)
    assert worker.latest is not None and worker.latest.foot.seen
    mean_error = np.nanmean(np.linalg.norm(worker.latest.foot.landmarks_px - moment.foot.landmarks_px, axis=1))
    assert mean_error < 4.0


def test_recording_can_begin_and_end_in_the_middle(tmp_path: Path, clip: Path) -> None:
    with open_source(clip, realtime=True) as source:
        worker = Worker(source, real_pipeline(None), None, into(tmp_path))
        worker.start()
        for number in (1, 2):
            worker.ask(worker.toggle_recording)
            until(lambda: worker.recording)
            begun = worker.count
            until(lambda begun=begun: worker.count > begun + 8)
            worker.ask(worker.toggle_recording)
            until(lambda number=number: len(worker.recordings) == number)
        assert worker.stop()
    for path in worker.recordings:
        times = times_of(path)
        assert times[0] == 0.0 and 8 <= len(times) < 40
    assert [p.name for p in worker.recordings] == ["recording-1.mp4", "recording-2.mp4"]


def test_stopping_a_paused_session_is_quick(clip: Path) -> None:
    with open_source(clip, realtime=True) as source:
        worker = Worker(source, real_pipeline(None))
        worker.start()
        until(lambda: worker.count > 2)
        worker.hold(True)
        start = time.monotonic()
        assert worker.stop(5.0)
        assert time.monotonic() - start < 2.0


def until(condition: object, patience_s: float = 20.0) -> None:
    assert callable(condition)
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)
