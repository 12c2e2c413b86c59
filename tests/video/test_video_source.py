"""One contract over everything that gives frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import media
import numpy as np
import pytest

from trainer.errors import VideoError
from trainer.video.camera import CameraSource
from trainer.video.file import FileSource
from trainer.video.source import VideoSource, open_source

Opener = Callable[[], VideoSource]


@pytest.fixture(params=[*media.GOOD, "no stamps", "truncated", "damaged", "paced", "scaled"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens the same video each time it is called."""
    name = request.param
    if name == "paced":
        path = media.fast(tmp_path)
        return lambda: open_source(path, realtime=True)
    if name == "scaled":
        path = media.plain(tmp_path)
        return lambda: open_source(path, max_side=48)
    odd = {"no stamps": media.no_stamps, "truncated": media.truncated, "damaged": media.damaged}
    path = (media.GOOD | odd)[name](tmp_path)
    return lambda: open_source(path)


def test_keeps_the_contract(opener: Opener) -> None:
    with opener() as source:
        assert isinstance(source, VideoSource)
        frames = list(source.frames())
        info = source.info
    assert frames
    assert frames[0].time_s == 0.0
    assert [frame.index for frame in frames] == list(range(len(frames)))
    times = np.array([frame.time_s for frame in frames])
    assert np.all(np.diff(times) > 0)
    for frame in frames:
        assert frame.image.shape == (info.height, info.width, 3)
        assert frame.image.dtype == np.uint8
        assert frame.image.flags.c_contiguous
    assert info.name
    assert info.fps is None or info.fps > 0
    assert source.skipped >= 0


def test_closing_ends_the_frames_and_may_be_repeated(opener: Opener) -> None:
    source = opener()
    frames = source.frames()
    next(frames)
    source.close()
    source.close()
    assert list(frames) == []


def test_frames_start_over_each_time(opener: Opener) -> None:
    with opener() as source:
        first = [(frame.time_s, frame.image.tobytes()) for frame in source.frames()]
        again = [(frame.time_s, frame.image.tobytes()) for frame in source.frames()]
    assert first == again


@pytest.mark.parametrize("name", media.BAD)
def test_refuses_what_is_no_video_with_one_line(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = media.BAD[name](tmp_path)
    with pytest.raises(VideoError) as caught:
        open_source(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    assert message.startswith("Expected a video")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("missing", "no file"),
        ("directory", "folder"),
        ("empty", "empty"),
        ("audio only", "only audio"),
        ("audio with cover", "only audio"),
        ("still picture", "still picture"),
        ("still picture as mp4", "still picture"),
        ("nothing decodes", "not one picture"),
    ],
)
def test_says_what_the_file_is(name: str, word: str, tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=word):
        open_source(media.BAD[name](tmp_path))


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = media.plain(tmp_path)
    real = Path.open

    def refuse(self: Path, *args: object, **kwargs: object) -> object:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return real(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", refuse)  # Tests may run as root, whom no file refuses.
    with pytest.raises(VideoError, match="Permission denied"):
        open_source(path)


def test_a_playlist_cannot_reach_other_files(tmp_path: Path) -> None:
    media.plain(tmp_path)
    playlist = tmp_path / "list.m3u8"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nhttp://localhost:9/x.ts\n#EXT-X-ENDLIST\n", encoding="utf-8")
    with pytest.raises(VideoError):
        open_source(playlist)


def test_digits_mean_a_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Asked(CameraSource):
        def __init__(self, index: int = 0, **_: object) -> None:
            asked.append(index)

    monkeypatch.setattr("trainer.video.camera.CameraSource", Asked)
    open_source(3)
    open_source("12")
    assert asked == [3, 12]


def test_paths_as_text_and_as_path_are_the_same(tmp_path: Path) -> None:
    path = media.plain(tmp_path)
    assert isinstance(open_source(str(path)), FileSource)
    assert open_source(str(path)).info == open_source(path).info


@pytest.mark.parametrize("limit", [1, 0, -5])
def test_a_senseless_size_limit_is_refused(limit: int, tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="size limit"):
        open_source(media.plain(tmp_path), max_side=limit)
