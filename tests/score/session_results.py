"""Plausible results of a session, small enough to reason about."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from trainer.foot import atlas
from trainer.model import (
    Coverage,
    Cue,
    Data,
    Foot,
    Frame,
    Hand,
    HandTouch,
    Judgement,
    Moment,
    PostureFinding,
    Presence,
    Rhythm,
    Stroke,
    Touch,
)
from trainer.score.scorecard import Extras, FootFacts, Span, build_scorecard
from trainer.strokes.techniques import load_techniques


def plantar_coverage() -> Coverage:
    """Worked 2 s in the ball, unseen for 18 of 20 s at the outer heel, not worked elsewhere."""
    on_foot = atlas.grid_on_foot("plantar")
    names = atlas.zones("plantar")
    zone = atlas.grid_zones("plantar")
    grid = np.where(on_foot, 0.0, np.nan)
    grid[zone == names.index("ball_central")] = 2.0
    unseen = np.where(on_foot, 0.0, np.nan)
    unseen[zone == names.index("heel_lateral")] = 18.0
    return Coverage("plantar", grid, unseen, {"ball_central": 2.0, "ball_medial": 0.5}, 2.0, 18.0)


def results(**changed: Any) -> dict[str, Any]:
    """Arguments of ``build_scorecard``."""
    nan = float("nan")
    kneading = Stroke(
        "kneading",
        2.0,
        6.0,
        ("left", "right"),
        0.8,
        (2.5, 3.0, 3.5, 4.0, 5.5),
        ("left", "right", "left", "right", "left"),
    )
    base: dict[str, Any] = {
        "video": SimpleNamespace(name="søle 1.mp4", width=640, height=480, fps=29.97),
        "sha256": "ab" * 32,
        "duration_s": 20.0,
        "unseen_s": 3.5,
        "foot": FootFacts("left", "plantar", 250.0, False, 1.5),
        "strokes": [Stroke("press_hold", 8.0, 12.0, ("right",), 0.6, (8.1,), ("right",)), kneading],
        "rhythm": [
            Rhythm("kneading", 5, 120.0, 0.1, nan, 0.75, 0.6, 1),
            Rhythm("press_hold", 1, nan, nan, nan, nan, 0.0, 0),
        ],
        "coverage": plantar_coverage(),
        "posture": [PostureFinding("wrist_bent", "right", 3.0, 5.0, 61.0)],
        "cues": [Cue(4.0, "tempo", "Slower: 100 a minute.")],
        "provenance": {
            "versions": {"trainer": "0"},
            "model_hashes": {"a.task": "0" * 64},
            "settings": {"x": 1},
        },
        "extras": Extras((Span(13.0, 16.5, "hands"),), (Span(6.0, 7.0), Span(17.0, 17.5)), load_techniques()),
    }
    return base | changed


def make_card(**changed: Any) -> Data:
    """A scorecard with some arguments changed; ``coverage`` may be one map."""
    arguments = results(**changed)
    if isinstance(arguments["coverage"], Coverage):
        arguments["coverage"] = (arguments["coverage"],)
    return build_scorecard(**arguments)


def make_moment(i: int, seed: int = 0, technique: str | None = "kneading") -> Moment:
    """Frame ``i`` of a 25 fps session with the left hand seen, the right one unknown."""
    rng = np.random.default_rng([seed, i])
    time_s = i * 0.04
    left = Hand("left", Presence.MEASURED, rng.random((21, 2)) * 600, rng.random((21, 3)), 0.9)
    hands = (left, Hand.unknown("right"))
    foot = Foot(
        "right", "plantar", Presence.BRIDGED, rng.random((14, 2)) * 600, rng.random(14), rng.random((3, 3)),
        rng.random(2), 262.0, True,
    )  # fmt: skip
    nan = np.full((21, 2), np.nan)
    touches = (
        HandTouch("left", Presence.MEASURED, rng.random((21, 2)), rng.random((21, 2)), rng.random(21) > 0.5),
        HandTouch("right", Presence.UNKNOWN, nan, nan, np.zeros(21, bool)),
    )
    return Moment(
        Frame(np.zeros((2, 2, 3), np.uint8), time_s, i), hands, foot,
        Touch(time_s, touches, foot, (hands[0].world_m, hands[1].world_m)),
        Judgement(time_s, technique, 0.5, ("left",)), 80.0, (), plantar_coverage(), (), None,
    )  # fmt: skip
