"""A machine that is too slow: the work is made lighter step by step, and that is said."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from screen_clips import real_pipeline, scene, still_frame

from trainer.foot.given import GivenFoot
from trainer.hands.finder_backend import FIND_EVERY_S, FinderBackend, is_due
from trainer.model import Frame, Moment
from trainer.screen import worker as module
from trainer.screen.worker import LAST, Worker
from trainer.video.camera import CameraSource
from trainer.words.words import LANGUAGES, load_words


@dataclass
class Heavy:
    """A pipeline whose step takes ``took_s`` until it has been eased twice."""

    took_s: float
    moment: Moment = field(default_factory=scene)
    asked: int = 0

    def step(self, frame: Frame) -> Moment:
        time.sleep(self.took_s if self.asked < 2 else 0.001)
        return self.moment

    def set_foot(self, given: GivenFoot) -> None: ...

    def reset_coverage(self) -> None: ...

    def skip_step(self, steps: int) -> None: ...

    def ease(self) -> str | None:
        self.asked += 1
        return ("looks", "lite", None)[min(self.asked, 3) - 1]


class Device:
    def __init__(self, pictures: int) -> None:
        self.left = pictures

    def isOpened(self) -> bool:
        return True

    def grab(self) -> bool:
        time.sleep(1 / 60)
        self.left -= 1
        return self.left >= 0

    def retrieve(self) -> tuple[bool, np.ndarray]:
        return True, np.zeros((48, 64, 3), np.uint8)

    def get(self, prop: int) -> float:
        return {cv2.CAP_PROP_FRAME_WIDTH: 64.0, cv2.CAP_PROP_FRAME_HEIGHT: 48.0}.get(prop, 0.0)

    def set(self, prop: int, value: float) -> bool:
        return True

    def release(self) -> None: ...


def eased(took_s: float, pictures: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(module, "_PATIENCE_S", 0.4)
    worker = Worker(CameraSource(0, opener=lambda _: Device(pictures), patience_s=0.3), Heavy(took_s))
    worker.run()
    assert worker.error is None or "camera" in str(worker.error)
    return worker.eased


def test_too_slow_is_eased_until_it_is_fast_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    assert eased(0.1, 240, monkeypatch) == ["looks", "lite"]


def test_fast_enough_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert eased(0.02, 90, monkeypatch) == []


def test_the_programs_own_eye_can_be_eased_twice_and_goes_on_seeing() -> None:
    backend = FinderBackend()
    assert [backend.ease(), backend.ease(), backend.ease()] == ["looks", "lite", None]
    assert backend.provenance["find_every_s"] == 2 * FIND_EVERY_S
    assert not is_due(0.0, FIND_EVERY_S, 2 * FIND_EVERY_S) and is_due(0.0, 2 * FIND_EVERY_S, 2 * FIND_EVERY_S)
    moment = scene()
    assert backend.look(still_frame(moment, 0.0, 0)) is not None
    backend.close()
    assert real_pipeline(moment).ease() is None, "a backend that can't be eased says so"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_easing_has_words(language: str) -> None:
    for what in ("looks", "lite", LAST):
        assert load_words(language).say("notices", f"eased_{what}")
