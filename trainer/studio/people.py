"""Who is seen: made-up adults of every age, build and skin tone, with their hands' and feet's measures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# sRGB skin tones of the back of the hand, very light to very dark, and how much lighter palms and soles are.
TONES = (
    ((243, 212, 194), 0.08),
    ((235, 196, 172), 0.10),
    ((225, 180, 150), 0.13),
    ((210, 160, 126), 0.17),
    ((190, 137, 102), 0.23),
    ((163, 112, 80), 0.31),
    ((136, 91, 64), 0.38),
    ((110, 71, 50), 0.42),
    ((86, 55, 40), 0.45),
    ((64, 43, 34), 0.46),
)


@dataclass(frozen=True)
class FootShape:
    """What tells feet apart; millimetres or shares of the foot's length.

    toes: how much longer (a share of its own length) each toe is than the base mesh's; gap: between toes, mm; pads: how
    far the toes' pads bulge; arch: how deep the arch is hollowed; ball: how far the balls stand out; bunion: how far
    the joint of the great toe stands out; width: the foot's width against the base mesh's.
    """

    toes: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0, 0.0)
    gap: float = 0.6
    pads: float = 2.0
    arch: float = 5.0
    ball: float = 2.0
    bunion: float = 0.0
    width: float = 1.0


@dataclass(frozen=True)
class Person:
    """Somebody: phenotype in anny's 0..1 parameters, local changes in -1..1, the rest in plain units.

    tone: index of `TONES`; undertone: (warm to cool, ruddy to olive) in about -1..1; thin: 0..1, how far veins and
    tendons show through; oil: 0..1, what is on the skin.
    """

    seed: int
    phenotype: tuple[tuple[str, float], ...]
    local: tuple[tuple[str, float], ...]
    tone: int
    foot_mm: float
    hand_mm: float
    years: float = 40.0
    female: bool = True
    undertone: tuple[float, float] = (0.0, 0.0)
    thin: float = 0.3
    oil: float = 0.0
    foot: FootShape = FootShape()

    def luck(self, number: int) -> np.random.Generator:
        """This person's dice for one purpose."""
        return np.random.default_rng([self.seed, number])


def person(seed: int, tone: int | None = None, oil: float | None = None) -> Person:
    """A made-up adult; the same seed is the same person. A tone or an oil that is given replaces the person's own."""
    rng = np.random.default_rng([seed, 771])
    female = bool(rng.random() < 0.5)
    years = float(rng.choice([rng.uniform(19, 40), rng.uniform(35, 62), rng.uniform(60, 84)], p=[0.4, 0.38, 0.22]))
    stature, heavy = rng.normal(), float(np.clip(rng.normal(0.5, 0.19), 0.12, 0.92))
    races = rng.dirichlet([0.6, 0.6, 0.6])
    phenotype = {
        "gender": rng.uniform(0.78, 1.0) if female else rng.uniform(0.0, 0.22),
        # anny: 0.67 a young adult, 1 an old one.
        "age": float(np.interp(years, [18, 40, 84], [0.66, 0.74, 0.97])),
        "muscle": float(np.clip(rng.normal(0.5, 0.13) - 0.003 * (years - 45), 0.2, 0.8)),
        "weight": heavy,
        "height": 0.42,
        "proportions": rng.uniform(0.4, 0.7),
        "african": races[0],
        "asian": races[1],
        "caucasian": races[2],
    }
    local: dict[str, float] = {}
    changes = {
        "hand-fingers-diameter-incr": 0.35 * (heavy - 0.5) + rng.uniform(-0.3, 0.3),
        "hand-fingers-length-incr": rng.uniform(-0.3, 0.3),
        "hand-fingers-distance-incr": rng.uniform(-0.25, 0.25),
        "lowerleg-muscle-incr": rng.uniform(-0.4, 0.4),
        "lowerleg-fat-incr": 0.6 * (heavy - 0.5) + rng.uniform(-0.1, 0.2),
        "lowerarm-fat-incr": 0.6 * (heavy - 0.5) + rng.uniform(-0.1, 0.1),
        "lowerarm-muscle-incr": rng.uniform(-0.3, 0.4) * (0.6 if female else 1.0),
    }
    for name, value in changes.items():
        for s in ("l", "r"):
            local[f"{s}-{name}"] = value
    foot_mm = (243 if female else 266) + 10 * stature + rng.normal(0, 5.0)
    hand_mm = (172 if female else 189) + 7 * stature + rng.normal(0, 4.0)
    thin = np.clip(0.15 + (years - 30) / 75 + 0.55 * (0.5 - heavy) + (0.0 if female else 0.12), 0, 1)
    own_oil = float(np.clip(rng.beta(1.4, 1.3) * 1.15 - 0.1, 0, 1))
    own_tone = int(rng.integers(len(TONES)))
    return Person(
        seed=seed,
        phenotype=tuple((k, float(v)) for k, v in phenotype.items()),
        local=tuple((k, float(v)) for k, v in local.items()),
        tone=own_tone if tone is None else tone,
        foot_mm=float(np.clip(foot_mm, 212, 298)),
        hand_mm=float(np.clip(hand_mm, 156, 210)),
        years=years,
        female=female,
        undertone=(float(rng.uniform(-1, 1)), float(rng.normal(0, 0.6))),
        thin=float(np.clip(thin + rng.normal(0, 0.12), 0, 1)),
        oil=own_oil if oil is None else oil,
        foot=_foot_shape(rng, years, heavy, female),
    )


def _foot_shape(rng: np.random.Generator, years: float, heavy: float, female: bool) -> FootShape:
    kind = rng.choice(["egyptian", "greek", "square"], p=[0.56, 0.22, 0.22])
    toes = {
        "egyptian": (-0.06, -0.22, -0.22, -0.20, -0.14),
        "greek": (-0.18, -0.06, -0.12, -0.16, -0.14),
        "square": (-0.16, -0.15, -0.06, -0.03, -0.03),
    }[str(kind)]
    own = rng.normal(0, 0.02, 5)
    older = float(np.clip((years - 35) / 40, 0, 1))
    bunion = rng.uniform(3, 8) if rng.random() < (0.1 + 0.25 * older) * (1.0 if female else 0.4) else 0.0
    return FootShape(
        toes=tuple((np.array(toes) + own).tolist()),
        gap=float(rng.choice([rng.uniform(0.1, 0.7), rng.uniform(0.7, 2.4)], p=[0.75, 0.25])),
        pads=float(rng.uniform(1.2, 2.6)),
        arch=float(np.clip(rng.normal(6.0, 3.0), 0.0, 11.0)),
        ball=float(rng.uniform(1.0, 2.6) + 0.8 * (heavy - 0.5)),
        bunion=float(bunion),
        width=float(np.clip(rng.normal(1.0, 0.035) + 0.12 * (heavy - 0.5) + (0.0 if female else 0.02), 0.9, 1.13)),
    )
