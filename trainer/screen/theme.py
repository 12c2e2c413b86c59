"""Colours and type of everything that is drawn on a picture. Colours are BGR, as cv2 has them."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Theme:
    """Palette and type scale.

    The left hand is blue, the right hand amber, work done is teal: they differ in lightness and in their blue
    part, which the common kinds of colour blindness keep (after Okabe & Ito, "Color universal design", 2008).
    Nothing is told by colour alone. Type sizes are em heights in hundredths of the picture's height (``Layout.unit``).
    """

    ink: Colour = (255, 255, 255)
    soft: Colour = (227, 218, 211)
    faint: Colour = (166, 151, 140)
    back: Colour = (26, 20, 16)
    back_alpha: float = 0.80
    casing: Colour = (26, 20, 16)
    left: Colour = (255, 180, 86)
    right: Colour = (28, 184, 255)
    work: Colour = (185, 217, 43)
    unworked: Colour = (79, 67, 58)
    warn: Colour = (91, 138, 255)
    record: Colour = (85, 75, 255)
    foot: Colour = (250, 247, 244)

    small: float = 3.1
    body: float = 3.6
    title: float = 4.8
    figure: float = 7.6
    regular_weight: int = 400
    strong_weight: int = 500

    def hand(self, side: str) -> Colour:
        return self.left if side == "left" else self.right


THEMES: dict[str, Theme] = {
    "dark": Theme(),
    # For a bright room: what is drawn on the foot and the hands keeps its dark casing, the panels are paper.
    "light": Theme(
        ink=(36, 30, 26), soft=(82, 72, 64), faint=(128, 117, 108), back=(250, 248, 246), back_alpha=0.88,
        work=(122, 132, 16), unworked=(216, 208, 200), warn=(40, 70, 210), foot=(250, 247, 244),
    ),
}  # fmt: skip
"""The looks to choose from (`--theme`)."""
