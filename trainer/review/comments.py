"""Comments: pinned to a time, and if wished to a place on the foot, with a drawing on the picture shown then."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any, TypeGuard

from sqlalchemy import func, select

from trainer.errors import FormatError
from trainer.foot import atlas
from trainer.library.database import Database
from trainer.model import View
from trainer.review.log import note
from trainer.review.tables import CommentRow

LONGEST = 2000
"""Characters of a comment."""
SHAPES = ("pen", "arrow", "ring")
MOST_SHAPES, MOST_POINTS = 40, 400
_LATEST_S = 1e6

Shape = Mapping[str, Any]
"""``kind`` of SHAPES and ``points`` [[x, y], …], shares of the picture's width and height: a pen's way, an arrow's
ends, two corners around a ring."""


@dataclass(frozen=True)
class Said:
    """What is to be pinned. ``place`` (u, v) in the map of the session's view; ``zone`` "" for none."""

    time_ms: int
    text: str
    zone: str = ""
    place: tuple[float, float] | None = None
    drawing: tuple[Shape, ...] = ()


@dataclass(frozen=True)
class Comment:
    """One that is pinned, and whose it is."""

    id: str
    said: Said
    author: str = ""
    author_id: str = ""


def said_in(data: Mapping[str, Any], view: View) -> Said:
    """What the page sends, checked. Raises FormatError."""
    time_s, text, zone = data.get("time_s"), data.get("text", ""), data.get("zone", "")
    if not _number(time_s) or not 0 <= time_s <= _LATEST_S:
        raise FormatError(f"Expected seconds as time_s, but got {time_s!r:.20}.")
    drawing = _drawing(data.get("drawing", []))
    if not isinstance(text, str) or not len(text.strip()) <= LONGEST or not (text.strip() or drawing):
        raise FormatError(f"Expected a comment of 1 to {LONGEST} characters, or a drawing.")
    if zone and zone not in atlas.ALL_ZONES:
        raise FormatError(f"Expected the id of a zone, or none, but got {zone!r:.40}.")
    place = data.get("place")
    if place is not None:
        if not isinstance(place, list) or len(place) != 2 or not all(_number(x) and 0 <= x <= 1 for x in place):
            raise FormatError(f"Expected a place as [u, v] from 0 to 1, but got {place!r:.40}.")
        u, v = float(place[0]), float(place[1])
        zone = atlas.zones(view)[int(atlas.zone_at(view, u, v))]
        return Said(round(1000 * time_s), text.strip(), zone, (round(u, 4), round(v, 4)), drawing)
    return Said(round(1000 * time_s), text.strip(), zone or "", None, drawing)


def _drawing(data: Any) -> tuple[Shape, ...]:
    if not isinstance(data, list) or len(data) > MOST_SHAPES:
        raise FormatError(f"Expected a drawing of {MOST_SHAPES} shapes at most.")
    out = []
    for shape in data:
        kind, points = (shape.get("kind"), shape.get("points")) if isinstance(shape, dict) else (None, None)
        if kind not in SHAPES:
            raise FormatError(f"Expected one of {', '.join(SHAPES)} in a drawing, but got {kind!r:.20}.")
        if not isinstance(points, list) or not 2 <= len(points) <= (MOST_POINTS if kind == "pen" else 2):
            raise FormatError(f"Expected two points of each shape, of a pen's way {MOST_POINTS} at most.")
        for point in points:
            if not isinstance(point, list) or len(point) != 2 or not all(_number(x) and 0 <= x <= 1 for x in point):
                raise FormatError(f"Expected points as shares of the picture, but got {point!r:.40}.")
        out.append({"kind": kind, "points": [[round(float(x), 4), round(float(y), 4)] for x, y in points]})
    return tuple(out)


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


class Comments:
    """Raises the database's failure from all its methods. ``who`` is the name of the one who does it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, session_id: str) -> list[Comment]:
        """In order of time."""
        with self._database.connected() as connection:
            rows = connection.scalars(
                select(CommentRow)
                .where(CommentRow.session_id == session_id)
                .order_by(CommentRow.time_ms, CommentRow.id)
            )
            return [_comment(row) for row in rows]

    def add(self, session_id: str, said: Said, who: str = "", author_id: str = "") -> Comment:
        """Pin one."""
        u, v = said.place if said.place is not None else (None, None)
        row = CommentRow(
            id=uuid.uuid4().hex, session_id=session_id, time_ms=said.time_ms, text=said.text, zone=said.zone, u=u, v=v,
            drawing=list(map(dict, said.drawing)), author=who, author_id=author_id, written_at=datetime.now(UTC),
        )  # fmt: skip
        with self._database.connected() as connection:
            connection.add(row)
            what = {"comment": row.id, "text": said.text, "time_ms": said.time_ms, "shapes": len(said.drawing)}
            note(connection, who, what, session_id)
            connection.flush()
            return _comment(row)

    def find(self, session_id: str, comment_id: str) -> Comment | None:
        with self._database.connected() as connection:
            row = connection.get(CommentRow, comment_id)
            return _comment(row) if row is not None and row.session_id == session_id else None

    def remove(self, session_id: str, comment_id: str, who: str = "") -> None:
        """Take one away; one that isn't there stays so."""
        with self._database.connected() as connection:
            row = connection.get(CommentRow, comment_id)
            if row is not None and row.session_id == session_id:
                note(connection, who, {"comment": row.id, "deleted": row.text}, session_id)
                connection.delete(row)

    def counts(self) -> dict[str, int]:
        """Session id → how many; those without any aren't there."""
        return counted(self._database, CommentRow)


def counted(database: Database, row: Any) -> dict[str, int]:
    """Session id → how many rows of a table are of it."""
    with database.connected() as connection:
        of_each = select(row.session_id, func.count()).group_by(row.session_id)
        return {name: int(count) for name, count in connection.execute(of_each)}


def _comment(row: CommentRow) -> Comment:
    place = (row.u, row.v) if row.u is not None and row.v is not None else None
    said = Said(row.time_ms, row.text, row.zone, place, tuple(row.drawing or ()))
    return Comment(row.id, said, row.author, row.author_id)
