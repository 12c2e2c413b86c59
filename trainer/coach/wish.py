"""How long each zone is to be worked, as a teacher wishes, and which zone is next by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from trainer.data_file import DataFile, is_number
from trainer.foot import atlas
from trainer.model import Coverage

MOST_UNWATCHED = 0.25
"""A zone that could not be watched for more than this share of the session isn't asked for."""


@dataclass(frozen=True)
class Wish:
    """``zone_seconds``: zone → seconds, all above 0; in this order zones are asked for that need work alike."""

    name: str
    zone_seconds: Mapping[str, float]


@cache
def load_wish(path: Path | None = None) -> Wish:
    """The shipped wish, or a teacher's file of the same form. Raises FormatError (file, line, what is allowed)."""
    source = path or files(__package__).joinpath("wish.toml")
    file = DataFile(source, "a file of wishes")
    name, zones = file.data.get("name"), file.data.get("zones")
    if not isinstance(name, str) or not name.strip():
        raise file.wrong(("name",), "a short text")
    if not isinstance(zones, dict) or not zones:
        raise file.wrong(("zones",), "a table with seconds for each zone")
    for zone, seconds in zones.items():
        if zone not in atlas.ALL_ZONES:
            raise file.unknown_key(("zones", zone), atlas.ALL_ZONES)
        if not is_number(seconds) or not 0 < seconds <= 3600:
            raise file.wrong(("zones", zone), "seconds above 0, up to 3600,")
    return Wish(name, {zone: float(seconds) for zone, seconds in zones.items()})


def unwatched_share(coverage: Coverage, zone: str) -> float:
    """Share of the session in which a zone of the map could not be watched, 0–1; NaN before it began."""
    total = coverage.watched_s + coverage.unseen_s
    cells = coverage.grid_unseen_s[atlas.grid_zones(coverage.view) == atlas.zones(coverage.view).index(zone)]
    return float(np.nan_to_num(cells).mean() / total) if total > 0 and len(cells) else float("nan")


def _watched(coverage: Coverage, zone: str) -> bool:
    return not unwatched_share(coverage, zone) > MOST_UNWATCHED


class NextZone:
    """Which zone of the map in view is to be worked next. It stays until its wish is fulfilled: nothing flickers."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._now: tuple[str, str, str] | None = None

    def update(self, coverage: Coverage, among: Sequence[str] = ()) -> str | None:
        """The zone that lacks the greatest share of what is wished for it, ``among`` those named if any are; None when
        all have it."""
        lacking = {
            zone: 1 - coverage.zone_seconds.get(zone, 0.0) / seconds
            for zone, seconds in self._wish.zone_seconds.items()
            if zone in coverage.zone_seconds and coverage.zone_seconds[zone] < seconds and (not among or zone in among)
        }
        key = coverage.side, coverage.view
        before = self._now[2] if self._now is not None and self._now[:2] == key else None
        if before in lacking and _watched(coverage, before):
            return before
        seen = [zone for zone in lacking if _watched(coverage, zone)]
        zone = max(seen, key=lambda z: round(lacking[z], 2), default=None)
        self._now = None if zone is None else (*key, zone)
        return zone
