"""The coach: one cue at a time, outside a tolerance, held, not repeated, each saying what to do."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.shapes import flat_foot
from trainer.coach.coach import HOLD_S, QUIET_S, REPEAT_S, Coach, Situation, untouched_zones
from trainer.coach.wording import KINDS, load_wording
from trainer.errors import FormatError
from trainer.foot import atlas
from trainer.model import Coverage, Cue, Foot, PostureFinding, View
from trainer.strokes.techniques import load_techniques

KNEADING = load_techniques()["kneading"]


def coverage(zone_seconds: dict[str, float] | None = None, unseen_s: float = 0.0, view: View = "plantar") -> Coverage:
    seconds = dict.fromkeys(atlas.zones(view), 9.0) | (zone_seconds or {})
    return Coverage(view, np.zeros(atlas.GRID), np.full(atlas.GRID, unseen_s), seconds, 60.0, unseen_s)


CALM = Situation(
    time_s=0.0, foot=flat_foot(), technique=KNEADING, rate_per_min=100.0, recent_cycles_s=(), coverage=coverage(),
    posture=(), hand_lost=False,
)  # fmt: skip


def listen(situation: Situation, seconds: float, coach: Coach | None = None, start_s: float = 0.0) -> list[Cue | None]:
    coach = coach or Coach()
    return [coach.update(replace(situation, time_s=start_s + k / 10)) for k in range(round(seconds * 10))]


def spoken(heard: list[Cue | None]) -> list[Cue]:
    """The different cues heard, in order."""
    return list(dict.fromkeys(cue for cue in heard if cue))


def kinds(heard: list[Cue | None]) -> list[str]:
    return [cue.kind for cue in spoken(heard)]


def settled() -> Coach:
    """A coach who has said the words of care already."""
    coach = Coach()
    listen(CALM, 10.0, coach)
    return coach


def test_inside_the_preset_nothing_is_corrected() -> None:
    assert kinds(listen(CALM, 120.0)) == ["care"]


@pytest.mark.parametrize(("rate", "kind"), [(190.0, "slower"), (40.0, "faster")])
def test_a_wrong_tempo_is_named_with_the_tempo_to_aim_for(rate: float, kind: str) -> None:
    heard = listen(replace(CALM, rate_per_min=rate), 8.0, settled(), 10.0)
    first = next(c for c in heard if c)
    assert first.kind == kind
    assert str({"slower": 140, "faster": 60}[kind]) in first.text


@pytest.mark.parametrize("rate", [150.0, 56.0, math.nan])
def test_a_little_outside_and_unknown_pass(rate: float) -> None:
    assert kinds(listen(replace(CALM, rate_per_min=rate), 30.0, settled(), 10.0)) == []


def test_a_cue_is_held_then_quiet_then_not_repeated_too_soon() -> None:
    coach = settled()
    heard = listen(replace(CALM, rate_per_min=190.0), 60.0, coach, 10.0)
    slower = [c for c in coach.cues if c.kind == "slower"]
    gaps = np.diff([c.time_s for c in slower])
    assert len(slower) >= 2
    assert gaps.min() >= REPEAT_S - 0.2
    shown = sum(c is slower[0] for c in heard) / 10
    assert shown == pytest.approx(HOLD_S, abs=0.2)


def test_never_two_at_once_and_the_body_comes_before_the_beat() -> None:
    hurt = PostureFinding("thumb_hyperextended", "right", 0.0, 3.0, 40.0)
    heard = listen(replace(CALM, rate_per_min=190.0, posture=(hurt,)), 20.0, settled(), 10.0)
    assert kinds(heard)[:2] == ["thumb_hyperextended", "slower"]
    assert "Right" in next(c.text for c in heard if c)
    first, second, *_ = spoken(heard)
    assert second.time_s - first.time_s >= HOLD_S + QUIET_S - 0.2


def test_an_uneven_beat_is_named_and_an_even_one_praised() -> None:
    even = tuple(np.arange(12) * 0.6)
    uneven = tuple(np.cumsum([0.3, 0.9] * 6))
    assert kinds(listen(replace(CALM, recent_cycles_s=uneven), 6.0, settled(), 10.0)) == ["steadier"]
    assert kinds(listen(replace(CALM, recent_cycles_s=even), 14.0, settled(), 10.0)) == ["good_rhythm"]


def test_an_untouched_zone_is_named_after_some_work_in_plain_words() -> None:
    bare = replace(CALM, coverage=coverage({"heel_lateral": 0.0}))
    heard = listen(bare, 45.0)
    assert kinds(heard) == ["care", "zone_untouched"]
    cue = spoken(heard)[-1]
    assert "outer heel" in cue.text
    assert cue.time_s >= 30.0


def test_a_zone_that_could_not_be_seen_is_not_called_untouched() -> None:
    assert untouched_zones(coverage({"heel_lateral": 0.0}, unseen_s=40.0)) == ()
    assert untouched_zones(coverage({"heel_lateral": 0.0})) == ("heel_lateral",)


def test_without_a_foot_only_that_is_said() -> None:
    heard = listen(replace(CALM, foot=Foot.unknown(), rate_per_min=190.0), 10.0)
    assert kinds(heard) == ["foot_unseen"]


def test_words_exist_for_every_kind_and_zone() -> None:
    wording = load_wording()
    for kind in KINDS:
        assert wording.say(kind, hand="Left", rate=70, zone="heel")
    views: tuple[View, ...] = ("plantar", "dorsal", "medial", "lateral")
    assert {z for view in views for z in atlas.zones(view)} == set(wording.zones)


def test_a_bad_wording_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "my cues.toml"
    with pytest.raises(FormatError, match="my cues"):
        load_wording(path)
    path.write_text('[text]\ncare = "Hallo"\n', encoding="utf-8")
    with pytest.raises(FormatError, match="lacks: foot_unseen"):
        load_wording(path)
