"""The foot editor without a window: a person clicks true landmarks, drags, errs, takes back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from screen_scenes import foot_at

from trainer.errors import TrainerError
from trainer.foot import atlas, geometry
from trainer.foot.given import data_of, given_from_data
from trainer.model import FOOT_LANDMARKS, SIDES, VIEWS, Foot, Side, View
from trainer.screen.foot_editor import GUIDED, FootEditor
from trainer.words.words import load_words

SIZE = (640, 480)
REACH = 12.0


def click(editor: FootEditor, x: float, y: float) -> FootEditor:
    return editor.press(x, y, REACH).release()


def marked(side: Side = "left", view: View = "plantar") -> tuple[FootEditor, Foot]:
    foot = foot_at(SIZE, side, view, 0.0)
    editor = FootEditor(SIZE, side, view)
    for name in GUIDED[view]:
        assert editor.next_landmark == name
        editor = click(editor, *foot.landmarks_px[FOOT_LANDMARKS.index(name)])
    return editor, foot


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("view", VIEWS)
def test_clicks_in_the_guided_order_give_the_true_foot(side: Side, view: View) -> None:
    editor, foot = marked(side, view)
    assert editor.next_landmark is None and editor.problem is None and editor.steps == (4, 4)
    made = editor.given(3.5)
    assert (made.side, made.view, made.time_s, made.width, made.height) == (side, view, 3.5, *SIZE)
    assert set(made.landmarks_px) == set(GUIDED[view])
    inner = np.array([[0.2, 0.5], [0.5, 0.5], [0.7, 0.4]])
    matrix = geometry.fit_px_from_uv(made.points, side, view)
    assert matrix is not None
    assert np.abs(geometry.to_px(matrix, inner) - geometry.to_px(foot.px_from_uv, inner)).max() < 4.0
    assert given_from_data(data_of(made), "test").side == side


def test_every_landmark_has_words_and_every_guided_one_is_on_its_view() -> None:
    assert set(load_words().tables["points"]) == set(FOOT_LANDMARKS)
    for view, names in GUIDED.items():
        for name in names:
            assert np.isfinite(atlas.landmarks_uv(view)[FOOT_LANDMARKS.index(name)]).all()


def test_dragging_moves_one_point_and_release_ends_it() -> None:
    editor, _ = marked()
    before = editor.points
    x, y = before[0]
    held = editor.press(x + 3, y - 2, REACH)
    assert held.held == 0
    moved = held.move(x + 40, y + 5)
    assert np.allclose(moved.points[0], (x + 40, y + 5))
    still = moved.release().move(1, 1)
    assert np.allclose(still.points[0], (x + 40, y + 5))
    assert np.array_equal(still.points[1:], before[1:], equal_nan=True)
    assert np.array_equal(editor.points, before, equal_nan=True)


def test_dragging_a_landmark_that_the_map_placed_makes_it_the_persons_own() -> None:
    editor, _ = marked()
    toe = FOOT_LANDMARKS.index("toe5_tip")
    x, y = editor.shown[toe]
    assert np.isnan(editor.points[toe]).all()
    editor = editor.press(x, y, REACH).move(x + 6, y + 3).release()
    assert np.allclose(editor.points[toe], (x + 6, y + 3))
    assert "toe5_tip" in editor.given(0.0).landmarks_px


def test_undo_takes_back_clicks_and_drags_one_by_one() -> None:
    editor, _ = marked()
    x, y = editor.points[0]
    dragged = editor.press(x, y, REACH).move(x + 30, y).release()
    assert np.array_equal(dragged.undo().points, editor.points, equal_nan=True)
    for left in (3, 2, 1, 0):
        editor = editor.undo()
        assert editor.steps == (left, 4)
    assert editor.undo().steps == (0, 4)


def test_incomplete_or_impossible_feet_are_not_accepted() -> None:
    editor = FootEditor(SIZE)
    with pytest.raises(TrainerError, match="first"):
        editor.given(0.0)
    one_spot = FootEditor(SIZE, points=np.full((14, 2), 120.0))
    with pytest.raises(TrainerError, match="no_fit"):
        one_spot.given(0.0)


def test_the_other_foots_points_are_recognised_and_s_mends_it() -> None:
    foot = foot_at(SIZE, "right", "plantar", 0.0)
    editor = FootEditor(SIZE, "left", "plantar")
    for name in GUIDED["plantar"]:
        editor = click(editor, *foot.landmarks_px[FOOT_LANDMARKS.index(name)])
    assert editor.mistaken and editor.problem == "other_side"
    mended = editor.other_side()
    assert mended.side == "right" and mended.problem is None
    assert np.array_equal(mended.points, editor.points, equal_nan=True)


def test_changing_sides_of_a_good_foot_keeps_heel_to_toe() -> None:
    editor, _ = marked("left")
    other = editor.other_side()
    assert other.side == "right" and other.problem is None
    a, b = editor.px_from_uv, other.px_from_uv
    assert a is not None and b is not None
    axis = np.array([[0.1, 0.5], [0.9, 0.5]])
    assert np.abs(geometry.to_px(a, axis) - geometry.to_px(b, axis)).max() < 12.0


def test_view_goes_round_and_starts_anew() -> None:
    editor, _ = marked()
    seen = [editor.view]
    for _ in range(3):
        editor = editor.other_view()
        assert np.isnan(editor.points).all() and editor.next_landmark == "heel_back"
        seen.append(editor.view)
    assert set(seen) == set(VIEWS) and editor.other_view().view == "plantar"


def test_starting_from_a_seen_foot_and_from_none() -> None:
    foot = foot_at(SIZE, "right", "dorsal", 0.0)
    editor = FootEditor.of(foot, SIZE)
    assert (editor.side, editor.view, editor.problem, editor.length_mm) == ("right", "dorsal", None, 250.0)
    nothing = FootEditor.of(Foot.unknown("right", "medial"), SIZE)
    assert (nothing.side, nothing.view, nothing.steps, nothing.length_mm) == ("right", "medial", (0, 4), None)


@given(st.lists(st.tuples(st.sampled_from("pmrusv"), st.floats(-300, 900), st.floats(-300, 900)), max_size=40))
def test_any_clicking_keeps_points_in_the_picture(actions: list[tuple[str, float, float]]) -> None:
    editor = FootEditor(SIZE)
    for what, x, y in actions:
        match what:
            case "p":
                editor = editor.press(x, y, REACH)
            case "m":
                editor = editor.move(x, y)
            case "r":
                editor = editor.release()
            case "u":
                editor = editor.undo()
            case "s":
                editor = editor.other_side()
            case _:
                editor = editor.other_view()
    if editor.problem is None:
        assert editor.given(0.0).points.shape == (14, 2)
    else:
        with pytest.raises(TrainerError):
            editor.given(0.0)
