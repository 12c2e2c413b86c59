"""What an instructor's edit makes of the labels of a session. Pure; labels are stretches of whole milliseconds."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from trainer.errors import FormatError
from trainer.model import SIDES, Label, Side

_ID = re.compile(r"^[A-Za-z0-9_-]{8,40}$")


class ConflictError(FormatError):
    """An edit of what somebody else has changed in the meantime, or that would overlap with it."""


@dataclass(frozen=True)
class Mark:
    """A label with an identity of its own. ``version`` counts its changes, from 1."""

    id: str
    technique: str
    start_ms: int
    end_ms: int
    hands: tuple[Side, ...] = ()
    version: int = 1

    def label(self) -> Label:
        return Label(self.technique, self.start_ms / 1000, self.end_ms / 1000, self.hands, author="person")


@dataclass(frozen=True)
class Edit:
    """Put a mark, new or in place of its version ``seen`` (0: there was none); or take it away (``mark`` None)."""

    id: str
    seen: int
    mark: Mark | None


def edit_of(data: Any, techniques: Collection[str], duration_s: float) -> Edit:
    """An edit out of plain data, as the page sends it. Raises FormatError."""
    if not isinstance(data, Mapping):
        raise FormatError(f"Expected an edit, but got {data!r:.40}.")
    name, seen = data.get("id"), data.get("seen", 0)
    if not isinstance(name, str) or not _ID.match(name):
        raise FormatError(f"Expected an id of 8 to 40 letters and digits, but got {name!r:.50}.")
    if not isinstance(seen, int) or isinstance(seen, bool) or seen < 0:
        raise FormatError(f"Expected the version seen as a whole number, but got {seen!r:.20}.")
    match data.get("op"):
        case "delete":
            return Edit(name, seen, None)
        case "put":
            pass
        case other:
            raise FormatError(f"Expected put or delete as op, but got {other!r:.20}.")
    technique = data.get("technique")
    if not isinstance(technique, str) or technique not in techniques:
        raise FormatError(f"Expected a technique, but got {technique!r:.40}: use one of {', '.join(techniques)}.")
    start_ms, end_ms = (_ms(data.get(key), key) for key in ("start_s", "end_s"))
    if not 0 <= start_ms < end_ms <= round(1000 * duration_s) + 1000:
        raise FormatError(
            f"Expected a stretch within the session's {duration_s:.1f} s, but got {start_ms / 1000:g} to "
            f"{end_ms / 1000:g} s."
        )
    hands = data.get("hands", [])
    if not isinstance(hands, list) or any(hand not in SIDES for hand in hands):
        raise FormatError(f"Expected hands as a list of left and right, but got {hands!r:.40}.")
    sides = cast("tuple[Side, ...]", tuple(side for side in SIDES if side in hands))
    return Edit(name, seen, Mark(name, technique, start_ms, end_ms, sides, seen + 1))


def applied(marks: Mapping[str, Mark], edit: Edit) -> dict[str, Mark]:
    """The marks after an edit. Raises ConflictError; then nothing has changed."""
    before = marks.get(edit.id)
    now = before.version if before is not None else 0
    if now != edit.seen:
        raise ConflictError("Somebody has changed this label in the meantime: it is shown as it is now.")
    rest = {name: mark for name, mark in marks.items() if name != edit.id}
    if edit.mark is None:
        return rest
    for other in rest.values():
        if other.start_ms < edit.mark.end_ms and edit.mark.start_ms < other.end_ms:
            raise ConflictError(
                f"Expected stretches that don't overlap, but {other.technique} is from {other.start_ms / 1000:g} to "
                f"{other.end_ms / 1000:g} s."
            )
    return {**rest, edit.id: replace(edit.mark, version=now + 1)}


def _ms(value: Any, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -1e9 < value < 1e9:
        raise FormatError(f"Expected seconds as {key}, but got {value!r:.20}.")
    return round(1000 * value)
