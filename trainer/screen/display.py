"""Whether a window can be opened at all. Asked first, because on Linux Qt ends the whole process when it can't."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def has_display() -> bool:
    """Whether a window could be opened here."""
    return display_problem() is None


def display_problem(environment: Mapping[str, str] | None = None) -> str | None:
    """Why no window can be opened here, in a few words; None when one can."""
    if not sys.platform.startswith("linux"):
        return None
    env = os.environ if environment is None else environment
    platform = env.get("QT_QPA_PLATFORM", "xcb")
    if platform.partition(":")[0] != "xcb":
        return f"QT_QPA_PLATFORM is '{platform}', but the windows here need 'xcb'"
    display = env.get("DISPLAY", "")
    if not display:
        # OpenCV's wheels carry Qt's X11 plug-in only; under Wayland they go through XWayland, which sets DISPLAY.
        return "DISPLAY isn't set"
    return None if _answers(display, env) else f"nothing answers on display '{display}'"


def _answers(display: str, env: Mapping[str, str]) -> bool:
    """Whether an X server lets us in; a server that can only be reached, not asked, counts as a yes."""
    if env is os.environ:
        asked = _asked_xlib(display)
        if asked is not None:
            return asked
    return _reached(display)


def _asked_xlib(display: str) -> bool | None:
    name = ctypes.util.find_library("X11")
    if name is None:
        return None
    try:
        x11 = ctypes.CDLL(name)
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    except (OSError, AttributeError):
        return None
    opened = x11.XOpenDisplay(display.encode())
    if opened:
        x11.XCloseDisplay(opened)
    return bool(opened)


def _reached(display: str) -> bool:
    host, _, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not number.isdigit():
        return False
    if host in ("", "unix"):
        path = Path(f"/tmp/.X11-unix/X{number}")
        return any(_connects(socket.AF_UNIX, where) for where in (f"\0{path}", str(path)))
    return _connects(socket.AF_INET, (host, 6000 + int(number)))


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as s:
        s.settimeout(1.0)
        s.connect(address)
        return True
    return False
