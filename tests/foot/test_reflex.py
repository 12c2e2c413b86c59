"""The layer of reflexology teaching: five zones and four guide lines, on the sole."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.foot import atlas, reflex


def test_zones_lie_side_by_side_from_the_big_toe() -> None:
    borders = reflex.zone_borders()
    assert len(borders) == 4
    for u in np.linspace(0.1, 0.8, 15):
        v = [float(np.interp(u, line[:, 0], line[:, 1])) for line in borders]
        assert v == sorted(v) and min(np.diff(v)) > 0.05
        assert v[0] > 0.05 and v[-1] < 0.98


@pytest.mark.parametrize("line", [*reflex.zone_borders(), *reflex.guide_lines().values()])
def test_lines_lie_on_the_foot(line: np.ndarray) -> None:
    assert atlas.inside_outline("plantar", line, margin=0.012).all()


def test_guide_lines_are_where_teaching_has_them() -> None:
    lines = reflex.guide_lines()
    assert tuple(lines) == reflex.GUIDES
    heights = [line[:, 0].mean() for line in lines.values()]
    assert heights == sorted(heights, reverse=True)
    base = atlas.landmarks_uv("plantar")[4]
    assert lines["waist"][-1, 0] == pytest.approx(base[0], abs=0.01), "the base of the 5th metatarsal"
    above = lines["shoulder"] + [0.03, 0.0]
    toes = [atlas.zones("plantar")[k] for k in atlas.zone_at("plantar", above[:, 0], above[:, 1])]
    assert set(toes) == {"hallux", "lesser_toes"}


def test_numbers_stand_in_their_zones() -> None:
    for row in reflex.zone_places():
        inner = [np.interp(row[0, 0], line[:, 0], line[:, 1]) for line in reflex.zone_borders()]
        assert [int(np.searchsorted(inner, v)) for v in row[:, 1]] == [0, 1, 2, 3, 4]
        assert atlas.inside_outline("plantar", row).all()
