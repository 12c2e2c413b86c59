"""The quiet panels: the session with its coverage map, the cue, and what can't be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.coverage import touched_zones, unseen_share, worked_share
from trainer.foot import atlas
from trainer.model import FACES, SIDES, Coverage, Floats, Image, Moment, PostureFinding, Presence, Side
from trainer.screen.coverage_map import CoverageMap, map_shape, swatch
from trainer.screen.hud import Hud
from trainer.screen.layout import Box, Layout
from trainer.screen.lines import dots, lines, ring
from trainer.screen.sprite import lay, plate
from trainer.screen.text import CAP_HEIGHT, draw_text, fitted, width_of, wrapped
from trainer.screen.theme import Theme
from trainer.screen.wording import clock, duration
from trainer.words.words import Words

_POSTURE_STAYS_S = 1.0
_NARROWEST = 3.0
"""Text is never made smaller than this many units to fit; then it is shortened."""


def working_place(moment: Moment) -> list[tuple[Side, Floats]]:
    """Where each working hand touches the map that is shown: (side, (2,) middle in (u, v))."""
    if moment.foot.side != moment.coverage.side:
        return []
    return [(c.side, c.uv) for c in moment.contacts if FACES[c.face] == moment.coverage.view]


def draw_session_panel(
    image: Image, layout: Layout, moment: Moment, hud: Hud, maps: CoverageMap, words: Words, theme: Theme
) -> None:
    """Time, recording dot, the flat map with its legend (not when compact), the zone at hand, and the next one."""
    box, unit = layout.session, layout.unit
    backing(image, box, theme, unit)
    left, right = box.x + 2.0 * unit, box.right - 2.0 * unit
    body, small = round(theme.body * unit), round(theme.small * unit)
    draw_text(image, clock(moment.frame.time_s), left, box.y + 4.9 * unit, body, theme.ink, theme.strong_weight)
    if hud.recording:
        told = words.say("screen", "recording")
        width = draw_text(image, told, right, box.y + 4.9 * unit, small, theme.ink, theme.strong_weight, "right")
        dots(image, np.array([[right - width - 1.7 * unit, box.y + 3.6 * unit]]), theme.record, 0.95 * unit)
    below_map = 5.6 if layout.compact else 19.6
    room = (round(right - left), round(box.height - (7.4 + below_map) * unit))
    shape = map_shape(moment.coverage.view, moment.coverage.side, hud.mirror, room)
    x = round((left + right - shape.width) / 2)
    y = round(box.y + 7.4 * unit + (room[1] - shape.height) / 2)
    lay(image, maps.sprite(moment.coverage, shape), x, y)
    if moment.next_zone is not None:
        around = shape.to_pixels(atlas.zone_polygons(moment.coverage.view)[moment.next_zone]) + np.array([x, y])
        lines(image, [around], theme.casing, max(3, round(0.7 * unit)), closed=True)
        lines(image, [around], theme.ink, max(1, round(0.35 * unit)), closed=True)
    places = working_place(moment)
    for side, uv in places:
        point = shape.to_pixels(np.clip(uv, 0, 1)[None]) + np.array([x, y])
        dots(image, point, theme.casing, 1.25 * unit, side == "right")
        dots(image, point, theme.hand(side), 0.9 * unit, side == "right")
    if not layout.compact:
        _legend(image, moment, words, theme, left, right, box.y + 42.3 * unit, small, unit)
        _current_zone(image, moment, words, theme, left, right, box.y + 51.3 * unit, small, unit)
    if moment.next_zone is not None:
        told = words.say("screen", "next", zone=words.named("short_zones", moment.next_zone))
        room_px, smallest = right - left, round(_NARROWEST * unit)
        if width_of(told, smallest, theme.regular_weight) > room_px:
            told = words.named("short_zones", moment.next_zone)
        told, size = fitted(told, small, theme.regular_weight, room_px, smallest)
        draw_text(image, told, left, box.bottom - 2.2 * unit, size, theme.ink)


def _legend(
    image: Image, moment: Moment, words: Words, theme: Theme, left: float, right: float, row: float, small: int,
    unit: float,
) -> None:  # fmt: skip
    for text, hatched in legend(moment.coverage, words):
        side_px = max(4, round(2.2 * unit))
        key = swatch(side_px, theme.soft if hatched else theme.work, theme, hatched)
        lay(image, key, round(left), round(row - CAP_HEIGHT * small / 2 - side_px / 2))
        begin = left + side_px + 1.0 * unit
        text, size = fitted(text, small, theme.regular_weight, right - begin, round(_NARROWEST * unit))
        draw_text(image, text, begin, row, size, theme.soft)
        row += 4.3 * unit


def legend(coverage: Coverage, words: Words) -> list[tuple[str, bool]]:
    """The map's legend: (text, hatched) of the states, with their shares."""
    shares = {"worked": worked_share(coverage), "unseen": unseen_share(coverage)}
    return [(words.say("screen", key, share=f"{100 * share:.0f}"), key == "unseen") for key, share in shares.items()]


def _current_zone(
    image: Image, moment: Moment, words: Words, theme: Theme, left: float, right: float, baseline: float, small: int,
    unit: float,
) -> None:  # fmt: skip
    zones = touched_zones(moment.contacts, moment.coverage) if moment.foot.side == moment.coverage.side else ()
    if not zones:
        return
    zone = max(sorted(zones), key=lambda name: moment.coverage.zone_seconds.get(name, 0.0))
    seconds = duration(moment.coverage.zone_seconds.get(zone, 0.0))
    room, smallest = right - left, round(_NARROWEST * unit)
    text, size = fitted(f"{words.named('short_zones', zone)} {seconds}", small, theme.strong_weight, room, smallest)
    draw_text(image, text, left, baseline, size, theme.ink, theme.strong_weight)


def draw_cue(image: Image, box: Box, text: str, kind: str, theme: Theme, unit: float) -> None:
    """One sentence in a calm banner, in one or two lines. ``kind`` is "cue" or "notice" (the program's own)."""
    size = round(4.2 * unit)
    room = box.width - 8 * unit
    rows = wrapped(text, size, theme.strong_weight, room, 2)
    if not rows:
        return
    line = 5.2 * unit
    height = round(len(rows) * line + 2.4 * unit)
    top = box.bottom - height
    from_text = max(width_of(row, size, theme.strong_weight) for row in rows)
    width = min(box.width, round(from_text + 8 * unit))
    left = round(box.x + (box.width - width) / 2)
    backing(image, Box(left, top, width, height), theme, unit)
    bar = plate(max(2, round(0.7 * unit)), round(height - 3.2 * unit), max(1, round(0.35 * unit)),
                theme.work if kind == "cue" else theme.soft, 1.0)  # fmt: skip
    lay(image, bar, round(left + 1.6 * unit), round(top + 1.6 * unit))
    for i, row in enumerate(rows):
        baseline = top + 1.2 * unit + (i + 0.5) * line + CAP_HEIGHT * size / 2
        draw_text(image, row, left + 4.2 * unit, baseline, size, theme.ink, theme.strong_weight)


@dataclass(frozen=True)
class Chip:
    """A short status; ``brief`` is told where ``text`` doesn't fit. Icons: "unseen", "bridged", "posture", "none"."""

    text: str
    icon: str
    brief: str = ""


def foot_chip(moment: Moment, hud: Hud, words: Words) -> Chip | None:
    """What is to be said of the foot, if anything."""
    if moment.foot.presence is Presence.UNKNOWN:
        brief = words.say("screen", "foot_unseen")
        return Chip(words.say("screen", "foot_unseen_key") if hud.interactive else brief, "unseen", brief)
    held = moment.foot.presence is Presence.BRIDGED
    return Chip(words.say("screen", "foot_held"), "bridged") if held else None


def hand_chip(moment: Moment, side: Side, words: Words) -> Chip | None:
    """What is to be said of one hand: not seen, or a joint held badly."""
    hand, letter = moment.hands[SIDES.index(side)], words.named("letters", side)
    if hand.presence is Presence.UNKNOWN:
        return Chip(words.say("screen", f"{side}_unseen"), "unseen", words.say("screen", "brief_unseen", hand=letter))
    finding = current_posture(moment.posture, side, moment.frame.time_s)
    if finding is None:
        return None
    told, brief = (words.say("screen", key, hand=letter) for key in (finding.kind, f"brief_{finding.kind}"))
    return Chip(told, "posture", brief)


def current_posture(posture: tuple[PostureFinding, ...], side: Side, time_s: float) -> PostureFinding | None:
    """The finding of this hand that holds now, or held a moment ago."""
    held = [f for f in posture if f.hand == side and f.start_s <= time_s <= f.end_s + _POSTURE_STAYS_S]
    return max(held, key=lambda f: f.end_s) if held else None


def draw_chips(image: Image, places: Layout, moment: Moment, hud: Hud, words: Words, theme: Theme) -> None:
    """The row of statuses along the bottom and the key hint, each in a place of its own."""
    unit = places.unit
    for box, chip, align in (
        (places.foot_chip, foot_chip(moment, hud, words), "left"),
        (places.left_chip, hand_chip(moment, "left", words), "right"),
        (places.right_chip, hand_chip(moment, "right", words), "right"),
    ):
        if chip is not None:
            _chip(image, box, chip, align, theme, unit)
    hints = [words.say("screen", "help")] if hud.interactive else []
    hints += [f"{hud.fps:.0f} fps"] if hud.fps is not None else []
    if hints:
        _chip(image, places.help_chip, Chip("  ·  ".join(hints), "none"), "right", theme, unit)


def _chip(image: Image, box: Box, chip: Chip, align: str, theme: Theme, unit: float) -> None:
    size = round(theme.small * unit)
    icon = 0.0 if chip.icon == "none" else 4.0 * unit
    room, smallest = box.width - icon - 3.2 * unit, round(_NARROWEST * unit)
    fits = width_of(chip.text, smallest, theme.regular_weight) <= room
    text, size = fitted(chip.text if fits else chip.brief or chip.text, size, theme.regular_weight, room, smallest)
    width = min(box.width, round(width_of(text, size, theme.regular_weight) + icon + 3.2 * unit))
    left = box.x if align == "left" else box.right - width
    backing(image, Box(left, box.y, width, box.height), theme, unit)
    middle = box.y + box.height / 2
    _icon(image, chip.icon, left + 2.9 * unit, middle, theme, unit)
    draw_text(image, text, left + 1.6 * unit + icon, middle + CAP_HEIGHT * size / 2, size, theme.ink)


def _icon(image: Image, icon: str, x: float, y: float, theme: Theme, unit: float) -> None:
    thick = max(1, round(0.35 * unit))
    centre = np.array([x, y])
    if icon == "unseen":
        ring(image, centre, theme.soft, 1.2 * unit, thick)
        lines(image, [centre + np.array([[-1.3, 1.3], [1.3, -1.3]]) * unit], theme.soft, thick)
    elif icon == "bridged":
        for dx in (-1.1, 0.0, 1.1):
            dots(image, np.array([[x + dx * unit, y]]), theme.soft, 0.4 * unit)
    elif icon == "posture":
        lines(image, [centre + np.array([[0.0, -1.3], [1.5, 1.2], [-1.5, 1.2]]) * unit], theme.warn, thick, closed=True)
        lines(image, [centre + np.array([[0.0, -0.4], [0.0, 0.5]]) * unit], theme.warn, thick)


def backing(image: Image, box: Box, theme: Theme, unit: float) -> None:
    """The dark translucent plate under every panel, which makes text legible on any picture."""
    lay(image, plate(box.width, box.height, round(1.6 * unit), theme.back, theme.back_alpha), box.x, box.y)
