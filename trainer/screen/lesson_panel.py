"""The step at hand: what is asked for, for how long still, and what comes next."""

from __future__ import annotations

from math import ceil, isfinite

from trainer.coach.practice import Lesson, Phase
from trainer.coach.routine import Step, text_in
from trainer.model import Image
from trainer.screen.layout import Box, Layout
from trainer.screen.panels import backing
from trainer.screen.sprite import lay, plate
from trainer.screen.text import CAP_HEIGHT, draw_text, fitted, width_of, wrapped
from trainer.screen.theme import Theme
from trainer.screen.wording import clock
from trainer.words.words import Words

_SMALLEST = 3.0
"""Text is never made smaller than this many units to fit; then it is shortened."""


def asked(lesson: Lesson, words: Words) -> str | None:
    """What the practice itself asks for just now, in the cue's place; None while work goes on."""
    phases = {Phase.READY: "ready", Phase.AWAY: "away", Phase.DONE: "done"}
    return words.say("practice", phases[lesson.phase]) if lesson.phase in phases else None


def draw_lesson(image: Image, places: Layout, lesson: Lesson, words: Words, theme: Theme) -> None:
    """Draw the panel in place, and the countdown in the middle of the picture."""
    unit = places.unit
    step = lesson.step
    box = places.lesson
    if step is not None:
        if places.compact:
            _draw_step_briefly(image, box, lesson, step, words, theme, unit)
        else:
            _draw_step(image, box, lesson, step, words, theme, unit)
    elif lesson.plan.blind:
        text, size = fitted(
            words.say("practice", "blind"), round(theme.body * unit), theme.strong_weight, box.width - 4.4 * unit
        )
        backing(image, Box(box.x, box.y, box.width, round(7.0 * unit)), theme, unit)
        draw_text(image, text, box.x + 2.2 * unit, box.y + 4.7 * unit, size, theme.ink, theme.strong_weight)
    if lesson.phase is Phase.COUNT:
        _draw_count(image, places, lesson.count, theme)


def _draw_step(
    image: Image, box: Box, lesson: Lesson, step: Step, words: Words, theme: Theme, unit: float
) -> None:
    backing(image, box, theme, unit)
    left, right = box.x + 2.2 * unit, box.right - 2.2 * unit
    small, title = (round(size * unit) for size in (theme.small, theme.title))
    steps = len(lesson.plan.steps)
    head = words.say("practice", "step", number=lesson.number + 1, steps=steps) if steps > 1 else lesson.plan.name
    if lesson.plan.blind:
        head = words.say("practice", "blind_step", number=lesson.number + 1, steps=steps)
    time_left = _time(lesson)
    room = right - left - width_of(time_left, title, theme.strong_weight) - 2 * unit
    text, size = fitted(head, small, theme.regular_weight, room, round(_SMALLEST * unit))
    draw_text(image, text, left, box.y + 4.7 * unit, size, theme.soft)
    draw_text(image, time_left, right, box.y + 5.4 * unit, title, theme.ink, theme.strong_weight, "right")
    text, size = fitted(_name(step, words), title, theme.strong_weight, right - left, small)
    draw_text(image, text, left, box.y + 11.0 * unit, size, theme.ink, theme.strong_weight)
    _bar(image, lesson, step, left, right, box.y + 13.4 * unit, theme, unit)
    note = text_in(step.note, words.language) or _zones(step, words, small, theme, right - left)
    note = note or words.named("how", step.technique, "")
    for k, line in enumerate(wrapped(note, small, theme.regular_weight, right - left, 2)):
        draw_text(image, line, left, box.y + (18.4 + 4.0 * k) * unit, small, theme.ink)
    after = lesson.next_step
    told = (
        words.say("practice", "then", technique=words.named("techniques", after.technique, after.technique))
        if after is not None
        else words.say("practice", "last_step") if steps > 1 else ""
    )
    text, size = fitted(told, small, theme.regular_weight, right - left, round(_SMALLEST * unit))
    draw_text(image, text, left, box.y + 27.2 * unit, size, theme.soft)


def _draw_step_briefly(
    image: Image, box: Box, lesson: Lesson, step: Step, words: Words, theme: Theme, unit: float
) -> None:
    backing(image, box, theme, unit)
    left, right = box.x + 2.2 * unit, box.right - 2.2 * unit
    body, title = round(theme.body * unit), round(theme.title * unit)
    time_left = _time(lesson)
    room = right - left - width_of(time_left, title, theme.strong_weight) - 2 * unit
    text, size = fitted(_name(step, words), title, theme.strong_weight, room, body)
    draw_text(image, text, left, box.y + 5.9 * unit, size, theme.ink, theme.strong_weight)
    draw_text(image, time_left, right, box.y + 5.9 * unit, title, theme.ink, theme.strong_weight, "right")
    _bar(image, lesson, step, left, right, box.y + 7.9 * unit, theme, unit)


def _zones(step: Step, words: Words, size: int, theme: Theme, room: float) -> str:
    """The step's zones, as many as two lines take, and how many more there are."""
    names = [words.named("short_zones", zone) for zone in step.zones]
    for left_out in range(len(names)):
        told = ", ".join(names[: len(names) - left_out]) + (f" +{left_out}" if left_out else "")
        if not any(line.endswith("…") for line in wrapped(told, size, theme.regular_weight, room, 2)):
            return told
    return ""


def _time(lesson: Lesson) -> str:
    return clock(ceil(lesson.left_s)) if isfinite(lesson.left_s) else clock(lesson.worked_s)


def _name(step: Step, words: Words) -> str:
    name = words.named("techniques", step.technique, step.technique)
    return name if step.foot is None else f"{name} · {words.named('feet', step.foot)}"


def _bar(
    image: Image, lesson: Lesson, step: Step, left: float, right: float, top: float, theme: Theme, unit: float
) -> None:
    height, width = max(2, round(1.1 * unit)), round(right - left)
    lay(image, plate(width, height, height // 2, theme.unworked, 1.0), round(left), round(top))
    share = min(lesson.worked_s / step.seconds, 1.0) if isfinite(step.seconds) else 0.0
    done = round(share * width)
    if done > height:
        lay(image, plate(done, height, height // 2, theme.work, 1.0), round(left), round(top))


def _draw_count(image: Image, places: Layout, count: int, theme: Theme) -> None:
    """The seconds until it begins, so large that they are read from the corner of an eye."""
    unit = places.unit
    side, size = round(26 * unit), round(20 * unit)
    x, y = (places.width - side) // 2, (places.height - side) // 2
    lay(image, plate(side, side, side // 2, theme.back, theme.back_alpha), x, y)
    middle = y + side / 2 + CAP_HEIGHT * size / 2
    draw_text(image, str(count), x + side / 2, middle, size, theme.ink, theme.strong_weight, "centre")
