"""Sketched sessions, and how a tracker is imagined to see them."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.model import SIDES
from trainer.strokes.inputs import WIDTH
from trainer.strokes.observation import palm_frame
from trainer.strokes.vocabulary import NUMBER
from trainer.studio.training.simulated import Fault, Faults, simulate
from trainer.studio.training.sketched import SECONDS, sketched
from trainer.studio.training.takes import take_of


@pytest.mark.parametrize("seed", range(6))
def test_a_session_is_whole(seed: int) -> None:
    played = sketched(np.random.default_rng(seed), "s")
    assert played.hands_mm.shape[1:] == (2, 21, 3) and played.foot_mm.shape[1:] == (14, 3)
    assert np.isfinite(played.foot_mm).all()
    ends = [0.0]
    for stretch in played.stretches:
        assert stretch.start_s >= ends[-1] and stretch.end_s <= SECONDS
        inside = (stretch.cycles_s >= stretch.start_s) & (stretch.cycles_s < stretch.end_s)
        assert inside.all() and (np.diff(stretch.cycles_s) > 0).all()
        at = (played.time_s >= stretch.start_s) & (played.time_s < stretch.end_s - 0.06)
        for k in range(2):
            if stretch.working[k]:
                assert np.isfinite(played.hands_mm[at, k]).all(), "who works is there"
        ends.append(stretch.end_s)
    assert len({s.technique for s in played.stretches}) >= 2


def test_the_same_luck_gives_the_same_session_and_the_same_sight() -> None:
    one, two = (
        take_of("s", *simulate(sketched(rng, "s"), Faults(), rng))
        for rng in (np.random.default_rng(5) for _ in range(2))
    )
    np.testing.assert_array_equal(one.inputs, two.inputs)
    assert one.inputs.shape == (len(one), 2, WIDTH) and np.isfinite(one.inputs.astype(float)).all()
    assert set(one.technique) <= {-1, *NUMBER.values()}
    assert len(one) > 20 * 20


def test_borrowed_faults_are_laid_on() -> None:
    lost = Fault(15.0, np.zeros(40, int), np.full((40, 21, 2), np.nan))
    faults = Faults()
    for number in NUMBER.values():
        for working in (False, True):
            faults.by_deed[number, working].append(lost)
    rng = np.random.default_rng(0)
    shares = []
    for seed in range(8):
        touches, _, _ = simulate(sketched(np.random.default_rng(seed), "s"), faults, rng)
        shares.append(np.mean([np.isfinite(t.hands[0].uv).all() for t in touches]))
    assert min(shares) < 0.02, "every fault that is borrowed is a hand lost"
    assert max(shares) > 0.3, "but some faults are made up"


def test_a_palm_s_frame_is_square_and_mirrored() -> None:
    px = np.zeros((1, 21, 2))
    px[0, 9], px[0, 5], px[0, 17] = [0, -80], [20, -75], [-25, -70]
    for side, sign in zip(SIDES, (1, -1), strict=True):
        along, across, size = palm_frame(px, side)
        np.testing.assert_allclose(along, [[0, -1]])
        np.testing.assert_allclose(across, [[-sign, 0]], atol=1e-9)
        assert size[0] == pytest.approx(80)
