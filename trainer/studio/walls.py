"""Paintings of walls and floors: an albedo picture and a map of what glows, 6 mm a pixel, drawn from a generator."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

MM_PER_PX = 6.0
Colour = tuple[int, int, int]


class Painting:
    """albedo (h, w, 3) uint8 sRGB, glow (h, w) uint8: 255 is a bright lamp or the sky. Row 0 is the top of a wall."""

    def __init__(self, width_mm: float, height_mm: float, base: Colour) -> None:
        self.width, self.height = int(width_mm / MM_PER_PX), int(height_mm / MM_PER_PX)
        self.albedo = np.full((self.height, self.width, 3), base, np.uint8)
        self.glow = np.zeros((self.height, self.width), np.uint8)

    def box(self, x: float, y: float, w: float, h: float, colour: Colour, glow: int = 0) -> None:
        """A filled rectangle; x from the left, y of its lower edge above the floor, mm."""
        a = (int(x / MM_PER_PX), self.height - int((y + h) / MM_PER_PX))
        b = (int((x + w) / MM_PER_PX), self.height - int(y / MM_PER_PX))
        cv2.rectangle(self.albedo, a, b, colour, -1)
        cv2.rectangle(self.glow, a, b, glow, -1)

    def oval(self, x: float, y: float, w: float, h: float, colour: Colour, tilt: float = 0, glow: int = 0) -> None:
        """A filled ellipse about (x, y), mm and degrees."""
        at = (int(x / MM_PER_PX), self.height - int(y / MM_PER_PX))
        size = (max(int(w / 2 / MM_PER_PX), 1), max(int(h / 2 / MM_PER_PX), 1))
        cv2.ellipse(self.albedo, at, size, tilt, 0, 360, colour, -1, cv2.LINE_AA)
        cv2.ellipse(self.glow, at, size, tilt, 0, 360, glow, -1, cv2.LINE_AA)


def tone(rng: np.random.Generator, colour: Colour, spread: float = 0.12) -> Colour:
    """A colour a little lighter or darker and of another tint."""
    r, g, b = np.clip(np.array(colour) * rng.uniform(1 - spread, 1 + spread) * rng.uniform(0.975, 1.025, 3), 4, 250)
    return int(r), int(g), int(b)


WALLS = (
    (214, 208, 198), (196, 190, 178), (120, 132, 138), (86, 78, 72), (208, 202, 196), (142, 126, 104), (58, 66, 70),
    (172, 186, 176), (206, 178, 150), (150, 96, 82), (94, 116, 104), (228, 226, 222), (176, 166, 190), (60, 50, 46),
)  # fmt: skip
WOODS = ((150, 112, 78), (112, 78, 52), (186, 150, 110), (82, 58, 42), (204, 180, 150), (120, 112, 104))
CLOTHS = (
    (92, 128, 150),
    (150, 168, 140),
    (176, 120, 110),
    (70, 74, 84),
    (214, 196, 168),
    (120, 104, 140),
    (164, 70, 62),
)
SKINS = ((222, 172, 142), (198, 146, 112), (118, 76, 54))


def _pick(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return tone(rng, colours[int(rng.integers(len(colours)))])


def floor(rng: np.random.Generator, width_mm: float, depth_mm: float) -> Painting:
    """Planks, tiles, carpet or stone, sometimes with a rug; the foot is above its middle."""
    kind = rng.choice(["planks", "tiles", "carpet", "plain"])
    base = _pick(rng, WOODS if kind == "planks" else WALLS)
    out = Painting(width_mm, depth_mm, base)
    if kind == "planks":
        for x in np.arange(0, width_mm, 130):
            y = -rng.uniform(0, 1200)
            while y < depth_mm:
                long = rng.uniform(900, 1900)
                out.box(x, y, 124, long - 6, tone(rng, base, 0.16))
                y += long
    elif kind == "tiles":
        size = rng.uniform(200, 500)
        for x in np.arange(0, width_mm, size):
            for y in np.arange(0, depth_mm, size):
                out.box(x, y, size - 9, size - 9, tone(rng, base, 0.07))
        out.albedo = np.where(
            (out.albedo == base).all(-1, keepdims=True), (out.albedo * 0.6).astype(np.uint8), out.albedo
        )
    elif kind == "carpet":
        _speckle(rng, out, 22)
    if rng.random() < 0.4:
        w, d = rng.uniform(1200, 2400), rng.uniform(900, 1900)
        x, y = width_mm / 2 - w / 2 + rng.uniform(-500, 500), depth_mm / 2 - d / 2 + rng.uniform(-500, 500)
        for k, colour in enumerate((_pick(rng, CLOTHS), _pick(rng, CLOTHS), _pick(rng, CLOTHS))):
            rim = k * rng.uniform(60, 160)
            out.box(x + rim, y + rim, w - 2 * rim, d - 2 * rim, colour)
    return out


def wall(rng: np.random.Generator, width_mm: float, height_mm: float, base: Colour, busy: float) -> Painting:
    """One wall with what stands before it; busy 0..1 is how much does."""
    out = Painting(width_mm, height_mm, tone(rng, base, 0.05))
    finish = rng.choice(["plain", "panels", "boards", "tiles", "stripes", "curtain", "bricks"], p=[0.4, *[0.1] * 6])
    _finish(rng, out, str(finish), base)
    out.box(0, 0, width_mm, rng.uniform(60, 120), tone(rng, (226, 224, 220) if rng.random() < 0.6 else base))
    if rng.random() < 0.35:
        _window(rng, out, width_mm, height_mm)
    for _ in range(int(rng.poisson(3.4 * busy))):
        thing = _THINGS[int(rng.integers(len(_THINGS)))]
        thing(rng, out, float(rng.uniform(0, width_mm)))
    return out


def _finish(rng: np.random.Generator, out: Painting, finish: str, base: Colour) -> None:
    width, height = out.width * MM_PER_PX, out.height * MM_PER_PX
    if finish == "panels":
        step = rng.uniform(500, 900)
        for x in np.arange(80, width, step):
            out.box(x, 180, step - 160, 800, tone(rng, base, 0.1))
            out.box(x, 1120, step - 160, height - 1300, tone(rng, base, 0.1))
    elif finish == "boards":
        wood = _pick(rng, WOODS)
        for y in np.arange(0, height, 140):
            out.box(0, y, width, 131, tone(rng, wood, 0.14))
    elif finish == "tiles":
        size = rng.uniform(100, 300)
        for x in np.arange(0, width, size):
            for y in np.arange(0, height, size):
                out.box(x, y, size - 8, size - 8, tone(rng, base, 0.05))
    elif finish == "bricks":
        brick = tone(rng, (150, 92, 74), 0.3)
        for row, y in enumerate(np.arange(0, height, 75)):
            for x in np.arange(-120 * (row % 2), width, 240):
                out.box(x, y, 228, 64, tone(rng, brick, 0.16))
    elif finish == "stripes":
        other, step = tone(rng, base, 0.25), rng.uniform(60, 220)
        for x in np.arange(0, width, 2 * step):
            out.box(x, 0, step, height, other)
    elif finish == "curtain":
        cloth = np.array(_pick(rng, (*CLOTHS, (226, 222, 214))))
        x = np.arange(out.width)
        fold = 0.78 + 0.14 * np.sin(x / rng.uniform(5, 14)) + 0.08 * np.sin(x / rng.uniform(2, 5) + 1)
        out.albedo[:] = np.clip(cloth * fold[:, None], 0, 255).astype(np.uint8)[None]


def _speckle(rng: np.random.Generator, out: Painting, strength: float) -> None:
    coarse = rng.normal(0, strength, (out.height // 2 + 1, out.width // 2 + 1)).astype(np.float32)
    noise = np.asarray(cv2.resize(coarse, (out.width, out.height)))[..., None]
    out.albedo = np.clip(out.albedo + noise, 0, 255).astype(np.uint8)


def _window(rng: np.random.Generator, out: Painting, width: float, height: float) -> None:
    w, h = rng.uniform(700, min(2200, 0.6 * width)), rng.uniform(900, 1500)
    x, y = rng.uniform(0, width - w), rng.uniform(600, 1000)
    frame = tone(rng, (232, 230, 226) if rng.random() < 0.7 else (90, 64, 46))
    out.box(x - 70, y - 70, w + 140, h + 140, frame)
    bright = int(rng.uniform(70, 255)) if rng.random() < 0.8 else 6
    out.box(x, y, w, h, (205, 222, 240), bright)
    for _ in range(9):  # trees and roofs outside
        out.oval(
            x + rng.uniform(0.1, 0.9) * w, y + rng.uniform(0.05, 0.4) * h, rng.uniform(0.1, 0.3) * w,
            rng.uniform(0.1, 0.3) * h, tone(rng, (88, 124, 74), 0.4), 0, int(bright * rng.uniform(0.2, 0.6)),
        )  # fmt: skip
    for k in range(1, int(rng.integers(2, 5))):
        out.box(x + k * w / 3 - 22, y, 44, h, frame)
    if rng.random() < 0.5:
        cloth = _pick(rng, CLOTHS)
        for side in (x - 260, x + w - 60):
            for k in range(6):
                out.box(side + 54 * k, y - 500, 46, h + 700, tone(rng, cloth, 0.16))


def _shelf(rng: np.random.Generator, out: Painting, x: float) -> None:
    w, rows, wood = rng.uniform(600, 1500), int(rng.integers(3, 7)), _pick(rng, WOODS)
    out.box(x, 0, w, rows * 330 + 30, wood)
    for row in range(rows):
        out.box(x + 25, row * 330 + 30, w - 50, 300, tone(rng, (wood[0] // 2, wood[1] // 2, wood[2] // 2)))
        at = x + 30
        while at < x + w - 60:
            thick, tall = rng.uniform(14, 60), rng.uniform(160, 270)
            if rng.random() < 0.85:
                out.box(at, row * 330 + 30, thick, tall, _pick(rng, (*CLOTHS, *WALLS)))
            at += thick + 3


def _picture(rng: np.random.Generator, out: Painting, x: float) -> None:
    w, h, y = rng.uniform(250, 900), rng.uniform(250, 800), rng.uniform(1100, 1600)
    out.box(x, y, w, h, tone(rng, (40, 36, 34), 0.5))
    out.box(x + 30, y + 30, w - 60, h - 60, tone(rng, (236, 232, 224)))
    for _ in range(7):
        out.oval(
            x + w / 2 + rng.normal(0, 0.12) * w, y + h / 2 + rng.normal(0, 0.12) * h, rng.uniform(0.1, 0.4) * w,
            rng.uniform(0.1, 0.4) * h, _pick(rng, (*CLOTHS, *SKINS)), rng.uniform(0, 180),
        )  # fmt: skip


def _chart(rng: np.random.Generator, out: Painting, x: float) -> None:
    """A reflexology poster: two painted soles."""
    y = rng.uniform(1000, 1400)
    out.box(x, y, 520, 720, tone(rng, (238, 236, 228)))
    for k in (-1.0, 1.0):
        skin = _pick(rng, SKINS)
        out.oval(x + 260 + 100 * k, y + 150, 110, 160, skin)
        out.oval(x + 260 + 110 * k, y + 300, 120, 340, skin)
        out.oval(x + 260 + 105 * k, y + 440, 170, 190, skin)
        for toe in range(5):
            out.oval(x + 260 + k * (45 + 28 * toe), y + 560 - 14 * toe, 34 if toe else 52, 70, skin)


def _plant(rng: np.random.Generator, out: Painting, x: float) -> None:
    base, tall = rng.choice([0.0, 600.0, 850.0]), rng.uniform(500, 1500)
    out.box(x - 130, base, 260, 260, _pick(rng, (*WALLS, *WOODS)))
    for _ in range(26):
        lean = rng.uniform(-80, 80)
        out.oval(
            x + 0.4 * tall * np.sin(np.radians(lean)) * rng.uniform(0.3, 1), base + 260 + tall * rng.uniform(0.1, 0.9),
            rng.uniform(60, 160), rng.uniform(150, 420), tone(rng, (66, 108, 58), 0.45), lean,
        )  # fmt: skip


def _door(rng: np.random.Generator, out: Painting, x: float) -> None:
    colour = tone(rng, (228, 224, 216)) if rng.random() < 0.6 else _pick(rng, WOODS)
    out.box(x - 80, 0, 1060, 2110, tone(rng, colour, 0.2))
    out.box(x, 0, 900, 2030, colour)
    out.oval(x + 840, 1020, 70, 40, (90, 90, 90))


def _cupboard(rng: np.random.Generator, out: Painting, x: float) -> None:
    w, h, colour = rng.uniform(600, 1600), rng.uniform(700, 1900), _pick(rng, (*WOODS, (232, 230, 226)))
    out.box(x, 0, w, h, colour)
    for k in range(3):
        out.box(x + 20 + k * w / 3, 60, w / 3 - 30, h - 90, tone(rng, colour, 0.1))
    for _ in range(int(rng.integers(0, 6))):  # bottles and boxes on it
        out.box(
            x + rng.uniform(0, w - 80), h, rng.uniform(50, 140), rng.uniform(80, 280), _pick(rng, (*CLOTHS, *WALLS))
        )


def _sofa(rng: np.random.Generator, out: Painting, x: float) -> None:
    w, colour = rng.uniform(1100, 2200), _pick(rng, CLOTHS)
    out.box(x, 0, w, 800, tone(rng, colour, 0.05))
    out.box(x + 120, 120, w - 240, 330, tone(rng, colour, 0.25))
    for _ in range(3):
        out.oval(x + rng.uniform(0.1, 0.9) * w, 560, 420, 360, _pick(rng, CLOTHS), rng.uniform(-20, 20))


def _lamp(rng: np.random.Generator, out: Painting, x: float) -> None:
    y, on = rng.uniform(900, 1700), rng.random() < 0.7
    out.box(x - 12, 0, 24, y, tone(rng, (60, 56, 52), 0.4))
    out.oval(x, y + 140, rng.uniform(260, 420), 300, (250, 226, 180), 0, int(rng.uniform(110, 255)) if on else 0)


def _sitter(rng: np.random.Generator, out: Painting, x: float) -> None:
    """Somebody who waits: the look of a body far away."""
    cloth, skin = _pick(rng, CLOTHS), _pick(rng, SKINS)
    out.box(x - 300, 0, 600, 480, _pick(rng, (*CLOTHS, *WOODS)))
    out.oval(x, 800, 420, 680, cloth)
    out.oval(x, 1270, 190, 260, skin)
    out.oval(x, 1350, 210, 140, tone(rng, (50, 40, 34), 0.5))
    for k in (-1, 1):
        out.oval(x + 190 * k, 780, 110, 520, tone(rng, cloth), 12 * k)
        out.oval(x + 110 * k, 300, 140, 560, tone(rng, (60, 66, 84), 0.4))
        out.oval(x + 60 * k, 560, 90, 90, skin)
        out.oval(x + 110 * k, 40, 120, 80, skin)


def _towels(rng: np.random.Generator, out: Painting, x: float) -> None:
    for k in range(int(rng.integers(2, 5))):
        out.box(x + 330 * k, rng.uniform(500, 800), 290, rng.uniform(600, 900), _pick(rng, (*CLOTHS, (236, 232, 226))))


_THINGS: tuple[Callable[[np.random.Generator, Painting, float], None], ...] = (
    _shelf, _picture, _chart, _plant, _door, _cupboard, _sofa, _lamp, _sitter, _towels, _picture, _plant,
)  # fmt: skip
