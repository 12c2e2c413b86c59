"""Touches made of numbers: a foot somewhere in a picture, hands somewhere over it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainer.foot import atlas
from trainer.foot.geometry import metric_from_uv, to_uv
from trainer.model import Foot, HandTouch, Presence, Side, Touch, View

Array = NDArray[np.float64]
MIRRORED = np.diag([-1.0, 1.0])


def foot_at(
    side: Side = "left", view: View = "plantar", scale: float = 300.0, turn: float = -1.4,
    middle: tuple[float, float] = (320, 240), length_mm: float = 250.0,
) -> Foot:  # fmt: skip
    """A foot seen face on, ``scale`` pixels long, its toes in the direction ``turn`` (radians) of the picture."""
    c, s = np.cos(turn), np.sin(turn)
    place = np.array([[scale * c, -scale * s, middle[0]], [scale * s, scale * c, middle[1]], [0, 0, 1.0]])
    nan = np.full(2, np.nan)
    return Foot(
        side, view, Presence.MEASURED, np.full((14, 2), np.nan), np.ones(14), place @ metric_from_uv(side, view), nan,
        length_mm, True,
    )  # fmt: skip


def hand_px(seed: int, middle: tuple[float, float] = (330, 230), size: float = 70.0) -> Array:
    """(21, 2) a hand's joints, anyhow."""
    rng = np.random.default_rng(seed)
    ways = np.stack([np.cos(np.linspace(0.2, 1.8, 5)), np.sin(np.linspace(0.2, 1.8, 5))], axis=1)
    base = np.array([[0.0, 0.0], *(0.3 * k * way for way in ways for k in (2, 3, 4, 5))])
    return np.asarray(middle + size * (base + rng.normal(0, 0.05, (21, 2))))


def touch(time_s: float, foot: Foot, left: Array | None, right: Array | None, world: Array | None = None) -> Touch:
    """Hands at pixels over a foot; None: not seen."""
    hands = []
    unknown = np.full((21, 2), np.nan)
    sides: tuple[Side, Side] = ("left", "right")
    for side, px in zip(sides, (left, right), strict=True):
        uv = unknown if px is None else to_uv(foot.px_from_uv, px)
        mm = uv * atlas.mm_from_uv(foot.view, foot.length_mm)
        presence = Presence.UNKNOWN if px is None else Presence.MEASURED
        hands.append(HandTouch(side, presence, mm, uv, np.zeros(21, bool)))
    worlds = np.full((21, 3), np.nan) if world is None else world
    return Touch(time_s, (hands[0], hands[1]), foot, (worlds, worlds))


def mirrored(px: Array, width: float = 640.0) -> Array:
    return np.asarray(px @ MIRRORED + [width - 1, 0.0])
