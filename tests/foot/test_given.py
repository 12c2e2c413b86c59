from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given as given_by
from hypothesis import settings
from hypothesis import strategies as st

from tests.foot.scenes import place
from trainer.errors import FormatError, TrainerError
from trainer.foot import atlas
from trainer.foot.geometry import to_px
from trainer.foot.given import (
    GivenFoot,
    foot_file_beside,
    given_from_data,
    read_foot_file,
    recall_foot,
    remember_foot,
    write_foot_file,
)
from trainer.model import FOOT_LANDMARKS, Side


def a_foot(side: Side = "left", **more: Any) -> GivenFoot:
    points = to_px(place(side), atlas.landmarks_uv("plantar"))
    return GivenFoot.from_points(points, side, "plantar", size=(640, 480), **more)


def data(**changes: Any) -> dict[str, Any]:
    base = {
        "format": 1, "side": "left", "view": "plantar", "width": 640, "height": 480,
        "landmarks_px": {"heel_back": [320, 400], "hallux_tip": [300, 100]},
    }  # fmt: skip
    base.update(changes)
    return {k: v for k, v in base.items() if v is not ...}


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "Füße 足.foot.json"
    foot = a_foot("right", length_mm=263.5, time_s=1.25)
    write_foot_file(path, foot)
    again = read_foot_file(path)
    assert (again.side, again.view, again.length_mm, again.time_s) == ("right", "plantar", 263.5, 1.25)
    np.testing.assert_allclose(again.points, foot.points, atol=0.006)
    assert np.isnan(again.points[12:]).all()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_file_with_a_byte_order_mark_and_only_what_is_needed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.foot.json"
    path.write_text(json.dumps(data(width=..., height=...)), encoding="utf-8-sig")
    foot = read_foot_file(path)
    assert foot.length_mm is None and foot.time_s == 0.0 and foot.width is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 2}, "format"),
        ({"format": ...}, "format"),
        ({"side": "middle"}, "left or right"),
        ({"view": "top"}, "plantar, dorsal, medial, lateral"),
        ({"views": "plantar"}, "views"),
        ({"length_mm": 25}, "80 to 400"),
        ({"length_mm": "250"}, "length_mm"),
        ({"time_s": -1}, "time_s"),
        ({"width": ...}, "both width and height"),
        ({"width": 640.5}, "whole number"),
        ({"landmarks_px": ...}, "landmarks_px"),
        ({"landmarks_px": [[1, 2]]}, "landmarks_px"),
        ({"landmarks_px": {"big_toe": [1, 2], "heel_back": [3, 4]}}, "big_toe"),
        ({"landmarks_px": {"heel_back": [320, 400]}}, "at least 2"),
        ({"landmarks_px": {"heel_back": [320, 400], "hallux_tip": [300]}}, "hallux_tip"),
        ({"landmarks_px": {"heel_back": [320, 400], "hallux_tip": ["a", "b"]}}, "hallux_tip"),
        ({"landmarks_px": {"heel_back": [320, 400], "hallux_tip": [True, False]}}, "hallux_tip"),
        ({"landmarks_px": {"heel_back": [320, 400], "hallux_tip": [300, -900]}}, "hallux_tip"),
        ({"landmarks_px": {"heel_back": [-20, 400], "hallux_tip": [-20, 100]}}, "inside the 640×480"),
        ({"landmarks_px": {"heel_back": [320, 400], "hallux_tip": [320, 400]}}, "far enough apart"),
    ],
)
def test_each_mistake_is_said_in_one_line_with_file_and_key(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    path = tmp_path / "clip.foot.json"
    path.write_text(json.dumps(data(**changes)), encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        read_foot_file(path)
    message = str(caught.value)
    assert said in message and "clip.foot.json" in message and "\n" not in message and message.startswith("Expected ")


def test_a_foot_of_the_other_side_is_refused() -> None:
    mistaken = {n: [float(x), float(y)] for n, (x, y) in a_foot("left").landmarks_px.items()}
    with pytest.raises(FormatError, match="mirror image"):
        given_from_data(data(side="right", landmarks_px=mistaken), "x")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"7", b"\xff\xfe\x00", b'{"format": 1e999}', b"[" * 5000, b"NaN"]
)
def test_what_is_no_foot_file_gives_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.foot.json"
    path.write_bytes(content)
    with pytest.raises(FormatError) as caught:
        read_foot_file(path)
    assert "\n" not in str(caught.value) and "clip.foot.json" in str(caught.value)


@pytest.mark.parametrize("make", ["nothing", "folder"])
def test_a_file_that_is_not_there_gives_one_line(tmp_path: Path, make: str) -> None:
    path = tmp_path / "gone.foot.json"
    if make == "folder":
        path.mkdir()
    with pytest.raises(FormatError, match=r"gone\.foot\.json"):
        read_foot_file(path)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


@given_by(st.sampled_from(sorted(data())), json_values)
@settings(max_examples=150)
def test_whatever_stands_at_a_key_it_is_a_foot_or_a_format_error(key: str, value: object) -> None:
    try:
        foot = given_from_data(data(**{key: value}), "x")
    except FormatError as error:
        assert "\n" not in str(error)
    else:
        assert np.isfinite(foot.points).any()


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.foot.json"
    write_foot_file(path, a_foot("left"))

    def broken(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(TrainerError, match="No space left"):
        write_foot_file(path, a_foot("right"))
    assert read_foot_file(path).side == "left"
    assert [p.name for p in tmp_path.iterdir()] == ["x.foot.json"]


def test_writing_into_a_folder_that_is_not_there_is_an_error_for_people(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="Choose a folder"):
        write_foot_file(tmp_path / "none" / "x.foot.json", a_foot())


def test_another_frame_size_scales_about_the_pictures_corner() -> None:
    foot = a_foot().scaled_to((1280, 960))
    # The centre of the last pixel of 640 is the seam between the last two of 1280.
    assert GivenFoot("left", "plantar", {"heel_back": (639, 0)}, width=640, height=480).scaled_to(
        (1280, 960)
    ).landmarks_px["heel_back"] == pytest.approx((1278.5, 0.5))
    np.testing.assert_allclose(foot.scaled_to((640, 480)).points, a_foot().points)
    unsized = GivenFoot("left", "plantar", {"heel_back": (5, 6)})
    assert unsized.scaled_to((320, 240)).landmarks_px == {"heel_back": (5, 6)}


def test_the_file_beside_a_video(tmp_path: Path) -> None:
    video = tmp_path / "my clip.v2.mp4"
    assert foot_file_beside(video) is None
    beside = tmp_path / "my clip.v2.foot.json"
    write_foot_file(beside, a_foot())
    assert foot_file_beside(video) == beside


def test_each_camera_has_its_own_memory_and_a_spoilt_one_is_as_none(tmp_path: Path) -> None:
    remember_foot("USB cam/0 640x480", a_foot("right", time_s=93.0), folder=tmp_path / "new")
    recalled = recall_foot("USB cam/0 640x480", folder=tmp_path / "new")
    assert recalled is not None and recalled.side == "right" and recalled.time_s == 0.0
    assert recall_foot("USB cam/0 1280x720", folder=tmp_path / "new") is None
    next((tmp_path / "new").iterdir()).write_text("{")
    assert recall_foot("USB cam/0 640x480", folder=tmp_path / "new") is None


def test_the_names_are_the_models() -> None:
    assert set(a_foot().landmarks_px) == set(FOOT_LANDMARKS[:12])
