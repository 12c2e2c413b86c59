"""How a hand holds a toe: thumb under it and index finger on top of it, from the side or over the tips."""

from __future__ import annotations

import numpy as np

from trainer.studio import grips
from trainer.studio.anatomy import Anatomy
from trainer.studio.foot_surface import FootSurface
from trainer.studio.reach import Goal, HandPose, Pin
from trainer.studio.timing import smooth


def toe_span(foot: FootSurface, toe: int) -> tuple[float, float]:
    """u of a toe's web and of its tip."""
    limb = foot.limb
    bones = [i for i, n in enumerate(limb.names) if n.startswith(f"toe{toe}")]
    u = foot.uv[limb.fine_weights[:, bones].sum(1) > 0.6, 0]
    low, high = np.percentile(u, (4, 100))
    return float(low), float(high)


def toe_places(foot: FootSurface, toe: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Points (3,) mm under and on top of a toe, `share` of the way from its web to its tip."""
    limb = foot.limb
    low, high = toe_span(foot, toe)
    u = low + share * (high - low)
    bones = [i for i, n in enumerate(limb.names) if n.startswith(f"toe{toe}")]
    mine = (limb.fine_weights[:, bones].sum(1) > 0.6) & (abs(foot.uv[:, 0] - u) < 0.015)
    points = foot.vertices[mine]
    x, y = float(np.median(points[:, 0])), u * foot.length_mm
    return np.array([x, y, points[:, 2].max()]), np.array([x, y, points[:, 2].min()])


def between(
    first: tuple[np.ndarray, np.ndarray], last: tuple[np.ndarray, np.ndarray], share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Points under and on top of the fingers' opening on its way from one hold to another, open in between."""
    go, open_mm = smooth(share), 5.0 * float(np.sin(np.pi * share))
    below, above = (a + (b - a) * go for a, b in zip(first, last, strict=True))
    apart = (below - above) / np.linalg.norm(below - above) * open_mm
    return below + apart, above - apart


def pinch(body: Anatomy, side: str, below: np.ndarray, above: np.ndarray, over: bool = False) -> Goal:
    """A toe held between the thumb under it and the index finger on top of it.

    over: the hand comes over the tips of the toes from the front; otherwise around the border from its own side.
    """
    s = grips.sign(side)
    down = (below - above) / np.linalg.norm(below - above)
    if over:
        fingers, palm = np.array([-s * 0.30, 0.10, -0.95]), np.array([-s * 0.45, -0.85, -0.1])
        wrist = below + np.array([s * 42.0, 18.0, 78.0])
        elbow = np.array([s * 230.0, -60.0, 430.0])
    else:
        fingers, palm = np.array([-s * 0.55, 0.45, -0.70]), np.array([-s * 0.8, -0.35, -0.3])
        wrist = below + np.array([s * 70.0, -42.0, 40.0])
        elbow = np.array([s * 250.0, -110.0, 400.0])
    posture = HandPose(
        turn=body.facing(fingers, palm),
        wrist=wrist,
        angles=grips.angles(
            mcp=40, pip=48, dip=22, index_mcp=34, index_pip=42, index_dip=20, thumb_ip=22, thumb_mcp=14, thumb_twist=8,
            middle_mcp=42, ring_mcp=50, little_mcp=54, ring_pip=58, little_pip=62,
        ),
    )  # fmt: skip
    return Goal(
        posture=posture,
        pins=(
            Pin("thumb_pad", below - 0.8 * down, 2.5, down, 0.35),
            Pin("index_pad", above + 0.8 * down, 2.5, -down, 0.5),
        ),
        angle_weight=grips.weights(0.4, thumb_twist=0.4, thumb_ip=1.6),
        wrist_weight=0.06,
        turn_weight=0.3,
        elbow=elbow,
        elbow_weight=0.25,
    )
