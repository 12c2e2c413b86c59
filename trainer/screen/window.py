"""The window: shows finished pictures, gives back keys and the mouse. It knows nothing of feet and hands.

OpenCV must be loaded before PyAV (``import cv2`` or this module first); else its first window hangs on Linux.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

import cv2
import numpy as np

from trainer.errors import DependencyError, TrainerError
from trainer.model import Image
from trainer.screen.display import display_problem
from trainer.screen.keys import Action, action_of

Touching = Literal["press", "move", "release"]


@dataclass(frozen=True)
class Mouse:
    """The left button or the pointer at (x, y), pixels of the picture shown."""

    kind: Touching
    x: float
    y: float


@dataclass(frozen=True)
class Closed:
    """The user has closed the window."""


Event = Action | Mouse | Closed

_KINDS: dict[int, Touching] = {
    cv2.EVENT_LBUTTONDOWN: "press", cv2.EVENT_LBUTTONDBLCLK: "press",
    cv2.EVENT_MOUSEMOVE: "move", cv2.EVENT_LBUTTONUP: "release",
}  # fmt: skip


class Window:
    """One window; a context manager. Raises TrainerError when there is no display, DependencyError when OpenCV was
    built without windows. All calls must come from one thread, the main one (macOS insists)."""

    def __init__(self, title: str = "Foot massage trainer", width: int = 1280, height: int = 720) -> None:
        if (problem := display_problem()) is not None:
            raise TrainerError(
                f"Expected a display for the window, but {problem}: run it on a desktop, or use 'trainer score' "
                "which needs none."
            )
        if _av_came_first():
            raise DependencyError(
                "Expected OpenCV to be loaded before PyAV, but it came after it, and then its windows freeze: "
                "import cv2 (or trainer.screen.window) first."
            )
        # Qt grumbles about fonts that it doesn't need here. It reads this once, when the first window opens.
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")
        self.title = title
        self._events: deque[Event] = deque()
        self._full = False
        self._open = True
        self._shape: tuple[int, int] | None = None
        self._size = (width, height)
        try:
            cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
            cv2.resizeWindow(title, width, height)
            cv2.setMouseCallback(title, self._on_mouse)
            cv2.imshow(title, np.full((height, width, 3), 24, np.uint8))
            # Long enough to be painted before whoever opened it goes on to load models.
            cv2.waitKey(30)
        except cv2.error as error:
            raise DependencyError(
                "Expected an OpenCV with windows, but this one has none (opencv-python-headless?): "
                "uninstall the headless one and install opencv-python."
            ) from error

    @property
    def is_open(self) -> bool:
        return self._open

    def show(self, picture: Image) -> None:
        """Show a (H, W, 3) uint8 BGR picture; the window keeps its size and the picture its shape."""
        if not self._open:
            return
        if picture.shape[:2] != self._shape:
            self._fit_to(picture)
        cv2.imshow(self.title, picture)

    def poll(self, wait_ms: int = 10) -> list[Event]:
        """Let the window work for ``wait_ms``, and give what has happened since the last call, in order."""
        if not self._open:
            return [Closed()]
        code = cv2.waitKeyEx(max(1, wait_ms))
        while code >= 0:
            action = action_of(code)
            if action is not None:
                self._events.append(action)
            code = cv2.pollKey()
        if self._is_gone():
            self._open = False
            self._events.append(Closed())
        events = list(self._events)
        self._events.clear()
        return events

    def toggle_full_screen(self) -> None:
        """Fill the screen, or stop doing so."""
        self._full = not self._full
        mode = cv2.WINDOW_FULLSCREEN if self._full else cv2.WINDOW_NORMAL
        cv2.setWindowProperty(self.title, cv2.WND_PROP_FULLSCREEN, mode)

    def close(self) -> None:
        """Close the window. May be called twice."""
        if not self._open:
            return
        self._open = False
        try:
            cv2.destroyWindow(self.title)
            # The window system gets to take it away only while events are let in.
            cv2.waitKey(1)
        except cv2.error:  # it went away by itself in the meantime
            pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _fit_to(self, picture: Image) -> None:
        """Give the window the shape of the picture, so that no bars are seen."""
        height, width = picture.shape[:2]
        self._shape = (height, width)
        scale = min(self._size[0] / width, self._size[1] / height)
        cv2.resizeWindow(self.title, round(width * scale), round(height * scale))

    def _is_gone(self) -> bool:
        try:
            return cv2.getWindowProperty(self.title, cv2.WND_PROP_VISIBLE) < 1
        except cv2.error:
            return True

    def _on_mouse(self, event: int, x: int, y: int, flags: int, _: object) -> None:
        kind = _KINDS.get(event)
        if kind is None:
            return
        latest = self._events[-1] if self._events else None
        if kind == "move" and isinstance(latest, Mouse) and latest.kind == "move":
            self._events.pop()
        self._events.append(Mouse(kind, float(x), float(y)))


def _av_came_first() -> bool:
    """Both bring X11 libraries of their own; on Linux, OpenCV's first window hangs on PyAV's."""
    if not sys.platform.startswith("linux"):
        return False
    loaded = [name for name in sys.modules if name in ("av", "cv2")]
    return loaded == ["av", "cv2"]
