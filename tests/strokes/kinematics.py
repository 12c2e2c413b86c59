"""Made-up massage with exact truth, seen by a pinhole camera: sketched hands over a foot, noise and gaps included.

Frame: x heel→toe, y medial→lateral, z out of the worked side towards the camera, all mm. Points above the skin are
projected on the foot's plane as a camera at ``eye`` would see them, so heights leak into x and y as in real footage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainer.foot import atlas
from trainer.model import Foot, HandTouch, Label, Presence, Side, Touch, View
from trainer.studio.training.sketched_hands import LENGTH, WIDTH, Array
from trainer.studio.training.sketched_strokes import MAKERS

__all__ = ["CLEAR", "MAKERS", "Session", "Sight", "session"]


@dataclass(frozen=True)
class Session:
    touches: tuple[Touch, ...]
    labels: tuple[Label, ...]
    rates: tuple[float, ...]


@dataclass(frozen=True)
class Sight:
    """How well it is seen. ``jitter_mm`` white, ``wander_mm`` slow landmark error, ``seen`` share of frames."""

    fps: float = 30.0
    vfr: float = 0.0
    jitter_mm: float = 1.0
    wander_mm: float = 2.5
    seen: float = 0.85
    gap_s: float = 0.3
    smooth_s: float = 0.04
    world: bool = True
    world_noise: float = 0.002
    foot_noise_px: float = 0.4


CLEAR = Sight(jitter_mm=0.0, wander_mm=0.0, seen=1.0, smooth_s=0.0, world_noise=0.0, foot_noise_px=0.0)


def session(
    plan: Sequence[tuple[str, float]], seed: int = 0, sight: Sight = Sight(), side: Side = "right",
    view: View = "plantar",
) -> Session:  # fmt: skip
    """Touches of a plan of (technique, seconds); between techniques the hands travel for about half a second."""
    rng = np.random.default_rng(seed)
    acts = [MAKERS[name](rng, seconds) for name, seconds in plan]
    starts = np.concatenate([[0.0], np.cumsum([s for _, s in plan])])
    step = 1.0 / sight.fps
    n = int(starts[-1] / step)
    gaps = step * (1 + sight.vfr * rng.uniform(-1, 1, n))
    times = np.concatenate([[0.0], np.cumsum(gaps)])[:-1]
    times = times[times < starts[-1]]
    seer = _Seer(sight, rng, side, view)
    touches = []
    for t in times:
        k = int(np.searchsorted(starts, t, side="right") - 1)
        left, right, foot = acts[k].move(float(t - starts[k]))
        since = t - starts[k]
        if k and since < 0.5:
            w = 0.5 - 0.5 * np.cos(np.pi * since / 0.5)
            old = acts[k - 1].move(plan[k - 1][1])
            left, right = _travel(old[0], left, w), _travel(old[1], right, w)
            foot = old[2] * (1 - w) + foot * w
        touches.append(seer.see(float(t), (left, right), foot))
    labels = tuple(
        Label(name, float(starts[i]), float(starts[i + 1]), acts[i].hands,
              tuple(float(c + starts[i]) for c in acts[i].cycles))
        for i, (name, _) in enumerate(plan)
    )  # fmt: skip
    return Session(tuple(touches), labels, tuple(a.rate for a in acts))


def _travel(old: Array | None, new: Array | None, w: float) -> Array | None:
    if old is None or new is None:
        return new
    return old * (1 - w) + new * w + np.array([0, 0, 25 * np.sin(np.pi * w)])


class _Seer:
    def __init__(self, sight: Sight, rng: np.random.Generator, side: Side, view: View) -> None:
        self.sight, self.rng, self.side, self.view = sight, rng, side, view
        self.eye = np.array(
            [LENGTH * rng.uniform(0.1, 0.7), WIDTH / 2 + rng.uniform(-200, 200), rng.uniform(600, 900)]
        )
        self.scale = rng.uniform(1.2, 2.2)
        self.turn = rng.uniform(-0.5, 0.5)
        self.slow = np.zeros((2, 21, 2))
        self.kept: list[Array | None] = [None, None]
        self.hidden_until = [0.0, 0.0]
        self.bridge_from = [0.0, 0.0]
        self.last: tuple[float, Array] | None = None

    def see(self, t: float, hands: tuple[Array | None, Array | None], foot_move: Array) -> Touch:
        foot = self._foot(t, foot_move)
        touched, worlds = [], []
        for i, hand in enumerate(hands):
            touch, world = self._hand(t, i, hand)
            touched.append(touch)
            worlds.append(world)
        return Touch(t, (touched[0], touched[1]), foot, (worlds[0], worlds[1]))

    def _hand(self, t: float, i: int, hand: Array | None) -> tuple[HandTouch, Array]:
        s, rng = self.sight, self.rng
        side: Side = ("left", "right")[i]  # type: ignore[assignment]
        nothing = HandTouch(
            side, Presence.UNKNOWN, np.full((21, 2), np.nan), np.full((21, 2), np.nan), np.zeros(21, bool)
        )
        dt = 1.0 / s.fps
        if t >= self.hidden_until[i] and s.seen < 1:
            per_s = (1 - s.seen) / s.seen / s.gap_s
            if rng.random() < per_s * dt:
                self.hidden_until[i] = t + rng.exponential(s.gap_s)
                self.bridge_from[i] = t
        hidden = t < self.hidden_until[i]
        if hand is None or (hidden and t - self.bridge_from[i] > 0.2):
            self.kept[i] = None
            return nothing, np.full((21, 3), np.nan)
        if hidden and self.kept[i] is not None:
            mm = self.kept[i]
            return self._touch(side, mm, Presence.BRIDGED), np.full((21, 3), np.nan)
        hand = hand.copy()
        if self.side == "left":
            pass  # a left foot is the mirror image; mm are in the foot's own axes either way
        mm = self._project(hand)
        tau = 0.35
        self.slow[i] += -self.slow[i] * dt / tau + s.wander_mm * np.sqrt(2 * dt / tau) * rng.normal(
            size=(21, 2)
        )
        mm = mm + self.slow[i] + s.jitter_mm * rng.normal(size=(21, 2))
        if self.kept[i] is not None and s.smooth_s > 0:
            k = dt / (dt + s.smooth_s)
            mm = self.kept[i] * (1 - k) + mm * k
        self.kept[i] = mm
        world = np.full((21, 3), np.nan)
        if s.world:
            world = (hand - hand.mean(axis=0)) / 1000 + s.world_noise * rng.normal(size=(21, 3))
        return self._touch(side, mm, Presence.MEASURED), world

    def _touch(self, side: Side, mm: Array, presence: Presence) -> HandTouch:
        uv = mm / np.array([LENGTH, WIDTH])
        return HandTouch(side, presence, mm, uv, atlas.inside_outline(self.view, uv, 0.03))

    def _project(self, p: Array) -> Array:
        w = self.eye[2] / (self.eye[2] - p[:, 2])
        return np.asarray(self.eye[:2] + (p[:, :2] - self.eye[:2]) * w[:, None])

    def _foot(self, t: float, move: Array) -> Foot:
        s = self.scale
        mirror = -1.0 if self.side == "right" else 1.0
        a = -np.pi / 2 + self.turn + move[0]
        length, width = LENGTH * s * (1 + move[1]), WIDTH * s
        c, n = np.cos(a), np.sin(a)
        h = np.array(
            [
                [c * length, -n * width * mirror, 320 + move[2] * s],
                [n * length, c * width * mirror, 460 + move[3] * s],
                [0, 0, 1],
            ]
        )
        h[:2, 2] += self.sight.foot_noise_px * self.rng.normal(size=2)
        uv = atlas.landmarks_uv(self.view)
        px = uv @ h[:2, :2].T + h[:2, 2]
        centre = np.nanmean(px, axis=0)
        motion = np.zeros(2) if self.last is None else centre - self.last[1]
        self.last = (t, centre)
        return Foot(
            self.side,
            self.view,
            Presence.MEASURED,
            px,
            np.where(np.isfinite(px[:, 0]), 1.0, np.nan),
            h,
            motion,
            LENGTH,
            True,
        )
