"""`trainer train --labels`: a network of a school's own out of the shipped one and labelled sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from trainer.errors import FormatError, TrainerError
from trainer.files import write_atomically
from trainer.model import Floats, Label
from trainer.score.labels import NAME, read_labels
from trainer.score.metrics import f1_of
from trainer.score.retouch import touches_of
from trainer.score.tracks import read_tracks
from trainer.strokes.adapt import Lesson, Weights, adapted
from trainer.strokes.belief import Manner, labels_of, manner_of
from trainer.strokes.inputs import inputs_of
from trainer.strokes.learned import shipped_network
from trainer.strokes.network import LATE_S, Output, StrokesNetwork, read_weights
from trainer.strokes.techniques import REST
from trainer.strokes.ticks import TICKS_HZ

_TRACKS = "tracks.parquet"
_LEAST_S = 20.0
_HELD_OUT = 3
"""Every so manieth session is held out; of a single one its last third."""

Names = list[str | None]


@dataclass(frozen=True, eq=False)
class Session:
    """One labelled session: inputs (N, 2, WIDTH) of its ticks at (N,) times, and its labels."""

    name: str
    times: Floats
    inputs: Floats
    labels: tuple[Label, ...]

    def names_at(self, times: Floats) -> Names:
        """What was done at times: rest between two labels, None beyond the first and the last."""
        first, last = self.labels[0].start_s, self.labels[-1].end_s
        out: Names = [REST if first <= t < last else None for t in times]
        for label in self.labels:
            for i in np.flatnonzero((times >= label.start_s) & (times < label.end_s)):
                out[i] = label.technique
        return out

    def part(self, begin: int, end: int) -> Session:
        return Session(self.name, self.times[begin:end], self.inputs[begin:end], self.labels)


def adapt(paths: Sequence[Path], out: Path, base: Path | None, console: Console) -> None:
    """Teach the network in ``base`` (or the shipped one) what ``paths`` are labelled with, and write it to ``out``.

    What is reported is of sessions that the network reported on hasn't seen; the one written has seen all. Raises
    TrainerError.
    """
    source = base or shipped_network()
    if out.resolve() == source.resolve() or out.resolve() == shipped_network().resolve():
        raise TrainerError(f"Expected another file than '{out}', which is what is learnt from: choose one with -o.")
    weights = read_weights(source)
    network = StrokesNetwork(weights, str(source))
    sessions = [_read(folder) for path in paths for folder in _folders(path)]
    told = [network.over(session.inputs) for session in sessions]
    labelled = sum(_labelled_s(session) for session in sessions)
    if labelled < _LEAST_S:
        raise TrainerError(f"Expected at least {_LEAST_S:g} labelled seconds, but got {labelled:.0f}: label more.")
    taught, asked = _split(sessions, told)
    manner = manner_of(network.calibration)
    before = _figures(weights, manner, asked)
    after = _figures(adapted(weights, _lesson(taught)), manner, asked)
    whole = list(zip(sessions, told, strict=True))
    with write_atomically(out) as scratch:
        np.savez(scratch, **adapted(weights, _lesson(whole)))
    _tell(console, before, after, sum(_labelled_s(session) for session, _ in asked), labelled, len(sessions))
    console.print(f"Written to {out}. Use it with --strokes-model {out}", highlight=False)


Told = tuple[Session, list[Output]]


def _folders(path: Path) -> list[Path]:
    """The session folders that a path is or holds."""
    if (path / _TRACKS).is_file():
        return [path]
    found = sorted(p.parent for p in path.glob(f"*/{_TRACKS}") if (p.parent / NAME).is_file())
    if not found:
        raise TrainerError(
            f"Expected a session's folder with {_TRACKS} and {NAME} at '{path}', or a folder of such: score a video, "
            f"and write its labels into {NAME} beside the tracks."
        )
    return found


def _read(folder: Path) -> Session:
    labels = read_labels(folder / NAME)
    if not labels:
        raise FormatError(f"Expected at least one label in '{folder / NAME}', but there is none.")
    times, inputs = inputs_of(touches_of(read_tracks(folder / _TRACKS)))
    return Session(folder.name, times, inputs, labels)


def _split(sessions: Sequence[Session], told: Sequence[list[Output]]) -> tuple[list[Told], list[Told]]:
    """(to be taught, to be asked)."""
    pairs = list(zip(sessions, told, strict=True))
    if len(pairs) > 1:
        asked = pairs[_HELD_OUT - 1 :: _HELD_OUT] or pairs[-1:]
        return [pair for pair in pairs if all(pair is not a for a in asked)], asked
    session, answers = pairs[0]
    known = [i for i, name in enumerate(session.names_at(session.times)) if name is not None]
    cut = known[2 * len(known) // 3] if known else 0
    return (
        [(session.part(0, cut), answers[:cut])],
        [(session.part(cut, len(answers)), answers[cut:])],
    )


def _lesson(pairs: Sequence[Told]) -> Lesson:
    names: Names = []
    late: Names = []
    for session, _ in pairs:
        names += session.names_at(session.times)
        late += session.names_at(session.times - LATE_S)
    if all(name is None for name in names):
        raise TrainerError(
            "Expected labels within the time of the sessions, but there are none in those to learn from."
        )
    return Lesson(np.array([answer.pooled for _, answers in pairs for answer in answers], float), names, late)


def _figures(weights: Weights, manner: Manner, asked: Sequence[Told]) -> dict[str, tuple[float, float]]:
    """Technique, and "all", → (F1, labelled ticks) of the live label over the sessions asked."""
    known = [str(name) for name in weights["techniques"]]
    true: Names = []
    said: Names = []
    for session, answers in asked:
        pooled = np.array([answer.pooled for answer in answers], float)
        odds = pooled @ weights["technique.weight"] + weights["technique.bias"]
        names = session.names_at(session.times)
        for name, label in zip(names, labels_of(known, manner, odds), strict=True):
            if name is not None:
                true.append(name)
                said.append(label)
    return f1_of(true, said)


def _labelled_s(session: Session) -> float:
    return sum(name is not None for name in session.names_at(session.times)) / TICKS_HZ


def _tell(
    console: Console, before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]], asked_s: float,
    labelled_s: float, sessions: int,
) -> None:  # fmt: skip
    table = Table(title=f"F1 of the live label, {asked_s:.0f} s held out", title_justify="left")
    table.add_column("technique")
    for name in ("seconds", "before", "after"):
        table.add_column(name, justify="right")
    for name in sorted(after, key=lambda n: (n == "all", n)):
        f1, ticks = after[name]
        cell = f"{before[name][0]:.2f}" if name in before else "–"
        table.add_row("mean" if name == "all" else name, f"{ticks / TICKS_HZ:.0f}", cell, f"{f1:.2f}")
    console.print(table)
    console.print(f"Taught from {labelled_s:.0f} labelled seconds of {sessions} sessions.", highlight=False)
