"""Fewer frames, with their own times."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from trainer.model import Frame
from trainer.video.thin import thinned

IMAGE = np.zeros((2, 2, 3), np.uint8)


@pytest.mark.parametrize(("fps", "wanted"), [(30.0, 15.0), (20.0, 15.0), (60.0, 24.0), (15.0, 30.0)])
def test_as_many_frames_as_a_slower_camera_gives(fps: float, wanted: float) -> None:
    frames = [Frame(IMAGE, n / fps, n) for n in range(int(20 * fps))]
    kept = list(thinned(iter(frames), wanted))
    assert len(kept) / 20 == pytest.approx(min(fps, wanted), rel=0.02)
    assert all(a.time_s < b.time_s for a, b in pairwise(kept))
    assert kept[0] is frames[0]


def test_a_camera_that_stalls_is_not_caught_up_with() -> None:
    times = [0.0, 0.03, 5.0, 5.03, 5.06, 5.09, 5.12]
    kept = [frame.time_s for frame in thinned((Frame(IMAGE, t, k) for k, t in enumerate(times)), 15.0)]
    assert kept == [0.0, 5.0, 5.06, 5.12]
