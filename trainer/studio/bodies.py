"""People: a practitioner's hands and a client's leg, cut out of parametric bodies (anny) and posed in NumPy.

Lengths are millimetres. A limb's rest coordinates are the stage's axes (see `foot_surface`): x to the right of the
picture, y up (heel to toes of an upright foot), z out of the sole towards the practitioner.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np

from trainer.studio import dress, foot_shape
from trainer.studio.extra import need
from trainer.studio.people import Person
from trainer.studio.subdivision import Refinement, densify, refine, triangles

# anny's axes (x left of the body, y back, z up) to the stage's: toes (-y) become up, the sole (-z) faces +z.
STAGE_FROM_ANNY = np.array([[1.0, 0, 0], [0, -1.0, 0], [0, 0, -1.0]])
SIDES = ("left", "right")


@dataclass(frozen=True, eq=False)
class Limb:
    """A cut-out part of a body with its skeleton, in rest pose.

    rest: (N, 3) coarse vertices, mm; weights: (N, J) skinning weights, rows sum to 1.
    names, parents (J,) with -1 for a root; heads, tails: (J, 3) mm. Parents come before children.
    fine: the subdivision to the rendered mesh; triangles: (F, 3) of the rendered mesh.
    offset: (fine,) mm by which the rendered mesh stands out of the subdivided one.
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
    offset: np.ndarray = field(default_factory=lambda: np.zeros(0), repr=False)

    @property
    def surface(self) -> np.ndarray:
        """(fine, 3) the rendered mesh at rest, mm."""
        return self._raised(np.asarray(self.fine.matrix @ self.rest))

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
        return self._raised(np.asarray(self.fine.matrix @ posed.astype(np.float32)))

    def _raised(self, vertices: np.ndarray) -> np.ndarray:
        return vertices + self.offset[:, None] * self.normals(vertices) if len(self.offset) else vertices

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


def _cut(
    who: Person, side: str, stems: tuple[str, ...], parents: dict[str, str], levels: int, merged: dict[str, str]
) -> Limb:
    """The part of a body that hangs on the bones `stems` and on those `merged` into them."""
    model, body = _model(), _body(who)
    mark = ".L" if side == "left" else ".R"
    labels = list(model.bone_labels)
    bones = [labels.index(stem + mark) for stem in stems]
    own = body["weights"].copy()
    for extra, stem in merged.items():
        own[:, labels.index(stem + mark)] += own[:, labels.index(extra + mark)]
    kept = own[:, bones].sum(1) > 0.5
    quads = body["quads"][kept[body["quads"]].all(1)]
    used, flat = np.unique(quads, return_inverse=True)
    quads = flat.reshape(quads.shape)
    weights = own[np.ix_(used, np.array(bones))]
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
        triangles=fine.triangles,
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
    limb = _cut(who, side, stems, parents, levels=1, merged={"upperarm01": "upperarm02"})
    # The forearm turns about the wrist and the upper arm about the elbow: the heads of the chain seen from the hand.
    heads = limb.heads.copy()
    names = list(limb.names)
    heads[names.index("lowerarm02")] = limb.heads[names.index("wrist")]
    heads[names.index("upperarm02")] = limb.heads[names.index("lowerarm01")]
    wrist = limb.heads[0]
    scale = float(who.hand_mm / np.linalg.norm(limb.tails[names.index("finger3-3")] - wrist))
    moved = {k: wrist + (v - wrist) * scale for k, v in (("rest", limb.rest), ("heads", heads), ("tails", limb.tails))}
    _longer_arm(moved, limb.weights[:, names.index("upperarm02")], heads[names.index("upperarm02")], wrist, scale)
    arm = [names.index(n) for n in ("lowerarm02", "lowerarm01", "upperarm02")]
    limb = _finer(limb, moved, arm)
    wears = dress.outfit(who)
    for hem in (wears.sleeve_mm, *((dress.CUFF_MM,) if wears.glove else ())):
        limb = _hemmed(limb, dress.up_the_arm, hem)
    return replace(limb, offset=dress.sleeve_offset(limb, who))


def _longer_arm(
    moved: dict[str, np.ndarray], upper: np.ndarray, elbow: np.ndarray, wrist: np.ndarray, scale: float
) -> None:
    """Stretch the upper arm, where it nears the shoulder, so that its end stays out of the picture (in place)."""
    offset = moved["rest"] - (wrist + (elbow - wrist) * scale)
    axis = offset[upper > 0.9].mean(0)
    axis /= np.linalg.norm(axis)
    along = offset @ axis
    moved["rest"] += (2.2 * np.clip(along - 0.4 * along.max(), 0, None) * (upper > 0.5))[:, None] * axis


@lru_cache(maxsize=8)
def leg(who: Person, side: str) -> Limb:
    """A lower leg and foot with toe joints, scaled to the person's foot length. The foot is the root."""
    parents = {"foot": "", "lowerleg02": "foot", "lowerleg01": "lowerleg02", "upperleg02": "lowerleg01"}
    toes = tuple(f"toe{k}-{p}" for k in range(1, 6) for p in range(1, 3 if k == 1 else 4))
    for toe in toes:
        stem, p = toe.split("-")
        parents[toe] = "foot" if p == "1" else f"{stem}-{int(p) - 1}"
    stems = ("foot", *toes, "lowerleg02", "lowerleg01", "upperleg02")
    limb = _cut(who, side, stems, parents, levels=1, merged={"upperleg01": "upperleg02"})
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
        foot_shape.stretch(part, who.foot_mm, ball)
        part[:, 0] *= who.foot.width
    outward = 1.0 if side == "left" else -1.0
    bones = foot_shape.Bones(limb.names, limb.weights, moved["heads"], moved["tails"])
    foot_shape.move_toes(moved["rest"], bones, who, outward, limb.fine.matrix)
    longest = who.foot_mm / moved["rest"][foot, 1].max()
    for part in moved.values():
        part[:, 1] *= longest
    limb = _finer(limb, moved, [names.index(n) for n in ("lowerleg02", "lowerleg01", "upperleg02")], sole=True)
    hem = dress.outfit(who).trouser_mm
    if hem is not None:
        limb = _hemmed(limb, dress.up_the_leg, hem)
    points = limb.surface
    bones = replace(bones, weights=limb.fine_weights)
    bare = foot_shape.relief(points, limb.normals(points), bones, who, outward)
    return replace(limb, offset=(bare + dress.trouser_offset(limb, who)).astype(np.float32))


# No edge of the rendered skin of a hand or a foot is longer, and a sole's are shorter: some pixels. Arms and legs are
# coarser, but for hems.
SKIN_EDGE_MM = 3.4
_LIMB_EDGE_MM = 14.0
_HEM_EDGE_MM = 1.8


def _finer(limb: Limb, moved: dict[str, np.ndarray], arm: list[int], *, sole: bool = False) -> Limb:
    """The limb with moved joints and coarse vertices, its rendered mesh as fine as skin needs."""
    weights = np.asarray(limb.fine.matrix @ limb.weights)
    bare = weights[:, arm].sum(1)
    limit = SKIN_EDGE_MM + (_LIMB_EDGE_MM - SKIN_EDGE_MM) * np.clip(2 * bare - 0.5, 0, 1)
    if sole:
        normals = vertex_normals(np.asarray(limb.fine.matrix @ moved["rest"]), limb.fine.triangles)
        limit *= np.where(normals[:, 2] > 0.1, 0.8, 1.0)
    fine = densify(limb.fine, moved["rest"], limit)
    limb = replace(limb, rest=moved["rest"], heads=moved["heads"], tails=moved["tails"])
    return replace(limb, fine=fine, triangles=fine.triangles, fine_weights=fine.matrix @ limb.weights)


def _hemmed(limb: Limb, along: Callable[[Limb], np.ndarray], hem_mm: float) -> Limb:
    """The limb with a finer mesh around a hem, the finer the closer; along: how far up the limb each vertex is."""
    for _ in range(3):
        limit = np.maximum(_HEM_EDGE_MM, 0.5 * abs(along(limb) - hem_mm))
        fine = densify(limb.fine, limb.rest, limit)
        limb = replace(limb, fine=fine, triangles=fine.triangles, fine_weights=fine.matrix @ limb.weights)
    return limb
