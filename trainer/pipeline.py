"""The only place where the stages are joined: live practice, scoring and review all run this.

``Pipeline.step`` takes one frame through all stages. ``Pipeline.run`` gives the same moments for the same frames,
but looks at the next frame while the other stages work on this one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Literal

import numpy as np

from trainer.coach.coach import Coach
from trainer.coach.practice import Lesson, Plan, Practice
from trainer.coach.rules import Situation
from trainer.coach.wish import NextZone, Wish, load_wish
from trainer.contact import contacts_of
from trainer.coverage import CoverageMap, touched_zones
from trainer.errors import FormatError
from trainer.finding import Sighting
from trainer.foot.geometry import outline_px
from trainer.foot.given import GivenFoot
from trainer.foot.skin import skin_of
from trainer.foot.tracker import FootTracker
from trainer.hands.backend import HandBackend, open_backend
from trainer.hands.finder_backend import open_finder
from trainer.hands.forearm import forearm_direction
from trainer.hands.stock import StockHands
from trainer.hands.trusted import TrustedHands
from trainer.hands.with_finder import WithFinder
from trainer.model import Floats, Foot, Frame, Hands, Judgement, Moment, Side, Stroke
from trainer.posture import PostureWatch
from trainer.rhythm import live_tempo, rhythm_of
from trainer.session import Session
from trainer.settings import Settings
from trainer.spans import SpanBuilder
from trainer.strokes.recogniser import Recogniser, open_recogniser
from trainer.strokes.segments import StrokeBuilder
from trainer.strokes.techniques import REST, Technique, Techniques, load_techniques
from trainer.touch import touch_of
from trainer.words.words import Words, load_words

RECENT_S = 12.0
"""Cycles this young are kept for the beat strip and the live rate."""


def open_pipeline(
    settings: Settings, *, given: GivenFoot | None = None, backend: HandBackend | None = None,
    recogniser: Recogniser | None = None, plan: Plan | None = None, wish: Wish | None = None,
) -> Pipeline:  # fmt: skip
    """A pipeline for one session. ``given`` are foot landmarks that a person placed; ``backend``, ``recogniser`` and
    ``wish`` replace those that the settings name; ``plan`` is what is practised. Raises TrainerError (unknown names,
    missing model, bad presets)."""
    techniques = load_techniques(settings.presets)
    if backend is None:
        if settings.backend in ("recorded", "truth"):
            raise FormatError(
                f"Expected a hand backend that looks at the pictures, but got '{settings.backend}', which needs a file "
                "of its own: use finder or mediapipe, or `trainer evaluate --backend truth`."
            )
        options = {"model": settings.model} if settings.backend in ("finder", "mediapipe") else {}
        backend = open_backend(settings.backend, **options)
    if not backend.finds and not (backend.trusted and given is not None):
        backend = WithFinder(backend, open_finder())
    foot_tracker = FootTracker(
        given=given, side=settings.foot, view=settings.view, length_mm=settings.foot_length_mm,
        field_of_view_deg=settings.field_of_view_deg,
    )  # fmt: skip
    recogniser = recogniser or open_recogniser(settings.recogniser, settings.strokes_model)
    strange = sorted(set(recogniser.techniques) - set(techniques))
    if strange:
        raise FormatError(
            f"Expected presets that tell of {', '.join(strange)}, which the recogniser's network names: add a table "
            f"[{strange[0]}] to a file of presets and give it with --presets."
        )
    return Pipeline(
        backend, foot_tracker, recogniser, techniques, wish or load_wish(settings.wish), cues=settings.cues, plan=plan,
        words=load_words(settings.language, settings.words),
    )  # fmt: skip


class Pipeline:
    """Joins the stages. Feed it frames in order; ``session()`` tells at any time what has come of them."""

    def __init__(
        self,
        backend: HandBackend,
        foot_tracker: FootTracker,
        recogniser: Recogniser,
        techniques: Techniques,
        wish: Wish | None = None,
        *,
        cues: bool = True,
        plan: Plan | None = None,
        words: Words | None = None,
    ) -> None:
        self.backend = backend
        self.techniques = techniques
        self._foot_tracker = foot_tracker
        self._hands = TrustedHands() if backend.trusted else StockHands()
        self.recogniser = recogniser
        self._strokes = StrokeBuilder(lag_s=recogniser.lag_s)
        self._coverage = CoverageMap(techniques, latency_s=recogniser.lag_s)
        self._wish = wish or load_wish()
        self._next_zone = NextZone(self._wish)
        self._posture = PostureWatch()
        plan = plan or Plan()
        self.practice = Practice(plan)
        self._coach = Coach(words or load_words(), techniques) if cues and not plan.blind else None
        self._worked_s = 0.0
        self._recent: deque[tuple[float, Side]] = deque()
        self._recent_of: str | None = None
        self._last_s: float | None = None
        self._period_s = 0.0
        self._unseen: SpanBuilder[Literal["foot", "hands", "both"]] = SpanBuilder()
        self._not_sure: SpanBuilder[bool] = SpanBuilder()
        self._foot_unseen: SpanBuilder[bool] = SpanBuilder()
        self._hands_seen = self._foot_seen = 0
        self._frames = 0
        self._foot: Foot | None = None

    def step(self, frame: Frame) -> Moment:
        """One frame through all stages."""
        return self.follow(frame, self.backend.look(frame))

    def run(self, frames: Iterable[Frame]) -> Iterator[Moment]:
        """The moments of all frames, in order. The hand backend looks one frame ahead, in a thread of its own."""
        for frame, sighting in self.sightings(frames):
            yield self.follow(frame, sighting)

    def sightings(self, frames: Iterable[Frame]) -> Iterator[tuple[Frame, Sighting]]:
        """Each frame with what the hand backend says of it, which looks at the next one meanwhile."""
        with ThreadPoolExecutor(1, thread_name_prefix="hands") as worker:
            ahead: tuple[Frame, Future[Sighting]] | None = None
            for frame in frames:
                looking = worker.submit(self.backend.look, frame)
                if ahead is not None:
                    yield ahead[0], ahead[1].result()
                ahead = frame, looking
            if ahead is not None:
                yield ahead[0], ahead[1].result()

    def set_foot(self, given: GivenFoot) -> None:
        """The user has marked the foot: it holds from the next frame on."""
        self._foot_tracker.set_given(given)

    def ease(self) -> str | None:
        """Make it cheaper by a step; what was done (a name of the hand backend's), None when there is no more to do."""
        ease = getattr(self.backend, "ease", None)
        return ease() if ease is not None else None

    def skip_step(self, steps: int) -> None:
        """Go so many steps of the practice on, or back."""
        self.practice.skip(steps)

    def reset_coverage(self) -> None:
        """Begin the map anew."""
        self._coverage.reset()

    def finish(self) -> Session:
        """The whole session, with what the stages still held back. Call once, after the last frame."""
        self._coverage.finish()
        return replace(self._session(self._strokes.finish()), refined=self.recogniser.refined())

    def session(self) -> Session:
        """What the session has come to until now."""
        return self._session(self._strokes.so_far())

    def _session(self, strokes: tuple[Stroke, ...]) -> Session:
        done = {stroke.technique for stroke in strokes}
        return Session(
            duration_s=(self._last_s or 0.0) + self._period_s,
            frames=self._frames,
            frames_with_hand=self._hands_seen,
            frames_with_foot=self._foot_seen,
            foot=self._foot,
            foot_unseen_s=self._foot_unseen.total_s(),
            unseen=self._unseen.spans(),
            not_sure=tuple((start, end) for start, end, _ in self._not_sure.spans()),
            strokes=strokes,
            rhythms=tuple(
                rhythm_of([s for s in strokes if s.technique == name], technique)
                for name, technique in self.techniques.items()
                if name in done and name != REST
            ),
            coverage=self._coverage.coverages(),
            posture=self._posture.findings(),
            cues=tuple(self._coach.cues) if self._coach else (),
            wish=self._wish,
        )

    def close(self) -> None:
        """Frees what the hand backend holds."""
        self.backend.close()

    def see(self, frame: Frame, sighting: Sighting) -> tuple[Hands, Foot]:
        """Hands and foot in one frame: the first half of `follow`."""
        hands = self._hands.update(frame.time_s, sighting)
        return hands, self._foot_tracker.update(frame, hands, sighting.finding)

    def follow(self, frame: Frame, sighting: Sighting) -> Moment:
        """All stages after the hand backend, for one frame and what that saw in it."""
        hands, foot = self.see(frame, sighting)
        return self.judge(frame, hands, foot, _forearms(frame, hands, foot))

    def judge(self, frame: Frame, hands: Hands, foot: Foot, forearms_px: tuple[Floats, Floats]) -> Moment:
        """The second half of `follow`: what hands and foot (just seen, or read from tracks) do. The picture itself is
        not looked at. forearms_px: each hand's (2,) elbow to wrist, NaN where it isn't known."""
        touch = touch_of(frame.time_s, hands, foot)
        judgement = self.recogniser.update(touch)
        self._strokes.add(judgement)
        self._coverage.update(touch, judgement, frame.size)
        self._remember_cycles(judgement)
        coverage = self._coverage.coverage()
        rate = self._rate(judgement)
        lesson = self.practice.update(touch, rate)
        posture = self._posture.update(frame.time_s, hands, forearms_px)
        moment = Moment(
            frame=frame,
            hands=hands,
            foot=foot,
            touch=touch,
            judgement=judgement,
            rate_per_min=rate,
            recent_cycles_s=tuple(time_s for time_s, _ in self._recent),
            coverage=coverage,
            next_zone=self._next_zone.update(coverage, lesson.step.zones if lesson.step is not None else ()),
            posture=posture,
            cue=None,
            contacts=contacts_of(touch, self._technique(judgement), judgement.hands, skin_of(foot)),
            lesson=lesson,
        )
        moment = self._with_cue(moment, lesson)
        self._account(moment)
        return moment

    def _technique(self, judgement: Judgement) -> Technique | None:
        """The technique at work, None at rest and when not sure."""
        name = judgement.technique
        return self.techniques.get(name) if name is not None and name != REST else None

    def _remember_cycles(self, judgement: Judgement) -> None:
        technique = self._technique(judgement)
        if technique is not None and technique.id != self._recent_of:
            self._recent_of = technique.id
            self._recent.clear()
        if judgement.new_cycles_s:
            # One that is found late may lie before one that was found in time.
            self._recent = deque(sorted([*self._recent, *judgement.new_cycles_s]))
        while self._recent and self._recent[0][0] < judgement.time_s - RECENT_S:
            self._recent.popleft()

    def _rate(self, judgement: Judgement) -> float:
        """Cycles a minute just now, whichever hands do them."""
        return live_tempo(self._recent, self._technique(judgement), judgement.hands, judgement.time_s)

    def _with_cue(self, moment: Moment, lesson: Lesson) -> Moment:
        if self._coach is None:
            return moment
        technique = self._technique(moment.judgement)
        if technique is not None:
            self._worked_s += moment.frame.time_s - (moment.frame.time_s if self._last_s is None else self._last_s)
        cue = self._coach.update(
            Situation(
                time_s=moment.frame.time_s,
                foot=moment.foot,
                technique=technique,
                rate_per_min=moment.rate_per_min,
                cycles=tuple(self._recent),
                worked_s=self._worked_s,
                touched=touched_zones(moment.contacts, moment.coverage),
                lesson=lesson,
                coverage=moment.coverage,
                next_zone=moment.next_zone,
                posture=moment.posture,
                hand_lost=self._coverage.hand_lost,
            )
        )
        return replace(moment, cue=cue)

    def _account(self, moment: Moment) -> None:
        now = moment.frame.time_s
        before = now if self._last_s is None else self._last_s
        # The last frame is shown as long as the one before it.
        self._period_s = now - before
        self._last_s = now
        self._frames += 1
        self._hands_seen += any(hand.seen for hand in moment.hands)
        self._foot_seen += moment.foot.seen
        if moment.foot.seen or self._foot is None:
            self._foot = moment.foot
        lost = self._coverage.hand_lost
        unseen: dict[tuple[bool, bool], Literal["foot", "hands", "both"]] = {
            (True, False): "foot", (False, True): "hands", (True, True): "both"
        }  # fmt: skip
        self._unseen.update(before, now, unseen.get((not moment.foot.seen, lost)))
        self._foot_unseen.update(before, now, None if moment.foot.seen else True)
        self._not_sure.update(before, now, True if moment.judgement.technique is None else None)


def _forearms(frame: Frame, hands: Hands, foot: Foot) -> tuple[Floats, Floats]:
    unknown = np.full(2, np.nan)
    outline = outline_px(foot) if foot.seen else None
    left, right = (forearm_direction(frame.image, h.landmarks_px, outline) if h.seen else unknown for h in hands)
    return left, right
