"""`trainer evaluate` on clips good and bad: one clear line for each bad one, and the others measured."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from true_clip import TIMES, arrays, facts, write_truth
from typer.testing import CliRunner

from tests.video.media import write_video
from trainer.cli import app

FAST = {"options": {"preset": "ultrafast"}}


def clip(folder: Path, frames: int = len(TIMES), size: tuple[int, int] = (640, 480)) -> Path:
    folder.mkdir()
    write_truth(folder)
    write_video(folder / "clip.mp4", list(TIMES[:frames]), size=size, **FAST)
    return folder / "clip.mp4"


def evaluate(*arguments: object) -> tuple[int, str, list[str]]:
    """(exit code, stdout, lines of stderr)"""
    ran = CliRunner().invoke(app, ["evaluate", "--backend", "truth", *map(str, arguments)])
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran.exit_code, ran.stdout, ran.stderr.strip().splitlines()


def test_bad_clips_are_told_one_by_one_and_the_good_one_is_measured(tmp_path: Path) -> None:
    good = clip(tmp_path / "good")
    untrue, other, nan, shapes, corrupt, short, text, wide = (
        tmp_path / n for n in ("untrue", "other", "nan", "shapes", "corrupt", "short", "text", "wide")
    )
    (clip(untrue).parent / "clip.truth.json").unlink()
    clip(other).with_name("clip.truth.json").write_text(json.dumps(facts(format=7)), "utf-8")
    broken = facts()
    broken["foot"]["length_mm"] = float("nan")
    clip(nan).with_name("clip.truth.json").write_text(json.dumps(broken), "utf-8")
    write_truth(clip(shapes).parent, None, arrays(hand_visible=np.zeros((3, 2))))
    clip(corrupt).with_name("clip.truth.npz").write_bytes(b"PK\x03\x04" + bytes(50))
    clip(short, frames=60)
    clip(text).write_text("not a video", "utf-8")
    clip(wide, size=(640, 240))
    (tmp_path / "empty").mkdir()
    bad = [untrue, other, nan, shapes, corrupt, short, text, wide, tmp_path / "empty", tmp_path / "none.mp4"]
    out = tmp_path / "figures.json"
    code, shown, told = evaluate(*bad, good.parent, "--workers", 1, "--json", "-o", out)
    assert code == 2
    assert len(told) == len(bad) and all(line.startswith("trainer: Expected ") for line in told), told
    for name, words in {
        "untrue": "only clips with known truth", "other": "Expected 1 at 'format'", "nan": "foot.length_mm",
        "shapes": "hand_visible", "corrupt": "can't be read", "short": "Expected 100 pictures", "text": "clip.mp4",
        "wide": "Expected pictures of 640x480", "empty": "holds none", "none": "none.mp4",
    }.items():  # fmt: skip
        assert any(words in line and name in line for line in told), (name, told)
    figures = json.loads(shown)
    assert figures == json.loads(out.read_text("utf-8"))
    assert list(figures["clips"]) == [str(good.with_suffix(""))]
    assert figures["all"]["hands_found"] == 1
    assert figures["all"]["landmark_error_median"] == pytest.approx(0, abs=1e-3)


def test_the_worst_frames_are_drawn_on_a_sheet(tmp_path: Path) -> None:
    film, sheet = clip(tmp_path / "clip"), tmp_path / "sheets" / "worst.jpg"
    code, _, told = evaluate(film, "--workers", 1, "--sheet", sheet, "--worst", 3)
    assert code == 0 and told == [], told
    page = cv2.imread(str(sheet))
    assert page.shape[1] == 1600
    code, _, told = evaluate(film, "--sheet", tmp_path / "worst.pdf")
    assert code == 2 and len(told) == 1 and "worst.pdf" in told[0]


@pytest.mark.slow
def test_several_processes_give_the_figures_of_one(tmp_path: Path) -> None:
    clips = [clip(tmp_path / name) for name in "ab"]
    (tmp_path / "a" / "index.json").write_text('{"clips": [{"name": "clip", "camera": "side"}]}', "utf-8")
    results = []
    for workers in (1, 2):
        code, shown, told = evaluate(*clips, "--workers", workers, "--json", "--yardstick")
        assert code == 0 and told == [], told
        results.append(json.loads(shown))
    assert results[0] == results[1]
    assert results[0]["groups"]["camera"]["side"]["visible_hand_frames"] == 200
    assert results[0]["all"]["stock_hands_found"] == 0, "there is nothing to see on these pictures"
