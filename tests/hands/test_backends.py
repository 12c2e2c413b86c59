"""The three backends: one contract, and what each says about a file that won't do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trainer.errors import FormatError
from trainer.finding import Sighting
from trainer.hands.backend import (
    BACKENDS,
    DESCRIPTIONS,
    HandBackend,
    list_backends,
    open_backend,
    register_backend,
)
from trainer.model import HAND_LANDMARKS, SIDES, Data, Frame

TIMES = np.array([0.0, 0.04, 0.10, 0.13, 0.20])


def frame_at(time_s: float) -> Frame:
    return Frame(np.zeros((48, 64, 3), np.uint8), time_s, 0)


def hands_px() -> np.ndarray:
    px = np.random.default_rng(0).uniform(0, 60, (5, 2, 21, 2))
    px[2, 0] = np.nan
    return px


@pytest.fixture
def truth_file(tmp_path: Path) -> Path:
    path = tmp_path / "Fuß 1.truth.npz"
    visible = np.full((5, 2), 0.8)
    visible[3, 1] = 0.01
    np.savez(path, time_s=TIMES, hand_landmarks_px=hands_px(), hand_visible=visible)
    return path


@pytest.fixture
def tracks_file(tmp_path: Path) -> Path:
    px = hands_px()
    columns: dict[str, object] = {"time_s": TIMES}
    for i, side in enumerate(SIDES):
        columns[f"{side}_presence"] = ["measured", "measured", "unknown", "bridged" if i else "measured", "measured"]
        columns[f"{side}_score"] = np.full(5, 0.9, np.float32)
        for k, name in enumerate(HAND_LANDMARKS):
            for a, axis in enumerate("xy"):
                columns[f"{side}_{name}_{axis}_px"] = px[:, i, k, a].astype(np.float32)
            for axis in "xyz":
                columns[f"{side}_{name}_{axis}_world_m"] = np.full(5, 0.01, np.float32)
    path = tmp_path / "Fuß 1 tracks.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def open_on(name: str, path: Path) -> HandBackend:
    return open_backend(name, path=path)


@pytest.mark.parametrize("name", ["truth", "recorded"])
class TestStoredHands:
    @pytest.fixture
    def path(self, name: str, request: pytest.FixtureRequest) -> Path:
        return Path(request.getfixturevalue("truth_file" if name == "truth" else "tracks_file"))

    def test_hands_are_found_by_time_not_by_number(self, name: str, path: Path) -> None:
        backend = open_on(name, path)
        px = hands_px()
        for i in (4, 0, 1):
            found = backend.look(frame_at(TIMES[i] + 0.004)).hands
            assert [d.side for d in found] == ["left", "right"]
            for k, detection in enumerate(found):
                np.testing.assert_allclose(detection.landmarks_px, px[i, k], rtol=1e-5)

    def test_missing_and_hidden_hands_are_left_out(self, name: str, path: Path) -> None:
        backend = open_on(name, path)
        at_gap = [d.side for d in backend.look(frame_at(0.10)).hands]
        assert at_gap == (["right"] if name == "truth" else [])
        assert [d.side for d in backend.look(frame_at(0.13)).hands] == ["left"]

    def test_no_hands_outside_the_clip(self, name: str, path: Path) -> None:
        assert open_on(name, path).look(frame_at(0.4)).hands == ()

    def test_what_it_hands_out_is_not_its_own(self, name: str, path: Path) -> None:
        backend = open_on(name, path)
        backend.look(frame_at(0.0)).hands[0].landmarks_px[:] = 0
        assert backend.look(frame_at(0.0)).hands[0].landmarks_px.any()

    def test_the_protocol(self, name: str, path: Path) -> None:
        backend = open_on(name, path)
        assert isinstance(backend, HandBackend)
        assert backend.name == name and backend.trusted
        assert backend.provenance["backend"] == name and backend.provenance["file"] == path.name
        backend.close()
        backend.close()

    def test_a_missing_file(self, name: str, path: Path) -> None:
        with pytest.raises(FormatError, match="no such file"):
            open_on(name, path.with_name("nowhere.npz"))

    @pytest.mark.parametrize("content", [b"", b"these are words, no numbers", b"PK\x03\x04 broken", b"PAR1PAR1"])
    def test_a_file_of_something_else(self, name: str, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        with pytest.raises(FormatError, match="Expected") as error:
            open_on(name, path)
        assert "\n" not in str(error.value)


def test_truth_with_odd_shapes(tmp_path: Path) -> None:
    path = tmp_path / "odd.truth.npz"
    np.savez(path, time_s=TIMES, hand_landmarks_px=np.zeros((4, 2, 21, 2)), hand_visible=np.ones((5, 2)))
    with pytest.raises(FormatError, match=r"\(4, 2, 21, 2\)"):
        open_backend("truth", path=path)


def test_truth_without_an_array(tmp_path: Path) -> None:
    path = tmp_path / "odd.truth.npz"
    np.savez(path, time_s=TIMES)
    with pytest.raises(FormatError, match="hand_landmarks_px"):
        open_backend("truth", path=path)


def test_tracks_without_a_column(tracks_file: Path) -> None:
    pq.write_table(pq.read_table(tracks_file).drop_columns(["left_thumb_tip_x_px"]), tracks_file)
    with pytest.raises(FormatError, match="left_thumb_tip_x_px"):
        open_backend("recorded", path=tracks_file)


def test_tracks_whose_time_runs_back(tracks_file: Path) -> None:
    table = pq.read_table(tracks_file)
    pq.write_table(table.take([0, 2, 1, 3, 4]), tracks_file)
    with pytest.raises(FormatError, match="run back"):
        open_backend("recorded", path=tracks_file)


def test_an_unknown_backend_names_the_known_ones() -> None:
    with pytest.raises(FormatError, match="mediapipe, recorded, truth"):
        open_backend("magic")


def test_a_plug_in_can_be_registered_once() -> None:
    class Nothing:
        name = "nothing"
        trusted = False
        finds = False

        @property
        def provenance(self) -> Data:
            return {}

        def look(self, frame: Frame) -> Sighting:
            return Sighting(())

        def close(self) -> None:
            pass

    register_backend("nothing", Nothing, "sees nothing")
    try:
        assert ("nothing", "sees nothing") in list_backends()
        assert open_backend("nothing").look(frame_at(0)).hands == ()
        with pytest.raises(ValueError, match="taken"):
            register_backend("nothing", Nothing, "again")
    finally:
        del BACKENDS["nothing"], DESCRIPTIONS["nothing"]
