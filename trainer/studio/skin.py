"""Procedural skin: the colour of every vertex of a hand or a leg, without textures.

Colours are linear-light RGB in 0..1, shape (N, 3); gloss (N,) is the strength of the highlight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.studio.anatomy import Anatomy
from trainer.studio.bodies import TONES, TROUSERS_MM, Limb, vertex_normals
from trainer.studio.foot_surface import FootSurface


@dataclass(frozen=True, eq=False)
class Skin:
    """colour (N, 3) linear RGB, gloss (N,)."""

    colour: np.ndarray
    gloss: np.ndarray


def linear(srgb: tuple[int, int, int] | np.ndarray) -> np.ndarray:
    """sRGB 0..255 to linear 0..1."""
    return np.asarray((np.asarray(srgb, float) / 255) ** 2.2)


def mottling(points: np.ndarray, seed: int) -> np.ndarray:
    """(N, 3) smooth noise of about unit size per channel: blotches of 40 mm down to pores of 3 mm."""
    rng = np.random.default_rng([seed, 99])
    out = np.zeros((len(points), 3))
    for wavelength, strength in ((45, 0.5), (18, 0.45), (7, 0.4), (3.2, 0.45)):
        for _ in range(5):
            d = rng.normal(size=3)
            wave = points @ (d / np.linalg.norm(d) * 2 * np.pi / (wavelength * rng.uniform(0.7, 1.4)))
            out += strength * np.sin(wave + rng.uniform(0, 6.28))[:, None] * rng.normal(1, 0.35, 3) / 2
    return out


def _step(low: float, high: float, x: np.ndarray) -> np.ndarray:
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def _mix(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    return np.asarray(a + (b - a) * t[:, None])


def _base(tone: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Back-of-hand, palm and nail colours of a tone."""
    srgb, lighter = TONES[tone]
    back = linear(srgb)
    palm = back + (linear((226, 168, 148)) - back) * lighter
    palm = palm * np.array([1.06, 0.95, 0.93])
    nail = back + (linear((238, 190, 180)) - back) * 0.5
    return back, palm, nail


def _nails(
    limb: Limb, points: np.ndarray, normals: np.ndarray, ends: list[str], up: dict[str, np.ndarray]
) -> np.ndarray:
    """(N,) 0..1: on a nail plate."""
    out = np.zeros(len(points))
    for end in ends:
        j = limb.index(end)
        a, b = limb.heads[j], limb.tails[j]
        length = np.linalg.norm(b - a)
        d = (b - a) / length
        t = (points - a) @ d / length
        mine = limb.fine_weights[:, j] > 0.6
        plate = mine * _step(0.42, 0.52, t) * _step(0.45, 0.68, normals @ up[end])
        out = np.maximum(out, plate)
    return out


def hand_skin(body: Anatomy, tone: int, seed: int) -> Skin:
    """Paler palms, redder knuckles and fingertips, creases at the joints, nails."""
    limb = body.limb
    points = np.asarray(limb.fine.matrix @ limb.rest)
    normals = vertex_normals(points, limb.triangles)
    back, palm, nail = _base(tone)
    volar = limb.fine_weights @ body.volar
    volar /= np.linalg.norm(volar, axis=1, keepdims=True)
    facing = np.einsum("ij,ij->i", normals, volar)
    in_hand = 1 - limb.fine_weights[
        :, [limb.index("lowerarm01"), limb.index("lowerarm02"), limb.index("upperarm02")]
    ].sum(1)
    palmar = _step(-0.25, 0.4, facing)
    colour = _mix(back[None], palm[None], palmar * in_hand)

    red = np.zeros(len(points))
    dark = np.zeros(len(points))
    for k in range(1, 6):
        for p in (1, 2, 3):
            j = limb.index(f"finger{k}-{p}")
            a = limb.heads[j]
            d = limb.tails[j] - a
            d = d / np.linalg.norm(d)
            offset = points - a
            along = offset @ d
            near = np.linalg.norm(offset, axis=1) < 17
            red += 0.8 * np.exp(-((np.linalg.norm(offset, axis=1) / 9) ** 2)) * (1 - palmar)
            lines = np.exp(-((along / 0.9) ** 2)) + 0.7 * np.exp(-(((along - 2.6) / 0.8) ** 2))
            if p > 1 or k == 1:
                dark += near * palmar * lines
            wrinkles = (0.5 + 0.5 * np.cos(along * 2.4)) * np.exp(-((along / 5.5) ** 2))
            if p > 1:
                dark += 0.55 * near * (1 - palmar) * wrinkles
        tip = limb.tails[limb.index(f"finger{k}-3")]
        red += np.exp(-((np.linalg.norm(points - tip, axis=1) / 12) ** 2))
    colour = colour * (1 + np.clip(red, 0, 1.2)[:, None] * np.array([0.07, -0.13, -0.12]))
    colour = colour * (1 - 0.3 * np.clip(dark, 0, 1))[:, None]
    colour = colour * (1 + 0.045 * mottling(points, seed))
    ends = [f"finger{k}-3" for k in range(1, 6)]
    plate = _nails(limb, points, normals, ends, {e: -body.volar[limb.index(e)] for e in ends})
    colour = _mix(colour, nail[None] * (1 + 0.01 * mottling(points, seed + 1)), 0.85 * plate)
    return Skin(np.clip(colour, 0.004, 0.95), 0.16 + 0.5 * plate)


def foot_skin(foot: FootSurface, tone: int, seed: int) -> Skin:
    """A paler sole with redder heel, ball and toes, skin folds, and nails."""
    limb, points, normals = foot.limb, foot.vertices, foot.normals
    back, palm, nail = _base(tone)
    rng = np.random.default_rng([seed, 5])
    u, v = foot.uv[:, 0], foot.uv[:, 1]
    sole = _step(-0.1, 0.45, normals[:, 2]) * _step(-62, -38, points[:, 2]) * foot.foot
    colour = _mix(back[None], palm[None], sole)

    def blob(at_u: float, at_v: float, size: float) -> np.ndarray:
        return np.exp(-(((u - at_u) / size) ** 2) - (((v - at_v) / (size * 2.2)) ** 2))

    red = blob(0.08, 0.47, 0.10) + blob(0.72, 0.18, 0.08) + 0.9 * blob(0.68, 0.6, 0.08) + 0.7 * blob(0.64, 0.9, 0.07)
    red += 0.9 * _step(0.88, 0.97, u) + 0.35 * blob(0.35, 0.88, 0.1)
    colour = colour * (1 + (sole * np.clip(red, 0, 1))[:, None] * np.array([0.05, -0.15, -0.15]))
    callus = sole * np.exp(-(((np.hypot((u - 0.09) / 0.09, (v - 0.47) / 0.3) - 1) / 0.25) ** 2))
    colour = colour * (1 - callus[:, None] * np.array([0.02, 0.04, 0.14]))

    dark = np.zeros(len(points))
    wobble = 0.008 * np.sin(v * 9 + rng.uniform(0, 6)) + 0.004 * np.sin(v * 23 + rng.uniform(0, 6))
    for at, strength, width in ((0.40, 0.30, 0.22), (0.47, 0.35, 0.3), (0.53, 0.3, 0.25), (0.815, 0.6, 0.5)):
        at += rng.uniform(-0.015, 0.015)
        bow = at - 0.10 * (v - 0.35) if at > 0.8 else at + 0.05 * (v - 0.5)
        centre = rng.uniform(0.3, 0.55)
        dark += strength * np.exp(-(((u - bow - wobble) / 0.006) ** 2) - ((v - centre) / width) ** 2)
    for k in range(1, 6):
        for p in (2, 3):
            if k == 1 and p == 3:
                continue
            j = limb.index(f"toe{k}-{p}")
            d = limb.tails[j] - limb.heads[j]
            along = (points - limb.heads[j]) @ (d / np.linalg.norm(d))
            near = np.linalg.norm(points - limb.heads[j], axis=1) < 18
            dark += 0.7 * near * np.exp(-((along / 1.3) ** 2))
    colour = colour * (1 - 0.36 * np.clip(dark, 0, 1))[:, None]
    colour = colour * (1 + 0.06 * mottling(points, seed))
    ends = ["toe1-2", *(f"toe{k}-3" for k in range(2, 6))]
    plate = _nails(limb, points, normals, ends, dict.fromkeys(ends, np.array([0.0, 0.1, -0.99])))
    colour = _mix(colour, nail[None], 0.85 * plate)
    cloth = points[:, 2] < TROUSERS_MM
    hue = linear(rng.uniform(35, 120) * rng.uniform(0.85, 1.1, 3))
    fabric = hue[None] * (1 + 0.04 * mottling(points, seed + 2))
    colour = np.where(cloth[:, None], fabric, colour)
    return Skin(np.clip(colour, 0.004, 0.95), np.where(cloth, 0.0, 0.13 + 0.45 * plate))
