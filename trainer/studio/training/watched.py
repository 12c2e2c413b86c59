"""Clips as the program sees them, kept so that they are looked at once: NAME.tracks.parquet beside each clip."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from trainer.errors import TrainerError
from trainer.model import SIDES, Presence
from trainer.pipeline import open_pipeline
from trainer.score.retouch import touches_of
from trainer.score.scorer import open_tracks, videos_in
from trainer.score.tracks import Tracks, read_tracks
from trainer.score.truth import Truth, read_truth
from trainer.settings import Settings
from trainer.strokes.observation import palm_frame
from trainer.strokes.vocabulary import NUMBER
from trainer.studio.training.simulated import PRESENCES, Fault, Faults
from trainer.studio.training.takes import Stretch, Take, take_of
from trainer.video.source import open_source

ENDING = ".tracks.parquet"
SPEEDS = (0.8, 1.0, 1.25)
_LEAST_FRAMES = 8
_FARTHEST = 3.0
"""A joint further off than so many palm lengths is of something else."""


def watched(clip: Path) -> Path:
    return clip.with_name(clip.stem + ENDING)


def watch(clip: Path) -> Path:
    """Run the program's eyes over a clip as a user's run would, and keep what they saw. Raises TrainerError."""
    settings = Settings(cues=False)
    pipeline = open_pipeline(settings)
    try:
        with (
            open_source(clip) as source,
            open_tracks(watched(clip), pipeline, source.info, settings) as tracks,
        ):
            for moment in pipeline.run(source.frames()):
                tracks.append(moment)
            pipeline.finish()
    finally:
        pipeline.close()
    return watched(clip)


def watch_all(clips: Sequence[Path], workers: int | None = None) -> Iterator[Path]:
    """Watch those clips that haven't been, in several processes, and tell of each clip."""
    missing = [clip for clip in clips if not watched(clip).is_file()]
    yield from (clip for clip in clips if clip not in missing)
    # Landmarkers have threads, which a forked process would inherit dead.
    with ProcessPoolExecutor(workers or os.cpu_count() or 1, get_context("spawn")) as pool:
        jobs = {pool.submit(watch, clip): clip for clip in missing}
        for job in as_completed(jobs):
            job.result()
            yield jobs[job]


def watched_clips(folder: Path) -> list[Path]:
    """The clips of a folder that have been watched. Raises TrainerError where there are none."""
    clips = [clip for clip in videos_in(folder) if watched(clip).is_file()]
    if not clips:
        raise TrainerError(f"Expected clips in '{folder}' that have been watched: run `trainer train watch {folder}`.")
    return clips


def stretches_of(truth: Truth) -> list[Stretch]:
    """A clip's true strokes."""
    return [
        Stretch(NUMBER[s.technique], s.start_s, s.end_s, ("left" in s.hands, "right" in s.hands), np.array(s.cycles_s))
        for s in truth.segments
        if s.technique in NUMBER and s.technique != "rest"
    ]


def read_stretches(clip: Path) -> list[Stretch]:
    """The true strokes of a clip. Raises TrainerError."""
    return stretches_of(read_truth(clip))


def watched_take(clip: Path) -> Take:
    """What the recogniser learns from a clip that was watched. Raises TrainerError."""
    return takes_at((1.0,), clip)[0]


def watched_takes(clips: Iterable[Path]) -> list[Take]:
    """Every clip at each of SPEEDS: clips are few, and people differ in tempo. Raises TrainerError."""
    return [take for clip in clips for take in takes_at(SPEEDS, clip)]


def takes_at(speeds: Sequence[float], clip: Path) -> list[Take]:
    """A clip that was watched, as if all had been done so many times as fast. Raises TrainerError."""
    truth, touches = read_truth(clip), list(touches_of(read_tracks(watched(clip))))
    out = []
    for speed in speeds:
        stretches = [
            replace(s, start_s=s.start_s / speed, end_s=s.end_s / speed, cycles_s=s.cycles_s / speed)
            for s in stretches_of(truth)
        ]
        timed = (replace(touch, time_s=touch.time_s / speed) for touch in touches)
        out.append(take_of(clip.stem, timed, stretches, truth.duration_s / speed))
    return out


def faults_of(clips: list[Path]) -> Faults:
    """How the program's view of clips differs from the truth."""
    faults = Faults()
    for clip in clips:
        truth, tracks = read_truth(clip), read_tracks(watched(clip))
        rows = np.minimum(np.searchsorted(tracks.time_s, truth.time_s - 1e-3), len(tracks) - 1)
        fps = 1.0 / float(np.median(np.diff(truth.time_s)))
        edges = [0.0, *(e for s in truth.segments for e in (s.start_s, s.end_s)), truth.duration_s + 1]
        for begin, end in pairwise(edges):
            inside = (truth.time_s >= begin) & (truth.time_s < end)
            doing = next((s for s in truth.segments if s.start_s == begin), None)
            if inside.sum() < _LEAST_FRAMES:
                continue
            for k, side in enumerate(SIDES):
                deed = (NUMBER[doing.technique], side in doing.hands) if doing else (NUMBER["rest"], False)
                fault = _fault(truth.hand_px[inside, k], tracks, rows[inside], k, fps)
                if fault is not None:
                    faults.by_deed[deed].append(fault)
    return faults


def _fault(true_px: np.ndarray, tracks: Tracks, rows: np.ndarray, k: int, fps: float) -> Fault | None:
    known = np.isfinite(true_px).all(axis=(1, 2))
    if known.sum() < _LEAST_FRAMES:
        return None
    words = tracks.hand_presence[rows[known], k]
    presence = np.array([PRESENCES.index(Presence(word)) for word in words])
    along, across, size = palm_frame(true_px[known].astype(float), SIDES[k])
    off = (tracks.hand_px[rows[known], k] - true_px[known]) / size[:, None, None]
    off = np.stack([(off * along[:, None]).sum(-1), (off * across[:, None]).sum(-1)], axis=-1)
    off = np.where(np.abs(off) <= _FARTHEST, off, np.nan)
    presence[~np.isfinite(off).all(axis=(1, 2))] = 0
    return Fault(fps, presence, off)
