"""The panel of the current stroke: name, confidence, hands, the rate against its preset, the last beats."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan

import numpy as np

from trainer.coach.tempo import Beat
from trainer.model import Image, Moment
from trainer.screen.gauge import draw_gauge
from trainer.screen.layout import Layout
from trainer.screen.lines import dots, lines, ring
from trainer.screen.sprite import lay, plate
from trainer.screen.text import CAP_HEIGHT, draw_text, fitted
from trainer.screen.theme import Theme
from trainer.screen.wording import hold_words, pace_words
from trainer.strokes.techniques import REST, Technique
from trainer.words.words import Words


@dataclass(frozen=True)
class Reading:
    """What the gauge shows: a value in a range; ``unit`` and ``word`` are keys of the texts. NaN and None where nothing
    is to be shown."""

    value: float
    span: tuple[float, float] | None
    unit: str
    word: str
    good: bool


def reading_of(moment: Moment, technique: Technique | None) -> Reading:
    """The gauge's reading: cycles a minute, or for a static hold the seconds it has lasted."""
    if technique is None or technique.id == REST:
        return Reading(nan, None, "a_minute", "", False)
    if technique.rate_range is None and technique.hold_s is not None:
        cycles = moment.recent_cycles_s
        held = moment.frame.time_s - cycles[-1] if cycles else nan
        return Reading(held, technique.hold_s, "seconds_held", *hold_words(held, *technique.hold_s))
    if technique.rate_range is None:
        return Reading(moment.rate_per_min, None, "a_minute", "", False)
    return Reading(
        moment.rate_per_min, technique.rate_range, "a_minute", *pace_words(moment.rate_per_min, *technique.rate_range)
    )


def draw_stroke_panel(
    image: Image, layout: Layout, moment: Moment, technique: Technique | None, words: Words, theme: Theme
) -> None:
    """Draw the panel in place (compact: without how sure the name is)."""
    box, unit = layout.stroke, layout.unit
    lay(image, plate(box.width, box.height, round(1.6 * unit), theme.back, theme.back_alpha), box.x, box.y)
    left, right = box.x + 2.2 * unit, box.right - 2.2 * unit
    reading = reading_of(moment, technique)
    _name(image, moment, technique, words, theme, unit, left, right, box.y + 6.0 * unit)
    if not layout.compact:
        _confidence(image, moment, technique, words, theme, unit, left, right, box.y + 10.4 * unit)
    if technique is not None and technique.id != REST:
        _figure(image, reading, words, theme, unit, left, right, box.bottom - 15.0 * unit)
        _gauge(image, reading, theme, unit, left, right, box.bottom - 12.0 * unit)
    span = reading.span if technique is not None and technique.rate_range is not None else None
    _beats(image, moment, span, theme, unit, left, right, box.bottom - 2.8 * unit)


def _name(
    image: Image, moment: Moment, technique: Technique | None, words: Words, theme: Theme, unit: float, left: float,
    right: float, baseline: float,
) -> None:  # fmt: skip
    working = technique is not None and technique.id != REST
    name = words.named("techniques", technique.id, technique.name) if technique else words.say("screen", "not_sure")
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
        letter = words.named("letters", side)
        draw_text(image, letter, centre[0, 0], middle + CAP_HEIGHT * small / 2, small, theme.casing, 700, "centre")


def _confidence(
    image: Image, moment: Moment, technique: Technique | None, words: Words, theme: Theme, unit: float, left: float,
    right: float, baseline: float,
) -> None:  # fmt: skip
    small = round(theme.small * unit)
    if technique is not None and technique.id == REST:
        draw_text(image, words.say("screen", "no_stroke"), left, baseline, small, theme.soft)
        return
    share = moment.judgement.confidence
    if not isfinite(share):
        return
    share = min(max(share, 0.0), 1.0)
    told = words.say("screen", "sure" if technique is not None else "best_guess", share=f"{100 * share:.0f}")
    draw_text(image, told, left, baseline, small, theme.soft)
    # Ten small steps rather than a smooth bar: a confidence isn't known to the per cent.
    lit = round(10 * share)
    step, height = 1.5 * unit, round(1.5 * unit)
    first = right - 10 * step
    for i in range(10):
        colour = (theme.ink if technique is not None else theme.faint) if i < lit else theme.unworked
        block = plate(max(1, round(step - 0.45 * unit)), height, max(1, round(0.3 * unit)), colour, 1.0)
        lay(image, block, round(first + i * step), round(baseline - CAP_HEIGHT * small / 2 - height / 2))


def _figure(
    image: Image, reading: Reading, words: Words, theme: Theme, unit: float, left: float, right: float, baseline: float
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
    draw_text(image, words.say("screen", reading.unit), x, baseline, small, theme.soft)
    if reading.word:
        top = baseline - CAP_HEIGHT * (size - small)
        _mark(image, reading.good, theme, unit, right - 1.1 * unit, top - CAP_HEIGHT * small / 2)
        word, fit = fitted(words.say("pace", reading.word), small, theme.strong_weight, right - 2.8 * unit - x)
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
    ends = draw_gauge(image, reading.value, reading.span, left, right, top, height, theme, unit)
    for value, x in zip(reading.span or (), ends, strict=False):
        draw_text(image, f"{value:.0f}", x, top + height + 3.2 * unit, small, theme.soft, align="centre")


def _beats(
    image: Image, moment: Moment, span: tuple[float, float] | None, theme: Theme, unit: float, left: float,
    right: float, middle: float,
) -> None:  # fmt: skip
    """The last cycles on a line that moves left, now at its right end; beats off the preset's interval are hollow."""
    lines(image, [np.array([[left, middle], [right, middle]])], theme.faint, max(1, round(0.2 * unit)))
    lines(image, [np.array([[right, middle - 1.3 * unit], [right, middle + 1.3 * unit]])], theme.soft,
          max(1, round(0.3 * unit)))  # fmt: skip
    window = beat_window_s(span)
    if moment.lesson is not None and moment.lesson.beat is not None:
        _led(image, moment.lesson.beat, moment.frame.time_s, window, theme, unit, left, right, middle)
    cycles = np.asarray(moment.recent_cycles_s, float)
    if not len(cycles):
        return
    ago = moment.frame.time_s - cycles
    gaps = np.concatenate([[nan], np.diff(cycles)])
    shown = (ago >= 0) & (ago <= window)
    centres = np.column_stack([right - ago / window * (right - left), np.full(len(ago), middle)])
    good = np.array([in_beat(gap, span) for gap in gaps])
    dots(image, centres[shown], theme.casing, 1.3 * unit)
    dots(image, centres[shown & good], theme.work, 1.0 * unit)
    for centre in centres[shown & ~good]:
        ring(image, centre, theme.soft, 0.85 * unit, max(1, round(0.35 * unit)))


def _led(
    image: Image, beat: Beat, now_s: float, window: float, theme: Theme, unit: float, left: float, right: float,
    middle: float,
) -> None:  # fmt: skip
    """The metronome's beats as strokes across the line, accents longer; a beat swells at the right end as it comes."""
    for at, accented in beat.times(now_s - window, now_s):
        x = right - (now_s - at) / window * (right - left)
        half = (2.1 if accented else 1.4) * unit
        lines(image, [np.array([[x, middle - half], [x, middle + half]])], theme.soft, max(1, round(0.25 * unit)))
    swell = max(1.0 - 3.0 * beat.phase(now_s), 0.0)
    if swell > 0:
        dots(image, np.array([[right, middle]]), theme.ink, (0.6 + 1.3 * swell) * unit)


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
