"""Sketched hands: a jointed hand of straight bones, and how it is held. A second kind of body beside the studio's.

Frame: x heel→toe, y medial→lateral, z out of the worked side towards the camera, all mm; of a right foot's sole (or a
left foot's top, which looks the same from before it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trainer.model import Side

Array = NDArray[np.float64]
LENGTH = 250.0
WIDTH = LENGTH * 0.39
_MCP = np.array([(90, 25), (92, 5), (86, -13), (78, -30)], float)
_BONES = np.array([(42, 25, 20), (46, 29, 21), (42, 27, 21), (33, 19, 18)], float)


@dataclass
class Pose:
    """One hand's posture: ``along`` wrist→fingers, ``palm`` palm's normal, both unit-ish; angles in degrees."""

    along: Array
    palm: Array
    curl: Array = field(default_factory=lambda: np.array([30.0, 30, 20]))
    index_curl: Array | None = None
    abduct: float = 45.0
    oppose: float = 25.0
    mcp_flex: float = 15.0
    ip_flex: float = 10.0
    size: float = 1.0


def joints(pose: Pose, side: Side) -> Array:
    """(21, 3) joints around a wrist at the origin."""
    a = pose.along / np.linalg.norm(pose.along)
    c = pose.palm - a * (pose.palm @ a)
    c /= np.linalg.norm(c)
    b = np.cross(a, c) if side == "right" else np.cross(c, a)
    out = np.zeros((21, 3))
    al, op = np.radians([pose.abduct, pose.oppose])
    d = np.cos(al) * np.cos(op) * a + np.sin(al) * np.cos(op) * b + np.sin(op) * c
    f = 0.8 * c - 0.5 * b
    f -= d * (f @ d)
    f /= np.linalg.norm(f)
    p = 25 * a + 24 * b + 8 * c
    out[1] = p
    angle = 0.0
    for k, (length, bend) in enumerate([(42, 0.0), (32, pose.mcp_flex), (27, pose.ip_flex)]):
        angle += np.radians(bend)
        p = p + length * (np.cos(angle) * d + np.sin(angle) * f)
        out[2 + k] = p
    for n in range(4):
        p = _MCP[n, 0] * a + _MCP[n, 1] * b
        out[5 + 4 * n] = p
        curl = pose.index_curl if n == 0 and pose.index_curl is not None else pose.curl
        angle = 0.0
        for k in range(3):
            angle += np.radians(curl[k])
            p = p + _BONES[n, k] * (np.cos(angle) * a + np.sin(angle) * c)
            out[6 + 4 * n + k] = p
    return out * pose.size


def grasp(side: Side, rng: np.random.Generator, lean: float = 0.0) -> Pose:
    """Fingers behind the foot, thumb on the near side. Sides are those of a right foot seen toes up."""
    sx = -1.0 if side == "right" else 1.0  # +y is the image's left on a right foot
    along = np.array([0.35 + 0.25 * rng.normal() * 0.5 + lean, 0.25 * sx * rng.uniform(0, 1), -0.9])
    palm = np.array([0.1, -sx, 0.15 * rng.normal()])
    return Pose(
        along, palm, np.array([35, 40, 25]) * rng.uniform(0.7, 1.3), None,
        rng.uniform(35, 60), rng.uniform(20, 40), rng.uniform(5, 25), rng.uniform(0, 20), rng.uniform(0.85, 1.1),
    )  # fmt: skip


def flat(side: Side, rng: np.random.Generator, heading: float = 0.0) -> Pose:
    """Palm flat on the foot, fingers towards the toes turned by ``heading`` degrees."""
    h = np.radians(heading)
    return Pose(
        np.array([np.cos(h), np.sin(h), -0.15]), np.array([0.0, 0.0, -1.0]),
        np.array([8.0, 10, 6]) * rng.uniform(0.5, 2), None, rng.uniform(25, 50), rng.uniform(0, 15), 10, 10,
        rng.uniform(0.85, 1.1),
    )  # fmt: skip


def anchored(pose: Pose, side: Side, tip: int | Sequence[int], at: Array) -> Array:
    hand = joints(pose, side)
    return np.asarray(hand + at - np.mean(hand[np.atleast_1d(np.asarray(tip))], axis=0))


def thumb_moves(hand: Array, by: Array, share: float) -> Array:
    moved = hand + (1 - share) * by
    for k, w in ((2, 0.15), (3, 0.55), (4, 1.0)):
        moved[k] += share * w * by
    return moved


def ellipse(phase: float, radius: float, flat_: float, turn: float, sense: float) -> Array:
    p = 2 * np.pi * phase * sense
    x, y = radius * np.cos(p), radius * flat_ * np.sin(p)
    return np.array([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn), 0.0])


def pinch(side: Side, rng: np.random.Generator) -> Pose:
    sx = -1.0 if side == "right" else 1.0
    return Pose(
        np.array([-0.6, -0.4 * sx, -0.4 + 0.2 * rng.normal()]), np.array([-0.2, -0.9 * sx, 0.1]),
        np.array([55.0, 45, 30]), np.array([50.0, 35, 20]), 30, 45, 20, 15,
    )  # fmt: skip


def pinching(pose: Pose, side: Side, at: Array) -> Array:
    """Thumb in front of the toe, index finger behind it, their middle at ``at``."""
    hand = joints(pose, side)
    hand[8] = hand[4] + np.array([2.0, 4.0, -16.0])
    hand[7] = 0.6 * hand[8] + 0.4 * hand[6] + np.array([0.0, 0, -4])
    return np.asarray(hand + at - 0.5 * (hand[4] + hand[8]))
