"""What the program says to a learner, in several languages: data files that a teacher can edit in part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from string import Formatter

from trainer.data_file import DataFile

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español"}
"""The languages that come with the program, by code."""

Table = Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Words:
    """The texts of one language, in tables: cues, screen, names of techniques and zones, and so on."""

    language: str
    tables: Mapping[str, Table]

    def say(self, table: str, key: str, **values: object) -> str:
        """A text with its placeholders filled in."""
        return self.tables[table][key].format(**values)

    def named(self, table: str, key: str, otherwise: str | None = None) -> str:
        """A name; ``otherwise`` (or the key) for what isn't named there, such as a technique of a school's own."""
        return self.tables[table].get(key, key if otherwise is None else otherwise)


@cache
def load_words(language: str = "en", own: Path | None = None) -> Words:
    """The texts of a language (a key of LANGUAGES), of which a teacher's file of the same shape replaces some.

    Raises FormatError, naming file, line and what is allowed, when a file lacks a text, has one too many, or has other
    placeholders than the program fills in.
    """
    model = _tables(_shipped("en"))
    shipped = _shipped(language)
    tables = _tables(shipped)
    for name, texts in model.items():
        for key in texts:
            if key not in tables.get(name, {}):
                raise shipped.wrong((name, key), "a text")
    if own is not None:
        file = DataFile(own, "a file of texts")
        for name, texts in _checked(file, model).items():
            tables[name] = {**tables[name], **texts}
    return Words(language, tables)


def _shipped(language: str) -> DataFile:
    return DataFile(resources.files(__package__).joinpath(f"{language}.toml"), "a file of texts")


def _tables(file: DataFile) -> dict[str, dict[str, str]]:
    return {name: dict(texts) for name, texts in file.data.items()}


def _checked(file: DataFile, model: Mapping[str, Table]) -> dict[str, dict[str, str]]:
    for name, texts in file.data.items():
        if name not in model:
            raise file.unknown_key((name,), model)
        if not isinstance(texts, dict):
            raise file.wrong((name,), f"a table [{name}] of texts")
        for key, text in texts.items():
            if key not in model[name]:
                raise file.unknown_key((name, key), model[name])
            if not isinstance(text, str) or not text.strip():
                raise file.wrong((name, key), "a text")
            allowed = placeholders(model[name][key])
            if not _fillable(text, allowed):
                listed = ", ".join(f"{{{p}}}" for p in sorted(allowed)) or "no placeholder"
                raise file.wrong((name, key), f"a text with {listed} only")
    return _tables(file)


def placeholders(text: str) -> set[str]:
    """The names in braces. Raises ValueError for braces that don't match."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _fillable(text: str, allowed: set[str]) -> bool:
    try:
        return placeholders(text) <= allowed
    except ValueError:
        return False
