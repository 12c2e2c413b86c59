"""How fast the program is on this machine, as a ratio to a bare hand landmarker on the same clip in the same run.

Absolute times depend on the machine and on what else it does; the ratio doesn't much. Bare loop and pipeline take
turns, round by round, so that a busy minute hits both.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import psutil

from trainer.contact import contacts_of
from trainer.coverage import CoverageMap
from trainer.foot.pose import fit_pose
from trainer.foot.skin import skin_of
from trainer.foot.surface import foot_model
from trainer.hands.backend import open_backend
from trainer.model import Data, FootPose, Frame, Moment
from trainer.pipeline import Pipeline, open_pipeline
from trainer.score.scorer import given_foot
from trainer.screen.overlay import Overlay
from trainer.settings import Settings
from trainer.strokes.recogniser import open_recogniser
from trainer.touch import touch_of
from trainer.video.source import open_source

MB = 1024 * 1024


@dataclass(frozen=True)
class Bench:
    """What was measured. Times in ms a frame, memory in MB of resident set.

    ``ratio`` is the pipeline's throughput over the bare loop's (decode, and stock HandLandmarker for two hands, nothing
    else), of the medians over rounds; ``ratio_hands_and_foot`` that of its first half, which sees what the stock one
    sees and the foot besides; ``ratio_with_overlay`` counts drawing too. ``added_latency_*`` is what all stages after
    the hand backend add to one frame, overlay drawn; ``surface_p50_ms`` is what the foot's surface takes of it: pose,
    places on the skin, contact and maps, ``recogniser_mean_ms`` what naming strokes takes.
    ``memory_growth_mb_per_min`` is a straight line through the resident set
    per minute of video after the first minute (None for runs shorter than two minutes of video).
    """

    clip: str
    frames: int
    rounds: int
    bare_fps: float
    pipeline_fps: float
    pipeline_overlay_fps: float
    hands_and_foot_fps: float
    ratio: float
    ratio_with_overlay: float
    ratio_hands_and_foot: float
    added_latency_p50_ms: float
    added_latency_p95_ms: float
    overlay_p50_ms: float
    surface_p50_ms: float
    recogniser_mean_ms: float
    peak_memory_mb: float
    memory_minutes: float
    memory_growth_mb_per_min: float | None

    def as_data(self) -> Data:
        return asdict(self)


def bench(
    clip: Path, settings: Settings, *, seconds: float = 20.0, rounds: int = 3, minutes: float = 0.0,
    progress: Callable[[str], None] = lambda _: None,
) -> Bench:  # fmt: skip
    """Measure on the first ``seconds`` of ``clip``; with ``minutes`` it then runs in a loop that long, for memory."""
    process = psutil.Process()
    peak = [0.0]
    bare, seen, piped, drawn = [], [], [], []
    stages: list[float] = []
    overlays: list[float] = []
    surfaces: list[float] = []
    names: list[float] = []
    frames = 0
    for k in range(rounds):
        progress(f"round {k + 1} of {rounds}")
        frames, took = _bare(clip, settings, seconds)
        bare.append(took / frames)
        frames, took = _hands_and_foot(clip, settings, seconds)
        seen.append(took / frames)
        frames, took = _pipeline(clip, settings, seconds, draw=False)
        piped.append(took / frames)
        frames, took = _pipeline(clip, settings, seconds, draw=True)
        drawn.append(took / frames)
        peak[0] = max(peak[0], process.memory_info().rss / MB)
    progress("latency")
    _latency(clip, settings, seconds, stages, overlays, surfaces, names)
    growth = None
    if minutes > 0:
        progress(f"memory over {minutes:g} minutes of video")
        growth = _memory(clip, settings, minutes * 60, peak)
    bare_s, seen_s, piped_s, drawn_s = (float(np.median(x)) for x in (bare, seen, piped, drawn))
    return Bench(
        clip=clip.name,
        frames=frames,
        rounds=rounds,
        bare_fps=1 / bare_s,
        pipeline_fps=1 / piped_s,
        pipeline_overlay_fps=1 / drawn_s,
        hands_and_foot_fps=1 / seen_s,
        ratio=bare_s / piped_s,
        ratio_with_overlay=bare_s / drawn_s,
        ratio_hands_and_foot=bare_s / seen_s,
        added_latency_p50_ms=float(np.percentile(stages, 50)),
        added_latency_p95_ms=float(np.percentile(stages, 95)),
        overlay_p50_ms=float(np.percentile(overlays, 50)),
        surface_p50_ms=float(np.percentile(surfaces, 50)),
        recogniser_mean_ms=float(np.mean(names)),
        peak_memory_mb=peak[0],
        memory_minutes=minutes,
        memory_growth_mb_per_min=growth,
    )


def looped(clip: Path, max_side: int, seconds: float) -> Iterator[Frame]:
    """The clip's frames over and over, times running on, until ``seconds`` of video have been given."""
    offset = 0.0
    index = 0
    while True:
        last = period = 0.0
        with open_source(clip, max_side=max_side) as source:
            for frame in source.frames():
                period, last = frame.time_s - last, frame.time_s
                if offset + frame.time_s >= seconds:
                    return
                yield Frame(frame.image, offset + frame.time_s, index)
                index += 1
        offset += last + period


def _bare(clip: Path, settings: Settings, seconds: float) -> tuple[int, float]:
    backend = open_backend("mediapipe", model=settings.model, num_hands=2)
    begin = time.perf_counter()
    count = 0
    for frame in looped(clip, settings.max_side, seconds):
        backend.look(frame)
        count += 1
    took = time.perf_counter() - begin
    backend.close()
    return count, took


def _hands_and_foot(clip: Path, settings: Settings, seconds: float) -> tuple[int, float]:
    pipeline = open_pipeline(settings, given=given_foot(clip))
    begin = time.perf_counter()
    count = 0
    for frame, sighting in pipeline.sightings(looped(clip, settings.max_side, seconds)):
        pipeline.see(frame, sighting)
        count += 1
    took = time.perf_counter() - begin
    pipeline.close()
    return count, took


def _pipeline(clip: Path, settings: Settings, seconds: float, *, draw: bool) -> tuple[int, float]:
    pipeline = open_pipeline(settings, given=given_foot(clip))
    overlay = Overlay(pipeline.techniques)
    begin = time.perf_counter()
    count = 0
    for moment in pipeline.run(looped(clip, settings.max_side, seconds)):
        if draw:
            overlay.draw(moment.frame.image, moment)
        count += 1
    took = time.perf_counter() - begin
    pipeline.close()
    return count, took


def _latency(
    clip: Path, settings: Settings, seconds: float, stages: list[float], overlays: list[float], surfaces: list[float],
    names: list[float],
) -> None:  # fmt: skip
    pipeline = open_pipeline(settings, given=given_foot(clip))
    surface = _Surface(pipeline)
    recogniser = open_recogniser(settings.recogniser, settings.strokes_model)
    overlay = Overlay(pipeline.techniques)
    for frame in looped(clip, settings.max_side, min(seconds, 15.0)):
        sighting = pipeline.backend.look(frame)
        begin = time.perf_counter()
        moment = pipeline.follow(frame, sighting)
        followed = time.perf_counter()
        overlay.draw(frame.image, moment)
        done = time.perf_counter()
        stages.append(1000 * (done - begin))
        overlays.append(1000 * (done - followed))
        surfaces.append(1000 * surface.seconds(moment))
        begin = time.perf_counter()
        recogniser.update(moment.touch)
        names.append(1000 * (time.perf_counter() - begin))
    pipeline.close()


class _Surface:
    """What is done with the foot's surface, once more and by itself."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._techniques = pipeline.techniques
        self._map = CoverageMap(pipeline.techniques, latency_s=pipeline.recogniser.lag_s)
        self._pose: FootPose | None = None

    def seconds(self, moment: Moment) -> float:
        # A copy: what was looked up for this very foot is remembered.
        foot = replace(moment.foot, pose=replace(moment.foot.pose) if moment.foot.pose else None)
        begin = time.perf_counter()
        if foot.seen and moment.frame.index % 3 == 0:
            self._pose = fit_pose(
                foot.landmarks_px, foot.confidence, foot.side, foot.view, foot_model(), moment.frame.size, self._pose
            )
        touch = touch_of(moment.frame.time_s, moment.hands, foot)
        self._map.update(touch, moment.judgement, moment.frame.size)
        self._map.coverage()
        technique = self._techniques.get(moment.judgement.technique or "")
        contacts_of(touch, technique, moment.judgement.hands, skin_of(foot))
        return time.perf_counter() - begin


def _memory(clip: Path, settings: Settings, seconds: float, peak: list[float]) -> float | None:
    """MB a minute by which the resident set grows after the first minute."""
    process = psutil.Process()
    pipeline = open_pipeline(settings, given=given_foot(clip))
    overlay = Overlay(pipeline.techniques)
    times, sizes = [], []
    for moment in pipeline.run(looped(clip, settings.max_side, seconds)):
        overlay.draw(moment.frame.image, moment)
        if moment.frame.index % 150 == 0:
            gc.collect()
            size = process.memory_info().rss / MB
            peak[0] = max(peak[0], size)
            times.append(moment.frame.time_s / 60)
            sizes.append(size)
    pipeline.close()
    settled = np.array(times) >= 1.0
    if settled.sum() < 5:
        return None
    return float(np.polyfit(np.array(times)[settled], np.array(sizes)[settled], 1)[0])
