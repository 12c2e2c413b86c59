"""Procedural skin: the colour, shine and bumps of every vertex of a hand or a leg, without textures.

Colours are linear-light RGB in 0..1, shape (N, 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.studio import dress, marks
from trainer.studio.anatomy import Anatomy
from trainer.studio.bodies import Limb, vertex_normals
from trainer.studio.complexion import Complexion, complexion, mix, noise
from trainer.studio.foot_shape import smooth, veins
from trainer.studio.foot_surface import FootSurface
from trainer.studio.people import Person
from trainer.studio.relief import Relief, relief


@dataclass(frozen=True, eq=False)
class Skin:
    """colour (N, 3) linear RGB; gloss (N,) the strength of dry skin's highlight; oil (N,) 0..1 of a wet film's; soft
    (N,) 1 where light enters the skin, 0 on cloth; relief: its bumps."""

    colour: np.ndarray
    gloss: np.ndarray
    oil: np.ndarray
    soft: np.ndarray
    relief: Relief


def hand_skin(body: Anatomy, who: Person) -> Skin:
    """Paler palms, redder knuckles and fingertips, creases, veins and nails, and what is worn over them."""
    limb, tones = body.limb, complexion(who)
    points = limb.surface
    normals = vertex_normals(points, limb.triangles)
    along = dress.up_the_arm(limb)
    volar = limb.fine_weights @ body.volar
    facing = np.einsum("ij,ij->i", normals, volar / np.linalg.norm(volar, axis=1, keepdims=True))
    in_hand = smooth(12, -6, along)
    palmar = smooth(-0.25, 0.4, facing) * in_hand
    dorsal = smooth(0.1, -0.5, facing)
    colour = mix(tones.back[None], tones.palm[None], palmar)
    # The forearm's inside is paler and its outside more tanned.
    colour = colour * (1 + (1 - in_hand) * 0.08 * np.clip(facing, -1, 1))[:, None]

    plane = np.stack([(points - body.wrist) @ body.frame[:, 0], (points - body.wrist) @ body.frame[:, 1]], axis=1)
    red, dark, height = marks.finger_joints(limb, points, palmar, who)
    lines = marks.palm_lines(body, plane, who) * palmar * smooth(0.3, 0.6, facing)
    red += 0.6 * palmar * np.clip(noise(points, 16, who.seed + 1), 0, 1.5)
    red += 0.5 * palmar * smooth(0.2, 0.6, np.exp(-(((plane - marks.thenar(body)) / 16) ** 2).sum(1)))
    height -= 0.5 * lines
    tendons = marks.hand_tendons(body, plane) * dorsal * in_hand
    vessels = veins(plane, who, 24) * dorsal * smooth(-75, -50, along) * smooth(70, 45, along)
    height += who.thin * (0.9 * tendons + 0.8 * vessels)
    colour = _veined(colour, who.thin * vessels, tones)
    colour = _complete(colour, points, palmar, red, dark + lines, who, tones)
    colour = marks.spots(colour, points, 1 - palmar, who)
    hairy = 0.0 if who.female else 0.16 * (1 - tones.dark)
    hair = hairy * (1 - in_hand) * dorsal * np.clip(0.4 + 0.6 * noise(points * [1, 1, 0.6], 4, who.seed + 3), 0, 1.4)
    colour = colour * (1 - hair)[:, None]

    ends = [f"finger{k}-3" for k in range(1, 6)]
    plates = marks.nails(limb, points, normals, ends, {e: -body.volar[limb.index(e)] for e in ends})
    colour, shine = marks.paint_nails(colour, plates, who, tones, foot=False)
    height += _pores(points, 1 - palmar, who) * (1 - plates.plate) + 0.22 * plates.plate
    return _dressed(limb, points, colour, shine, height, dress.on_arm(limb, points, who), who)


def foot_skin(foot: FootSurface, who: Person) -> Skin:
    """A paler, blotchy sole, redder at heel, ball and toes, with folds and callus; veins above; nails; trousers."""
    limb, points, normals, tones = foot.limb, foot.vertices, foot.normals, complexion(who)
    sole = smooth(-0.1, 0.45, normals[:, 2]) * smooth(-62, -38, points[:, 2]) * foot.foot
    above = smooth(0.15, -0.4, normals[:, 2])
    colour = mix(tones.back[None], tones.palm[None], sole)
    red, dark, height = marks.sole_marks(foot, sole, who)
    # The folds of the toes are folds of the sole and of the back of the toe alike.
    folds = marks.toe_folds(foot)
    dark, height = dark + 0.6 * folds, height - 0.35 * folds
    vessels = veins(points[:, [0, 1]], who, 23) * above * foot.foot
    colour = _veined(colour, who.thin * vessels, tones)
    colour = _complete(colour, points, sole, red, dark, who, tones)
    callus = marks.callus(foot, sole, who)
    colour = mix(colour, colour * np.array([1.0, 0.95, 0.80]) + 0.015, callus)
    colour = marks.spots(colour, points, 1 - sole, who)
    if not who.female:
        shin = smooth(-70, -150, points[:, 2]) + 0.7 * (foot.uv[:, 0] > 0.6) * above * foot.foot
        hair = 0.15 * (1 - tones.dark) * np.clip(shin, 0, 1) * np.clip(0.4 + noise(points, 4, who.seed + 3), 0, 1.4)
        colour = colour * (1 - hair)[:, None]
    ends = ["toe1-2", *(f"toe{k}-3" for k in range(2, 6))]
    plates = marks.nails(limb, points, normals, ends, dict.fromkeys(ends, np.array([0.0, 0.1, -0.99])))
    colour, shine = marks.paint_nails(colour, plates, who, tones, foot=True)
    height += _pores(points, 1 - sole, who) * (1 - plates.plate) + 0.25 * plates.plate
    # The mesh's normals tell of the foot's shape, all but the finest of it. (A hem is no part of the foot.)
    finest = limb.offset - limb.fine.spread(limb.fine.previous_level(limb.offset))
    height += finest * smooth(40, 10, dress.up_the_leg(limb))
    return _dressed(limb, points, colour, shine, height, dress.on_leg(limb, points, who), who)


def _veined(colour: np.ndarray, vessels: np.ndarray, tones: Complexion) -> np.ndarray:
    tint = np.array([0.24, 0.10, 0.05]) * (1 - 0.6 * tones.dark)
    return np.asarray(colour * (1 - vessels[:, None] * tint))


def _complete(
    colour: np.ndarray,
    points: np.ndarray,
    glabrous: np.ndarray,
    red: np.ndarray,
    dark: np.ndarray,
    who: Person,
    tones: Complexion,
) -> np.ndarray:
    """Flush, creases and blotches over the base colour; glabrous (N,): 1 on palm and sole."""
    blotch = 0.6 * noise(points, 24, who.seed + 11) + 0.32 * noise(points, 9, who.seed + 12)
    fine = noise(points, 3.4, who.seed + 13)
    flush = np.clip(red, 0, 1.4) + 0.16 * (1 - glabrous) * blotch
    flush += glabrous * (0.15 + 0.42 * np.clip(blotch, -1.0, 1.3))
    colour = colour * (1 + flush[:, None] * tones.flush)
    crease = tones.crease / tones.palm * glabrous[:, None] + (0.72 * (1 - glabrous))[:, None]
    colour = colour * (1 + np.clip(dark, 0, 1)[:, None] * (crease - 1))
    rough = 0.035 + 0.03 * tones.dark
    pale = rough * blotch * (1 - 0.5 * glabrous) + (0.025 + 0.02 * glabrous) * fine
    yellow = 0.012 * noise(points, 30, who.seed + 14)[:, None] * np.array([1, 2, 4])
    return np.asarray(colour * (1 + pale[:, None] + yellow))


def _pores(points: np.ndarray, hairy: np.ndarray, who: Person) -> np.ndarray:
    """(N,) mm: fine bumps, and the wrinkles that come with the years."""
    older = float(smooth(35, 78, np.array(who.years)))
    out = 0.035 * noise(points, 2.6, who.seed + 15) + 0.03 * noise(points, 6.0, who.seed + 16)
    lines = np.exp(-((noise(points, 5.0, who.seed + 17) / 0.28) ** 2))
    return np.asarray(out - (0.02 + 0.20 * older) * hairy * lines)


def _dressed(
    limb: Limb,
    points: np.ndarray,
    colour: np.ndarray,
    shine: np.ndarray,
    height: np.ndarray,
    layers: list[dress.Layer],
    who: Person,
) -> Skin:
    patches = np.clip(0.8 + 0.24 * noise(points, 24, who.seed + 18) + 0.14 * noise(points, 7, who.seed + 19), 0.2, 1.3)
    wet = smooth(0.15, 1.0, np.array(who.oil)) * patches
    soft = np.ones(len(points))
    gloss = 0.13 + 0.05 * noise(points, 4, who.seed + 20) + 0.3 * shine
    wet = np.maximum(wet, shine)
    for layer in layers:
        colour = mix(colour, layer.colour, layer.share)
        gloss, soft = gloss * (1 - layer.share) + 0.3 * layer.shine * layer.share, soft * (1 - layer.share)
        wet = wet * (1 - layer.share) + layer.shine * layer.share
        height = height * (1 - layer.share) + layer.height * layer.share
    bumps = relief(points, limb.triangles, height)

    def single(values: np.ndarray) -> np.ndarray:
        return values.astype(np.float32)

    return Skin(single(np.clip(colour, 0.004, 0.95)), single(gloss.clip(0, 1)), single(wet), single(soft), bumps)
