"""What goes wrong around the room: a full disk, a database that is locked, gone or full, a file that can't be written.
Each is told in one clear line, nothing that was there is lost, and afterwards all goes on."""

from __future__ import annotations

import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.review.in_a_class import OWN, Klass
from trainer.review.app import create_app
from trainer.review.desk import Desk
from trainer.review.edits import Edit, Mark
from trainer.score.labels import NAME

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Using `httpx`")
SAMPLE = Path(__file__).resolve().parents[2] / "sample_videos" / "kneading.mp4"
COMMENT = {"time_s": 1.0, "text": "x"}


def told(answer: Any, status: int, *words: str) -> None:
    assert answer.status_code == status, answer.text
    problem = answer.json()["problem"]
    assert problem.startswith("Expected ") and "\n" not in problem and "Traceback" not in problem
    assert all(word in problem for word in words), problem


def test_a_database_that_is_locked(klass: Klass, tmp_path: Path) -> None:
    url, client = f"/sessions/{klass.session()}/comments", klass.client("student")
    other = sqlite3.connect(tmp_path / "review.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    told(client.post(url, json=COMMENT, headers=OWN), 503, "locked")
    other.execute("ROLLBACK")
    other.close()
    assert client.post(url, json=COMMENT, headers=OWN).status_code == 200


def test_a_database_that_is_gone_and_comes_back(klass: Klass, tmp_path: Path) -> None:
    session, client = klass.session(), klass.client("student")
    url = f"/sessions/{session}/comments"
    assert client.post(url, json=COMMENT, headers=OWN).status_code == 200
    shutil.move(tmp_path / "review.sqlite", tmp_path / "away.sqlite")
    told(client.post(url, json=COMMENT, headers=OWN), 503, "review.sqlite", "gone")
    page = client.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 503 and "is gone" in page.text
    shutil.move(tmp_path / "away.sqlite", tmp_path / "review.sqlite")
    assert len(client.post(url, json=COMMENT, headers=OWN).json()["comments"]) == 2


def test_a_database_that_is_full(klass: Klass, tmp_path: Path) -> None:
    url, client = f"/sessions/{klass.session()}/comments", klass.client("student")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (tmp_path / "review.sqlite").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limit[1]))
    try:
        answers = [client.post(url, json={"time_s": k, "text": "x" * 2000}, headers=OWN) for k in range(30)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    kept = sum(answer.status_code == 200 for answer in answers)
    told(answers[-1], 503, "database")
    after = client.post(url, json=COMMENT, headers=OWN)
    assert after.status_code == 200 and len(after.json()["comments"]) == kept + 1


def test_a_disk_that_fills_while_a_video_comes(klass: Klass) -> None:
    uploads, client = klass.desk.uploads, klass.client("student")
    assert uploads is not None
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, limit[1]))
    try:
        answer = client.post("/uploads/x.mp4", content=SAMPLE.read_bytes(), headers=OWN)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    told(answer, 503, "the video", "too large")
    assert not list(uploads.folder.iterdir()) and client.get("/uploads.json").json() == []


def test_labels_that_cannot_be_written_beside_the_session_are_kept(klass: Klass) -> None:
    session, client = klass.session(), klass.client("instructor")
    folder = klass.desk.room.find(session).folder
    (folder / NAME).mkdir()
    put = {"op": "put", "id": "abcdefgh", "seen": 0, "technique": "kneading", "start_s": 1.0, "end_s": 2.0}
    state = client.post(f"/sessions/{session}/edits", json={"edits": [put]}, headers=OWN).json()
    assert len(state["labels"]) == 1 and NAME in state["warning"]


@pytest.mark.parametrize("damage", ["{", "[]", "{}", '{"schema": 7}', "\x00"])
def test_a_damaged_scorecard_is_told(klass: Klass, damage: str) -> None:
    session, client = klass.session(), klass.client("student")
    (klass.desk.room.find(session).folder / "scorecard.json").write_text(damage, "utf-8")
    told(client.get(f"/sessions/{session}/data.json"), 422, "scorecard")
    assert client.get("/").status_code == 200, "the others are still to be seen"


def test_one_damaged_session_hides_no_other(desk: Desk, scored: Path) -> None:
    from starlette.testclient import TestClient

    client: Any = TestClient(create_app(desk, ["x"]), base_url="http://x", raise_server_exceptions=False)
    (scored / "scorecard.json").write_text("{", "utf-8")
    text = client.get("/").text
    assert "Füße 1" in text and "Kneading" in text and "can&#39;t be read" in text


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"x" * 5000])
def test_damaged_tracks_are_told(klass: Klass, damage: bytes) -> None:
    session, client = klass.session(), klass.client("student")
    (klass.desk.room.find(session).folder / "tracks.parquet").write_bytes(damage)
    for part in ("times.bin", "seen.json", "drawn.json?from=0&to=5"):
        told(client.get(f"/sessions/{session}/{part}"), 422, "tracks")
    assert client.get(f"/sessions/{session}/data.json").status_code == 200


def test_a_session_deleted_while_it_is_open(klass: Klass) -> None:
    session = klass.session()
    assert klass.client("student").get(f"/sessions/{session}/state.json").status_code == 200
    assert klass.client("instructor").delete(f"/sessions/{session}", headers=OWN | {"Content-Length": "0"})
    put = {"op": "put", "id": "abcdefgh", "seen": 0, "technique": "kneading", "start_s": 1.0, "end_s": 2.0}
    told(klass.client("instructor").post(f"/sessions/{session}/edits", json={"edits": [put]}, headers=OWN), 404)
    told(klass.client("student").post(f"/sessions/{session}/comments", json=COMMENT, headers=OWN), 404)


def test_two_instructors_at_once_lose_nothing(klass: Klass) -> None:
    session = klass.session()
    url = f"/sessions/{session}/edits"
    klass.desk.marks.edit(session, [Edit("aaaaaaaa", 0, Mark("aaaaaaaa", "kneading", 0, 900))])
    put = {"op": "put", "id": "aaaaaaaa", "seen": 1, "technique": "friction", "start_s": 0.0, "end_s": 0.9}
    first = klass.client("instructor").post(url, json={"edits": [put]}, headers=OWN)
    second = klass.client("head").post(url, json={"edits": [put | {"technique": "wringing"}]}, headers=OWN)
    assert first.status_code == 200 and second.status_code == 409
    assert second.json()["state"]["labels"][0]["technique"] == "friction", "the other's is shown"
    assert [change.who for change in klass.desk.log.latest(1)] == ["instructor"]


def test_uploads_belong_to_somebody_and_keep_what_was_agreed(klass: Klass) -> None:
    uploads = klass.desk.uploads
    assert uploads is not None
    student, body = klass.people["student"], SAMPLE.read_bytes()
    sent = klass.client("student").post("/uploads/a.mp4?keep=tracks&days=30", content=body, headers=OWN)
    assert sent.status_code == 200, sent.text
    name = sent.json()["id"]
    assert klass.desk.people.owner(name) == student and not klass.desk.keepings.of(name).video
    assert klass.desk.keepings.of(name).until is not None
    queue = {role: klass.client(role).get("/uploads.json").json() for role in ("classmate", "instructor", "head")}
    assert [len(queue[role]) for role in ("classmate", "instructor", "head")] == [0, 1, 1]
    gone = {"headers": OWN | {"Content-Length": "0"}}
    assert klass.client("classmate").delete(f"/uploads/{name}", **gone).status_code == 200
    assert len(uploads.pending()) == 1, "not theirs to remove"
    assert klass.client("student").delete(f"/uploads/{name}", **gone).json() == []
    assert uploads.pending() == [] and klass.desk.people.owner(name) is None
    for query in ("keep=nothing", "days=0", "days=9999999", "days=soon", "days=-1"):
        answer = klass.client("student").post(f"/uploads/a.mp4?{query}", content=body, headers=OWN)
        assert answer.status_code == 422, query
    other = klass.people["elsewhere"].id
    assert klass.client("instructor").post(f"/uploads/a.mp4?of={other}", content=body, headers=OWN).status_code == 403


@pytest.mark.slow
def test_of_a_video_sent_for_its_tracks_no_picture_stays(klass: Klass, short_clip: Path) -> None:
    uploads = klass.desk.uploads
    assert uploads is not None
    uploads.start()
    body = short_clip.read_bytes()
    sent = klass.client("student").post("/uploads/kneading.mp4?keep=tracks", content=body, headers=OWN)
    name, end = sent.json()["id"], time.monotonic() + 120
    while uploads.pending() and time.monotonic() < end:
        time.sleep(0.3)
    uploads.close()
    folder = klass.desk.room.find(name).folder
    assert not list(uploads.folder.rglob("*.mp4")) and (folder / "tracks.parquet").is_file()
    assert "data:image/jpeg" not in (folder / "report.html").read_text("utf-8")
    page = klass.client("student").get(f"/sessions/{name}")
    assert page.status_code == 200 and "<canvas" in page.text
    assert klass.client("classmate").get(f"/sessions/{name}").status_code == 404


@pytest.mark.slow
def test_a_killed_server_goes_on_with_the_video_at_hand(tmp_path: Path, short_clip: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    library = tmp_path / "library"
    command = [sys.executable, "-m", "trainer", "review", "--library", str(library), "--port", str(port)]

    def asked(path: str, **sent: Any) -> Any:
        end = time.monotonic() + 60
        while True:
            try:
                method = "POST" if sent else "GET"
                return httpx.request(method, url + path, headers={"Origin": url}, timeout=20, **sent).json()
            except httpx.TransportError:
                assert time.monotonic() < end, "the room doesn't open"
                time.sleep(0.1)

    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        asked("/uploads/kneading.mp4", content=short_clip.read_bytes())
        while asked("/uploads.json")[0]["state"] != "scoring":
            time.sleep(0.05)
    finally:
        server.kill()
        server.wait()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        assert len(asked("/uploads.json")) == 1, "neither lost nor failed"
        end = time.monotonic() + 120
        while waiting := asked("/uploads.json"):
            assert waiting[0]["state"] != "failed" and time.monotonic() < end, waiting
            time.sleep(0.3)
    finally:
        server.terminate()
        server.wait(20)
    assert len(list((library / "uploads").glob("*/*/scorecard.json"))) == 1
    assert not list((library / "uploads").glob("*/*.mp4"))
