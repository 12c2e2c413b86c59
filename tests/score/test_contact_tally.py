"""Contact told against true contact, and lengths on the foot: counted as a person would count them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tests.shapes import pose_towards
from trainer.foot.surface import foot_model
from trainer.model import FOOT_LANDMARKS
from trainer.score.contact_tally import TrueContact, contact_figures, length_errors, log_contact
from trainer.score.tally import FrameLog

NAN = np.nan
FRAMES = 4


def true_contact() -> TrueContact:
    """The left hand touches the sole in three frames, once on the border; the right one only steadies."""
    touches = np.zeros((FRAMES, 2), bool)
    touches[:3, 0] = True
    uv = np.full((FRAMES, 2, 2), NAN)
    uv[:2, 0] = [0.5, 0.4]
    face = np.full((FRAMES, 2), -1.0)
    face[:2, 0] = 0
    return TrueContact(touches, uv, face, np.full((14, 3), NAN))


def figures(told_uv: np.ndarray, told_face: np.ndarray, measured: np.ndarray | None = None) -> dict[str, float]:
    seen = np.ones((FRAMES, 2), bool) if measured is None else measured
    counts, errors = log_contact(told_uv, told_face, seen, true_contact())
    errors["length"] = np.full((FRAMES, 1), NAN)
    return contact_figures(FrameLog(counts | {"frames": np.ones(FRAMES)}, errors, 0.1).tally())


def told(where: tuple[float, float], face: float = 0) -> tuple[np.ndarray, np.ndarray]:
    """The left hand is told to touch that place in all four frames."""
    uv, faces = np.full((FRAMES, 2, 2), NAN), np.full((FRAMES, 2), NAN)
    uv[:, 0], faces[:, 0] = where, face
    return uv, faces


def test_places_are_compared_on_the_map() -> None:
    found = figures(*told((0.53, 0.44)))
    assert found["contact_error_median"] == pytest.approx(0.05)
    assert found["contact_face_right"] == 1 and found["contact_told"] == 1
    # Once after it had lifted, of the five hand-frames in which none worked.
    assert found["contact_false"] == pytest.approx(1 / 5)


def test_the_other_face_is_no_place() -> None:
    found = figures(*told((0.5, 0.4), face=1))
    assert found["contact_face_right"] == 0 and np.isnan(found["contact_error_median"])


def test_nothing_told() -> None:
    found = figures(np.full((FRAMES, 2, 2), NAN), np.full((FRAMES, 2), NAN))
    assert found["contact_told"] == 0 and found["contact_false"] == 0


def test_hands_that_were_not_seen_are_not_asked() -> None:
    found = figures(*told((0.5, 0.4)), measured=np.zeros((FRAMES, 2), bool))
    assert np.isnan(found["contact_told"]) and np.isnan(found["contact_false"])


def test_lengths_of_a_foot_of_that_shape_are_right_whatever_its_size() -> None:
    pose = pose_towards("plantar", shape=(0.8, -0.5))
    model = foot_model()
    marks = model.landmarks + np.einsum("k,knc->nc", pose.shape, model.landmark_modes)
    errors = length_errors(pose, marks * 262.0)
    assert np.isfinite(errors).sum() > 50 and np.nanmax(errors) == pytest.approx(0, abs=1e-9)
    broader = marks * 262.0
    broader[:, 0] *= 1.25
    borders = FOOT_LANDMARKS.index("ball_medial"), FOOT_LANDMARKS.index("ball_lateral")
    ball = list(combinations(range(14), 2)).index(borders)
    assert length_errors(pose, broader)[ball] == pytest.approx(0.17, abs=0.04)
    assert np.isnan(length_errors(None, marks)).all()
