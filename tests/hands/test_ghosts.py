"""Reports on the bare foot: how they look, what is remembered of them, and how room is made beside them."""

from __future__ import annotations

import numpy as np
from kinematic_hands import Mover

from trainer.hands.ghosts import Ghosts, on_foot, reaches
from trainer.hands.room import Crowd, without_ghosts
from trainer.model import Floats, Foot, Presence, View

# An upright sole of 200 px, heel below, in FOOT_LANDMARKS order, without ankles.
MARKS = np.array(
    [(160, 220), (135, 195), (185, 195), (140, 136), (195, 146), (122, 75), (200, 93), (135, 20), (156, 22), (172, 28),
     (186, 37), (196, 49), (np.nan, np.nan), (np.nan, np.nan)]
)  # fmt: skip


def foot(
    shift: tuple[float, float] = (0.0, 0.0), presence: Presence = Presence.MEASURED, view: View = "plantar"
) -> Foot:
    h = np.array([[0.0, 78, 122 + shift[0]], [-200, 0, 220 + shift[1]], [0, 0, 1]])
    return Foot("left", view, presence, MARKS + np.array(shift), np.ones(14), h, np.zeros(2))


def hand(x: float, y: float, palm: float = 60.0, angle: float = 0.0) -> Floats:
    return Mover("right", lambda t: (x, y), palm_px=palm, angle=lambda t: angle).landmarks(0.0)


class TestOnFoot:
    def test_fingers_on_toes_and_wrist_on_the_sole(self) -> None:
        assert on_foot(hand(162, 95, 48) * [0.7, 1] + [48, 0], foot())

    def test_a_hand_from_the_side_is_not(self) -> None:
        assert not on_foot(hand(215, 110, 75, angle=-1.2), foot())
        assert not on_foot(hand(110, 110, 75, angle=1.2), foot())

    def test_a_hand_elsewhere_is_not(self) -> None:
        assert not on_foot(hand(400, 90), foot())

    def test_nothing_is_on_a_foot_that_is_unknown_or_has_no_extent(self) -> None:
        there = hand(162, 95, 48) * [0.7, 1] + [48, 0]
        assert not on_foot(there, None)
        assert not on_foot(there, Foot.unknown())
        flat = Foot("left", "plantar", Presence.MEASURED, np.zeros((14, 2)), np.ones(14), np.eye(3), np.zeros(2))
        assert not on_foot(there, flat)


class TestReaches:
    def test_from_beside_with_fingers_on_the_foot_or_pointing_there(self) -> None:
        assert reaches(hand(230, 120, 75, angle=-1.2), foot())
        assert reaches(hand(95, 120, 75, angle=1.2), foot())
        assert reaches(hand(275, 120, 60, angle=-1.2), foot())

    def test_what_lies_beside_and_points_as_the_foot_does_may_be_the_other_foot(self) -> None:
        assert not reaches(hand(270, 110), foot())
        assert not reaches(hand(262, 110, angle=-0.25), foot())

    def test_what_points_away_or_is_far_does_not(self) -> None:
        assert not reaches(hand(275, 120, angle=1.2), foot())
        assert not reaches(hand(420, 120, angle=-1.2), foot())

    def test_what_lies_on_the_foot_or_has_toes_for_fingers_does_not(self) -> None:
        assert not reaches(hand(162, 95, 48) * [0.7, 1] + [48, 0], foot())
        toes = hand(162, 95, 48)
        toes[[8, 12, 16, 20]] = MARKS[[7, 8, 9, 10]]
        toes[0] = (120, 230)
        assert not reaches(toes, foot())

    def test_a_wrist_on_the_leg_may_be_the_leg(self) -> None:
        along = hand(162, 215, 75)
        assert along[0, 1] > 225, "the wrist lies beyond the heel"
        assert reaches(along, foot())
        assert not reaches(along, foot(view="dorsal"))
        assert reaches(hand(230, 120, 75, angle=-1.2), foot(view="dorsal")), "from beside it is a hand"

    def test_there_is_no_reaching_for_what_is_unknown(self) -> None:
        flat = Foot("left", "plantar", Presence.MEASURED, np.zeros((14, 2)), np.ones(14), np.eye(3), np.zeros(2))
        for unknown in (None, Foot.unknown(), flat):
            assert not reaches(hand(230, 120, 75, angle=-1.2), unknown)


class TestGhosts:
    def test_are_remembered_where_they_lay(self) -> None:
        ghosts = Ghosts()
        ghosts.learn(hand(160, 90), None, 1.0)
        assert ghosts.like(hand(163, 88), None)
        assert not ghosts.like(hand(220, 90), None)

    def test_go_with_the_foot(self) -> None:
        ghosts = Ghosts()
        ghosts.learn(hand(160, 90), foot(), 1.0)
        assert ghosts.like(hand(230, 120), foot((70, 30)))
        assert not ghosts.like(hand(160, 90), foot((70, 30)))
        assert not ghosts.like(hand(160, 90), None)

    def test_fade_after_a_minute_and_when_proven_wrong(self) -> None:
        ghosts = Ghosts()
        ghosts.learn(hand(160, 90), None, 1.0)
        ghosts.learn(hand(400, 90), None, 62.0)
        assert not ghosts.like(hand(160, 90), None)
        ghosts.unlearn(hand(402, 91), None)
        assert not ghosts.like(hand(400, 90), None)


class TestRoom:
    IMAGE = np.random.default_rng(0).integers(0, 255, (240, 480, 3), dtype=np.uint8)

    def test_ghosts_are_painted_over_and_hands_are_not(self) -> None:
        ghost, real = hand(160, 110), hand(200, 120)
        kept = self.IMAGE.copy()
        out = without_ghosts(self.IMAGE, Crowd(3, 0.1, (ghost,), (real,)))
        np.testing.assert_array_equal(self.IMAGE, kept)
        x, y = np.round(real).astype(int).T
        np.testing.assert_array_equal(out[y, x], self.IMAGE[y, x])
        changed = (out != self.IMAGE).any(axis=2)
        assert changed.sum() > 3000
        assert not changed[:, 320:].any()

    def test_without_ghosts_nothing_changes(self) -> None:
        np.testing.assert_array_equal(without_ghosts(self.IMAGE, Crowd(3, 0.1, (), ())), self.IMAGE)
