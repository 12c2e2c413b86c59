"""A person's labels of a session: ``labels.csv`` beside its tracks, with a line for each stretch.

Columns ``technique,start_s,end_s`` and, if known, ``hands`` (``left``, ``right`` or ``left right``). Stretches don't
overlap; what lies between two of them is rest. What is before the first and after the last isn't labelled.
"""

from __future__ import annotations

import csv
import io
import re
from itertools import pairwise
from math import isfinite
from pathlib import Path

from trainer.errors import FormatError
from trainer.model import SIDES, Label, Side

NAME = "labels.csv"
_COLUMNS = ("technique", "start_s", "end_s")
_ID = re.compile(r"^[a-z][a-z0-9_]*$")


def read_labels(path: Path) -> tuple[Label, ...]:
    """The labels in order of time. Raises FormatError naming file, line and what is allowed."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FormatError(
            f"Expected labels at '{path}', but there are none: write a line technique,start_s,end_s for each stretch."
        ) from None
    except OSError as error:
        raise FormatError(f"Expected a readable table of labels at '{path}': {error}.") from None
    return parse_labels(data, str(path))


def parse_labels(data: bytes, path: str) -> tuple[Label, ...]:
    """The labels in a file's bytes. Raises FormatError naming ``path``, line and what is allowed."""
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        rows, head = list(reader), reader.fieldnames or ()
    except (UnicodeDecodeError, csv.Error) as error:
        raise FormatError(f"Expected a readable table of labels at '{path}': {error}.") from None
    missing = [name for name in _COLUMNS if name not in head]
    if missing:
        raise FormatError(
            f"{path}: lacks the column {' and '.join(missing)}: its first line must name {', '.join(_COLUMNS)}."
        )
    labels = sorted((_label(row, f"{path}, line {k}") for k, row in enumerate(rows, 2)), key=lambda x: x.start_s)
    for before, after in pairwise(labels):
        if after.start_s < before.end_s - 1e-6:
            raise FormatError(
                f"{path}: {before.technique} until {before.end_s:g} s and {after.technique} from {after.start_s:g} s "
                "overlap."
            )
    return tuple(labels)


def _label(row: dict[str, str | None], where: str) -> Label:
    technique = (row["technique"] or "").strip()
    if not _ID.match(technique):
        raise FormatError(f"{where}: technique: expected an id of small letters like thumb_walking, got {technique!r}.")
    start_s, end_s = (_number(row[name], f"{where}: {name}") for name in ("start_s", "end_s"))
    if not 0 <= start_s < end_s:
        raise FormatError(f"{where}: expected 0 <= start_s < end_s, got {start_s:g} and {end_s:g}.")
    words = (row.get("hands") or "").replace(",", " ").split()
    wrong = [word for word in words if word not in SIDES]
    if wrong:
        raise FormatError(f"{where}: hands: expected left, right or both of them, got {wrong[0]!r}.")
    hands: tuple[Side, ...] = tuple(side for side in SIDES if side in words)
    return Label(technique, start_s, end_s, hands, author="person")


def _number(text: str | None, where: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise FormatError(f"{where}: expected seconds, got {text!r}.")
    return value
