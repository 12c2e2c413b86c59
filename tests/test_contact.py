"""Contact: the technique's part of the hand, on the skin beneath it, as wide as it is, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from tests.shapes import hand_at, over, posed_foot
from trainer.contact import contacts_of, parts_on
from trainer.foot.skin import skin_of
from trainer.model import FACES, SIDES, Contact, Foot, Hand, Side, View
from trainer.strokes.parts import PARTS
from trainer.strokes.techniques import load_techniques
from trainer.touch import touch_of

TECHNIQUES = load_techniques()
CELL_MM2 = 250 / 64 * 97.5 / 32


def contact(
    technique: str, points: dict[int, tuple[float, float]], view: View = "plantar", side: Side = "left",
    hands: tuple[Side, ...] = ("right",),
) -> Contact | None:  # fmt: skip
    """What the right hand touches whose landmarks are over places (u, v) of a foot."""
    foot = posed_foot(side, view)
    px = {k: over(foot, u, v, view) for k, (u, v) in points.items()}
    touch = touch_of(0.0, (Hand.unknown("left"), hand_at("right", px)), foot)
    found = contacts_of(touch, TECHNIQUES[technique], hands, skin_of(foot))
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("view", FACES)
def test_a_thumb_touches_where_its_pad_is(view: View, side: Side) -> None:
    found = contact("kneading", {4: (0.62, 0.5), 3: (0.56, 0.5)}, view, side)
    assert found is not None and FACES[found.face] == view and found.side == "right"
    assert found.uv == pytest.approx([0.595, 0.5], abs=0.03)
    area = found.cells.sum() * CELL_MM2
    assert 300 < area < 700, "a pressed thumb pad, mm²"


def test_a_walking_tip_touches_less_than_a_pad() -> None:
    place = {4: (0.5, 0.5), 3: (0.44, 0.5)}
    tip, pad = contact("thumb_walking", place), contact("kneading", place)
    assert tip is not None and pad is not None
    assert tip.cells.sum() < 0.75 * pad.cells.sum()
    assert tip.uv[0] > pad.uv[0], "the tip is before the middle of the pad"


def test_other_parts_than_the_techniques_touch_nothing() -> None:
    fingers = dict.fromkeys(range(5, 21), (0.5, 0.4))
    assert contact("kneading", fingers) is None
    assert contact("kneading", {**fingers, 4: (0.7, 0.5), 3: (0.66, 0.5)}) is not None


def test_a_part_beside_the_foot_touches_nothing() -> None:
    foot = posed_foot("left", "plantar")
    touch = touch_of(0.0, (Hand.unknown("left"), hand_at("right", {3: (20.0, 20.0), 4: (24.0, 20.0)})), foot)
    assert contacts_of(touch, TECHNIQUES["kneading"], ("right",), skin_of(foot)) == ()


def test_hands_that_only_hold_and_rest_touch_nothing() -> None:
    place = {4: (0.5, 0.5), 3: (0.44, 0.5)}
    assert contact("kneading", place, hands=("left",)) is None
    assert contact("rest", place) is None
    unknown = Foot.unknown()
    touch = touch_of(0.0, (Hand.unknown("left"), hand_at("right", {4: (300.0, 200.0)})), unknown)
    assert contacts_of(touch, TECHNIQUES["kneading"], ("right",), skin_of(unknown)) == ()


def test_a_palm_touches_what_lies_between_its_joints() -> None:
    palm = {0: (0.25, 0.5), 1: (0.3, 0.2), 5: (0.6, 0.2), 9: (0.62, 0.4), 13: (0.62, 0.6), 17: (0.6, 0.8)}
    found = contact("wringing", palm)
    assert found is not None
    assert found.cells[found.face][int(0.45 * 64), int(0.5 * 32)]
    assert found.cells.sum() * CELL_MM2 > 2500


def test_on_the_top_it_is_the_fingers_that_rub() -> None:
    assert parts_on(TECHNIQUES["friction"], "plantar") == ("thumb",)
    assert parts_on(TECHNIQUES["friction"], "dorsal") == ("index", "middle")
    assert parts_on(TECHNIQUES["kneading"], "dorsal") == ("thumb",)
    found = contact("friction", {8: (0.6, 0.5), 7: (0.55, 0.5), 4: (0.6, 0.1), 3: (0.6, 0.1)}, "dorsal")
    assert found is not None and found.uv == pytest.approx([0.58, 0.5], abs=0.04)


def test_every_technique_has_parts_that_exist() -> None:
    for technique in TECHNIQUES.values():
        assert set(technique.parts) | set(technique.parts_on_top) <= set(PARTS)
        assert technique.parts or technique.id == "rest"
    for bones in PARTS.values():
        for bone in bones:
            assert 0 <= bone.far <= 20 and 0 <= bone.near <= 20 and 0 <= bone.begin < bone.end <= 1


def test_missing_joints_are_no_contact() -> None:
    foot = posed_foot("left", "plantar")
    hand = hand_at("right", {4: over(foot, 0.5, 0.5, "plantar")})
    hand.landmarks_px[3] = np.nan
    touch = touch_of(0.0, (Hand.unknown("left"), hand), foot)
    assert contacts_of(touch, TECHNIQUES["kneading"], ("right",), skin_of(foot)) == ()
