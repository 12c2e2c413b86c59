"""Scripts of sessions: those that ship, and what a wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.errors import FormatError, TrainerError
from trainer.studio.clip_set import length_s
from trainer.studio.recipe import REST
from trainer.studio.samples import open_samples, sample_abouts, sample_recipes
from trainer.studio.script import parse_script, read_script, shipped_script, shipped_scripts

HEAD = 'side = "right"\nseed = 3\n\n'
STEP = '[[step]]\ntechnique = "kneading"\nseconds = 5\ntempo = 90\n'


def test_shipped_scripts_can_be_played_and_say_what_they_are() -> None:
    told = shipped_scripts()
    assert {"relaxation", "beginner", "good", "session"} <= set(told)
    assert all(told.values())
    for name in told:
        script = shipped_script(name).script
        assert script[0].technique == script[-1].technique == REST
    assert 90 <= length_s(shipped_script("session")) <= 120


def test_the_beginner_does_the_good_ones_routine_worse() -> None:
    good, beginner = (
        {s.technique: s for s in shipped_script(n).script if s.technique != REST} for n in ("good", "beginner")
    )
    assert set(good) == set(beginner) and list(good) != list(beginner)
    assert all((step.cv or 0) >= 0.2 for step in beginner.values())
    assert {s.zone for s in good.values()} > {s.zone for s in beginner.values()} - {"ball_lateral", "ball_medial"}


def test_a_script_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + STEP + '[[step]]\ntechnique = "rest"\nseconds = 2\nrest = "oil"\n', encoding="utf-8")
    recipe = read_script(path)
    assert (recipe.side, recipe.seed, recipe.seconds) == ("right", 3, 7)
    assert [step.technique for step in recipe.script] == ["kneading", REST]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + STEP + STEP.replace("kneading", "kneding"), r"x.toml: step 2 \(line 8\): .*kneading.*'kneding'"),
        (HEAD + STEP + 'zone = "elbow"\n', r"step 1 \(line 4\): .*heel_medial.*'elbow'"),
        (HEAD + STEP.replace("90", "900"), r"step 1 .*from 30 to 280.*900"),
        (HEAD + STEP.replace("90", '"fast"'), r"step 1 .*tempo: expected a number, got 'fast'"),
        (HEAD + STEP.replace("tempo", "tempi"), r"step 1 .*'tempi': did you mean 'tempo'"),
        (HEAD + "[[step]]\nseconds = 3\n", "step 1 .*lacks technique"),
        (HEAD + STEP.replace("5", "-5"), "step 1 .*more than 0 seconds"),
        (
            HEAD + STEP.replace("kneading", "knuckling") + 'zone = "instep"\n',
            r"step 1 \(line 4\): .*heel_medial.*'instep'",
        ),
        ('side = "middle"\n' + STEP, "x.toml: .*left, right.*'middle'"),
        ("client_tone = 44\n" + STEP, "client_tone: expected 0"),
        ("width = 641\n" + STEP, "x.toml: .*even"),
        ("clean = 1\n" + STEP, "clean: expected true or false"),
        ("", r"\[\[step\]\]"),
        ("step = [1]", r"\[\[step\]\]"),
        (HEAD + "[[step\n", "Expected TOML.*line 4"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(FormatError, match=told) as error:
        parse_script(text, "x.toml")
    assert "\n" not in str(error.value)


def test_a_script_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="No such file"):
        read_script(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError, match="not UTF-8"):
        read_script(tmp_path / "bytes.toml")
    with pytest.raises(TrainerError, match=r"beginner, good, .*'nonsense'"):
        shipped_script("nonsense")


def test_samples_are_one_of_each_technique_and_the_sessions(tmp_path: Path) -> None:
    from trainer.studio.movements import MOVEMENTS

    recipes = sample_recipes()
    assert set(recipes) == {*MOVEMENTS, "bare_foot", "session", "good", "beginner"} == set(sample_abouts())
    assert {(r.width, r.height, r.fps) for r in recipes.values()} == {(1280, 720, 30.0)}
    for technique in MOVEMENTS:
        assert 7 <= length_s(recipes[technique]) <= 9
    assert recipes["good"].client == recipes["beginner"].client
    assert [job.name for job in open_samples(tmp_path, recipes, ["session"]).missing] == ["session"]
    with pytest.raises(TrainerError, match="'nonsense'"):
        open_samples(tmp_path, recipes, ["nonsense"])
