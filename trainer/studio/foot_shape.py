"""The shape of somebody's foot: toes moved and sized on the coarse mesh, then the relief of the skin on the fine one.

Everything is in the foot frame (see `foot_surface`), millimetres; `outward` is +1 where lateral is +x, else -1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from trainer.studio.people import Person

# Where the first ball of the foot lies on a measured foot, as a share of its length; anny's toes are shorter.
BALL_AT = 0.73


@dataclass(frozen=True, eq=False)
class Bones:
    """The foot's names and skinning weights (N, J) of some mesh of it, with the joints' heads and tails (J, 3)."""

    names: tuple[str, ...]
    weights: np.ndarray
    heads: np.ndarray
    tails: np.ndarray

    def toe(self, k: int) -> list[int]:
        return [i for i, n in enumerate(self.names) if n.startswith(f"toe{k}")]

    def span(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """(3,) each: where a toe leaves the foot, and its tip."""
        bones = self.toe(k)
        return 0.45 * self.heads[bones[0]] + 0.55 * self.heads[bones[1]], self.tails[bones[-1]]


def smooth(low: float | np.ndarray, high: float | np.ndarray, x: np.ndarray) -> np.ndarray:
    """0 below `low`, 1 above `high`, smoothly between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def stretch(points: np.ndarray, length: float, ball: float) -> None:
    """Move the ball to `BALL_AT`, stretching the ball and not the toes (y, in place)."""
    web = max(0.83, ball + 0.05)
    knots = np.array([0, ball, web, 1, 2]) * length
    points[:, 1] = np.interp(points[:, 1], knots, np.array([0, BALL_AT, web, 1, 2]) * length)


def move_toes(rest: np.ndarray, bones: Bones, who: Person, outward: float, fine: sparse.csr_matrix) -> None:
    """Thicken the toes, give them their lengths and close their gaps.

    The coarse rest (N, 3) and the bones change in place; fine: (M, N) to the subdivided mesh, which is what is seen.
    """
    shape = who.foot
    shares = np.stack([bones.weights[:, bones.toe(k)].sum(1) for k in range(1, 6)])
    fine_shares = np.asarray(shares @ fine.T)
    for k, share in enumerate(shares, start=1):
        base, _ = bones.span(k)
        for part, of in ((rest, share), (bones.heads, _is(bones, k)), (bones.tails, _is(bones, k))):
            part[:, 1] += shape.toes[k - 1] * np.clip(part[:, 1] - base[1], 0, None) * of

    def missing() -> np.ndarray:
        """(4,) mm by which each two neighbours are too close for the gap between them and their pads' bulge."""
        seen = np.asarray(fine @ rest)
        gaps = [_between(seen, fine_shares[k], fine_shares[k + 1], bones, k + 1, outward) for k in range(4)]
        return np.asarray(shape.gap + 0.8 * shape.pads - np.array(gaps))

    # Toes that stand too far apart grow towards each other; then what is left to do is done by moving them.
    spare = np.array([0, *-missing(), 0])
    for k, share in enumerate(shares, start=1):
        base, tip = bones.span(k)
        line = np.array([*bones.heads[bones.toe(k)], tip])
        line = line[np.argsort(line[:, 1])]
        centre = np.interp(rest[:, 1], line[:, 1], line[:, 0])
        stem = smooth(0.75, 0.3, (rest[:, 1] - base[1]) / (tip[1] - base[1]))
        wider = np.clip(spare[k - 1 : k + 1].sum() / 2 / (22 if k == 1 else 13), 0, 0.35)
        rest[:, 0] = centre + (rest[:, 0] - centre) * (1 + (wider + (0.06 if k == 1 else 0.16) * stem) * share)
    for _ in range(2):
        aside = np.array([0, *np.cumsum(np.clip(missing(), -2.5, 1.2))])
        aside = np.clip(aside - aside[1:4].mean(), -3.0, 2.0)
        for k, share in enumerate(shares, start=1):
            base, tip = bones.span(k)
            root = bones.heads[bones.toe(k)[0], 1]
            for part, of in ((rest, share), (bones.heads, _is(bones, k)), (bones.tails, _is(bones, k))):
                ramp = smooth(root + 0.2 * (base[1] - root), base[1] + 0.5 * (tip[1] - base[1]), part[:, 1])
                part[:, 0] += outward * aside[k - 1] * ramp * of


def _is(bones: Bones, toe: int) -> np.ndarray:
    return np.isin(np.arange(len(bones.names)), bones.toe(toe)).astype(float)


def _between(
    seen: np.ndarray, share: np.ndarray, next_share: np.ndarray, bones: Bones, k: int, outward: float
) -> float:
    """The narrowest gap in mm between toe k and the next, side by side from their middle to the shorter one's pad."""
    base, tip = bones.span(k + 1)
    gaps = []
    for low in np.arange(0.5 * base[1] + 0.5 * tip[1], seen[next_share > 0.75, 1].max() - 3, 3.0):
        row = (seen[:, 1] >= low) & (seen[:, 1] < low + 3)
        one, other = row & (share > 0.75), row & (next_share > 0.75)
        if one.any() and other.any():
            gaps.append((seen[other, 0] * outward).min() - (seen[one, 0] * outward).max())
    return float(min(gaps, default=0.0))


def relief(points: np.ndarray, normals: np.ndarray, bones: Bones, who: Person, outward: float) -> np.ndarray:
    """(N,) mm outwards along the normal, for fine rest vertices: pads, arch, balls, bunion, tendons and veins."""
    shape, length = who.foot, who.foot_mm
    in_foot = bones.weights[:, [i for i, n in enumerate(bones.names) if n.startswith(("foot", "toe"))]].sum(1)
    across = points[:, 0] * outward
    ball = (in_foot > 0.5) & (abs(points[:, 1] / length - 0.7) < 0.12)
    medial, lateral = across[ball].min(), across[ball].max()
    u, v = points[:, 1] / length, (across - medial) / (lateral - medial)
    under = smooth(0.05, 0.65, normals[:, 2]) * in_foot

    def blob(at_u: float, at_v: float, long: float, wide: float) -> np.ndarray:
        return np.asarray(np.exp(-(((u - at_u) / long) ** 2) - (((v - at_v) / wide) ** 2)))

    out = -shape.arch * np.exp(-(((u - 0.41) / 0.16) ** 2)) * smooth(0.95, 0.1, v) * under
    out += shape.ball * under * (blob(0.725, 0.18, 0.065, 0.17) + 0.75 * blob(0.675, 0.62, 0.06, 0.3))
    out += 1.2 * under * blob(0.10, 0.46, 0.10, 0.28)
    bases = np.array([bones.span(k)[0] for k in range(1, 6)])
    web = np.interp(across, bases[:, 0] * outward, bases[:, 1])
    out -= 2.2 * under * np.exp(-(((points[:, 1] - web) / 4.5) ** 2))
    for k in range(1, 6):
        base, tip = bones.span(k)
        t = (points[:, 1] - base[1]) / (tip[1] - base[1])
        mine = smooth(0.4, 0.9, bones.weights[:, bones.toe(k)].sum(1))
        bulb = np.exp(-(((t - 0.68) / 0.27) ** 2))
        size = shape.pads * (0.8 if k == 1 else 1.0)
        out += mine * bulb * size * (0.42 + 0.75 * smooth(0.0, 0.8, normals[:, 2]))
    joint = bones.heads[bones.names.index("toe1-1")] - np.array([outward * 14, 0, 0])
    out += shape.bunion * np.exp(-((np.linalg.norm(points - joint, axis=1) / 13) ** 2))
    return np.asarray(out + _back(points, normals, bones, who))


def _back(points: np.ndarray, normals: np.ndarray, bones: Bones, who: Person) -> np.ndarray:
    """(N,) mm: the tendons to the toes and the veins on the back of the foot."""
    above = smooth(0.15, -0.45, normals[:, 2])
    ankle = bones.heads[bones.names.index("foot")]
    start = ankle + np.array([0.0, 30.0, -20.0])
    out = np.zeros(len(points))
    for k in range(1, 6):
        base, _ = bones.span(k)
        t = np.clip((points[:, 1] - start[1]) / (base[1] - start[1]), 0, 1)
        line = start[0] + (base[0] - start[0]) * t
        fade = smooth(0.0, 0.25, t) * smooth(1.02, 0.85, (points[:, 1] - start[1]) / (base[1] - start[1]))
        out += (1.1 if k < 5 else 0.6) * who.thin * np.exp(-(((points[:, 0] - line) / 2.6) ** 2)) * fade
    return np.asarray(above * out + 0.9 * who.thin * above * veins(points[:, [0, 1]], who, 23))


def veins(plane: np.ndarray, who: Person, number: int) -> np.ndarray:
    """(N,) 0..1 on wandering lines over a plane (N, 2) mm, the second axis along the limb: blood vessels."""
    rng = who.luck(number)
    out = np.zeros(len(plane))
    low, high = np.quantile(plane, 0.02, axis=0), np.quantile(plane, 0.98, axis=0)
    for _ in range(7):
        at, lean = rng.uniform(low[0], high[0]), rng.uniform(-0.35, 0.35)
        along = plane[:, 1] - rng.uniform(low[1], high[1])
        bend = 5 * np.sin(along / rng.uniform(14, 30) + rng.uniform(0, 6)) + 2 * np.sin(along / rng.uniform(6, 10))
        line = np.exp(-(((plane[:, 0] - at - lean * along - bend) / 2.0) ** 2))
        out = np.maximum(out, rng.uniform(0.5, 1.0) * line * np.exp(-((along / rng.uniform(25, 60)) ** 2)))
    return out
