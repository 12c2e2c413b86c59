"""From renders to what any camera might show: the variation that the studio's own pictures lack.

Everything here changes a picture and its labels together. Realism is not the aim; a network that has seen limbs of any
colour before anything, sharp and blurred, grey and torn, looks for what stays the same: their form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from trainer.finder.layout import OUTSIDE
from trainer.hands.crop import crop_of
from trainer.studio.training.sample import Sample, flipped, has_foot, has_hands, warped, with_hands_of

Rng = np.random.Generator
PLAIN_COLOUR = np.full(3, float(OUTSIDE))
"""BGR of what lies outside a picture, as the finder pads it."""


_PLAIN = 0.3
"""Share of the pictures that are only framed and filmed anew."""
_FAR, _NEAR = 0.12, 0.12
"""Shares of the pictures that are taken from further away, and from nearer, than the studio's cameras are."""
_MISSING, _EMPTY = 0.24, 0.12
"""Share of the pictures in which a limb is missing, and in which there is none. With few of them a network learns that
there are always hands and a foot, and takes a plant or a rolled towel for them."""
Pick = Callable[[Rng], Sample]
"""Another picture of the same set."""


def augmented(sample: Sample, pick: Pick, rng: Rng, size: tuple[int, int]) -> Sample:
    """A picture of ``size`` made from a still, with parts of others that are picked."""
    if rng.random() < _PLAIN:
        sample = _framed(sample, rng, size, 0.35)
        sample = flipped(sample) if rng.random() < 0.5 else sample
        return replace(sample, image=_filmed(sample.image, rng))
    if not has_hands(sample) and has_foot(sample) and rng.random() < 0.75:
        other = pick(rng)
        if has_foot(other):
            sample = with_hands_of(sample, other if other.foot_left[0] == sample.foot_left[0] else flipped(other))
    # First small, then the rest: that is four times faster.
    sample = _framed(sample, rng, size)
    if rng.random() < 0.5:
        sample = flipped(sample)
    if rng.random() < 0.4:
        sample = _recoloured(sample, rng)
    if rng.random() < 0.25:
        sample = _elsewhere(sample, pick(rng), rng)
    if rng.random() < _MISSING:
        sample = _without_limbs(sample, rng)
    elif rng.random() < _EMPTY:
        sample = _empty(sample, pick(rng), rng)
    if rng.random() < 0.15:
        sample = _covered(sample, rng)
    if rng.random() < 0.1:
        sample = _with_a_third_hand(sample, pick(rng), rng)
    return replace(sample, image=_filmed(sample.image, rng))


def coloured(sample: Sample, rng: Rng) -> Sample:
    """In other colours, light and surroundings, with something before it; everything stays where it is."""
    if rng.random() < 0.5:
        sample = _recoloured(sample, rng)
    if rng.random() < 0.2:
        sample = _elsewhere(sample, sample, rng)
    if rng.random() < 0.2:
        sample = _covered(sample, rng)
    return replace(sample, image=_filmed(sample.image, rng))


def _framed(sample: Sample, rng: Rng, size: tuple[int, int], much: float = 1.0) -> Sample:
    """Turned, larger or smaller, somewhere in the picture; the way a person or a photographer frames it."""
    width, height = sample.size
    angle = much * (rng.normal(0, 16) if rng.random() < 0.75 else rng.uniform(-180, 180))
    what = rng.random()
    near = rng.normal(-0.5, 0.25) if what < _FAR else rng.normal(0.15, 0.28)
    from_near = what > 1 - _NEAR
    if from_near:
        near = rng.normal(0.75, 0.2)  # a hand fills half of the picture and is cut off by its edge
    grow = min(size[0] / width, size[1] / height) * float(np.exp(near * much))
    limbs = np.argwhere(sample.mask[::8, ::8] > 0)
    middle = np.array([width / 2, height / 2])
    centre = limbs[int(rng.integers(len(limbs)))][::-1] * 8.0 if len(limbs) else middle
    # From near the camera is pointed at a limb, not at the middle of all.
    centre = centre + rng.uniform(*((0.0, 0.5) if from_near else (0.3, 1.0))) * (middle - centre)
    matrix = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle, grow)
    stretch = np.array([[np.exp(rng.normal(0, 0.05)), rng.normal(0, 0.04)], [0.0, 1.0]])
    matrix = stretch @ matrix
    goal = np.array(size) / 2 + rng.normal(0, 0.09, 2) * size
    matrix[:, 2] += goal - (matrix[:, :2] @ centre + matrix[:, 2])
    border = None if rng.random() < 0.6 else PLAIN_COLOUR if rng.random() < 0.6 else rng.uniform(0, 255, 3)
    return warped(sample, matrix, size, border)


def _recoloured(sample: Sample, rng: Rng) -> Sample:
    """Hands and foot each in a colour of their own: another skin, light, gloves, a sock, paint."""
    image: np.ndarray = sample.image.astype(np.float32)
    for parts in ((1, 2), (3, 4, 5)):
        if rng.random() < 0.35:
            continue
        soft = _soft(sample.mask, parts, 0.7)
        kind = rng.random()
        if kind < 0.22:
            # Cloth, rubber or paint: one colour with the light and dark of what lies beneath.
            grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[..., None]
            mean = float((grey * soft).sum() / max(float(soft.sum()), 1.0))
            colour = rng.uniform(0, 255, 3) if rng.random() < 0.5 else np.full(3, rng.uniform(8, 245))
            depth = rng.uniform(0.25, 1.0)
            new = colour + depth * (grey - mean) * (0.35 + colour.mean() / 200)
        else:
            tone = 255 * (np.arange(256) / 255) ** float(np.exp(rng.normal(0, 0.35))) * np.exp(rng.normal(0, 0.15))
            new = tone.astype(np.float32)[sample.image] * np.exp(rng.normal(0, 0.1, 3)).astype(np.float32)
        image = (image + soft * (new - image)).astype(np.float32)
    return replace(sample, image=np.clip(image, 0, 255).astype(np.uint8))


def _elsewhere(sample: Sample, other: Sample, rng: Rng) -> Sample:
    """Before another background; what was behind is gone."""
    keep = _soft(sample.mask, (1, 2, 3, 4, 5), 0.6)
    behind: np.ndarray = backdrop(other, rng, sample.size).astype(np.float32)
    if rng.random() < 0.5:
        # Limbs darken what they lie on.
        near = _soft(sample.mask, (1, 2, 3, 4, 5), rng.uniform(3, 11))
        behind = behind * (1 - rng.uniform(0.2, 0.6) * near)
    image = behind + keep * (sample.image - behind)
    return replace(sample, image=np.clip(image, 0, 255).astype(np.uint8))


def _soft(mask: np.ndarray, parts: tuple[int, ...], blur: float) -> np.ndarray:
    """(H, W, 1) float32: 1 within the parts of a mask, with a soft edge."""
    chosen = np.zeros(256, np.float32)
    chosen[list(parts)] = 1
    return np.asarray(cv2.GaussianBlur(chosen[mask], (0, 0), blur), np.float32)[..., None]


def backdrop(other: Sample, rng: Rng, size: tuple[int, int]) -> np.ndarray:
    """(H, W, 3) uint8 without a limb in it: a part of another room, cloth, pattern, blur or a plain colour."""
    kind = rng.random()
    if kind < 0.35:
        piece = _empty_piece(other, rng)
        if piece is not None:
            return np.asarray(cv2.resize(piece, size, interpolation=cv2.INTER_CUBIC))
    if kind < 0.6:
        return _towel(rng, size)
    if kind < 0.85:
        return _clouds(rng, size)
    return _stripes(rng, size)


def _empty_piece(other: Sample, rng: Rng, most: float = 0.6) -> np.ndarray | None:
    """A square of a picture that shows no limb, with at most a share of its height; None where none was found."""
    width, height = other.size
    for _ in range(8):
        side = int(rng.uniform(0.15, most) * min(width, height))
        x, y = int(rng.integers(width - side)), int(rng.integers(height - side))
        if not other.mask[y : y + side, x : x + side].any():
            piece = other.image[y : y + side, x : x + side]
            return piece[:, ::-1] if rng.random() < 0.5 else piece
    return None


def _clouds(rng: Rng, size: tuple[int, int]) -> np.ndarray:
    """Soft patches at several scales, as an unsharp room shows them, sometimes as pink or brown as limbs."""
    base = rng.uniform(0, 255, 3) if rng.random() < 0.5 else np.array([120.0, 150, 200]) * rng.uniform(0.3, 1.2)
    out = np.tile(base, (size[1], size[0], 1)).astype(np.float32)
    for cells in (3, 7, 18, 40):
        patches = rng.normal(0, 1, (cells, cells + 1, 3)) * 0.4 + rng.normal(0, 1, (cells, cells + 1, 1))
        out += rng.uniform(0, 28) * cv2.resize(patches.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    return np.clip(out, 0, 255).astype(np.uint8)


def _towel(rng: Rng, size: tuple[int, int]) -> np.ndarray:
    """Light cloth with folds and a weave."""
    base = rng.uniform(150, 250) * np.exp(rng.normal(0, 0.06, 3)) if rng.random() < 0.7 else rng.uniform(20, 250, 3)
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    out = np.zeros((size[1], size[0]), np.float32)
    for _ in range(int(rng.integers(1, 5))):
        angle, wave = rng.uniform(0, np.pi), rng.uniform(12, 80)
        bend = 6 * np.sin((x * np.sin(angle) + y * np.cos(angle)) / rng.uniform(40, 200) + rng.uniform(0, 6))
        out += rng.uniform(2, 16) * np.sin((x * np.cos(angle) - y * np.sin(angle) + bend) / wave * 6.28)
    weave = rng.uniform(0, 10) * rng.standard_normal((size[1], size[0]), np.float32)
    return np.clip(base + (out + weave)[..., None], 0, 255).astype(np.uint8)


def _stripes(rng: Rng, size: tuple[int, int]) -> np.ndarray:
    """Boards, tiles, checks: straight edges of any size."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    angle, period = rng.uniform(0, np.pi), rng.uniform(8, 120)
    one = np.sin((x * np.cos(angle) + y * np.sin(angle)) / period * 6.28) > rng.uniform(-0.8, 0.8)
    if rng.random() < 0.5:
        one = one ^ (np.sin((y * np.cos(angle) - x * np.sin(angle)) / period * 6.28) > 0)
    a, b = rng.uniform(0, 255, 3), rng.uniform(0, 255, 3)
    out = np.where(one[..., None], a, a + rng.uniform(0.2, 1) * (b - a)) + rng.normal(0, 6, (size[1], size[0], 1))
    return np.asarray(cv2.GaussianBlur(np.clip(out, 0, 255).astype(np.uint8), (0, 0), rng.uniform(0.4, 2.5)))


def _without_limbs(sample: Sample, rng: Rng) -> Sample:
    """A hand, both hands, the foot or all painted over: what may be missing in a picture."""
    what = rng.random()
    one = 1 + int(rng.integers(2))
    parts = (one,) if what < 0.3 else (1, 2) if what < 0.55 else FEET if what < 0.77 else (1, 2, *FEET)
    return painted_over(sample, parts, rng)


def _empty(sample: Sample, other: Sample, rng: Rng) -> Sample:
    """A picture of things only: a part of a room in which nobody is, or a backdrop."""
    piece = _empty_piece(other, rng, 0.95)
    if piece is None:
        image = backdrop(other, rng, sample.size)
    else:
        image = np.asarray(cv2.resize(piece, sample.size, interpolation=cv2.INTER_CUBIC), np.uint8)
    return replace(
        sample, image=image, mask=np.zeros_like(sample.mask), hands=np.full_like(sample.hands, np.nan),
        visible=np.zeros(2), feet=np.full_like(sample.feet, np.nan),
    )  # fmt: skip


FEET = (3, 4, 5)
"""The worked foot, legs, the other foot: what a picture without a foot must not show (`scene.MASK`)."""


def painted_over(sample: Sample, parts: tuple[int, ...], rng: Rng) -> Sample:
    """The parts of the mask hidden behind something; they are said not to be there, and the rest as far as it shows."""
    cover = _blob(np.isin(sample.mask, parts), rng)
    if parts == FEET and rng.random() < 0.6:
        cover[np.isin(sample.mask, (1, 2))] = 0  # hands before it, at work on something that is no foot
    behind = backdrop(sample, rng, sample.size)
    if len(parts) == 5 and rng.random() < 0.5:
        cover[:] = 1
    soft = cv2.GaussianBlur(cover.astype(np.float32), (0, 0), 1.0)[..., None]
    image = (sample.image + soft * (behind.astype(np.float32) - sample.image)).astype(np.uint8)
    hands, feet, left = sample.hands.copy(), sample.feet, _behind(sample, cover)
    for k in range(2):
        if k + 1 in parts:
            hands[k], left.visible[k] = np.nan, 0.0
    if 3 in parts:
        feet = np.full_like(feet, np.nan)
    return replace(left, image=image, hands=hands, feet=feet)


def _blob(shape: np.ndarray, rng: Rng) -> np.ndarray:
    """(H, W) uint8: a rounded thing that hides a shape. Its outline itself, painted over, would still be a limb's."""
    points = np.argwhere(shape)[:, ::-1].astype(np.int32)
    out = np.zeros(shape.shape, np.uint8)
    if len(points):
        cv2.fillConvexPoly(out, cv2.convexHull(points), 1)
        round_off = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (int(rng.integers(3, 12)),) * 2)
        out = np.asarray(cv2.dilate(out, round_off), np.uint8)
    return out


def _behind(sample: Sample, cover: np.ndarray) -> Sample:
    """What is still seen behind a cover (H, W); the picture stays."""
    before = np.array([(sample.mask == v).sum() for v in (1, 2)], float)
    mask = np.where(cover > 0, 0, sample.mask).astype(np.uint8)
    after = np.array([(mask == v).sum() for v in (1, 2)], float)
    share = np.where(before > 0, after / np.maximum(before, 1), 1.0)
    columns, rows = (np.clip(np.nan_to_num(sample.feet[..., i]).astype(int), 0, sample.size[i] - 1) for i in (0, 1))
    foot_visible = sample.foot_visible & (cover[rows, columns] == 0)
    return replace(sample, mask=mask, visible=sample.visible * share, foot_visible=foot_visible)


def _with_a_third_hand(sample: Sample, giver: Sample, rng: Rng) -> Sample:
    """The hand of somebody else, away from a foot on which both hands already are: seen, but not looked for."""
    k = int(rng.integers(2))
    feet = sample.feet[0]
    busy = np.isfinite(sample.hands).all() and (sample.visible > 0.3).all() and np.isfinite(feet).all()
    if not busy or giver.visible[k] < 0.5:
        return sample
    crop, own = crop_of(giver.hands[k]), crop_of(sample.hands[k])
    angle, grow = rng.uniform(-180, 180), own.size / crop.size * float(np.exp(rng.normal(-0.1, 0.25)))
    matrix = np.asarray(cv2.getRotationMatrix2D((crop.x, crop.y), angle, grow), float)
    room = 0.5 * np.linalg.norm(feet.max(0) - feet.min(0)) + 0.5 * own.size
    for _ in range(6):
        goal = rng.uniform(0, 1, 2) * sample.size
        if np.linalg.norm(goal - feet.mean(0)) > room:
            break
    else:
        return sample
    matrix[:, 2] += goal - np.array([crop.x, crop.y])
    moved = warped(giver, matrix, sample.size, np.zeros(3))
    # What lies before it there stays before it.
    cover = (moved.mask == k + 1) & (sample.mask == 0)
    soft = cv2.GaussianBlur(cover.astype(np.float32), (0, 0), 0.7)[..., None]
    image = sample.image + soft * (moved.image.astype(np.float32) - sample.image)
    return replace(sample, image=image.astype(np.uint8), mask=np.where(cover, k + 1, sample.mask).astype(np.uint8))


def _covered(sample: Sample, rng: Rng) -> Sample:
    """Things before the limbs: bars, discs and corners of any colour, some as long and brown as an arm."""
    image = sample.image
    width, height = sample.size
    shown = np.zeros(sample.mask.shape, np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        a = rng.uniform(0, 1, 2) * (width, height)
        if rng.random() < 0.6:
            b = a + rng.normal(0, 0.5, 2) * (width, height)
            thick = int(rng.uniform(3, 34))
            cv2.line(shown, tuple(a.astype(int).tolist()), tuple(b.astype(int).tolist()), 1, thick)
        else:
            axes = tuple(int(v) for v in rng.uniform(4, 36, 2))
            cv2.ellipse(shown, tuple(a.astype(int).tolist()), axes, rng.uniform(0, 180), 0, 360, 1, -1)
    paint = _clouds(rng, (width, height))
    soft = cv2.GaussianBlur(shown.astype(np.float32), (0, 0), 0.7)[..., None]
    image = (image + soft * (paint.astype(np.float32) - image)).astype(np.uint8)
    return replace(_behind(sample, shown), image=image)


def _filmed(image: np.ndarray, rng: Rng) -> np.ndarray:
    """Light, colour, sharpness, noise and compression of any camera and any editor."""
    tone = (np.arange(256) / 255) ** float(np.exp(rng.normal(0, 0.28)))
    out = tone.astype(np.float32)[image]
    if rng.random() < 0.35:
        # A lamp at one side, or a vignette.
        across = np.linspace(-1, 1, out.shape[1], dtype=np.float32)
        down = np.linspace(-1, 1, out.shape[0], dtype=np.float32)
        tilt = rng.normal(0, 0.3, 2)
        out = out * np.clip(1 + tilt[0] * across[None, :, None] + tilt[1] * down[:, None, None], 0.2, 2)
    out = (out - 0.5) * float(np.exp(rng.normal(0, 0.25))) + 0.5 + rng.normal(0, 0.07)
    out = (out * np.exp(rng.normal(0, 0.07, 3))).astype(np.float32)
    kind = rng.random()
    grey = out @ np.array([0.114, 0.587, 0.299], np.float32)
    if kind < 0.13:
        toned = np.exp(rng.normal(0, 0.12, 3)) if rng.random() < 0.3 else np.ones(3)
        out = grey[..., None] * toned.astype(np.float32)
    elif kind < 0.5:
        out = grey[..., None] + rng.uniform(0.3, 1.7) * (out - grey[..., None])
    out = np.clip(out, 0, 1).astype(np.float32)
    blur = rng.random()
    if blur < 0.25:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.4, 1.8))
    elif blur < 0.37:
        out = cv2.filter2D(out, -1, _streak(rng))
    elif blur < 0.5:
        out = out + rng.uniform(0.2, 1.4) * (out - cv2.GaussianBlur(out, (0, 0), 1.0))
    if rng.random() < 0.5:
        out = out + np.float32(rng.uniform(0.003, 0.05)) * rng.standard_normal(out.shape, np.float32)
    eight = (np.clip(out, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.4:
        _, data = cv2.imencode(".jpg", eight, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(15, 90))])
        eight = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.asarray(eight)


def _streak(rng: Rng) -> np.ndarray:
    """A kernel of a movement while the shutter was open."""
    kernel = np.zeros((9, 9), np.float32)
    way = rng.uniform(1.0, 4.0) * np.array([np.cos(a := rng.uniform(0, 6.3)), np.sin(a)])
    cv2.line(kernel, tuple(np.rint(4 - way).astype(int).tolist()), tuple(np.rint(4 + way).astype(int).tolist()), 1.0)
    return np.asarray(kernel / kernel.sum())
