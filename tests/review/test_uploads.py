"""Videos through the page: taken in, scored in the background, gone on with after a kill; bad ones refused."""

from __future__ import annotations

import shutil
import time
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from trainer.errors import FormatError, TrainerError
from trainer.review.app import create_app
from trainer.review.desk import Desk
from trainer.review.room import Room
from trainer.review.uploads import Uploads
from trainer.settings import Settings
from trainer.video.writer import VideoWriter

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Using `httpx`")
HOST = "127.0.0.1:8765"
OWN = {"Origin": f"http://{HOST}"}
SAMPLE = Path(__file__).resolve().parents[2] / "sample_videos" / "kneading.mp4"


@pytest.fixture
def uploads(tmp_path: Path) -> Iterator[Uploads]:
    uploads = Uploads(tmp_path / "library" / "uploads", Settings())
    yield uploads
    uploads.close()


@pytest.fixture
def client(desk: Desk, uploads: Uploads, scored: Path) -> Any:
    from starlette.testclient import TestClient

    whole = replace(desk, uploads=uploads, room=Room(desk.room._library, [scored.parent], uploads.folder))
    return TestClient(create_app(whole, [HOST]), base_url=f"http://{HOST}", raise_server_exceptions=False)


def until(done: Any, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)


@pytest.mark.slow
def test_a_video_that_is_sent_becomes_a_session(client: Any, uploads: Uploads, short_clip: Path) -> None:
    sent = client.post("/uploads/F%C3%BC%C3%9Fe%202.mp4", content=short_clip.read_bytes(), headers=OWN)
    assert sent.status_code == 200 and sent.json()["name"] == "Füße 2.mp4" and sent.json()["state"] == "waiting"
    shares = []
    uploads.start()

    def scored() -> bool:
        shares.extend(u["done"] for u in client.get("/uploads.json").json())
        return client.get("/uploads.json").json() == []

    until(scored)
    page = client.get("/").text
    assert "Füße 2" in page and any(0 < share < 1 for share in shares) and shares == sorted(shares)
    (folder,) = uploads.folder.iterdir()
    assert not list(folder.glob("*.mp4")), "what was sent is gone"
    assert len(list(folder.glob("*/scorecard.json"))) == 1


@pytest.mark.slow
def test_a_server_that_was_stopped_goes_on(uploads: Uploads, short_clip: Path) -> None:
    video = uploads.place("kneading.mp4", short_clip.stat().st_size)
    shutil.copy(short_clip, video)
    uploads.check(video, "kneading.mp4")
    uploads.add(video, "kneading.mp4")
    uploads.start()
    until(lambda: any(u.state == "scoring" and u.done > 0 for u in uploads.pending()))
    uploads.close()
    assert [u.state for u in uploads.pending()] == ["waiting"], "neither lost nor failed"
    again = Uploads(uploads.folder, Settings())
    again.start()
    until(lambda: not again.pending())
    again.close()
    assert len(list(uploads.folder.glob("*/*/scorecard.json"))) == 1


def test_what_is_no_video_is_refused_and_leaves_nothing(client: Any, uploads: Uploads) -> None:
    for name, body, words in (
        ("x.mp4", b"not a video" * 99, "can't be read"), ("x.exe", b"MZ", "Expected a video"),
        ("x.mp4", b"", "0.0 GB"), ("..%2f..%2fx.mp4", b"no", "can't be read"),
    ):  # fmt: skip
        told = client.post(f"/uploads/{name}", content=body, headers=OWN | {"Content-Length": str(len(body))})
        assert told.status_code in (404, 422), name
        if told.status_code == 422:
            assert words in told.json()["problem"]
    assert uploads.pending() == [] and not list(uploads.folder.iterdir())


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Füße 2.MP4", "Füße 2.MP4"), ("../../x.mp4", "x.mp4"), ("c:\\a\\b.mp4", "b.mp4"),
        ("a\x00\n\u202eb.mp4", "ab.mp4"), ("...mp4", "video.mp4"),
        ("足" * 300 + ".mp4", "足" * 50 + ".mp4"), (" .mp4", "video.mp4"),
    ],
)  # fmt: skip
def test_a_name_is_made_one_that_any_file_may_have(uploads: Uploads, name: str, kept: str) -> None:
    video = uploads.place("x.mp4", 9)
    video.write_bytes(b"x")
    assert uploads.add(video, name).name == kept and len(kept.encode()) < 200


def test_a_part_of_a_video_is_refused(client: Any, uploads: Uploads) -> None:
    headers = OWN | {"Content-Length": str(SAMPLE.stat().st_size)}
    told = client.post("/uploads/x.mp4", content=SAMPLE.read_bytes()[:1000], headers=headers)
    assert told.status_code == 422 and "only a part" in told.json()["problem"]
    assert not list(uploads.folder.iterdir())


def test_too_large_or_too_full(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FormatError, match="4 GB"):
        uploads.place("x.mp4", 5 * 1024**3)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12, 10**8))
    with pytest.raises(TrainerError, match="are free"):
        uploads.place("x.mp4", 10**8)
    assert not list(uploads.folder.iterdir())


@pytest.mark.slow
def test_one_that_cannot_be_scored_says_why_and_can_be_removed(client: Any, uploads: Uploads, tmp_path: Path) -> None:
    import numpy as np

    path = tmp_path / "grey.mp4"
    writer = VideoWriter(path, 320, 240)
    for k in range(3):
        writer.write(np.full((240, 320, 3), 90, np.uint8), k / 10)
    writer.close()
    assert client.post("/uploads/grey.mp4", content=path.read_bytes(), headers=OWN).status_code == 200
    uploads.start()
    until(lambda: any(u.state == "failed" for u in uploads.pending()) or not uploads.pending())
    told = client.get("/uploads.json").json()
    assert told and told[0]["state"] == "failed" and "Expected" in told[0]["problem"]
    assert str(uploads.folder) not in told[0]["problem"]
    gone = client.delete(f"/uploads/{told[0]['id']}", headers=OWN | {"Content-Length": "0"})
    assert gone.json() == [] and not list(uploads.folder.iterdir())
    assert client.delete("/uploads/nothing", headers=OWN | {"Content-Length": "0"}).status_code == 200


def test_a_room_without_uploads_takes_none(desk: Desk) -> None:
    from starlette.testclient import TestClient

    client: Any = TestClient(create_app(desk, [HOST]), base_url=f"http://{HOST}", raise_server_exceptions=False)
    assert client.post("/uploads/x.mp4", content=b"x", headers=OWN).status_code == 404
    assert client.get("/uploads.json").json() == [] and "drop" not in client.get("/").text
