"""A person's colours, and the noise that skin is made of. Colours are linear-light RGB."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.ndimage import map_coordinates

from trainer.studio.people import TONES, Person

_LATTICE = 24


def linear(srgb: tuple[int, int, int] | np.ndarray) -> np.ndarray:
    """sRGB 0..255 to linear 0..1."""
    return np.asarray((np.asarray(srgb, float) / 255) ** 2.2)


def mix(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """(N, 3) from a to b by t (N,)."""
    return np.asarray(a + (b - a) * t[:, None])


def noise(points: np.ndarray, wavelength_mm: float, seed: int) -> np.ndarray:
    """(N,) smooth noise of unit deviation over points (N, 3), with blobs of about the wavelength."""
    lattice, turn = _lattice(seed)
    inside = points @ (turn * 2 / wavelength_mm)
    return np.asarray(map_coordinates(lattice, inside.T, order=1, mode="grid-wrap"))


@lru_cache(maxsize=64)
def _lattice(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng([seed, 99])
    values = rng.normal(size=(_LATTICE,) * 3)
    for axis in range(3):
        values = values + 0.5 * (np.roll(values, 1, axis) + np.roll(values, -1, axis))
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return (values / values.std()).astype(np.float32), turn


@dataclass(frozen=True, eq=False)
class Complexion:
    """Colours (3,) of the back of the hand, of palm and sole, of a crease, of a nail, and the tint of flushed skin.

    dark: 0 for the lightest tone to 1 for the darkest.
    """

    back: np.ndarray
    palm: np.ndarray
    crease: np.ndarray
    nail: np.ndarray
    flush: np.ndarray
    dark: float


def complexion(who: Person) -> Complexion:
    """The colours of somebody's skin."""
    srgb, lighter = TONES[who.tone]
    dark = who.tone / (len(TONES) - 1)
    warm, ruddy = who.undertone
    shift = np.array([1 + 0.03 * warm + 0.03 * ruddy, 1 - 0.03 * ruddy, 1 - 0.07 * warm - 0.02 * ruddy])
    back = linear(srgb) * shift
    palm = (back + (linear((228, 170, 146)) - back) * lighter) * np.array([1.03, 0.97, 0.94])
    # On dark skin the creases of palm and sole keep the pigment that the skin between them lacks.
    crease = palm * (1 - 0.30 * np.array([0.8, 1.05, 1.1])) * (1 - dark) + (0.55 * palm + 0.45 * back) * dark
    nail = back + (linear((236, 184, 172)) - back) * (0.5 - 0.32 * dark)
    flush = np.array([0.04, -0.155, -0.13]) * (1 - 0.62 * dark)
    return Complexion(back, palm, crease, nail, flush, dark)
