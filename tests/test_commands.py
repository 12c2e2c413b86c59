"""The smaller commands, and the doctor."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from trainer import __version__, doctor
from trainer.bench import looped
from trainer.cli import app
from trainer.commands.guard import guarded
from trainer.commands.score import score_all
from trainer.doctor import Verdict
from trainer.files import data_dir
from trainer.settings import Settings
from trainer.strokes.techniques import load_techniques

run = CliRunner()


def test_version() -> None:
    assert run.invoke(app, ["--version"]).output.strip() == f"trainer {__version__}"


def test_techniques_as_json_are_all_of_them_with_sources() -> None:
    told = json.loads(run.invoke(app, ["techniques", "--json"]).output)
    assert set(told) == set(load_techniques())
    assert told["kneading"]["rate_range"] == [60, 140]
    assert all(technique["source"] for technique in told.values())


def test_a_teachers_presets_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "school.toml"
    path.write_text('[kneading]\nrate_per_min = [50, 80]\nsource = "our school"\n', encoding="utf-8")
    told = json.loads(run.invoke(app, ["techniques", "--json", "--presets", str(path)]).output)
    assert told["kneading"]["rate_range"] == [50, 80]
    path.write_text("[kneding]\nrate_per_min = [50, 80]\n", encoding="utf-8")
    refused = run.invoke(app, ["techniques", "--presets", str(path)])
    assert refused.exit_code == 2
    assert "kneding" in refused.stderr and "kneading" in refused.stderr


@pytest.mark.parametrize("arguments", [["score"], ["score", "x.mp4", "--nonsense"], ["evaluate"], ["nonsense"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    assert run.invoke(app, arguments).exit_code == 2


def test_a_backend_that_needs_a_file_is_refused_in_one_line(tmp_path: Path) -> None:
    settings = tmp_path / "s.toml"
    settings.write_text('backend = "truth"', encoding="utf-8")
    clip = data_dir() / "sample_videos" / "bare_foot.mp4"
    refused = run.invoke(app, ["score", str(clip), "-o", str(tmp_path / "out"), "--settings", str(settings)])
    assert refused.exit_code == 2
    assert "needs a file" in refused.stderr and len(refused.stderr.strip().splitlines()) == 1


def test_the_doctor_finds_this_machine_fit_for_scoring() -> None:
    findings = {finding.check: finding for finding in doctor.examine()}
    assert {"Python", "OpenCV", "MediaPipe", "models", "video", "display", "camera", "speed"} <= set(findings)
    assert [f for f in findings.values() if f.verdict is Verdict.BAD] == []
    assert all(f.mend for f in findings.values() if f.verdict is not Verdict.GOOD)


def test_two_opencvs_are_found_and_the_mending_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["numpy", "opencv-python", "opencv-contrib-python"]
    monkeypatch.setattr(doctor, "distributions", lambda: [SimpleNamespace(metadata={"Name": n}) for n in names])
    finding = doctor.check_opencv()
    assert finding.verdict is Verdict.BAD
    assert "opencv-contrib-python" in finding.found
    assert finding.mend.startswith("pip uninstall")


def test_a_check_that_breaks_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def check_broken() -> doctor.Finding:
        raise RuntimeError("gone")

    monkeypatch.setattr(doctor, "CHECKS", (check_broken,))
    (finding,) = doctor.examine()
    assert (finding.check, finding.verdict) == ("broken", Verdict.BAD)
    assert "gone" in finding.found


def test_a_missing_system_library_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    @guarded
    def command() -> None:
        raise ImportError("libSM.so.6: cannot open shared object file: No such file or directory")

    with pytest.raises(typer.Exit) as ended:
        command()
    assert ended.value.exit_code == 2
    told = capsys.readouterr().err
    assert "libSM.so.6" in told and "apt-get install" in told and told.count("\n") == 1


def test_a_looped_clip_runs_on_in_time() -> None:
    clip = data_dir() / "sample_videos" / "bare_foot.mp4"
    frames = [(frame.time_s, frame.index) for frame in looped(clip, 320, 11.0)]
    times = [time_s for time_s, _ in frames]
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert max(gaps) < 0.05 and min(gaps) > 0.02
    assert times[-1] < 11.0 <= times[-1] + 0.04
    assert [index for _, index in frames] == list(range(len(frames)))


def test_no_video_at_all_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert score_all([tmp_path], tmp_path / "out", Settings(), again=False, as_json=True) is False
    told = json.loads(capsys.readouterr().out)
    assert "holds none" in told[0]["error"]
