"""Two sessions side by side: which moment answers to which, and what was done otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.score.session_results import make_card, results
from trainer.model import Stroke
from trainer.review.align import anchors, cell_differences, differences


def stroke(technique: str, start_s: float, end_s: float, every_s: float = 0.0) -> Stroke:
    cycles = tuple(np.arange(start_s + every_s, end_s, every_s)) if every_s else ()
    return Stroke(technique, start_s, end_s, ("left",), 0.9, cycles, ("left",) * len(cycles))


def at(pairs: list[tuple[float, float]], time_s: float) -> float:
    return float(np.interp(time_s, *zip(*pairs, strict=True)))


def test_the_same_session_answers_to_itself() -> None:
    strokes = [stroke("kneading", 2, 8, 0.8), stroke("friction", 10, 15)]
    pairs = anchors(strokes, strokes, (20.0, 20.0))
    for time_s in (0.0, 3.3, 9.0, 12.0, 20.0):
        assert at(pairs, time_s) == pytest.approx(time_s)


def test_strokes_begin_and_end_together_and_one_left_out_is_passed_over() -> None:
    teacher = [stroke("effleurage", 1, 5), stroke("kneading", 6, 12), stroke("friction", 13, 20)]
    student = [stroke("effleurage", 4, 10), stroke("friction", 12, 14)]
    pairs = anchors(teacher, student, (22.0, 16.0))
    for time_s, other in ((1, 4), (5, 10), (13, 12), (20, 14), (22, 16)):
        assert at(pairs, time_s) == pytest.approx(other)


def test_within_a_stroke_cycle_answers_to_cycle() -> None:
    slow, fast = stroke("kneading", 0.5, 10.5, 1.0), stroke("kneading", 0.5, 5.5, 0.5)
    pairs = anchors([slow], [fast], (12.0, 6.0))
    for a, b in zip(slow.cycles_s[:5], fast.cycles_s[:5], strict=True):
        assert at(pairs, a) == pytest.approx(b)


@st.composite
def sessions(draw: st.DrawFn) -> list[Stroke]:
    edges = sorted(draw(st.lists(st.floats(0.1, 50), unique=True, max_size=10)))
    pairs = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False) if b - a > 0.01]
    names = st.sampled_from(["kneading", "friction", "wringing"])
    return [stroke(draw(names), a, b, draw(st.sampled_from([0.0, 0.7, 1.3]))) for a, b in pairs]


@given(sessions(), sessions())
def test_time_always_runs_forward_from_end_to_end(first: list[Stroke], second: list[Stroke]) -> None:
    pairs = anchors(first, second, (51.0, 51.0))
    assert pairs[0] == (0.0, 0.0) and pairs[-1] == (51.0, 51.0)
    assert np.all(np.diff([p[0] for p in pairs]) > 0) and np.all(np.diff([p[1] for p in pairs]) > 0)


def test_differences_of_tempo_and_map() -> None:
    first, second = make_card(**results()), make_card(**results())
    second["rhythm"][0]["rate_per_min"] = 90.0
    second["segments"] = [s for s in second["segments"] if s["technique"] == "kneading"]
    first["coverage"]["zones"] |= dict.fromkeys(first["coverage"]["zones"], 0.0) | {"hallux": 3.0, "heel_medial": 1.0}
    second["coverage"]["zones"] |= dict.fromkeys(second["coverage"]["zones"], 0.0) | {"hallux": 1.0}
    told = differences(first, second)
    kneading = next(t for t in told["tempo"] if t["technique"] == "kneading")
    assert kneading["rates_per_min"] == [120.0, 90.0] and kneading["seconds"] == pytest.approx([4.0, 4.0])
    assert next(t for t in told["tempo"] if t["technique"] == "press_hold")["seconds"][1] == 0.0
    assert told["zones"]["hallux"] == [0.75, 1.0] and told["zones"]["heel_medial"] == [0.25, 0.0]
    second["coverage"]["view"] = "dorsal"
    assert differences(first, second)["zones"] == {} and not differences(first, second)["same_map"]


def test_where_the_second_worked_more() -> None:
    first, second = make_card(**results()), make_card(**results())
    grids = [np.zeros((64, 32)), np.zeros((64, 32))]
    grids[0][10:14, 10:14], grids[1][44:48, 14:18] = 1.0, 2.0
    for card, grid in zip((first, second), grids, strict=True):
        card["coverage"]["grid_seconds"] = grid.tolist()
    cells = np.array(cell_differences(first, second), float)
    assert cells.shape == (64, 32) and np.isnan(cells[0, 0]), "off the foot nothing is said"
    assert cells[12, 12] < -0.9 and cells[46, 16] > 0.9 and abs(cells[30, 16]) < 0.05
    assert np.nanmax(np.abs(cells)) == 1.0
    assert np.nanmax(np.abs(np.array(cell_differences(first, first), float))) == 0.0


def test_maps_that_are_not_alike_have_no_differences() -> None:
    first, second = make_card(**results()), make_card(**results())
    second["coverage"]["view"] = "dorsal"
    assert cell_differences(first, second) == []
    second["coverage"] |= {"view": "plantar", "grid_seconds": None}
    assert cell_differences(first, second) == []
