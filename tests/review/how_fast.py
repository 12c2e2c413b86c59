"""How fast the review room answers: ``python -m tests.review.how_fast LIBRARY HOUR``.

LIBRARY is a class's (`tests.review.a_class`), HOUR a folder with a session of an hour (`tests.review.an_hour`). Medians
and 95th percentiles of the pages' answers, and how long it takes a browser until the hour's page can be used.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np

from tests.review.test_in_a_browser import CHROMIUM, QUIET

PORT = 8795
BASE = f"http://127.0.0.1:{PORT}"


def main(library: Path, hour: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "trainer", "review", str(hour), "--library", str(library), "--port", str(PORT)],
        stdout=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=BASE, timeout=60) as client:
            _until_there(client)
            names = [part.split('"')[0] for part in client.get("/").text.split('href="/sessions/')[1:]]
            one, other = names[1], names[2]
            of_one = [f"/sessions/{one}{part}" for part in ("", "/data.json", "/state.json", "/print")]
            pages = ["/", "/?page=4", "/students", "/log", *of_one, f"/compare?a={one}&b={other}"]
            for path in pages:
                print(f"{path.replace(one, 'A').replace(other, 'B'):38} {_told(_times(client, path))}")
        _in_a_browser(names[0])
    finally:
        server.terminate()
        server.wait(10)


def _until_there(client: httpx.Client) -> None:
    for _ in range(300):
        try:
            client.get("/static/icon.svg")
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the room doesn't open")


def _times(client: httpx.Client, path: str, count: int = 40) -> list[float]:
    out = []
    for _ in range(count):
        begin = time.perf_counter()
        answer = client.get(path)
        out.append(1000 * (time.perf_counter() - begin))
        assert answer.status_code == 200, (path, answer.status_code)
        time.sleep(0.03)
    return out


def _told(times: list[float]) -> str:
    return f"median {np.median(times):5.0f} ms, 95 % {np.percentile(times, 95):5.0f} ms, first {times[0]:5.0f} ms"


READY = """
new MutationObserver(() => {
  if (document.querySelector("[data-ready=yes]")) window.readyAt ??= performance.now();
}).observe(document, {subtree: true, attributes: true, childList: true});
"""
JUMP = """
new Promise((done) => {
  const scrub = document.getElementById("scrub");
  document.getElementById("video").addEventListener("seeked", done, {once: true});
  scrub.value = 0.7 * scrub.max;
  scrub.dispatchEvent(new Event("input"));
})
"""


def _in_a_browser(name: str) -> None:
    """From the navigation's start, as the page itself measures it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.add_init_script(READY)
        page.goto(f"{BASE}/students")
        for k in range(6):
            page.goto(f"{BASE}/sessions/{name}")
            page.wait_for_selector("#session[data-ready=yes]")
            ready = page.evaluate("window.readyAt")
            begin = time.perf_counter()
            page.evaluate(JUMP)
            jump = 1000 * (time.perf_counter() - begin)
            which = "again" if k else "first"
            print(f"hour's page, {which}: usable after {ready:.0f} ms, a jump within it takes {jump:.0f} ms")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
