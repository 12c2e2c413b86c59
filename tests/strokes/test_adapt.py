"""Teaching the last layers."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.strokes.adapt import Lesson, Weights, adapted

RNG = np.random.default_rng(3)
MIDDLES = {name: RNG.normal(0, 1, 8) for name in ("kneading", "friction", "rest", "school_press")}


def shipped() -> Weights:
    """A network that knows three of the four."""
    known = ["kneading", "friction", "rest"]
    w = np.stack([MIDDLES[n] for n in known], axis=1).astype(np.float32)
    b = np.array([-0.5 * MIDDLES[n] @ MIDDLES[n] for n in known], np.float32)
    return {"technique.weight": w, "technique.bias": b, "late.weight": w, "late.bias": b, "techniques": np.array(known)}


def lesson(names: list[str], each: int = 60, seed: int = 1) -> Lesson:
    rng = np.random.default_rng(seed)
    said = [name for name in names for _ in range(each)]
    return Lesson(np.array([MIDDLES[n] + rng.normal(0, 0.5, 8) for n in said]), said, said)


def right(weights: Weights, asked: Lesson, head: str = "technique") -> float:
    odds = asked.pooled @ weights[f"{head}.weight"] + weights[f"{head}.bias"]
    names = [str(n) for n in weights["techniques"]]
    return float(np.mean([names[k] == n for k, n in zip(odds.argmax(axis=1), asked.names, strict=True)]))


def test_a_technique_of_one_s_own_is_learnt_and_the_others_are_kept() -> None:
    before = shipped()
    after = adapted(before, lesson(["kneading", "school_press", "rest"]))
    assert [str(n) for n in after["techniques"]] == ["kneading", "friction", "school_press", "rest"]
    asked = lesson(list(MIDDLES), seed=2)
    for head in ("technique", "late"):
        assert right(after, asked, head) > 0.9
    assert right(before, asked) < 0.8
    assert right(after, lesson(["friction"], seed=4)) > 0.8, "what nobody labelled is not forgotten"
    assert before["technique.weight"].shape == (8, 3), "the shipped one stays as it is"


def test_what_is_not_labelled_does_not_count() -> None:
    taught = lesson(["kneading", "rest"])
    names = [n if k % 2 else None for k, n in enumerate(taught.names)]
    after = adapted(shipped(), Lesson(taught.pooled, names, names))
    assert right(after, taught) > 0.9
    with pytest.raises(ValueError, match="nothing"):
        adapted(shipped(), Lesson(taught.pooled, [None] * len(names), [None] * len(names)))
