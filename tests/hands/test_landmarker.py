"""MediaPipe behind our protocol, on real pixels of the models that ship."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from trainer.errors import ModelFileError
from trainer.hands.landmarker import MediaPipeBackend
from trainer.hands.model_files import MODEL_NAMES, ModelSize, find_model, models_folder
from trainer.model import Frame


def grey(time_s: float, index: int = 0, size: tuple[int, int] = (160, 120)) -> Frame:
    return Frame(np.full((size[1], size[0], 3), 120, np.uint8), time_s, index)


@pytest.mark.parametrize("model", ["full", "lite"])
def test_both_models_open_and_see_no_hands_in_nothing(model: ModelSize) -> None:
    with MediaPipeBackend(model=model) as backend:
        assert backend.look(grey(0.0)).hands == ()
        told = backend.provenance
    assert told["model"] == model and len(told["model_sha256"]) == 64 and told["num_hands"] >= 2


def test_times_closer_than_its_clock_ticks() -> None:
    with MediaPipeBackend(model="lite") as backend:
        for i in range(6):
            assert backend.look(grey(i / 4000, i)).hands == ()


def test_odd_sizes() -> None:
    with MediaPipeBackend(model="lite") as backend:
        for i, size in enumerate([(33, 17), (401, 301), (1, 1)]):
            assert backend.look(grey(i / 30, i, size)).hands == ()


def test_closed_twice_and_then_unusable() -> None:
    backend = MediaPipeBackend(model="lite")
    backend.close()
    backend.close()
    with pytest.raises(ValueError, match="closed"):
        backend.look(grey(0.0))


def test_no_hands_wanted() -> None:
    with pytest.raises(ValueError, match="num_hands"):
        MediaPipeBackend(num_hands=0)


def test_the_terminal_stays_clean_and_errors_still_show() -> None:
    code = (
        "import sys, numpy as np\n"
        "from trainer.hands.backend import open_backend\n"
        "from trainer.hands.quiet import quiet_native_log\n"
        "from trainer.model import Frame\n"
        "b = open_backend('mediapipe', model='lite')\n"
        "b.look(Frame(np.zeros((90, 120, 3), np.uint8), 0.1, 0)); b.close()\n"
        "left_open = open_backend('mediapipe', model='lite')\n"
        "with quiet_native_log():\n"
        "    print('a word to the user', file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stderr == "a word to the user\n"
    assert done.stdout == ""


class TestModelFiles:
    def test_the_shipped_ones_are_whole(self) -> None:
        for size in MODEL_NAMES:
            assert find_model(size).parent == models_folder()

    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(ModelFileError, match=r"isn't there: install"):
            find_model("full", tmp_path)

    def test_damaged(self, tmp_path: Path) -> None:
        whole = find_model("lite").read_bytes()
        (tmp_path / MODEL_NAMES["lite"]).write_bytes(whole[:-1] + b"\0" * 2)
        with pytest.raises(ModelFileError, match="damaged"):
            find_model("lite", tmp_path)
        with pytest.raises(ModelFileError, match="damaged"):
            MediaPipeBackend(model="lite", folder=tmp_path)

    def test_a_folder_with_an_odd_name_will_do(self, tmp_path: Path) -> None:
        folder = tmp_path / "Modèles für Füße"
        folder.mkdir()
        (folder / MODEL_NAMES["lite"]).write_bytes(find_model("lite").read_bytes())
        MediaPipeBackend(model="lite", folder=folder).close()

    def test_unknown_size(self) -> None:
        with pytest.raises(ValueError, match="full, lite"):
            find_model("huge")  # type: ignore[arg-type]
