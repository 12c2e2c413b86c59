"""Truth is measured on the meshes: contact by distance, zones and map from the same points, sight by depth."""

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("anny")

from trainer.foot.atlas import GRID, SOLE_ZONES, TOP_ZONES, zone_at
from trainer.foot.surface import BORDER, SOLE
from trainer.studio.camera import Camera
from trainer.studio.truth import CONTACT_MM, TruthLog, contact_part, depth_map, visible

pytestmark = pytest.mark.filterwarnings("ignore")
FPS = 10.0


@pytest.fixture(scope="module")
def body(hands):
    return hands["right"]


def begun(foot, body):
    log = TruthLog(foot, {"right": body}, FPS)
    log.begin()
    return log


def stroke(*hands, contact="thumb_pad"):
    return SimpleNamespace(movement=SimpleNamespace(hands=hands, contact=contact))


def thumb_at(body, foot, place, away_mm):
    """The rest hand, shifted so that its thumb pad's most forward point is `away_mm` off a place on the sole."""
    points = np.asarray(body.limb.fine.matrix @ body.limb.rest)
    pad = np.asarray(contact_part(body, "thumb_pad") @ points)
    spot, normal = foot.on_sole(*place)
    # Only the shift matters: the nearest point of the pad comes to lie over the place.
    lowest = pad[np.argmin(pad @ normal)]
    return points + (spot + away_mm * normal - lowest)


@pytest.mark.parametrize("place", [(0.12, 0.4), (0.45, 0.35), (0.7, 0.5)])
def test_a_touch_is_counted_where_it_is(foot, body, place):
    log = begun(foot, body)
    log.touch(stroke("right"), {"right": thumb_at(body, foot, place, 1.0)})
    cells = np.argwhere(log.contact > 0)
    assert len(cells)
    assert set(np.unique(log.contact)) <= {0.0, 1 / FPS}
    middle = (cells.mean(0) + 0.5) / np.array(GRID)
    assert np.hypot(*((middle - place) * [foot.length_mm, foot.width_mm])) < 20
    (zone,) = zone_at("plantar", [place[0]], [place[1]])
    assert log.zones[SOLE_ZONES[zone]] == pytest.approx(1 / FPS)
    assert log.hand_touches[-1].tolist() == [False, True] and log.contact_face[-1].tolist() == [BORDER, SOLE]
    assert log.contact_uv[-1][1] == pytest.approx(middle, abs=0.03)
    assert not any(log.zones[z] for z in TOP_ZONES)


def test_map_and_zones_tell_the_same(foot, body):
    log = begun(foot, body)
    for u in np.linspace(0.2, 0.75, 12):
        log.touch(stroke("right"), {"right": thumb_at(body, foot, (u, 0.45), 1.0)})
    u, v = np.meshgrid((np.arange(64) + 0.5) / 64, (np.arange(32) + 0.5) / 32, indexing="ij")
    index = zone_at("plantar", u, v)
    for k, zone in enumerate(SOLE_ZONES):
        cells = log.contact[index == k]
        # One frame touches several cells of a zone; a cell on a border may belong to its neighbour's zone.
        assert cells.max() - 1.01 / FPS <= log.zones[zone] <= cells.sum() + 2.01 / FPS
    assert sum(log.zones.values()) >= 12 / FPS - 1e-9, "every frame touched some zone"


def test_what_hovers_touches_nothing(foot, body):
    log = begun(foot, body)
    log.touch(stroke("right"), {"right": thumb_at(body, foot, (0.5, 0.5), CONTACT_MM + 2.5)})
    assert log.contact.sum() == 0
    assert not any(log.zones.values())


def test_only_the_working_hands_count(foot, body):
    log = begun(foot, body)
    log.touch(stroke(), {"right": thumb_at(body, foot, (0.5, 0.5), 1.0)})
    assert log.contact.sum() == 0


def test_a_touch_on_the_top_is_no_touch_of_the_sole(foot, body):
    points = np.asarray(body.limb.fine.matrix @ body.limb.rest)
    pad = np.asarray(contact_part(body, "thumb_pad") @ points)
    top = foot.vertices[foot.foot & (foot.normals[:, 2] < -0.6) & (abs(foot.uv[:, 0] - 0.5) < 0.02)]
    target = top[len(top) // 2]
    log = begun(foot, body)
    log.touch(stroke("right"), {"right": points + target - [0, 0, 1.0] - pad[np.argmax(pad[:, 2])]})
    assert log.contact.sum() == 0
    assert log.zones["instep"] + log.zones["forefoot_top"] > 0


@pytest.mark.parametrize("size", [(320, 240), (640, 480), (1280, 720)])
@pytest.mark.parametrize("angle", [20.0, 55.0])
def test_a_sheet_hides_what_is_behind_it_at_any_size(size, angle):
    camera = Camera((0, 0, 700), (0, 0, 0), (0, 1, 0), angle, *size)
    grid = np.stack(np.meshgrid(np.arange(-80, 80, 4.0), np.arange(-80, 80, 4.0), [0.0]), -1).reshape(-1, 3)
    nearest = depth_map(camera, [grid])
    inside = np.array([[x, y, -40.0] for x in (-40, 0, 40) for y in (-40, 0, 40)])
    assert not visible(camera, nearest, inside).any()
    assert visible(camera, nearest, inside + np.array([0, 0, 80])).all()
    assert visible(camera, nearest, inside + np.array([0, 0, 40.0])).all(), "the sheet doesn't hide itself"
    assert not visible(camera, nearest, np.array([[0.0, 900, 40]])).any(), "out of the picture"


def test_a_hand_is_seen_before_the_foot_and_not_behind_it(foot, body):
    camera = Camera((0, 120, 900), (0, 120, 0), (0, 1, 0), 30, 640, 480)
    points = np.asarray(body.limb.fine.matrix @ body.limb.rest)
    own = points[body.limb.fine_weights[:, body.limb.index("wrist")] > 0.1]
    centred = points - own.mean(0)
    normals = body.limb.normals(points)
    marks = np.zeros((21, 3))
    shares = []
    for shift in ((0, 120, 150), (0, 120, -170), (0, 900, 0)):
        log = begun(foot, body)
        log.see(0.0, camera, foot.vertices, {"right": (centred + np.array(shift), normals, marks + np.array(shift))})
        shares.append(log.hand_visible[0][1])
        assert log.hand_visible[0][0] == 0
        assert np.isnan(log.hand_landmarks[0][0]).all()
    before, behind, outside = shares
    assert before > 0.97
    assert behind < 0.6
    assert outside == 0
    assert np.isnan(log.hand_landmarks[0][1]).all(), "joints out of the picture are missing"
