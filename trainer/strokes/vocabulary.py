"""What can be told apart, in one order: the twelve techniques and rest."""

from __future__ import annotations

TECHNIQUES = (
    "effleurage", "kneading", "knuckling", "thumb_walking", "finger_walking", "friction", "tapotement", "press_hold",
    "wringing", "toe_rotation", "toe_pull", "ankle_rotation", "rest",
)  # fmt: skip
NUMBER = {technique: number for number, technique in enumerate(TECHNIQUES)}
