"""Which cameras this machine has, and opening one of them with OpenCV."""

from __future__ import annotations

import os
import re
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2

VIDIOC_QUERYCAP = 0x80685600
"""Video4Linux's "what are you?": struct v4l2_capability, 104 bytes (linux/videodev2.h)."""
CAP_CAPTURE = 0x00000001 | 0x00001000
CAP_DEVICE_CAPS = 0x80000000
MAX_PROBED = 8
"""Elsewhere than on Linux cameras can only be counted by opening them."""


@dataclass(frozen=True)
class CameraInfo:
    """A camera that is there. ``problem`` says in a few words why it can't be used (None: it can)."""

    index: int
    name: str
    problem: str | None = None

    @property
    def usable(self) -> bool:
        return self.problem is None


class Capture(Protocol):
    """The part of cv2.VideoCapture that is used here."""

    def isOpened(self) -> bool: ...
    def grab(self) -> bool: ...
    def retrieve(self) -> tuple[bool, Any]: ...
    def get(self, propId: int, /) -> float: ...
    def release(self) -> None: ...


@contextmanager
def quiet_opencv() -> Iterator[None]:
    """Keeps OpenCV's own warnings off the terminal."""
    logging = cv2.utils.logging
    before = logging.getLogLevel()
    logging.setLogLevel(logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        logging.setLogLevel(before)


def open_capture(index: int, width: int = 1280, height: int = 720, fps: int = 30) -> Capture:
    """Camera ``index``, asked for pictures of ``width`` × ``height`` at ``fps``; it may give others."""
    backend = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_DSHOW}
    with quiet_opencv():
        capture = cv2.VideoCapture(index, backend.get(sys.platform, cv2.CAP_ANY))
        if capture.isOpened():
            if sys.platform == "linux":
                # Raw pictures don't fit through USB 2 at this size and rate; compressed ones do.
                capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
            capture.set(cv2.CAP_PROP_FPS, fps)
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


def list_cameras() -> list[CameraInfo]:
    """The cameras of this machine by number. On Linux none is opened for pictures."""
    return linux_cameras() if sys.platform == "linux" else probed_cameras()


def linux_cameras(
    devices: Path = Path("/dev"), describe: Callable[[Path], tuple[str, bool]] | None = None
) -> list[CameraInfo]:
    """Cameras among ``devices``/video*; ``describe`` gives a device's (name, is a camera) or raises OSError."""
    found = []
    for path in devices.glob("video*"):
        match = re.fullmatch(r"video(\d+)", path.name)
        if match is None:
            continue
        index = int(match[1])
        try:
            name, camera = (describe or describe_v4l2)(path)
        except PermissionError:
            problem = "no permission; add your user to the group 'video'"
            found.append(CameraInfo(index, f"camera {index}", problem))
        except OSError as error:
            found.append(CameraInfo(index, f"camera {index}", error.strerror or "doesn't answer"))
        else:
            # Most webcams bring a second device along that gives only data about the pictures.
            if camera:
                found.append(CameraInfo(index, name or f"camera {index}"))
    return sorted(found, key=lambda each: each.index)


def describe_v4l2(path: Path) -> tuple[str, bool]:
    """(name, whether it gives pictures) of a Video4Linux device. Raises OSError when it doesn't answer."""
    import fcntl

    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        answer = fcntl.ioctl(handle, VIDIOC_QUERYCAP, bytes(104))
    finally:
        os.close(handle)
    return parse_v4l2(answer)


def parse_v4l2(answer: bytes) -> tuple[str, bool]:
    """The same from the 104 bytes of struct v4l2_capability."""
    card, capabilities, device_caps = struct.unpack_from("=16x32s32x4xII", answer)
    caps = device_caps if capabilities & CAP_DEVICE_CAPS else capabilities
    return card.split(b"\0")[0].decode("utf-8", "replace"), bool(caps & CAP_CAPTURE)


def probed_cameras(opener: Callable[[int], Capture] = open_capture) -> list[CameraInfo]:
    """Cameras found by opening numbers 0, 1, … until one isn't there."""
    found = []
    for index in range(MAX_PROBED):
        with quiet_opencv():
            capture = opener(index)
            there = capture.isOpened()
            capture.release()
        if not there:
            break
        found.append(CameraInfo(index, f"camera {index}"))
    return found
