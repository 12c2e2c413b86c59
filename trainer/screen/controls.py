"""What keys and mouse do: a pure function from the state of the view and an event to the next state and requests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from trainer.foot.given import GivenFoot
from trainer.model import Cue, Moment
from trainer.screen.foot_editor import FootEditor
from trainer.screen.hud import LINES, Hud, Lines
from trainer.screen.keys import Action
from trainer.screen.layout import WINDOW_HEIGHT, canvas_size, layout
from trainer.screen.place import Place
from trainer.screen.window import Closed, Event, Mouse
from trainer.screen.wording import clock
from trainer.words.words import Words, load_words

NOTICE_S = 4.0
"""A notice stays this long: two seconds to look up, two to read."""
CONFIRM_S = 3.0
WHY_S = 6.0
"""A reason is longer than a cue."""
_REACH_UNITS = 3.0
"""A landmark is caught by a click this near: about a fingertip on a laptop's touch pad."""


@dataclass(frozen=True)
class Quit:
    """End the session."""


@dataclass(frozen=True)
class SetFoot:
    """The user has marked the foot."""

    foot: GivenFoot


@dataclass(frozen=True)
class ClearCoverage:
    """Begin the coverage map anew."""


@dataclass(frozen=True)
class ToggleRecording:
    """Begin or end a recording."""


@dataclass(frozen=True)
class SkipStep:
    """Go so many steps on (back, when negative)."""

    steps: int


@dataclass(frozen=True)
class ToggleSound:
    """Let the beat be heard, or not."""


@dataclass(frozen=True)
class MarkDiscomfort:
    """The person massaged felt discomfort at ``time_s`` of the session."""

    time_s: float


@dataclass(frozen=True)
class ToggleFullScreen:
    """Fill the screen, or stop doing so."""


Request = (
    Quit | SetFoot | ClearCoverage | ToggleRecording | MarkDiscomfort | ToggleFullScreen | SkipStep | ToggleSound
)


@dataclass(frozen=True)
class ViewState:
    """How the session is being looked at. Clock times are seconds of a monotonic clock; ``cue`` is the last one."""

    mirror: bool = False
    lines: Lines = "zones"
    show_fps: bool = False
    help: bool = False
    paused: bool = False
    coaching: bool = True
    editor: FootEditor | None = None
    notice: str | None = None
    notice_until: float = 0.0
    words: Words = field(default_factory=load_words)
    cue: Cue | None = None
    clear_asked_until: float = 0.0

    @property
    def holds_still(self) -> bool:
        """Whether the picture stands, because of a pause or because the foot is being marked on it."""
        return self.paused or self.editor is not None

    def told(self, notice: str, clock_s: float, stay_s: float = NOTICE_S) -> ViewState:
        """The same with a notice on the screen."""
        return replace(self, notice=notice, notice_until=clock_s + stay_s)

    def hud(self, clock_s: float, recording: bool, fps: float) -> Hud:
        """What the overlay shows beside the moment."""
        notice = self.notice if clock_s < self.notice_until else None
        if notice is None and not self.coaching:
            notice = self.words.say("notices", "coaching_rests")
        if notice is None and self.paused:
            notice = self.words.say("notices", "paused")
        return Hud(
            mirror=self.mirror, lines=self.lines, interactive=True, recording=recording,
            fps=fps if self.show_fps and np.isfinite(fps) else None, notice=notice,
        )  # fmt: skip


def react(
    state: ViewState, event: Event, moment: Moment | None, clock_s: float
) -> tuple[ViewState, tuple[Request, ...]]:
    """The state after the event and what the event asks of the session. ``moment`` is the one on the screen."""
    if isinstance(event, Closed) or event is Action.QUIT:
        return state, (Quit(),)
    if isinstance(event, Mouse):
        return _pointed(state, event, moment), ()
    if event is Action.MIRROR:
        return replace(state, mirror=not state.mirror), ()
    if event is Action.HELP:
        return replace(state, help=not state.help), ()
    if event is Action.SCREEN:
        return state, (ToggleFullScreen(),)
    if state.help and event is Action.CANCEL:
        return replace(state, help=False), ()
    if state.editor is not None:
        return _edited(state, state.editor, event, moment, clock_s)
    return _watched(state, event, moment, clock_s)


def _watched(
    state: ViewState, event: Action, moment: Moment | None, clock_s: float
) -> tuple[ViewState, tuple[Request, ...]]:
    """Keys while the session runs."""
    say = state.words.say
    match event:
        case Action.CANCEL:
            return state, (Quit(),)
        case Action.PAUSE:
            return replace(state, paused=not state.paused, notice_until=0.0), ()
        case Action.ZONES:
            return replace(state, lines=LINES[(LINES.index(state.lines) + 1) % len(LINES)]), ()
        case Action.RECORD:
            return state, (ToggleRecording(),)
        case Action.MUTE:
            return state, (ToggleSound(),)
        case Action.WHY:
            why = say("notices", "why", why=state.cue.why) if state.cue is not None else say("notices", "no_cue")
            return state.told(why, clock_s, WHY_S), ()
        case Action.NEXT | Action.BACK if moment is None or moment.lesson is None or not moment.lesson.plan.steps:
            return state.told(say("notices", "no_steps"), clock_s), ()
        case Action.NEXT | Action.BACK:
            return state, (SkipStep(1 if event is Action.NEXT else -1),)
        case Action.CLEAR if clock_s < state.clear_asked_until:
            return replace(state.told(say("notices", "cleared"), clock_s), clear_asked_until=0.0), (ClearCoverage(),)
        case Action.CLEAR:
            asked = state.told(say("notices", "clear_again"), clock_s, CONFIRM_S)
            return replace(asked, clear_asked_until=clock_s + CONFIRM_S), ()
    if moment is None:
        return state, ()
    now = moment.frame.time_s
    if event is Action.DISCOMFORT:
        if not state.coaching:
            return replace(state, coaching=True, notice_until=0.0), ()
        told = state.told(say("notices", "discomfort", time=clock(now)), clock_s)
        return replace(told, coaching=False), (MarkDiscomfort(now),)
    editor = FootEditor.of(moment.foot, moment.frame.size)
    match event:
        case Action.FOOT:
            return replace(state, editor=editor), ()
        case Action.SIDE:
            return replace(state, editor=editor.other_side()), ()
        case Action.VIEW:
            return replace(state, editor=editor.other_view()), ()
    return state, ()


def _edited(
    state: ViewState, editor: FootEditor, event: Action, moment: Moment | None, clock_s: float
) -> tuple[ViewState, tuple[Request, ...]]:
    """Keys while the foot is being marked."""
    match event:
        case Action.CANCEL:
            return replace(state, editor=None), ()
        case Action.UNDO:
            return replace(state, editor=editor.undo()), ()
        case Action.SIDE:
            return replace(state, editor=editor.other_side()), ()
        case Action.VIEW:
            return replace(state, editor=editor.other_view()), ()
        case Action.ACCEPT if editor.problem is None and moment is not None:
            done = replace(state, editor=None).told(state.words.say("notices", "foot_marked"), clock_s)
            return done, (SetFoot(editor.given(moment.frame.time_s)),)
    return state, ()


def _pointed(state: ViewState, event: Mouse, moment: Moment | None) -> ViewState:
    editor = state.editor
    if editor is None or moment is None:
        return state
    canvas = canvas_size(*moment.frame.size, WINDOW_HEIGHT)
    place = Place(moment.frame.size, canvas, state.mirror)
    x, y = (float(v) for v in place.to_frame(np.array([[event.x, event.y]]))[0])
    match event.kind:
        case "press":
            reach = _REACH_UNITS * layout(*canvas).unit * moment.frame.size[0] / canvas[0]
            return replace(state, editor=editor.press(x, y, reach))
        case "move":
            return state if editor.held is None else replace(state, editor=editor.move(x, y))
        case "release":
            return replace(state, editor=editor.release())
