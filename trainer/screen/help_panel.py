"""The on-screen help: all keys, in the middle of the picture, for as long as it is asked for."""

from __future__ import annotations

from trainer.model import Image
from trainer.screen.keys import HELP_LINES
from trainer.screen.layout import Box, Layout
from trainer.screen.panels import backing
from trainer.screen.text import draw_text, width_of
from trainer.screen.theme import Theme
from trainer.words.words import Words

_ROW = 4.9


def draw_help(image: Image, places: Layout, words: Words, theme: Theme) -> None:
    """Draw the help on the canvas, in place."""
    # However large the overlay is wished, the list must fit the picture.
    unit = min(places.unit, 0.96 * places.height / (len(HELP_LINES) * _ROW + 11.5))
    small, title = round(theme.body * unit), round(theme.title * unit)
    key_width = max(width_of(key, small, theme.strong_weight) for key, _ in HELP_LINES) + 3 * unit
    words_width = max(width_of(words.say("keys", key), small, theme.regular_weight) for _, key in HELP_LINES)
    width = round(key_width + words_width + 8 * unit)
    height = round((len(HELP_LINES) * _ROW + 11.5) * unit)
    box = Box((places.width - width) // 2, (places.height - height) // 2, width, height)
    backing(image, box, theme, unit)
    backing(image, box, theme, unit)
    left, row = box.x + 4 * unit, box.y + 7 * unit
    draw_text(image, words.say("screen", "keys"), left, row, title, theme.ink, theme.strong_weight)
    row += 1.2 * unit
    for key, told in HELP_LINES:
        row += _ROW * unit
        draw_text(image, key, left, row, small, theme.work, theme.strong_weight)
        draw_text(image, words.say("keys", told), left + key_width, row, small, theme.ink)
