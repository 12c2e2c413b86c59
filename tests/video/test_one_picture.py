"""One picture of a video: that of its time, whatever lies between the key pictures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from trainer.errors import VideoError
from trainer.video.one_picture import jpeg_at, picture_at
from trainer.video.writer import VideoWriter

FPS = 25


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each picture is as bright as its number says."""
    path = tmp_path_factory.mktemp("video") / "x.mp4"
    writer = VideoWriter(path, 320, 240)
    for k in range(100):
        writer.write(np.full((240, 320, 3), 20 + 2 * k, np.uint8), k / FPS)
    writer.close()
    return path


@pytest.mark.parametrize("number", [0, 1, 37, 50, 98, 99])
def test_the_picture_is_that_of_the_time(video: Path, number: int) -> None:
    for time_s in (number / FPS, number / FPS + 0.5 / FPS):
        assert picture_at(video, time_s).mean() == pytest.approx(20 + 2 * number, abs=1.5)


def test_beyond_the_end_it_is_the_last(video: Path) -> None:
    assert picture_at(video, 99.0).mean() == pytest.approx(20 + 2 * 99, abs=1.5)


def test_a_jpeg_is_no_wider_than_wished(video: Path) -> None:
    for width, wide in ((160, 160), (960, 320)):
        picture = cv2.imdecode(np.frombuffer(jpeg_at(video, 1.0, width), np.uint8), cv2.IMREAD_COLOR)
        assert picture.shape[:2] == (wide * 3 // 4, wide)


def test_what_is_no_video_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_bytes(b"nothing")
    for name in ("x.mp4", "missing.mp4"):
        with pytest.raises(VideoError, match="Expected"):
            picture_at(tmp_path / name, 0.0)
