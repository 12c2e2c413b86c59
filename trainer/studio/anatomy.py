"""What a hand can do: its joint axes and limits, its contact points, its 21 landmarks, its bulk.

Angles are radians. Everything is in the hand's rest coordinates (mm) and rides rigidly on a joint.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.studio.bodies import Limb

FINGERS = ("index", "middle", "ring", "little")
ANGLES = (
    "thumb_flex", "thumb_abd", "thumb_twist", "thumb_mcp", "thumb_ip",
    *(f"{f}_{a}" for f in FINGERS for a in ("abd", "mcp", "pip", "dip")),
)  # fmt: skip
_LIMITS = {
    "thumb_flex": (-30, 45), "thumb_abd": (-35, 40), "thumb_twist": (-30, 40), "thumb_mcp": (-8, 55),
    "thumb_ip": (-8, 80), "abd": (-16, 16), "mcp": (-28, 88), "pip": (-8, 95), "dip": (-8, 60),
}  # fmt: skip
LIMITS = np.radians([_LIMITS.get(a, _LIMITS.get(a.split("_")[1], (0, 0))) for a in ANGLES])


@dataclass(frozen=True, eq=False)
class Anatomy:
    """A hand's moving parts.

    axis_joint (A,), axes (A, 3): each angle of `ANGLES` turns that joint about that unit axis.
    spots: name -> row of spot_joint (S,), spot_point (S, 3), spot_normal (S, 3): places that touch.
    ball_joint, ball_point, ball_radius: spheres that stand for the hand's bulk.
    mark_joint, mark_point: the 21 landmarks in MediaPipe's order.
    frame: (3, 3) columns radial, fingers, palm-outward; chirality: +1 or -1, radial = chirality * fingers x palm.
    wrist: (3,) the wrist's head.
    """

    limb: Limb
    axis_joint: np.ndarray
    axes: np.ndarray
    spots: dict[str, int]
    spot_joint: np.ndarray
    spot_point: np.ndarray
    spot_normal: np.ndarray
    ball_joint: np.ndarray
    ball_point: np.ndarray
    ball_radius: np.ndarray
    mark_joint: np.ndarray
    mark_point: np.ndarray
    frame: np.ndarray
    chirality: float
    wrist: np.ndarray
    forearm: np.ndarray
    volar: np.ndarray

    def facing(self, fingers: np.ndarray, palm: np.ndarray) -> np.ndarray:
        """The rotation (3, 3) that points the fingers along `fingers` with the palm looking along `palm`."""
        f = np.asarray(fingers, float) / np.linalg.norm(fingers)
        n = np.asarray(palm, float) - f * np.dot(palm, f)
        n /= np.linalg.norm(n)
        goal = np.stack([self.chirality * np.cross(f, n), f, n], axis=1)
        return np.asarray(goal @ self.frame.T)

    def rotations(self, angles: np.ndarray) -> np.ndarray:
        """Angles (B, A) to joint rotation vectors (B, J, 3)."""
        out = np.zeros((len(angles), len(self.limb.names), 3))
        for k, joint in enumerate(self.axis_joint):
            out[:, joint] += angles[:, k, None] * self.axes[k]
        return out


def _unit(v: np.ndarray) -> np.ndarray:
    return np.asarray(v / np.linalg.norm(v))


def anatomy(limb: Limb) -> Anatomy:
    """Read a hand's axes, pads and landmarks off its rest pose."""
    head = {n: limb.heads[i] for i, n in enumerate(limb.names)}
    tail = {n: limb.tails[i] for i, n in enumerate(limb.names)}
    fine = np.asarray(limb.fine.matrix @ limb.rest)
    wrist = head["wrist"]
    fingers = _unit(head["finger3-1"] - wrist)
    radial = head["finger2-1"] - head["finger5-1"]
    radial = _unit(radial - fingers * (radial @ fingers))
    bend = tail["finger3-3"] - head["finger3-1"]
    palm = np.cross(fingers, radial)
    palm = _unit(palm * np.sign(palm @ bend))
    chirality = float(np.sign(np.cross(fingers, palm) @ radial))

    joints: list[int] = []
    axes: list[np.ndarray] = []
    volar = np.tile(palm, (len(limb.names), 1))

    def add(joint: str, axis: np.ndarray) -> None:
        joints.append(limb.index(joint))
        axes.append(_unit(axis))

    first = _unit(head["finger1-3"] - head["finger1-2"])
    last = _unit(tail["finger1-3"] - head["finger1-3"])
    meta = _unit(head["finger1-2"] - head["finger1-1"])
    thumb_axis = _unit(np.cross(first, last))
    add("finger1-1", thumb_axis)
    add("finger1-1", np.cross(thumb_axis, meta))
    # Opposition turns the pad towards the fingers: the same sense for both hands needs the chirality.
    add("finger1-1", meta * chirality)
    add("finger1-2", thumb_axis)
    add("finger1-3", thumb_axis)
    for bone, d in (("finger1-1", meta), ("finger1-2", first), ("finger1-3", last)):
        volar[limb.index(bone)] = _unit(np.cross(thumb_axis, d))
    for k in range(2, 6):
        d1 = _unit(head[f"finger{k}-2"] - head[f"finger{k}-1"])
        d3 = _unit(tail[f"finger{k}-3"] - head[f"finger{k}-3"])
        axis = _unit(_unit(np.cross(d1, palm)) + np.cross(d1, d3))
        add(f"finger{k}-1", np.cross(axis, d1))
        for p in (1, 2, 3):
            add(f"finger{k}-{p}", axis)
            name = f"finger{k}-{p}"
            volar[limb.index(name)] = _unit(np.cross(axis, _unit(tail[name] - head[name])))
    # Abduction: a positive angle leans the finger to the thumb's side.
    for k, name in enumerate(ANGLES):
        if name.endswith("_abd") and not name.startswith("thumb"):
            d = _unit(tail[limb.names[joints[k]]] - head[limb.names[joints[k]]])
            axes[k] = axes[k] * np.sign(np.cross(axes[k], d) @ radial)

    weights = limb.fine_weights
    spots: dict[str, int] = {}
    spot_joint: list[int] = []
    spot_point: list[np.ndarray] = []
    spot_normal: list[np.ndarray] = []

    def spot(name: str, joint: str, around: np.ndarray, direction: np.ndarray, reach: float) -> None:
        """The skin met going from `around` along `direction`."""
        offset = fine - around
        along = offset @ direction
        aside = np.linalg.norm(offset - along[:, None] * direction, axis=1)
        near = (aside < reach) & (along > 0) & (along < 40)
        depth = float(np.median(along[near])) if near.any() else 8.0
        spots[name] = len(spot_joint)
        spot_joint.append(limb.index(joint))
        spot_point.append(around + depth * direction)
        spot_normal.append(direction)

    names = ("thumb", *FINGERS)
    for k, finger in enumerate(names, start=1):
        last_bone = f"finger{k}-3"
        a, b = head[last_bone], tail[last_bone]
        v = volar[limb.index(last_bone)]
        spot(f"{finger}_pad", last_bone, a + 0.55 * (b - a), v, 4)
        spot(f"{finger}_tip", last_bone, a + 0.72 * (b - a), _unit(v + 0.8 * _unit(b - a)), 4)
        middle = f"finger{k}-2"
        spot(f"{finger}_mid", middle, 0.5 * (head[middle] + tail[middle]), volar[limb.index(middle)], 4)
        if k > 1:
            base = f"finger{k}-1"
            spot(f"{finger}_root", base, 0.5 * (head[base] + tail[base]), volar[limb.index(base)], 4)
            spot(f"{finger}_knuckle", base, 0.8 * tail[base] + 0.2 * head[base], -volar[limb.index(base)], 5)
            spot(f"{finger}_bend", middle, 0.06 * tail[middle] + 0.94 * head[middle], -volar[limb.index(base)], 5)
            spot(f"{finger}_mound", f"metacarpal{k - 1}", 0.15 * wrist + 0.85 * head[base], palm, 6)
    spot("palm", "metacarpal2", 0.5 * wrist + 0.5 * head["finger3-1"], palm, 8)
    spot("heel", "wrist", 0.8 * wrist + 0.2 * head["finger3-1"], palm, 10)
    spot("little_edge", "finger5-1", 0.7 * head["finger5-1"] + 0.3 * tail["finger5-1"], -radial, 6)
    spot("edge", "metacarpal4", 0.5 * wrist + 0.5 * head["finger5-1"], -radial, 8)

    ball_joint: list[int] = []
    ball_point: list[np.ndarray] = []
    ball_radius: list[float] = []

    def ball(joint: str, point: np.ndarray, radius: float) -> None:
        ball_joint.append(limb.index(joint))
        ball_point.append(point)
        ball_radius.append(radius)

    for k in range(1, 6):
        for p in (1, 2, 3):
            name = f"finger{k}-{p}"
            a, b = head[name], tail[name]
            mine = weights[:, limb.index(name)] > 0.6
            d = _unit(b - a)
            r = float(np.median(np.linalg.norm(np.cross(fine[mine] - a, d), axis=1)))
            steps = (0.5, 1.0) if p < 3 else (0.35, 0.75)
            for t in steps:
                ball(name, a + t * (b - a), (0.93 if p < 3 else 0.8) * r)
    for k in range(1, 5):
        far = head[f"finger{k + 1}-1"]
        for t in (0.35, 0.65, 0.95):
            ball(f"metacarpal{k}", wrist + t * (far - wrist), 11.0)
    ball("finger1-1", 0.5 * (head["finger1-1"] + head["finger1-2"]), 13.0)
    ball("wrist", wrist, 20.0)

    marks = [("wrist", wrist)]
    for k in range(1, 6):
        end = f"finger{k}-3"
        tip = 0.1 * head[end] + 0.9 * tail[end] + 2.0 * volar[limb.index(end)]
        chain = [(f"finger{k}-{p}", head[f"finger{k}-{p}"]) for p in (1, 2, 3)]
        marks += [*chain, (end, tip)]

    return Anatomy(
        limb=limb,
        axis_joint=np.array(joints),
        axes=np.array(axes),
        spots=spots,
        spot_joint=np.array(spot_joint),
        spot_point=np.array(spot_point),
        spot_normal=np.array(spot_normal),
        ball_joint=np.array(ball_joint),
        ball_point=np.array(ball_point),
        ball_radius=np.array(ball_radius),
        mark_joint=np.array([limb.index(n) for n, _ in marks]),
        mark_point=np.array([p for _, p in marks]),
        frame=np.stack([radial, fingers, palm], axis=1),
        chirality=chirality,
        wrist=wrist,
        forearm=_unit(head["lowerarm01"] - wrist),
        volar=volar,
    )
