"""Routines: those that come with the program, and a teacher's own with their mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.coach.routine import load_routine, shipped_routines, text_in
from trainer.errors import FormatError
from trainer.strokes.techniques import load_techniques
from trainer.words.words import LANGUAGES

TECHNIQUES = load_techniques()
GOOD = '''name = "Mine"
[[step]]
technique = "kneading"
seconds = 30
zones = ["ball_medial"]
rate_per_min = 80
foot = "left"
note = { de = "Los", en = "Go" }
'''


def own(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_shipped_ones_are_whole_and_speak_all_languages() -> None:
    seconds = {}
    for name in shipped_routines():
        routine = load_routine(name, TECHNIQUES)
        seconds[name] = routine.seconds
        texts = [routine.name, routine.about, *(step.note for step in routine.steps if step.note)]
        assert all(set(text) == set(LANGUAGES) for text in texts), name
        assert all(step.technique != "rest" for step in routine.steps)
    assert seconds["warm_up"] == 180 and seconds["full_relaxation"] == 600
    assert {step.foot for step in load_routine("both_feet", TECHNIQUES).steps} == {"left", "right"}
    ladder = load_routine("thumb_walking_ladder", TECHNIQUES).steps
    assert {step.technique for step in ladder} == {"thumb_walking"}
    assert [step.rate_per_min for step in ladder[:5]] == sorted(step.rate_per_min or (0, 0) for step in ladder[:5])


def test_ones_own(tmp_path: Path) -> None:
    routine = load_routine(own(tmp_path, GOOD), TECHNIQUES)
    step = routine.steps[0]
    assert routine.id == "mine" and text_in(routine.name, "es") == "Mine"
    assert (step.rate_per_min, step.zones, step.foot) == ((76.0, 84.0), ("ball_medial",), "left")
    assert (text_in(step.note, "de"), text_in(step.note, "es")) == ("Los", "Go")
    assert text_in(routine.about, "en") == ""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"kneading"', '"kneeding"', r"line 3: 'kneeding' isn't known.*Did you mean 'kneading'"),
        ("seconds = 30", "seconds = 0", r"line 4: expected a number of seconds from 1 to 3600 as step 1, seconds"),
        ("seconds = 30", "second = 30", r"line 4: 'second' isn't known.*seconds"),
        ("seconds = 30\n", "", r"line 2: expected a number of seconds.*got nothing"),
        ('["ball_medial"]', '["ball"]', r"line 5: 'ball' isn't known.*ball_medial"),
        ('["ball_medial"]', '"ball_medial"', r"line 5: expected a list of zones"),
        ("= 80", "= [90, 80]", r"line 6: expected a number above 0"),
        ("= 80", "= true", r"line 6: expected a number above 0"),
        ('"left"', '"both"', r"line 7: expected left or right"),
        ('de = "Los"', 'fr = "Va"', r"line 8: 'fr' isn't known.*de, en, es"),
        ('de = "Los"', 'de = ""', r"line 8: expected a text"),
        ('"Mine"', "3", r"line 1: expected a text, or a table of texts by language"),
        ('name = "Mine"', 'title = "Mine"', r"line 1: 'title' isn't known"),
        (GOOD, 'name = "Mine"\n', r"expected one or more tables \[\[step\]\]"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(FormatError, match=told):
        load_routine(own(tmp_path, GOOD.replace(old, new)), TECHNIQUES)


def test_what_is_neither_shipped_nor_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="'warmup' is neither a file nor one of both_feet"):
        load_routine("warmup", TECHNIQUES)
