"""A short piece of a sample clip in many disguises, and a way to run the program as a user does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.video.media import write_video
from trainer.foot.given import read_foot_file, write_foot_file
from trainer.model import Frame, Image
from trainer.video.source import open_source

SAMPLES = Path(__file__).parents[2] / "sample_videos"
CLIP = SAMPLES / "effleurage.mp4"
FROM_S, PIECE_S = 2.5, 2.5
"""A piece of the clip in which both hands are at work, and seen by the landmarker."""


@dataclass(frozen=True)
class Ran:
    """What a run of the program came to."""

    code: int
    out: str
    err: str

    def assert_refused(self, *words: str) -> None:
        """Exit code 2, one line on stderr with all the words in it, no traceback."""
        lines = self.err.strip().splitlines()
        assert self.code == 2, self.err
        assert len(lines) == 1, self.err
        assert lines[0].startswith("trainer: ")
        for word in words:
            assert word in lines[0]


@pytest.fixture(scope="session")
def trainer() -> Callable[..., Ran]:
    """Runs ``trainer ARGS…`` in a process of its own."""

    def run(*args: object, timeout: float = 240.0) -> Ran:
        command = [sys.executable, "-m", "trainer.cli", *map(str, args)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, encoding="utf-8")
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def frames() -> list[Frame]:
    """The piece of the clip, 640 pixels wide, with times from 0."""
    found: list[Frame] = []
    with open_source(CLIP, max_side=640) as source:
        for frame in source.frames():
            if frame.time_s > FROM_S + PIECE_S:
                break
            if frame.time_s >= FROM_S:
                found.append(replace(frame, time_s=frame.time_s - FROM_S, index=len(found)))
    return found


@pytest.fixture(scope="session")
def disguise(frames: list[Frame], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes the piece anew: other times, size, pixels, turned; with the foot marked beside it."""

    with open_source(CLIP) as source:
        clip_size = (source.info.width, source.info.height)

    def write(
        name: str,
        *,
        times: list[float] | None = None,
        scale: float = 1.0,
        turn: int = 0,
        foot: bool = True,
        **options: object,
    ) -> Path:
        path = tmp_path_factory.mktemp("disguise") / name
        stamps = np.array([frame.time_s for frame in frames])
        height, width = (round(n * scale) // 2 * 2 for n in frames[0].image.shape[:2])
        size = (height, width) if turn % 2 else (width, height)

        def picture(time_s: float, *_: object) -> Image:
            image = frames[int(np.abs(stamps - time_s).argmin())].image
            image = cv2.resize(image, (width, height))
            return np.ascontiguousarray(np.rot90(image, turn))

        write_video(path, times or list(stamps), size=size, picture=picture, **options)  # type: ignore[arg-type]
        if foot:
            given = read_foot_file(CLIP.with_suffix(".foot.json")).scaled_to(clip_size)
            write_foot_file(path.with_suffix(".foot.json"), given.scaled_to((width, height)))
        return path

    return write


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    """Where results go; afterwards nothing half-written may lie there."""
    folder = tmp_path / "results"
    yield folder
    left = [p.name for p in folder.rglob("*") if ".part" in p.name or p.name.startswith(".")] if folder.exists() else []
    assert left == []
