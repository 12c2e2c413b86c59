"""A wheel carries all that the program needs to run away from its checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_models_demo_and_data_files(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        "trainer/_data/models/hand_landmarker_full.task",
        "trainer/_data/models/hand_landmarker_lite.task",
        "trainer/_data/sample_videos/session.mp4",
        "trainer/_data/sample_videos/session.foot.json",
        "trainer/coach/routines/warm_up.toml",
        "trainer/words/en.toml",
        "trainer/library/templates/history.html.j2",
        "trainer/strokes/techniques.toml",
        "trainer/studio/scripts/session.toml",
        "trainer/score/scorecard.schema.json",
        "trainer/score/templates/report.html.j2",
    }
    assert wanted <= names
    assert not any(name.startswith(("tests/", "footage/")) for name in names)


def test_models_and_demo_are_found_from_an_unpacked_wheel_anywhere(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "anywhere else"
    zipfile.ZipFile(wheel).extractall(place)
    code = "from trainer.files import data_dir; from trainer.hands.model_files import find_model; "
    code += "print(data_dir()); print(find_model('full')); assert (data_dir() / 'sample_videos/session.mp4').is_file()"
    done = subprocess.run([sys.executable, "-c", code], cwd=place, capture_output=True, text=True, check=True)
    assert all(str(place) in line for line in done.stdout.splitlines())
