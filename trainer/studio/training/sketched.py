"""Sessions of sketched hands: drawn in milliseconds, so that there can be as many as are wanted.

What the recogniser learns must hold for other bodies and other manners than the studio's; these are a second kind of
both.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from trainer.foot import atlas
from trainer.model import View
from trainer.strokes.vocabulary import NUMBER, TECHNIQUES
from trainer.studio.camera import Camera
from trainer.studio.training.played import Played, Rng
from trainer.studio.training.sketched_acts import Act
from trainer.studio.training.sketched_hands import LENGTH, WIDTH
from trainer.studio.training.sketched_strokes import MAKERS
from trainer.studio.training.takes import Stretch

SECONDS, FPS = 36.0, 20.0
_ON_TOP = ("effleurage", "kneading", "finger_walking", "friction", "press_hold", "toe_rotation", "toe_pull",
           "ankle_rotation", "wringing")  # fmt: skip
_ROUND = ("toe_rotation", "ankle_rotation")
_SLOW = {"effleurage": 5.0, "toe_pull": 5.0, "press_hold": 5.0, "ankle_rotation": 5.0}
"""At least so many seconds of what is slow."""


def sketched(rng: Rng, name: str) -> Played:
    """A session of strokes with ways and rests between."""
    view: View = "dorsal" if rng.random() < 0.35 else "plantar"
    able = [t for t in TECHNIQUES if t != "rest" and (view == "plantar" or t in _ON_TOP)]
    times = np.arange(int(SECONDS * FPS)) / FPS
    hands = np.full((len(times), 2, 21, 3), np.nan)
    foot = np.zeros((len(times), 4))
    stretches: list[Stretch] = []
    at, last, before = float(rng.uniform(0, 1.5)), -1.0, None
    rest: Act | None = None
    while at < SECONDS - 2:
        technique = str(rng.choice([t for t in able if t != before]))
        seconds = max(float(rng.uniform(3, 8)), _SLOW.get(technique, 0.0))
        act = _at_tempo(MAKERS[technique], rng, seconds)
        inside = (times >= at) & (times < at + seconds)
        for i in np.flatnonzero(inside):
            hands[i], foot[i] = _posed(act, float(times[i] - at))
        if last >= 0:
            _passed(times, hands, foot, last, at, rest, rng)
        end = min(at + seconds, SECONDS)
        stretches.append(_stretch(technique, act, at, end))
        last, before, at = (
            end,
            technique,
            at + seconds + float(rng.choice([rng.uniform(0.5, 1.2), rng.uniform(1.2, 4)])),
        )
        rest = MAKERS["rest"](rng, at - last) if at - last > 2 and rng.random() < 0.6 else None
    return Played(
        name, times, _moved(hands, foot), _moved(_foot(view, len(times)), foot), tuple(stretches), LENGTH,
        "left" if view == "dorsal" else "right", _cameras(view),
    )  # fmt: skip


def _at_tempo(maker: Callable[[Rng, float], Act], rng: Rng, seconds: float) -> Act:
    """A stroke of so many seconds, faster or slower than its preset."""
    faster = float(np.exp(np.clip(rng.normal(0, 0.3), -0.6, 0.5)))
    act = maker(rng, seconds * faster)
    return Act(lambda t: act.move(t * faster), act.hands, [c / faster for c in act.cycles], act.rate * faster)


def _posed(act: Act, since_s: float) -> tuple[np.ndarray, np.ndarray]:
    left, right, foot = act.move(since_s)
    nothing = np.full((21, 3), np.nan)
    return np.stack([nothing if hand is None else hand for hand in (left, right)]), np.asarray(foot, float)


def _passed(
    times: np.ndarray, hands: np.ndarray, foot: np.ndarray, begin: float, end: float, rest: Act | None, rng: Rng
) -> None:
    """Fill the way from one stroke to the next, by way of a rest if there is one."""
    inside = np.flatnonzero((times >= begin) & (times < end))
    a, b = np.searchsorted(times, begin) - 1, np.searchsorted(times, end)
    if not len(inside) or a < 0 or b >= len(times):
        return
    lift = np.array([0.0, 0.0, float(rng.uniform(8, 60))])
    going = min(0.6, (end - begin) / 2)
    for i in inside:
        t = float(times[i])
        share = _eased((t - begin) / (end - begin))
        way = hands[a] * (1 - share) + hands[b] * share + lift * np.sin(np.pi * share)
        if rest is not None:
            still, _ = _posed(rest, t - begin)
            # A hand that rests out of the picture goes there at once.
            mixed = min(_eased((t - begin) / going), _eased((end - t) / going))
            way = way * (1 - mixed) + still * mixed if mixed < 0.98 else still
        hands[i] = way
        foot[i] = foot[a] * (1 - share) + foot[b] * share


def _eased(share: float) -> float:
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _stretch(technique: str, act: Act, start_s: float, end_s: float) -> Stretch:
    # At which point of such a circle a repetition is stamped differs from the studio's.
    told = technique not in _ROUND
    cycles = np.array([c + start_s for c in act.cycles if c + start_s < end_s] if told else [])
    working = ("left" in act.hands, "right" in act.hands)
    alone = np.tile(working, (len(cycles), 1)) if len(act.hands) == 1 else None
    return Stretch(NUMBER[technique], start_s, end_s, working, cycles, alone)


def _foot(view: View, frames: int) -> np.ndarray:
    """(T, 14, 3) the atlas's landmarks on a gently rounded foot; ankles that the view doesn't show are guessed."""
    uv = atlas.landmarks_uv(view)
    uv = np.where(np.isfinite(uv), uv, [[0.22, 0.5]])
    marks = np.c_[uv[:, 0] * LENGTH, uv[:, 1] * WIDTH, -25 * (2 * uv[:, 1] - 1) ** 2]
    return np.tile(marks, (frames, 1, 1))


def _moved(points: np.ndarray, foot: np.ndarray) -> np.ndarray:
    """Points (T, ..., 3) of the foot's frame where the foot (T, 4) has been turned, stretched and shifted to."""
    turn, stretch, dx, dy = (v.reshape(-1, *[1] * (points.ndim - 2)) for v in foot.T)
    x, y = points[..., 0] * (1 + stretch), points[..., 1]
    return np.stack(
        [np.cos(turn) * x - np.sin(turn) * y + dx, np.sin(turn) * x + np.cos(turn) * y + dy, points[..., 2]], axis=-1
    )


def _cameras(view: View) -> Callable[[Rng], tuple[Camera, View]]:
    def drawn(rng: Rng) -> tuple[Camera, View]:
        middle = np.array([LENGTH / 2, WIDTH / 2, 0.0])
        tilt, azimuth = np.radians(rng.uniform(0, 50)), rng.uniform(0, 2 * np.pi)
        direction = np.array([np.sin(tilt) * np.cos(azimuth), np.sin(tilt) * np.sin(azimuth), np.cos(tilt)])
        roll = rng.normal(0, 0.25) if rng.random() < 0.7 else rng.uniform(-np.pi, np.pi)
        up = np.array([np.cos(roll), np.sin(roll), 0.0])
        away = float(rng.uniform(450, 1400))
        share = float(rng.uniform(0.35, 0.9))
        angle = np.degrees(2 * np.arctan(LENGTH / share / 2 / away))
        eye, target = middle + away * direction, middle + rng.normal(0, 12, 3)
        return Camera(_three(eye), _three(target), _three(up), float(angle), 640, 480), view

    return drawn


def _three(values: np.ndarray) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return x, y, z
