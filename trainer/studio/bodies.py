"""People: a practitioner's hands and a client's leg, cut out of parametric bodies (anny) and posed in NumPy.

Lengths are millimetres. A limb's rest coordinates are the stage's axes (see `foot_surface`): x to the right of the
picture, y up (heel to toes of an upright foot), z out of the sole towards the practitioner.
"""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np

from trainer.studio.extra import need
from trainer.studio.subdivision import Refinement, refine, triangles

# anny's axes (x left of the body, y back, z up) to the stage's: toes (-y) become up, the sole (-z) faces +z.
STAGE_FROM_ANNY = np.array([[1.0, 0, 0], [0, -1.0, 0], [0, 0, -1.0]])
SIDES = ("left", "right")

# sRGB skin tones of the back of the hand, light to very dark, and how much lighter the palms and soles are.
TONES = (
    ((236, 196, 172), 0.10),
    ((222, 172, 142), 0.14),
    ((198, 146, 112), 0.20),
    ((160, 108, 78), 0.34),
    ((118, 76, 54), 0.40),
    ((82, 54, 42), 0.44),
)


@dataclass(frozen=True)
class Person:
    """Who somebody is: phenotype in anny's 0..1 parameters, local changes in -1..1, skin tone index."""

    seed: int
    phenotype: tuple[tuple[str, float], ...]
    local: tuple[tuple[str, float], ...]
    tone: int
    foot_mm: float


@dataclass(frozen=True, eq=False)
class Limb:
    """A cut-out part of a body with its skeleton, in rest pose.

    rest: (N, 3) coarse vertices, mm; weights: (N, J) skinning weights, rows sum to 1.
    names, parents (J,) with -1 for a root; heads, tails: (J, 3) mm. Parents come before children.
    fine: the subdivision to the rendered mesh; triangles: (F, 3) of the rendered mesh.
    """

    side: str
    rest: np.ndarray
    weights: np.ndarray
    names: tuple[str, ...]
    parents: np.ndarray
    heads: np.ndarray
    tails: np.ndarray
    fine: Refinement
    triangles: np.ndarray
    fine_weights: np.ndarray = field(repr=False)
    previous_triangles: np.ndarray = field(repr=False)

    def index(self, name: str) -> int:
        return self.names.index(name)

    def transforms(self, rotations: np.ndarray, root: np.ndarray) -> np.ndarray:
        """Forward kinematics: rest space to posed space.

        rotations: (B, J, 3) rotation vectors about each joint's head, in rest axes; root: (B, 3, 4), mm.
        Returns (B, J, 3, 4). A joint's matrix is its parent's times a turn about its own head.
        """
        turn = rodrigues(rotations)
        shift = self.heads - np.einsum("bjmn,jn->bjm", turn, self.heads)
        out = np.empty((*rotations.shape[:2], 3, 4))
        for j, parent in enumerate(self.parents):
            up = root if parent < 0 else out[:, parent]
            out[:, j, :, :3] = up[:, :, :3] @ turn[:, j]
            out[:, j, :, 3] = (up[:, :, :3] @ shift[:, j, :, None])[..., 0] + up[:, :, 3]
        return out

    def skin(self, transforms: np.ndarray) -> np.ndarray:
        """Linear blend skinning, then subdivision: (J, 3, 4) to (fine, 3) vertices, mm."""
        blended = (self.weights @ transforms.reshape(-1, 12)).reshape(-1, 3, 4)
        posed = np.einsum("nkl,nl->nk", blended[:, :, :3], self.rest) + blended[:, :, 3]
        return np.asarray(self.fine.matrix @ posed.astype(np.float32))

    def normals(self, vertices: np.ndarray) -> np.ndarray:
        """Unit normals (fine, 3) of posed fine vertices, from the previous level's faces and spread between them."""
        coarse = self.fine.previous_level(vertices)
        out = self.fine.spread(vertex_normals(coarse, self.previous_triangles))
        return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6))


def rodrigues(vectors: np.ndarray) -> np.ndarray:
    """Rotation vectors (..., 3), radians, to matrices (..., 3, 3)."""
    angle = np.linalg.norm(vectors, axis=-1, keepdims=True)
    axis = vectors / np.maximum(angle, 1e-12)
    x, y, z = axis[..., 0], axis[..., 1], axis[..., 2]
    zero = np.zeros_like(x)
    k = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1).reshape(*x.shape, 3, 3)
    s, c = np.sin(angle)[..., None], np.cos(angle)[..., None]
    return np.asarray(np.eye(3) + s * k + (1 - c) * (k @ k))


def vertex_normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Unit normals (N, 3), area-weighted."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    p, q = b - a, c - a
    out = np.empty_like(vertices)
    flat = triangles.ravel()
    for axis in range(3):
        i, j = (axis + 1) % 3, (axis + 2) % 3
        face = p[:, i] * q[:, j] - p[:, j] * q[:, i]
        out[:, axis] = np.bincount(flat, weights=np.repeat(face, 3), minlength=len(vertices))
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6))


def person(seed: int, tone: int | None = None) -> Person:
    """A made-up adult; the same seed is the same person."""
    rng = np.random.default_rng([seed, 771])
    races = rng.dirichlet([0.6, 0.6, 0.6])
    phenotype = {
        "gender": rng.choice([rng.uniform(0.0, 0.25), rng.uniform(0.75, 1.0)]),
        "age": rng.uniform(0.62, 0.82),
        "muscle": rng.uniform(0.4, 0.7),
        "weight": rng.uniform(0.35, 0.65),
        "height": rng.uniform(0.35, 0.65),
        "proportions": rng.uniform(0.4, 0.7),
        "african": races[0],
        "asian": races[1],
        "caucasian": races[2],
    }
    local: dict[str, float] = {}
    width, fingers = rng.uniform(-0.35, 0.35), rng.uniform(-0.3, 0.3)
    foot = rng.uniform(-0.35, 0.35)
    for s in ("l", "r"):
        local[f"{s}-hand-fingers-diameter-incr"] = width
        local[f"{s}-hand-fingers-length-incr"] = fingers
        local[f"{s}-foot-scale-horiz-incr"] = foot
        local[f"{s}-lowerleg-muscle-incr"] = foot
    return Person(
        seed=seed,
        phenotype=tuple((k, float(v)) for k, v in phenotype.items()),
        local=tuple((k, float(v)) for k, v in local.items()),
        tone=int(rng.integers(len(TONES))) if tone is None else tone,
        foot_mm=float(rng.uniform(228, 268)),
    )


@lru_cache(maxsize=1)
def _model() -> Any:
    with warnings.catch_warnings(), suppress(ImportError, AttributeError):
        # anny's accelerator greets on the standard output, which belongs to the commands.
        warnings.simplefilter("ignore")
        warp = import_module("warp")
        warp.config.log_level = warp.LOG_ERROR
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        anny = need("anny")
        return anny.Anny(rig="makehuman", topology="anny-quads", phenotypes="all", local_changes="all")


@lru_cache(maxsize=8)
def _body(who: Person) -> dict[str, np.ndarray]:
    model = _model()
    shape = model.get_phenotype_blendshape_coefficients(**dict(who.phenotype), local_changes=dict(who.local))
    rest = model.get_rest_model(shape)
    dense = np.zeros((len(model.template_vertices), len(model.bone_labels)))
    np.add.at(
        dense,
        (np.arange(len(dense))[:, None], model.vertex_bone_indices.numpy()),
        model.vertex_bone_weights.numpy(),
    )
    return {
        "vertices": rest["rest_vertices"][0].numpy() @ STAGE_FROM_ANNY.T * 1000,
        "heads": rest["rest_bone_heads"][0].numpy() @ STAGE_FROM_ANNY.T * 1000,
        "tails": rest["rest_bone_tails"][0].numpy() @ STAGE_FROM_ANNY.T * 1000,
        "weights": dense,
        "quads": model.faces.numpy(),
    }


def _cut(who: Person, side: str, stems: tuple[str, ...], parents: dict[str, str], levels: int) -> Limb:
    model, body = _model(), _body(who)
    mark = ".L" if side == "left" else ".R"
    labels = list(model.bone_labels)
    bones = [labels.index(stem + mark) for stem in stems]
    kept = body["weights"][:, bones].sum(1) > 0.5
    quads = body["quads"][kept[body["quads"]].all(1)]
    used, flat = np.unique(quads, return_inverse=True)
    quads = flat.reshape(quads.shape)
    weights = body["weights"][np.ix_(used, np.array(bones))]
    weights /= weights.sum(1, keepdims=True)
    fine = refine(len(used), quads, levels)
    return Limb(
        side=side,
        rest=body["vertices"][used],
        weights=weights,
        names=stems,
        parents=np.array([stems.index(parents[s]) if parents[s] else -1 for s in stems]),
        heads=body["heads"][bones],
        tails=body["tails"][bones],
        fine=fine,
        triangles=triangles(fine.quads),
        fine_weights=np.asarray(fine.matrix @ weights),
        previous_triangles=triangles(fine.previous_quads),
    )


_FINGERS = tuple(f"finger{k}-{p}" for k in range(1, 6) for p in range(1, 4))
_PALM = tuple(f"metacarpal{k}" for k in range(1, 5))


@lru_cache(maxsize=8)
def hand(who: Person, side: str) -> Limb:
    """A hand with its forearm. The wrist is the root: the forearm hangs on it, so that the hand leads."""
    parents = {"wrist": "", "lowerarm02": "wrist", "lowerarm01": "lowerarm02", "upperarm02": "lowerarm01"}
    parents |= dict.fromkeys(_PALM, "wrist")
    for k in range(1, 6):
        parents[f"finger{k}-1"] = "wrist" if k == 1 else f"metacarpal{k - 1}"
        parents[f"finger{k}-2"], parents[f"finger{k}-3"] = f"finger{k}-1", f"finger{k}-2"
    stems = ("wrist", *_PALM, *_FINGERS, "lowerarm02", "lowerarm01", "upperarm02")
    limb = _cut(who, side, stems, parents, levels=1)
    # The forearm turns about the wrist and the upper arm about the elbow: the heads of the chain seen from the hand.
    heads = limb.heads.copy()
    names = list(limb.names)
    heads[names.index("lowerarm02")] = limb.heads[names.index("wrist")]
    heads[names.index("upperarm02")] = limb.heads[names.index("lowerarm01")]
    return Limb(**{**vars(limb), "heads": heads})


@lru_cache(maxsize=8)
def leg(who: Person, side: str) -> Limb:
    """A lower leg and foot with toe joints, scaled to the person's foot length. The foot is the root."""
    parents = {"foot": "", "lowerleg02": "foot", "lowerleg01": "lowerleg02", "upperleg02": "lowerleg01"}
    toes = tuple(f"toe{k}-{p}" for k in range(1, 6) for p in range(1, 3 if k == 1 else 4))
    for toe in toes:
        stem, p = toe.split("-")
        parents[toe] = "foot" if p == "1" else f"{stem}-{int(p) - 1}"
    stems = ("foot", *toes, "lowerleg02", "lowerleg01", "upperleg02")
    limb = _cut(who, side, stems, parents, levels=2)
    names = list(limb.names)
    heads = limb.heads.copy()
    heads[names.index("lowerleg02")] = limb.heads[names.index("foot")]
    heads[names.index("upperleg02")] = limb.heads[names.index("lowerleg01")]
    foot = limb.weights[:, : 1 + len(toes)].sum(1) > 0.5
    across = limb.rest[foot]
    origin = np.array([across[:, 0].mean(), across[:, 1].min(), across[:, 2].max()])
    scale = who.foot_mm / np.ptp(across[:, 1])
    moved = {k: (v - origin) * scale for k, v in {"rest": limb.rest, "heads": heads, "tails": limb.tails}.items()}
    ball = moved["heads"][names.index("toe1-1"), 1] / who.foot_mm
    for part in moved.values():
        _stretch_toes(part, who.foot_mm, ball)
    for k in range(1, 6):
        _thicken_toe(moved, limb, names, k)
    _trousers(moved["rest"], moved["heads"][names.index("lowerleg01")], moved["heads"][names.index("lowerleg02")])
    return Limb(**{**vars(limb), **moved})


TROUSERS_MM = -225.0  # the rolled-up trouser leg begins this far behind the sole (z)


def _trousers(points: np.ndarray, knee: np.ndarray, ankle: np.ndarray) -> None:
    """Widen the leg behind the rolled-up hem (in place)."""
    d = (knee - ankle) / np.linalg.norm(knee - ankle)
    offset = points - ankle
    axis = ankle + (offset @ d)[:, None] * d
    wider = np.where(points[:, 2] < TROUSERS_MM, 1.16, 1.0)[:, None]
    points[:] = axis + (points - axis) * wider


# Where the first ball of the foot lies on a measured foot, as a share of its length; anny's toes are shorter.
BALL_AT = 0.73


def _stretch_toes(points: np.ndarray, length: float, ball: float) -> None:
    """Move the ball to `BALL_AT`, stretching the ball and not the toes (y, in place)."""
    web = max(0.83, ball + 0.05)
    knots = np.array([0, ball, web, 1, 2]) * length
    points[:, 1] = np.interp(points[:, 1], knots, np.array([0, BALL_AT, web, 1, 2]) * length)


def _thicken_toe(moved: dict[str, np.ndarray], limb: Limb, names: list[str], toe: int) -> None:
    """Widen a toe about its bones (in place): the base mesh's toes stand too far apart."""
    bones = [i for i, n in enumerate(names) if n.startswith(f"toe{toe}")]
    share = limb.weights[:, bones].sum(1)
    line = np.array([*moved["heads"][bones], moved["tails"][bones[-1]]])
    order = np.argsort(line[:, 1])
    centre = np.interp(moved["rest"][:, 1], line[order, 1], line[order, 0])
    wider = 1 + (0.06 if toe == 1 else 0.30) * share
    moved["rest"][:, 0] = centre + (moved["rest"][:, 0] - centre) * wider
