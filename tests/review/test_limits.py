"""How much one client may ask: the bucket itself, and the room under a flood."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse

from trainer.review.app import create_app
from trainer.review.desk import Desk
from trainer.review.guard import AT_ONCE, Guard
from trainer.review.limits import Limit

HOST = "127.0.0.1:8765"


@given(waits=st.lists(st.floats(0, 3), max_size=60))
def test_never_more_than_the_burst_and_the_rate(waits: list[float]) -> None:
    now = 0.0
    limit = Limit(2.0, 5.0, lambda: now)
    taken = 0
    for wait in waits:
        now += wait
        taken += limit.takes("a")
        assert taken <= 5.0 + 2.0 * now + 1e-6


def test_each_key_has_its_own_and_the_wait_is_told() -> None:
    now = 0.0
    limit = Limit(0.5, 1.0, lambda: now)
    assert limit.takes("a") and not limit.takes("a") and limit.takes("b")
    assert limit.wait_s("a") == pytest.approx(2.0) and limit.wait_s("c") == 0.0
    now = 2.0
    assert limit.takes("a")


def test_many_keys_do_not_pile_up() -> None:
    now = 0.0
    limit = Limit(1.0, 1.0, lambda: now)
    for k in range(25_000):
        now = k / 1000
        limit.takes(k)
    assert len(limit._left) <= 11_000


def test_one_client_does_not_take_all_the_places() -> None:
    done = asyncio.Event()
    answered: list[int] = []

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await done.wait()
        await PlainTextResponse("done")(scope, receive, send)

    guard = Guard(slow, [HOST], limit=Limit(1e6, 1e6, lambda: 0.0))

    async def ask(client: str) -> None:
        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answered.append(message["status"])

        headers = [(b"host", HOST.encode())]
        scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "client": (client, 1)}
        await guard(scope, None, send)  # type: ignore[arg-type]

    async def flood() -> None:
        many = [asyncio.create_task(ask("192.0.2.1")) for _ in range(AT_ONCE + 5)]
        await asyncio.sleep(0)
        other = asyncio.create_task(ask("192.0.2.2"))
        await asyncio.sleep(0)
        assert answered == [429] * 5, "those beyond the places are told at once"
        done.set()
        await asyncio.gather(*many, other)
        await ask("192.0.2.1")

    asyncio.run(flood())
    assert answered == [429] * 5 + [200] * (AT_ONCE + 2) and guard._open == {}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Using `httpx`")
def test_a_flood_from_one_client_is_held_back_and_ends(desk: Desk) -> None:
    from starlette.testclient import TestClient

    now = 0.0
    limit = Limit(40.0, 60.0, lambda: now)
    client: Any = TestClient(create_app(desk, [HOST], limit=limit), base_url=f"http://{HOST}")
    codes = []
    for k in range(400):  # 200 a second, for two seconds
        now = k / 200
        codes.append(client.get("/static/icon.svg").status_code)
    assert set(codes) == {200, 429} and 100 <= codes.count(200) <= 60 + 40 * 2 + 1
    held = client.get("/")
    assert held.status_code == 429 and held.headers["retry-after"] == "1"
    now += 2.0
    assert client.get("/").status_code == 200, "who waits is answered again"
