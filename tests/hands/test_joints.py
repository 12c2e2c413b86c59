"""The landmark network on real pixels."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from trainer.errors import DependencyError, ModelFileError
from trainer.finding import Crop
from trainer.hands.crop import crop_of
from trainer.hands.joints import LEARNT, JointNetwork
from trainer.hands.model_files import models_folder
from trainer.model import Floats, Image
from trainer.video.source import open_source

CLIP = Path(__file__).resolve().parents[2] / "sample_videos" / "effleurage.mp4"
AT = 40


@pytest.fixture(scope="module")
def scene() -> tuple[Image, Floats]:
    """A picture in which the left hand is well seen, and its true joints (21, 2)."""
    with open_source(CLIP) as source:
        frame = next(islice(source.frames(), AT, None))
    with np.load(CLIP.with_name("effleurage.truth.npz")) as truth:
        return frame.image, truth["hand_landmarks_px"][AT, 0].astype(float)


def test_a_hand_in_its_crop(scene: tuple[Image, Floats]) -> None:
    image, true = scene
    joints = JointNetwork().look(image, crop_of(true))
    size = np.hypot(*np.ptp(true, axis=0))
    assert np.linalg.norm(joints.landmarks_px - true, axis=1).mean() < 0.06 * size
    assert joints.presence > 0.9 and joints.right < 0.5
    # Metres are in the picture's own directions: the middle finger points the same way in both.
    flat = joints.world_m[9, :2] - joints.world_m[0, :2]
    seen = true[9] - true[0]
    assert flat @ seen > 0.9 * np.linalg.norm(flat) * np.linalg.norm(seen)
    assert 0.05 < np.linalg.norm(flat) < 0.15


def test_a_crop_beyond_the_picture_does_no_harm(scene: tuple[Image, Floats]) -> None:
    joints = JointNetwork("lite").look(scene[0], Crop(-900.0, 5000.0, 300.0, 2.0))
    assert np.isfinite(joints.landmarks_px).all() and joints.presence < 0.5


def test_two_run_side_by_side(scene: tuple[Image, Floats]) -> None:
    image, true = scene
    networks = JointNetwork("lite"), JointNetwork("lite")
    crops = crop_of(true), Crop(200.0, 300.0, 250.0, 1.0)
    alone = [network.look(image, crop) for network, crop in zip(networks, crops, strict=True)]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(5):
            jobs = [pool.submit(n.look, image, crop) for n, crop in zip(networks, crops, strict=True)]
            for job, one in zip(jobs, alone, strict=True):
                np.testing.assert_array_equal(job.result().landmarks_px, one.landmarks_px)


def test_without_litert(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(DependencyError, match="ai-edge-litert") as error:
        JointNetwork("lite")
    assert "\n" not in str(error.value)


def test_without_its_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="isn't there"):
        JointNetwork("lite", tmp_path)
    with pytest.raises(ModelFileError, match=LEARNT):
        JointNetwork("full", tmp_path)


@pytest.mark.parametrize("content", [b"", b"no network", (models_folder() / LEARNT).read_bytes()[:100_000]])
def test_with_a_damaged_model(content: bytes, tmp_path: Path) -> None:
    (tmp_path / LEARNT).write_bytes(content)
    with pytest.raises(ModelFileError, match="damaged") as error:
        JointNetwork("full", tmp_path)
    assert "\n" not in str(error.value)


def test_the_terminal_stays_clean() -> None:
    code = "from trainer.hands.joints import JointNetwork; JointNetwork('lite')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert (done.stdout, done.stderr) == ("", "")
