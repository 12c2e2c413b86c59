"""The review room in a real browser: what an instructor does, and that the time told is that of the picture shown."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.score.session_results import make_card, results
from trainer.bench_live import stamp, stamped
from trainer.review.app import create_app
from trainer.review.desk import Desk
from trainer.score.scorecard import write_scorecard

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
FPS = 30
pytestmark = [
    pytest.mark.slow,
    # A browser on a busy machine may take longer than the pauses here.
    pytest.mark.flaky(reruns=2),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]


@pytest.fixture
def timed(scored: Path) -> Path:
    """The scored session's video is exchanged for one whose pictures tell their own time."""
    from trainer.video.writer import VideoWriter

    (scored / "overlay.mp4").unlink()
    writer = VideoWriter(scored / "overlay.mp4", 640, 360)
    for k in range(20 * FPS):
        picture = np.full((360, 640, 3), 90, np.uint8)
        stamp(picture, round(1000 * k / FPS))
        writer.write(picture, k / FPS)
    writer.close()
    write_scorecard(scored / "scorecard.json", make_card(**results(duration_s=20.0)))
    return scored


@pytest.fixture
def room(desk: Desk) -> Iterator[str]:
    import uvicorn

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    host = f"127.0.0.1:{port}"
    server = uvicorn.Server(uvicorn.Config(create_app(desk, [host]), port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.05)
    yield f"http://{host}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def page(room: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(20_000)
        page.told, page.asked = [], []
        page.on("console", lambda m: page.told.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.told.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(room)
        yield page
        assert page.told == [], "the browser complains of nothing"
        assert all(url.startswith((room, "blob:")) for url in page.asked), "nothing is asked from elsewhere"
        browser.close()


def opened(page: Any, title: str) -> None:
    page.click(f"text={title}")
    page.wait_for_selector("#session[data-ready=yes]")


def seconds(page: Any) -> float:
    minutes, rest = page.inner_text("#clock").split(":")
    return 60 * float(minutes) + float(rest)


def shown_ms(page: Any) -> int | None:
    """The time that the picture in the page carries."""
    data = page.locator("#video").screenshot()
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    height, width = picture.shape[:2]
    # The video stands in the middle of its box, whatever the box's shape.
    tall = min(height, round(width * 360 / 640))
    wide = round(tall * 640 / 360)
    top, left = (height - tall) // 2, (width - wide) // 2
    return stamped(np.asarray(picture[top : top + tall, left : left + wide], np.uint8))


def test_the_time_told_is_that_of_the_picture(timed: Path, page: Any) -> None:
    opened(page, "Füße 1")
    track = page.locator("#lanes .track").nth(1).bounding_box()
    page.mouse.click(track["x"] + 0.37 * track["width"], track["y"] + 70)
    page.wait_for_timeout(500)
    seen = []
    for key in (".", ".", ".", ",", "ArrowRight", ".", ",", ","):
        page.keyboard.press(key)
        page.wait_for_timeout(400)
        told, carried = seconds(page), shown_ms(page)
        assert carried is not None
        assert abs(1000 * told - carried) <= 1000 / FPS + 1, (told, carried)
        seen.append(carried)
    assert seen[1] - seen[0] in (33, 34) and seen[2] - seen[1] in (33, 34) and seen[3] == seen[1], seen


def test_labels_by_keys_edges_and_undo(page: Any, timed: Path, desk: Desk) -> None:
    opened(page, "Füße 1")
    name = next(s.id for s in desk.room.sessions() if s.mode == "scored")
    track = page.locator("#lanes .track").nth(1).bounding_box()

    def at(share: float) -> None:
        page.mouse.click(track["x"] + share * track["width"], track["y"] + 70)
        page.wait_for_timeout(400)

    def labels() -> list[tuple[str, float, float]]:
        page.wait_for_timeout(400)
        return [(m.technique, m.start_ms / 1000, m.end_ms / 1000) for m in desk.marks.labels(name).values()]

    at(0.1)
    page.keyboard.press("2")
    at(0.3)
    page.keyboard.press("6")
    at(0.5)
    page.keyboard.press("r")
    (first, second) = labels()
    assert first[0] == "kneading" and second[0] == "friction" and first[2] == second[1]
    assert first[1:] == pytest.approx((2.0, 6.0), abs=0.1) and second[2] == pytest.approx(10.0, abs=0.1)
    assert "agree for" in page.inner_text("#agreement")
    edge = page.locator("#lanes .label").nth(1).locator(".edge.to").bounding_box()
    page.mouse.move(edge["x"] + edge["width"] / 2, edge["y"] + 5)
    page.mouse.down()
    page.mouse.move(track["x"] + 0.7 * track["width"], edge["y"] + 5, steps=5)
    page.mouse.up()
    assert labels()[1][2] == pytest.approx(14.0, abs=0.15)
    page.keyboard.press("Control+z")
    assert labels()[1][2] == pytest.approx(10.0, abs=0.1)
    page.keyboard.press("Control+Shift+z")
    assert labels()[1][2] == pytest.approx(14.0, abs=0.15)
    page.locator("#lanes .label").first.click()
    page.check("#hand-left")
    page.wait_for_timeout(400)
    assert next(iter(desk.marks.labels(name).values())).hands == ("left",)
    page.keyboard.press("Delete")
    assert [label[0] for label in labels()] == ["friction"]
    page.keyboard.press("Escape")
    page.locator("#lanes .label").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#chosen:not([hidden])")
    assert seconds(page) == pytest.approx(6.0, abs=0.1), "a label is chosen by the keyboard, too"
    assert page.evaluate("document.activeElement.dataset.id") == next(iter(desk.marks.labels(name)))


def test_a_comment_is_pinned_and_leads_back(page: Any, timed: Path) -> None:
    opened(page, "Füße 1")
    page.keyboard.press("n")
    page.wait_for_timeout(500)
    assert seconds(page) == pytest.approx(6.0, abs=0.1), "the first moment in doubt"
    page.keyboard.press("c")
    page.keyboard.type("Thumbs <b>straight</b> here")
    page.click("text=Pin it here")
    page.wait_for_selector("#comments li")
    assert "Thumbs <b>straight</b> here" in page.inner_text("#comments")
    page.keyboard.press("Escape")
    page.click("#whole")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    page.click("#comments li button >> nth=0")
    page.wait_for_timeout(500)
    assert seconds(page) == pytest.approx(6.0, abs=0.1)


def test_side_by_side_the_second_follows_the_first(page: Any, timed: Path) -> None:
    opened(page, "Füße 1")
    page.click("text=Compare")
    page.wait_for_selector("#compare[data-ready=yes]")
    clocks = page.locator(".beneath .clock")
    page.locator(".lane-only").nth(0).click(position={"x": 200, "y": 10})
    page.wait_for_timeout(600)
    first, second = clocks.all_inner_texts()
    assert first != "0:00.000" and first[:6] == second[:6], "alike sessions stand at the same time"
    page.keyboard.press(" ")
    page.wait_for_timeout(1200)
    page.keyboard.press(" ")
    page.wait_for_timeout(500)
    after = [float(text.split(":")[1]) for text in clocks.all_inner_texts()]
    assert after[0] > float(first.split(":")[1]) + 0.3 and abs(after[0] - after[1]) < 0.4
    page.select_option("#link", "clock")
    page.wait_for_timeout(400)


def test_without_a_video_hands_are_drawn_and_everything_has_a_name(page: Any) -> None:
    opened(page, "Kneading")
    page.keyboard.press(" ")
    page.wait_for_timeout(700)
    page.keyboard.press(" ")
    assert seconds(page) > 0.3
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, select, textarea, input:not([type=hidden])')].filter("
        "e => !(e.innerText.trim() || e.ariaLabel || e.labels?.length || e.title)).map(e => e.outerHTML)"
    )
    assert nameless == []
