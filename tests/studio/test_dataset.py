"""Sets of clips: what is drawn, and a folder that is filled by processes that may be stopped or die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from trainer.errors import FormatError, TrainerError
from trainer.files import WriteError
from trainer.studio.clip import ENDINGS, is_complete, scratch_of
from trainer.studio.clip_set import INDEX, Made, length_s, open_set, renewed_set
from trainer.studio.crew import Job, render_jobs
from trainer.studio.dataset import dataset_jobs, open_dataset
from trainer.studio.draw import CV, FACE_SEEN, FIRST_SEED, KINDS, Frame, draw, draw_session, faces, kind
from trainer.studio.movements import MOVEMENTS
from trainer.studio.people import TONES
from trainer.studio.recipe import CAMERAS, REST, RESTS, SETTINGS, SIDES, Recipe, tempo_limits
from trainer.studio.samples import sample_recipes
from trainer.studio.styles import fitting_styles

ROOT = Path(__file__).resolve().parents[2]


def seeds(recipe: Recipe) -> set[int]:
    return {recipe.seed, recipe.camera_seed, recipe.stage_seed, recipe.practitioner, recipe.client}


def test_splits_and_samples_share_no_seed() -> None:
    drawn = {s: set().union(*(seeds(draw(s, n, Frame())) for n in range(150))) for s in FIRST_SEED}
    drawn["samples"] = set().union(*(seeds(r) for r in sample_recipes().values()))
    every = [seed for found in drawn.values() for seed in found]
    assert len(every) == len(set(every))


def test_a_set_is_balanced() -> None:
    recipes = [draw("test", n, Frame()) for n in range(8 * len(KINDS))]
    assert set(Counter(kind("test", n) for n in range(8 * len(KINDS))).values()) == {8}
    for field, values in (("side", SIDES), ("setting", SETTINGS), ("camera", CAMERAS)):
        counts = Counter(getattr(recipe, field) for recipe in recipes)
        assert set(counts) == set(values)
        assert max(counts.values()) < 1.5 * min(counts.values()), field
    for tone in ("practitioner_tone", "client_tone"):
        assert len(Counter(getattr(recipe, tone) for recipe in recipes)) == len(TONES)
    assert {step.rest for recipe in recipes for step in recipe.script if step.technique == REST} == set(RESTS)
    kneading = [r for r in recipes if any(s.technique == "kneading" for s in r.script) and len(r.script) < 6]
    assert {r.side for r in kneading} == set(SIDES)
    assert len({r.setting for r in kneading}) == 3


def test_tempo_spans_its_range_and_every_clip_its_seconds() -> None:
    low, high = tempo_limits("kneading")
    tempos = []
    for n in range(30 * len(KINDS)):
        recipe = draw("train", n, Frame(seconds=12.0))
        assert length_s(recipe) == pytest.approx(12.0, abs=0.01)
        for step in recipe.script:
            if step.technique == REST:
                continue
            assert step.tempo is not None and step.cv is not None
            assert CV[0] <= step.cv <= CV[1]
            assert recipe.view in faces(step.technique)
            assert step.style in fitting_styles(step.technique, step.zone, FACE_SEEN[recipe.view])
            if kind("train", n) == step.technique == "kneading":
                tempos.append(step.tempo)
    assert min(tempos) < low * 1.15 and max(tempos) > high / 1.15


def test_a_larger_set_begins_with_the_smaller_one() -> None:
    assert dataset_jobs("tune", 20, Frame())[:5] == dataset_jobs("tune", 5, Frame())
    assert draw("tune", 3, Frame()) != draw("test", 3, Frame())


@pytest.mark.parametrize("seconds", [8.0, 60.0, 120.0])
def test_a_session_at_random_has_its_length_and_rests_between(seconds: float) -> None:
    script = draw_session(4, seconds)
    assert sum(step.seconds for step in script) == pytest.approx(seconds, abs=0.05)
    worked = [step.technique for step in script if step.technique != REST]
    assert len(worked) >= 2 and set(worked) <= set(MOVEMENTS)
    assert all(a.technique == REST or b.technique == REST for a, b in pairwise(script))


def test_bad_wishes_are_refused_in_one_line() -> None:
    with pytest.raises(TrainerError, match="split out of train, tune, test"):
        draw("exam", 0, Frame())
    with pytest.raises(TrainerError, match="at most"):
        draw("train", 10**7, Frame())
    with pytest.raises(TrainerError, match="4 seconds"):
        draw_session(1, 2.0)


def fake(recipe: Recipe, out: Path, progress: object, encoding: object) -> None:
    """Stands for the renderer in a worker; `stage_seed` says what befalls it."""
    scratch = scratch_of(out)
    scratch.mkdir()
    assert callable(progress)
    progress(1, 1)
    marker = out.with_name("died once")
    if recipe.stage_seed == 66 or (recipe.stage_seed == 13 and not marker.exists()):
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if recipe.stage_seed == 7:
        raise ZeroDivisionError("a bug")
    if recipe.stage_seed == 28:
        raise WriteError("Expected to write, but the disk is full.")
    if recipe.stage_seed == 99:
        time.sleep(60)
    scratch.rmdir()
    for ending in ENDINGS:
        out.with_name(out.stem + ending).touch()


def jobs(*stages: int) -> list[Job]:
    return [Job(f"clip{n}", Recipe(stage_seed=stage)) for n, stage in enumerate(stages)]


def build(folder: Path, some: list[Job], settings: dict[str, object], workers: int = 1) -> Made:
    return open_set(folder, some, settings).render(workers, make=fake)


def standing(folder: Path) -> list[str]:
    return sorted(p.stem for p in folder.glob("*.mp4"))


def test_a_worker_that_dies_costs_a_second_try_and_a_bug_only_its_own_clip(tmp_path: Path) -> None:
    made = build(tmp_path, jobs(1, 13, 66, 7, 5), {}, workers=2)
    assert standing(tmp_path) == ["clip0", "clip1", "clip4"]
    assert set(made.failed) == {"clip2", "clip3"}
    assert "killed" in made.failed["clip2"] and "a bug" in made.failed["clip3"]
    assert made.clips == 3
    assert list(tmp_path.glob(".*")) == []
    assert set(json.loads((tmp_path / INDEX).read_text())["clips"]) == {"clip0", "clip1", "clip4"}


def test_a_full_disk_stops_all_and_the_next_run_goes_on(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="disk is full"):
        build(tmp_path, jobs(1, 28, 3), {"split": "tune"}, workers=1)
    assert standing(tmp_path) == ["clip0"]
    assert list(tmp_path.glob(".*")) == []
    made = build(tmp_path, jobs(1, 2, 3), {"split": "tune"}, workers=1)
    assert (made.before, made.clips) == (1, 2)
    (tmp_path / "clip1.truth.npz").unlink()
    assert not is_complete(tmp_path / "clip1.mp4")
    with pytest.raises(TrainerError, match="begun with split tune"):
        build(tmp_path, jobs(1), {"split": "test"})
    with pytest.raises(TrainerError, match="another recipe"):
        build(tmp_path, jobs(2), {"split": "tune"})
    (tmp_path / INDEX).unlink()
    with pytest.raises(TrainerError, match="without it"):
        build(tmp_path, jobs(1, 2, 3), {"split": "tune"})
    (tmp_path / INDEX).write_text("{")
    with pytest.raises(FormatError, match="can't be read"):
        build(tmp_path, jobs(1), {"split": "tune"})


def test_samples_are_made_anew_where_their_recipe_changed(tmp_path: Path) -> None:
    (tmp_path / "clip0.mp4").touch()  # From before there was an index.
    made = renewed_set(tmp_path, jobs(1, 2), {}, {"clip0": "the first"}).render(1, make=fake)
    assert made.clips == 2
    assert json.loads((tmp_path / INDEX).read_text())["clips"]["clip0"]["what"] == "the first"
    assert [job.name for job in renewed_set(tmp_path, jobs(1, 3), {}, {}).missing] == ["clip1"]
    assert len(renewed_set(tmp_path, jobs(1, 2), {}, {}, again=True).missing) == 2


def test_a_folder_of_another_size_is_refused(tmp_path: Path) -> None:
    (tmp_path / INDEX).write_text(json.dumps(open_dataset(tmp_path, "tune", 1, Frame()).index))
    with pytest.raises(TrainerError, match="begun with width 640"):
        open_dataset(tmp_path, "tune", 1, Frame(width=320))


def test_closing_early_leaves_no_half_clip(tmp_path: Path) -> None:
    with closing(render_jobs(jobs(99), tmp_path, 1, make=fake)) as events:
        next(events)
        assert list(tmp_path.glob(".*.part")) != []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
def test_ctrl_c_ends_with_one_line_and_leaves_no_half_clip(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from trainer.commands.guard import guarded\n"
        "from tests.studio.test_dataset import build, jobs\n"
        "import typer\n"
        "def main() -> None: build(Path(sys.argv[1]), jobs(1, 99, 99), {}, workers=2)\n"
        "if __name__ == '__main__':\n"
        "    try: guarded(main)()\n"
        "    except typer.Exit as end: sys.exit(end.exit_code)\n"
    )
    script = tmp_path / "main.py"
    script.write_text(code)
    folder = tmp_path / "set"
    command = [sys.executable, str(script), str(folder)]
    running = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    deadline = time.monotonic() + 60
    while len(list(folder.glob(".*.part"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)  # As a terminal does it: to the workers too.
    _, told = running.communicate(timeout=30)
    assert running.returncode == 2
    assert told.count("\n") == 1 and "Ctrl-C" in told
    assert standing(folder) == ["clip0"]
    assert list(folder.glob(".*")) == []
