"""Belief without proof, and when it ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trainer.hands.gate import CLEAR, CREDIT_S, GHOSTLY, Proof, Trail, comes


def test_credit_is_spent_by_time_and_void_on_the_foot() -> None:
    lent = Proof(credit_s=CREDIT_S)
    assert lent.proven and not Proof().proven
    later = lent.after(Trail(), 0.9 * CREDIT_S, CLEAR)
    assert later.proven and not later.earned
    assert not later.after(Trail(), 0.2 * CREDIT_S, CLEAR).proven
    assert not lent.after(Trail(), 0.03, GHOSTLY).proven


def test_what_has_been_earned_outlives_the_credit() -> None:
    proof = Proof(level=0.6, earned=True, credit_s=0.01)
    assert proof.after(Trail(), 0.1, CLEAR).proven
    assert proof.after(Trail(), 0.1, replace(CLEAR, slip=-1.0)) == Proof()


def test_what_comes_moves_as_one_thing_and_fast() -> None:
    rng = np.random.default_rng(1)
    jitter = rng.normal(0, 0.5, (21, 2))
    way = np.array([6.0, 2.0])
    assert comes(way + jitter, 0.033, 60.0, 0.5)
    assert not comes(0.2 * way + jitter, 0.033, 60.0, 0.5), "too slow"
    assert not comes(rng.normal(0, 8.0, (21, 2)), 0.033, 60.0, 0.5), "to all sides"
    assert not comes((way + jitter)[:5], 0.033, 60.0, 0.5), "too little of it is known"
