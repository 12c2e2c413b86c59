"""Recipes drawn at random: balanced over what is done, by whom, where and how it is filmed.

A recipe depends only on its split and its number, so a larger set begins with the smaller one. What should be balanced
is dealt like cards: every value comes once before any comes twice.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import gcd
from typing import TypeVar

import numpy as np

from trainer.errors import TrainerError
from trainer.studio.movements import MOVEMENTS
from trainer.studio.people import TONES
from trainer.studio.recipe import CAMERAS, REST, RESTS, SETTINGS, SIDES, VIEWS, Recipe, Step, tempo_limits
from trainer.studio.spots import face_of_zone
from trainer.studio.styles import FACES, PLAIN, STYLE_ZONES, drawn_style, face_of, fitting_styles

T = TypeVar("T")

FIRST_SEED = {"train": 1_000_000, "tune": 2_000_000, "test": 3_000_000}
"""Each split has its own people, cameras, stages and movements: `SEEDS` seeds from here on."""
SEEDS = 1_000_000
MOST_CLIPS = 400_000
BARE, SEQUENCE = "bare_foot", "sequence"
KINDS = (*MOVEMENTS, BARE, SEQUENCE)
CV = (0.02, 0.15)
FACE_SEEN = {"plantar": "sole", "dorsal": "top"}
"""The face of the foot (`styles.FACES`) that a view shows whole."""
_LEAST_CYCLES = 1.5


@dataclass(frozen=True)
class Frame:
    """What all clips of a set have in common."""

    seconds: float = 12.0
    width: int = 640
    height: int = 480
    fps: float = 30.0


def faces(technique: str) -> tuple[str, ...]:
    """The faces of the foot (`recipe.VIEWS`) on which a technique can be done."""
    return tuple(view for view, face in FACE_SEEN.items() if face in FACES[technique])


def seen_best(technique: str, zone: str | None = None, style: str | None = None) -> str:
    """The view that shows a technique, in a zone or a style, whole."""
    face = face_of_zone(zone) if zone is not None else face_of(technique, style or PLAIN)
    return next(view for view, shown in FACE_SEEN.items() if shown == face)


def fitted(step: Step, view: str, seed: int) -> Step:
    """The step with a style that reaches its zone, or else works on the face that is seen. Raises TrainerError."""
    if step.technique == REST:
        return step
    face = FACE_SEEN.get(view) if step.zone is None and step.style is None else None
    if face not in FACES[step.technique]:
        face = None
    luck = np.random.default_rng([seed, 19, zlib.crc32(step.technique.encode())])
    return replace(step, style=drawn_style(step.technique, luck, step.style, step.zone, face))


def kind(split: str, number: int) -> str:
    """What clip `number` (from 0) of a split shows: a technique, a bare foot or a sequence of strokes."""
    if split not in FIRST_SEED:
        raise TrainerError(f"Expected a split out of {', '.join(FIRST_SEED)}, but got '{split}'.")
    if not 0 <= number < MOST_CLIPS:
        raise TrainerError(f"Expected at most {MOST_CLIPS} clips of a split, but got number {number + 1}.")
    turn, place = divmod(number, len(KINDS))
    return KINDS[int(np.random.default_rng([FIRST_SEED[split], turn]).permutation(len(KINDS))[place])]


def draw(split: str, number: int, frame: Frame) -> Recipe:
    """The recipe of clip `number` (from 0) of a split."""
    what = kind(split, number)
    first = FIRST_SEED[split]
    cards = _Cards(first, what, number // len(KINDS))
    seed, practitioner, client = first + number, first + 2 * number, first + 2 * number + 1
    view = cards.dealt("view", VIEWS if what == BARE else faces(what) if what in MOVEMENTS else ("plantar",))
    setting, camera = cards.dealt("place", [(s, c) for s in SETTINGS for c in CAMERAS])
    if setting == "self" and view == "lateral":
        view = "medial"  # the outer side lies on the other thigh
    hand_tone = cards.dealt("hand tone", range(len(TONES)))
    foot_tone = (hand_tone + cards.dealt("tones apart", range(len(TONES)))) % len(TONES)
    if setting == "self":
        client, foot_tone = practitioner, hand_tone
    script: tuple[Step, ...] = ()
    if what == SEQUENCE:
        script = _sequence(cards, frame.seconds)
    elif what != BARE:
        script = _single(cards, what, view, frame.seconds)
    return Recipe(
        script, seconds=frame.seconds, seed=seed, side=cards.dealt("side", SIDES), view=view, setting=setting,
        camera=camera, practitioner=practitioner, client=client, practitioner_tone=hand_tone, client_tone=foot_tone,
        camera_seed=seed, stage_seed=seed, width=frame.width, height=frame.height, fps=frame.fps,
    )  # fmt: skip


def draw_movements(split: str, number: int, seconds: float, fps: float) -> Recipe:
    """A session of strokes of 3 to 7 seconds on one face of the foot, by people of no clip of the split."""
    first, own = FIRST_SEED[split], MOST_CLIPS + number
    cards = _Cards(first + MOST_CLIPS, SEQUENCE, number)
    view = cards.dealt("view", ("plantar", "plantar", "dorsal"))
    setting = cards.dealt("setting", SETTINGS)
    seed, practitioner = first + own, first + 2 * own
    return Recipe(
        _sequence(cards, seconds, (3.0, 7.0), view), seconds=seconds, seed=seed, side=cards.dealt("side", SIDES),
        view=view, setting=setting, practitioner=practitioner,
        client=practitioner if setting == "self" else practitioner + 1, camera_seed=seed, stage_seed=seed, fps=fps,
    )  # fmt: skip


def draw_session(seed: int, seconds: float) -> tuple[Step, ...]:
    """A session drawn at random: strokes of 7 to 13 seconds on the sole with rests between."""
    return _sequence(_Cards(0, SEQUENCE, seed), seconds, (7.0, 13.0))


class _Cards:
    """The luck of the turn-th clip of its kind in a split that has its seeds from `first` on."""

    def __init__(self, first: int, kind: str, turn: int) -> None:
        self._first, self._kind, self._turn = first, kind, turn
        self.rng = self._luck(kind, turn)

    def _luck(self, label: str, turn: int = 0) -> np.random.Generator:
        return np.random.default_rng([self._first, zlib.crc32(label.encode()), turn])

    def dealt(self, label: str, values: Sequence[T], more: int = 0) -> T:
        """One of `values`, as from a Latin square of kinds and turns.

        Each comes about as often as any other, over the kinds at every turn as well as in the clips of one kind.
        """
        size, turn = len(values), self._turn + more
        place = int(self._luck(label).permutation(len(KINDS))[KINDS.index(self._kind)])
        # Without a common divisor a kind meets every value before it meets one again.
        stride = next(s for s in range(len(KINDS), 3 * len(KINDS)) if gcd(s, size) == 1)
        order = self._luck(label, 1 + turn // size).permutation(size)
        return values[int(order[(turn * stride + place) % size])]

    def spread(self, label: str, low: float, high: float, more: int = 0) -> float:
        """A number between two, on a logarithmic scale, evenly spread over the turns."""
        share = (self._luck(label + self._kind).random() + (self._turn + more) * 0.618034) % 1.0
        return float(low * (high / low) ** share)


def _single(cards: _Cards, technique: str, view: str, seconds: float) -> tuple[Step, ...]:
    """One technique between two rests, half of the times with a rest in the middle where there is time for it."""
    come, go = (float(cards.rng.uniform(0.1, 0.16)) * min(seconds, 12.0) for _ in range(2))
    length, middle = seconds - come - go, float(cards.rng.uniform(1.6, 2.6))
    step = _step(cards, technique, view, length)
    half = _step(cards, technique, view, max(length - middle, 1.0) / 2)
    strokes = [step]
    if cards.dealt("halves", (True, False)) and half.seconds * (half.tempo or 0) / 60 >= 4:
        strokes = [half, Step(REST, round(middle, 3), rest=cards.dealt("rest between", RESTS)), half]
    first, last = cards.dealt("first rest", RESTS), cards.dealt("last rest", RESTS)
    return (Step(REST, round(come, 3), rest=first), *strokes, Step(REST, round(go, 3), rest=last))


def _step(cards: _Cards, technique: str, view: str, seconds: float, more: int = 0) -> Step:
    low, high = tempo_limits(technique)
    # A slow stroke that has no time for a cycle would show nothing that can be measured.
    low = min(max(low, 60 * _LEAST_CYCLES / seconds), high)
    style = cards.dealt(f"style {technique}", fitting_styles(technique, face=FACE_SEEN[view]), more)
    zone = cards.dealt(f"zone {technique} {style}", (None, *STYLE_ZONES[technique][style]), more)
    return Step(
        technique, round(seconds, 3), tempo=round(cards.spread(f"tempo {technique}", low, high), 2),
        hand=cards.dealt("hand", SIDES, more), style=style, zone=zone,
        cv=round(cards.spread("cv", *CV, more), 4),
        pauses=cards.dealt("pauses", (0, 0, 0, 1), more) if seconds > 6 else 0,
    )  # fmt: skip


def _sequence(
    cards: _Cards, seconds: float, each_s: tuple[float, float] = (3.5, 6.0), view: str = "plantar"
) -> tuple[Step, ...]:
    """Several strokes on the face seen, neighbours of different techniques, with rests of all kinds between."""
    pause = 2.0 if seconds >= 12 else 1.2
    ends = min(1.3, seconds / 8)
    room = seconds - 2 * ends
    count = int(np.clip(round((room + pause) / (cards.rng.uniform(*each_s) + pause)), 2, 60))
    share = cards.rng.uniform(0.8, 1.2, count)
    lengths = (room - pause * (count - 1)) * share / share.sum()
    if lengths.min() < 0.5:
        raise TrainerError(f"Expected at least 4 seconds for several strokes, but got {seconds:g}.")
    able = [t for t in MOVEMENTS if view in faces(t)]
    order = cards.rng.permutation(len(able))
    script = [Step(REST, ends, rest="leave")]
    for k, length in enumerate(lengths):
        if k:
            script.append(Step(REST, pause, rest=cards.dealt("rest between", RESTS, k)))
        script.append(_step(cards, able[int(order[k % len(able)])], view, float(length), k))
    return (*script, Step(REST, ends, rest="leave"))
