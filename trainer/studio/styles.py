"""The named ways of doing each technique, and the zones where each belongs."""

from __future__ import annotations

import numpy as np

from trainer.errors import TrainerError
from trainer.foot.atlas import SOLE_ZONES, TOP_ZONES
from trainer.studio.spots import face_of_zone

PLAIN = "plain"
_TOES = ("hallux", "lesser_toes")
_HEEL = ("heel_medial", "heel_lateral")
_BALL = ("ball_medial", "ball_central", "ball_lateral")
_FLAT = tuple(z for z in SOLE_ZONES if z not in _TOES)
_FRONT = tuple(z for z in _FLAT if z not in _HEEL)
_INSTEP = ("forefoot_top", "instep")
_ANKLE = ("ankle_medial", "ankle_lateral")

# technique -> style -> zones, those of one face.
STYLE_ZONES: dict[str, dict[str, tuple[str, ...]]] = {
    "effleurage": {
        "one_hand": SOLE_ZONES, "hand_over_hand": SOLE_ZONES, "both_hands": SOLE_ZONES, "fingertips": SOLE_ZONES,
        "thumbs": _FLAT, "top": ("toes_top", *_INSTEP),
    },
    "kneading": {
        "alternating": _FLAT, "together": _FRONT, "one_thumb": SOLE_ZONES, "heel": _HEEL, "top": _INSTEP,
    },
    "knuckling": {"circles": _FLAT, "rolls": _FLAT, "both_fists": tuple(z for z in _FRONT if "central" not in z)},
    "thumb_walking": {"lanes": _FLAT, "across": _BALL, "heel": _HEEL, "toe": _TOES},
    "finger_walking": {"index": _INSTEP, "two_fingers": _INSTEP, "both_hands": _INSTEP},
    "friction": {
        "thumb": SOLE_ZONES, "heel": _HEEL, "fingers": ("toes_top", *_INSTEP), "ankle": _ANKLE,
    },
    "tapotement": {
        "both_hands": _FRONT, "one_hand": _FLAT, "hacking": _FRONT, "cupped": _FRONT, "fist": _HEEL,
    },
    "press_hold": {
        "thumb": SOLE_ZONES, "stacked": _FRONT, "side_by_side": _FRONT, "knuckle": _FLAT,
        "top": ("toes_top", *_INSTEP),
    },
    "wringing": {"midfoot": _FRONT, "forefoot": _BALL, "heel_and_forefoot": _FRONT},
    "toe_rotation": {"wrap": _TOES, "over": _TOES, "in_turn": _TOES},
    "toe_pull": {"wrap": _TOES, "over": _TOES, "in_turn": _TOES},
    "ankle_rotation": {"side": _BALL, "toes": _BALL},
}  # fmt: skip

STYLES: dict[str, tuple[str, ...]] = {t: (PLAIN, *styles) for t, styles in STYLE_ZONES.items()}
FACES: dict[str, tuple[str, ...]] = {
    t: tuple(sorted({face_of_zone(z) for zones in styles.values() for z in zones})) for t, styles in STYLE_ZONES.items()
}
"""The faces of the foot on which a technique is done, `sole` and `top`."""


def face_of(technique: str, style: str) -> str:
    """The face that a style works on; `plain` is the technique's first style."""
    styles = STYLE_ZONES[technique]
    return face_of_zone((styles[style] if style in styles else next(iter(styles.values())))[0])


def fitting_styles(technique: str, zone: str | None = None, face: str | None = None) -> tuple[str, ...]:
    """The styles that reach a zone and work on a face, where these are given."""
    return tuple(
        name
        for name, zones in STYLE_ZONES[technique].items()
        if (zone is None or zone in zones) and (face is None or face_of(technique, name) == face)
    )


def drawn_style(
    technique: str, rng: np.random.Generator, style: str | None = None, zone: str | None = None, face: str | None = None
) -> str:
    """A style's name: the one asked for, or one drawn out of those that reach the zone and work on the face.

    Raises TrainerError where no style does the technique there.
    """
    fitting = fitting_styles(technique, zone, face)
    if style not in (None, PLAIN):
        fitting = tuple(n for n in fitting if n == style)
    if not fitting:
        styles = STYLE_ZONES[technique]
        reached = {z for n, zones in styles.items() if style in (None, PLAIN, n) for z in zones}
        known = ", ".join(z for z in (*SOLE_ZONES, *TOP_ZONES) if z in reached)
        named = technique if style in (None, PLAIN) else f"{technique} ({style})"
        raise TrainerError(f"Expected a zone for {named} out of {known}, but got '{zone or face}'.")
    return fitting[0] if style == PLAIN else str(rng.choice(fitting))
