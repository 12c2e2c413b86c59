"""Feet, hands and touches with analytic truth, for tests."""

from __future__ import annotations

from functools import cache

import numpy as np

from trainer.foot import atlas
from trainer.foot.geometry import chirality, make_foot
from trainer.model import Floats, Foot, Hand, Presence, Side, View

PX_PER_MM = 1.5


@cache
def flat_foot(side: Side = "left", view: View = "plantar", *, at: tuple[float, float] = (200.0, 420.0)) -> Foot:
    """A foot of 250 mm seen squarely, toes up: its heel at ``at``, 1.5 px per mm."""
    uv = atlas.landmarks_uv(view)
    scale = 250 * PX_PER_MM
    px = np.array(at) + scale * np.c_[chirality(side, view) * atlas.aspect(view) * uv[:, 1], -uv[:, 0]]
    return make_foot(px, side, view)


def hand_at(side: Side, tips_px: dict[int, tuple[float, float]], *, base_px: tuple[float, float] = (5.0, 5.0)) -> Hand:
    """A measured hand whose landmarks all lie at ``base_px``, except those given (finger tips with the joint
    before them)."""
    landmarks: Floats = np.tile(np.array(base_px, float), (21, 1))
    for index, point in tips_px.items():
        landmarks[index] = point
        if index in (4, 8, 12, 16, 20):
            landmarks[index - 1] = point  # a finger seen end on: its pad is where its tip is
    return Hand(side, Presence.MEASURED, landmarks, np.zeros((21, 3)), 0.9)
