"""What is seen in a picture, drawn onto it: feet beneath, hands above, a label beside each."""

from __future__ import annotations

import cv2
import numpy as np

from trainer.look.seen import Seen, SeenFoot, SeenHand
from trainer.model import FOOT_LANDMARKS, Floats, Hand, Image, Presence
from trainer.screen.hands_layer import draw_hand_lines
from trainer.screen.labels import Label, draw_label, place_labels
from trainer.screen.layout import canvas_size
from trainer.screen.lines import dashes, dots, lines, ring
from trainer.screen.place import Place
from trainer.screen.theme import Colour, Theme
from trainer.words.words import load_words

SMALLEST_TYPE = 15
"""Pixels: less can't be read."""
LONGEST_SIDE = 2400
"""Small pictures are enlarged before drawing, but strips not beyond this."""
_SURE = 0.5
"""A landmark from this confidence on is a full dot."""
_BORDER = [
    FOOT_LANDMARKS.index(name)
    for name in (
        "heel_back", "heel_medial", "arch_medial", "ball_medial", "hallux_tip", "toe2_tip", "toe3_tip", "toe4_tip",
        "toe5_tip", "ball_lateral", "tuberosity_lateral", "heel_lateral",
    )
]  # fmt: skip
_STEPS = 8


def draw_look(image: Image, seen: Seen, theme: Theme | None = None) -> Image:
    """The picture (H, W, 3) with everything seen in it on it, as a new array; a small one comes back enlarged."""
    theme = theme or Theme()
    canvas, place = _canvas(image)
    height, width = canvas.shape[:2]
    unit = min(height, 0.75 * width, 1.4 * min(width, height)) / 100
    size = max(SMALLEST_TYPE, round(3.3 * unit))
    draw_seen(canvas, seen, place, theme, unit)
    labels = _labels(seen, place, theme)
    covered = np.vstack([_dense(label.points) for label in labels]) if labels else np.zeros((0, 2))
    if not labels:
        labels = [Label("No hand and no foot", np.array([[0.0, float(height)]]), theme.faint)]
    for placed in place_labels(labels, covered, (width, height), size):
        draw_label(canvas, placed, theme)
    return canvas


def draw_seen(canvas: Image, seen: Seen, place: Place, theme: Theme, unit: float) -> None:
    """Hands and feet in place, without their labels."""
    for foot in reversed(seen.feet):
        _draw_foot(canvas, foot, place.to_canvas(foot.landmarks_px), theme, unit)
    for hand in seen.hands:
        _draw_hand(canvas, hand, place.to_canvas(hand.landmarks_px), theme, unit)


def canvas_of(width: int, height: int) -> tuple[int, int]:
    """The size of what ``draw_look`` makes of a picture of this size."""
    scale = max(1.0, min(canvas_size(width, height)[0] / width, LONGEST_SIDE / max(width, height)))
    return max(1, round(scale * width)), max(1, round(scale * height))


def _canvas(image: Image) -> tuple[Image, Place]:
    size = image.shape[1], image.shape[0]
    larger = canvas_of(*size)
    if larger == size:
        return image.copy(), Place(size, size)
    return np.asarray(cv2.resize(image, larger, interpolation=cv2.INTER_CUBIC), np.uint8), Place(size, larger)


def _draw_hand(canvas: Image, hand: SeenHand, points: Floats, theme: Theme, unit: float) -> None:
    presence = Presence.BRIDGED if hand.bridged else Presence.MEASURED
    noun = Hand(hand.side, presence, hand.landmarks_px, np.full((21, 3), np.nan), hand.score)
    draw_hand_lines(canvas, noun, points, np.zeros(21, bool), (), theme, unit)


def _draw_foot(canvas: Image, foot: SeenFoot, points: Floats, theme: Theme, unit: float) -> None:
    """Its border through the landmarks, dashed where it isn't the worked one or not seen just now; landmarks that the
    finder isn't sure of are rings."""
    colour = _foot_colour(foot, theme)
    border = _border(points)
    thick = max(2, round(0.42 * unit))
    paths, closed = [border], True
    if foot.bridged or not foot.worked:
        paths, closed = dashes(border, 2.2 * unit, 1.5 * unit, closed=True), False
    lines(canvas, paths, theme.casing, thick + max(2, round(0.34 * unit)), closed)
    lines(canvas, paths, colour, thick, closed)
    sure = np.nan_to_num(foot.confidence) >= _SURE
    dots(canvas, points[sure], theme.casing, 1.1 * unit)
    dots(canvas, points[sure], colour, 0.75 * unit)
    for point in points[~sure]:
        ring(canvas, point, theme.casing, 0.9 * unit, max(3, round(0.6 * unit)))
        ring(canvas, point, colour, 0.9 * unit, max(1, round(0.28 * unit)))


def _foot_colour(foot: SeenFoot, theme: Theme) -> Colour:
    return theme.work if foot.worked else theme.soft


def _border(points: Floats) -> Floats:
    """(N, 2) a closed smooth line: through the border's landmarks in their order, or around all where these cross."""
    ring_ = points[_BORDER]
    ring_ = ring_[np.isfinite(ring_).all(axis=1)]
    if len(ring_) < 3:
        return ring_
    hull = cv2.convexHull(ring_.astype(np.float32))
    # A foot from the side has its inner and outer border one upon the other: the loop holds hardly any area.
    if abs(cv2.contourArea(ring_.astype(np.float32))) < 0.72 * cv2.contourArea(hull):
        ring_ = hull[:, 0].astype(float)
    before, after, beyond = np.roll(ring_, 1, 0), np.roll(ring_, -1, 0), np.roll(ring_, -2, 0)
    curve = [
        0.5 * (2 * ring_ + (after - before) * t + (2 * before - 5 * ring_ + 4 * after - beyond) * t**2
               + (3 * ring_ - before - 3 * after + beyond) * t**3)
        for t in np.arange(_STEPS) / _STEPS
    ]  # fmt: skip
    return np.stack(curve, axis=1).reshape(-1, 2)


def _labels(seen: Seen, place: Place, theme: Theme) -> list[Label]:
    labels = []
    for hand in seen.hands:
        points = place.to_canvas(hand.landmarks_px)
        labels.append((f"{hand.side.capitalize()} hand{_told(hand.score)}", points, theme.hand(hand.side)))
    for foot in seen.feet:
        points = np.vstack([place.to_canvas(foot.landmarks_px), _border(place.to_canvas(foot.landmarks_px))])
        name = f"{foot.side.capitalize()} foot, {load_words().named('views', foot.view)}"
        labels.append((name + _told(foot.score), points, _foot_colour(foot, theme)))
    known = [(text, points[np.isfinite(points).all(axis=1)], colour) for text, points, colour in labels]
    return [Label(text, points, colour) for text, points, colour in known if len(points)]


def _told(score: float) -> str:
    return f" {score:.2f}" if np.isfinite(score) else ""


def _dense(points: Floats) -> Floats:
    """Some points more between a thing's landmarks, so that no label slips in among them."""
    middle = points.mean(axis=0)
    return np.vstack([points, (points + middle) / 2, (points + np.roll(points, 1, 0)) / 2])
