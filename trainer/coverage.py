"""Coverage: seconds of plausible contact on the foot's maps, fixed to the foot.

What the working hands touch (`contact`) paints the maps. A place has three states: worked (with seconds), not worked,
and *could not be seen*.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trainer.contact import contacts_of
from trainer.foot import atlas
from trainer.foot.skin import Skin, skin_of
from trainer.model import FACES, Contact, Coverage, Floats, Judgement, Presence, Side, Touch, View
from trainer.strokes.techniques import REST, Techniques

LOST_RADIUS_MM = 60.0
"""A hand lost over the foot may be working anywhere this near to where it was last seen: about a thumb's reach."""
LOST_AFTER_S = 5.0
"""A hand lost over the foot counts as unseen work for this long; then it is taken to have left."""
WORKED_S = 0.25
"""A cell counts as worked from this many seconds on: a patch that only passes by doesn't."""
_ANEW_S = 0.4
"""A place touched again after so long is passed over once more, a zone visited once more."""

Cells = NDArray[np.bool_]
"""(2, 64, 32) bool: cells of the maps in FACES."""


class CoverageMap:
    """Accumulates coverage over a session; feed it each touch with the judgement of the same instant.

    A causal recogniser names a stroke a little after it began. So that neither the first moments of a stroke are
    lost nor the moments after its end are painted, the judgement of ``time_s`` is applied to the touch of
    ``time_s - latency_s``. Each foot that comes into view has maps of its own, of its sole and of its top.
    """

    def __init__(self, techniques: Techniques, *, latency_s: float = 0.0) -> None:
        self._techniques = techniques
        self._latency_s = latency_s
        self._waiting: deque[_Instant] = deque()
        self._previous_s: float | None = None
        self._judgement: Judgement | None = None
        self._lost_hands = _LostHands()
        self._feet: dict[Side, _FootMaps] = {}
        self._side: Side = "left"
        self._view: View = "plantar"
        self._hand_lost = False

    @property
    def hand_lost(self) -> bool:
        """Whether a hand that was over the foot can't be seen now: it may be working unseen."""
        return self._hand_lost

    def reset(self) -> None:
        """Forget what was painted; what is known of where the hands are stays."""
        self._feet = {}

    def update(self, touch: Touch, judgement: Judgement, size: tuple[int, int]) -> None:
        """Add one instant, seen in a picture of ``size`` (width, height). Its duration is the time since the previous
        one (0 for the first)."""
        duration = 0.0 if self._previous_s is None else touch.time_s - self._previous_s
        self._previous_s = touch.time_s
        self._judgement = judgement
        skin = skin_of(touch.foot)
        lost = self._lost_hands.update(touch, skin)
        self._hand_lost = bool(lost.any())
        blind = np.ones_like(lost) if skin is None else lost | ~skin.cells_seen(size)
        self._waiting.append(_Instant(touch, skin, duration, lost, blind))
        while self._waiting and self._waiting[0].touch.time_s <= touch.time_s - self._latency_s + 1e-9:
            self._paint(self._waiting.popleft(), judgement)

    def finish(self) -> None:
        """Paint what still waits, under the last judgement: at a session's end none follows to correct it."""
        while self._waiting and self._judgement is not None:
            self._paint(self._waiting.popleft(), self._judgement)

    def coverage(self) -> Coverage:
        """What has been painted until now on the face that is in view (or was last), as arrays of their own."""
        return self._told(self._side, self._shown(self._side))

    def coverages(self) -> tuple[Coverage, ...]:
        """All maps on which there was work, the one in view (or last) first."""
        first = self._side, self._shown(self._side)
        worked = [(side, view) for side, maps in self._feet.items() for k, view in enumerate(FACES)
                  if (maps.seconds[k] >= WORKED_S).any()]  # fmt: skip
        return tuple(self._told(*key) for key in dict.fromkeys((first, *worked)))

    def _shown(self, side: Side) -> View:
        """The face that is in view; from the side, the one that was worked more."""
        if self._view in FACES:
            return self._view
        maps = self._feet.get(side)
        return FACES[int(np.argmax(maps.seconds.sum(axis=(1, 2))))] if maps is not None else FACES[0]

    def _told(self, side: Side, view: View) -> Coverage:
        maps, k = self._feet.get(side) or _FootMaps(), FACES.index(view)
        shown, zones = atlas.grid_on_foot(view), atlas.zones(view)
        by_technique = {
            technique: {zone: seconds for zone, seconds in times.items() if zone in zones}
            for technique, times in maps.technique_zones.items()
        }
        return Coverage(
            view=view, side=side,
            grid_seconds=np.where(shown, maps.seconds[k], np.nan),
            grid_unseen_s=np.where(shown, maps.unseen[k], np.nan),
            grid_passes=np.where(shown, maps.passes[k], np.nan),
            zone_seconds={zone: maps.zones.get(zone, 0.0) for zone in zones},
            technique_zone_seconds={name: times for name, times in by_technique.items() if times},
            visits=tuple(visit for visit in maps.visits if visit[0] in zones),
            watched_s=maps.watched_s, unseen_s=maps.unseen_s,
        )  # fmt: skip

    def _paint(self, instant: _Instant, judgement: Judgement) -> None:
        touch, duration = instant.touch, instant.duration_s
        foot = touch.foot
        if foot.seen:
            self._view, self._side = foot.view, foot.side
        maps = self._feet.setdefault(self._side, _FootMaps())
        maps.unseen[instant.blind] += duration
        if not foot.seen or instant.lost.any():
            maps.unseen_s += duration
        else:
            maps.watched_s += duration
        technique = self._techniques.get(judgement.technique or REST)
        contacts = contacts_of(touch, technique, judgement.hands, instant.skin)
        if technique is not None and contacts:
            touched = np.any([contact.cells for contact in contacts], axis=0)
            maps.add(touched, technique.id, touch.time_s, duration, duration * technique.contact_share)


@dataclass(frozen=True, eq=False)
class _Instant:
    touch: Touch
    skin: Skin | None
    duration_s: float
    lost: Cells
    blind: Cells


@dataclass
class _FootMaps:
    """Of one foot; arrays (2, 64, 32) by FACES."""

    seconds: Floats = field(default_factory=lambda: np.zeros((2, *atlas.GRID)))
    unseen: Floats = field(default_factory=lambda: np.zeros((2, *atlas.GRID)))
    passes: Floats = field(default_factory=lambda: np.zeros((2, *atlas.GRID)))
    last_s: Floats = field(default_factory=lambda: np.full((2, *atlas.GRID), -np.inf))
    zones: dict[str, float] = field(default_factory=dict)
    technique_zones: dict[str, dict[str, float]] = field(default_factory=dict)
    visits: list[tuple[str, float, float]] = field(default_factory=list)
    watched_s: float = 0.0
    unseen_s: float = 0.0

    def add(self, touched: Cells, technique: str, time_s: float, duration: float, contact_s: float) -> None:
        """An instant that ends at ``time_s``, in which cells were touched for ``contact_s`` of its ``duration``."""
        self.seconds[touched] += contact_s
        self.passes[touched & (self.last_s < time_s - duration - _ANEW_S)] += 1
        self.last_s[touched] = time_s
        by_technique = self.technique_zones.setdefault(technique, {})
        for cells, view in zip(touched, FACES, strict=True):
            names = atlas.zones(view)
            for index in np.unique(atlas.grid_zones(view)[cells]):
                if index >= 0:
                    by_technique[names[index]] = by_technique.get(names[index], 0.0) + contact_s
                    self.zones[names[index]] = self.zones.get(names[index], 0.0) + contact_s
                    self._visit(names[index], time_s, duration)

    def _visit(self, zone: str, time_s: float, duration: float) -> None:
        for i in range(len(self.visits) - 1, -1, -1):
            name, start_s, end_s = self.visits[i]
            if name == zone:
                if end_s >= time_s - duration - _ANEW_S:
                    self.visits[i] = zone, start_s, time_s
                    return
                break
        self.visits.append((zone, time_s - duration, time_s))


class _LostHands:
    """Remembers where hands were last seen over the foot."""

    def __init__(self) -> None:
        self._since: list[float | None] = [None, None]
        self._last: list[Floats] = [np.full((21, 3), np.nan), np.full((21, 3), np.nan)]

    def update(self, touch: Touch, skin: Skin | None) -> Cells:
        """The cells at which a hand that can't be seen now may be working."""
        lost = np.zeros((2, *atlas.GRID), dtype=bool)
        for i, hand in enumerate(touch.hands):
            if hand.presence is not Presence.UNKNOWN:
                self._since[i] = None
                if hand.skin is not None:
                    self._last[i] = np.where(hand.near[:, None], hand.skin.xyz, np.nan)
            elif np.isfinite(self._last[i]).any():
                since = self._since[i]
                if since is None:
                    since = self._since[i] = touch.time_s
                if touch.time_s - since > LOST_AFTER_S:
                    self._last[i] = np.full((21, 3), np.nan)
                if skin is None:
                    lost[:] = True
                else:
                    lost |= skin.cells_near(self._last[i], LOST_RADIUS_MM)
        return lost


def touched_zones(contacts: Sequence[Contact], coverage: Coverage) -> frozenset[str]:
    """The zones of a map in which hands touch the foot just now."""
    zones = atlas.zones(coverage.view)
    at = (int(atlas.zone_at(coverage.view, *c.uv)) for c in contacts if FACES[c.face] == coverage.view)
    return frozenset(zones[index] for index in at if index >= 0)


def worked_share(coverage: Coverage) -> float:
    """Share of the foot's cells that were worked, 0–1."""
    cells = coverage.grid_seconds[np.isfinite(coverage.grid_seconds)]
    return float((cells >= WORKED_S).mean()) if len(cells) else float("nan")


def unseen_cells(coverage: Coverage) -> NDArray[np.bool_]:
    """(64, 32) bool: cells not known to be worked that could not be watched for at least half of the session."""
    total = coverage.watched_s + coverage.unseen_s
    with np.errstate(invalid="ignore"):
        unwatched: NDArray[np.bool_] = coverage.grid_unseen_s >= max(0.5 * total, 1e-9)
        return unwatched & ~(coverage.grid_seconds >= WORKED_S)


def unseen_share(coverage: Coverage) -> float:
    """Share of the foot's cells whose state could not be seen, 0–1."""
    on_map = np.isfinite(coverage.grid_seconds)
    return float(unseen_cells(coverage)[on_map].mean()) if on_map.any() else float("nan")
