"""`trainer look` on files good and bad: one document, one line for each bad one, nothing half written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from true_clip import TIMES, write_truth
from typer.testing import CliRunner

from tests.look.eyes import Finder, Joints, eyes, foot, found, hand_at
from tests.video.media import write_video
from trainer import pipeline
from trainer.cli import app
from trainer.commands import look
from trainer.hands.backend import open_backend
from trainer.look.document import SCHEMA_PATH
from trainer.pipeline import open_pipeline

LEFT = hand_at(60, 40, 90)


@pytest.fixture(autouse=True)
def blind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the networks: every photograph shows the same hand and foot, a clip its truth."""
    sees = eyes(Finder((found("left", LEFT),), (foot(at=(200.0, 120.0)),)), Joints([LEFT]))
    monkeypatch.setattr(look, "open_eyes", lambda model: sees)
    monkeypatch.setattr("trainer.look.still.look_carefully", lambda finder, image: finder.find(image))

    def opened(settings: Any, *, given: Any = None) -> Any:
        return open_pipeline(settings, given=given, backend=open_backend("truth", path=tmp_path / "clip.truth.npz"))

    monkeypatch.setattr(pipeline, "open_pipeline", opened)
    monkeypatch.chdir(tmp_path)


def photograph(path: Path, width: int = 400, height: int = 300) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, np.full((height, width, 3), 90, np.uint8))[1].tobytes())
    return path


def looked(*arguments: object) -> tuple[int, str, list[str]]:
    ran = CliRunner().invoke(app, ["look", *map(str, arguments)])
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran.exit_code, ran.stdout, ran.stderr.strip().splitlines()


def valid(text: str) -> list[Any]:
    from jsonschema import Draft202012Validator

    told = json.loads(text)
    Draft202012Validator(json.loads(SCHEMA_PATH.read_text("utf-8"))).validate(told)
    return list(told["pictures"])


def test_json_is_all_that_is_printed_and_nothing_is_written(tmp_path: Path) -> None:
    photograph(tmp_path / "füße.png")
    code, shown, told = looked("füße.png", "--json")
    (picture,) = valid(shown)
    assert code == 0 and told == []
    assert (picture["file"], picture["width"], picture["height"], picture["drawn"]) == ("füße.png", 400, 300, None)
    assert [h["side"] for h in picture["hands"]] == ["left"] and len(picture["feet"]) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["füße.png"]


def test_what_is_seen_is_drawn_beside_its_json(tmp_path: Path) -> None:
    photograph(tmp_path / "a.jpg"), photograph(tmp_path / "b.webp")
    code, shown, told = looked("a.jpg", "b.webp")
    assert code == 0 and told == [] and "left hand 0.90" in shown and "left foot, sole 0.95" in shown
    names = sorted(p.name for p in (tmp_path / "looks").iterdir())
    assert names == ["a.look.jpg", "a.look.json", "b.look.json", "b.look.png"]
    (picture,) = valid((tmp_path / "looks" / "a.look.json").read_text("utf-8"))
    assert Path(picture["drawn"]) == Path("looks/a.look.jpg")
    drawn = cv2.imread(str(tmp_path / "looks" / "b.look.png"))
    assert drawn.shape[0] >= 480 and drawn.std() > 5


def test_bad_files_are_told_one_by_one_and_the_good_ones_are_looked_at(tmp_path: Path) -> None:
    good = photograph(tmp_path / "good.png")
    (tmp_path / "text.txt").write_text("neither")
    (tmp_path / "cut.png").write_bytes(photograph(tmp_path / "whole.png").read_bytes()[:60])
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.mp4").write_text("neither")
    bad = ["text.txt", "cut.png", "empty.jpg", "text.mp4", "none.jpg", "none.mp4", str(tmp_path)]
    code, shown, told = looked(*bad, good, "--json", "-o", "out")
    pictures = valid(shown)
    assert code == 2 and len(told) == len(bad)
    assert all(line.startswith("trainer: Expected ") for line in told), told
    assert all(name in line for name, line in zip(bad, told, strict=True))
    assert [p.get("error", "") == "" for p in pictures] == [False] * len(bad) + [True]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["good.look.json", "good.look.png"]


def test_files_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    files = [photograph(tmp_path / folder / name) for folder, name in (("a", "x.png"), ("b", "X.png"), ("b", "x.jpg"))]
    assert looked(*files, "-o", "out")[0] == 0
    drawn = sorted(p.name for p in (tmp_path / "out").iterdir() if p.suffix != ".json")
    assert drawn == ["X-2.look.png", "x-3.look.jpg", "x.look.png"]


def test_a_place_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, _, told = looked(photograph(tmp_path / "a.png"), "-o", tmp_path / "file" / "out")
    assert code == 2 and len(told) == 1 and "file" in told[0]


@pytest.mark.parametrize("name", ["clip.mp4", "clip.data"])
def test_a_video_is_looked_at_frame_by_frame(tmp_path: Path, name: str) -> None:
    write_truth(tmp_path)
    write_video(tmp_path / "clip.mp4", list(TIMES), size=(640, 480), options={"preset": "ultrafast"})
    (tmp_path / "clip.mp4").rename(tmp_path / name)
    code, shown, told = looked(name, "--json", "-o", "out")
    assert code == 0 and told == [], told
    (film,) = valid(shown)
    assert (film["kind"], film["width"], len(film["frames"])) == ("video", 640, len(TIMES))
    assert [frame["time_s"] for frame in film["frames"]] == pytest.approx(TIMES, abs=1e-3)
    hands = film["frames"][50]["hands"]
    assert [h["side"] for h in hands] == ["left", "right"] and hands[0]["visible"] is None
    assert hands[0]["landmarks"][10][0] == pytest.approx(250.5 / 640, abs=0.05)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["clip.look.json", "clip.look.mp4"]
    assert valid((tmp_path / "out" / "clip.look.json").read_text("utf-8")) == [film]
