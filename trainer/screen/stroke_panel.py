"""The panel of the current stroke: name, confidence, hands, the rate against its preset, the last beats."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan

import numpy as np

from trainer.model import Image, Moment
from trainer.screen.layout import Box
from trainer.screen.lines import dots, lines, ring
from trainer.screen.sprite import lay, plate
from trainer.screen.text import CAP_HEIGHT, draw_text, fitted
from trainer.screen.theme import Theme
from trainer.screen.wording import hold_words, pace_words
from trainer.strokes.techniques import REST, Technique


@dataclass(frozen=True)
class Reading:
    """What the gauge shows: a value in a range. NaN and None where there is nothing to show."""

    value: float
    span: tuple[float, float] | None
    unit: str
    word: str
    good: bool


def reading_of(moment: Moment, technique: Technique | None) -> Reading:
    """The gauge's reading: cycles a minute, or for a static hold the seconds it has lasted."""
    if technique is None or technique.id == REST:
        return Reading(nan, None, "a minute", "", False)
    if technique.rate_range is None and technique.hold_s is not None:
        cycles = moment.recent_cycles_s
        held = moment.frame.time_s - cycles[-1] if cycles else nan
        return Reading(held, technique.hold_s, "seconds held", *hold_words(held, *technique.hold_s))
    if technique.rate_range is None:
        return Reading(moment.rate_per_min, None, "a minute", "", False)
    return Reading(
        moment.rate_per_min, technique.rate_range, "a minute", *pace_words(moment.rate_per_min, *technique.rate_range)
    )


def draw_stroke_panel(
    image: Image, box: Box, moment: Moment, technique: Technique | None, theme: Theme, unit: float
) -> None:
    """Draw the panel in place."""
    lay(image, plate(box.width, box.height, round(1.6 * unit), theme.back, theme.back_alpha), box.x, box.y)
    left, right = box.x + 2.2 * unit, box.right - 2.2 * unit
    reading = reading_of(moment, technique)
    _name(image, moment, technique, theme, unit, left, right, box.y + 6.0 * unit)
    _confidence(image, moment, technique, theme, unit, left, right, box.y + 10.4 * unit)
    if technique is not None and technique.id != REST:
        _figure(image, reading, theme, unit, left, right, box.y + 19.0 * unit)
        _gauge(image, reading, theme, unit, left, right, box.y + 22.0 * unit)
    span = reading.span if technique is not None and technique.rate_range is not None else None
    _beats(image, moment, span, theme, unit, left, right, box.y + 31.2 * unit)


def _name(
    image: Image, moment: Moment, technique: Technique | None, theme: Theme, unit: float, left: float, right: float,
    baseline: float,
) -> None:  # fmt: skip
    working = technique is not None and technique.id != REST
    name = technique.name if technique is not None else "Not sure"
    size, small = round(theme.title * unit), round(theme.small * unit)
    hands = moment.judgement.hands if working else ()
    text, size = fitted(
        name, size, theme.strong_weight, right - left - (5.2 * unit * len(hands)), round(theme.body * unit)
    )  # fmt: skip
    draw_text(image, text, left, baseline, size, theme.ink if working else theme.soft, theme.strong_weight)
    middle = baseline - CAP_HEIGHT * theme.title * unit / 2
    for i, side in enumerate(reversed(hands)):
        centre = np.array([[right - (2.1 + 4.9 * i) * unit, middle]])
        dots(image, centre, theme.hand(side), 2.1 * unit)
        draw_text(
            image, side[0].upper(), centre[0, 0], middle + CAP_HEIGHT * small / 2, small, theme.casing, 700, "centre"
        )  # fmt: skip


def _confidence(
    image: Image, moment: Moment, technique: Technique | None, theme: Theme, unit: float, left: float, right: float,
    baseline: float,
) -> None:  # fmt: skip
    small = round(theme.small * unit)
    if technique is not None and technique.id == REST:
        draw_text(image, "no stroke", left, baseline, small, theme.soft)
        return
    share = moment.judgement.confidence
    if not isfinite(share):
        return
    share = min(max(share, 0.0), 1.0)
    words = f"{100 * share:.0f} % sure" if technique is not None else f"best guess {100 * share:.0f} %"
    draw_text(image, words, left, baseline, small, theme.soft)
    # Ten small steps rather than a smooth bar: a confidence isn't known to the per cent.
    lit = round(10 * share)
    step, height = 1.5 * unit, round(1.5 * unit)
    first = right - 10 * step
    for i in range(10):
        colour = (theme.ink if technique is not None else theme.faint) if i < lit else theme.unworked
        block = plate(max(1, round(step - 0.45 * unit)), height, max(1, round(0.3 * unit)), colour, 1.0)
        lay(image, block, round(first + i * step), round(baseline - CAP_HEIGHT * small / 2 - height / 2))


def _figure(
    image: Image, reading: Reading, theme: Theme, unit: float, left: float, right: float, baseline: float
) -> None:
    size, small = round(theme.figure * unit), round(theme.small * unit)
    if not isfinite(reading.value) and reading.span is None:
        draw_text(image, "–", left, baseline, size, theme.faint, theme.strong_weight)
        return
    # Three digits' room, right-aligned: the number stands still while it changes.
    room = 0.675 * size * 3
    number = f"{min(reading.value, 999):.0f}" if isfinite(reading.value) else "–"
    ink = theme.ink if isfinite(reading.value) else theme.faint
    draw_text(image, number, left + room, baseline, size, ink, theme.strong_weight, "right")
    x = left + room + 1.4 * unit
    draw_text(image, reading.unit, x, baseline, small, theme.soft)
    if reading.word:
        top = baseline - CAP_HEIGHT * (size - small)
        _mark(image, reading.good, theme, unit, right - 1.1 * unit, top - CAP_HEIGHT * small / 2)
        word, fit = fitted(reading.word, small, theme.strong_weight, right - 2.8 * unit - x)
        draw_text(image, word, x, top, fit, theme.ink, theme.strong_weight)


def _mark(image: Image, good: bool, theme: Theme, unit: float, x: float, y: float) -> None:
    """A tick or an exclamation triangle: the verdict by shape, too."""
    thick = max(1, round(0.45 * unit))
    if good:
        tick = np.array([[-1.1, 0.0], [-0.3, 0.9], [1.1, -1.0]]) * unit + (x, y)
        lines(image, [tick], theme.work, thick)
    else:
        ring(image, np.array([x, y]), theme.warn, 1.1 * unit, thick)


def _gauge(image: Image, reading: Reading, theme: Theme, unit: float, left: float, right: float, top: float) -> None:
    height, small = max(2, round(2.0 * unit)), round(theme.small * unit)
    width = round(right - left)
    lay(image, plate(width, height, height // 2, theme.unworked, 1.0), round(left), round(top))
    if reading.span is None:
        return
    low, high = reading.span
    begin, end = gauge_ends(low, high)
    x_low, x_high, x = (float(np.interp(v, (begin, end), (left, right))) for v in (low, high, reading.value))
    lay(image, plate(round(x_high - x_low), height, height // 2, theme.work, 0.85), round(x_low), round(top))
    draw_text(image, f"{low:.0f}", x_low, top + height + 3.2 * unit, small, theme.soft, align="centre")
    draw_text(image, f"{high:.0f}", x_high, top + height + 3.2 * unit, small, theme.soft, align="centre")
    if isfinite(reading.value):
        x = min(max(x, left + 0.5 * unit), right - 0.5 * unit)
        needle = [np.array([[x, top - 0.8 * unit], [x, top + height + 0.7 * unit]])]
        lines(image, needle, theme.casing, max(3, round(1.5 * unit)))
        lines(image, needle, theme.ink, max(2, round(0.75 * unit)))


def gauge_ends(low: float, high: float) -> tuple[float, float]:
    """The values at the gauge's ends: the preset takes about the middle half."""
    spare = 0.5 * (high - low)
    return max(0.0, low - max(spare, 0.3 * low)), high + max(spare, 0.3 * high)


def _beats(
    image: Image, moment: Moment, span: tuple[float, float] | None, theme: Theme, unit: float, left: float,
    right: float, middle: float,
) -> None:  # fmt: skip
    """The last cycles on a line that moves left, now at its right end; beats off the preset's interval are hollow."""
    lines(image, [np.array([[left, middle], [right, middle]])], theme.faint, max(1, round(0.2 * unit)))
    lines(image, [np.array([[right, middle - 1.3 * unit], [right, middle + 1.3 * unit]])], theme.soft,
          max(1, round(0.3 * unit)))  # fmt: skip
    cycles = np.asarray(moment.recent_cycles_s, float)
    if not len(cycles):
        return
    window = beat_window_s(span)
    ago = moment.frame.time_s - cycles
    gaps = np.concatenate([[nan], np.diff(cycles)])
    shown = (ago >= 0) & (ago <= window)
    centres = np.column_stack([right - ago / window * (right - left), np.full(len(ago), middle)])
    good = np.array([in_beat(gap, span) for gap in gaps])
    dots(image, centres[shown], theme.casing, 1.3 * unit)
    dots(image, centres[shown & good], theme.work, 1.0 * unit)
    for centre in centres[shown & ~good]:
        ring(image, centre, theme.soft, 0.85 * unit, max(1, round(0.35 * unit)))


def in_beat(gap_s: float, span: tuple[float, float] | None) -> bool:
    """Whether an interval between two cycles fits the preset (10 % tolerance); True where there is none to judge."""
    if span is None or not isfinite(gap_s):
        return True
    return 60 / span[1] / 1.1 <= gap_s <= 60 / span[0] * 1.1


def beat_window_s(span: tuple[float, float] | None) -> float:
    """Seconds that the beat strip shows: about eight cycles at the preset's middle, 4 to 40 s."""
    if span is None:
        return 8.0
    return min(max(8 * 60 / ((span[0] + span[1]) / 2), 4.0), 40.0)
