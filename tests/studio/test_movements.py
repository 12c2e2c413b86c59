"""Movements without pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("anny")

from trainer.strokes.vocabulary import NUMBER
from trainer.studio.draw import MOST_CLIPS, Frame, draw, draw_movements
from trainer.studio.recipe import Step
from trainer.studio.training.movements import make_movements, missing_movements
from trainer.studio.training.played import read_movements
from trainer.studio.training.simulated import Faults, simulate
from trainer.studio.training.takes import take_of


def test_sessions_are_of_nobody_s_clips_and_of_their_own_split() -> None:
    train, tune = (draw_movements(split, 3, 36.0, 20.0) for split in ("train", "tune"))
    assert train == draw_movements("train", 3, 36.0, 20.0)
    assert train.practitioner != tune.practitioner and train.seed != tune.seed
    last = draw("train", MOST_CLIPS - 1, Frame(seconds=8.0))
    assert max(last.practitioner, last.client) < draw_movements("train", 0, 36.0, 20.0).practitioner
    views = {draw_movements("train", n, 36.0, 20.0).view for n in range(12)}
    assert views == {"plantar", "dorsal"}


def test_what_is_played_is_told(tmp_path: Path) -> None:
    recipe = replace(
        draw_movements("train", 0, 36.0, 20.0), view="plantar",
        script=(Step("rest", 0.8), Step("kneading", 2.5, tempo=100, style="alternating"), Step("rest", 1.0),
                Step("friction", 2.5, tempo=80, style="thumb"), Step("rest", 0.7)),
    )  # fmt: skip
    done: list[int] = []
    make_movements(recipe, tmp_path / "train_00000.mp4", lambda n, of: done.append(n))
    played = read_movements(tmp_path / "train_00000.npz")
    assert done[-1] == len(played.time_s) == 150
    kneading, friction = played.stretches
    assert (kneading.technique, friction.technique) == (NUMBER["kneading"], NUMBER["friction"])
    assert kneading.working == (True, True) and sum(friction.working) == 1
    assert kneading.start_s == pytest.approx(0.8, abs=0.06) and kneading.end_s == pytest.approx(3.3, abs=0.06)
    assert kneading.cycle_hands is not None and friction.cycle_hands is not None
    assert (kneading.cycle_hands.sum(axis=1) == 1).all(), "thumbs take turns"
    assert (np.diff(kneading.cycle_hands[:, 0].astype(int)) != 0).all()
    assert (friction.cycle_hands == friction.working).all()
    hands = played.hands_mm[(played.time_s > 1.5) & (played.time_s < 3)]
    assert np.linalg.norm(hands[:, 0, 4] - hands[:, 1, 4], axis=1).max() < 150, "both thumbs are on one foot"
    take = take_of("s", *simulate(played, Faults(), np.random.default_rng(1)))
    assert {NUMBER["kneading"], NUMBER["friction"], NUMBER["rest"]} <= set(take.technique.tolist())
    assert missing_movements(tmp_path, "train", 2)[0].name == "train_00001", "what is there isn't made again"
