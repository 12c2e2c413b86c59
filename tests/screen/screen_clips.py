"""Little clips with truth for the tests of the live loop: two hands kneading a drawn foot."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from screen_scenes import hand_at, moment_at

from trainer.finding import Sighting
from trainer.foot.given import GivenFoot
from trainer.model import SIDES, Data, Detection, Frame, Image, Moment
from trainer.pipeline import Pipeline, open_pipeline
from trainer.settings import Settings
from trainer.video.writer import VideoWriter

FPS = 30.0
GREEN = (40, 200, 40)


def scene(size: tuple[int, int] = (640, 480)) -> Moment:
    """A foot on grey with a green patch near the picture's left edge, below the panels."""
    moment = moment_at(size, "grey", cue=None)
    image = moment.frame.image
    h, w = image.shape[:2]
    image[int(0.7 * h) : int(0.82 * h), int(0.03 * w) : int(0.13 * w)] = GREEN
    return moment


def given_foot(moment: Moment) -> GivenFoot:
    return GivenFoot.from_points(moment.foot.landmarks_px, moment.foot.side, moment.foot.view, size=moment.frame.size)


def pictures(moment: Moment, seconds: float, fps: float = FPS) -> Iterator[tuple[Image, float]]:
    """The scene with a small dot that wanders, so that no two pictures are alike."""
    for i in range(round(seconds * fps)):
        image = moment.frame.image.copy()
        cv2.circle(image, (250 + i % 140, 440), 6, (0, 0, 0), -1)
        yield image, i / fps


def write_clip(path: Path, seconds: float, fps: float = FPS) -> Moment:
    moment = scene()
    with VideoWriter(path, *moment.frame.size) as writer:
        for image, time_s in pictures(moment, seconds, fps):
            writer.write(image, time_s)
    return moment


@dataclass
class DrawnHands:
    """A backend that knows where the two hands of the scene are; each frame takes it ``delay_s``."""

    moment: Moment | None
    delay_s: float = 0.0
    name: str = "drawn"
    trusted: bool = True
    finds: bool = True

    @property
    def provenance(self) -> Data:
        return {"name": self.name}

    def look(self, frame: Frame) -> Sighting:
        time.sleep(self.delay_s)
        if self.moment is None:
            return Sighting(())
        found = []
        for i, (side, hand) in enumerate(zip(SIDES, self.moment.hands, strict=True)):
            phase = 2 * np.pi * 1.5 * frame.time_s + np.pi * i
            tip = hand.landmarks_px[4] + 9.0 * np.array([np.cos(phase), np.sin(phase)])
            moved = hand_at(side, (float(tip[0]), float(tip[1])), 0.42 * frame.size[1], (62.0, -50.0)[i])
            found.append(Detection(side, 0.95, moved.landmarks_px, moved.world_m))
        return Sighting(tuple(found))

    def close(self) -> None:
        pass


def real_pipeline(moment: Moment | None = None, delay_s: float = 0.0, given: bool = True) -> Pipeline:
    """The program's own pipeline; only the hands come from the drawing."""
    foot = given_foot(moment) if moment is not None and given else None
    return open_pipeline(Settings(), given=foot, backend=DrawnHands(moment, delay_s))


def still_frame(moment: Moment, time_s: float, index: int) -> Frame:
    return replace(moment.frame, time_s=time_s, index=index)
