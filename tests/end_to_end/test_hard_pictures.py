"""What spoils a map: half a foot, two feet that cross, a foot that turns over or is exchanged, a view from too near.

Real pictures, cut, laid together and put one after the other; the pipeline is the one that everything runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import cv2
import numpy as np
import pytest

from tests.end_to_end.conftest import SAMPLES
from trainer.coverage import unseen_share, worked_share
from trainer.foot import atlas
from trainer.model import Coverage, Frame, Image, Moment
from trainer.pipeline import open_pipeline
from trainer.session import Session
from trainer.settings import Settings
from trainer.video.source import open_source

pytestmark = pytest.mark.slow
Change = Callable[[Image], Image]


def pictures(name: str, seconds: float, start_s: float = 0.0, change: Change = lambda image: image) -> Iterator[Image]:
    """Every other picture of a sample clip."""
    with open_source(SAMPLES / f"{name}.mp4") as source:
        for frame in source.frames():
            if frame.time_s >= start_s + seconds:
                return
            if frame.time_s >= start_s and frame.index % 2 == 0:
                yield np.ascontiguousarray(change(frame.image))


def watched(images: Iterable[Image]) -> tuple[list[Moment], Session]:
    """All moments of pictures at 15 a second, and the session."""
    pipeline = open_pipeline(Settings())
    frames = (Frame(image, k / 15, k) for k, image in enumerate(images))
    try:
        return list(pipeline.run(frames)), pipeline.finish()
    finally:
        pipeline.close()


def cut(left: float, top: float, right: float, bottom: float) -> Change:
    """A part of the picture, as shares of it, enlarged to the whole."""

    def change(image: Image) -> Image:
        height, width = image.shape[:2]
        part = image[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
        return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)

    return change


def maps_of(session: Session) -> dict[tuple[str, str], Coverage]:
    return {(one.side, one.view): one for one in session.coverage}


def in_order(coverage: Coverage) -> None:
    """Whatever happened, a map tells three states, and no second twice."""
    grid = coverage.grid_seconds[atlas.grid_on_foot(coverage.view)]
    assert np.isfinite(grid).all() and (grid >= 0).all()
    total = coverage.watched_s + coverage.unseen_s
    assert grid.max() <= total + 0.1 and max(coverage.zone_seconds.values()) <= total + 0.1
    assert 0 <= worked_share(coverage) + unseen_share(coverage) <= 1 + 1e-9


def test_of_half_a_foot_the_other_half_is_not_known() -> None:
    # Only the toes' half of the foot is in the picture.
    with open_source(SAMPLES / "kneading.mp4") as source:
        first = next(iter(source.frames()))
    whole, _ = watched(pictures("kneading", 2.0))
    foot = next(m.foot for m in reversed(whole) if m.foot.seen)
    heel, toe = foot.landmarks_px[0], foot.landmarks_px[7]
    middle = (heel + toe) / 2 / np.array(first.size)
    down = heel[1] > toe[1]
    keep = cut(0.0, 0.0, 1.0, float(middle[1])) if down else cut(0.0, float(middle[1]), 1.0, 1.0)
    moments, session = watched(pictures("kneading", 5.0, change=keep))
    for coverage in session.coverage:
        in_order(coverage)
        heel_cells = coverage.grid_seconds[:10][atlas.grid_on_foot(coverage.view)[:10]]
        assert (heel_cells == 0).all(), "nobody saw a hand on the heel"
        unseen = np.nan_to_num(coverage.grid_unseen_s[:10]).max()
        assert unseen >= 0.5 * (coverage.watched_s + coverage.unseen_s), "and nobody saw that none was there"
    assert len(moments) > 60


def test_a_foot_that_turns_over_has_both_maps() -> None:
    sole, top = pictures("kneading", 6.0), pictures("finger_walking", 7.5)
    moments, session = watched([*sole, *top])
    views = [m.foot.view for m in moments if m.foot.seen]
    assert views[20] == "plantar" and views[-1] == "dorsal"
    maps = maps_of(session)
    assert ("left", "plantar") in maps
    for coverage in maps.values():
        in_order(coverage)
    # What was painted on the sole stays as it was when the foot turned.
    turned = next(k for k, m in enumerate(moments) if m.foot.seen and m.foot.view == "dorsal")
    before = moments[turned - 1].coverage
    late = maps["left", "plantar"].grid_seconds - before.grid_seconds
    assert np.nanmax(np.abs(late)) < 1.0, "seconds of the top aren't the sole's"


def test_a_foot_exchanged_for_the_other_has_a_map_of_its_own() -> None:
    moments, session = watched([*pictures("kneading", 6.0), *pictures("friction", 7.0)])
    sides = [m.foot.side for m in moments if m.foot.seen]
    assert sides[20] == "left" and sides[-1] == "right"
    maps = maps_of(session)
    assert {("left", "plantar"), ("right", "plantar")} <= set(maps)
    for coverage in maps.values():
        in_order(coverage)
    assert worked_share(maps["left", "plantar"]) > 0.02
    # One is kneaded in many places, the other rubbed at one.
    assert worked_share(maps["right", "plantar"]) < worked_share(maps["left", "plantar"])


def test_feet_that_cross_are_not_mixed_up() -> None:
    """Beside the worked foot a bare one moves through the picture and behind it."""
    bare = list(pictures("bare_foot", 6.0))

    def crossed() -> Iterator[Image]:
        for k, image in enumerate(pictures("kneading", 6.0)):
            height, width = image.shape[:2]
            other = cv2.resize(bare[k % len(bare)], (width, height))
            shift = round(width * (0.9 - 0.7 * k / 90))
            strip = image.copy()
            # The bare foot comes from the right, up to a third of the picture, behind what is worked there.
            reach = min(width - shift, width // 3)
            if reach > 0:
                strip[:, width - reach :] = other[:, width // 2 - reach // 2 : width // 2 - reach // 2 + reach]
            yield strip

    moments, session = watched(crossed())
    for coverage in session.coverage:
        in_order(coverage)
    seen = [m.foot for m in moments if m.foot.seen]
    assert len(seen) > 0.6 * len(moments)
    alone, _ = watched(pictures("kneading", 6.0))
    expected = np.array([m.foot.landmarks_px[[0, 7]].mean(axis=0) for m in alone])
    length = np.linalg.norm(alone[-1].foot.landmarks_px[0] - alone[-1].foot.landmarks_px[7])
    off = [
        float(np.linalg.norm(m.foot.landmarks_px[[0, 7]].mean(axis=0) - expected[k]) / length)
        for k, m in enumerate(moments)
        if m.foot.seen and np.isfinite(expected[k]).all()
    ]
    assert np.mean(np.array(off) < 0.15) > 0.9, "the worked foot is followed, not the one that comes along"


def test_a_view_from_too_near_says_what_it_does_not_see() -> None:
    moments, session = watched(pictures("kneading", 5.0, change=cut(0.36, 0.3, 0.64, 0.58)))
    for coverage in session.coverage:
        in_order(coverage)
    for moment in moments:
        if not moment.foot.seen:
            assert not moment.contacts
    main = session.coverage[0]
    whole = worked_share(main) + unseen_share(main)
    if any(m.foot.seen for m in moments):
        # A cell that isn't in the picture is never called untouched.
        assert unseen_share(main) > 0.1 or whole > 0.5
    else:
        assert unseen_share(main) > 0.9
