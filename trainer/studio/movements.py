"""The twelve techniques by id, and their tempo. To add one: write a `movement.Movement` and register it here."""

from __future__ import annotations

from collections.abc import Callable

from trainer.studio.hand_strokes import Effleurage, Knuckling, Tapotement, Wringing
from trainer.studio.joint_strokes import AnkleRotation, ToePull, ToeRotation
from trainer.studio.movement import Movement, Place
from trainer.studio.styles import FACES, STYLES, drawn_style, fitting_styles
from trainer.studio.thumb_strokes import Friction, Kneading, PressHold
from trainer.studio.walking_strokes import FingerWalking, ThumbWalking

__all__ = ["FACES", "MOVEMENTS", "STYLES", "TEMPO", "drawn_style", "fitting_styles"]

MOVEMENTS: dict[str, Callable[[Place], Movement]] = {
    "effleurage": Effleurage,
    "kneading": Kneading,
    "knuckling": Knuckling,
    "thumb_walking": ThumbWalking,
    "finger_walking": FingerWalking,
    "friction": Friction,
    "tapotement": Tapotement,
    "press_hold": PressHold,
    "wringing": Wringing,
    "toe_rotation": ToeRotation,
    "toe_pull": ToePull,
    "ankle_rotation": AnkleRotation,
}

# Cycles per minute from which a clip's tempo is drawn when the recipe names none: inside the domain's presets.
TEMPO = {
    "effleurage": (14.0, 20.0), "kneading": (62.0, 120.0), "knuckling": (24.0, 50.0), "thumb_walking": (64.0, 110.0),
    "finger_walking": (64.0, 110.0), "friction": (60.0, 70.0), "tapotement": (130.0, 200.0),
    "press_hold": (9.0, 11.0), "wringing": (34.0, 70.0), "toe_rotation": (22.0, 50.0), "toe_pull": (12.0, 26.0),
    "ankle_rotation": (12.0, 26.0),
}  # fmt: skip
