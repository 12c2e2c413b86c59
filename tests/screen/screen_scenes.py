"""Moments made by hand for the tests of the screen: a drawn foot, two hands, any state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from trainer.foot import atlas
from trainer.foot.pose import fit_pose
from trainer.foot.surface import foot_model
from trainer.model import (
    FACES,
    SIDES,
    Coverage,
    Cue,
    Floats,
    Foot,
    Frame,
    Hand,
    Image,
    Judgement,
    Moment,
    Presence,
    Side,
    View,
)  # fmt: skip
from trainer.touch import touch_of

HAND = np.array([
    (0.50, 1.00), (0.30, 0.90), (0.16, 0.75), (0.07, 0.60), (0.02, 0.47), (0.34, 0.52), (0.30, 0.32), (0.28, 0.19),
    (0.27, 0.07), (0.49, 0.49), (0.49, 0.27), (0.49, 0.13), (0.49, 0.00), (0.63, 0.52), (0.66, 0.31), (0.68, 0.18),
    (0.69, 0.06), (0.75, 0.58), (0.82, 0.43), (0.86, 0.33), (0.89, 0.23),
])  # fmt: skip
"""(21, 2) a flat right hand, back to the camera, fingers up, in a unit box."""


def homography(size: tuple[int, int], side: Side, view: View, tilt: float = 0.0) -> Floats:
    """(3, 3) px_from_uv of a foot in the middle of the picture, toes up for the soles and tops."""
    w, h = size
    length = 0.72 * h
    across = length * atlas.aspect(view)
    sign = 1.0 if (side == "left") == (view in ("plantar", "lateral")) else -1.0
    along = np.array([[0, across * sign, 0], [-length, 0, 0], [0, 0, 1]], float)
    centre = np.array([[1, 0, -0.5 * across * sign], [0, 1, 0.5 * length], [0, 0, 1]], float)
    turn = np.eye(3)
    turn[:2, :2] = cv2.getRotationMatrix2D((0, 0), -12.0, 1.0)[:, :2]
    lean = np.array([[1, 0, 0], [0, 1, 0], [0, tilt / h, 1]], float)
    move = np.array([[1, 0, 0.5 * w], [0, 1, 0.5 * h], [0, 0, 1]], float)
    matrix: Floats = move @ turn @ lean @ centre @ along
    return matrix


def to_px(matrix: Floats, uv: Floats) -> Floats:
    p = np.column_stack([uv, np.ones(len(uv))]) @ matrix.T
    out: Floats = p[:, :2] / p[:, 2:]
    return out


def foot_at(size: tuple[int, int], side: Side = "left", view: View = "plantar", tilt: float = 0.25) -> Foot:
    matrix = homography(size, side, view, tilt)
    landmarks = to_px(matrix, atlas.landmarks_uv(view))
    confidence = np.where(np.isfinite(landmarks[:, 0]), 0.9, np.nan)
    pose = fit_pose(landmarks, confidence, side, view, foot_model(), size)
    return Foot(side, view, Presence.MEASURED, landmarks, confidence, matrix, np.zeros(2), 250.0, True, pose)


def hand_at(side: Side, tip: tuple[float, float], size: float, turn_deg: float) -> Hand:
    """A hand whose thumb tip lies at ``tip``, ``size`` pixels long, turned about it."""
    shape = HAND.copy() if side == "right" else HAND * (-1, 1) + (1, 0)
    a = np.radians(turn_deg)
    rotation = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    points = (shape - shape[4]) @ rotation.T * size + tip
    world = np.column_stack([points / size * 0.19, np.zeros(21)])
    return Hand(side, Presence.MEASURED, points, world, 0.93)


def coverage_of(view: View = "plantar", seconds: float = 12.0, side: Side = "left") -> Coverage:
    """The ball and part of the arch worked, the lateral heel unseen."""
    cells = atlas.grid_uv()
    u, v = cells[..., 0], cells[..., 1]
    worked = seconds * np.exp(-(((u - 0.66) / 0.12) ** 2) - ((v - 0.4) / 0.35) ** 2)
    worked = np.where(worked > 0.3, worked, 0.0)
    unseen = np.where((u < 0.3) & (v > 0.5), 30.0, 0.0)
    on_foot = atlas.grid_on_foot(view)
    zone_seconds = {z: 4.0 * i for i, z in enumerate(atlas.zones(view))}
    return Coverage(
        view, np.where(on_foot, worked, np.nan), np.where(on_foot, unseen, np.nan), zone_seconds, 40.0, 6.0, side
    )


def unworked(view: View = "plantar") -> Coverage:
    c = coverage_of(view)
    return replace(
        c, grid_seconds=c.grid_seconds * 0, grid_unseen_s=c.grid_unseen_s * 0,
        zone_seconds=dict.fromkeys(c.zone_seconds, 0.0),
    )  # fmt: skip


def background(size: tuple[int, int], kind: str, foot: Foot | None = None) -> Image:
    """``light``, ``dark``, ``busy`` or ``grey``; a skin-coloured foot is drawn on it."""
    w, h = size
    rng = np.random.default_rng(7)
    if kind == "busy":
        image = rng.integers(0, 256, (max(2, h // 24), max(2, w // 24), 3), dtype=np.uint8)
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    else:
        level = {"light": 236, "dark": 22, "grey": 128}[kind]
        noise = cv2.resize(rng.normal(0, 14, (9, 16, 3)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
        image = np.clip(level + noise, 0, 255).astype(np.uint8)
    if foot is not None and foot.seen:
        outline = to_px(foot.px_from_uv, atlas.outline(foot.view))
        cv2.fillPoly(image, [np.round(outline * 16).astype(np.int32)], (150, 178, 222), cv2.LINE_AA, 4)
    return image


def moment_at(
    size: tuple[int, int] = (640, 480), kind: str = "light", technique: str | None = "kneading", rate: float = 96.0,
    view: View = "plantar", side: Side = "left", cue: str | None = "Slower: about 70 a minute.", time_s: float = 134.4,
    presences: tuple[Presence, Presence] = (Presence.MEASURED, Presence.MEASURED),
    foot_presence: Presence = Presence.MEASURED, **changes: Any,
) -> Moment:  # fmt: skip
    foot = foot_at(size, side, view)
    face: View = view if view in FACES else "plantar"
    image = background(size, kind, foot)
    h = size[1]
    places = to_px(foot.px_from_uv, np.array([[0.66, 0.30], [0.62, 0.68]]))
    if places[0, 0] > places[1, 0]:
        places = places[::-1]
    hands = []
    for s, place, turn, presence in zip(SIDES, places, (62.0, -50.0), presences, strict=True):
        hand = hand_at(s, (float(place[0]), float(place[1])), 0.42 * h, turn)
        hands.append(replace(hand, presence=presence) if presence is not Presence.UNKNOWN else Hand.unknown(s))
    pair = (hands[0], hands[1])
    foot = replace(foot, presence=foot_presence) if foot_presence is not Presence.UNKNOWN else Foot.unknown(side, view)
    interval = 60.0 / rate if rate == rate else 1.0
    cycles = tuple(time_s - 0.2 - interval * i * (1.25 if i == 4 else 1.0) for i in range(9))[::-1]
    both: tuple[Side, ...] = ("left", "right")
    moment = Moment(
        Frame(image, time_s, 100), pair, foot, touch_of(time_s, pair, foot),
        Judgement(time_s, technique, 0.84 if technique else 0.31, both if technique else ()),
        rate, cycles if rate == rate else (), coverage_of(face, side=side), (),
        Cue(time_s, "slower", cue) if cue else None,
    )  # fmt: skip
    return replace(moment, **changes)
