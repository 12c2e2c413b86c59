"""The foot's remembered appearance, and finding it again to a fraction of a pixel.

Aligning each frame to one remembered picture, not to the frame before, is what keeps a still foot from drifting.
The alignment is Gauss-Newton on the picture's differences with robust weights (inverse compositional; Baker and
Matthews, "Lucas-Kanade 20 Years On", IJCV 2004), over high-passed brightness so that soft shadows of the hands don't
count. Hands that nobody detected mismatch and drop out.

The picture learns: every pixel keeps two appearances with the seconds each was seen, and shows the longer-lived. What
a hand covered in the first frame is thus replaced by the foot below it; the alignment never blends pictures, so nothing
creeps.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.model import Floats

F32 = NDArray[np.float32]
Mask = NDArray[np.uint8]

_MOST_PIXELS = 2600
_SAME = 9.0
"""Two appearances of a pixel are the same within this many levels of high-passed brightness."""
_MEMORY_S = 4.0


def working_picture(gray: Mask) -> F32:
    """(H, W) float32: brightness without its slow changes (shadows, exposure), from an (H, W) uint8 picture."""
    smooth = cv2.GaussianBlur(gray, (3, 3), 0).astype(np.float32)
    return np.asarray(smooth - cv2.blur(smooth, (25, 25)), np.float32)


@dataclass(frozen=True, eq=False)
class Alignment:
    """Where an anchor lies in a frame. ``warp`` (2, 3) takes anchor pixels to frame pixels.

    ``cost`` is the robust misfit that the search minimised.
    ``matched`` is the share of the visible, textured patches that look like the anchor, ``patches`` how many do,
    ``visible_share`` the share of all patches that no known hand covers. ``matches`` (P,) bool per patch.
    """

    warp: Floats
    cost: float
    matched: float
    patches: int
    visible_share: float
    gain: float
    matches: NDArray[np.bool_]
    visible: NDArray[np.bool_]


class Anchor:
    """Appearance of the region ``ring`` (N, 2) (px of the working picture) at one instant.

    ``to_frame`` (2, 3) takes the anchor's own pixels to those of that picture.
    """

    def __init__(self, picture: F32, ring: Floats, hidden: Mask) -> None:
        length = float(np.linalg.norm(ring.max(axis=0) - ring.min(axis=0)))
        pad = max(4.0, 0.04 * length)
        low = np.floor(ring.min(axis=0) - pad)
        size = np.ceil(ring.max(axis=0) + pad - low).astype(int)
        size = np.clip(size, 16, 1024)
        self.to_frame: Floats = np.array([[1.0, 0.0, low[0]], [0.0, 1.0, low[1]]])
        self._size = (int(size[0]), int(size[1]))
        self.region: Mask = np.zeros((size[1], size[0]), np.uint8)
        polygon = np.round(ring - low).astype(np.int32)
        cv2.fillPoly(self.region, [polygon], 255)
        rim = max(3, 2 * round(0.025 * length) + 1)
        self.region = np.asarray(cv2.dilate(self.region, np.ones((rim, rim), np.uint8)), np.uint8)
        self._tile = max(8.0, length / 16.0)
        shown, seen = self._warped(picture, self.to_frame, hidden)
        self._first: F32 = shown
        self._age: F32 = np.where(seen, 0.3, 0.0).astype(np.float32)
        self._second: F32 = shown.copy()
        self._second_age: F32 = np.zeros_like(self._age)
        across, down = int(np.ceil(size[0] / self._tile)), int(np.ceil(size[1] / self._tile))
        self._tiles_across = across
        self._stale = 0.0
        self._trust: Floats = np.full(across * down, 0.6)
        self._refresh()

    def _warped(self, picture: F32, warp: Floats, hidden: Mask) -> tuple[F32, NDArray[np.bool_]]:
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        shown = cv2.warpAffine(picture, warp, self._size, flags=flags, borderValue=0.0)
        free = cv2.warpAffine(
            cv2.bitwise_not(hidden), warp, self._size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP, borderValue=0.0
        )
        return np.asarray(shown, np.float32), np.asarray(free > 0)

    def _refresh(self) -> None:
        """Choose the pixels worth comparing and prepare their derivatives."""
        known = ((self.region > 0) & (self._age > 0)).astype(np.uint8)
        usable = np.asarray(cv2.erode(known, np.ones((3, 3), np.uint8), borderValue=0), np.uint8)
        gx = cv2.Sobel(self._first, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
        gy = cv2.Sobel(self._first, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
        strength = np.where(usable > 0, gx * gx + gy * gy, -1.0)
        # Picking the strongest of each little cell spreads the pixels over the whole foot.
        cell = max(1, round(np.sqrt(max(int(usable.sum()), 1) / _MOST_PIXELS)))
        h, w = strength.shape[0] // cell * cell, strength.shape[1] // cell * cell
        blocks = strength[:h, :w].reshape(h // cell, cell, w // cell, cell).transpose(0, 2, 1, 3)
        flat = blocks.reshape(h // cell, w // cell, cell * cell)
        best = flat.argmax(axis=2)
        rows, columns = np.nonzero(flat.max(axis=2) > 0.4)
        inner = best[rows, columns]
        y, x = rows * cell + inner // cell, columns * cell + inner % cell
        # Fewer, stronger pixels of a richly textured foot do as well and cost less.
        if len(x) > _MOST_PIXELS:
            keep = np.sort(np.argsort(-strength[y, x], kind="stable")[:_MOST_PIXELS])
            y, x = y[keep], x[keep]
        self._xy: Floats = np.column_stack([x, y]).astype(float)
        self._value: F32 = self._first[y, x]
        self._tile_of: NDArray[np.int64] = (y // self._tile * self._tiles_across + x // self._tile).astype(np.int64)
        self._tile_pixels = np.bincount(self._tile_of, minlength=len(self._trust))
        energy = _sums(self._tile_of, self._value.astype(float) ** 2, len(self._trust))
        spread = np.sqrt(energy / np.maximum(self._tile_pixels, 1))
        self._textured = (self._tile_pixels >= 8) & (spread > 2.0)
        self.centre: Floats = np.array([self._size[0] / 2, self._size[1] / 2])
        self._unit = float(max(self._size)) / 2
        u, v = ((self._xy - self.centre) / self._unit).T
        sx, sy = gx[y, x].astype(float), gy[y, x].astype(float)
        self._affine_j: Floats = np.column_stack([sx * u, sx * v, sy * u, sy * v, sx, sy])
        self._similar_j: Floats = np.column_stack([sx * u + sy * v, sy * u - sx * v, sx, sy])
        corners = cv2.goodFeaturesToTrack(
            cv2.convertScaleAbs(self._first, alpha=2.0, beta=0), 70, 0.02, max(4, self._tile / 2), mask=usable
        )
        self.corners: Floats = np.zeros((0, 2)) if corners is None else corners.reshape(-1, 2).astype(float)

    def align(self, picture: F32, hidden: Mask, start: Floats, *, rounds: int = 16) -> Alignment:
        """The anchor's place in ``picture``, shifted, turned and scaled from ``start`` (2, 3) by a few pixels."""
        return self._search(picture, hidden, start, rounds, self._similar_j, self._trust)

    def tilt(self, picture: F32, hidden: Mask, aligned: Alignment) -> Alignment:
        """``aligned`` refined with shear and squeeze too, on the patches that have proved themselves."""
        return self._search(picture, hidden, aligned.warp, 3, self._affine_j, np.clip(2 * self._trust - 1, 0, 1))

    def _search(
        self, picture: F32, hidden: Mask, start: Floats, rounds: int, jacobian: Floats, trust: Floats
    ) -> Alignment:
        warp = np.asarray(start, float).copy()
        gain = 1.0
        shown, free = self._sample(picture, hidden, warp)
        for step in range(rounds):
            error = shown - gain * self._value
            weights = self._weights(error, free, 10.0 if step < 2 else 6.0, trust)
            if float(weights.sum()) < 20.0:
                break
            power = float((weights * self._value) @ self._value)
            gain = min(2.5, max(0.4, float((weights * shown) @ self._value) / max(power, 1e-6)))
            moved, change = self._step(error, weights, gain * jacobian)
            warp = _compose(warp, moved)
            shown, free = self._sample(picture, hidden, warp)
            if change < 0.02:
                break
        return self._judged(warp, gain, shown, free)

    def _sample(self, picture: F32, hidden: Mask, warp: Floats) -> tuple[F32, NDArray[np.bool_]]:
        if not len(self._xy):
            return np.zeros(0, np.float32), np.zeros(0, bool)
        at = self._xy @ warp[:, :2].T + warp[:, 2]
        x, y = at.astype(np.float32).T
        shown = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0)
        height, width = picture.shape
        column, row = np.rint(at).astype(int).T
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        free = inside & (hidden[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] == 0)
        return np.asarray(shown, np.float32).reshape(-1), free

    def _weights(self, error: F32, free: NDArray[np.bool_], widest: float, trust: Floats) -> F32:
        off = np.abs(error)
        typical = 1.4826 * float(np.median(off[free])) if free.any() else widest
        cut = 4.685 * float(np.clip(typical, 1.2, widest))
        weights = np.clip(1.0 - (off / cut) ** 2, 0.0, 1.0) ** 2
        return np.asarray(weights * free * (0.05 + trust[self._tile_of]), np.float32)

    def _step(self, error: F32, weights: F32, jacobian: Floats) -> tuple[Floats, float]:
        """A small warp of the anchor, and by how many pixels at most it moves the rim."""
        weighted = jacobian * weights[:, None]
        normal = weighted.T @ jacobian
        damping = 1e-3 * np.trace(normal) / len(normal)
        delta = np.linalg.solve(normal + damping * np.eye(len(normal)), weighted.T @ error)
        longest = float(np.abs(delta).max())
        if longest > 0.06 * self._unit:
            delta = delta * (0.06 * self._unit / longest)
        if len(delta) == 4:
            delta = np.array([delta[0], -delta[1], delta[1], delta[0], delta[2], delta[3]])
        linear = np.eye(2) + delta[:4].reshape(2, 2) / self._unit
        shift = delta[4:] + self.centre - linear @ self.centre
        return np.column_stack([linear, shift]), longest

    def _judged(self, warp: Floats, gain: float, shown: F32, free: NDArray[np.bool_]) -> Alignment:
        size = len(self._trust)
        tile, weight = self._tile_of, free.astype(float)
        misfit = np.minimum(np.abs(shown - gain * self._value), 12.0) ** 2
        cost = float(misfit @ (weight * self._trust[tile])) / max(float(weight.sum()), 1.0)
        kept = _sums(tile, weight, size)
        a, b = self._value.astype(float) * weight, shown.astype(float) * weight
        aa, bb = _sums(tile, a * self._value, size), _sums(tile, b * shown, size)
        ab = _sums(tile, a * shown, size)
        mean_a, mean_b = _sums(tile, a, size), _sums(tile, b, size)
        n = np.maximum(kept, 1.0)
        # Half-centred: brightness was high-passed already, and a patch on one side of an edge has a mean that counts.
        aa, bb, ab = aa - 0.5 * mean_a**2 / n, bb - 0.5 * mean_b**2 / n, ab - 0.5 * mean_a * mean_b / n
        alike = ab / np.sqrt(np.maximum(aa * bb, 1e-6))
        ratio = np.sqrt(np.maximum(bb, 1e-6) / np.maximum(aa, 1e-6)) / max(gain, 1e-3)
        visible = self._textured & (kept >= 0.6 * self._tile_pixels) & (kept >= 6)
        matches = visible & (alike > 0.7) & (ratio > 0.45) & (ratio < 2.2)
        count = int(visible.sum())
        return Alignment(
            warp,
            cost,
            float(matches.sum()) / count if count else 0.0,
            int(matches.sum()),
            count / max(int(self._textured.sum()), 1),
            gain,
            matches,
            visible,
        )

    def learn(self, picture: F32, hidden: Mask, alignment: Alignment, elapsed_s: float) -> None:
        """Take in what this frame shows, ``elapsed_s`` after the last frame that was taken in."""
        rate = min(1.0, elapsed_s / 2.5)
        seen_tiles = alignment.visible
        self._trust[seen_tiles] += rate * (alignment.matches[seen_tiles] - self._trust[seen_tiles])
        shown, seen = self._warped(picture, alignment.warp, hidden)
        shown = shown / np.float32(max(alignment.gain, 0.2))
        # Contours move under the best alignment by a fraction of a pixel, so steep places may differ more.
        steep = cv2.morphologyEx(self._first, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
        allowed = _SAME + 0.35 * np.asarray(steep, np.float32)
        as_first = np.abs(shown - self._first) < allowed
        as_second = ~as_first & (np.abs(shown - self._second) < _SAME) & (self._second_age > 0)
        other = ~as_first & ~as_second & seen
        grow = np.float32(elapsed_s)
        known = self._age > 0
        self._age = np.where(seen & as_first & known, np.minimum(self._age + grow, _MEMORY_S), self._age)
        self._age = np.where(seen & ~as_first & known, np.maximum(self._age - 0.5 * grow, 0.05), self._age)
        self._second_age = np.where(seen & as_second, np.minimum(self._second_age + grow, _MEMORY_S), self._second_age)
        self._second_age = np.where(other, self._second_age - 2 * grow, self._second_age)
        replaced = other & (self._second_age <= 0)
        fresh = seen & ~known & (self._second_age <= 0)
        self._second = np.where(replaced | fresh, shown, self._second)
        self._second_age = np.where(replaced | fresh, grow, self._second_age).astype(np.float32)
        better = self._second_age > np.where(known, self._age + 0.6, 0.6)
        if better.any():
            first, age = self._first.copy(), self._age.copy()
            self._first = np.where(better, self._second, first)
            self._age = np.where(better, self._second_age, age).astype(np.float32)
            self._second = np.where(better, first, self._second)
            self._second_age = np.where(better, age, self._second_age).astype(np.float32)
        changed = float((better & (self.region > 0)).sum()) / max(int((self.region > 0).sum()), 1)
        self._stale += changed
        if self._stale > 0.01:
            self._stale = 0.0
            self._refresh()

    def frozen(self) -> Anchor:
        """A copy that goes on looking as this one does now."""
        other = copy.copy(self)
        other._trust = self._trust.copy()
        return other

    def tile_at(self, points: Floats) -> NDArray[np.int64]:
        """(N,) patch index of (N, 2) anchor pixels, −1 outside."""
        column, row = np.floor(points[:, 0] / self._tile), np.floor(points[:, 1] / self._tile)
        rows = len(self._trust) // self._tiles_across
        inside = (column >= 0) & (column < self._tiles_across) & (row >= 0) & (row < rows)
        index = np.where(inside, row * self._tiles_across + column, -1)
        return np.nan_to_num(index, nan=-1).astype(np.int64)

    @property
    def appearance(self) -> tuple[F32, Mask]:
        """(H, W) float32 remembered picture and (H, W) uint8 mask of what is known of the foot."""
        return self._first, np.where((self.region > 0) & (self._age > 0), 255, 0).astype(np.uint8)


def _sums(index: NDArray[np.int64], values: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(index, values, size), float)


def _compose(warp: Floats, delta: Floats) -> Floats:
    """warp ∘ delta⁻¹ for (2, 3) affine maps."""
    inverse = np.linalg.inv(delta[:, :2])
    linear = warp[:, :2] @ inverse
    return np.column_stack([linear, warp[:, 2] - linear @ delta[:, 2]])
