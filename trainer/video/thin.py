"""Fewer frames: as a slower camera would have given them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trainer.model import Frame


def thinned(frames: Iterable[Frame], fps: float) -> Iterator[Frame]:
    """The first frame at or after every 1/``fps`` s; they keep their times."""
    due: float | None = None
    for frame in frames:
        if due is None:
            due = frame.time_s
        if frame.time_s >= due - 1e-6:
            yield frame
            due = max(due, frame.time_s - 0.5 / fps) + 1.0 / fps
