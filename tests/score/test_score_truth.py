from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from true_clip import FRAMES, KNEADING, arrays, facts, write_truth

from trainer.errors import FormatError
from trainer.score.truth import check_pictures, read_truth, truth_files


def test_reads_what_is_there(tmp_path: Path) -> None:
    truth = read_truth(write_truth(tmp_path))
    assert (truth.name, truth.origin, truth.width, truth.height) == ("clip", "rendered", 640, 480)
    assert (truth.side, truth.view, truth.length_mm) == ("left", "plantar", 250.0)
    assert truth.segments[0].cycles_s == KNEADING
    assert truth.segments[1].hands == ("right",)
    assert truth.hand_px.shape == (FRAMES, 2, 21, 2)
    assert truth.foot_visible.dtype == bool
    assert truth.duration_s == pytest.approx(4.0)


def test_found_from_the_clip_or_either_sidecar(tmp_path: Path) -> None:
    clip = tmp_path / "a.b ü.mp4"
    wanted = (tmp_path / "a.b ü.truth.json", tmp_path / "a.b ü.truth.npz")
    assert truth_files(clip) == wanted
    assert truth_files(wanted[0]) == wanted
    assert truth_files(wanted[1]) == wanted


def test_a_missing_rate_is_nan(tmp_path: Path) -> None:
    data = facts()
    data["segments"][0]["rate_per_min"] = None
    assert np.isnan(read_truth(write_truth(tmp_path, data)).segments[0].rate_per_min)
    data["segments"][0]["rate_per_min"] = float("nan")
    assert np.isnan(read_truth(write_truth(tmp_path, data)).segments[0].rate_per_min)


@pytest.mark.parametrize(
    ("keys", "value", "told"),
    [
        (("format",), 2, "Expected 1 at 'format'"),
        (("frames",), "many", "a whole number above 0 at 'frames'"),
        (("frames",), 1, "more than one frame at 'frames'"),
        (("width",), 0, "a whole number above 0 at 'width'"),
        (("foot", "length_mm"), float("nan"), "a number at 'foot.length_mm'"),
        (("foot", "length_mm"), 0.0, "a length above 0 at 'foot.length_mm'"),
        (("origin",), "dreamt", "one of rendered, filmed at 'origin'"),
        (("foot",), [], "an object at 'foot'"),
        (("foot", "view"), "above", "at 'foot.view'"),
        (("foot", "length_mm"), None, "a number at 'foot.length_mm'"),
        (("segments",), {}, "a list at 'segments'"),
        (("segments", 0), 3, "an object at 'segments[0]'"),
        (("segments", 0, "end_s"), 0.1, "more than start_s"),
        (("segments", 0, "end_s"), 3.0, "don't overlap"),
        (("segments", 1, "hands"), ["third"], "at 'segments[1].hands'"),
        (("segments", 1, "cycles_s"), ["now"], "at 'segments[1].cycles_s'"),
        (("zone_seconds", "hallux"), "much", "at 'zone_seconds.hallux'"),
    ],
)
def test_bad_facts_are_named(tmp_path: Path, keys: tuple[Any, ...], value: object, told: str) -> None:
    data = facts()
    part: Any = data
    for key in keys[:-1]:
        part = part[key]
    part[keys[-1]] = value
    with pytest.raises(FormatError) as caught:
        read_truth(write_truth(tmp_path, data))
    assert told in str(caught.value) and "clip.truth.json" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("key", sorted(facts().keys() - {"fps"}))
def test_missing_facts_are_named(tmp_path: Path, key: str) -> None:
    data = facts()
    del data[key]
    with pytest.raises(FormatError, match=f"'{key}'.*missing"):
        read_truth(write_truth(tmp_path, data))


@pytest.mark.parametrize("name", sorted(arrays()))
def test_bad_arrays_are_named(tmp_path: Path, name: str) -> None:
    content = arrays()
    clip = write_truth(tmp_path, None, content | {name: content[name][:-1]})
    with pytest.raises(FormatError, match=f"as '{name}' in"):
        read_truth(clip)
    write_truth(tmp_path, None, {key: value for key, value in content.items() if key != name})
    with pytest.raises(FormatError, match=f"'{name}'.*missing"):
        read_truth(clip)


def test_time_must_rise(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="to rise"):
        read_truth(write_truth(tmp_path, None, arrays(time_s=np.zeros(FRAMES))))


def test_missing_and_damaged_files(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="only clips with known truth"):
        read_truth(tmp_path / "none.mp4")
    clip = write_truth(tmp_path)
    (tmp_path / "clip.truth.npz").write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(FormatError, match="NumPy arrays"):
        read_truth(clip)
    (tmp_path / "clip.truth.npz").unlink()
    with pytest.raises(FormatError, match="per frame"):
        read_truth(clip)
    (tmp_path / "clip.truth.json").write_text("{")
    with pytest.raises(FormatError, match="isn't JSON"):
        read_truth(clip)
    (tmp_path / "clip.truth.json").write_text(json.dumps([]))
    with pytest.raises(FormatError, match="Expected an object in"):
        read_truth(clip)


def test_arrays_that_would_run_code_are_refused(tmp_path: Path) -> None:
    clip = write_truth(tmp_path, None, arrays(time_s=np.array([{}] * FRAMES, object)))
    with pytest.raises(FormatError):
        read_truth(clip)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("hand_visible", np.nan, "from 0 to 1"),
        ("hand_visible", 1.5, "from 0 to 1"),
        ("hand_landmarks_px", np.inf, "infinite"),
        ("foot_landmarks_px", -np.inf, "infinite"),
    ],
)
def test_numbers_that_cannot_be_are_named(tmp_path: Path, name: str, value: float, told: str) -> None:
    content = arrays()
    content[name][3] = value
    with pytest.raises(FormatError, match=told):
        read_truth(write_truth(tmp_path, None, content))


def test_joints_that_are_seen_may_be_told_or_not(tmp_path: Path) -> None:
    assert read_truth(write_truth(tmp_path)).joints_visible is None
    seen = np.zeros((FRAMES, 2, 21), bool)
    seen[:, 1, 4] = True
    told = read_truth(write_truth(tmp_path, None, arrays(hand_joints_visible=seen))).joints_visible
    assert told is not None and told.dtype == bool and told.sum() == FRAMES
    with pytest.raises(FormatError, match="hand_joints_visible"):
        read_truth(write_truth(tmp_path, None, arrays(hand_joints_visible=seen[:, 0])))


def test_archives_that_are_damaged_within_or_none(tmp_path: Path) -> None:
    clip = write_truth(tmp_path)
    path = tmp_path / "clip.truth.npz"
    np.savez_compressed(path, **arrays())
    data = bytearray(path.read_bytes())
    data[300:400] = bytes(100)
    path.write_bytes(data)
    with pytest.raises(FormatError, match="can't be read"):
        read_truth(clip)
    with path.open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(FormatError, match="one array"):
        read_truth(clip)


def test_a_video_must_be_the_one_that_the_truth_tells_of(tmp_path: Path) -> None:
    clip = write_truth(tmp_path)
    truth = read_truth(clip)
    check_pictures(clip, truth, truth.time_s + 0.001, (320, 240))
    for times, size, told in (
        (truth.time_s[:-1], (640, 480), "Expected 100 pictures .* got 99"),
        (truth.time_s, (480, 640), "Expected pictures of 640x480"),
        (truth.time_s * 2, (640, 480), "at the times of its truth"),
    ):
        with pytest.raises(FormatError, match=told):
            check_pictures(clip, truth, times, size)
