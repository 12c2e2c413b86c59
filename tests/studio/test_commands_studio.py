"""`trainer studio` as a user calls it: wrong wishes are one clear line and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from trainer.cli import app
from trainer.studio import clip
from trainer.studio.clip import Encoding, is_complete
from trainer.studio.recipe import Recipe
from trainer.studio.script import shipped_scripts

run = CliRunner()


def refused(*arguments: str) -> str:
    result = run.invoke(app, ["studio", *arguments])
    assert result.exit_code == 2, result.output
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--technique", "tickling"], "'tickling'"),
        (["--technique", "kneading", "--zone", "elbow"], "'elbow'"),
        (["--technique", "kneading", "--style", "wild"], "'wild'"),
        (["--technique", "kneading", "--tempo", "900"], "from 30 to 280"),
        (["--technique", "kneading", "--hand", "third"], "'third'"),
        (["--tempo", "60"], "--technique with --tempo"),
        (["--side", "top"], "'top'"),
        (["--setting", "moon"], "'moon'"),
        (["--camera", "drone"], "'drone'"),
        (["--view", "behind"], "'behind'"),
        (["--size", "641x480"], "even"),
        (["--size", "large"], "'large'"),
    ],
)
def test_wrong_wishes_are_refused_in_one_line(more: list[str], told: str, tmp_path: Path) -> None:
    assert told in refused("render", "-o", str(tmp_path / "clip.mp4"), *more)
    assert told in refused("preview", "-o", str(tmp_path / "still.png"), *more)
    assert list(tmp_path.iterdir()) == []


def test_places_that_cannot_be_written_to_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "clip.avi" in refused("render", "-o", str(tmp_path / "clip.avi"))
    assert "still.xyz" in refused("preview", "-o", str(tmp_path / "still.xyz"))
    assert "a folder is needed" in refused("render", "-o", str(tmp_path / "file" / "clip.mp4"))
    wanted = ["--clips", "2", "--split", "tune", "-o"]
    assert "file" in refused("dataset", *wanted, str(tmp_path / "file"))
    assert "file" in refused("dataset", *wanted, str(tmp_path / "file" / "set"))


def test_sets_and_samples_that_are_unknown_are_refused(tmp_path: Path) -> None:
    out = str(tmp_path / "set")
    assert "train, tune, test" in refused("dataset", "--clips", "2", "--split", "exam", "-o", out)
    assert "'nonsense'" in refused("samples", "--only", "nonsense", "-o", out)
    assert not Path(out).exists()


def test_sessions_are_listed_and_wrong_ones_refused(tmp_path: Path) -> None:
    told = run.invoke(app, ["studio", "session", "--list"]).output
    assert all(name in told for name in shipped_scripts())
    out = ["-o", str(tmp_path / "s.mp4")]
    assert "-o NAME.mp4" in refused("session", "--script", "good")
    assert "one of SCRIPT.toml" in refused("session", *out)
    assert "one of SCRIPT.toml" in refused("session", "--script", "good", "--seconds", "60", *out)
    assert "'nonsense'" in refused("session", "--script", "nonsense", *out)
    script = tmp_path / "mine.toml"
    script.write_text('[[step]]\ntechnique = "kneading"\nseconds = "long"\n', encoding="utf-8")
    line = refused("session", str(script), *out)
    assert "mine.toml: step 1 (line 1)" in line and "'long'" in line


def test_a_demonstration_wants_a_technique_and_room_for_its_caption(tmp_path: Path) -> None:
    out = ["-o", str(tmp_path / "d.mp4")]
    assert "'tickling'" in refused("demonstrate", "tickling", *out)
    assert "caption" in refused("demonstrate", "kneading", "--size", "320x240", *out)


def test_what_a_session_is_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Recipe] = []

    def note(recipe: Recipe, out: Path, progress: object, encoding: Encoding | None = None) -> list[Path]:
        asked.append(recipe)
        return [out]

    monkeypatch.setattr(clip, "render_clip", note)
    out = ["-o", str(tmp_path / "s.mp4")]
    for arguments in (
        ["session", "--script", "good", "--size", "320x240", "--camera", "above"],
        ["session", "--seed", "5", "--seconds", "40"],
        ["session", "--seed", "6", "--seconds", "40"],
        ["render", "--technique", "kneading", "--zone", "arch_medial", "--seed", "4", "--clean"],
    ):
        result = run.invoke(app, ["studio", *arguments, *out])
        assert result.exit_code == 0, result.output
        assert str(tmp_path / "s.mp4") in result.output
    good, first, second, single = asked
    assert (good.width, good.height, good.camera, good.side) == (320, 240, "above", "left")
    assert first.script != second.script and first.client != second.client
    assert (single.side, single.clean, single.script[1].zone) == ("right", True, "arch_medial")


@pytest.mark.slow
def test_a_set_is_rendered_for_real(tmp_path: Path) -> None:
    pytest.importorskip("anny")
    pytest.importorskip("pyvista")
    command = ["studio", "dataset", "--clips", "1", "--split", "tune", "-o", str(tmp_path)]
    command += ["--seconds", "4", "--size", "64x48", "--fps", "5", "--workers", "1"]
    first = run.invoke(app, command)
    assert first.exit_code == 0, first.output
    assert "1 clips made" in first.output and "a second" in first.output
    (film,) = tmp_path.glob("*.mp4")
    assert is_complete(film)
    assert "1 stood already" in run.invoke(app, command).output
