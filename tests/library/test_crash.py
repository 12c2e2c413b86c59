"""A session that is killed: what it had taken is there, but for the last two seconds."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "screen"))

from screen_clips import real_pipeline, scene, write_clip

from trainer.cli import app
from trainer.errors import FormatError, VideoError
from trainer.library.marks import mark_running
from trainer.library.recovery import recover
from trainer.library.store import Library
from trainer.model import Moment
from trainer.score.journal import SUFFIX, TrackJournal, finish_journal
from trainer.score.tracks import read_tracks
from trainer.video.cut_off import finish_video, unfinished
from trainer.video.source import open_source
from trainer.video.writer import VideoWriter

LOST_S = 2.0
APP = Path(__file__).with_name("live_app.py")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_clip(path, 30.0)
    return path


@pytest.fixture(scope="module")
def moments(clip: Path) -> list[Moment]:
    pipeline = real_pipeline(scene())
    with open_source(clip) as source:
        return [pipeline.step(frame) for frame, _ in zip(source.frames(), range(150), strict=False)]


@dataclass
class Killed:
    library: Path
    last_s: float


@pytest.fixture(scope="module")
def killed(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Killed:
    """A session that got SIGKILL after six seconds of video."""
    library = tmp_path_factory.mktemp("library")
    command = [sys.executable, str(APP), str(clip), str(library)]
    last_s = 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last_s = float(line)
            if last_s > 6.0:
                process.kill()
                break
        last_s = max([last_s, *(float(line) for line in process.stdout if line.endswith("\n"))])
    return Killed(library, last_s)


def test_a_killed_session_is_whole_again_but_for_two_seconds(killed: Killed) -> None:
    assert last_seen(killed.library, ".journal", ".unfinished.mp4")
    told = CliRunner().invoke(app, ["history", "--library", str(killed.library), "--json"])
    assert told.exit_code == 0
    (session,) = json.loads(told.stdout)
    folder = Path(session["folder"])
    assert session["finished"] and session["video"] and session["name"] == "Kneading"
    tracks = read_tracks(folder / "tracks.parquet")
    assert killed.last_s - tracks.time_s[-1] < LOST_S
    with open_source(folder / "session.mp4") as source:
        video = [frame.time_s for frame in source.frames()]
    assert killed.last_s - video[-1] < LOST_S
    print(f"lost: tracks {killed.last_s - tracks.time_s[-1]:.2f} s, video {killed.last_s - video[-1]:.2f} s")
    card = json.loads((folder / "scorecard.json").read_text("utf-8"))
    assert card["discomfort_s"] == [pytest.approx(1.5, abs=0.05)]
    assert card["duration_s"] == pytest.approx(tracks.time_s[-1], abs=0.2)
    assert (folder / "report.html").is_file() and not last_seen(killed.library, ".journal", ".unfinished.mp4")


def last_seen(folder: Path, *endings: str) -> bool:
    return all(any(p.name.endswith(ending) for p in folder.rglob("*")) for ending in endings)


def test_a_journal_is_read_as_far_as_it_was_written(moments: list[Moment], tmp_path: Path) -> None:
    journal = TrackJournal(tmp_path / "a.parquet", video={"name": "x"})
    for moment in moments:
        journal.append(moment)
    shutil.copy(tmp_path / "a.journal", tmp_path / "cut.journal")
    journal.close()
    whole = read_tracks(tmp_path / "a.parquet")
    assert len(whole) == len(moments) and whole.facts["video"] == {"name": "x"}
    assert not (tmp_path / "a.journal").exists()
    size = (tmp_path / "cut.journal").stat().st_size
    for share in (1.0, 0.7, 0.5):
        shutil.copy(tmp_path / "cut.journal", tmp_path / "part.journal")
        with (tmp_path / "part.journal").open("r+b") as file:
            file.truncate(int(size * share))
        frames = finish_journal(tmp_path / "part.parquet")
        part = read_tracks(tmp_path / "part.parquet")
        assert 0 < frames == len(part) < len(whole) or share == 1.0
        np.testing.assert_array_equal(part.hand_px, whole.hand_px[:frames])
    assert moments[-1].frame.time_s - read_last(tmp_path) < 10.0


def read_last(folder: Path) -> float:
    return float(read_tracks(folder / "part.parquet").time_s[-1])


def test_what_is_no_journal_and_no_video_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.journal").write_bytes(b"nothing of the kind")
    with pytest.raises(FormatError, match="none there can be read"):
        finish_journal(tmp_path / "x.parquet")
    unfinished(tmp_path / "x.mp4").write_bytes(b"")
    with pytest.raises(VideoError, match="can't be read"):
        finish_video(tmp_path / "x.mp4")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.journal", "x.unfinished.mp4"], "nothing is thrown away"


def test_a_video_cut_anywhere_plays_as_far_as_it_was_written(tmp_path: Path) -> None:
    moment = scene()
    writer = VideoWriter(tmp_path / "v.mp4", *moment.frame.size, crash_safe=True)
    for k in range(150):
        writer.write(moment.frame.image, k / 30)
    shutil.copy(unfinished(tmp_path / "v.mp4"), unfinished(tmp_path / "cut.mp4"))
    writer.close()
    with open_source(tmp_path / "v.mp4") as source:
        assert len([*source.frames()]) == 150
    assert not unfinished(tmp_path / "v.mp4").exists()
    finish_video(tmp_path / "cut.mp4")
    with open_source(tmp_path / "cut.mp4") as source:
        assert [*source.frames()][-1].time_s > 149 / 30 - LOST_S


def test_a_session_that_still_runs_is_left_alone(tmp_path: Path, moments: list[Moment]) -> None:
    library = Library(tmp_path)
    kept = library.begin("free", "")
    mark_running(kept.folder)
    with TrackJournal(kept.folder / "tracks.parquet", video={"name": "x", "width": 640, "height": 480}) as journal:
        for moment in moments:
            journal.append(moment)
        assert [*recover(library)] == []
    (kept.folder / "running").write_text('{"pid": 1, "since": 0}', encoding="utf-8")
    assert [(k.id, problem) for k, problem in recover(library)] == [(kept.id, None)]
    assert [*recover(library)] == [] and library.sessions()[0].measures is not None


def test_what_can_not_be_made_whole_is_told_and_kept(tmp_path: Path) -> None:
    library = Library(tmp_path)
    kept = library.begin("free", "")
    (kept.folder / "tracks.journal").write_bytes(b"damaged")
    ((_, problem),) = recover(library)
    assert problem is not None and SUFFIX in problem and (kept.folder / "tracks.journal").is_file()
