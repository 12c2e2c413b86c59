"""The overlay: draws a Moment on a copy of its picture. It knows nothing of windows and keeps nothing of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import cv2
import numpy as np

from trainer.model import Image, Moment
from trainer.screen.coverage_map import CoverageMap
from trainer.screen.editor_layer import draw_editor
from trainer.screen.foot_editor import FootEditor
from trainer.screen.foot_layer import draw_foot
from trainer.screen.hands_layer import draw_hand
from trainer.screen.help_panel import draw_help
from trainer.screen.hud import Hud
from trainer.screen.layout import Layout, layout
from trainer.screen.lesson_panel import asked, draw_lesson
from trainer.screen.panels import current_posture, draw_chips, draw_cue, draw_session_panel
from trainer.screen.place import Place
from trainer.screen.stroke_panel import draw_stroke_panel
from trainer.screen.text import draw_text
from trainer.screen.theme import Theme
from trainer.strokes.techniques import Technique
from trainer.words.words import Words, load_words


class Overlay:
    """Draws Moments. One instance per thread: it keeps the last coverage map that it made."""

    def __init__(
        self, techniques: Mapping[str, Technique] | Iterable[Technique], theme: Theme | None = None,
        words: Words | None = None, scale: float = 1.0,
    ) -> None:  # fmt: skip
        known = techniques.values() if isinstance(techniques, Mapping) else techniques
        self._techniques = {t.id: t for t in known}
        self._theme = theme or Theme()
        self._words = words or load_words()
        self._scale = scale
        self._maps = CoverageMap(self._theme)

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def words(self) -> Words:
        return self._words

    def another(self) -> Overlay:
        """An overlay of its own for another thread, alike in all things."""
        return Overlay(self._techniques, self._theme, self._words, self._scale)

    def draw_editor(self, image: Image, editor: FootEditor, hud: Hud) -> Image:
        """The picture with the foot being marked on it, as a new array; ``image`` as in ``draw``."""
        canvas = _canvas(image, hud.mirror)
        draw_editor(canvas, editor, hud, self._layout(canvas), self._words, self._theme)
        return canvas

    def waiting(self, width: int = 1280, height: int = 720) -> Image:
        """A calm picture for the time before the first frame."""
        canvas = np.full((height, width, 3), self._theme.back, np.uint8)
        places = self._layout(canvas)
        size = places.size(self._theme.title)
        told = self._words.say("screen", "starting")
        draw_text(canvas, told, width / 2, height / 2, size, self._theme.soft, align="centre")
        return canvas

    def draw_help(self, canvas: Image) -> None:
        """The list of keys onto a drawn picture, in place."""
        draw_help(canvas, self._layout(canvas), self._words, self._theme)

    def draw(self, image: Image, moment: Moment, hud: Hud | None = None) -> Image:
        """The picture with everything on it, as a new array.

        ``image`` is (H, W, 3) uint8 BGR, unmirrored: ``moment.frame.image``, or the same picture at another size
        (see ``layout.canvas_size`` for small ones); landmarks are scaled with it.
        """
        hud = hud or Hud()
        canvas = _canvas(image, hud.mirror)
        size = (canvas.shape[1], canvas.shape[0])
        places, theme, words = self._layout(canvas), self._theme, self._words
        unit = places.unit
        place = Place(moment.frame.size, size, hud.mirror)
        lesson = moment.lesson
        blind = lesson is not None and lesson.plan.blind
        if not blind:
            draw_foot(canvas, moment, place, words, theme, unit, hud.lines)
        now = moment.frame.time_s
        for hand, touch in zip(moment.hands, moment.touch.hands, strict=True):
            held = None if blind else current_posture(moment.posture, hand.side, now)
            points = place.to_canvas(hand.landmarks_px)
            letter = words.named("letters", hand.side)
            draw_hand(canvas, hand, points, touch.near, (held,) if held else (), letter, theme, unit)
        if not blind:
            technique = self._technique(moment)
            draw_stroke_panel(canvas, places, moment, technique, words, theme)
            draw_session_panel(canvas, places, moment, hud, self._maps, words, theme)
        draw_chips(canvas, places, moment, hud, words, theme)
        if lesson is not None and (lesson.plan.steps or blind):
            draw_lesson(canvas, places, lesson, words, theme)
        told = hud.notice or (asked(lesson, words) if lesson is not None else None)
        if told is not None:
            draw_cue(canvas, places.cue, told, "notice", theme, unit)
        elif moment.cue is not None:
            draw_cue(canvas, places.cue, moment.cue.text, "cue", theme, unit)
        return canvas

    def _layout(self, canvas: Image) -> Layout:
        return layout(canvas.shape[1], canvas.shape[0], self._scale)

    def _technique(self, moment: Moment) -> Technique | None:
        """The technique named, at the tempo that the step at hand asks for."""
        technique = self._techniques.get(moment.judgement.technique or "")
        step = moment.lesson.step if moment.lesson is not None else None
        if technique is None or step is None or step.technique != technique.id or step.rate_per_min is None:
            return technique
        return replace(technique, rate_range=step.rate_per_min)


def _canvas(image: Image, mirror: bool) -> Image:
    return np.asarray(cv2.flip(image, 1), np.uint8) if mirror else image.copy()
