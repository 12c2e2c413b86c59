"""What the user wants to practise, out of the options."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest
from typer.testing import CliRunner

from trainer.cli import app
from trainer.commands.plan import Wanted, plan_of
from trainer.errors import TrainerError
from trainer.strokes.techniques import load_techniques

TECHNIQUES = load_techniques()


def test_nothing_wanted_is_free_practice() -> None:
    plan, wish = plan_of(Wanted(), TECHNIQUES, "en")
    assert wish is None
    assert plan.mode == "free" and plan.steps == () and not plan.blind


def test_a_drill_is_one_step_at_the_tempo_wanted() -> None:
    plan = plan_of(Wanted(drill="kneading", tempo=90.0, zones=("ball_medial",), minutes=2.0), TECHNIQUES, "de")[0]
    (step,) = plan.steps
    assert (step.rate_per_min, step.zones, step.seconds) == ((85.5, 94.5), ("ball_medial",), 120.0)
    assert plan.name == "Knetung" and plan.mode == "drill"
    (step,) = plan_of(Wanted(drill="kneading"), TECHNIQUES, "en")[0].steps
    assert step.rate_per_min == TECHNIQUES["kneading"].rate_range and step.seconds == inf


def test_a_routine_speaks_the_language() -> None:
    plan, _ = plan_of(Wanted(routine="warm_up", blind=True), TECHNIQUES, "es")
    assert plan.name == "Calentamiento" and plan.blind and len(plan.steps) == 6


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (Wanted(routine="warm_up", drill="kneading"), "but got more"),
        (Wanted(zones=("hallux",)), "Expected --drill with --zone"),
        (Wanted(minutes=2.0), "Expected --drill with --zone and --minutes"),
        (Wanted(drill="rest"), "got 'rest': use one of effleurage"),
        (Wanted(drill="kneding"), "got 'kneding': use one of effleurage"),
        (Wanted(drill="kneading", zones=("heel",)), "got 'heel': use one of hallux"),
        (Wanted(drill="press_hold", tempo=60.0), "no --tempo with press_hold"),
        (Wanted(routine="none"), "neither a file nor one of"),
    ],
)
def test_what_does_not_go_is_told(wanted: Wanted, told: str) -> None:
    with pytest.raises(TrainerError, match=told):
        plan_of(wanted, TECHNIQUES, "en")


def test_the_routines_are_listed_in_the_language_asked_for() -> None:
    listed = CliRunner().invoke(app, ["routines", "--language", "de"])
    assert listed.exit_code == 0 and "warm_up" in listed.output and "Drei Minuten" in listed.output
    wrong = CliRunner().invoke(app, ["routines", "--language", "fr"])
    assert wrong.exit_code == 2


def test_a_bad_routine_ends_the_command_with_one_line_before_anything_opens(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('name = "x"\n[[step]]\ntechnique = "kneading"\nseconds = -1\n', encoding="utf-8")
    result = CliRunner().invoke(app, ["live", "--routine", str(path)])
    assert result.exit_code == 2 and "Traceback" not in result.output
    assert "line 4" in " ".join((result.output + (result.stderr or "")).split())
