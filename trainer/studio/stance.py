"""Where everybody is: what the foot lies on, where the arms come from, where hands go out of the picture.

All in the foot frame, mm. `couch`: the client lies, the practitioner sits at the couch's end. `stool`: the client sits,
the heel on a padded stool. `self`: the own foot on the other knee, the arms come from the heel's side.
"""

from __future__ import annotations

import numpy as np

# What carries the heel fills everything below its top (y) and behind its edge (z).
COUCH_TOP_MM, COUCH_EDGE_MM = -5.0, 30.0
STOOL_TOP_MM, STOOL_EDGE_MM = -12.0, 0.0
# The other thigh, under the outer side of the ankle: a capsule along y at x = outward * THIGH_X_MM.
THIGH_X_MM, THIGH_Z_MM, THIGH_RADIUS_MM = 120.0, -95.0, 72.0
THIGH_FROM_MM, THIGH_TO_MM = -250.0, 160.0
_THIGH_STEP_MM = 41.0
_THIGH_GIVES_MM = 30.0  # a thigh is soft: a hand between it and the foot presses it in


def block(setting: str) -> tuple[float, float] | None:
    """Top (y) and edge (z) of what the heel lies on, or None where there is no such thing."""
    return {"couch": (COUCH_TOP_MM, COUCH_EDGE_MM), "stool": (STOOL_TOP_MM, STOOL_EDGE_MM)}.get(setting)


def obstacles(setting: str, outward: float) -> np.ndarray:
    """(M, 4) spheres, centres and radii, that hands keep clear of besides the foot; outward: +1 or -1 for lateral x."""
    if setting != "self":
        return np.zeros((0, 4))
    along = np.arange(THIGH_FROM_MM, THIGH_TO_MM + 1, _THIGH_STEP_MM)
    fixed = (outward * THIGH_X_MM, THIGH_Z_MM, THIGH_RADIUS_MM - _THIGH_GIVES_MM)
    return np.array([[fixed[0], y, fixed[1], fixed[2]] for y in along])


def elbow(setting: str, side: str, outward: float, wanted: np.ndarray) -> np.ndarray:
    """The elbow (3,) of a setting for the elbow a grip wants at the couch."""
    s = -1.0 if side == "left" else 1.0
    if setting == "stool":
        return np.asarray(wanted + np.array([0.0, 70.0, 30.0]))
    if setting == "self":
        # The arm on the inner side of the foot, which is up, reaches over the shin and comes from behind the sole.
        behind = s != outward
        base = np.array([s * (150.0 if behind else 130.0), -330.0, 20.0 if behind else 150.0])
        return np.asarray(base + np.array([0.3, 0.3, 0.25]) * (wanted - np.array([s * 235.0, -125.0, 430.0])))
    return wanted


def away(setting: str, side: str) -> np.ndarray:
    """Where a hand's wrist (3,) is when it is out of the picture: at the practitioner's side."""
    s = -1.0 if side == "left" else 1.0
    if setting == "self":
        return np.array([s * 210.0, -470.0, 190.0])
    return np.array([s * 290.0, -330.0, 330.0])
