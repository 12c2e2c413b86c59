"""A single picture looked at several times, nearer and nearer and with the toes up: where one must do.

What several looks see in one place is averaged: errors of single looks, phantoms above all, mostly aren't shared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from trainer.finder.glance import WORTH_A_LOOK, Finds, Region, glance, region_around, upright_turn
from trainer.finding import Finding, FoundFoot, FoundHand
from trainer.hands.crop import added, apart, difference
from trainer.model import SIDES, VIEWS, Image

T = TypeVar("T", bound=FoundHand | FoundFoot)

_APPROACHES = 3
_ALIKE, _ASIDE, _AS_TURNED = 1.3, 0.15, 0.87
"""A part of the picture as large, in the same place and as turned as that: it needs no further look."""
_UNSEEN = 0.03
"""What a look counts for that didn't see a limb at all; scores below a tenth aren't told."""
_ONE_HAND = 0.3
"""Reports of hands nearer to each other (`apart`) than this are of one hand."""
_ONE_FOOT = 0.35
"""Likewise of feet, in extents of the foot."""


def look_carefully(finder: Finds, image: Image) -> Finding:
    """What is in a picture (H, W, 3) uint8 BGR, of which one look at the whole says where to look closer."""
    first = glance(finder, image)
    size = (image.shape[1], image.shape[0])
    straight, region = first, _worth_a_look(first, size)
    for _ in range(_APPROACHES):
        if region is None:
            break
        straight, shown = glance(finder, image, region), region
        region = _worth_a_look(straight, size)
        if region is None or _is_much_like(region, shown):
            region = shown
            break
    both = (straight, glance(finder, image, region, mirrored=True))
    hands = [_one_hand(group, len(both)) for group in _gathered([f.hands for f in both], _hands_apart)]
    seen_feet = [_one_foot(group, len(both)) for group in _gathered([f.feet for f in both], _feet_apart)]
    return Finding(
        tuple(sorted(hands, key=lambda h: -h.score)),
        tuple(sorted(seen_feet, key=lambda f: -f.worked * f.score)),
        first.mask,
    )


def _worth_a_look(finding: Finding, size: tuple[int, int]) -> Region | None:
    crops = [h.crop for h in finding.hands if h.score >= WORTH_A_LOOK]
    feet = [f.landmarks_px for f in finding.feet if f.score >= WORTH_A_LOOK]
    return region_around(crops, feet, size, upright_turn(feet[0]) if feet else 0.0)


def _is_much_like(region: Region, other: Region) -> bool:
    """Whether a look at the one shows what a look at the other would."""
    grown = np.sqrt(region.width * region.height / (other.width * other.height))
    away = np.hypot(region.x - other.x, region.y - other.y) / np.sqrt(other.width * other.height)
    return bool(1 / _ALIKE < grown < _ALIKE and away < _ASIDE and np.cos(region.turn - other.turn) > _AS_TURNED)


def _hands_apart(a: FoundHand, b: FoundHand) -> float:
    return apart(a.crop, b.crop) / _ONE_HAND


def _feet_apart(a: FoundFoot, b: FoundFoot) -> float:
    extent = float(np.linalg.norm(np.ptp(a.landmarks_px, axis=0)))
    away = float(np.linalg.norm(a.landmarks_px.mean(axis=0) - b.landmarks_px.mean(axis=0)))
    return away / max(_ONE_FOOT * extent, 1e-6)


def _gathered(looks: Sequence[Sequence[T]], apart_by: Callable[[T, T], float]) -> list[list[T]]:
    """The reports of each limb over several looks; they are of one limb where they are less than 1 apart."""
    groups: list[list[T]] = []
    for look in looks:
        fresh: list[list[T]] = []
        for report in sorted(look, key=lambda r: -r.score):
            away = [apart_by(group[0], report) for group in groups]
            # Each limb takes one report of a look: a second one is of something else, or of nothing.
            own = groups.pop(int(np.argmin(away))) if away and min(away) < 1.0 else []
            fresh.append([*own, report])
        groups += fresh
    return groups


def _score(group: Sequence[FoundHand | FoundFoot], looks: int) -> float:
    """The geometric mean over all looks: what only one of them sees is hardly there."""
    logs = [np.log(max(report.score, _UNSEEN)) for report in group]
    return float(np.exp((sum(logs) + (looks - len(group)) * np.log(_UNSEEN)) / looks))


def _one_hand(group: Sequence[FoundHand], looks: int) -> FoundHand:
    right = float(np.mean([h.right for h in group]))
    away = np.mean([difference(group[0].crop, h.crop) for h in group], axis=0)
    return FoundHand(
        SIDES[int(right > 0.5)], _score(group, looks), right, added(group[0].crop, away),
        float(np.mean([h.visible for h in group])),
    )  # fmt: skip


def _one_foot(group: Sequence[FoundFoot], looks: int) -> FoundFoot:
    right = float(np.mean([f.side_score if f.side == "right" else 1.0 - f.side_score for f in group]))
    views = [sum(f.view_score for f in group if f.view == view) / len(group) for view in VIEWS]
    view = int(np.argmax(views))
    return FoundFoot(
        SIDES[int(right > 0.5)], VIEWS[view], _score(group, looks), float(np.mean([f.worked for f in group])),
        max(right, 1.0 - right), views[view],
        np.mean([f.landmarks_px for f in group], axis=0), np.mean([f.confidence for f in group], axis=0),
    )  # fmt: skip
