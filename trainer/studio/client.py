"""The client's foot moves too: it never lies quite still, it twitches, wiggles its toes, turns and slides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.studio.timing import smooth, wander

_KINDS = ("twitch", "wiggle", "turn", "slide")
_MEAN_GAP_S = 9.0


@dataclass(frozen=True, eq=False)
class FootMotion:
    """turn (3,) rotation vector about the ankle, shift (3,) mm, toes: joint name -> (3,) about the joint's head."""

    turn: np.ndarray
    shift: np.ndarray
    toes: dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Put:
    """The hands put the foot elsewhere between two instants: by turn (3,) and shift (3,) mm."""

    start_s: float
    end_s: float
    turn: np.ndarray
    shift: np.ndarray


@dataclass(frozen=True, eq=False)
class _Event:
    kind: str
    start_s: float
    seconds: float
    axis: np.ndarray
    size: float


class Client:
    """One foot through a clip. calm: it only breathes and gives."""

    def __init__(self, seed: int, seconds: float, puts: tuple[Put, ...] = (), calm: bool = False) -> None:
        rng = np.random.default_rng([seed, 7])
        self._sway = wander(rng, 6, 0.08, 0.6)
        self._puts = puts
        self._events = () if calm else _events(rng, seconds)

    def at(self, time_s: float, held: float) -> FootMotion:
        """held: 0 when nobody touches the foot, 1 under a stroke, which leaves it little room."""
        sway = self._sway.at(time_s)
        turn = np.radians(0.9 - 0.45 * held) * sway[:3]
        shift = 0.5 * sway[3:] * np.array([1.0, 0.4, 1.0])
        toes: dict[str, np.ndarray] = {}
        for put in self._puts:
            share = smooth((time_s - put.start_s) / (put.end_s - put.start_s))
            turn, shift = turn + share * put.turn, shift + share * put.shift
        free = 1 - 0.6 * held
        for event in self._events:
            share = (time_s - event.start_s) / event.seconds
            if share <= 0:
                continue
            if event.kind == "slide":
                shift = shift + free * event.size * smooth(share) * event.axis
            elif share < 1 and event.kind == "wiggle":
                toes = _wiggle(event, time_s, (1 - 0.85 * held) * np.sin(np.pi * share) ** 2)
            elif share < 1:
                bell = smooth(share / 0.3) * (1 - smooth((share - 0.45) / 0.55))
                turn = turn + free * event.size * bell * event.axis
        return FootMotion(turn, shift, toes)


def _wiggle(event: _Event, time_s: float, size: float) -> dict[str, np.ndarray]:
    swing = 2 * np.pi * event.axis[1] * (time_s - event.start_s)
    bends = {f"toe{k}-1": event.size * size * np.sin(swing - 0.35 * (k - 1)) for k in range(1, 6)}
    return {name: np.array([bend, 0.0, 0.0]) for name, bend in bends.items()}


def _events(rng: np.random.Generator, seconds: float) -> tuple[_Event, ...]:
    out: list[_Event] = []
    at = float(rng.exponential(_MEAN_GAP_S))
    while at < seconds:
        kind = str(rng.choice(_KINDS, p=(0.3, 0.3, 0.25, 0.15)))
        axis = rng.normal(size=3)
        if kind == "twitch":
            axis, size, lasts = axis * (1.0, 0.4, 0.6), np.radians(rng.uniform(1.2, 3.0)), rng.uniform(0.35, 0.6)
        elif kind == "turn":
            # Mostly pointing and flexing, some turning in and out.
            axis, size, lasts = axis * (1.6, 0.4, 1.0), np.radians(rng.uniform(3, 7)), rng.uniform(1.6, 3.0)
        elif kind == "slide":
            axis, size, lasts = axis * (1.0, 0.0, 0.7), rng.uniform(2, 6), rng.uniform(0.8, 1.6)
        else:
            axis, size, lasts = np.array([0, rng.uniform(1.2, 2.2), 0]), np.radians(rng.uniform(7, 15)), 1.8
        if kind != "wiggle":
            axis = axis / max(float(np.linalg.norm(axis)), 1e-6)
        out.append(_Event(kind, at, float(lasts), axis, float(size)))
        at += float(lasts + rng.exponential(_MEAN_GAP_S))
    return tuple(out)
