"""A session played without drawing: the hands' pace, what they keep clear of, where they are in each kind of rest."""

from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("anny")

from trainer.studio.bodies import SIDES
from trainer.studio.client import Client, Put
from trainer.studio.movements import MOVEMENTS
from trainer.studio.performance import Played, perform
from trainer.studio.reach import bulk, carried, transforms
from trainer.studio.recipe import REST, RESTS, Step
from trainer.studio.rests import Rest

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]
FPS = 20.0
SEED = 4  # no hand is out of the picture in a stroke
SCRIPT = (
    Step(REST, 1.6, rest="leave"), Step("kneading", 1.5, style="alternating"), Step(REST, 3.0, rest="adjust"),
    Step("press_hold", 1.2, hand="left", style="thumb"), Step(REST, 3.0, rest="still"),
    Step("friction", 1.2, hand="left", style="thumb"), Step(REST, 3.2, rest="oil"),
    Step("kneading", 1.0, style="alternating"), Step(REST, 1.6, rest="leave"),
)  # fmt: skip


@pytest.fixture(scope="module")
def played(foot, hands):
    return perform(foot, hands, SCRIPT, seed=SEED)


@pytest.fixture(scope="module")
def moments(played):
    return list(played.moments(FPS))


def gaps(foot, hands, moment):
    """(2,) least distance of each hand's spheres to the foot, mm."""
    balls = [bulk(hands[s], moment.poses[s]) for s in SIDES]
    return np.array([(foot.distance(b[:, :3]) - b[:, 3]).min() for b in balls])


def within(moments, part):
    return [m for m in moments if part.start_s <= m.time_s < part.end_s - 1e-6]


def test_hands_move_at_a_hands_pace(moments):
    wrists = np.array([[m.poses[s].wrist for s in SIDES] for m in moments])
    speed = np.linalg.norm(np.diff(wrists, axis=0), axis=2) * FPS
    force = np.linalg.norm(np.diff(wrists, 2, axis=0), axis=2) * FPS**2
    assert speed.max() < 1500
    assert force.max() < 15000
    turns = np.array([[m.poses[s].turn for s in SIDES] for m in moments])
    apart = np.einsum("tsji,tsjk->tsik", turns[:-1], turns[1:])
    angle = np.degrees(np.arccos(np.clip((np.trace(apart, axis1=2, axis2=3) - 1) / 2, -1, 1)))
    assert angle.max() * FPS < 600
    elbows = np.array([[m.elbows[s] for s in SIDES] for m in moments])
    assert np.linalg.norm(np.diff(elbows, axis=0), axis=2).max() * FPS < 3000


def test_no_hand_goes_through_the_foot_or_the_other_hand(moments, foot, hands):
    found = np.array([gaps(foot, hands, m) for m in moments])
    assert found.min() > -10
    assert np.mean(found > -3.5) > 0.97
    between = []
    for moment in moments:
        left, right = (bulk(hands[s], moment.poses[s]) for s in SIDES)
        apart = np.linalg.norm(left[:, None, :3] - right[:, :3], axis=-1) - left[:, None, 3] - right[:, 3]
        between.append(apart.min())
    # Palms that rub oil press on each other.
    assert min(between) > -14
    assert np.mean(np.array(between) > -6) > 0.93


def test_hands_come_from_outside_and_go_there(moments, foot, hands):
    assert gaps(foot, hands, moments[0]).min() > 150
    assert gaps(foot, hands, moments[-1]).min() > 100


def test_strokes_touch_and_rests_have_no_stroke(moments, played, foot, hands):
    for part in played.rests:
        assert all(m.stroke is None for m in within(moments, part))
    for stroke in played.strokes:
        body = hands[stroke.movement.hands[0]]
        row = body.spots["thumb_pad"]
        for moment in within(moments, stroke):
            side = stroke.movement.hands[0]
            assert moment.stroke is stroke
            matrices = transforms(body, moment.poses[side], moment.elbows[side])
            (pad,) = carried(matrices, body.spot_joint[[row]], body.spot_point[[row]])
            assert abs(foot.distance(pad[None])[0]) < 8


def test_each_rest_is_what_its_name_says(moments, played, foot, hands):
    assert not any(p.away for p in played.strokes)
    middle = {}
    for part in played.rests[1:-1]:
        inside = within(moments, part)
        middle[part.kind] = inside[int(0.45 * len(inside)) : int(0.6 * len(inside))]
    for kind in ("still", "adjust"):
        assert max(abs(gaps(foot, hands, m)).max() for m in middle[kind]) < 8
        wrists = np.array([[m.poses[s].wrist for s in SIDES] for m in middle[kind]])
        assert np.ptp(wrists, axis=0).max() < 3
    palms = []
    for moment in middle["oil"]:
        row = hands["left"].spots["palm"]
        places = [
            carried(transforms(b, moment.poses[s], moment.elbows[s]), b.spot_joint[[row]], b.spot_point[[row]])[0]
            for s, b in hands.items()
        ]
        palms.append(places[1] - places[0])
    assert np.mean([abs(p[0]) for p in palms]) < 35
    assert np.ptp([p[1] for p in palms]) > 8


def test_the_foot_stays_where_the_hands_put_it(moments, played):
    rest = next(r for r in played.rests if r.kind == "adjust")
    assert np.linalg.norm(rest.put.turn) > np.radians(2)
    before = Client(SEED, played.seconds, (), calm=True)
    after = Client(SEED, played.seconds, (rest.put,), calm=True)
    moved = after.at(rest.end_s + 5, 1.0).turn - before.at(rest.end_s + 5, 1.0).turn
    assert moved == pytest.approx(rest.put.turn)
    for first, second in pairwise(moments):
        assert np.linalg.norm(second.foot_turn - first.foot_turn) < np.radians(3.5)
        assert np.linalg.norm(second.foot_shift - first.foot_shift) < 2.5


def test_the_same_seed_is_the_same_performance(foot, hands, moments):
    again = perform(foot, hands, SCRIPT, seed=SEED).moments(FPS)
    for first, second in zip(moments[:60], again, strict=False):
        assert all(np.array_equal(first.poses[s].wrist, second.poses[s].wrist) for s in SIDES)
        assert np.array_equal(first.foot_turn, second.foot_turn)


def test_rests_are_drawn_between_strokes_and_everything_fits(foot, hands):
    kinds, away, number = set(), 0, 0
    for seed in range(60):
        played = perform(foot, hands, (Step("friction", 5.0), Step("kneading", 5.0), Step("knuckling", 5.0)), seed)
        parts = sorted([*played.strokes, *played.rests], key=lambda part: part.start_s)
        assert [type(p) for p in parts] == [Played, Rest, Played, Rest, Played]
        assert all(a.end_s == pytest.approx(b.start_s) for a, b in pairwise(parts))
        assert all(0.6 <= r.seconds <= 2.5 for r in played.rests)
        kinds |= {r.kind for r in played.rests}
        idle = [p for p in played.strokes if len(p.movement.hands) == 1]
        away += sum(p.away is not None for p in idle)
        number += len(idle)
        assert all(p.away is None or p.away not in p.movement.hands for p in played.strokes)
    assert kinds == set(RESTS)
    assert 0.05 < away / number < 0.35


def test_a_hand_that_is_away_is_out_of_the_picture(foot, hands):
    script = (Step(REST, 1.5, rest="leave"), Step("press_hold", 1.0), Step(REST, 1.5, rest="leave"))
    played = next(p for p in (perform(foot, hands, script, s) for s in range(80)) if p.strokes[0].away)
    for moment in played.moments(4.0):
        assert np.linalg.norm(moment.poses[played.strokes[0].away].wrist) > 400


@pytest.mark.parametrize("setting", ["stool", "self"])
def test_arms_come_from_where_the_setting_has_them(foot, hands, setting):
    played = perform(foot, hands, (Step("kneading", 0.6), Step(REST, 0.6)), 1, setting=setting)
    moment = next(played.moments(4.0))
    for side, elbow in moment.elbows.items():
        assert (elbow[1] < -200) == (setting == "self"), side
    assert gaps(foot, hands, moment).min() > -6


@pytest.mark.parametrize("technique", MOVEMENTS)
def test_tempo_is_as_asked_from_half_to_double(foot, hands, technique):
    from trainer.studio.recipe import tempo_limits

    for tempo in tempo_limits(technique):
        played = perform(foot, hands, (Step(technique, 20 * 60 / tempo, tempo=tempo, cv=0.05, drift=0),), 4)
        assert played.strokes[0].movement.beat.rate_per_min == pytest.approx(tempo, rel=0.1)


def test_the_foot_is_restless_but_not_under_a_stroke():
    free = [Client(1, 120.0).at(t, 0.0) for t in np.arange(0, 120, 0.1)]
    held = [Client(1, 120.0).at(t, 1.0) for t in np.arange(0, 120, 0.1)]

    def toes(motions):
        return max(max((abs(v).max() for v in m.toes.values()), default=0.0) for m in motions)

    assert np.radians(5) < toes(free) < np.radians(20)
    assert toes(held) < np.radians(4)
    assert np.radians(2) < max(np.linalg.norm(m.turn) for m in free) < np.radians(12)
    put = Put(3.0, 4.0, np.array([0.1, 0, 0]), np.array([5.0, 0, 0]))
    calm = Client(1, 10.0, (put,), calm=True)
    assert calm.at(9.0, 0.0).shift[0] - Client(1, 10.0, (), calm=True).at(9.0, 0.0).shift[0] == pytest.approx(5)
