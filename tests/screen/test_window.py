"""The window driven for real: a session in a process of its own on an X server, keys and clicks from xdotool."""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from screen_clips import GREEN, scene, write_clip

from trainer.foot.given import given_from_data
from trainer.model import FOOT_LANDMARKS, Image
from trainer.screen.display import display_problem, has_display
from trainer.screen.foot_editor import GUIDED
from trainer.screen.theme import Theme
from trainer.video.source import open_source

# An X server without a window manager loses a key or a first picture now and then: hence the reruns.
PATIENCE_S = 40.0
"""On a busy machine loading the pipeline alone takes 20 s."""
TITLE = "Trainer under test"
THEME = Theme()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_clip(path, 60.0, 10.0)
    return path


class Session:
    """A running window; the picture in it is 640 x 480 at the screen's top left."""

    def __init__(self, display: str, clip: Path, folder: Path, delay_s: float = 0.0) -> None:
        self.folder = folder
        self.env = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        app = Path(__file__).with_name("window_app.py")
        self.process = subprocess.Popen(
            [sys.executable, str(app), str(clip), str(folder), str(delay_s)], env=self.env, stderr=subprocess.PIPE
        )
        self.window = self._find()
        self.tool("windowmove", self.window, "0", "0")
        self.tool("windowfocus", self.window)

    def tool(self, *words: str) -> str:
        return subprocess.run(
            ["xdotool", *words], env=self.env, capture_output=True, text=True, timeout=20, check=False
        ).stdout

    def _find(self) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            assert self.process.poll() is None, self.process.communicate()[1]
            found = self.tool("search", "--onlyvisible", "--name", TITLE).split()
            if found:
                return found[-1]
            time.sleep(0.1)
        raise AssertionError("no window came")

    def key(self, name: str) -> None:
        self.tool("key", name)

    def click(self, x: float, y: float) -> None:
        self.tool("mousemove", str(round(x)), str(round(y)), "mousedown", "1")
        time.sleep(0.05)
        self.tool("mouseup", "1")

    def screen(self) -> Image:
        path = self.folder / "screen.png"
        subprocess.run(["import", "-window", "root", str(path)], env=self.env, check=True, timeout=30)
        picture = cv2.imread(str(path))
        assert picture is not None
        return np.asarray(picture, np.uint8)

    def until(self, seen: Callable[[Image], bool], what: str) -> Image:
        end = time.monotonic() + PATIENCE_S
        while True:
            assert self.process.poll() is None, self.process.communicate()[1]
            picture = self.screen()
            if seen(picture):
                return picture
            # Qt may put the window elsewhere after it was moved here.
            self.tool("windowmove", self.window, "0", "0")
            if time.monotonic() > end:
                cv2.imwrite(str(self.folder / "failed.png"), picture)
                told = self.state()
                raise AssertionError(f"never seen: {what} (see {self.folder / 'failed.png'})\n{told}")
            time.sleep(0.1)

    def state(self) -> str:
        """Windows and threads, for the message of a test that waited in vain."""
        windows = self.tool("search", "--name", TITLE).split()
        shapes = [self.tool("getwindowgeometry", each) for each in windows]
        self.process.send_signal(signal.SIGUSR1)
        time.sleep(0.5)
        self.process.kill()
        return "\n".join([f"found {self.window}", *shapes, self.process.communicate()[1].decode()])

    def result(self) -> dict[str, object]:
        try:
            assert self.process.wait(30) == 0, self.process.communicate()[1]
        finally:
            self.end()
        told: dict[str, object] = json.loads((self.folder / "result.json").read_text("utf-8"))
        return told

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        if self.process.stderr is not None:
            self.process.stderr.close()


@pytest.fixture
def session(display: str, clip: Path, tmp_path: Path) -> Iterator[Session]:
    running = Session(display, clip, tmp_path)
    yield running
    running.end()


def share_of(picture: Image, colour: tuple[int, int, int], part: tuple[slice, slice]) -> float:
    return float((np.abs(picture[part].astype(int) - colour).max(axis=2) < 45).mean())


DIAGRAM = np.s_[12:285, 498:628]
LEFT_PATCH, RIGHT_PATCH = np.s_[345:385, 25:75], np.s_[345:385, 565:615]
MIDDLE = np.s_[180:300, 230:400]


def is_running(picture: Image) -> bool:
    """Hands drawn, the green patch where it is in the clip."""
    return share_of(picture, GREEN, LEFT_PATCH) > 0.9 and share_of(picture, THEME.right, np.s_[0:480, 200:480]) > 0.002


def is_editing(picture: Image) -> bool:
    return is_open(picture) and share_of(picture, THEME.right, np.s_[0:480, 240:480]) < 0.001


def is_open(picture: Image) -> bool:
    return share_of(picture, GREEN, LEFT_PATCH) > 0.9 or share_of(picture, GREEN, RIGHT_PATCH) > 0.9


def is_helping(picture: Image) -> bool:
    """Dark in the middle, where there is a light foot else."""
    return float(np.median(picture[MIDDLE])) < 60


@pytest.mark.window
@pytest.mark.flaky(reruns=2)
def test_keys_have_their_effects(session: Session) -> None:
    session.until(is_running, "the session, with PyAV loaded after the window")

    session.key("m")
    mirrored = session.until(lambda p: share_of(p, GREEN, RIGHT_PATCH) > 0.9, "the picture mirrored by M")
    assert share_of(mirrored, GREEN, LEFT_PATCH) < 0.1
    session.key("M")
    session.until(is_running, "the picture turned back")

    session.key("question")
    session.until(is_helping, "the help on ?")
    session.key("h")
    session.until(lambda p: is_running(p) and not is_helping(p), "the help gone on H")

    session.key("space")
    session.until(lambda p: standing(session, p), "a still picture on Space")
    session.key("space")
    session.until(lambda p: not standing(session, p), "moving pictures again on Space")

    session.key("r")
    session.until(lambda p: share_of(p, THEME.record, np.s_[5:50, 500:640]) > 0.01, "the recording dot on R")
    time.sleep(0.7)
    session.key("r")
    session.until(lambda p: share_of(p, THEME.record, np.s_[5:50, 500:640]) == 0, "the recording dot gone")

    session.key("d")
    time.sleep(0.3)
    session.key("w")
    # Without a window manager nobody enlarges the window; it must take the key and stay alive.
    time.sleep(0.3)
    session.key("F11")
    session.until(is_open, "the picture after two changes of the screen mode")
    session.key("q")
    told = session.result()
    assert told["ended"] == "user" and told["in_order"] and told["warnings"] == []
    assert isinstance(told["discomfort_s"], list) and len(told["discomfort_s"]) == 1
    recordings = told["recordings"]
    assert isinstance(recordings, list) and len(recordings) == 1
    with open_source(recordings[0]) as source:
        assert sum(1 for _ in source.frames()) >= 8


def standing(session: Session, picture: Image) -> bool:
    time.sleep(0.25)
    return np.array_equal(session.screen(), picture)


@pytest.mark.window
@pytest.mark.flaky(reruns=2)
@pytest.mark.parametrize("mirror", [False, True])
def test_marking_the_foot_with_the_mouse(session: Session, mirror: bool) -> None:
    session.until(is_running, "the session")
    if mirror:
        session.key("m")
        session.until(lambda p: share_of(p, GREEN, RIGHT_PATCH) > 0.9, "the picture mirrored by M")
    session.key("f")
    session.until(is_editing, "the marks on F")
    truth = scene().foot.landmarks_px
    names = GUIDED["plantar"]
    # The session begins with a marked foot; V four times brings an empty one of the same view.
    for _ in range(4):
        before = session.screen()[DIAGRAM]
        session.key("v")
        session.until(lambda p, before=before: not np.array_equal(p[DIAGRAM], before), "another face on V")
    for i, name in enumerate(names):
        x, y = truth[FOOT_LANDMARKS.index(name)]
        session.click(639 - x if mirror else x, y)
        session.until(lambda p, i=i: marks(p) > i, f"a mark for click {i + 1}")
    session.key("Return")
    session.until(lambda p: share_of(p, THEME.right, np.s_[0:480, 240:480]) > 0.001, "the hands again after Enter")
    session.key("Escape")
    told = session.result()
    foot = given_from_data(told["foot"], "the session's foot")
    assert (foot.side, foot.view, foot.width, foot.height) == ("left", "plantar", 640, 480)
    for name in names:
        assert np.hypot(*(np.array(foot.landmarks_px[name]) - truth[FOOT_LANDMARKS.index(name)])) < 1.6, name


def marks(picture: Image) -> int:
    """Landmarks done, as the diagram at the right shows them."""
    near = np.abs(picture[40:290, 495:632].astype(int) - THEME.work).max(axis=2) < 30
    count, _, stats, _ = cv2.connectedComponentsWithStats(near.astype(np.uint8), connectivity=8)
    return int((stats[1:count, cv2.CC_STAT_AREA] > 60).sum())


class ClientMessage(ctypes.Structure):
    """X11's XClientMessageEvent, padded to the size of an XEvent."""

    _fields_ = (
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong), ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5), ("padding", ctypes.c_long * 12),
    )  # fmt: skip


def ask_to_close(session: Session) -> None:
    """What a window manager sends when its close button is pressed; xdotool of most systems can't."""
    name = ctypes.util.find_library("X11")
    if name is None:
        pytest.skip("needs libX11 to press the close button")
    x11 = ctypes.CDLL(name)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XSendEvent.argtypes = [
        ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.POINTER(ClientMessage)
    ]  # fmt: skip
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(session.env["DISPLAY"].encode())
    protocols, delete = (x11.XInternAtom(display, atom, 0) for atom in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
    data = (ctypes.c_long * 5)(delete)
    event = ClientMessage(33, 0, 1, display, int(session.window), protocols, 32, data)
    x11.XSendEvent(display, int(session.window), 0, 0, ctypes.byref(event))
    x11.XCloseDisplay(display)


@pytest.mark.window
@pytest.mark.flaky(reruns=2)
def test_the_close_button_ends_the_session(session: Session) -> None:
    session.until(is_running, "the session")
    ask_to_close(session)
    assert session.result()["ended"] == "user"


@pytest.mark.window
@pytest.mark.flaky(reruns=2)
def test_keys_are_answered_while_a_frame_takes_long(display: str, clip: Path, tmp_path: Path) -> None:
    session = Session(display, clip, tmp_path, delay_s=4.0)
    try:
        session.until(is_running, "the first slow frame")
        session.key("h")
        start = time.monotonic()
        session.until(is_helping, "the help")
        # Less than the frame takes, though the screenshot takes its time, too.
        assert time.monotonic() - start < 3.5
        session.key("h")
        session.key("q")
        assert session.result()["ended"] == "user"
    finally:
        session.end()


def test_no_display_is_one_clear_line() -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux can lack a display")
    program = "from trainer.screen.window import Window\nWindow()"
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    for extra, words in (({}, "DISPLAY isn't set"), ({"DISPLAY": ":65"}, "nothing answers on display ':65'")):
        done = subprocess.run(
            [sys.executable, "-c", program], env=env | extra, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 1
        line = done.stderr.strip().splitlines()[-1]
        assert line.startswith("trainer.errors.TrainerError: Expected a display") and words in line


@pytest.mark.parametrize(("env", "words"), [
    ({}, "DISPLAY isn't set"), ({"WAYLAND_DISPLAY": "wayland-0"}, "DISPLAY isn't set"),
    ({"DISPLAY": ":65"}, "nothing answers"), ({"DISPLAY": "rubbish"}, "nothing answers"),
    ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "QT_QPA_PLATFORM"),
])  # fmt: skip
def test_display_problems(monkeypatch: pytest.MonkeyPatch, env: dict[str, str], words: str) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    problem = display_problem(env)
    assert problem is not None and words in problem


def test_other_systems_always_have_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert has_display()


@pytest.mark.window
@pytest.mark.flaky(reruns=2)
def test_an_answering_display_is_seen(display: str) -> None:
    assert display_problem({"DISPLAY": display}) is None


def test_pyav_before_opencv_is_refused_instead_of_freezing() -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("the libraries only collide on Linux")
    program = "import av\nimport trainer.screen.window as w\nw.display_problem = lambda: None\nw.Window()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "OpenCV to be loaded before PyAV" in done.stderr.strip().splitlines()[-1]
