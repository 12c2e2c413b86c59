from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from session_results import make_card, plantar_coverage

from trainer.foot import atlas
from trainer.model import Coverage, Floats, Rhythm, Stroke
from trainer.score.figures.axis import clock, duration, nice_ceiling, percent, share, time_ticks
from trainer.score.figures.foot import FootFigure, foot_figures
from trainer.score.figures.rhythm import curves, local_rate
from trainer.score.figures.timeline import timeline
from trainer.score.scorecard import Extras, Span
from trainer.strokes.techniques import load_techniques

NAMES = {"kneading": "Kneading", "press_hold": "Press and hold", "friction": "Friction"}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (0.44, "0.4 s"), (9.96, "10 s"), (59.6, "1 min"), (200, "3 min 20 s"), (3900, "1 h 5 min"),
     (7200, "2 h"), (math.nan, "–")],
)  # fmt: skip
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds).replace("\u00a0", " ") == text


def test_share_never_rounds_to_all_or_nothing() -> None:
    assert [share(v).replace("\u00a0", " ") for v in (0, 0.001, 0.5, 0.999, 1, None, math.nan)] == [
        "0 %", "< 1 %", "50 %", "> 99 %", "100 %", "–", "–",
    ]  # fmt: skip


def test_clock() -> None:
    assert [clock(t) for t in (0, 59.9, 60, 3723)] == ["0:00", "0:59", "1:00", "1:02:03"]
    assert clock(1.25, tenths=True) == "0:01.2"


@given(st.floats(0, 5000), st.floats(0.01, 40000))
def test_ticks_are_few_and_in_place(start_s: float, length_s: float) -> None:
    ticks = time_ticks(start_s, start_s + length_s)
    assert len(ticks) <= 8
    assert all(0 <= tick.at <= 100 for tick in ticks)
    assert [tick.at for tick in ticks] == sorted(tick.at for tick in ticks)


@given(st.floats(1e-3, 1e6))
def test_nice_ceiling(value: float) -> None:
    assert value * (1 - 1e-9) <= nice_ceiling(value) <= value * 1.7


def test_nothing_has_no_ticks() -> None:
    assert time_ticks(1, 1) == []
    assert nice_ceiling(0) == nice_ceiling(math.nan) == 1
    assert percent(1, 1, 1) == 0


def test_timeline_has_a_lane_for_each_technique_and_for_what_was_not_told() -> None:
    shown = timeline(make_card(), NAMES)
    assert [(lane.name, lane.kind) for lane in shown.lanes] == [
        ("Kneading", "stroke"), ("Press and hold", "stroke"), ("Not sure", "not-sure"),
        ("Could not be seen", "unseen"),
    ]  # fmt: skip
    kneading, _, not_sure, unseen = shown.lanes
    assert (kneading.bars[0].left, kneading.bars[0].width) == (10, 20)
    assert "80 a minute" in kneading.bars[0].tip and "left and right hands" in kneading.bars[0].tip
    assert len(not_sure.bars) == 2
    assert "a working hand could not be seen" in unseen.bars[0].tip
    assert (unseen.bars[0].left, unseen.bars[0].width) == (65, 17.5)
    assert shown.cues[0].at == 20


def test_not_sure_time_that_became_a_stroke_is_not_shown() -> None:
    extras = Extras(not_sure=[Span(1.0, 3.0), Span(5.0, 9.0)])
    card = make_card(extras=extras)
    assert card["not_sure"] == [{"start_s": 1.0, "end_s": 2.0}, {"start_s": 6.0, "end_s": 8.0}]
    assert card["abstained_s"] == 3.0


def friction(cycles: list[float]) -> Stroke:
    return Stroke("friction", 0.0, 100.0, ("left",), 0.9, tuple(cycles), ("left",) * len(cycles))


def test_local_rate() -> None:
    techniques = load_techniques()
    times, rates = local_rate(friction([0.0, 1.0, 2.0, 3.0, 6.0, 7.0]), techniques["friction"])
    assert times.tolist() == [1.0, 2.0, 3.0, 6.0, 7.0]
    assert np.isnan(rates[3]), "a pause breaks the curve"
    assert rates[[0, 1, 2, 4]].tolist() == [60, 60, 60, 60]
    assert len(local_rate(friction([1.0]), techniques["friction"])[0]) == 0
    turns = (0.0, 0.4, 1.0, 1.4, 2.0, 2.4)
    in_turn = Stroke("kneading", 0.0, 3.0, ("left", "right"), 0.9, turns, ("left", "right") * 3)
    assert local_rate(in_turn, techniques["kneading"])[1] == pytest.approx([120] * 4), "which comes first doesn't show"


@given(st.lists(st.floats(0, 100), max_size=40, unique=True).map(sorted))
def test_local_rate_is_never_negative(cycles: list[float]) -> None:
    times, rates = local_rate(friction(cycles), load_techniques()["friction"])
    assert len(times) == len(rates)
    assert not (rates < 0).any()


def points(path: str) -> Floats:
    return np.array([[float(n) for n in pair] for pair in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path)])


def test_curve_stands_in_its_band() -> None:
    cycles = tuple(np.arange(0.0, 10.0, 0.6))
    card = make_card(
        strokes=[Stroke("kneading", 0.0, 10.0, ("left",), 0.9, cycles, ("left",) * len(cycles))],
        rhythm=[Rhythm("kneading", len(cycles), 100.0, 0.02, math.nan, 1.0, 1.0, 0)],
    )
    (curve,) = curves(card, NAMES)
    assert curve.band is not None and curve.band.text == "60–140 a minute"
    heights = 100 - points(curve.lines[0])[:, 1]
    assert (heights > curve.band.low).all() and (heights < curve.band.high).all()
    assert heights == pytest.approx(heights[0], abs=0.1)
    assert curve.left_ticks.count("M") == len(cycles) and curve.right_ticks == ""
    assert ("In the band", "100\u00a0%", "") in curve.figures
    assert not any(what == "Left : right" for what, _, _ in curve.figures), "one hand has no balance"


def test_long_curves_are_thinned_and_short_ones_left_out() -> None:
    cycles = tuple(np.arange(0.0, 3600.0, 0.5))
    card = make_card(
        duration_s=3600.0,
        strokes=[
            Stroke("kneading", 0.0, 3600.0, ("left",), 0.9, cycles, ("left",) * len(cycles)),
            Stroke("friction", 3600.0, 3602.0, ("left",), 0.9, (3600.5, 3601.5), ("left",) * 2),
        ],
        rhythm=[
            Rhythm("kneading", len(cycles), 120.0, 0.0, 0.0, 1.0, 1.0, 0),
            Rhythm("friction", 2, 60.0, math.nan, math.nan, 1.0, 1.0, 0),
        ],
    )
    (curve,) = curves(card, NAMES)
    assert curve.name == "Kneading"
    assert sum(len(points(line)) for line in curve.lines) <= 241
    assert curve.dense


def test_single_intervals_between_pauses_are_dots() -> None:
    cycles = (0.0, 0.5, 1.0, 1.5, 4.0, 4.5, 9.0)
    card = make_card(
        strokes=[Stroke("kneading", 0.0, 10.0, ("left",), 0.9, cycles, ())],
        rhythm=[Rhythm("kneading", 7, 120.0, 0.1, math.nan, 1.0, math.nan, 2)],
    )
    (curve,) = curves(card, NAMES)
    assert len(curve.lines) == 1 and len(curve.dots) == 1
    assert curve.right_ticks.count("M") == 7, "cycles of an unknown hand are shown all the same"


def figure(side: str = "left", coverage: Coverage | None = None) -> FootFigure:
    coverage = plantar_coverage() if coverage is None else coverage
    (shown,) = foot_figures(make_card(coverage=replace(coverage, side=side)), {"ball_central": "Middle of the ball"})
    return shown


def test_zones_have_the_three_states() -> None:
    states = {zone.id: zone.state for zone in figure().zones}
    assert states["ball_central"] == "worked"
    assert states["heel_lateral"] == "not seen"
    assert states["arch_medial"] == "not worked"
    assert set(states) == set(atlas.SOLE_ZONES)


def test_the_map_is_as_one_looks_at_the_foot() -> None:
    for side, big_toe_left in (("left", True), ("right", False)):
        shown = figure(side)
        hallux = next(zone for zone in shown.zones if zone.id == "hallux")
        heel = next(zone for zone in shown.zones if zone.id == "heel_medial")
        assert (hallux.x < shown.width / 2) == big_toe_left
        assert hallux.y < heel.y, "toes up"
        assert shown.left_word.startswith("big" if big_toe_left else "little")


def test_the_painted_place_is_the_worked_place() -> None:
    shown = figure()
    zone = next(z for z in shown.zones if z.id == "ball_central")
    painted = points(shown.levels[0].path)
    assert abs(painted.mean(axis=0) - [zone.x, zone.y]).max() < 40
    unseen = points(shown.unseen)
    heel = next(z for z in shown.zones if z.id == "heel_lateral")
    assert abs(unseen.mean(axis=0) - [heel.x, heel.y]).max() < 60


def test_labels_keep_apart_and_pins_lie_in_their_zones() -> None:
    shown = figure()
    for side in ("left", "right"):
        ys = sorted(zone.label_y for zone in shown.zones if zone.label_side == side)
        assert (np.diff(ys) > 100).all()
    for zone in shown.zones:
        u, v = 1 - zone.y / shown.height, zone.x / shown.width
        assert atlas.zones("plantar")[int(atlas.zone_at("plantar", u, v))] == zone.id


def test_every_map_is_drawn_the_main_one_first() -> None:
    top = replace(plantar_coverage(), view="dorsal", side="right", zone_seconds={"instep": 3.0}, visits=())
    visits = (("ball_medial", 1.0, 1.1), ("heel_medial", 2.0, 3.0), ("hallux", 4.0, 5.0), ("heel_medial", 6.0, 7.0))
    main = replace(plantar_coverage(), visits=visits)
    shown = foot_figures(make_card(coverage=(main, top)), {"hallux": "Big toe"})
    assert [(one.view, one.side) for one in shown] == [("plantar", "left"), ("dorsal", "right")]
    assert shown[0].order == ("heel medial", "Big toe"), "what was but passed over isn't worked"
    assert {zone.id for zone in shown[1].zones} == set(atlas.TOP_ZONES)
