"""What is wrong with this machine, and how to mend it. Each check says one thing; none needs the network."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import distributions
from itertools import islice
from pathlib import Path

from trainer.errors import TrainerError, missing_library


class Verdict(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    """Some use of the program won't work, or not well."""
    BAD = "bad"
    """The program can't do its main job."""


@dataclass(frozen=True)
class Finding:
    """The outcome of one check. ``mend`` says what to do, empty when nothing is needed."""

    check: str
    verdict: Verdict
    found: str
    mend: str = ""


def examine() -> Iterator[Finding]:
    """Run all checks, one finding each, in the order in which faults build on each other."""
    for check in CHECKS:
        try:
            yield check()
        except TrainerError as error:
            yield Finding(_title(check), Verdict.BAD, str(error))
        except ImportError as error:
            yield Finding(_title(check), Verdict.BAD, str(error), missing_library(error) if ".so" in str(error) else "")
        except Exception as error:  # a doctor must outlive whatever is broken
            yield Finding(_title(check), Verdict.BAD, f"{type(error).__name__}: {error}", "please report this")


def _title(check: Callable[[], Finding]) -> str:
    return check.__name__.removeprefix("check_").replace("_", " ")


def check_python() -> Finding:
    have = ".".join(map(str, sys.version_info[:3]))
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("Python", Verdict.BAD, have, "install Python 3.11, 3.12 or 3.13")
    return Finding("Python", Verdict.GOOD, have)


def check_opencv() -> Finding:
    installed = sorted({str(d.metadata["Name"]).lower() for d in distributions()} & _OPENCV)
    if len(installed) > 1:
        extra = " ".join(installed)
        return Finding(
            "OpenCV", Verdict.BAD, f"{len(installed)} packages overwrite each other's cv2: {extra}",
            f"pip uninstall -y {extra} && pip install --no-cache-dir opencv-python",
        )  # fmt: skip
    import cv2

    if int(cv2.__version__.split(".")[0]) < 5:
        return Finding("OpenCV", Verdict.BAD, cv2.__version__, "pip install --upgrade 'opencv-python>=5'")
    if "headless" in installed[0]:
        return Finding(
            "OpenCV", Verdict.WARNING, f"{installed[0]} {cv2.__version__} has no window",
            f"pip uninstall -y {installed[0]} && pip install opencv-python",
        )  # fmt: skip
    return Finding("OpenCV", Verdict.GOOD, cv2.__version__)


_OPENCV = {
    "opencv-python", "opencv-contrib-python", "opencv-python-headless", "opencv-contrib-python-headless",
}  # fmt: skip


def check_mediapipe() -> Finding:
    from importlib.metadata import version

    have = version("mediapipe")
    if tuple(int(n) for n in have.split(".")[:3]) != (0, 10, 31):
        return Finding(
            "MediaPipe", Verdict.BAD, f"{have} is not the version this program is built for",
            "pip install 'mediapipe>=0.10.31,<0.10.32'",
        )  # fmt: skip
    return Finding("MediaPipe", Verdict.GOOD, have)


def check_models() -> Finding:
    from trainer.finder.finder import open_finder
    from trainer.hands.model_files import find_model
    from trainer.strokes.learned import shipped_network
    from trainer.strokes.network import load_strokes_network

    load_strokes_network(shipped_network())
    names = [find_model(size).name for size in ("full", "lite")]
    names += [open_finder().provenance["finder_file"], shipped_network().name]
    return Finding("models", Verdict.GOOD, f"{', '.join(names)}: whole and unchanged")


def check_video() -> Finding:
    """H.264 out and in again, for real."""
    import numpy as np

    from trainer.video.source import open_source
    from trainer.video.writer import VideoWriter

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "check.mp4"
        with VideoWriter(path, 64, 48) as writer:
            for k in range(5):
                writer.write(np.full((48, 64, 3), 40 * k, np.uint8), k / 25)
        with open_source(path) as source:
            frames = sum(1 for _ in source.frames())
    if frames != 5:
        return Finding("video", Verdict.BAD, f"wrote 5 pictures, read {frames}", "pip install --force-reinstall av")
    return Finding("video", Verdict.GOOD, "H.264 can be written and read")


def check_display() -> Finding:
    from trainer.screen.display import display_problem

    if (problem := display_problem()) is not None:
        return Finding(
            "display",
            Verdict.WARNING,
            f"none ({problem}): `trainer live` can't open its window",
            "work at the machine's own screen, or over ssh -X; scoring videos works without",
        )  # fmt: skip
    return Finding("display", Verdict.GOOD, "found")


def check_camera() -> Finding:
    from trainer.video.camera import list_cameras

    cameras = list_cameras()
    if not cameras:
        return Finding(
            "camera", Verdict.WARNING, "none found: only recorded videos can be watched",
            "plug one in, close other programs that use it, allow access in the system's privacy settings",
        )  # fmt: skip
    return Finding("camera", Verdict.GOOD, ", ".join(str(camera.name) for camera in cameras))


def check_speed() -> Finding:
    """Time of finder and landmark network together, with both hand models, on pictures of the demo clip."""
    import numpy as np

    from trainer.files import data_dir
    from trainer.hands.backend import open_backend
    from trainer.video.source import open_source

    clip = data_dir() / "sample_videos" / "session.mp4"
    with open_source(clip, max_side=640) as source:
        frames = list(islice(source.frames(), 60, 90))
    times = {}
    for model in ("full", "lite"):
        backend = open_backend("finder", model=model)
        spent = []
        for frame in frames:
            begin = time.perf_counter()
            backend.look(frame)
            spent.append(1000 * (time.perf_counter() - begin))
        backend.close()
        times[model] = float(np.mean(spent[6:]))
    found = f"hands take {times['full']:.0f} ms a picture (full), {times['lite']:.0f} ms (lite)"
    if times["full"] <= 45:
        return Finding("speed", Verdict.GOOD, found)
    if times["lite"] <= 45:
        return Finding("speed", Verdict.WARNING, found, "for live practice use --model lite")
    return Finding(
        "speed", Verdict.WARNING, found, "live practice will stutter here; record a video and score it instead"
    )


CHECKS: tuple[Callable[[], Finding], ...] = (
    check_python, check_opencv, check_mediapipe, check_models, check_video, check_display, check_camera, check_speed,
)  # fmt: skip
