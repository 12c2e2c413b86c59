"""Each technique in each of its styles: clock, contact, support, and what tells it from its look-alikes."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("anny")

from trainer.errors import TrainerError
from trainer.foot.atlas import SOLE_ZONES, TOP_ZONES, zone_at
from trainer.studio.anatomy import ANGLES, FINGERS, LIMITS
from trainer.studio.bodies import SIDES
from trainer.studio.movement import Place
from trainer.studio.movements import FACES, MOVEMENTS, STYLES, TEMPO, drawn_style
from trainer.studio.reach import Reach, bulk, carried, transforms
from trainer.studio.recipe import tempo_limits
from trainer.studio.spots import face_of_zone
from trainer.studio.styles import PLAIN, STYLE_ZONES
from trainer.studio.truth import contact_part

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]
EVERY = [(t, s) for t, styles in STYLE_ZONES.items() for s in styles]


@pytest.fixture(scope="module")
def parts(hands):
    cache = {}

    def part(side, name):
        if (side, name) not in cache:
            cache[side, name] = contact_part(hands[side], name)
        return cache[side, name]

    return part


def make(foot, hands, technique, style=PLAIN, zone=None, tempo=None, seconds=8.0, seed=5, lead="right"):
    tempo = tempo or float(np.mean(TEMPO[technique]))
    luck = np.random.default_rng(seed)
    return MOVEMENTS[technique](Place(foot, hands, 0.0, seconds, tempo, 0.03, lead, luck, style, zone))


def played(foot, hands, movement, times):
    """(goals, poses) at each time, the leading hand solved first."""
    solvers = {s: Reach(hands[s], foot) for s in SIDES}
    order = sorted(SIDES, key=lambda s: s != movement.hands[0])
    poses = {s: g.posture for s, g in movement.goals(times[0]).items()}
    for k, time_s in enumerate(times):
        goals = movement.goals(float(time_s))
        for side in order:
            goal = goals[side]
            if side != order[0]:
                goal = replace(goal, obstacles=bulk(hands[order[0]], poses[order[0]]))
            poses[side] = solvers[side].solve(goal, poses[side], 24 if k == 0 else 6)
        yield goals, dict(poses)


def spot_places(body, pose, elbow, names):
    rows = [body.spots[n] for n in names]
    return carried(transforms(body, pose, elbow), body.spot_joint[rows], body.spot_point[rows])


@pytest.mark.parametrize(("technique", "style"), EVERY)
def test_a_style_touches_and_holds_the_foot(technique, style, foot, hands, parts):
    movement = make(foot, hands, technique, style, seconds=6.0)
    assert movement.face == face_of_zone(STYLE_ZONES[technique][style][0])
    instants = movement.beat.instants
    assert len(instants) >= 1
    assert np.all((instants > 0) & (instants < 6))
    gaps, held, deepest = [], [], []
    percussion = technique == "tapotement"
    # A strike is short: look at the strikes themselves and half-way between.
    times = np.arange(1.0, 3.4, 0.4)
    if percussion:
        beats = movement.beat.instants[2:6]
        times = np.sort(np.concatenate([beats, (beats[1:] + beats[:-1]) / 2]))
    for goals, poses in played(foot, hands, movement, times):
        near, depth = [], []
        for side in SIDES:
            body, pose = hands[side], poses[side]
            assert np.all(pose.angles >= LIMITS[:, 0] - 0.1 - 1e-9)
            assert np.all(pose.angles <= LIMITS[:, 1] + 0.1 + 1e-9)
            assert foot.distance(pose.wrist[None])[0] > 5, "the wrist is not in the foot"
            balls = bulk(body, pose)
            depth.append((balls[:, 3] - foot.distance(balls[:, :3])).max())
            if side in movement.hands:
                skin = body.limb.skin(transforms(body, pose, goals[side].elbow))
                near.append(float(foot.distance(np.asarray(parts(side, movement.contact) @ skin)).min()))
            else:
                pads = spot_places(body, pose, goals[side].elbow, [f"{f}_pad" for f in FINGERS])
                held.append((abs(foot.distance(pads)) < 6).sum())
        gaps.append((min(near), max(near)))
        deepest.append(max(depth))
    nearest, furthest = np.array(gaps).T
    if percussion:
        # Between its strikes a hand is off the skin; of two hands that take turns, the one whose turn it isn't.
        assert np.median(nearest[::2]) < 3
        assert np.median(furthest[::2] if len(movement.hands) == 2 else nearest[1::2]) > 4
    else:
        assert np.mean(nearest < 3) >= (0.6 if technique == "effleurage" else 0.85)
    # The balls are a little larger than the hand, and seconds apart it is still on its way.
    assert np.median(deepest) < 7
    if held:
        assert np.median(held) >= 3, "the supporting fingers lie on the foot"


@pytest.mark.parametrize("technique", MOVEMENTS)
@pytest.mark.parametrize("end", [0, 1])
def test_half_and_double_tempo_stay_on_the_foot(technique, end, foot, hands, parts):
    movement = make(foot, hands, technique, tempo=tempo_limits(technique)[end], seconds=5.0)
    places = []
    for time_s in np.arange(0.5, 4.5, 0.09):
        goals = movement.goals(float(time_s))
        places.append([p.target for s in movement.hands for p in goals[s].pins[:1]])
    # No pinned place moves faster than a practised hand (m/s): drumming is the quickest.
    # A walking thumb's way back in the air is quick too.
    speed = np.linalg.norm(np.diff(np.array(places), axis=0), axis=-1).max() / 0.09 / 1000
    assert speed < (0.9 if technique in ("tapotement", "effleurage", "thumb_walking", "finger_walking") else 0.45)


def test_thumb_walking_creeps_forward_and_never_back(foot, hands):
    movement = make(foot, hands, "thumb_walking", "lanes", tempo=90, seconds=20)
    phase, u, off, ip = [], [], [], []
    times = np.arange(0.4, 19, 1 / 15)
    for time_s in times:
        goal = movement.goals(time_s)[movement.hands[0]]
        (pin,) = goal.pins
        phase.append(movement.beat.phase(time_s))
        u.append(foot.to_uv(pin.target)[0] * foot.length_mm)
        off.append(foot.distance(pin.target[None])[0])
        ip.append(np.degrees(goal.posture.angles[ANGLES.index("thumb_ip")]))
    on = np.array(off) < 2.5
    both = on[1:] & on[:-1]
    assert on.mean() > 0.85
    assert np.diff(u)[both].min() > -1.2, "only tremor goes back"
    walked = np.diff(u)[both].sum()
    bites = both.sum() / 15 * 1.5
    assert 2 <= walked / bites <= 5
    assert min(ip) < 20 and max(ip) > 50
    # The hand's way back to the lane's start is no bite.
    gaps = np.diff(movement.beat.instants)
    assert gaps.max() > 1.6 * np.median(gaps)


def circle_radius(movement, side, times):
    """Radius (mm) of the pinned place's circles in the plane of the picture, from one beat to the next."""
    places = np.array([movement.goals(float(t))[side].pins[0].target[:2] for t in times])
    return float(np.ptp(places, axis=0).max() / 2)


@pytest.mark.parametrize("style", STYLE_ZONES["friction"])
def test_friction_circles_are_small(style, foot, hands):
    movement = make(foot, hands, "friction", style)
    a, b = movement.beat.instants[1:3]
    times = np.linspace(a, b, 40)
    side = movement.hands[0]
    places = np.array([movement.goals(float(t))[side].pins[0].target for t in times])
    radius = np.linalg.norm(places - places.mean(0), axis=1)
    assert 2 < radius.max() < 10


@pytest.mark.parametrize("style", STYLE_ZONES["kneading"])
def test_kneading_circles_are_large(style, foot, hands):
    movement = make(foot, hands, "kneading", style)
    beats = movement.beat.instants
    for side in movement.hands:
        radius = circle_radius(movement, side, np.linspace(beats[1], beats[3], 40))
        assert 10 <= radius <= 25


def test_wringing_hands_go_against_each_other(foot, hands):
    movement = make(foot, hands, "wringing", "midfoot")
    times = np.linspace(1, 5, 60)
    x = np.array([[movement.goals(t)[s].pins[0].target[0] for s in SIDES] for t in times])
    assert np.corrcoef(x.T)[0, 1] < -0.9
    assert np.ptp(x[:, 0]) > 15


@pytest.mark.parametrize("style", STYLE_ZONES["ankle_rotation"])
def test_the_ankle_is_circled_both_ways(style, foot, hands):
    movement = make(foot, hands, "ankle_rotation", style, tempo=24, seconds=24)
    turns = np.degrees([movement.foot_turn(t) for t in np.linspace(1, 23, 200)])
    assert 7 < np.linalg.norm(turns, axis=1).max() < 21
    area = np.cross(turns[:-1, [0, 2]], turns[1:, [0, 2]])
    assert area[:60].sum() * area[-60:].sum() < 0


def test_toes_are_pulled_in_turn(foot, hands):
    movement = make(foot, hands, "toe_pull", "in_turn", seconds=20)
    x = [movement.goals(t + 0.3)["right"].pins[0].target[0] for t in movement.beat.instants[:5]]
    assert np.all(np.diff(x) < -5), "from the small toe to the big one"


@pytest.mark.parametrize(
    ("technique", "style", "zone"),
    [("kneading", None, "heel_lateral"), ("friction", None, "ankle_medial"), ("press_hold", None, "hallux"),
     ("thumb_walking", "lanes", "arch_medial"), ("finger_walking", None, "instep"),
     ("tapotement", None, "ball_central")],
)  # fmt: skip
def test_a_zone_is_worked_where_it_is(technique, style, zone, foot, hands, parts):
    style = drawn_style(technique, np.random.default_rng(3), style, zone)
    movement = make(foot, hands, technique, style, zone)
    names, view = (SOLE_ZONES, "plantar") if zone in SOLE_ZONES else (TOP_ZONES, "dorsal")
    hits = []
    for goals, poses in played(foot, hands, movement, movement.beat.instants[:4]):
        found = False
        for side in movement.hands:
            skin = hands[side].limb.skin(transforms(hands[side], poses[side], goals[side].elbow))
            points = np.asarray(parts(side, movement.contact) @ skin)
            u, v = foot.to_uv(points[foot.distance(points) < 3]).T
            found |= bool((zone_at(view, u, v) == names.index(zone)).any())
        hits.append(found)
    assert np.mean(hits) >= 0.75


def test_styles_know_their_zones_and_faces():
    assert set(STYLES) == set(FACES) == set(MOVEMENTS)
    assert FACES["finger_walking"] == ("top",)
    assert FACES["kneading"] == ("sole", "top")
    rng = np.random.default_rng(1)
    assert {drawn_style("kneading", rng, zone="instep") for _ in range(5)} == {"top"}
    assert drawn_style("kneading", rng, PLAIN) == "alternating"
    with pytest.raises(TrainerError, match=r"Expected a zone for wringing out of .* but got 'ankle_medial'"):
        drawn_style("wringing", rng, zone="ankle_medial")
    with pytest.raises(TrainerError, match="kneading \\(heel\\)"):
        drawn_style("kneading", rng, "heel", "hallux")
