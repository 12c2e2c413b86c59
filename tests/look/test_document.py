"""The JSON of what is seen: normalised, checked against its schema, and never a number that isn't known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.look.eyes import foot, hand_at
from trainer.look import document
from trainer.look.document import SCHEMA_PATH
from trainer.look.seen import Seen, SeenFoot, SeenHand

SIZE = (640, 480)


def seen_foot(landmarks: np.ndarray | None = None) -> SeenFoot:
    f = foot()
    px = f.landmarks_px if landmarks is None else landmarks
    return SeenFoot(f.side, f.view, f.score, f.side_score, f.view_score, True, px, f.confidence)


def check(*pictures: str) -> Any:
    from jsonschema import Draft202012Validator

    told = json.loads("".join(document.document(pictures, {"trainer": "1"})))
    Draft202012Validator(json.loads(SCHEMA_PATH.read_text("utf-8"))).validate(told)
    return told


def test_docs_hold_the_same_schema() -> None:
    published = Path(__file__).resolve().parents[2] / "docs" / SCHEMA_PATH.name
    assert published.read_text("utf-8") == SCHEMA_PATH.read_text("utf-8")


def test_everything_that_can_be_told_fits_the_schema() -> None:
    seen = Seen((SeenHand("left", 0.91234, 0.5, hand_at(100, 100)),), (seen_foot(),))
    video = document.of_video("b.mp4", SIZE, [document.of_frame(t / 30, SIZE, seen) for t in range(3)], None)
    told = check(
        document.of_image("füße.jpg", SIZE, seen, "looks/füße.look.jpg"), video,
        document.of_video("none.mp4", SIZE, [], None), document.of_failure("c.txt", "Expected …"),
    )  # fmt: skip
    image, film, empty, failure = told["pictures"]
    assert image["file"] == "füße.jpg" and image["hands"][0]["score"] == 0.9123
    assert [frame["time_s"] for frame in film["frames"]] == pytest.approx([0, 1 / 30, 2 / 30], abs=1e-6)
    assert empty["frames"] == [] and "error" in failure
    assert told["hand_landmarks"][8] == "index_tip" and told["foot_landmarks"][0] == "heel_back"
    assert check()["pictures"] == []


def test_coordinates_count_from_the_edges_of_the_picture() -> None:
    px = np.full((21, 2), np.nan)
    px[0], px[1] = (-0.5, -0.5), (639.5, 479.5)
    (hand,) = check(document.of_image("a.png", SIZE, Seen((SeenHand("left", 1, 1, px),)), None))["pictures"][0]["hands"]
    assert hand["landmarks"][:3] == [[0, 0], [1, 1], None]
    assert hand["box"] == {"left": 0, "top": 0, "right": 1, "bottom": 1}


def test_what_is_not_known_is_null() -> None:
    nan = np.full((14, 2), np.nan)
    unsure = SeenFoot("left", "plantar", np.nan, np.nan, np.nan, True, nan, np.full(14, np.nan))
    hand = SeenHand("right", np.nan, np.nan, np.full((21, 2), np.nan))
    (image,) = check(document.of_image("a.png", SIZE, Seen((hand,), (unsure,)), None))["pictures"]
    assert image["feet"][0]["box"] is None and image["feet"][0]["side_score"] is None
    assert image["hands"][0]["visible"] is None and set(image["hands"][0]["landmarks"]) == {None}


@given(st.floats(-3000, 3000), st.floats(-3000, 3000), st.floats(1, 4000), st.integers(1, 5000), st.integers(1, 5000))
def test_boxes_are_in_the_picture_and_hold_the_landmarks(x: float, y: float, extent: float, w: int, h: int) -> None:
    seen = Seen((SeenHand("left", 1, 1, hand_at(x, y, extent)),))
    (image,) = check(document.of_image("a.png", (w, h), seen, None))["pictures"]
    box, points = image["hands"][0]["box"], np.array(image["hands"][0]["landmarks"])
    inside = points[((points >= 0) & (points <= 1)).all(axis=1)]
    assert (inside >= [box["left"], box["top"]]).all() and (inside <= [box["right"], box["bottom"]]).all()
