"""Texts: every language says all of it, with the same placeholders; a teacher's file replaces some."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.errors import FormatError
from trainer.foot import atlas
from trainer.strokes.techniques import load_techniques
from trainer.words.words import LANGUAGES, load_words, placeholders

ENGLISH = load_words("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_of_it(language: str) -> None:
    words = load_words(language)
    assert {name: set(texts) for name, texts in words.tables.items()} == {
        name: set(texts) for name, texts in ENGLISH.tables.items()
    }
    for name, texts in ENGLISH.tables.items():
        for key, text in texts.items():
            assert placeholders(words.tables[name][key]) == placeholders(text), (name, key)
            assert words.tables[name][key].strip()


def test_the_languages_are_no_copies_of_english() -> None:
    for language in set(LANGUAGES) - {"en"}:
        other = load_words(language).tables["cues"]
        assert not set(other.values()) & set(ENGLISH.tables["cues"].values())


def test_zones_techniques_and_hands_have_names() -> None:
    assert set(ENGLISH.tables["zones"]) == {*atlas.SOLE_ZONES, *atlas.TOP_ZONES}
    assert set(ENGLISH.tables["techniques"]) == set(ENGLISH.tables["how"]) == set(load_techniques())
    assert ENGLISH.named("techniques", "our own", "Our own") == "Our own"
    assert ENGLISH.named("zones", "nowhere") == "nowhere"


def test_every_cue_has_a_reason() -> None:
    assert set(ENGLISH.tables["cues"]) == set(ENGLISH.tables["why"])


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_ones_own_replaces_what_it_names(tmp_path: Path) -> None:
    words = load_words("de", own(tmp_path, '[cues]\nslower = "Sachte, {rate} reichen."\n'))
    assert words.say("cues", "slower", rate=70) == "Sachte, 70 reichen."
    assert words.tables["cues"]["faster"] == load_words("de").tables["cues"]["faster"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[cue]\nslower = "x"\n', r"line 1: 'cue' isn't known.*cues"),
        ('[cues]\n\nslowr = "x"\n', r"line 3: 'slowr' isn't known.*Did you mean 'slower'"),
        ('[cues]\nslower = "{speed}"\n', r"line 2: expected a text with \{rate\} only"),
        ('[cues]\nslower = "{rate"\n', r"line 2: expected a text with \{rate\} only"),
        ('[cues]\ncare = "{rate}"\n', r"line 2: expected a text with no placeholder"),
        ("[cues]\nslower = 3\n", r"line 2: expected a text"),
        ("cues = 3\n", r"line 1: expected a table \[cues\]"),
    ],
)
def test_mistakes_in_it_are_told_with_their_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(FormatError, match=told):
        load_words("en", own(tmp_path, text))
