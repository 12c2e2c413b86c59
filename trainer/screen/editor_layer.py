"""What is drawn while the foot is being marked: the points, the fitted outline, a diagram and the next step."""

from __future__ import annotations

import numpy as np

from trainer.foot import atlas
from trainer.model import FOOT_LANDMARKS, Floats, Image
from trainer.screen.coverage_map import map_shape
from trainer.screen.foot_editor import GUIDED, FootEditor
from trainer.screen.foot_layer import smooth_outline
from trainer.screen.hud import Hud
from trainer.screen.keys import EDITOR_LINES
from trainer.screen.layout import Box, Layout
from trainer.screen.lines import dashes, dots, lines, ring
from trainer.screen.panels import backing
from trainer.screen.place import Place, projected
from trainer.screen.sprite import lay, plate
from trainer.screen.text import CAP_HEIGHT, draw_text, fitted, wrapped
from trainer.screen.theme import Theme
from trainer.words.words import Words

_FACTS_HEIGHT = 50.5


def draw_editor(
    image: Image, editor: FootEditor, hud: Hud, places: Layout, words: Words, theme: Theme
) -> None:
    """Draw the state of marking on the canvas, in place."""
    unit = places.unit
    place = Place(editor.size, (image.shape[1], image.shape[0]), hud.mirror)
    _points(image, editor, place, theme, unit)
    _diagram(image, places.session, editor, hud, words, theme, unit)
    _facts(image, places.stroke, editor, words, theme, unit)


def instruction(editor: FootEditor, words: Words) -> str:
    """What to do next, in one sentence."""
    if (name := editor.next_landmark) is not None:
        done, asked = editor.steps
        return words.say("editor", "click", point=words.named("points", name), number=done + 1, points=asked)
    return words.say("editor", editor.problem or "drag")


def _points(image: Image, editor: FootEditor, place: Place, theme: Theme, unit: float) -> None:
    matrix = editor.px_from_uv
    if matrix is not None:
        outline = projected(place.matrix() @ matrix, smooth_outline(editor.view))
        if np.isfinite(outline).all():
            parts = dashes(outline, 2.2 * unit, 1.4 * unit, closed=True)
            lines(image, parts, theme.casing, max(3, round(0.8 * unit)))
            lines(image, parts, theme.foot, max(2, round(0.4 * unit)))
    own = np.isfinite(editor.points[:, 0])
    shown = place.to_canvas(editor.shown)
    if editor.next_landmark is None:
        for point in shown[~own & np.isfinite(shown[:, 0])]:
            ring(image, point, theme.casing, 1.0 * unit, max(3, round(0.75 * unit)))
            ring(image, point, theme.soft, 1.0 * unit, max(1, round(0.3 * unit)))
    dots(image, shown[own], theme.casing, 1.7 * unit)
    dots(image, shown[own], theme.work, 1.3 * unit)
    dots(image, shown[own], theme.ink, 0.45 * unit)
    if editor.held is not None:
        ring(image, shown[editor.held], theme.ink, 2.6 * unit, max(1, round(0.4 * unit)))


def _diagram(
    image: Image, box: Box, editor: FootEditor, hud: Hud, words: Words, theme: Theme, unit: float
) -> None:
    backing(image, box, theme, unit)
    small = round(theme.small * unit)
    title = words.say(
        "screen", "foot", foot=words.named("feet", editor.side), view=words.named("views", editor.view)
    )
    text, size = fitted(title, small, theme.strong_weight, box.width - 3 * unit, round(2.6 * unit))
    draw_text(image, text, box.x + box.width / 2, box.y + 4.9 * unit, size, theme.ink, theme.strong_weight, "centre")
    room = (round(box.width - 7 * unit), round(box.height - 13 * unit))
    shape = map_shape(editor.view, editor.side, hud.mirror, room)
    corner = np.array([box.x + (box.width - shape.width) / 2, box.y + 9 * unit + (room[1] - shape.height) / 2])
    lines(image, [shape.to_pixels(smooth_outline(editor.view)) + corner], theme.soft, max(1, round(0.35 * unit)), True)
    guided = [FOOT_LANDMARKS.index(name) for name in GUIDED[editor.view]]
    at = shape.to_pixels(atlas.landmarks_uv(editor.view)[guided]) + corner
    for number, (index, point) in enumerate(zip(guided, at, strict=True), 1):
        done = bool(np.isfinite(editor.points[index]).all())
        current = FOOT_LANDMARKS[index] == editor.next_landmark
        _numbered(image, point, number, done, current, theme, unit if shape.upright else 0.85 * unit)


def _numbered(image: Image, point: Floats, number: int, done: bool, current: bool, theme: Theme, unit: float) -> None:
    size = round(theme.small * unit)
    colour = theme.right if current else theme.work if done else theme.unworked
    if current:
        ring(image, point, theme.ink, 3.0 * unit, max(1, round(0.4 * unit)))
    dots(image, point[None], theme.casing, 2.4 * unit)
    dots(image, point[None], colour, 2.1 * unit)
    ink = theme.casing if current or done else theme.ink
    draw_text(image, str(number), point[0], point[1] + CAP_HEIGHT * size / 2, size, ink, 600, "centre")


def _facts(image: Image, box: Box, editor: FootEditor, words: Words, theme: Theme, unit: float) -> None:
    """The next step and the keys, below each other at the left: the foot itself must stay free for clicking."""
    body, small = round(theme.body * unit), round(theme.small * unit)
    box = Box(box.x, box.y, box.width, round(_FACTS_HEIGHT * unit))
    backing(image, box, theme, unit)
    left, row = box.x + 2.2 * unit, box.y + 6.0 * unit
    draw_text(image, words.say("editor", "title"), left, row, round(theme.title * unit), theme.ink, theme.strong_weight)
    bar = plate(max(2, round(0.7 * unit)), round(14.0 * unit), max(1, round(0.35 * unit)), theme.work, 1.0)
    lay(image, bar, round(left), round(row + 2.4 * unit))
    for i, line in enumerate(wrapped(instruction(editor, words), body, theme.strong_weight, box.width - 6.6 * unit, 3)):
        draw_text(image, line, left + 2.2 * unit, row + (6.0 + 4.8 * i) * unit, body, theme.ink, theme.strong_weight)
    row += 17.6 * unit
    for key, told in EDITOR_LINES:
        row += 4.8 * unit
        draw_text(image, key, left, row, small, theme.ink, theme.strong_weight)
        draw_text(image, words.say("editor", told), left + 19 * unit, row, small, theme.soft)
