from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from session_results import make_moment

from trainer.errors import FormatError
from trainer.files import WriteError
from trainer.model import Moment, Presence
from trainer.score import tracks as module
from trainer.score.columns import BLOCKS, schema
from trainer.score.tracks import ROWS_PER_GROUP, TrackRecorder, read_presence, read_tracks, write_tracks


def record(path: Path, moments: list[Moment]) -> None:
    with TrackRecorder(path, provenance={"settings": {"x": float("nan")}}) as recorder:
        for moment in moments:
            recorder.append(moment)


@pytest.mark.parametrize("rows_per_group", [1, 7, 512])
def test_what_goes_in_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_per_group: int) -> None:
    monkeypatch.setattr(module, "ROWS_PER_GROUP", rows_per_group)
    moments = [make_moment(i, technique="kneading" if i % 3 else None) for i in range(20)]
    path = tmp_path / "tracks.parquet"
    record(path, moments)
    tracks = read_tracks(path)
    assert len(tracks) == 20
    np.testing.assert_array_equal(tracks.time_s, [m.frame.time_s for m in moments])
    np.testing.assert_array_equal(tracks.index, range(20))
    assert tracks.technique[0] is None and tracks.technique[1] == "kneading"
    assert tracks.working.tolist() == [[True, False]] * 20
    assert tracks.facts["provenance"] == {"settings": {"x": None}}
    for i, moment in enumerate(moments):
        for hand, truth in zip(tracks.hands(i), moment.hands, strict=True):
            assert (hand.side, hand.presence) == (truth.side, truth.presence)
            np.testing.assert_allclose(hand.landmarks_px, truth.landmarks_px, rtol=1e-6)
            np.testing.assert_allclose(hand.world_m, truth.world_m, rtol=1e-6)
        foot = tracks.foot(i)
        assert (foot.side, foot.view, foot.presence) == ("right", "plantar", Presence.BRIDGED)
        assert (foot.length_mm, foot.length_given) == (262.0, True)
        np.testing.assert_allclose(foot.px_from_uv, moment.foot.px_from_uv, rtol=1e-6)
        np.testing.assert_allclose(foot.landmarks_px, moment.foot.landmarks_px, rtol=1e-6)
        for k, touch in enumerate(moment.touch.hands):
            np.testing.assert_allclose(tracks.touch_uv[i, k], touch.uv, rtol=1e-6)
            np.testing.assert_array_equal(tracks.touch_near[i, k], touch.near)


def test_a_copy_is_the_same(tmp_path: Path) -> None:
    record(tmp_path / "a.parquet", [make_moment(i) for i in range(5)])
    one = read_tracks(tmp_path / "a.parquet")
    write_tracks(tmp_path / "b.parquet", one)
    two = read_tracks(tmp_path / "b.parquet")
    assert two.facts == one.facts
    for name in ("time_s", "hand_presence", "technique", *BLOCKS):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_reads_as_a_plain_table(tmp_path: Path) -> None:
    record(tmp_path / "a.parquet", [make_moment(i) for i in range(3)])
    table = pq.read_table(tmp_path / "a.parquet")
    assert {"time_s", "left_thumb_tip_x_px", "right_wrist_v", "foot_heel_back_y_px"} <= set(table.column_names)
    assert table.schema.field("left_thumb_tip_x_px").metadata == {b"unit": b"px"}
    row = table.slice(1, 1).to_pylist()[0]
    assert row["left_thumb_tip_x_px"] == np.float32(make_moment(1).hands[0].landmarks_px[4, 0])
    assert np.isnan(row["right_wrist_x_px"])


def test_every_column_is_documented() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "tracks.md").read_text("utf-8")
    patterns = {c.split("|")[1].strip() for c in page.splitlines() if c.startswith("| `")}
    known = {name for cell in patterns for name in cell.replace("`", "").split(", ")}
    from trainer.model import FOOT_LANDMARKS, HAND_LANDMARKS, SIDES

    documented = set()
    for pattern in known:
        for side in SIDES:
            for joint in HAND_LANDMARKS if "JOINT" in pattern else ("",):
                for point in FOOT_LANDMARKS if "POINT" in pattern else ("",):
                    documented.add(pattern.replace("SIDE", side).replace("JOINT", joint).replace("POINT", point))
    assert documented == set(schema().names)


def test_no_frames_make_an_empty_file(tmp_path: Path) -> None:
    record(tmp_path / "a.parquet", [])
    tracks = read_tracks(tmp_path / "a.parquet")
    assert len(tracks) == 0 and tracks.hand_px.shape == (0, 2, 21, 2) and np.isnan(tracks.length_mm)


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), TrackRecorder(tmp_path / "a.parquet") as recorder:
        recorder.append(make_moment(0))
        raise KeyboardInterrupt
    recorder.discard()
    recorder.close()
    assert list(tmp_path.iterdir()) == []


def test_close_keeps_what_was_recorded(tmp_path: Path) -> None:
    recorder = TrackRecorder(tmp_path / "a.parquet")
    recorder.append(make_moment(0))
    recorder.close()
    recorder.close()
    recorder.discard()
    assert len(read_tracks(tmp_path / "a.parquet")) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["a.parquet"]


@pytest.mark.parametrize("rows_per_group", [5, 512])
def test_a_disk_that_fills_up_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_per_group: int
) -> None:
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(module, "ROWS_PER_GROUP", rows_per_group)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    moments = [make_moment(i) for i in range(100)]
    with pytest.raises(WriteError, match=r"Expected to write .*a\.parquet.*, but the file became too large"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, limits[1]))
        try:
            record(tmp_path / "a.parquet", moments)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_no_tracks(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="score the video first"):
        read_tracks(tmp_path / "none.parquet")
    text = tmp_path / "text.parquet"
    text.write_text("not parquet")
    with pytest.raises(FormatError, match="can't be read"):
        read_tracks(text)
    other = tmp_path / "other.parquet"
    pq.write_table(pa.table({"time_s": [0.0]}), other)
    with pytest.raises(FormatError, match="unknown"):
        read_tracks(other)


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("time_s", [0.0, 0.0, 1.0], "to rise"),
        ("left_score", ["a", "b", "c"], "something else"),
        ("left_score", None, "'left_score'.*missing"),
    ],
)
def test_damaged_columns_are_told(tmp_path: Path, column: str, values: list[object] | None, told: str) -> None:
    path = tmp_path / "a.parquet"
    record(path, [make_moment(i) for i in range(3)])
    with pq.ParquetFile(path) as file:
        metadata, table = file.metadata.metadata, file.read()
    at = table.column_names.index(column)
    table = table.remove_column(at)
    if values is not None:
        table = table.add_column(at, column, pa.array(values))
    pq.write_table(table.replace_schema_metadata(metadata), path)
    with pytest.raises(FormatError, match=told):
        read_tracks(path)


def test_a_truncated_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    record(path, [make_moment(i) for i in range(3)])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(FormatError, match="can't be read"):
        read_tracks(path)


def test_a_part_is_read_by_its_times(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    record(path, [make_moment(i) for i in range(3 * ROWS_PER_GROUP)])
    whole = read_tracks(path)
    part = read_tracks(path, (25.0, 25.2))
    assert len(part) == ROWS_PER_GROUP and part.time_s[0] <= 25.0 <= 25.2 <= part.time_s[-1]
    first = int(np.searchsorted(whole.time_s, part.time_s[0]))
    np.testing.assert_array_equal(part.hand_px, whole.hand_px[first : first + len(part)])
    assert len(read_tracks(path, (1e6, 2e6))) == 0 and len(read_tracks(path, (-1.0, 1e6))) == len(whole)
    times, measured = read_presence(path)
    np.testing.assert_array_equal(times, whole.time_s)
    np.testing.assert_array_equal(measured, whole.hand_presence == Presence.MEASURED)
