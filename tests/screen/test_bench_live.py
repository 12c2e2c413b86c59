"""The live window's latency: the time in the picture is read again from what is drawn, and the measurement runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from screen_scenes import background, moment_at

from trainer.bench_live import stamp, stamped
from trainer.screen.hud import Hud
from trainer.screen.overlay import Overlay
from trainer.strokes.techniques import load_techniques

OVERLAY = Overlay(load_techniques())


@given(st.integers(0, 2**24 - 1), st.sampled_from([(640, 480), (1280, 720), (1920, 1080)]))
def test_the_time_is_read_again_at_another_size(ms: int, size: tuple[int, int]) -> None:
    picture = background(size, "busy")
    stamp(picture, ms)
    assert stamped(picture) == ms
    assert stamped(np.asarray(cv2.resize(picture, (round(720 * size[0] / size[1]), 720)), np.uint8)) == ms


@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
def test_the_overlay_leaves_it_free(size: tuple[int, int]) -> None:
    moment = moment_at(size)
    stamp(moment.frame.image, 7_654_321)
    assert stamped(OVERLAY.draw(moment.frame.image, moment, Hud(interactive=True, recording=True))) == 7_654_321


def test_a_damaged_time_is_not_taken_for_one() -> None:
    picture = background((640, 480), "grey")
    assert stamped(picture) is None
    stamp(picture, 1234)
    height = len(picture)
    picture[round(0.70 * height) : round(0.718 * height), round(0.02 * height) : round(0.038 * height)] ^= 255
    assert stamped(picture) is None


@pytest.mark.slow
def test_the_measurement_runs_in_a_window(display: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "trainer", "bench", "--live", "0.3", "--json"], capture_output=True, text=True,
        timeout=240, env=os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
        cwd=Path(__file__).parents[2], check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    bench = json.loads(told.stdout)
    assert bench["unread"] < 0.05 and bench["shown_fps"] > 1
    assert 5 < bench["latency_p50_ms"] <= bench["latency_p95_ms"] <= bench["latency_max_ms"]
