"""`trainer train --labels`: sessions in, a network of one's own out."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.strokes.kinematics import session
from tests.strokes.sessions import write_session
from trainer.cli import app
from trainer.strokes.learned import LearnedRecogniser, shipped_network

PLAN = [("rest", 2.0), ("kneading", 8.0), ("rest", 2.0), ("knuckling", 8.0), ("rest", 2.0)]
# A school that calls kneading by a name of its own.
LABELS = "technique,start_s,end_s,hands\nrest,0.2,2,\nschool_press,2.2,10,left right\nknuckling,12.2,20,\nrest,20,21,\n"
PRESETS = """
[school_press]
name = "School press"
how = "Press with both thumbs."
contact = "thumb pads"
parts = ["thumb"]
cycle = "each press"
source = "our school"
alternating = true
rate_per_min = [60, 120]
"""


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["train", *map(str, words)])
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lessons")
    for seed in range(3):
        write_session(folder / f"s{seed}", session(PLAN, seed=seed), LABELS)
    return folder


def test_a_technique_of_the_school_s_own_is_named_afterwards(lessons: Path, tmp_path: Path) -> None:
    shipped = shipped_network().read_bytes()
    out = tmp_path / "mine.npz"
    code, told = run("--labels", lessons, "-o", out)
    assert code == 0, told
    assert "school_press" in told and "before" in told and "held out" in " ".join(told.split())
    assert shipped_network().read_bytes() == shipped
    recogniser = LearnedRecogniser(out)
    judged = [recogniser.update(t) for t in session(PLAN, seed=5).touches]
    named = [j.technique == "school_press" for j in judged if 5 < j.time_s < 10]
    assert sum(named) / len(named) > 0.7
    again = tmp_path / "again.npz"
    assert run("--labels", lessons, "-o", again)[0] == 0
    assert again.read_bytes() == out.read_bytes() or LearnedRecogniser(again).techniques == recogniser.techniques


def test_one_session_is_enough_and_its_end_is_held_out(lessons: Path, tmp_path: Path) -> None:
    code, told = run("--labels", lessons / "s0", "-o", tmp_path / "mine.npz")
    assert code == 0 and "of 1 sessions" in told, told


def test_a_name_nobody_tells_of_needs_presets(lessons: Path, tmp_path: Path) -> None:
    from trainer.errors import FormatError
    from trainer.hands.backend import open_backend
    from trainer.pipeline import open_pipeline
    from trainer.settings import Settings

    out = tmp_path / "mine.npz"
    assert run("--labels", lessons, "-o", out)[0] == 0
    backend = open_backend("mediapipe")
    with pytest.raises(FormatError, match="school_press"):
        open_pipeline(Settings(strokes_model=out), backend=backend)
    presets = tmp_path / "presets.toml"
    presets.write_text(PRESETS, encoding="utf-8")
    pipeline = open_pipeline(Settings(strokes_model=out, presets=presets), backend=backend)
    assert list(pipeline.techniques)[-2:] == ["school_press", "rest"]
    pipeline.close()


def test_what_can_t_be_learnt_from_is_told_in_one_line(lessons: Path, tmp_path: Path) -> None:
    made, head = session([("kneading", 4.0)], seed=1), "technique,start_s,end_s\n"
    short = write_session(tmp_path / "short", made, head + "kneading,0,3\n")
    empty = write_session(tmp_path / "none", made, head)
    (tmp_path / "nothing").mkdir()
    for words, told in (
        (("--labels", tmp_path / "nothing"), "Expected a session's folder"),
        (("--labels", short), "at least 20 labelled seconds"),
        (("--labels", empty), "at least one label"),
        (("--labels", lessons, "-o", shipped_network()), "Expected another file"),
        (("--labels", lessons, "--base", tmp_path / "no.npz"), "missing or damaged"),
    ):
        code, output = run(*words)
        assert code == 2, words
        assert told in " ".join(output.split()), output
