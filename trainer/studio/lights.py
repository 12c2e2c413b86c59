"""Lamps, windows and dim rooms: where the light of a clip comes from and how bright the camera makes it."""

from __future__ import annotations

import numpy as np

from trainer.studio import stage
from trainer.studio.recipe import Recipe
from trainer.studio.shade import Lights

# Of the key light: elevation in degrees, size (1 is a lamp's soft edge), share of the whole light, warmth.
_KINDS = {
    "lamp": ((25, 75), (0.5, 1.1), (0.62, 0.88), (0.02, 0.26)),
    "window": ((8, 50), (1.8, 3.2), (0.5, 0.8), (-0.16, 0.04)),
    "ceiling": ((58, 86), (1.0, 2.4), (0.45, 0.75), (-0.06, 0.14)),
    "overcast": ((30, 80), (2.4, 3.4), (0.25, 0.45), (-0.08, 0.08)),
    "sun": ((22, 60), (0.3, 0.5), (0.8, 0.93), (0.0, 0.12)),
}
_WEIGHTS = (0.34, 0.24, 0.22, 0.13, 0.07)


def lights(recipe: Recipe) -> Lights:
    """A key light anywhere above, often from the side or behind, a fill that may be coloured, and the room's own."""
    rng = np.random.default_rng([recipe.stage_seed, 47])
    axes = stage.room_axes(recipe.setting, recipe.side)
    kind = str(rng.choice(list(_KINDS), p=_WEIGHTS))
    rise, size, share, warmth = (rng.uniform(*limits) for limits in _KINDS[kind])
    # Mostly from the practitioner's half of the room, now and then from behind the foot.
    around = rng.uniform(-100, 100) if rng.random() < 0.8 else rng.uniform(100, 260)
    fill_around = around + rng.choice([-1, 1]) * rng.uniform(60, 150)
    fill_colour = np.array([0.95, 1.0, 1.06])
    fill_share = rng.uniform(0.15, 0.45)
    if rng.random() < 0.14:
        fill_colour = np.clip(rng.uniform(0.35, 1.3, 3), 0.3, 1.3)
        fill_share = rng.uniform(0.4, 0.75)
    gain = float(np.exp(rng.normal(0.0, 0.2)))
    if rng.random() < 0.1:
        gain *= rng.uniform(1.5, 2.0)
    elif rng.random() < 0.14:
        gain *= rng.uniform(0.42, 0.7)
    width, low = rng.uniform(70, 700), rng.uniform(0.12, 0.6)
    veiled, lean, offset = rng.random() < 0.45, rng.uniform(0, 2 * np.pi), rng.uniform(-60, 160)
    if recipe.clean:
        rise, size, share, warmth, gain = 52.0, 1.3, 0.68, 0.03, 1.0
        around, fill_around = 40.0 * np.sign(around), -50.0 * np.sign(around)
        fill_colour, fill_share, veiled = np.array([0.97, 1.0, 1.03]), 0.4, False
    key = _towards(around, rise) @ axes
    fill = _towards(fill_around, 12.0) @ axes
    tint = np.array([1 + warmth, 1 + 0.15 * warmth, 1 - 1.15 * warmth])
    total = 1.9
    rest = total * (1 - share)
    key_rgb, fill_rgb = tint * total * share, fill_colour * rest * fill_share
    sky_rgb = np.array([0.97, 1.0, 1.04]) * rest * (1 - fill_share) * 0.65
    ground_rgb = np.array([1.06, 0.98, 0.9]) * rest * (1 - fill_share) * 0.45
    face = stage.facing(recipe.view, recipe.side)
    up = float(0.5 + 0.5 * (face @ axes[1]))
    arrives = key_rgb[1] * max(float(face @ key), 0.12) + fill_rgb[1] * (0.3 + 0.7 * max(float(face @ fill), 0))
    arrives += up * sky_rgb[1] + (1 - up) * ground_rgb[1]
    across = np.cross(key, axes[1])
    across /= np.linalg.norm(across)
    edge = np.cos(lean) * across + np.sin(lean) * np.cross(across, key)
    return Lights(
        key=key,
        key_rgb=key_rgb,
        fill=fill,
        fill_rgb=fill_rgb,
        sky_rgb=sky_rgb,
        ground_rgb=ground_rgb,
        exposure=float(np.clip(1.45 * gain / arrives, 0.5, 4.2)),
        up=axes[1],
        size=float(size),
        edge=np.array([*(edge / width), (offset - edge @ [0, 120, -30]) / width]) if veiled else None,
        edge_low=float(low),
    )


def _towards(around: float, rise: float) -> np.ndarray:
    """(3,) unit vector in room axes (right, up, nearer); 0 degrees around is the practitioner's place."""
    a, e = np.radians(around), np.radians(rise)
    return np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)])
