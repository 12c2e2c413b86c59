"""The one screen after a session: what went well, one thing to work on, rhythm, the map, and against last time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

import numpy as np

from trainer.library.measures import Measures, measures_of
from trainer.model import Coverage, Data, Image
from trainer.score.against_plan import bands_of
from trainer.score.figures.axis import share
from trainer.score.takeaway import takeaway
from trainer.screen.coverage_map import CoverageMap, map_shape
from trainer.screen.gauge import draw_gauge
from trainer.screen.layout import Box, layout
from trainer.screen.lines import lines
from trainer.screen.panels import legend
from trainer.screen.sprite import lay, plate
from trainer.screen.text import CAP_HEIGHT, draw_text, fitted, wrapped
from trainer.screen.theme import Colour, Theme
from trainer.screen.wording import clock
from trainer.strokes.techniques import Techniques
from trainer.words.words import Words

MOST_ROWS = 5
_SMALLEST = 2.6


@dataclass(frozen=True)
class Row:
    """One technique: its rate (NaN where not known) in the band taught (None: there is none)."""

    name: str
    rate_per_min: float
    band: tuple[float, float] | None


@dataclass(frozen=True)
class Compared:
    """One measure beside last time's. ``better`` is +1, -1, or 0 where it is alike or can't be told."""

    label: str
    now: str
    before: str
    better: int


@dataclass(frozen=True, eq=False)
class Summary:
    """All that the screen says. ``against`` says with what it is compared."""

    title: str
    duration_s: float
    went_well: str | None
    work_on: str | None
    rows: tuple[Row, ...]
    coverage: Coverage | None
    compared: tuple[Compared, ...]
    against: str


def summary_of(
    card: Data, coverage: Sequence[Coverage], title: str, techniques: Techniques, words: Words,
    before: tuple[datetime, Measures] | None = None,
) -> Summary:  # fmt: skip
    """The summary of a scorecard. ``before``: when the session to compare with was, and its measures."""
    names = {t.id: words.named("techniques", t.id, t.name) for t in techniques.values()}
    told = takeaway(card, names, words.tables["zones"], words)
    now, bands = measures_of(card), bands_of(card)
    rows = sorted(now.techniques.items(), key=lambda item: -item[1].seconds)[:MOST_ROWS]
    nan = float("nan")
    return Summary(
        title, now.duration_s, told.went_well, told.work_on,
        tuple(
            Row(names.get(t, t), nan if m.rate_per_min is None else m.rate_per_min,
                bands.get(t, techniques[t].rate_range))
            for t, m in rows if t in techniques
        ),
        coverage[0] if coverage else None,
        *_against_what(card, now, before, words),
    )  # fmt: skip


def _against_what(
    card: Data, now: Measures, before: tuple[datetime, Measures] | None, words: Words
) -> tuple[tuple[Compared, ...], str]:
    practice = card.get("practice")
    if practice is not None and practice["mode"] == "teacher":
        alike = [(words.say("summary", key), practice[key]) for key in ("order_alike", "tempo_alike", "map_alike")]
        unseen = Compared(words.say("summary", "unseen"), share(now.unseen_share), "", 0)
        return (*(Compared(label, share(value), "", 0) for label, value in alike), unseen), words.say(
            "summary", "teacher"
        )
    if before is None:
        return _compared(now, None, words), words.say("summary", "first")
    return _compared(now, before[1], words), words.say("summary", "since", day=f"{before[0]:%Y-%m-%d}")


def _compared(now: Measures, before: Measures | None, words: Words) -> tuple[Compared, ...]:
    out = []
    for key, name, sign in (
        ("in_range_share", "in_range", 1), ("steadiness", "steady", 1), ("worked_share", "worked", 1),
        ("unseen_share", "unseen", -1),
    ):  # fmt: skip
        a, b = getattr(now, key), getattr(before, key) if before is not None else None
        # Less than three points in a hundred is chance.
        better = 0 if a is None or b is None or abs(a - b) < 0.03 else sign * (1 if a > b else -1)
        out.append(Compared(words.say("summary", name), share(a), share(b) if before is not None else "", better))
    return tuple(out)


def draw_summary(
    summary: Summary, words: Words, theme: Theme | None = None, size: tuple[int, int] = (1280, 720)
) -> Image:
    """The screen, (H, W, 3)."""
    theme = theme or Theme()
    image = np.full((size[1], size[0], 3), theme.back, np.uint8)
    unit = layout(*size).unit
    across, down = size[0] / unit, size[1] / unit
    middle = across - 46.0

    def box(x: float, y: float, w: float, h: float) -> Box:
        return Box(round(x * unit), round(y * unit), round(w * unit), round(h * unit))

    _head(image, summary, words, box(4, 3, across - 8, 9), theme, unit)
    card = middle - 8
    _card(image, words.say("summary", "went_well"), summary.went_well, theme.work, box(4, 14, card, 17), theme, unit)
    work_on = summary.work_on or words.say("summary", "nothing_stands_out")
    _card(image, words.say("summary", "work_on"), work_on, theme.right, box(4, 32.5, card, 17), theme, unit)
    _rhythm(image, summary.rows, words, box(4, 52, card, 30), theme, unit)
    _map(image, summary.coverage, words, box(middle, 14, 42, 68), theme, unit)
    _against(image, summary, box(4, 83.5, across - 8, 12), theme, unit)
    closes = words.say("summary", "close")
    draw_text(image, closes, (across - 4) * unit, (down - 1.6) * unit, round(2.8 * unit), theme.faint, align="right")
    return image


def _head(image: Image, summary: Summary, words: Words, box: Box, theme: Theme, unit: float) -> None:
    title = summary.title or words.say("summary", "title")
    size = round(6.2 * unit)
    text, size = fitted(title, size, theme.strong_weight, box.width - 24 * unit, round(theme.title * unit))
    draw_text(image, text, box.x, box.y + 6.0 * unit, size, theme.ink, theme.strong_weight)
    draw_text(image, clock(summary.duration_s), box.right, box.y + 6.0 * unit, size, theme.soft, align="right")


def _card(image: Image, head: str, text: str | None, colour: Colour, box: Box, theme: Theme, unit: float) -> None:
    lay(image, plate(box.width, box.height, round(1.6 * unit), theme.unworked, 0.55), box.x, box.y)
    bar = plate(max(2, round(0.9 * unit)), round(box.height - 4 * unit), max(1, round(0.4 * unit)), colour, 1.0)
    lay(image, bar, round(box.x + 1.8 * unit), round(box.y + 2 * unit))
    left, small, body = box.x + 5 * unit, round(theme.small * unit), round(theme.body * unit)
    draw_text(image, head, left, box.y + 4.6 * unit, small, theme.soft)
    room = box.width - 7 * unit
    rows = wrapped(text or "–", body, theme.strong_weight, room, 2)
    size, first, step = body, 9.4, 4.7
    if any(row.endswith("…") for row in rows):
        rows, size, first, step = wrapped(text or "–", small, theme.strong_weight, room, 3), small, 8.6, 3.55
    for k, row in enumerate(rows):
        draw_text(image, row, left, box.y + (first + step * k) * unit, size, theme.ink, theme.strong_weight)


def _rhythm(image: Image, rows: Sequence[Row], words: Words, box: Box, theme: Theme, unit: float) -> None:
    small, body = round(theme.small * unit), round(theme.body * unit)
    draw_text(image, words.say("summary", "rhythm"), box.x, box.y + 3.0 * unit, small, theme.soft)
    for k, row in enumerate(rows):
        base = box.y + (8.4 + 5.0 * k) * unit
        text, size = fitted(row.name, body, theme.regular_weight, 26 * unit, round(_SMALLEST * unit))
        draw_text(image, text, box.x, base, size, theme.ink)
        known = isfinite(row.rate_per_min)
        told = words.say("summary", "per_minute" if known else "no_rate", rate=f"{row.rate_per_min:.0f}")
        text, size = fitted(told, body, theme.regular_weight, 21 * unit, round(_SMALLEST * unit))
        draw_text(image, text, box.x + 27.5 * unit, base, size, theme.ink if known else theme.faint)
        if row.band is not None:
            height, middle = max(2, round(1.5 * unit)), base - CAP_HEIGHT * body / 2
            ends = box.x + 50 * unit, float(box.right)
            draw_gauge(image, row.rate_per_min, row.band, *ends, middle - height / 2, height, theme, unit)


def _map(image: Image, coverage: Coverage | None, words: Words, box: Box, theme: Theme, unit: float) -> None:
    small = round(theme.small * unit)
    lay(image, plate(box.width, box.height, round(1.6 * unit), theme.unworked, 0.55), box.x, box.y)
    draw_text(image, words.say("summary", "map"), box.x + 2.5 * unit, box.y + 4.6 * unit, small, theme.soft)
    if coverage is None:
        return
    room = (round(box.width - 6 * unit), round(box.height - 20 * unit))
    shape = map_shape(coverage.view, coverage.side, False, room)
    sprite = CoverageMap(theme).sprite(coverage, shape)
    lay(image, sprite, round(box.x + (box.width - shape.width) / 2), round(box.y + 7.5 * unit))
    for k, (text, _) in enumerate(legend(coverage, words)):
        base = box.bottom - (6.6 - 4.2 * k) * unit
        draw_text(image, text, box.x + box.width / 2, base, small, theme.ink if k == 0 else theme.soft, align="centre")


def _against(image: Image, summary: Summary, box: Box, theme: Theme, unit: float) -> None:
    small, body = round(theme.small * unit), round(theme.body * unit)
    draw_text(image, summary.against, box.x, box.y + 2.6 * unit, small, theme.soft)
    step = box.width / max(len(summary.compared), 1)
    for k, compared in enumerate(summary.compared):
        left, base = box.x + k * step, box.y + 7.4 * unit
        x = left + draw_text(image, compared.now, left, base, body, theme.ink, theme.strong_weight) + 1.0 * unit
        if compared.better:
            x += _arrow(image, x, base - CAP_HEIGHT * body / 2, compared.better > 0, theme, unit)
        if compared.before not in ("", "–"):
            draw_text(image, f"({compared.before})", x, base, small, theme.soft)
        text, size = fitted(compared.label, small, theme.regular_weight, step - 1.5 * unit, round(_SMALLEST * unit))
        draw_text(image, text, left, base + 3.9 * unit, size, theme.soft)


def _arrow(image: Image, x: float, y: float, better: bool, theme: Theme, unit: float) -> float:
    """Upwards is better, downwards is not: by shape, and by colour."""
    up = -1.0 if better else 1.0
    shape = np.array([[0.0, -up * 1.1], [1.1, up * 1.1], [2.2, -up * 1.1]]) * unit + (x, y)
    lines(image, [shape], theme.work if better else theme.warn, max(2, round(0.5 * unit)))
    return 3.4 * unit
