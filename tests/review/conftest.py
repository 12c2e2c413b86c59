"""A review room over two sessions: one of the library, one that was scored."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from tests.review.in_a_class import Klass, make
from tests.score.session_results import make_card, results
from trainer.library.measures import measures_of
from trainer.library.store import Library
from trainer.review import accounts
from trainer.review.desk import Desk
from trainer.review.migrate import open_database
from trainer.review.room import Room
from trainer.review.rubric import load_rubrics
from trainer.score.scorecard import write_scorecard
from trainer.score.scorer import score_video
from trainer.settings import Settings
from trainer.strokes.techniques import load_techniques
from trainer.video.source import open_source
from trainer.video.writer import VideoWriter


@pytest.fixture(scope="session")
def kneading(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample clip's scored session: to be copied, not changed."""
    return score_video(SAMPLE, tmp_path_factory.mktemp("kneading"), Settings()).folder


@pytest.fixture(scope="session")
def short_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first seconds of it, as a video of its own."""
    path = tmp_path_factory.mktemp("short") / "kneading.mp4"
    with open_source(SAMPLE) as source:
        writer = VideoWriter(path, source.info.width, source.info.height)
        for frame in source.frames():
            if frame.time_s > SHORT_S:
                break
            writer.write(frame.image, frame.time_s)
        writer.close()
    return path


@cache
def quick_hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


SHORT_S = 2.5
SAMPLE = Path(__file__).resolve().parents[2] / "sample_videos" / "kneading.mp4"


@pytest.fixture(autouse=True)
def quick_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed at Argon2's least cost, but where a test is marked to want the real one."""
    if request.node.get_closest_marker("real_hashes") is None:
        monkeypatch.setattr(accounts, "_hasher", quick_hasher)


@pytest.fixture
def scored(tmp_path: Path) -> Path:
    """A scored session's folder, with a video."""
    folder = tmp_path / "scores" / "Füße 1"
    folder.mkdir(parents=True)
    write_scorecard(folder / "scorecard.json", make_card(**results(duration_s=20.0)))
    shutil.copy(SAMPLE, folder / "overlay.mp4")
    (folder / "report.html").write_text("<!doctype html><title>report</title>", "utf-8")
    return folder


@pytest.fixture
def desk(tmp_path: Path, scored: Path) -> Iterator[Desk]:
    library = Library(tmp_path / "library")
    kept = library.begin("drill", "Kneading", now=datetime(2026, 3, 1, 10, tzinfo=UTC))
    card = make_card(**results())
    write_scorecard(kept.folder / "scorecard.json", card)
    library.finish(kept.id, measures_of(card))
    database = open_database(f"sqlite:///{tmp_path / 'review.sqlite'}")
    yield Desk.over(database, Room(library, [scored.parent]), load_techniques(), load_rubrics())
    database.close()
    library.close()


@pytest.fixture
def klass(tmp_path: Path) -> Iterator[Klass]:
    made = make(tmp_path)
    yield made
    made.library.close()
