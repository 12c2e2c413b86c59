"""The foot on the picture: worked places as a soft tint on its skin, zones and outline in perspective, under the hands.

Everything is drawn on the foot's surface as its pose has it, so that it stays on the skin as the foot moves and turns.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.coverage import WORKED_S
from trainer.foot import atlas
from trainer.foot.hidden import hand_size
from trainer.foot.skin import Skin, skin_of
from trainer.model import FACES, Coverage, Floats, Hands, Image, Moment, Presence, View
from trainer.screen.foot_lines import draw_lines, draw_names, draw_next, name_next
from trainer.screen.hud import Lines
from trainer.screen.lines import SHIFT, dashes, fixed, strokes
from trainer.screen.place import Place
from trainer.screen.theme import Theme
from trainer.strokes.parts import PALM
from trainer.words.words import Words

STRONG_S = 12.0
"""The tint approaches its full strength over about this many seconds of contact."""
_DEEPEST = 0.62
_TOUCHED = 1.0 - np.exp(-0.9 * WORKED_S / (STRONG_S / 3))
_FINGER = 0.26
"""A finger's thickness as a share of the hand's size, with a little room: landmarks aren't exact."""
_FINGERS = ((1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (17, 18, 19, 20))
_LOW_RES = 128
"""Longer side in pixels at which coverage is painted; it is smooth, so enlarging it loses nothing."""


def draw_foot(
    image: Image, moment: Moment, place: Place, words: Words, theme: Theme, unit: float, chosen: Lines
) -> None:
    """Draw the foot in place, beneath the hands. A bridged foot's outline is dashed; one whose pose isn't known isn't
    drawn. ``chosen`` are the lines on it."""
    foot, coverage = moment.foot, moment.coverage
    skin = skin_of(foot, lift_mm=0.0)
    if skin is None or not foot.seen:
        return
    outline = place.to_canvas(skin.outline_px())
    if not _plausible(outline, image):
        return
    if foot.view == "dorsal" and chosen == "reflex":
        chosen = "zones"  # that layer is the sole's
    own = coverage.side == foot.side
    low = np.maximum(np.floor(outline.min(axis=0)) - 4, 0).astype(int)
    high = np.minimum(np.ceil(outline.max(axis=0)) + 5, image.shape[1::-1]).astype(int)
    if (high - low < 2).any():
        return
    part = image[low[1] : high[1], low[0] : high[0]]
    before = part.copy()
    covered = _covered(moment.hands, place, low, high)
    if own:
        _tint(part, skin, outline - low, covered, coverage, place, low, theme)
    draw_lines(image, skin, place, theme, unit, chosen)
    if own and moment.next_zone is not None:
        draw_next(image, moment.next_zone, coverage.view, skin, place, theme, unit)
    path, closed = [outline], True
    if foot.presence is Presence.BRIDGED:
        path, closed = dashes(outline, 2.4 * unit, 1.6 * unit, closed=True), False
    thick = max(2, round(0.36 * unit))
    strokes(image, path, ((theme.casing, thick + max(2, round(0.3 * unit))), (theme.foot, thick)), closed)
    cv2.copyTo(before, covered, part)
    if chosen == "reflex":
        draw_names(image, skin, place, theme, unit, lambda at: _uncovered(at - low, covered))
    if own and moment.next_zone is not None:
        name_next(image, moment.next_zone, coverage.view, skin, place, words, theme, unit)


def _covered(hands: Hands, place: Place, low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.uint8]:
    """(h, w) uint8, 255 under the hands in the part of the canvas from ``low`` to ``high``."""
    mask = np.zeros(place.frame[::-1], np.uint8)
    for hand in hands:
        if hand.seen and np.isfinite(hand.landmarks_px).all():
            _draw_flesh(mask, hand.landmarks_px)
    shift = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1.0]]) @ place.matrix()
    width, height = (int(n) for n in high - low)
    return np.asarray(cv2.warpAffine(mask, shift[:2], (width, height), flags=cv2.INTER_NEAREST), np.uint8)


def _draw_flesh(mask: NDArray[np.uint8], joints: Floats) -> None:
    """A hand's own shape onto a mask: its palm, and a thick line for each finger."""
    thick = max(2, round(_FINGER * hand_size(joints)))
    px = np.rint(np.clip(joints, -20_000, 20_000)).astype(np.int32)
    cv2.fillPoly(mask, [px[list(PALM)]], 255)
    cv2.polylines(mask, [px[list(PALM)]], True, 255, thick)
    cv2.polylines(mask, [px[list(finger)] for finger in _FINGERS], False, 255, thick)


def _uncovered(at: Floats, covered: NDArray[np.uint8]) -> NDArray[np.bool_]:
    column, row = np.rint(np.clip(np.nan_to_num(at, nan=-1.0), -1, 1e6)).astype(int).T
    height, width = covered.shape
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    return np.asarray(inside & (covered[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] == 0), bool)


def tint_strength(coverage: Coverage) -> NDArray[np.float32]:
    """(64, 32) float32: 0 where not worked, rising towards 1 with the seconds of contact."""
    return np.asarray(1.0 - np.exp(-np.nan_to_num(coverage.grid_seconds) / (STRONG_S / 3)), np.float32)


@cache
def smooth_outline(view: View, steps: int = 2) -> Floats:
    """(N, 2) the atlas's outline in (u, v), rounded by a closed Catmull–Rom spline."""
    p = atlas.outline(view)
    before, after, beyond = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    curve = []
    for t in np.arange(steps) / steps:
        curve.append(
            0.5 * (2 * p + (after - before) * t + (2 * before - 5 * p + 4 * after - beyond) * t**2
                   + (3 * p - before - 3 * after + beyond) * t**3)
        )  # fmt: skip
    return np.stack(curve, axis=1).reshape(-1, 2)


def _plausible(outline: Floats, image: Image) -> bool:
    """False when the pose has gone wild (a foot many times the picture)."""
    if len(outline) < 3 or not np.isfinite(outline).all():
        return False
    extent = outline.max(axis=0) - outline.min(axis=0)
    return bool(extent.max() < 6 * max(image.shape[:2]))


def _tint(
    ground: Image, skin: Skin, outline: Floats, covered: NDArray[np.uint8], coverage: Coverage, place: Place,
    low: NDArray[np.int64], theme: Theme,
) -> None:  # fmt: skip
    """Tint the part of the canvas that begins at ``low``; ``outline`` is in its own pixels."""
    strength = tint_strength(coverage)
    height, width = ground.shape[:2]
    if strength.max() <= 0.02:
        return
    k = min(1.0, _LOW_RES / max(width, height))
    small = max(2, round(width * k)), max(2, round(height * k))
    to_small = np.array([small[0] / width, small[1] / height])
    # Soft borders, and a step at the first touch: worked and not worked must differ at a glance.
    shade = np.where(strength > _TOUCHED, 0.35 + 0.65 * strength, 0.0)
    cells, px = skin.cells_shown(FACES.index(coverage.view))
    alpha = _spread((place.to_canvas(px) - low) * to_small, shade.reshape(-1)[cells], small)
    inside = np.zeros(small[::-1], np.uint8)
    cv2.fillPoly(inside, [fixed(outline * to_small)], 255, cv2.LINE_AA, SHIFT)
    over = cv2.GaussianBlur(cv2.resize(covered, small, interpolation=cv2.INTER_AREA), (0, 0), 1.0)
    painted = cv2.min(np.clip(alpha * (_DEEPEST * 255), 0, 255).astype(np.uint8), inside)
    tint = cv2.subtract(painted, over)
    # Most of a foot isn't worked at first: only what is tinted is blended.
    x, y, across, down = cv2.boundingRect(tint)
    if not across:
        return
    begin = np.floor((np.array([x, y]) - 1) / to_small).clip(0).astype(int)
    end = np.ceil((np.array([x + across, y + down]) + 1) / to_small).astype(int).clip(max=(width, height))
    at = np.s_[begin[1] : end[1], begin[0] : end[0]]
    opacity = cv2.resize(tint, (width, height), interpolation=cv2.INTER_LINEAR)[at]
    ground = ground[at]
    cv2.multiply(ground, cv2.merge([cv2.bitwise_not(opacity)] * 3), dst=ground, scale=1 / 255)
    cv2.add(ground, cv2.merge([cv2.LUT(opacity, _ramp(level)) for level in theme.work]), dst=ground)


def _spread(at: Floats, values: Floats, size: tuple[int, int]) -> NDArray[np.float32]:
    """(h, w) what values (N,) at places (N, 2) px come to between them; 0 far from all."""
    width, height = size
    inside = (at > -0.5).all(axis=1) & (at < np.array(size) - 0.5).all(axis=1)
    column, row = np.rint(at[inside]).astype(int).T
    index = row * width + column
    sums = np.stack([np.bincount(index, values[inside], width * height), np.bincount(index, minlength=width * height)])
    # As wide as the cells lie apart.
    wide = 1.2 * np.sqrt(width * height / max(int(inside.sum()), 1))
    maps = sums.reshape(2, height, width).astype(np.float32)
    value, weight = (cv2.GaussianBlur(one, (0, 0), max(wide, 0.6)) for one in maps)
    return np.asarray(value / np.maximum(weight, 1e-3), np.float32)


@cache
def _ramp(level: int) -> NDArray[np.uint8]:
    """(256,) look-up table: opacity times a colour's level."""
    return np.round(np.arange(256) * (level / 255)).astype(np.uint8)
