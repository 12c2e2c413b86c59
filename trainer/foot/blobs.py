"""Where in a picture something of a foot's rough shape and one colour may lie: cheap first guesses. Pure functions."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.foot import atlas
from trainer.model import Floats, View

F32 = NDArray[np.float32]
_ANGLES = np.arange(18) * (2 * np.pi / 18)
_LENGTHS = (0.28, 0.40, 0.56, 0.78, 1.08)
"""Foot lengths tried, as shares of the picture's shorter side times 4/3."""
_CLUSTERS = 5


def clusters(lab: F32, known: NDArray[np.bool_]) -> F32:
    """(K, H, W) 0/1 maps of the picture's main colours, from (H, W, 3) Lab. Deterministic k-means."""
    points = lab.reshape(-1, 3).astype(float) * [0.6, 1.4, 1.4]
    used = points[known.ravel()]
    if len(used) < 50:
        return np.zeros((0, *lab.shape[:2]), np.float32)
    spread = used - used.mean(axis=0)
    axis = np.linalg.svd(spread.T @ spread)[0][:, 0]
    order = used[np.argsort(spread @ axis, kind="stable")]
    centres = order[((np.arange(_CLUSTERS) + 0.5) / _CLUSTERS * len(order)).astype(int)].copy()
    for _ in range(8):
        nearest = ((used[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        for k in range(_CLUSTERS):
            mine = used[nearest == k]
            if len(mine):
                centres[k] = mine.mean(axis=0)
    nearest = ((points[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1).reshape(lab.shape[:2])
    return np.stack([nearest == k for k in range(_CLUSTERS)]).astype(np.float32)


def skin_map(bgr: NDArray[np.uint8]) -> F32 | None:
    """(H, W) 0–1: chroma like human skin, whose hue hardly varies from very light to very dark. None for gray pictures.

    Centre and spread in the brightness-normalised red and green chromaticities: the "skin locus" (Soriano et al. 2003).
    """
    colour = bgr.astype(np.float32) + 1.0
    total = colour.sum(axis=2)
    red, green = colour[..., 2] / total, colour[..., 1] / total
    if float(np.abs(bgr.astype(np.float32) - bgr.mean(axis=2, keepdims=True)).mean()) < 1.5:
        return None
    along = (red - 0.42) / 0.07
    across = (green + 0.5 * (red - 0.42) - 0.315) / 0.022
    likely = np.exp(-0.5 * (along**2 + across**2))
    warm = 1.0 / (1.0 + np.exp(-(red - green - 0.035) / 0.012))
    return np.asarray(np.sqrt(likely) * warm, np.float32)


@cache
def _kernels(view: View, shape: tuple[int, int]) -> tuple[NDArray[np.complex64], Floats, Floats, tuple[int, int]]:
    """Transforms (N, ., .) of a foot's inside minus its surroundings, with lengths (N,) and angles (N,)."""
    from scipy.fft import next_fast_len, rfft2

    base = 4 / 3 * min(shape)
    reach = round(0.75 * max(_LENGTHS) * base) + 2
    padded = (next_fast_len(shape[0] + reach), next_fast_len(shape[1] + reach))
    ring = (atlas.outline(view) - 0.5) * [1.0, atlas.aspect(view)]
    lengths, angles, pictures = [], [], []
    for share in _LENGTHS:
        for angle in _ANGLES:
            length = share * base
            turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            both = np.zeros(padded, np.float32)
            for mirror in (1.0, -1.0):
                both += _kernel((ring * [1.0, mirror]) @ turn.T * length, length, padded)
            pictures.append(both / 2)
            lengths.append(length)
            angles.append(angle)
    transform = np.conj(rfft2(np.stack(pictures)))
    return transform.astype(np.complex64), np.array(lengths), np.array(angles), padded


def _kernel(ring: Floats, length: float, padded: tuple[int, int]) -> F32:
    """(padded) 1/area on the foot, −1/area around it; its middle at (0, 0), wrapping round. Drawn fine, then shrunk."""
    fine = 2
    middle = (padded[1] // 2, padded[0] // 2)
    points = np.round(((ring + middle) + 0.5) * fine - 0.5).astype(np.int32)
    mask = np.zeros((padded[0] * fine, padded[1] * fine), np.uint8)
    cv2.fillPoly(mask, [points], 255)
    apart = cv2.distanceTransform(255 - mask, cv2.DIST_L2, 3)
    grown = np.where(apart <= 0.12 * length * fine, 255, 0).astype(np.uint8)
    size = (padded[1], padded[0])
    inside = cv2.resize(mask, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    around = cv2.resize(grown, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255 - inside
    kernel = inside / inside.sum() - around / around.sum()
    return np.asarray(np.roll(kernel, (-middle[1], -middle[0]), axis=(0, 1)), np.float32)


def guesses(maps: F32, known: NDArray[np.bool_], view: View, most: int) -> Floats:
    """(N ≤ most, 5) rows of x, y, length, angle, score in the maps' pixels, best first.

    ``maps`` (K, H, W) 0–1 are colours the foot might have; single maps and sums of two clusters are looked through.
    """
    from scipy.fft import irfft2, rfft2

    shape = (maps.shape[1], maps.shape[2])
    transform, lengths, angles, padded = _kernels(view, shape)

    def response(picture: F32) -> F32:
        spectrum = rfft2(picture, padded).astype(np.complex64)
        out = irfft2(spectrum[None] * transform, padded)[:, : shape[0], : shape[1]]
        return np.asarray(out, np.float32)

    single = [response(m * known) for m in maps]
    pairs = [single[i] + single[j] for i in range(min(len(maps), _CLUSTERS)) for j in range(i)]
    found: list[tuple[float, float, float, float, float]] = []
    for volume in [*single, *pairs]:
        found += _peaks(volume, lengths, angles, 4)
    found.sort(key=lambda g: -g[4])
    kept: list[tuple[float, float, float, float, float]] = []
    for guess in found:
        if all(not _alike(guess, other) for other in kept):
            kept.append(guess)
            if len(kept) == most:
                break
    return np.array(kept).reshape(-1, 5)


def _peaks(volume: F32, lengths: Floats, angles: Floats, most: int) -> list[tuple[float, float, float, float, float]]:
    best_over_shape = volume.max(axis=0)
    flat = best_over_shape.ravel()
    peaks: list[tuple[float, float, float, float, float]] = []
    for index in np.argsort(-flat, kind="stable")[:60]:
        y, x = divmod(int(index), volume.shape[2])
        shape = int(volume[:, y, x].argmax())
        guess = (float(x), float(y), float(lengths[shape]), float(angles[shape]), float(flat[index]))
        if all(not _alike(guess, other) for other in peaks):
            peaks.append(guess)
            opposite = (shape // len(_ANGLES)) * len(_ANGLES) + (shape + len(_ANGLES) // 2) % len(_ANGLES)
            peaks.append((*guess[:2], float(lengths[opposite]), float(angles[opposite]), float(volume[opposite, y, x])))
            if len(peaks) >= 2 * most:
                break
    return peaks


def _alike(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    length = min(a[2], b[2])
    apart = np.hypot(a[0] - b[0], a[1] - b[1]) / length
    turned = abs((a[3] - b[3] + np.pi) % (2 * np.pi) - np.pi)
    return bool(apart < 0.18 and turned < 0.45 and abs(np.log(a[2] / b[2])) < 0.35)
