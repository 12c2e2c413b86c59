"""One small scene played through: contact, truth and pictures agree with one another."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("anny")
pytest.importorskip("pyvista")

from trainer.errors import TrainerError
from trainer.foot.atlas import SOLE_ZONES, zone_at
from trainer.studio.anatomy import LIMITS
from trainer.studio.bodies import SIDES, leg
from trainer.studio.clip import preview, render_clip, staged
from trainer.studio.demonstrate import demonstration, scene_size, steady
from trainer.studio.foot_surface import LANDMARKS, foot_surface
from trainer.studio.movements import MOVEMENTS, TEMPO
from trainer.studio.people import person
from trainer.studio.performance import perform
from trainer.studio.reach import carried, transforms
from trainer.studio.recipe import Recipe, Step
from trainer.studio.script import single
from trainer.video.libav import av

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]


def test_the_map_spans_the_sole(foot):
    uv = foot.uv[foot.sole]
    assert uv[:, 0].min() >= 0
    assert uv[:, 0].max() == pytest.approx(1, abs=0.02)
    assert uv[:, 1].min() == pytest.approx(0, abs=0.03)
    assert uv[:, 1].max() == pytest.approx(1, abs=0.03)
    assert set(zone_at("plantar", *uv.T)) >= set(range(len(SOLE_ZONES)))


@pytest.mark.parametrize("side", SIDES)
def test_landmarks_are_where_the_atlas_has_them(side):
    surface = foot_surface(leg(person(3), side))
    uv = dict(zip(LANDMARKS, surface.uv[surface.landmarks], strict=True))
    assert uv["heel_back"][0] == pytest.approx(0, abs=0.03)
    assert uv["ball_medial"] == pytest.approx([0.73, 0.0], abs=0.05)
    assert uv["ball_lateral"] == pytest.approx([0.66, 1.0], abs=0.06)
    assert uv["heel_medial"][1] < 0.45 < uv["heel_lateral"][1]
    tips = [uv[n][1] for n in ("hallux_tip", "toe2_tip", "toe3_tip", "toe4_tip", "toe5_tip")]
    assert tips == sorted(tips)


def test_distance_is_signed(foot):
    point, normal = foot.on_sole(0.5, 0.5)
    assert normal[2] > 0.8
    steps = np.array([-10.0, 0, 10, 30])
    found = foot.distance(point + steps[:, None] * normal)
    assert found == pytest.approx(steps, abs=2.5)


@pytest.mark.parametrize("technique", MOVEMENTS)
def test_a_stroke_keeps_its_clock_and_its_joints(technique, foot, hands):
    seconds = 60 / TEMPO[technique][0] * 2 + 2
    script = (Step("rest", 0.5), Step(technique, seconds), Step("rest", 0.5))
    played = perform(foot, hands, script, seed=5)
    (stroke,) = played.strokes
    assert (stroke.start_s, stroke.end_s) == pytest.approx((0.5, 0.5 + seconds))
    instants = stroke.movement.beat.instants
    assert len(instants) >= 1
    assert np.all((instants > stroke.start_s) & (instants < stroke.end_s))
    for moment in played.moments(4.0):
        for side in SIDES:
            pose = moment.poses[side]
            assert np.all(pose.angles >= LIMITS[:, 0] - 0.11)
            assert np.all(pose.angles <= LIMITS[:, 1] + 0.11)
            assert np.linalg.det(pose.turn) == pytest.approx(1)
            if moment.stroke is not None:
                assert foot.distance(pose.wrist[None])[0] > 5, "the wrist is not in the foot"


def test_kneading_thumbs_stay_on_the_sole(foot, hands):
    played = perform(foot, hands, (Step("rest", 0.2), Step("kneading", 6.0, tempo=80)), seed=3)
    gaps, places = [], []
    for moment in played.moments(10.0):
        if moment.stroke is None:
            continue
        for side in SIDES:
            body = hands[side]
            row = body.spots["thumb_pad"]
            matrices = transforms(body, moment.poses[side], moment.elbows[side])
            (pad,) = carried(matrices, body.spot_joint[[row]], body.spot_point[[row]])
            gaps.append(foot.distance(pad[None])[0])
            places.append(foot.to_uv(pad))
    assert np.quantile(np.abs(gaps), 0.9) < 5
    u, v = np.array(places).T
    assert 0.1 < u.min() < u.max() < 0.9
    assert 0.1 < v.min() < v.max() < 0.95


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clip")
    recipe = Recipe(
        (Step("rest", 0.4), Step("kneading", 1.4, tempo=100), Step("rest", 0.4)),
        seed=2, width=160, height=120, fps=10.0,
    )  # fmt: skip
    seen = []
    written = render_clip(recipe, folder / "small.mp4", lambda done, total: seen.append((done, total)))
    assert seen[-1] == (22, 22)
    assert sorted(p.name for p in folder.iterdir()) == sorted(p.name for p in written)
    return folder / "small"


def test_sidecars_agree(clip):
    facts = json.loads(clip.with_suffix(".truth.json").read_text())
    arrays = np.load(clip.with_suffix(".truth.npz"))
    assert facts["frames"] == 22 == len(arrays["time_s"])
    assert arrays["hand_landmarks_px"].shape == (22, 2, 21, 2)
    (segment,) = facts["segments"]
    assert segment["hands"] == ["left", "right"]
    assert all(segment["start_s"] < c < segment["end_s"] for c in segment["cycles_s"])

    marks = arrays["hand_landmarks_px"]
    known = np.isfinite(marks)
    assert known[10].mean() > 0.8
    assert np.all((marks[known] >= 0) & (marks[known] <= 159))
    assert np.all((arrays["hand_visible"] >= 0) & (arrays["hand_visible"] <= 1))
    assert arrays["hand_visible"][10].min() > 0.2

    contact = arrays["contact_seconds"]
    assert contact.shape == (64, 32)
    assert 0 < contact.max() <= 1.5
    u, v = np.meshgrid((np.arange(64) + 0.5) / 64, (np.arange(32) + 0.5) / 32, indexing="ij")
    zones = zone_at("plantar", u, v)
    for k, zone in enumerate(SOLE_ZONES):
        seconds = facts["zone_seconds"][zone]
        assert seconds <= 1.5
        # Zone borders cut cells, so a cell may count for its neighbour's zone at most by a cell.
        inside = contact[zones == k].max()
        assert seconds >= inside - 0.25


def test_first_frame_foot(clip):
    clicked = json.loads(clip.with_suffix(".foot.json").read_text())
    assert clicked["format"] == 1
    assert set(clicked["landmarks_px"]) <= set(LANDMARKS)
    assert len(clicked["landmarks_px"]) >= 9


def test_a_bare_foot_has_no_hands(tmp_path):
    render_clip(Recipe(seconds=0.3, width=96, height=72, fps=10.0), tmp_path / "bare.mp4")
    facts = json.loads((tmp_path / "bare.truth.json").read_text())
    arrays = np.load(tmp_path / "bare.truth.npz")
    assert facts["segments"] == []
    assert np.isnan(arrays["hand_landmarks_px"]).all()
    assert (arrays["hand_visible"] == 0).all()
    assert np.isnan(arrays["contact_seconds"]).all()


def test_same_recipe_same_picture():
    recipe = Recipe((Step("rest", 0.2), Step("friction", 1.0), Step("rest", 0.2)), width=160, height=120)
    first, second = preview(recipe), preview(recipe)
    assert np.array_equal(first, second)
    assert first.shape == (120, 160, 3)
    assert not np.array_equal(first, preview(replace(recipe, camera_seed=9)))


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size to set")
def test_a_full_disk_is_one_clear_line_and_leaves_nothing(tmp_path):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    recipe = Recipe(seconds=0.5, width=160, height=120, fps=10.0)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(TrainerError, match=r"small\.mp4'?, but the file became too large|too large"):
            render_clip(recipe, tmp_path / "small.mp4")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []
    assert len(render_clip(recipe, tmp_path / "small.mp4")) == 4


def test_a_demonstration_has_its_clicks_at_the_cycles(tmp_path):
    recipe = steady(Recipe(single("kneading", 3.0, tempo=90), width=scene_size(640, 360)[0], height=360, fps=4.0))
    film = demonstration(recipe, tmp_path / "demo.mp4", 640)
    with staged(recipe) as (_, played):
        wanted = played.strokes[0].movement.beat.instants
    assert len(wanted) >= 2
    with av.open(str(film)) as container:
        assert container.streams.video[0].width == 640
        sound = container.streams.audio[0]
        pieces = [(f.time, f.to_ndarray()[0]) for f in container.decode(sound)]
    wave = np.abs(np.concatenate([p for _, p in pieces]))
    loud = pieces[0][0] + np.flatnonzero(wave > 0.1) / sound.rate
    starts = loud[np.concatenate([[True], np.diff(loud) > 0.2])]
    assert starts == pytest.approx(wanted, abs=0.012)
