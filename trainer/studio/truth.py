"""What is true of a rendered clip, measured on the meshes themselves (the format: `docs`, "footage with known truth").

Contact is counted only during a stroke. A hand touches the sole where a vertex of the technique's contact part is
within `CONTACT_MM` of the skin of the sole. `contact_seconds[cell]` is the seconds in which that cell of the (64, 32)
plantar map is touched; `zone_seconds[zone]` the seconds in which at least one vertex touches that zone, so a zone's
seconds are at least those of each of its cells and at most the stroke's.

`hand_visible` is the share of the hand (wrist to fingertips) that faces the camera and is neither hidden behind
something else nor out of the picture. `hand_landmarks_px` has NaN for each joint that is out of the picture;
`hand_joints_visible` tells which joints are in it with nothing before them but the skin of their own hand.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scipy import sparse

from trainer.foot.atlas import GRID, SOLE_ZONES, TOP_ZONES, zone_at
from trainer.foot.surface import BORDER, SOLE, TOP
from trainer.model import View
from trainer.studio.anatomy import Anatomy
from trainer.studio.bodies import SIDES, vertex_normals
from trainer.studio.camera import Camera
from trainer.studio.foot_surface import LANDMARKS, FootSurface
from trainer.studio.performance import Played
from trainer.studio.subdivision import refine

CONTACT_MM = 3.0
_DEPTH_SLACK_MM = 9.0
_JOINT_SLACK_MM = 22.0
"""A joint lies inside its finger or palm: nearer than this to the skin before it, nothing else hides it."""
_POINT_MM = 5.0  # how far apart a mesh's splatted points lie at most


def contact_part(body: Anatomy, part: str) -> sparse.csr_matrix:
    """(K, N) sparse: the contact part's points, about 2 mm apart, from a hand's N rendered vertices."""
    limb = body.limb
    skin = limb.fine.previous_level
    denser = refine(limb.fine.last.shape[1], limb.fine.previous_quads, 1)
    points = np.asarray(denser.matrix @ skin(limb.fine.matrix @ limb.rest))
    weights = np.asarray(denser.matrix @ skin(limb.fine_weights))
    normals = vertex_normals(points, denser.triangles)
    volar = weights @ body.volar
    facing = np.einsum("ij,ij->i", normals, volar / np.linalg.norm(volar, axis=1, keepdims=True))

    def last_bone(k: int, low: float, high: float) -> np.ndarray:
        j = limb.index(f"finger{k}-3")
        a, b = limb.heads[j], limb.tails[j]
        along = (points - a) @ (b - a) / ((b - a) @ (b - a))
        return np.asarray((weights[:, j] > 0.5) & (along > low) & (along < high))

    if part == "thumb_pad":
        chosen = last_bone(1, 0.15, 1.2) & (facing > 0.2)
    elif part == "thumb_tip":
        chosen = last_bone(1, 0.4, 1.3) & (facing > -0.1)
    elif part == "index_tip":
        chosen = last_bone(2, 0.3, 1.3) & (facing > -0.1)
    elif part == "finger_pads":
        chosen = np.any([last_bone(k, 0.1, 1.3) for k in range(2, 6)], axis=0) & (facing > 0.1)
    elif part == "pinch":
        chosen = (last_bone(1, 0.1, 1.3) | last_bone(2, 0.1, 1.3)) & (facing > 0.1)
    elif part == "knuckles":
        bones = [limb.index(f"finger{k}-{p}") for k in range(2, 6) for p in (1, 2)]
        chosen = (weights[:, bones].sum(1) > 0.5) & (facing < -0.2)
    elif part == "index_and_middle":
        chosen = (last_bone(2, 0.1, 1.3) | last_bone(3, 0.1, 1.3)) & (facing > -0.1)
    elif part == "index_bend":
        j = limb.index("finger2-2")
        near = np.linalg.norm(points - limb.heads[j], axis=1) < 16
        chosen = (weights[:, [limb.index("finger2-1"), j]].sum(1) > 0.5) & near & (facing < 0.2)
    elif part == "edge":
        bones = [limb.index(n) for n in ("metacarpal4", "finger5-1", "finger5-2", "finger5-3")]
        chosen = (weights[:, bones].sum(1) > 0.5) & (normals @ body.frame[:, 0] < -0.5)
    elif part in ("palm", "palm_and_fingers", "whole_hand"):
        names = [n for n in limb.names if n.startswith(("metacarpal", "wrist"))]
        if part != "palm":
            names += [n for n in limb.names if n.startswith(("finger2", "finger3", "finger4", "finger5"))]
        if part == "whole_hand":
            names += [n for n in limb.names if n.startswith("finger1")]
        bones = [limb.index(n) for n in names]
        chosen = (weights[:, bones].sum(1) > 0.5) & (facing > 0.3)
    else:
        raise ValueError(f"no contact part {part!r}")
    picked = denser.matrix[np.flatnonzero(chosen)]
    picked.resize((picked.shape[0], len(limb.fine_weights)))
    return picked


def top_skin(foot: FootSurface) -> np.ndarray:
    """(N,) bool: which vertices of a foot are skin of its top; between it and the sole lies a narrow border."""
    return np.asarray(foot.foot & ~foot.sole & ((foot.normals[:, 2] < -0.2) | (foot.vertices[:, 2] < -45)))


@dataclass(frozen=True, eq=False)
class Depth:
    """A coarse depth picture (h, w) mm, inf where nothing is; `step` pixels a cell."""

    nearest: np.ndarray
    step: int


def depth_map(camera: Camera, clouds: list[np.ndarray]) -> Depth:
    """Depth by splatting the meshes' vertices; a cell is as wide as they lie apart, so that no mesh has holes."""
    away = float(np.linalg.norm(np.subtract(camera.target, camera.eye)))
    step = max(4, round(_POINT_MM * camera.focal_px / away))
    height, width = camera.height // step + 1, camera.width // step + 1
    nearest = np.full((height, width), np.inf, np.float32)
    for points in clouds:
        pixels, depth = camera.project(points)
        ok = camera.inside(pixels, depth)
        cell = (pixels[ok] / step).astype(int)
        np.minimum.at(nearest, (cell[:, 1], cell[:, 0]), depth[ok].astype(np.float32))
    filled = np.where(np.isinf(nearest), 1e9, nearest).astype(np.float32)
    return Depth(cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), step)


def visible(camera: Camera, depth_picture: Depth, points: np.ndarray, slack: float = _DEPTH_SLACK_MM) -> np.ndarray:
    """(N,) bool: points (N, 3) that are in the picture with nothing before them."""
    nearest = depth_picture.nearest
    pixels, depth = camera.project(points)
    inside = camera.inside(pixels, depth)
    cell = np.clip((np.nan_to_num(pixels) / depth_picture.step).astype(int), 0, np.array(nearest.shape)[::-1] - 1)
    return np.asarray(inside & (depth < nearest[cell[:, 1], cell[:, 0]] + slack))


def joints_visible(camera: Camera, everything: Depth, joints: np.ndarray) -> np.ndarray:
    """(N,) bool: a hand's joints (N, 3) that can be seen where everything that may hide them is `everything`."""
    return visible(camera, everything, joints, _JOINT_SLACK_MM)


@dataclass(eq=False)
class TruthLog:
    """Collects the truth frame by frame and writes the two sidecars."""

    foot: FootSurface
    bodies: dict[str, Anatomy]
    fps: float
    time_s: list[float] = field(default_factory=list)
    hand_landmarks: list[np.ndarray] = field(default_factory=list)
    hand_visible: list[np.ndarray] = field(default_factory=list)
    joints_visible: list[np.ndarray] = field(default_factory=list)
    foot_landmarks: list[np.ndarray] = field(default_factory=list)
    foot_visible: list[np.ndarray] = field(default_factory=list)
    contact_uv: list[np.ndarray] = field(default_factory=list)
    contact_face: list[np.ndarray] = field(default_factory=list)
    hand_touches: list[np.ndarray] = field(default_factory=list)
    contact: np.ndarray = field(default_factory=lambda: np.zeros(GRID))
    contact_top: np.ndarray = field(default_factory=lambda: np.zeros(GRID))
    zones: dict[str, float] = field(default_factory=lambda: dict.fromkeys((*SOLE_ZONES, *TOP_ZONES), 0.0))
    _parts: dict[tuple[str, str], sparse.csr_matrix] = field(default_factory=dict)
    _hands: dict[str, np.ndarray] = field(default_factory=dict)

    def see(
        self,
        time_s: float,
        camera: Camera,
        foot_points: np.ndarray,
        hands: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]],
        beside: Sequence[np.ndarray] = (),
        missing: Collection[str] = (),
    ) -> None:
        """One frame. hands: side -> (vertices (N, 3), normals (N, 3), landmarks (21, 3)), all in the stage frame.

        beside: points (N, 3) of other things that may hide something. missing: which of `recipe.LIMBS` aren't there.
        """
        clouds = [self.bodies[s].limb.fine.previous_level(h[0]) for s, h in hands.items()] + list(beside)
        nearest = depth_map(camera, [foot_points, *clouds])
        marks = np.full((2, 21, 2), np.nan)
        seen = np.zeros(2)
        joints_seen = np.zeros((2, 21), bool)
        eye = np.array(camera.eye)
        for k, side in enumerate(SIDES):
            if side not in hands or side in missing:
                continue
            points, normals, joints = hands[side]
            pixels, depth = camera.project(joints)
            marks[k] = np.where(camera.inside(pixels, depth)[:, None], pixels, np.nan)
            joints_seen[k] = joints_visible(camera, nearest, joints)
            own = self._hand_only(side)
            front = own[np.einsum("ij,ij->i", normals[own], eye - points[own]) > 0]
            alone = depth_map(camera, [self.bodies[side].limb.fine.previous_level(points)])
            shown_alone = visible(camera, alone, points[front])
            outside = ~camera.inside(*camera.project(points[front]))
            whole = shown_alone | outside
            shown = visible(camera, nearest, points[front]) & shown_alone
            seen[k] = shown.sum() / max(whole.sum(), 1)
        ids = self.foot.landmarks
        pixels, _ = camera.project(foot_points[ids])
        # A border landmark lies on the outline: the foot may bulge before it, a hand may not cover it.
        uncovered = visible(camera, depth_map(camera, clouds), foot_points[ids], 2.0)
        footless = "foot" in missing
        self.time_s.append(time_s)
        self.hand_landmarks.append(marks)
        self.hand_visible.append(seen)
        self.joints_visible.append(joints_seen)
        self.foot_landmarks.append(np.full_like(pixels, np.nan) if footless else pixels)
        shown = uncovered & visible(camera, depth_map(camera, [foot_points]), foot_points[ids], 42.0)
        self.foot_visible.append(shown & (not footless))
        self.begin()

    def begin(self) -> None:
        """A new frame, in which nothing touches yet; `see` does this itself."""
        self.contact_uv.append(np.full((2, 2), np.nan))
        self.contact_face.append(np.full(2, BORDER))
        self.hand_touches.append(np.zeros(2, bool))

    def touch(self, stroke: Played, hands: dict[str, np.ndarray]) -> None:
        """What a stroke touches in the frame begun last. hands: side -> vertices (N, 3) in the foot frame.

        What touches the sole counts on the sole's map and zones, what touches the top in the top's zones; the narrow
        border between them belongs to neither.
        """
        foot = self.foot
        top = top_skin(foot)
        cells, top_cells = np.zeros(GRID, bool), np.zeros(GRID, bool)
        touched: set[str] = set()
        for side in stroke.movement.hands:
            points = np.asarray(self._part(side, stroke.movement.contact) @ hands[side])
            points = points[foot.distance(points) < CONTACT_MM]
            if not len(points):
                continue
            k = SIDES.index(side)
            self.hand_touches[-1][k] = True
            _, near = foot.tree.query(points)
            uv = foot.to_uv(points)
            on_map = (uv >= 0).all(1) & (uv < 1).all(1)
            index = (uv[on_map & foot.sole[near]] * GRID).astype(int)
            cells[index[:, 0], index[:, 1]] = True
            index = (uv[on_map & top[near]] * GRID).astype(int)
            top_cells[index[:, 0], index[:, 1]] = True
            touched |= _zones("plantar", SOLE_ZONES, uv[on_map & foot.sole[near]])
            touched |= _zones("dorsal", TOP_ZONES, uv[top[near]])
            on_sole, on_top = foot.sole[near], top[near]
            face, places = (SOLE, uv[on_sole]) if on_sole.sum() >= on_top.sum() else (TOP, uv[on_top])
            if len(places):
                self.contact_uv[-1][k], self.contact_face[-1][k] = places.mean(axis=0), face
        self.contact += cells / self.fps
        self.contact_top += top_cells / self.fps
        for zone in touched:
            self.zones[zone] += 1 / self.fps

    def write(self, stem: Path, facts: dict[str, Any], strokes: tuple[Played, ...], sole_worked: bool) -> list[Path]:
        """Write `stem`.truth.json and .truth.npz; returns the paths."""
        data = {
            **facts,
            "segments": [
                {
                    "technique": p.technique,
                    "start_s": round(p.start_s, 4),
                    "end_s": round(p.end_s, 4),
                    "hands": sorted(p.movement.hands),
                    "rate_per_min": round(p.movement.beat.rate_per_min, 3),
                    "cycles_s": [round(float(c), 4) for c in p.movement.beat.instants],
                }
                for p in strokes
            ],
            "zone_seconds": {k: round(v, 4) for k, v in self.zones.items()},
        }
        json_path, npz_path = (stem.with_name(stem.name + end) for end in (".truth.json", ".truth.npz"))
        json_path.write_text(json.dumps(data, indent=1) + "\n")
        arrays = self.arrays()
        if not sole_worked:
            arrays["contact_seconds"] = np.full(GRID, np.nan, np.float32)
        np.savez_compressed(npz_path, **arrays)
        return [json_path, npz_path]

    def arrays(self) -> dict[str, Any]:
        """What is told frame by frame and cell by cell, by the names of the format."""
        return {
            "time_s": np.array(self.time_s),
            "hand_landmarks_px": np.array(self.hand_landmarks, np.float32).round(2),
            "hand_visible": np.array(self.hand_visible, np.float32).round(3),
            "hand_joints_visible": np.array(self.joints_visible, bool),
            "foot_landmarks_px": np.array(self.foot_landmarks, np.float32).round(2),
            "foot_landmarks_visible": np.array(self.foot_visible, bool),
            "contact_seconds": self.contact.astype(np.float32),
            "contact_top_seconds": self.contact_top.astype(np.float32),
            "contact_uv": np.array(self.contact_uv, np.float32).round(4),
            "contact_face": np.array(self.contact_face, np.int8),
            "hand_touches": np.array(self.hand_touches, bool),
            "foot_landmarks_mm": self.foot.vertices[self.foot.landmarks].astype(np.float32).round(2),
        }

    def first_frame_foot(self, side: str, view: str) -> dict[str, Any]:
        """The landmarks a user would click on the first frame."""
        clicked = {
            name: [round(float(x), 1) for x in self.foot_landmarks[0][i]]
            for i, name in enumerate(LANDMARKS)
            if self.foot_visible[0][i]
        }
        return {
            "format": 1, "side": side, "view": view, "length_mm": round(self.foot.length_mm, 1),
            "landmarks_px": clicked, "time_s": 0.0,
        }  # fmt: skip

    def _part(self, side: str, part: str) -> sparse.csr_matrix:
        if (side, part) not in self._parts:
            self._parts[side, part] = contact_part(self.bodies[side], part)
        return self._parts[side, part]

    def _hand_only(self, side: str) -> np.ndarray:
        if side not in self._hands:
            limb = self.bodies[side].limb
            arm = [limb.index(n) for n in limb.names if n.startswith(("lowerarm", "upperarm"))]
            ids = np.flatnonzero(limb.fine_weights[:, arm].sum(1) < 0.4)
            self._hands[side] = ids[::2]
        return self._hands[side]


def _zones(view: View, names: tuple[str, ...], uv: np.ndarray) -> set[str]:
    """The zones in which points (N, 2) lie."""
    return {names[k] for k in np.unique(zone_at(view, uv[:, 0], uv[:, 1])).tolist() if k >= 0}
