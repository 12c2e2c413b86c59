"""A small clip with known truth, and what a perfect program would have made of it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from trainer.foot import atlas
from trainer.model import SIDES, Coverage, Data, Floats, Stroke
from trainer.score.scorecard import FootFacts, build_scorecard
from trainer.score.tracks import Tracks
from trainer.score.truth import read_truth

FRAMES = 100
FPS = 25.0
TIMES = np.arange(FRAMES) / FPS
KNEADING = tuple(float(t) for t in np.round(np.arange(0.5, 2.0, 0.4), 3))
WALKING = tuple(float(t) for t in np.round(np.arange(2.5, 3.6, 0.3), 3))


def joints(centre: tuple[float, float]) -> Floats:
    """(21, 2) joints in a box of 60 × 80 px (diagonal 100) around ``centre``."""
    grid = np.stack(np.meshgrid(np.linspace(-30, 30, 3), np.linspace(-40, 40, 7)), axis=-1)
    return grid.reshape(21, 2) + centre


def facts(**changed: Any) -> Data:
    base: Data = {
        "format": 1, "origin": "rendered", "frames": FRAMES, "fps": FPS, "width": 640, "height": 480,
        "foot": {"side": "left", "view": "plantar", "length_mm": 250.0},
        "segments": [
            {"technique": "kneading", "start_s": 0.4, "end_s": 2.0, "hands": ["left", "right"],
             "rate_per_min": 150.0, "cycles_s": KNEADING},
            {"technique": "thumb_walking", "start_s": 2.4, "end_s": 3.6, "hands": ["right"],
             "rate_per_min": 200.0, "cycles_s": WALKING},
        ],
        "zone_seconds": {"ball_central": 1.5, "arch_medial": 0.5},
    }  # fmt: skip
    return base | changed


def arrays(**changed: Any) -> dict[str, Any]:
    """Both hands drift to the right; the foot lies still, its heel hidden."""
    hands = np.stack(
        [[joints((200 + i, 200)) for i in range(FRAMES)], [joints((400 + i, 250)) for i in range(FRAMES)]], axis=1
    )
    foot = np.stack([np.linspace(100, 500, 14), np.full(14, 300.0)], axis=-1)
    visible = np.ones((FRAMES, 14), bool)
    visible[:, 0] = False
    contact = np.where(atlas.grid_on_foot("plantar"), 0.0, np.nan)
    contact[atlas.grid_zones("plantar") == atlas.zones("plantar").index("ball_central")] = 1.0
    base = {
        "time_s": TIMES,
        "hand_landmarks_px": hands,
        "hand_visible": np.full((FRAMES, 2), 0.8),
        "foot_landmarks_px": np.broadcast_to(foot, (FRAMES, 14, 2)).copy(),
        "foot_landmarks_visible": visible,
        "contact_seconds": contact,
    }
    return base | changed


def write_truth(folder: Path, data: Data | None = None, content: dict[str, Any] | None = None) -> Path:
    """Write both sidecars; return the path that the clip would have."""
    (folder / "clip.truth.json").write_text(json.dumps(facts() if data is None else data), "utf-8")
    np.savez(folder / "clip.truth.npz", **(arrays() if content is None else content))
    return folder / "clip.mp4"


def perfect_tracks(folder: Path) -> Tracks:
    """Tracks that say exactly what is true."""
    truth = read_truth(write_truth(folder))
    measured = np.full((FRAMES, 2), "measured", object)
    technique, working = np.full(FRAMES, "rest", object), np.zeros((FRAMES, 2), bool)
    for segment in truth.segments:
        inside = (segment.start_s <= TIMES) & (segment.end_s > TIMES)
        technique[inside] = segment.technique
        working[inside] = [side in segment.hands for side in SIDES]
    ones = np.ones(FRAMES)
    return Tracks(
        time_s=truth.time_s, index=np.arange(FRAMES, dtype=np.int32), hand_presence=measured,
        foot_presence=measured[:, 0], foot_side=np.full(FRAMES, "left", object),
        foot_view=np.full(FRAMES, "plantar", object), technique=technique, hand_score=np.ones((FRAMES, 2)),
        hand_px=truth.hand_px.copy(), hand_world_m=np.zeros((FRAMES, 2, 21, 3)),
        touch_uv=np.zeros((FRAMES, 2, 21, 2)), touch_near=np.zeros((FRAMES, 2, 21), bool),
        foot_px=truth.foot_px.copy(), foot_confidence=np.ones((FRAMES, 14)), foot_motion_px=np.zeros((FRAMES, 2)),
        px_from_uv=np.zeros((FRAMES, 3, 3)), pose_rotation=np.zeros((FRAMES, 3, 3)), pose_shift=np.zeros((FRAMES, 3)),
        pose_shape=np.zeros((FRAMES, 5)), pose_focal_px=np.full(FRAMES, np.nan),
        pose_centre_px=np.zeros((FRAMES, 2)), contact_uv=np.zeros((FRAMES, 2, 2)),
        contact_face=np.zeros((FRAMES, 2)), technique_confidence=ones, working=working,
        rate_per_min=ones,
    )  # fmt: skip


def perfect_card(folder: Path, **changed: Any) -> Data:
    """The scorecard that says exactly what is true."""
    truth = read_truth(write_truth(folder))
    strokes = [
        Stroke(s.technique, s.start_s, s.end_s, s.hands, 0.9, s.cycles_s, (SIDES * len(s.cycles_s))[: len(s.cycles_s)])
        for s in truth.segments
    ]
    still = np.where(np.isfinite(truth.contact_seconds), 0.0, np.nan)
    arguments: dict[str, Any] = {
        "video": SimpleNamespace(name="clip.mp4", width=640, height=480, fps=FPS),
        "sha256": None, "duration_s": 4.0, "unseen_s": 0.0,
        "foot": FootFacts("left", "plantar", 250.0, True, 0.0), "strokes": strokes, "rhythm": [],
        "coverage": (Coverage("plantar", truth.contact_seconds, still, truth.zone_seconds, 4.0, 0.0),),
        "posture": [], "cues": [], "provenance": {"versions": {}, "model_hashes": {}, "settings": {}},
    }  # fmt: skip
    return build_scorecard(**(arguments | changed))
