"""Clips as the program saw them, and what the recogniser learns from them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("anny")

from trainer.errors import TrainerError
from trainer.strokes.inputs import GROUPS
from trainer.studio.training.watched import SPEEDS, watch, watched_clips, watched_take, watched_takes

SAMPLES = Path(__file__).resolve().parents[2] / "sample_videos"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    for file in SAMPLES.glob("kneading.*"):
        shutil.copy(file, folder)
    watch(folder / "kneading.mp4")
    return folder / "kneading.mp4"


def test_only_clips_that_were_watched_are_there(clip: Path, tmp_path: Path) -> None:
    assert watched_clips(clip.parent) == [clip]
    shutil.copy(clip, tmp_path / "new.mp4")
    with pytest.raises(TrainerError, match="have been watched"):
        watched_clips(tmp_path)


def test_another_speed_is_the_same_work_in_another_time(clip: Path) -> None:
    slow, as_it_was, fast = watched_takes([clip])
    assert (slow.name, as_it_was.name) == ("kneading", "kneading") and SPEEDS == (0.8, 1.0, 1.25)
    for take, speed in ((slow, 0.8), (fast, 1.25)):
        assert len(take) == pytest.approx(len(as_it_was) / speed, abs=3)
        assert (take.technique > 0).mean() == pytest.approx((as_it_was.technique > 0).mean(), abs=0.02)
        turns = [np.unwrap(np.arctan2(t.phase[:, 0, 1], t.phase[:, 0, 0])) for t in (take, as_it_was)]
        assert np.ptp(turns[0]) == pytest.approx(np.ptp(turns[1]), rel=0.1), "as many repetitions"
    assert np.array_equal(watched_take(clip).inputs, as_it_was.inputs)
    # The same path in less time: places alike, speeds larger.
    for group, more in (("map", False), ("speed", True)):
        sizes = [float(np.abs(take.inputs[:, :, GROUPS[group]].astype(float)).mean()) for take in (slow, fast)]
        assert (sizes[1] > 1.1 * sizes[0]) is more, group
