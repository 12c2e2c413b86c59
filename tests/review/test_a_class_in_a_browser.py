"""A class of thirty with six hundred sessions in one room: what its head, an instructor and a student do, in a real
browser, over TLS, with the server started as a user starts it; and every page for keyboards and screen readers."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.review.a_class import make_class
from tests.review.test_in_a_browser import CHROMIUM, QUIET
from trainer.review.accounts import Accounts
from trainer.review.migrate import open_database
from trainer.review.people import People
from trainer.score.scorer import score_video
from trainer.settings import Settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]


@dataclass
class Served:
    """A room that is being served: its address, the first start code, and its library's folder."""

    url: str
    code: str
    library: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, kneading: Path, short_clip: Path) -> Iterator[Served]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    folder = tmp_path_factory.mktemp("class")
    short = score_video(short_clip, folder / "Short kneading", Settings()).folder
    make_class([kneading, short], folder / "library")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "trainer", "review", "--lan", "--library", str(folder / "library")]
    server = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    said, end = "", time.monotonic() + 60
    while "start code" not in said and time.monotonic() < end:
        said += server.stdout.readline()
    assert re.search(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", said), said
    yield Served(f"https://localhost:{port}", re.findall(r"start code (\S+)", said)[0], folder / "library")
    server.terminate()
    server.wait(20)
    server.stdout.close()


@contextmanager
def browsing(served: Served, **wished: Any) -> Iterator[Any]:
    """A page of a browser of one's own, which complains of nothing and asks nobody else."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        usual = {"ignore_https_errors": True, "viewport": {"width": 1440, "height": 1000}, "locale": "en-GB"}
        context = browser.new_context(**{**usual, **wished})
        page = context.new_page()
        page.set_default_timeout(30_000)
        told: list[str] = []
        asked: list[str] = []
        page.on("console", lambda m: told.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: dialog.accept())
        yield page
        # A refused password is told by its status, too.
        told = [line for line in told if "401" not in line]
        assert told == [], "the browser complains of nothing"
        assert all(url.startswith((served.url, "blob:")) for url in asked), "nothing is asked from elsewhere"
        browser.close()


def enter(page: Any, served: Served, name: str, password: str) -> None:
    page.goto(served.url)
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("button.main")


def choose(page: Any, code: str, password: str) -> None:
    page.wait_for_url("**/password")
    page.fill("#old", code)
    page.fill("#new", password)
    page.fill("#again", password)
    page.click("button.main")
    page.wait_for_selector("table.sessions, .lead")


def code_shown(page: Any) -> str:
    page.wait_for_selector("#code:not([hidden])")
    return str(page.inner_text("#code b"))


def opened(page: Any) -> str:
    page.wait_for_selector("#session[data-ready=yes]")
    return str(page.url)


def test_from_the_first_start_code_to_a_graded_session(served: Served) -> None:
    with browsing(served) as page:
        enter(page, served, "head", served.code)
        choose(page, served.code, "the head's own words")
        assert "600 sessions" in page.inner_text("main") and "page 1 of 10" in page.inner_text("main")
        page.click("text=Accounts")
        page.fill("#account-name", "Ms. Berger")
        page.fill("#account-groups", "Tuesday evening, Weekend course")
        page.click("#add-account button")
        instructors = code_shown(page)
        page.click("text=Sign out")
        page.wait_for_url("**/enter")

    with browsing(served) as page:
        enter(page, served, "ms. berger", instructors)
        choose(page, instructors, "an instructor's own")
        page.click("text=Students")
        assert page.locator("table.class tbody tr").count() == 20, "two groups of three"
        assert page.locator(".glance dd").first.inner_text() == "20" and "Diploma" not in page.inner_text("main")
        row = page.locator("table.class tbody tr").first
        student = row.locator("th").inner_text().strip()
        assert row.locator("svg.spark").count() >= 1, "a trend to be seen"
        row.locator("text=Give an account").click()
        students = code_shown(page)
        row.locator("th a").click()
        page.wait_for_selector(f"h1:has-text('{student}')")
        page.click("table.sessions tbody tr >> nth=0 >> a")
        url = opened(page)
        # A label by keys, a drawing and a place by hand, a grade, and shown to all.
        page.keyboard.press("2")
        page.evaluate("document.getElementById('scrub').value = 3")
        page.locator("#scrub").dispatch_event("input")
        page.wait_for_timeout(600)
        page.keyboard.press("r")
        page.wait_for_selector(".bar.label[data-id]")
        page.keyboard.press("d")
        box = page.locator("#ink").bounding_box()
        page.click("[data-tool=arrow]")
        page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.6 * box["height"], steps=4)
        page.mouse.up()
        place = page.locator("#map").bounding_box()
        page.mouse.click(place["x"] + 0.5 * place["width"], place["y"] + 0.85 * place["height"])
        assert "heel" in page.inner_text("#pinned")
        page.fill("#comment-text", "Lean in from the hip.")
        page.click("text=Pin it here")
        page.wait_for_selector("#comments li:has-text('Lean in')")
        assert page.locator("#ink .line").count() == 1, "what was pinned is seen at its moment"
        page.click("[data-grader=instructor][data-criterion=rhythm][data-level='2']")
        page.wait_for_selector("[data-grader=instructor][data-criterion=rhythm][aria-checked=true]")
        assert page.locator("[data-grader=student][data-criterion=rhythm]:not([disabled])").count() == 0
        page.check("#keep-example")
        page.click("#keeping button[type=submit]")
        page.wait_for_selector("#status:has-text('Noted')")
        page.goto(f"{url}/print")
        assert page.locator(".said-one img").evaluate("i => i.complete && i.naturalWidth > 300")
        assert "Lean in from the hip." in page.inner_text("main") and "mostly even" in page.inner_text("main")
        assert len(page.pdf(format="A4")) > 20_000

    with browsing(served) as page:
        enter(page, served, student, students)
        choose(page, students, "a student's own words")
        assert page.locator("nav >> text=Students").count() == 0
        mine = page.locator("table.sessions tbody tr").count()
        assert 0 < mine < 60
        page.goto(url)
        opened(page)
        assert "Lean in from the hip." in page.inner_text("#comments") and page.locator("#palette").count() == 0
        page.click("[data-grader=student][data-criterion=rhythm][data-level='1']")
        page.wait_for_selector("[data-grader=student][data-criterion=rhythm][aria-checked=true]")
        page.locator(".compare-with button").click()
        page.wait_for_selector("#compare[data-ready=yes]")
        page.goto(url)
        opened(page)
        page.select_option("#keep-what", "tracks")
        page.click("#keeping button[type=submit]")
        page.wait_for_selector("#drawn")
        opened(page)
        assert page.locator("video").count() == 0
        assert page.context.request.get(f"{served.url}/students").status == 403


def test_a_start_code_of_another_is_no_way_in(served: Served) -> None:
    with browsing(served) as page:
        enter(page, served, "nobody at all", "ABCD-EFGH-JKLM")
        page.wait_for_selector("[role=alert]")
        assert "isn't a name and its password" in page.inner_text("[role=alert]")


@pytest.fixture(scope="module")
def heads_own(served: Served) -> str:
    """The password of another head, made beside the server."""
    database = open_database(f"sqlite:///{served.library / 'review.sqlite'}")
    made, code = Accounts(database).make("Second head", "head")
    Accounts(database).choose(made.id, code, "the second's own")
    assert len(People(database).all()) >= 30
    database.close()
    return "the second's own"


@pytest.mark.parametrize("look", ["light", "dark phone", "projector"])
def test_every_page_is_for_everybody(served: Served, heads_own: str, look: str) -> None:
    """No fault that axe-core finds, nothing beyond the screen's edge, everything has a name."""
    from axe_playwright_python.sync_playwright import Axe

    sizes = {"dark phone": (390, 844), "projector": (1920, 1080)}
    width, height = sizes.get(look, (1280, 900))
    dark = look == "dark phone"
    wished = {"viewport": {"width": width, "height": height}, "color_scheme": "dark" if dark else "light"}
    with browsing(served, **wished, reduced_motion="reduce", locale="de-DE" if dark else "en-GB") as page:
        faults: list[str] = []

        def look_at(where: str) -> None:
            for fault in Axe().run(page).response["violations"]:
                faults.append(f"{where}: {fault['id']}: {fault['nodes'][0]['html'][:200]}")
            across = page.evaluate("document.documentElement.scrollWidth")
            if across > width:
                faults.append(f"{where}: {across} px wide")

        page.goto(served.url)
        look_at("entrance")
        enter(page, served, "Second head", heads_own)
        page.wait_for_selector("table.sessions")
        look_at("overview")
        for path in ("students", "accounts", "log", "password"):
            page.goto(f"{served.url}/{path}")
            look_at(path)
        page.goto(f"{served.url}/?q=kneading")
        page.click("table.sessions tbody tr >> nth=0 >> a")
        url = opened(page)
        look_at("session")
        page.locator(".compare-with button").click()
        page.wait_for_selector("#compare[data-ready=yes]")
        look_at("compare")
        page.goto(f"{url}/print")
        look_at("print")
    assert faults == []
