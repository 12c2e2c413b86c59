"""Where things are in the stage frame: what is up, where the practitioner is, how a face of the foot looks.

The stage frame is the resting foot's: y from the heel to the toes, z out of the sole, x to the right of the sole's
picture. Gravity pulls where the setting says.
"""

from __future__ import annotations

import numpy as np


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / np.linalg.norm(vector))


def outward(side: str) -> float:
    """+1 where lateral is +x (a left foot), else -1."""
    return 1.0 if side == "left" else -1.0


def upwards(setting: str, side: str) -> np.ndarray:
    """(3,) unit vector against gravity. On a stool the knee is higher than the heel; on the own knee the foot lies."""
    if setting == "self":
        return _unit(np.array([-0.8 * outward(side), 0.35, 0.45]))
    return _unit(np.array([0.0, 1.0, -0.12 if setting == "stool" else 0.0]))


def room_axes(setting: str, side: str) -> np.ndarray:
    """(3, 3) rows: the practitioner's right, up, and level from the foot to the practitioner."""
    up = upwards(setting, side)
    nearer = np.array([0.0, -1.0, 0.0]) if setting == "self" else np.array([0.0, 0.0, 1.0])
    nearer = _unit(nearer - (nearer @ up) * up)
    return np.stack([np.cross(up, nearer), up, nearer])


def facing(view: str, side: str) -> np.ndarray:
    """(3,) unit normal of a face of the foot."""
    return _unit(
        {
            "plantar": np.array([0.0, 0.0, 1.0]),
            "dorsal": np.array([0.0, 0.6, -0.8]),
            "medial": np.array([-outward(side), 0.0, 0.0]),
            "lateral": np.array([outward(side), 0.0, 0.0]),
        }[view]
    )


def outline(length_mm: float) -> np.ndarray:
    """(12, 3) mm: a box-like outline of a foot of this length up to its ankle, for composing a picture."""
    return length_mm / 250 * np.array([
        [0.0, 0, -25], [-30, 20, -25], [30, 20, -25], [0, 25, -95], [-38, 75, -80], [38, 75, -80],
        [-46, 175, -15], [46, 170, -15], [-40, 245, -20], [40, 215, -20], [0, 250, -20], [0, 130, -85],
    ])  # fmt: skip
