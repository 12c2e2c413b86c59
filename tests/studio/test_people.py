"""People differ, stay the same person, and their skin and clothes stay within the physical."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from trainer.studio.people import TONES, person
from trainer.studio.relief import relief
from trainer.studio.shade import Lights, shade
from trainer.studio.subdivision import densify, refine

CUBE = np.array([[x, y, z] for x in (-1.0, 1) for y in (-1.0, 1) for z in (-1.0, 1)])
QUADS = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])


def test_the_same_seed_is_the_same_person():
    assert person(7) == person(7)
    assert person(7) != person(8)
    assert replace(person(7, 3, 0.5), tone=person(7).tone, oil=person(7).oil) == person(7)


def test_people_cover_tones_ages_and_sizes():
    crowd = [person(seed) for seed in range(200)]
    assert {p.tone for p in crowd} == set(range(len(TONES)))
    assert min(p.years for p in crowd) < 25
    assert max(p.years for p in crowd) > 75
    assert all(210 <= p.foot_mm <= 300 for p in crowd)
    assert all(0 <= p.oil <= 1 for p in crowd)
    women, men = ([p.hand_mm for p in crowd if p.female is sex] for sex in (True, False))
    assert np.mean(women) + 10 < np.mean(men)
    sizes = np.array([[p.foot_mm, p.hand_mm] for p in crowd])
    assert np.corrcoef(sizes.T)[0, 1] > 0.6


def test_a_denser_mesh_is_closed_and_the_same_surface():
    coarse = refine(8, QUADS, 1)
    fine = densify(coarse, CUBE, np.full(26, 0.3))
    points = fine.matrix @ CUBE
    assert points[:26] == pytest.approx(coarse.matrix @ CUBE)
    sides = np.concatenate([fine.triangles[:, [k, (k + 1) % 3]] for k in range(3)])
    assert np.linalg.norm(points[sides[:, 0]] - points[sides[:, 1]], axis=1).max() <= 0.3
    # Closed and turned alike: each side is passed once in each direction.
    assert set(map(tuple, sides.tolist())) == set(map(tuple, sides[:, ::-1].tolist()))
    assert len(set(map(tuple, sides.tolist()))) == len(sides)

    def volume(mesh, at):
        a, b, c = (at[mesh.triangles[:, k]] for k in range(3))
        return np.einsum("ij,ij->", a, np.cross(b, c)) / 6

    assert volume(fine, points) == pytest.approx(volume(coarse, np.asarray(coarse.matrix @ CUBE)))


def test_relief_tilts_normals_in_any_pose():
    n = 12
    ids = np.arange(n * n).reshape(n, n)
    quads = np.stack([ids[:-1, :-1], ids[1:, :-1], ids[1:, 1:], ids[:-1, 1:]], axis=-1).reshape(-1, 4)
    flat = np.stack(np.meshgrid(np.arange(n), np.arange(n), [0.0], indexing="ij"), -1).reshape(-1, 3)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    bumps = relief(flat, triangles, 0.5 * flat[:, 0])
    up = np.tile([0.0, 0, 1], (n * n, 1))
    slope = np.array([-0.5, 0, 1]) / np.hypot(0.5, 1)
    assert bumps.bend(flat, up) == pytest.approx(np.tile(slope, (n * n, 1)), abs=1e-5)
    turn = np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])
    assert bumps.bend(flat @ turn.T, up @ turn.T) == pytest.approx(np.tile(turn @ slope, (n * n, 1)), abs=1e-5)


def test_oil_shines_only_where_the_lamp_is_mirrored():
    one = np.ones(3)
    lamp = Lights(np.array([0.0, 0, 1]), one, np.array([1.0, 0, 0]), 0 * one, 0.2 * one, 0.2 * one, 1.0)
    lean = np.radians(np.array([0.0, 50]))
    normals = np.stack([np.sin(lean), 0 * lean, np.cos(lean)], axis=1)
    args = (np.zeros((2, 3)), normals, np.full((2, 3), 0.2), 0.1, lamp, np.array([0.0, 0, 500]), np.ones(2), np.ones(2))
    dry, wet = (shade(*args, oil=oil).astype(int).sum(1) for oil in (0.0, 1.0))
    assert wet[0] > dry[0] + 100
    assert abs(wet[1] - dry[1]) < 40


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", [3, 4, 21])
def test_a_foot_is_a_foot(seed):
    pytest.importorskip("anny")
    from trainer.studio.bodies import leg
    from trainer.studio.foot_surface import LANDMARKS, foot_surface
    from trainer.studio.skin import foot_skin

    who = person(seed)
    foot = foot_surface(leg(who, "right"))
    assert foot.length_mm == pytest.approx(who.foot_mm, abs=4)
    assert 0.33 < foot.width_mm / foot.length_mm < 0.46
    across = dict(zip(LANDMARKS, foot.uv[foot.landmarks, 1], strict=True))
    tips = [across[n] for n in ("hallux_tip", "toe2_tip", "toe3_tip", "toe4_tip", "toe5_tip")]
    assert all(b - a > 0.08 for a, b in itertools.pairwise(tips)), "toes stay side by side"
    skin = foot_skin(foot, who)
    bare = foot.foot & (skin.soft > 0.5)
    red, green, blue = skin.colour[bare].mean(0)
    assert red > green > blue


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_palms_are_paler_than_backs_in_dark_skin_and_cloth_covers_the_arm():
    pytest.importorskip("anny")
    from trainer.studio import dress
    from trainer.studio.anatomy import anatomy
    from trainer.studio.bodies import hand
    from trainer.studio.skin import hand_skin

    seed = next(s for s in range(100) if not dress.outfit(person(s)).glove)
    who = person(seed, 9)
    limb = hand(who, "left")
    body = anatomy(limb)
    skin = hand_skin(body, who)
    palm, back = (
        limb.surface[limb.fine_weights[:, limb.index("metacarpal2")] > 0.5] @ (side * body.frame[:, 2])
        for side in (1, -1)
    )
    middle = np.flatnonzero(limb.fine_weights[:, limb.index("metacarpal2")] > 0.5)
    light = skin.colour[middle].sum(1)
    assert light[palm > np.quantile(palm, 0.8)].mean() > 1.5 * light[back > np.quantile(back, 0.8)].mean()
    along = dress.up_the_arm(limb)
    hem = dress.outfit(who).sleeve_mm
    assert skin.soft[along > hem + 1].max() == 0
    assert limb.offset[along > hem + 1].min() > 0.5
    assert np.abs(limb.offset[along < hem - 60]).max() < 8
