"""Which foot it is and from where it is seen, settled over time from findings that are each a little unsure.

A *kind* is a side with a view. What findings say is added up as log-likelihoods and slowly forgotten, so that one wrong
look changes nothing and a foot that is turned over is known to be so after most of a second.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from trainer.finding import FoundFoot
from trainer.foot import atlas
from trainer.foot.geometry import chirality
from trainer.model import SIDES, VIEWS, Floats, Side, View

Kind = tuple[Side, View]
KINDS: tuple[Kind, ...] = tuple((side, view) for side in SIDES for view in VIEWS)

_MEMORY_S = 1.0
_MOST = 2.0
"""A finding says at most so much (log-likelihood ratio) for a side or for a view: it may be sure and wrong."""
_CLEAR_TURN = 0.05
"""A turn from u to v smaller than this, as a share of a foot seen squarely, says nothing."""
_LEAD = 1.0
"""What the best kind must have over the next to be believed at all."""
_CHANGE = 2.0
"""What another kind must have over the one that is believed."""


def _way_round(landmarks_px: Floats, view: View) -> float:
    """The turn from the u axis to the v axis in the picture, −1 to 1 (squarely seen), as the landmarks have it that the
    view shows. NaN where they are too few."""
    places = _centred_places(view)
    known = np.isfinite(landmarks_px).all(axis=1) & np.isfinite(places).all(axis=1)
    if known.sum() < 3:
        return math.nan
    a, b = places[known], landmarks_px[known]
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    linear = np.linalg.lstsq(a, b, rcond=None)[0]
    size = float((linear**2).sum()) / 2
    return float(np.linalg.det(linear)) / size if size > 1e-9 else math.nan


@cache
def _centred_places(view: View) -> Floats:
    return np.asarray(atlas.landmarks_uv(view) * [1.0, atlas.aspect(view)])


def agrees(landmarks_px: Floats, kind: Kind) -> bool:
    """Whether (14, 2) landmarks lie the way round that a foot of this kind shows, or nearly on a line."""
    turn = _way_round(landmarks_px, kind[1])
    return bool(turn * chirality(*kind) > -_CLEAR_TURN)


def evidence(found: FoundFoot) -> Floats:
    """(8,) what one finding says for each of KINDS, as log-likelihoods up to a constant."""
    for_side = _said(found.side_score, 2)
    for_view = _said(found.view_score, len(VIEWS))
    return np.array([for_side * (side == found.side) + for_view * (view == found.view) for side, view in KINDS])


def _said(score: float, choices: int) -> float:
    """Log-likelihood ratio of the choice named against another, ``score`` being its probability."""
    p = min(max(score, 1e-3), 1 - 1e-3)
    return min(max(math.log(p * (choices - 1) / (1 - p)), 0.0), _MOST)


class SettledKind:
    """The kind that findings of one foot have settled on. ``side`` and ``view``, where told, narrow it."""

    def __init__(self, side: Side | None = None, view: View | None = None) -> None:
        self._possible: NDArray[np.bool_] = np.array([side in (None, s) and view in (None, v) for s, v in KINDS])
        self._sums: Floats = np.zeros(len(KINDS))
        self._kind: int | None = None

    def add(self, says: Floats, elapsed_s: float) -> None:
        """Take in (8,) ``says`` of a finding, ``elapsed_s`` after the one before."""
        self._sums = self._sums * math.exp(-max(elapsed_s, 0.0) / _MEMORY_S) + says
        best, lead = self._best()
        if self._kind is None:
            if lead > _LEAD:
                self._kind = best
        elif self._sums[best] - self._sums[self._kind] > _CHANGE:
            self._kind = best

    def _best(self) -> tuple[int, float]:
        sums = np.where(self._possible, self._sums, -np.inf)
        order = np.argsort(-sums, kind="stable")
        return int(order[0]), float(sums[order[0]] - sums[order[1]])

    @property
    def kind(self) -> Kind | None:
        """None as long as it isn't clear."""
        return None if self._kind is None else KINDS[self._kind]

    @property
    def contradicts(self) -> bool:
        """Whether findings clearly speak for a kind that isn't among those told."""
        return bool(self._sums.max() > self._sums[self._possible].max() + _CHANGE)
