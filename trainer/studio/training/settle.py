"""Settling how the network's odds become labels, on clips of the split tune: its temperature, then its manner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy.optimize import minimize, minimize_scalar

from trainer.model import SIDES, Floats
from trainer.score.metrics import match_events
from trainer.score.stroke_tally import NOT_SURE, macro_f1
from trainer.strokes.beats import Beats
from trainer.strokes.belief import Manner, followed, labels_of
from trainer.strokes.learned import AT_ONCE_S
from trainer.strokes.network import BEAT_S, StrokesNetwork
from trainer.strokes.ticks import TICKS_HZ
from trainer.strokes.workers import Workers
from trainer.studio.training.takes import UNKNOWN, Stretch, Take

_SHARPNESS = (3.0, 5.0, 8.0, 12.0)
_CHANGES = (0.03, 0.1, 0.3)
_SURE = (0.35, 0.5, 0.65, 0.8, 0.92)
_KEEP = (0.1, 0.2, 0.35, 0.6, 0.85)
_SWING = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
_GAIN = (5.0, 8.0, 12.0, 18.0)
_BEAT = (0.6, 0.7, 0.8, 0.9, 0.95)
_FLIP_COSTS = 0.02
"""So much of macro-F1 is given for one flip a minute less: a label that flickers teaches nothing."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What the network says of a take: technique (N, K) log odds, phase (N, 2, 2), working (N, 2) log odds."""

    technique: Floats
    phase: Floats
    working: Floats


def answers(network: StrokesNetwork, take: Take) -> Answers:
    told = network.over(take.inputs)
    return Answers(
        *(np.stack([getattr(t, name) for t in told]).astype(float) for name in ("technique", "phase", "working"))
    )


def settle(network: StrokesNetwork, takes: Sequence[Take], cycles: Mapping[str, Sequence[Stretch]]) -> dict[str, float]:
    """The calibration that is kept with the network. cycles: by a take's name, its true strokes."""
    said = [answers(network, take) for take in takes]
    temperature = _temperature(said, takes)
    best, best_score = Manner(temperature=temperature), -np.inf
    for sharpness in _SHARPNESS:
        for changes in _CHANGES:
            for sure in _SURE:
                for keep in (k for k in _KEEP if k < sure):
                    manner = Manner(temperature, sharpness, changes, sure, keep)
                    score = _score(network, said, takes, manner)
                    if score > best_score:
                        best, best_score = manner, score
    working, swing = _working(said, takes)
    best = replace(best, working=working, swing=swing)
    gain, beat = _beats(said, takes, cycles, best)
    best = replace(best, gain=gain, beat=beat)
    best = replace(best, lag_s=_lag(network, said, takes, cycles, best))
    slope, shift = _confidence(network, said, takes, best)
    return asdict(replace(best, slope=slope, shift=shift))


def _temperature(said: Sequence[Answers], takes: Sequence[Take]) -> float:
    odds = np.concatenate([a.technique for a in said])
    true = np.concatenate([t.technique for t in takes])
    odds, true = odds[true != UNKNOWN], true[true != UNKNOWN]

    def loss(log_t: float) -> float:
        z = odds / np.exp(log_t)
        z = z - z.max(axis=1, keepdims=True)
        return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), true]).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-1.5, 2.0), method="bounded").x))


def _score(network: StrokesNetwork, said: Sequence[Answers], takes: Sequence[Take], manner: Manner) -> float:
    confusion = np.zeros((len(network.techniques), NOT_SURE + 1))
    flips, steady = 0, 0.0
    for answer, take in zip(said, takes, strict=True):
        names = labels_of(network.techniques, manner, answer.technique)
        said_at = np.array([NOT_SURE if n is None else network.techniques.index(n) for n in names])
        known = take.technique != UNKNOWN
        np.add.at(confusion, (take.technique[known], said_at[known]), 1)
        right = said_at == take.technique
        flips += int((right[:-1] & ~right[1:] & (take.technique[:-1] == take.technique[1:])).sum())
        steady += float(right.sum()) / TICKS_HZ / 60
    return macro_f1(confusion) - _FLIP_COSTS * flips / max(steady, 0.1)


def _beats(
    said: Sequence[Answers], takes: Sequence[Take], cycles: Mapping[str, Sequence[Stretch]], manner: Manner
) -> tuple[float, float]:
    """The gain and the sureness with which the F-measure of the repetitions is best."""
    best, best_score = (_GAIN[0], _BEAT[0]), -1.0
    for gain in _GAIN:
        for sure in _BEAT:
            hits = stamped = true = 0
            for answer, take in zip(said, takes, strict=True):
                times = stamps(answer, take, replace(manner, gain=gain, beat=sure))
                wanted = sorted(c for s in cycles[take.name] for c in s.cycles_s)
                hits += len(match_events(times, wanted))
                stamped, true = stamped + len(times), true + len(wanted)
            score = 2 * hits / max(stamped + true, 1)
            if score > best_score:
                best, best_score = (gain, sure), score
    return best


def stamps(answer: Answers, take: Take, manner: Manner) -> list[float]:
    """The repetitions of a take, of the hands that work; when, without asking what they are of."""
    beats, likely = Beats(manner.gain, manner.beat), _likely(answer, manner.swing)
    out: list[float] = []
    for time_s, phase, odds in zip(take.time_s, answer.phase, likely, strict=True):
        for beat in beats.update(time_s - BEAT_S, phase):
            if odds[SIDES.index(beat.side)] >= min(manner.working, float(odds.max())):
                out.append(beat.time_s)
    out.sort()
    return [t for k, t in enumerate(out) if not k or t - out[k - 1] > AT_ONCE_S]


def _working(said: Sequence[Answers], takes: Sequence[Take]) -> tuple[float, float]:
    """The probability from which a hand works, and how much its repetitions count for that, so that one hand and both
    are told rightly alike often, in strokes."""
    true = np.concatenate([t.working for t in takes]) > 0.5
    busy, both = true.any(axis=1), true.all(axis=1)
    best, best_score = (0.5, 1.0), -1.0
    for swing in _SWING:
        likely = np.concatenate([_likely(a, swing) for a in said])
        for least in np.arange(0.1, 0.71, 0.05):
            told = likely >= least
            none = ~told.any(axis=1)
            told[none] = np.eye(2, dtype=bool)[likely[none].argmax(axis=1)]
            right = (told == true).all(axis=1)
            score = float(right[busy & both].mean() + right[busy & ~both].mean())
            if score > best_score:
                best, best_score = (float(least), swing), score
    return best


def _likely(answer: Answers, swing: float) -> Floats:
    """(N, 2) how likely each hand works, as the recogniser reckons it."""
    workers = Workers(swing)
    return np.stack([workers.update(*each) for each in zip(answer.working, answer.phase, strict=True)])


def _lag(
    network: StrokesNetwork,
    said: Sequence[Answers],
    takes: Sequence[Take],
    strokes: Mapping[str, Sequence[Stretch]],
    manner: Manner,
) -> float:
    """Median seconds from a stroke's onset to its label, of the strokes that get theirs."""
    delays = []
    for answer, take in zip(said, takes, strict=True):
        names = labels_of(network.techniques, manner, answer.technique)
        for stroke in strokes[take.name]:
            inside = np.flatnonzero((take.time_s >= stroke.start_s) & (take.time_s < stroke.end_s))
            right = [i for i in inside if names[i] == network.techniques[stroke.technique]]
            if right:
                delays.append(float(take.time_s[right[0]]) - stroke.start_s)
    return float(np.median(delays)) if delays else Manner().lag_s


def _confidence(
    network: StrokesNetwork, said: Sequence[Answers], takes: Sequence[Take], manner: Manner
) -> tuple[float, float]:
    """Slope and shift (Platt 1999) from the belief's log odds to those that the label is right."""
    shares, right = [], []
    for answer, take in zip(said, takes, strict=True):
        believed = followed(network.techniques, manner, answer.technique)
        for (name, share), true in zip(believed, take.technique, strict=True):
            if name is not None and true != UNKNOWN:
                shares.append(min(max(share, 1e-4), 1 - 1e-4))
                right.append(network.techniques[true] == name)
    odds, hit = np.log(np.array(shares) / (1 - np.array(shares))), np.array(right, float)

    def loss(p: Floats) -> float:
        z = p[0] * odds + p[1]
        return float((np.logaddexp(0, z) - hit * z).mean() + 1e-3 * (p[0] - 1) ** 2)

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(slope), float(shift)
