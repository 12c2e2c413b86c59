"""The columns of a tracks file: their names, units and where each comes from. One row per frame."""

from __future__ import annotations

from functools import cache
from typing import Any

from trainer.foot.surface import MODES
from trainer.model import FOOT_LANDMARKS, HAND_LANDMARKS, SIDES

FORMAT = "foot-massage-tracks/1"

_JOINTS = tuple(f"{side}_{name}" for side in SIDES for name in HAND_LANDMARKS)

BLOCKS: dict[str, tuple[tuple[int, ...], tuple[str, ...], str]] = {
    "hand_score": ((2,), tuple(f"{side}_score" for side in SIDES), "share, 0 to 1"),
    "hand_px": ((2, 21, 2), tuple(f"{joint}_{a}_px" for joint in _JOINTS for a in "xy"), "px"),
    "hand_world_m": ((2, 21, 3), tuple(f"{joint}_{a}_world_m" for joint in _JOINTS for a in "xyz"), "m"),
    "touch_uv": ((2, 21, 2), tuple(f"{joint}_{a}" for joint in _JOINTS for a in "uv"), "foot map"),
    "touch_near": ((2, 21), tuple(f"{joint}_near" for joint in _JOINTS), "over the foot"),
    "foot_px": ((14, 2), tuple(f"foot_{n}_{a}_px" for n in FOOT_LANDMARKS for a in "xy"), "px"),
    "foot_confidence": ((14,), tuple(f"foot_{n}_confidence" for n in FOOT_LANDMARKS), "share, 0 to 1"),
    "foot_motion_px": ((2,), ("foot_motion_x_px", "foot_motion_y_px"), "px since the frame before"),
    "px_from_uv": ((3, 3), tuple(f"px_from_uv_{r}{c}" for r in range(3) for c in range(3)), "homography"),
    "pose_rotation": ((3, 3), tuple(f"pose_rotation_{r}{c}" for r in range(3) for c in range(3)), "foot to camera"),
    "pose_shift": ((3,), tuple(f"pose_shift_{a}" for a in "xyz"), "foot lengths"),
    "pose_shape": ((MODES,), tuple(f"pose_shape_{k}" for k in range(MODES)), "standard deviations"),
    "pose_focal_px": ((), ("pose_focal_px",), "px"),
    "pose_centre_px": ((2,), ("pose_centre_x_px", "pose_centre_y_px"), "px"),
    "contact_uv": ((2, 2), tuple(f"{side}_contact_{a}" for side in SIDES for a in "uv"), "map of the face touched"),
    "contact_face": ((2,), tuple(f"{side}_contact_face" for side in SIDES), "0 sole, 1 top"),
    "technique_confidence": ((), ("technique_confidence",), "share, 0 to 1"),
    "working": ((2,), tuple(f"{side}_working" for side in SIDES), "hand of the stroke named"),
    "rate_per_min": ((), ("rate_per_min",), "cycles per minute"),
}  # fmt: skip
"""Field of ``Tracks`` → (shape per frame, columns in C order, unit)."""

FLAGS = frozenset({"touch_near", "working"})
"""Fields of bool; the others are float32."""

WORDS = {
    "hand_presence": ("left_presence", "right_presence"),
    "foot_presence": ("foot_presence",),
    "foot_side": ("foot_side",),
    "foot_view": ("foot_view",),
    "technique": ("technique",),
}
"""Field of ``Tracks`` → columns of text. ``technique`` is null where the recogniser was not sure."""


@cache
def schema() -> Any:
    """The Arrow schema, with each column's unit in its metadata."""
    import pyarrow as pa

    fields = [
        pa.field("time_s", pa.float64(), nullable=False, metadata={"unit": "s, presentation time"}),
        pa.field("index", pa.int32(), nullable=False, metadata={"unit": "frame, from 0"}),
    ]
    for name, columns in WORDS.items():
        fields += [pa.field(c, pa.string(), nullable=name == "technique") for c in columns]
    for name, (_, columns, unit) in BLOCKS.items():
        kind = pa.bool_() if name in FLAGS else pa.float32()
        fields += [pa.field(c, kind, metadata={"unit": unit}) for c in columns]
    return pa.schema(fields)
