"""Data files that a teacher edits (TOML): errors in them name the file, the line and what is allowed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from importlib.resources.abc import Traversable
from math import isfinite
from pathlib import Path
from typing import Any

from trainer.errors import FormatError
from trainer.files import read_toml

Place = Sequence[str | int]
"""Where a value stands: keys, and numbers in lists of tables (from 0): ("step", 2, "zones")."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")


class DataFile:
    """A file read as TOML; ``data`` is what it holds. Raises FormatError."""

    def __init__(self, source: Path | Traversable, what: str) -> None:
        self.source = source
        self.data: dict[str, Any] = read_toml(source, what)
        self._lines = _lines_of(source.read_text(encoding="utf-8"))

    def at(self, path: Place) -> Any:
        """The value at a place, None where there is none."""
        value: Any = self.data
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def where(self, path: Place) -> str:
        """File and line of a value, or of the nearest table around it."""
        for length in range(len(path), 0, -1):
            line = self._lines.get(tuple(path[:length]))
            if line is not None:
                return f"{self.source}, line {line}"
        return str(self.source)

    def wrong(self, path: Place, expected: str) -> FormatError:
        """The error for a value that isn't what it should be."""
        got = self.at(path)
        came = "nothing" if got is None else f"{got!r:.60}"
        return FormatError(f"{self.where(path)}: expected {expected} as {_spoken(path)}, but got {came}.")

    def unknown_key(self, path: Place, allowed: Iterable[str]) -> FormatError:
        """The error for a key that isn't one of those allowed."""
        return self._unknown(path, str(path[-1]), allowed)

    def unknown_word(self, path: Place, allowed: Iterable[str]) -> FormatError:
        """The error for a word, given as a value, that isn't one of those allowed."""
        return self._unknown(path, str(self.at(path)), allowed)

    def _unknown(self, path: Place, word: str, allowed: Iterable[str]) -> FormatError:
        known = sorted(allowed)
        close = difflib.get_close_matches(word, known, n=1)
        guess = f" Did you mean '{close[0]}'?" if close else ""
        return FormatError(f"{self.where(path)}: '{word}' isn't known there; allowed are {', '.join(known)}.{guess}")


def is_number(value: Any) -> bool:
    """Whether a value is a finite number (true and false are none)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _spoken(path: Place) -> str:
    """A place in words: step 3, zones."""
    words: list[str] = []
    for part in path:
        if isinstance(part, int) and words:
            words[-1] += f" {part + 1}"
        else:
            words.append(str(part))
    return ", ".join(words)


def _lines_of(text: str) -> dict[tuple[str | int, ...], int]:
    """Line (from 1) of every table and key that stands at the beginning of a line."""
    found: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    counts: dict[tuple[str | int, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        key = _KEY.match(line)
        if header:
            parts = _parts(header[2])
            # A table below a list of tables belongs to its last one.
            table = ()
            for part in parts[:-1]:
                table = (*table, part)
                if table in counts:
                    table = (*table, counts[table] - 1)
            table = (*table, parts[-1])
            if header[1] == "[[":
                counts[table] = counts.get(table, 0) + 1
                found.setdefault(table, number)
                table = (*table, counts[table] - 1)
            found.setdefault(table, number)
        elif key:
            path = table
            for part in _parts(key[1]):
                path = (*path, part)
                found.setdefault(path, number)
    return found


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in re.findall(r"""[\w-]+|"[^"]*"|'[^']*'""", dotted)]
