"""The overlay on Moments made by hand: what must be seen, what must not, and that it stays in its places."""

from __future__ import annotations

import time
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from screen_scenes import background, coverage_of, foot_at, homography, moment_at, unworked

from trainer.coach.practice import Lesson, Phase, Plan
from trainer.coach.routine import load_routine
from trainer.foot import atlas, geometry, reflex
from trainer.foot.skin import on_map, skin_of
from trainer.model import SIDES, VIEWS, Coverage, Cue, Floats, Foot, Image, Moment, PostureFinding, Presence, Side, View
from trainer.screen.hud import Hud
from trainer.screen.layout import canvas_size, layout
from trainer.screen.overlay import Overlay
from trainer.screen.place import Place
from trainer.screen.theme import Theme
from trainer.strokes.techniques import load_techniques

SIZES = [(640, 480), (1280, 720), (1920, 1080), (720, 1280)]
NAN = float("nan")
THEME = Theme()


@pytest.fixture(scope="module")
def overlay() -> Overlay:
    return Overlay(load_techniques())


def drawn(overlay: Overlay, moment: Moment, hud: Hud | None = None) -> Image:
    return overlay.draw(moment.frame.image, moment, hud)


def changed(a: Image, b: Image) -> np.ndarray:
    return np.abs(a.astype(int) - b.astype(int)).max(axis=2) > 0


def bare(size: tuple[int, int] = (640, 480), **more: object) -> Moment:
    """No hands, no foot, no stroke, no cue."""
    gone = (Presence.UNKNOWN, Presence.UNKNOWN)
    return moment_at(size, technique="rest", rate=NAN, cue=None, presences=gone, foot_presence=Presence.UNKNOWN, **more)


@pytest.mark.parametrize("size", SIZES)
def test_draws_on_a_copy_and_leaves_the_middle_free(overlay: Overlay, size: tuple[int, int]) -> None:
    moment = bare(size)
    before = moment.frame.image.copy()
    picture = drawn(overlay, moment, Hud(interactive=True, recording=True, fps=30.0))
    assert np.array_equal(moment.frame.image, before)
    assert picture.shape == before.shape and picture.dtype == np.uint8
    touched = changed(picture, before)
    assert touched.any()
    h, w = touched.shape
    assert not touched[int(0.38 * h) : int(0.72 * h), int(0.3 * w) : int(0.7 * w)].any()


@pytest.mark.parametrize("size", SIZES)
def test_panels_stay_in_their_boxes(overlay: Overlay, size: tuple[int, int]) -> None:
    long_text = "Führe den Fuß langsam größer außen herum und über die Ferse zurück, ohne Hast und ohne Druck. " * 3
    base = bare(size)
    moment = replace(base, cue=moment_at(size, cue=long_text).cue)
    picture = drawn(overlay, moment, Hud(interactive=True, recording=True, fps=100.0))
    outside = changed(picture, base.frame.image)
    for box in layout(*size).boxes():
        outside[box.y : box.bottom, box.x : box.right] = False
    assert not outside.any()


@given(st.integers(160, 4000), st.integers(160, 4000), st.floats(0.8, 1.5))
def test_layout_never_overlaps_nor_leaves_the_picture(width: int, height: int, scale: float) -> None:
    boxes = layout(width, height, scale).boxes()
    for i, a in enumerate(boxes):
        assert a.x >= 0 and a.y >= 0 and a.right <= width and a.bottom <= height
        for b in boxes[i + 1 :]:
            apart = a.right <= b.x or b.right <= a.x or a.bottom <= b.y or b.bottom <= a.y
            assert apart, (a, b)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scale", [0.8, 1.15, 1.5])
def test_at_every_scale_panels_stay_in_their_boxes(size: tuple[int, int], scale: float) -> None:
    gone = (Presence.UNKNOWN, Presence.UNKNOWN)
    base = moment_at(size, presences=gone, foot_presence=Presence.UNKNOWN, next_zone="ball_medial")
    step = load_routine("warm_up", load_techniques()).steps[0]
    moment = replace(base, lesson=Lesson(Plan("routine", "Mine", (step, step)), Phase.WORK, 0, 12.0))
    picture = Overlay(load_techniques(), scale=scale).draw(base.frame.image, moment, Hud(recording=True, fps=100.0))
    outside = changed(picture, base.frame.image)
    for box in layout(*size, scale).boxes():
        outside[box.y : box.bottom, box.x : box.right] = False
    assert not outside.any()
    helped = picture.copy()
    Overlay(load_techniques(), scale=scale).draw_help(helped)
    rows = np.nonzero(changed(picture, helped).any(axis=1))[0]
    assert rows.min() > 0 and rows.max() < size[1] - 1, "the list of keys fits the picture"


def test_scaled_up_the_same_words_are_larger() -> None:
    moment = moment_at((1280, 720), "dark", cue=None)
    heights = []
    for scale in (1.0, 1.5):
        picture = Overlay(load_techniques(), scale=scale).draw(moment.frame.image, moment)
        box = layout(1280, 720, scale).stroke
        name = picture[box.y : box.y + round(7.5 * layout(1280, 720, scale).unit), box.x : box.x + box.width // 2]
        heights.append(np.ptp(np.nonzero((name.min(axis=2) > 225).any(axis=1))[0]) + 1)
    assert heights[1] == pytest.approx(1.5 * heights[0], rel=0.15)


@given(st.integers(16, 4000), st.integers(16, 4000))
def test_small_pictures_are_enlarged_until_text_is_legible(width: int, height: int) -> None:
    w, h = canvas_size(width, height)
    assert layout(w, h).size(THEME.small) >= 14
    assert w / h == pytest.approx(width / height, rel=0.03)
    if min(height, 0.75 * width) >= 480:
        assert (w, h) == (width, height)


def test_the_same_at_every_size(overlay: Overlay) -> None:
    """A 1080p picture, made smaller, looks like the 720p one."""
    small = drawn(overlay, moment_at((1280, 720), "grey"))
    large = drawn(overlay, moment_at((1920, 1080), "grey"))
    reduced = cv2.resize(large, (1280, 720), interpolation=cv2.INTER_AREA)
    difference = np.abs(small.astype(float) - reduced).mean(axis=2)
    assert difference.mean() < 4.0
    assert (difference > 60).mean() < 0.02


def lit(picture: Image, colour: tuple[int, int, int]) -> int:
    """Pixels of this very colour outside the panels."""
    free = np.ones(picture.shape[:2], dtype=bool)
    for box in layout(picture.shape[1], picture.shape[0]).boxes():
        free[box.y : box.bottom, box.x : box.right] = False
    return int((np.abs(picture.astype(int) - colour).max(axis=2) <= 2)[free].sum())


def test_left_and_right_have_their_own_colour_and_unknown_draws_nothing(overlay: Overlay) -> None:
    m, u = Presence.MEASURED, Presence.UNKNOWN
    for presences, left, right in (((m, u), True, False), ((u, m), False, True), ((m, m), True, True)):
        picture = drawn(overlay, moment_at(kind="grey", presences=presences))
        assert (lit(picture, THEME.left) > 200, lit(picture, THEME.right) > 200) == (left, right)
    nothing = drawn(overlay, moment_at(kind="grey", presences=(u, u)))
    assert lit(nothing, THEME.left) == lit(nothing, THEME.right) == 0


def test_a_bridged_hand_is_fainter_than_a_measured_one(overlay: Overlay) -> None:
    def ink(presence: Presence) -> float:
        def shown(left: Presence) -> Image:
            moment = moment_at(kind="grey", presences=(left, Presence.UNKNOWN), coverage=unworked())
            return drawn(overlay, replace(moment, foot=Foot.unknown()))

        with_hand, without = shown(presence), shown(Presence.UNKNOWN)
        free = np.s_[180:400, 60:500]
        return float(np.abs(with_hand[free].astype(int) - without[free]).sum())

    assert 0 < ink(Presence.BRIDGED) < 0.6 * ink(Presence.MEASURED)


def test_foot_outline_lies_where_the_pose_says(overlay: Overlay) -> None:
    moment = moment_at((1280, 720), kind="dark", presences=(Presence.UNKNOWN, Presence.UNKNOWN), cue=None)
    picture = drawn(overlay, moment, Hud(lines="none"))
    skin = skin_of(moment.foot, 0.0)
    assert skin is not None
    for x, y in skin.outline_px():
        near = picture[int(y) - 3 : int(y) + 5, int(x) - 3 : int(x) + 5].astype(int)
        assert near.min(axis=2).max() > 220, (x, y)


def test_zones_can_be_turned_off(overlay: Overlay) -> None:
    moment = moment_at(kind="dark")
    assert changed(drawn(overlay, moment, Hud(lines="zones")), drawn(overlay, moment, Hud(lines="none"))).sum() > 200


def no_hands(coverage: Coverage, foot_presence: Presence = Presence.MEASURED) -> Moment:
    gone = (Presence.UNKNOWN, Presence.UNKNOWN)
    return moment_at((1280, 720), "grey", presences=gone, coverage=coverage, foot_presence=foot_presence, cue=None)


def test_coverage_tints_the_worked_place_on_the_foot_and_no_other(overlay: Overlay) -> None:
    seconds = np.where(atlas.grid_on_foot("plantar"), 0.0, np.nan)
    seconds[40:44, 10:16] = 20.0
    coverage = replace(unworked(), grid_seconds=seconds)
    moment = no_hands(coverage)
    plain = drawn(overlay, replace(moment, coverage=unworked()), Hud(lines="none"))
    tinted = drawn(overlay, moment, Hud(lines="none"))
    tint = np.abs(tinted.astype(int) - plain).max(axis=2) > 12
    box = layout(1280, 720).session
    tint[box.y : box.bottom, box.x : box.right] = False
    ys, xs = np.nonzero(tint)
    skin = skin_of(moment.foot, 0.0)
    assert skin is not None and len(ys) > 100
    uv = skin.at(np.column_stack([xs, ys]).astype(float)).uv
    assert uv[:, 0].min() > 40 / 64 - 0.05 and uv[:, 0].max() < 44 / 64 + 0.05
    assert uv[:, 1].min() > 10 / 32 - 0.08 and uv[:, 1].max() < 16 / 32 + 0.08
    ((x, y),), _ = skin.placed(on_map(np.array([[42 / 64, 13 / 32]]), 0))
    x, y = round(float(x)), round(float(y))
    there, bare = tinted[y, x].astype(float), plain[y, x].astype(float)
    work = np.asarray(THEME.work, float)
    assert np.linalg.norm(there - work) < 0.55 * np.linalg.norm(bare - work)


def test_the_next_zone_is_marked_on_the_foot_and_on_the_map(overlay: Overlay) -> None:
    moment = no_hands(unworked())
    plain = drawn(overlay, replace(moment, next_zone=None), Hud(lines="none"))
    marked = drawn(overlay, replace(moment, next_zone="ball_medial"), Hud(lines="none"))
    changes = changed(marked, plain)
    skin = skin_of(moment.foot, 0.0)
    assert skin is not None
    (middle,), _ = skin.placed(on_map(np.array([[0.68, 0.18]]), 0))
    x, y = round(float(middle[0])), round(float(middle[1]))
    assert changes[y - 40 : y + 40, x - 40 : x + 40].sum() > 300, "around it, and its name"
    (far,), _ = skin.placed(on_map(np.array([[0.15, 0.5]]), 0))
    x, y = round(float(far[0])), round(float(far[1]))
    assert changes[y - 30 : y + 30, x - 30 : x + 30].sum() == 0
    box = layout(1280, 720).session
    assert changes[box.y : box.bottom, box.x : box.right].sum() > 100


def test_lines_and_names_of_the_reflex_layer(overlay: Overlay) -> None:
    moment = no_hands(unworked())
    plain, layer = (drawn(overlay, replace(moment, next_zone=None), Hud(lines=lines)) for lines in ("none", "reflex"))
    skin = skin_of(moment.foot, 0.0)
    assert skin is not None
    changes = changed(layer, plain)
    for line in reflex.zone_borders():
        px, facing = skin.placed(on_map(line[1:4], 0))
        for x, y in np.rint(px[facing]).astype(int):
            assert changes[y - 4 : y + 5, x - 4 : x + 5].any()
    # Under a hand nothing is written.
    hidden = moment_at((1280, 720), kind="grey", coverage=unworked(), cue=None)
    with_hand, without = (drawn(overlay, hidden, Hud(lines=lines)) for lines in ("reflex", "none"))
    palms = np.zeros((720, 1280), np.uint8)
    for hand in hidden.hands:
        cv2.fillPoly(palms, [np.rint(hand.landmarks_px[[0, 1, 5, 9, 13, 17]]).astype(np.int32)], 1)
    inner = cv2.erode(palms, np.ones((25, 25), np.uint8)) > 0
    assert inner.any() and not (changed(with_hand, without) & inner).any()


def test_an_unknown_foot_gets_nothing_painted(overlay: Overlay) -> None:
    a = drawn(overlay, no_hands(coverage_of(), Presence.UNKNOWN))
    middle = np.s_[250:500, 400:900]
    assert np.array_equal(a[middle], no_hands(coverage_of(), Presence.UNKNOWN).frame.image[middle])


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_side_and_view_draws(overlay: Overlay, side: Side, view: View) -> None:
    moment = moment_at(view=view, side=side)
    assert changed(drawn(overlay, moment), moment.frame.image).mean() > 0.1


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("view", VIEWS)
def test_the_flat_map_is_turned_like_the_foot_in_the_picture(side: Side, view: View) -> None:
    from trainer.screen.coverage_map import map_shape

    for mirror in (False, True):
        shape = map_shape(view, side, mirror, (200, 300))
        p = shape.to_pixels(np.array([[0.3, 0.3], [0.7, 0.3], [0.3, 0.6]]))
        along, across = p[1] - p[0], p[2] - p[0]
        turn = np.sign(along[0] * across[1] - along[1] * across[0])
        assert turn == geometry.chirality(side, view) * (-1 if mirror else 1)


def test_mirroring_turns_the_picture_but_not_the_text(overlay: Overlay) -> None:
    gone = (Presence.UNKNOWN, Presence.UNKNOWN)
    moment = moment_at((1280, 720), "grey", presences=gone, foot_presence=Presence.UNKNOWN)
    straight, mirrored = drawn(overlay, moment), drawn(overlay, moment, Hud(mirror=True))
    boxes = layout(1280, 720)
    # The stroke panel covers other pixels of the picture, but its white letters are the same.
    for box in (boxes.stroke, boxes.cue):
        part = np.s_[box.y : box.bottom, box.x : box.right]
        white_a, white_b = (p[part].min(axis=2) > 225 for p in (straight, mirrored))
        assert white_a.sum() > 300
        assert (white_a ^ white_b).sum() < 0.1 * white_a.sum()
    background_part = np.s_[500:560, 1000:1250]
    flipped = moment.frame.image[:, ::-1]
    assert np.array_equal(mirrored[background_part], flipped[background_part])


def test_unseen_things_are_named_in_their_own_places(overlay: Overlay) -> None:
    seen = moment_at(kind="grey", cue=None)
    boxes = layout(640, 480)
    for box, moment in (
        (boxes.foot_chip, moment_at(kind="grey", cue=None, foot_presence=Presence.UNKNOWN)),
        (boxes.left_chip, moment_at(kind="grey", cue=None, presences=(Presence.UNKNOWN, Presence.MEASURED))),
        (boxes.right_chip, moment_at(kind="grey", cue=None, presences=(Presence.MEASURED, Presence.UNKNOWN))),
    ):
        part = np.s_[box.y : box.bottom, box.x : box.right]
        assert (drawn(overlay, moment)[part].min(axis=2) > 225).sum() > 60
        assert (drawn(overlay, seen)[part].min(axis=2) > 225).sum() < 20 or box is boxes.foot_chip


def test_posture_shows_while_it_lasts_only(overlay: Overlay) -> None:
    finding = PostureFinding("thumb_hyperextended", "right", 130.0, 134.0, 40.0)
    box = layout(640, 480).right_chip
    part = np.s_[box.y : box.bottom, box.x : box.right]
    now = moment_at(kind="dark", cue=None, posture=(finding,))
    long_ago = moment_at(kind="dark", cue=None, posture=(replace(finding, start_s=10.0, end_s=12.0),))
    assert (drawn(overlay, now)[part].min(axis=2) > 225).sum() > 60
    assert (drawn(overlay, long_ago)[part].min(axis=2) > 225).sum() == 0


def test_one_cue_and_the_notice_takes_its_place(overlay: Overlay) -> None:
    with_cue = drawn(overlay, moment_at(kind="grey"))
    with_both = drawn(overlay, moment_at(kind="grey"), Hud(notice="Recording stopped."))
    notice = drawn(overlay, moment_at(kind="grey", cue=None), Hud(notice="Recording stopped."))
    assert np.array_equal(with_both, notice)
    assert not np.array_equal(with_cue, notice)


def test_numbers_do_not_move_what_is_beside_them(overlay: Overlay) -> None:
    """From 98 to 104 a minute only the number, its verdict and the needle change."""
    a, b = (drawn(overlay, moment_at((1280, 720), "dark", rate=r, recent_cycles_s=())) for r in (98.0, 104.0))
    box = layout(1280, 720).stroke
    unit = layout(1280, 720).unit
    part = np.s_[box.y + round(14 * unit) : box.y + round(20 * unit), box.x + round(18.8 * unit) : box.right]
    assert np.array_equal(a[part], b[part])
    assert not np.array_equal(a[box.y : box.bottom, box.x : box.right], b[box.y : box.bottom, box.x : box.right])


def test_nothing_flickers_while_nothing_happens(overlay: Overlay) -> None:
    moment = moment_at(kind="busy")
    first = drawn(overlay, moment)
    drawn(overlay, moment_at(kind="dark", view="medial", technique=None, rate=NAN))
    assert np.array_equal(drawn(overlay, moment), first)


@pytest.mark.parametrize("wild", [
    np.full((3, 3), np.nan), np.zeros((3, 3)), np.diag([1e9, 1e9, 1.0]), np.array([[1, 0, 0], [0, 1, 0], [9, 9, -9.0]]),
])  # fmt: skip
def test_a_wild_map_draws_no_foot_and_does_not_fail(overlay: Overlay, wild: Floats) -> None:
    moment = moment_at()
    broken = replace(moment, foot=replace(moment.foot, px_from_uv=np.asarray(wild, float)))
    assert drawn(overlay, broken).shape == moment.frame.image.shape


@pytest.mark.parametrize("landmarks", [np.full((21, 2), np.nan), np.full((21, 2), 1e12), np.full((21, 2), -5e8)])
def test_hands_far_off_do_not_fail(overlay: Overlay, landmarks: Floats) -> None:
    moment = moment_at()
    for presence in (Presence.MEASURED, Presence.BRIDGED):
        hand = replace(moment.hands[0], landmarks_px=landmarks, presence=presence)
        assert drawn(overlay, replace(moment, hands=(hand, moment.hands[1]))) is not None


@pytest.mark.parametrize("name", [*load_techniques(), None, "a technique of tomorrow"])
def test_every_technique_and_none_draws(overlay: Overlay, name: str | None) -> None:
    for rate in (NAN, 0.0, 44.0, 5000.0):
        moment = moment_at(technique=name, rate=max(rate, 1.0) if rate == rate else rate)
        assert drawn(overlay, replace(moment, rate_per_min=rate)) is not None


BARE = bare()


@settings(max_examples=50)
@given(st.text(max_size=300))
def test_any_text_can_be_a_cue(text: str) -> None:
    picture = Overlay(load_techniques()).draw(BARE.frame.image, replace(BARE, cue=Cue(1.0, "slower", text)))
    outside = changed(picture, BARE.frame.image)
    for box in layout(640, 480).boxes():
        outside[box.y : box.bottom, box.x : box.right] = False
    assert not outside.any()


def test_an_enlarged_picture_carries_its_landmarks_along(overlay: Overlay) -> None:
    moment = moment_at((320, 240), "grey")
    big = cv2.resize(moment.frame.image, (640, 480), interpolation=cv2.INTER_NEAREST)
    picture = overlay.draw(np.asarray(big, np.uint8), moment)
    x, y = (moment.hands[1].landmarks_px[5] * 2 + 0.5).round().astype(int)
    assert np.abs(picture[y, x].astype(int) - THEME.right).max() < 8


@given(st.booleans(), st.floats(0.3, 4.0), st.floats(-50, 700), st.floats(-50, 700))
def test_place_there_and_back(mirror: bool, scale: float, x: float, y: float) -> None:
    place = Place((640, 480), (round(640 * scale), round(480 * scale)), mirror)
    points = np.array([[x, y]])
    assert np.allclose(place.to_frame(place.to_canvas(points)), points, atol=1e-9)
    if mirror:
        straight = replace(place, mirror=False)
        flipped = place.canvas[0] - 1 - straight.to_canvas(points)[:, 0]
        assert np.allclose(place.to_canvas(points)[:, 0], flipped)


def test_drawing_is_quick(overlay: Overlay) -> None:
    """At most 5 ms at 720p on one idle core; the bound here leaves room for busy and slow machines."""
    moment = moment_at((1280, 720), "busy")
    drawn(overlay, moment)
    spent = []
    for i in range(15):
        now = replace(moment, rate_per_min=90.0 + i, coverage=coverage_of(seconds=3.0 + 0.2 * i))
        start = time.thread_time()
        drawn(overlay, now)
        spent.append(time.thread_time() - start)
    assert np.median(spent) < 0.025


def test_homography_of_the_scenes_has_the_right_hand_sense() -> None:
    for side in SIDES:
        for view in VIEWS:
            h = homography((640, 480), side, view)
            assert np.sign(np.linalg.det(h[:2, :2])) == geometry.chirality(side, view)
    assert isinstance(foot_at((640, 480)), Foot) and background((64, 48), "busy").shape == (48, 64, 3)
