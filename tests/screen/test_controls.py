"""Keys and mouse as a pure function: what each does to the view, and what it asks of the session."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from screen_scenes import moment_at

from trainer.model import FOOT_LANDMARKS, Presence
from trainer.screen.controls import (
    ClearCoverage,
    MarkDiscomfort,
    Quit,
    SetFoot,
    ToggleFullScreen,
    ToggleRecording,
    ViewState,
    react,
)  # fmt: skip
from trainer.screen.foot_editor import GUIDED
from trainer.screen.hud import LINES
from trainer.screen.keys import HELP_LINES, Action, action_of
from trainer.screen.layout import WINDOW_HEIGHT, canvas_size
from trainer.screen.place import Place
from trainer.screen.window import Closed, Mouse

MOMENT = moment_at()
NOW = 100.0


@pytest.mark.parametrize(("code", "action"), [
    (ord("f"), Action.FOOT), (ord("F"), Action.FOOT), (32, Action.PAUSE), (27, Action.CANCEL), (13, Action.ACCEPT),
    (10, Action.ACCEPT), (8, Action.UNDO), (ord("?"), Action.HELP), (ord("h"), Action.HELP), (65480, Action.SCREEN),
    (0x7A0000, Action.SCREEN), (0x100000 | ord("q"), Action.QUIT), (0x20000 | ord("M"), Action.MIRROR),
    (0x100000 | 27, Action.CANCEL), (-1, None), (ord("j"), None), (0x10FF51, None), (65361, None),
])  # fmt: skip
def test_key_codes_of_the_window_systems(code: int, action: Action | None) -> None:
    assert action_of(code) is action


def test_help_lists_every_key_once() -> None:
    keys = [key for key, _ in HELP_LINES]
    assert len(set(keys)) == len(keys) == len([a for a in Action if a.value[1]])


def test_toggles_go_there_and_back() -> None:
    start = ViewState()
    for action, name in (
        (Action.MIRROR, "mirror"), (Action.HELP, "help"), (Action.PAUSE, "paused"),
    ):  # fmt: skip
        once, requests = react(start, action, MOMENT, NOW)
        assert getattr(once, name) is not getattr(start, name) and requests == ()
        twice, _ = react(once, action, MOMENT, NOW)
        assert getattr(twice, name) is getattr(start, name)


def test_lines_on_the_foot_take_turns() -> None:
    state, seen = ViewState(), []
    for _ in LINES:
        seen.append(state.hud(NOW, False, 30.0).lines)
        state, requests = react(state, Action.ZONES, MOMENT, NOW)
        assert requests == ()
    assert tuple(seen) == LINES and state == ViewState()


def test_requests() -> None:
    for event, request in (
        (Action.QUIT, Quit()), (Action.CANCEL, Quit()), (Closed(), Quit()), (Action.RECORD, ToggleRecording()),
        (Action.SCREEN, ToggleFullScreen()),
    ):  # fmt: skip
        assert react(ViewState(), event, None, NOW)[1] == (request,)


def test_escape_closes_the_help_before_it_quits() -> None:
    state, requests = react(ViewState(help=True), Action.CANCEL, MOMENT, NOW)
    assert not state.help and requests == ()


def test_clearing_the_map_asks_first_and_forgets_the_question() -> None:
    asked, requests = react(ViewState(), Action.CLEAR, MOMENT, NOW)
    assert requests == () and "again" in (asked.hud(NOW, False, 30).notice or "")
    assert react(asked, Action.CLEAR, MOMENT, NOW + 1)[1] == (ClearCoverage(),)
    late, requests = react(asked, Action.CLEAR, MOMENT, NOW + 10)
    assert requests == () and late.clear_asked_until > NOW + 10


def test_discomfort_marks_the_moment_and_rests_the_coaching_until_pressed_again() -> None:
    state, requests = react(ViewState(), Action.DISCOMFORT, MOMENT, NOW)
    assert requests == (MarkDiscomfort(MOMENT.frame.time_s),) and not state.coaching
    assert "02:14" in (state.hud(NOW, False, 30).notice or "")
    assert "Coaching rests" in (state.hud(NOW + 60, False, 30).notice or "")
    again, requests = react(state, Action.DISCOMFORT, MOMENT, NOW + 60)
    assert requests == () and again.coaching and again.hud(NOW + 60, False, 30).notice is None


def test_nothing_to_mark_before_the_first_picture() -> None:
    for action in (Action.FOOT, Action.SIDE, Action.VIEW, Action.DISCOMFORT):
        assert react(ViewState(), action, None, NOW) == (ViewState(), ())


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("size", [(640, 480), (320, 240), (1280, 720)])
def test_clicks_on_the_screen_mark_the_true_foot(mirror: bool, size: tuple[int, int]) -> None:
    moment = moment_at(size, foot_presence=Presence.UNKNOWN)
    truth = moment_at(size).foot
    state, _ = react(ViewState(mirror=mirror), Action.FOOT, moment, NOW)
    assert state.editor is not None and state.holds_still
    place = Place(size, canvas_size(*size, WINDOW_HEIGHT), mirror)
    for name in GUIDED["plantar"]:
        x, y = place.to_canvas(truth.landmarks_px[[FOOT_LANDMARKS.index(name)]])[0]
        for kind in ("press", "release"):
            state, _ = react(state, Mouse(kind, float(x), float(y)), moment, NOW)
    state, requests = react(state, Action.ACCEPT, moment, NOW)
    assert state.editor is None
    (request,) = requests
    assert isinstance(request, SetFoot)
    wanted = truth.landmarks_px[[FOOT_LANDMARKS.index(n) for n in GUIDED["plantar"]]]
    got = np.array([request.foot.landmarks_px[n] for n in GUIDED["plantar"]])
    assert np.allclose(got, wanted, atol=1e-6)


def test_enter_waits_until_the_foot_is_whole_and_escape_leaves_no_trace() -> None:
    moment = moment_at(foot_presence=Presence.UNKNOWN)
    state, _ = react(ViewState(), Action.FOOT, moment, NOW)
    same, requests = react(state, Action.ACCEPT, moment, NOW)
    assert requests == () and same.editor is not None
    left, requests = react(same, Action.CANCEL, moment, NOW)
    assert left.editor is None and requests == () and not left.holds_still


def test_backspace_side_and_view_work_on_the_marks() -> None:
    state, _ = react(ViewState(), Action.SIDE, MOMENT, NOW)
    assert state.editor is not None and state.editor.side == "right"
    state, _ = react(state, Action.SIDE, MOMENT, NOW)
    assert state.editor is not None and state.editor.side == "left" and state.editor.problem is None
    state, _ = react(state, Action.VIEW, MOMENT, NOW)
    assert state.editor is not None and state.editor.view == "dorsal" and state.editor.steps == (0, 4)
    state, _ = react(state, Mouse("press", 300, 100), MOMENT, NOW)
    state, _ = react(state, Action.UNDO, MOMENT, NOW)
    assert state.editor is not None and state.editor.steps == (0, 4)


def test_the_mouse_does_nothing_while_watching() -> None:
    assert react(ViewState(), Mouse("press", 10, 10), MOMENT, NOW) == (ViewState(), ())


def test_notices_go_away_by_themselves() -> None:
    state = ViewState().told("Recording.", NOW)
    assert state.hud(NOW + 1, True, 30).notice == "Recording."
    assert state.hud(NOW + 9, True, 30).notice is None
    assert replace(state, paused=True).hud(NOW + 9, True, 30).notice == "Paused. Press Space to go on."
    assert ViewState(show_fps=True).hud(NOW, False, float("nan")).fps is None
