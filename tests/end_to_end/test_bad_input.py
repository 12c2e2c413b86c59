"""Whatever is wrong: one clear line, exit code 2, no traceback, nothing half-written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.end_to_end.conftest import SAMPLES, Ran
from tests.video.media import one_frame, write_sound, write_video

Run = Callable[..., Ran]
Disguise = Callable[..., Path]

pytestmark = pytest.mark.slow


def test_a_missing_file(trainer: Run, out: Path) -> None:
    trainer("score", "nowhere.mp4", "-o", out).assert_refused("nowhere.mp4")
    assert not out.exists()


def test_a_folder_without_videos(trainer: Run, out: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    trainer("score", tmp_path / "empty", "-o", out).assert_refused("empty", "none")


def test_an_empty_file(trainer: Run, out: Path, tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    trainer("score", path, "-o", out).assert_refused("empty.mp4")


def test_text_with_a_videos_name(trainer: Run, out: Path, tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("not a video\n" * 100, encoding="utf-8")
    trainer("score", path, "-o", out).assert_refused("text.mp4")


def test_sound_only(trainer: Run, out: Path, tmp_path: Path) -> None:
    trainer("score", write_sound(tmp_path / "sound.m4a"), "-o", out).assert_refused("audio")


def test_one_picture(trainer: Run, out: Path, tmp_path: Path) -> None:
    trainer("score", one_frame(tmp_path), "-o", out).assert_refused("one")
    assert list(out.iterdir()) == []


def test_no_hands_in_the_whole_video(trainer: Run, out: Path, tmp_path: Path) -> None:
    path = write_video(tmp_path / "wall.mp4", [k / 30 for k in range(30)], size=(320, 240))
    trainer("score", path, "-o", out).assert_refused("no working hand", "wall.mp4")
    assert list(out.iterdir()) == []


def test_a_bare_foot_is_no_massage(trainer: Run, out: Path) -> None:
    trainer("score", SAMPLES / "bare_foot.mp4", "-o", out).assert_refused("no working hand")


def test_a_foot_file_that_is_wrong(trainer: Run, out: Path, disguise: Disguise) -> None:
    path = disguise("wrong foot.mp4")
    path.with_suffix(".foot.json").write_text('{"format": 1, "side": "middle"}', encoding="utf-8")
    trainer("score", path, "-o", out).assert_refused("wrong foot.foot.json", "side")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX folders only")
def test_a_folder_that_is_a_file(trainer: Run, disguise: Disguise, tmp_path: Path) -> None:
    place = tmp_path / "taken"
    place.write_text("a file", encoding="utf-8")
    trainer("score", disguise("a.mp4"), "-o", place).assert_refused("taken", "-o")
    assert place.read_text("utf-8") == "a file"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full or a small disk")
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk(trainer: Run, disguise: Disguise, tmp_path: Path) -> None:
    small = tmp_path / "small disk"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        trainer("score", disguise("full.mp4"), "-o", small / "out").assert_refused("disk is full")
        assert [p for p in small.rglob("*") if p.is_file()] == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_an_unknown_setting(trainer: Run, disguise: Disguise, out: Path) -> None:
    trainer("score", disguise("b.mp4"), "--foot", "middle", "-o", out).assert_refused("foot", "left")


def test_no_camera(trainer: Run) -> None:
    trainer("live", "--camera", "97").assert_refused()


def test_a_bad_file_does_not_stop_the_rest_and_done_ones_are_skipped(
    trainer: Run, disguise: Disguise, out: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "a class"
    folder.mkdir()
    good = disguise("good.mp4")
    for path in (good, good.with_suffix(".foot.json")):
        shutil.copy(path, folder)
    (folder / "bad.mp4").write_text("text", encoding="utf-8")
    first = trainer("score", folder, "-o", out, "--json")
    assert first.code == 2
    results = {Path(r["video"]).name: r for r in json.loads(first.out)}
    assert "bad.mp4" in results["bad.mp4"]["error"]
    assert results["good.mp4"]["fresh"] is True
    again = json.loads(trainer("score", folder, "-o", out, "--json").out)
    assert {Path(r["video"]).name: r for r in again}["good.mp4"]["fresh"] is False


def test_cut_off_in_the_middle_it_is_scored_up_to_there_and_said(
    trainer: Run, disguise: Disguise, out: Path, tmp_path: Path
) -> None:
    whole = disguise("whole.mkv")
    cut = tmp_path / "cut.mkv"
    data = whole.read_bytes()
    cut.write_bytes(data[: round(len(data) * 0.7)])
    shutil.copy(whole.with_suffix(".foot.json"), cut.with_suffix(".foot.json"))
    ran = trainer("score", cut, "-o", out, "--json")
    assert ran.code == 0, ran.err
    (result,) = json.loads(ran.out)
    assert 0.5 < result["scorecard"]["duration_s"] < 2.4


def test_a_damaged_model_is_found_by_its_hash(tmp_path: Path) -> None:
    from trainer.errors import ModelFileError
    from trainer.hands.model_files import find_model

    with pytest.raises(ModelFileError, match="hand_landmarker_full"):
        find_model("full", tmp_path)
    shutil.copy(SAMPLES.parent / "models" / "hand_landmarker_full.task", tmp_path)
    data = bytearray((tmp_path / "hand_landmarker_full.task").read_bytes())
    data[5000] ^= 1
    (tmp_path / "hand_landmarker_full.task").write_bytes(bytes(data))
    with pytest.raises(ModelFileError, match="hand_landmarker_full"):
        find_model("full", tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_leaves_nothing_half_written(out: Path) -> None:
    command = [sys.executable, "-m", "trainer.cli", "score", str(SAMPLES / "session.mp4"), "-o", str(out)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    deadline = time.monotonic() + 60
    while not (out.exists() and any(out.rglob("*.part*"))) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.strip().startswith("trainer: Stopped")
    assert len(err.strip().splitlines()) == 1
    assert list(out.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("grün und süß 足.mp4", {}),
        ("gray.mkv", {"codec": "ffv1", "pixels": "gray"}),
        ("ten-bit.mp4", {"pixels": "yuv420p10le", "options": {"preset": "ultrafast"}}),
        ("turned.mp4", {"turn": 1, "rotation": -90}),
        ("variable.mp4", {"times": list(np.cumsum(np.tile([0.02, 0.05, 0.033, 0.04, 0.025], 14)))}),
        ("fast.mp4", {"times": [k / 240 for k in range(480)], "options": {"preset": "ultrafast"}}),
    ],
)
def test_odd_videos_work(trainer: Run, disguise: Disguise, out: Path, name: str, how: dict[str, object]) -> None:
    path = disguise(name, **how)
    ran = trainer("score", path, "-o", out, "--json")
    assert ran.code == 0, ran.err
    (result,) = json.loads(ran.out)
    folder = Path(result["folder"])
    assert {p.name for p in folder.iterdir()} == {"scorecard.json", "tracks.parquet", "overlay.mp4", "report.html"}
    video = result["scorecard"]["video"]
    assert video["width"] > video["height"]


def test_4k_works(trainer: Run, disguise: Disguise, out: Path) -> None:
    path = disguise("uhd.mp4", scale=6.0, times=[k / 10 for k in range(12)], options={"preset": "ultrafast"})
    ran = trainer("score", path, "-o", out, "--json")
    assert ran.code == 0, ran.err
