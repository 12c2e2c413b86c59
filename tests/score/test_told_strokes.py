"""Strokes told by somebody, as a recogniser: what they say is what is judged, no later and no sooner."""

from __future__ import annotations

import numpy as np

from trainer.model import Foot, Hand, Presence, Touch
from trainer.score.told_strokes import ToldStrokes
from trainer.score.truth import TrueSegment
from trainer.strokes.segments import StrokeBuilder
from trainer.touch import touch_of

SEGMENTS = (
    TrueSegment("kneading", 1.0, 3.0, ("left", "right"), 60.0, (1.2, 2.2)),
    TrueSegment("friction", 4.0, 6.0, ("right",), 60.0, (4.5, 5.5)),
)


def touch(time_s: float) -> Touch:
    return touch_of(time_s, (Hand.unknown("left"), Hand.unknown("right")), Foot.unknown())


def test_what_is_told_is_judged() -> None:
    told = ToldStrokes(SEGMENTS)
    judged = [told.update(touch(t)) for t in (0.5, 1.0, 2.9, 3.0, 5.0)]
    assert [j.technique for j in judged] == ["rest", "kneading", "kneading", "rest", "friction"]
    assert [j.hands for j in judged] == [(), ("left", "right"), ("left", "right"), (), ("right",)]
    assert all(j.confidence == 1 for j in judged)
    assert judged[0].new_cycles_s == () and touch(0.0).hands[0].presence is Presence.UNKNOWN


def test_strokes_come_out_as_they_were_told() -> None:
    told, builder = ToldStrokes(SEGMENTS), StrokeBuilder(lag_s=ToldStrokes.lag_s)
    for time_s in np.arange(0.0, 7.0, 1 / 30):
        builder.add(told.update(touch(float(time_s))))
    strokes = builder.finish()
    assert [s.technique for s in strokes] == ["kneading", "friction"]
    for stroke, segment in zip(strokes, SEGMENTS, strict=True):
        assert abs(stroke.start_s - segment.start_s) < 0.1 and abs(stroke.end_s - segment.end_s) < 0.6
        assert stroke.cycles_s == segment.cycles_s
