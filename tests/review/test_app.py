"""The review room's answers: every page and its data, what it refuses, and that it asks nobody else."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trainer.review.app import create_app
from trainer.review.desk import Desk
from trainer.review.eaf import read_eaf
from trainer.review.guard import POLICY
from trainer.score.labels import read_labels

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Using `httpx`")
HOST = "127.0.0.1:8765"
OWN = {"Origin": f"http://{HOST}"}


@pytest.fixture
def client(desk: Desk) -> Any:
    from starlette.testclient import TestClient

    return TestClient(create_app(desk, [HOST]), base_url=f"http://{HOST}", raise_server_exceptions=False)


def of(desk: Desk, mode: str) -> str:
    return next(shown.id for shown in desk.room.sessions() if shown.mode == mode)


def edit(name: str, start_s: float, end_s: float, **more: Any) -> dict[str, Any]:
    return {"op": "put", "id": name, "seen": 0, "technique": "kneading", "start_s": start_s, "end_s": end_s} | more


def test_the_overview_shows_all_sessions(client: Any, desk: Desk) -> None:
    page = client.get("/")
    assert page.status_code == 200
    for words in ("Kneading", "Füße 1", "2 sessions", "no video", "video kept"):
        assert words in page.text
    assert page.headers["content-security-policy"] == POLICY


def test_an_empty_room_says_what_to_do(client: Any, desk: Desk, scored: Path) -> None:
    for shown in desk.room.sessions():
        (shown.folder / "scorecard.json").unlink()
    assert "trainer live" in client.get("/").text


def test_a_session_and_its_data(client: Any, desk: Desk) -> None:
    name = of(desk, "scored")
    page = client.get(f"/sessions/{name}")
    assert page.status_code == 200 and "<video" in page.text and "Thumb walking" in page.text
    data = client.get(f"/sessions/{name}/data.json").json()
    assert [s["technique"] for s in data["lanes"]["machine"]] == ["kneading", "press_hold"]
    assert data["duration_s"] == 20.0 and data["names"]["kneading"] == "Kneading"
    assert len(data["map"]["zones"]) == 10 and data["doubts"] == sorted(data["doubts"])
    assert data["doubts"], "not sure and unseen at times"
    assert client.get(f"/sessions/{of(desk, 'drill')}").text.count("<canvas") == 1


def test_the_video_comes_in_parts(client: Any, desk: Desk, scored: Path) -> None:
    whole = (scored / "overlay.mp4").read_bytes()
    part = client.get(f"/sessions/{of(desk, 'scored')}/video", headers={"Range": "bytes=100-199"})
    assert part.status_code == 206 and part.content == whole[100:200]
    assert part.headers["content-type"] == "video/mp4"
    assert client.get(f"/sessions/{of(desk, 'drill')}/video").status_code == 404


def test_no_page_names_another_host_or_holds_inline_code(client: Any, desk: Desk) -> None:
    static = Path(__file__).resolve().parents[2] / "trainer" / "review" / "static"
    texts = [client.get("/").text, client.get(f"/sessions/{of(desk, 'scored')}").text]
    for text in texts:
        assert not re.search(r"\son\w+=|\sstyle=|<script>", text)
    texts += [path.read_text("utf-8") for path in static.iterdir()]
    for text in texts:
        assert set(re.findall(r"https?://[^\s\"'`<>]+", text)) <= {"http://www.w3.org/2000/svg"}


def test_labels_are_kept_and_written_where_training_reads_them(client: Any, desk: Desk, scored: Path) -> None:
    url = f"/sessions/{of(desk, 'scored')}"
    edits = [edit("abcdefgh", 2.0, 6.0, hands=["right", "left"])]
    told = client.post(f"{url}/edits", json={"edits": edits}, headers=OWN)
    assert told.status_code == 200, told.text
    state = told.json()
    assert state["labels"][0]["version"] == 1 and state["agreement"]["same"] == pytest.approx(1.0)
    assert read_labels(scored / "labels.csv")[0].hands == ("left", "right")
    clash = client.post(f"{url}/edits", json={"edits": [edit("other678", 5.0, 7.0)]}, headers=OWN)
    assert clash.status_code == 409 and len(clash.json()["state"]["labels"]) == 1
    stale = client.post(f"{url}/edits", json={"edits": [{"op": "delete", "id": "abcdefgh", "seen": 0}]}, headers=OWN)
    assert stale.status_code == 409
    gone = client.post(f"{url}/edits", json={"edits": [{"op": "delete", "id": "abcdefgh", "seen": 1}]}, headers=OWN)
    assert gone.json()["labels"] == []


def test_labels_beside_a_session_are_taken_over_once(client: Any, desk: Desk, scored: Path) -> None:
    (scored / "labels.csv").write_text("technique,start_s,end_s\nkneading,2,6\n", "utf-8")
    url = f"/sessions/{of(desk, 'scored')}"
    (label,) = client.get(f"{url}/state.json").json()["labels"]
    client.post(f"{url}/edits", json={"edits": [{"op": "delete", "id": label["id"], "seen": 1}]}, headers=OWN)
    assert client.get(f"{url}/state.json").json()["labels"] == []


def test_two_sessions_side_by_side(client: Any, desk: Desk) -> None:
    a, b = of(desk, "scored"), of(desk, "drill")
    assert f'<option value="{b}">' in client.get(f"/sessions/{a}").text
    page = client.get(f"/compare?a={a}&b={b}")
    assert page.status_code == 200 and "120 a minute" in page.text and "big toe" in page.text
    pairs = client.get(f"/compare/anchors.json?a={a}&b={b}").json()
    assert pairs[0] == [0, 0] and pairs[-1] == [20, 20] and np.all(np.diff(pairs, axis=0) > 0)
    for query in ("", f"?a={a}", f"?a={a}&b=../x"):
        assert client.get(f"/compare{query}").status_code == 404


def test_comments(client: Any, desk: Desk) -> None:
    url = f"/sessions/{of(desk, 'drill')}"
    body = {"time_s": 3.25, "text": "<b>Gut</b> so", "zone": "hallux"}
    (comment,) = client.post(f"{url}/comments", json=body, headers=OWN).json()["comments"]
    assert (comment["time_s"], comment["text"], comment["zone"]) == (3.25, "<b>Gut</b> so", "hallux")
    gone = client.delete(f"{url}/comments/{comment['id']}", headers=OWN | {"Content-Length": "0"})
    assert gone.json()["comments"] == []
    for wrong in ({"text": ""}, {"time_s": "3"}, {"zone": "knee"}, {"text": 7}):
        assert client.post(f"{url}/comments", json=body | wrong, headers=OWN).status_code == 422


@pytest.mark.parametrize("ending", ["eaf", "csv"])
def test_out_and_in_again(client: Any, desk: Desk, ending: str) -> None:
    url = f"/sessions/{of(desk, 'scored')}"
    client.post(f"{url}/edits", json={"edits": [edit("abcdefgh", 2.0, 6.125, hands=["left"])]}, headers=OWN)
    out = client.get(f"{url}/export/session.{ending}")
    assert out.status_code == 200 and "attachment" in out.headers["content-disposition"]
    if ending == "eaf":
        assert "instructor" in [tier.name for tier in read_eaf(out.content, "x")]
    before = client.get(f"{url}/state.json").json()["labels"]
    again = client.post(f"{url}/import/x.{ending}", content=out.content, headers=OWN).json()["labels"]
    assert [{**x, "id": "", "version": 0} for x in again] == [{**x, "id": "", "version": 0} for x in before]
    for name, body in ((f"x.{ending}", b"\x00\xff nothing"), ("x.exe", out.content)):
        wrong = client.post(f"{url}/import/{name}", content=body, headers=OWN)
        assert wrong.status_code == 422 and wrong.json()["problem"]
    assert client.get(f"{url}/state.json").json()["labels"] == again


def test_subtitles_and_everything(client: Any, desk: Desk) -> None:
    url = f"/sessions/{of(desk, 'drill')}"
    assert client.get(f"{url}/export/session.vtt").text.startswith("WEBVTT")
    whole = client.get(f"{url}/export/session.json").json()
    assert whole["scorecard"]["schema"] and whole["labels"] == []
    assert client.get(f"{url}/export/session.exe").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        '{"time_s":1,"text":"\\ud800"}', '{"time_s":1,"text":"a\\u0000b"}',
        '{"time_s":1,"text":"x","\\udfff":[{"a":"b"}]}', "[" * 100_000, "[]", "7",
        "", '{"time_s":1e308,"text":"x"}', '{"time_s":NaN,"text":"x"}', "\xff",
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused(client: Any, desk: Desk, body: str) -> None:
    url = f"/sessions/{of(desk, 'drill')}/comments"
    told = client.post(url, content=body.encode("latin-1"), headers=OWN)
    assert told.status_code == 422 and told.json()["problem"].startswith("Expected ")
    assert client.post("/students", content='{"name":"\\u0000x","group":""}', headers=OWN).status_code == 422


def test_who_may_not_ask(client: Any, desk: Desk) -> None:
    url = f"/sessions/{of(desk, 'scored')}/comments"
    body = {"time_s": 1.0, "text": "x"}
    assert client.post(url, json=body).status_code == 403, "no origin"
    assert client.post(url, json=body, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post(url, json=body, headers={"Origin": "null"}).status_code == 403
    assert client.get("/", headers={"Host": "evil.example:8765"}).status_code == 421
    assert client.post(url, content=b"x", headers=OWN | {"Content-Length": str(10**9)}).status_code == 413
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", [
    "/sessions/nothing", "/sessions/../../etc/passwd", "/sessions/%2e%2e/data.json", "/static/../app.py",
    "/static/%2e%2e/app.py", "/sessions/nothing/video", "/sessions/nothing/export/x.eaf",
])  # fmt: skip
def test_no_way_out_of_the_room(client: Any, path: str) -> None:
    told = client.get(path)
    assert told.status_code == 404 and "root:" not in told.text and "import" not in told.text


def test_bad_bodies_are_told(client: Any, desk: Desk) -> None:
    url = f"/sessions/{of(desk, 'scored')}/edits"
    for body in (b"", b"{", b"[]", b'{"edits": 3}', b'{"edits": [3]}', b"[" * 100_000):
        told = client.post(url, content=body, headers=OWN)
        assert told.status_code == 422 and told.json()["problem"], body[:20]


def test_a_session_deleted_while_it_is_open(client: Any, desk: Desk) -> None:
    name = of(desk, "drill")
    kept = desk.room.find(name)
    assert client.get(f"/sessions/{name}/state.json").status_code == 200
    (kept.folder / "scorecard.json").unlink()
    told = client.post(f"/sessions/{name}/comments", json={"time_s": 1, "text": "x"}, headers=OWN)
    assert told.status_code == 404 and "overview" in told.json()["problem"]
    page = client.get(f"/sessions/{name}", headers={"Accept": "text/html"})
    assert page.status_code == 404 and "To the overview" in page.text


def test_deleting_deletes_and_is_logged(client: Any, desk: Desk, scored: Path) -> None:
    name, other = of(desk, "drill"), of(desk, "scored")
    folder = desk.room.find(name).folder
    client.post(f"/sessions/{name}/comments", json={"time_s": 1, "text": "private"}, headers=OWN)
    gone = client.delete(f"/sessions/{name}", headers=OWN | {"Content-Length": "0"})
    assert gone.status_code == 200 and not folder.exists()
    assert desk.comments.of(name) == [] and desk.log.of(name) == [{"session": "deleted"}]
    assert client.get(f"/sessions/{name}").status_code == 404
    assert client.delete(f"/sessions/{name}", headers=OWN | {"Content-Length": "0"}).status_code == 404
    refused = client.delete(f"/sessions/{other}", headers=OWN | {"Content-Length": "0"})
    assert refused.status_code == 422 and str(scored) in refused.json()["problem"] and scored.exists()


def test_frames_are_stepped_by_their_own_times(client: Any, desk: Desk, scored: Path, kneading: Path) -> None:
    folder = Path(shutil.copytree(kneading, scored.parent / "kneading"))
    shown = next(s for s in desk.room.sessions() if s.folder == folder)
    times = np.frombuffer(client.get(f"/sessions/{shown.id}/times.bin").content, "<f8")
    assert len(times) == 240 and np.all(np.diff(times) > 0)
    part = client.get(f"/sessions/{shown.id}/drawn.json?from=2&to=4").json()
    assert 25 <= len(part["times_s"]) <= 31 and all(2 <= t < 4 for t in part["times_s"])
    hands = [hand for pair in part["hands"] for hand in pair if hand]
    assert len(hands) > 30 and all(len(hand) == 21 for hand in hands) and any(part["foot"])
    assert client.get(f"/sessions/{shown.id}/drawn.json?from=x").status_code == 422
