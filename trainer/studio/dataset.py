"""A set of clips drawn at random for one split."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from trainer.studio.clip_set import ClipSet, open_set
from trainer.studio.crew import Job
from trainer.studio.draw import Frame, draw, kind


def dataset_jobs(split: str, clips: int, frame: Frame) -> list[Job]:
    """The clips of a split, named SPLIT_NUMBER_KIND."""
    return [Job(f"{split}_{n:04d}_{kind(split, n)}", draw(split, n, frame)) for n in range(clips)]


def open_dataset(folder: Path, split: str, clips: int, frame: Frame) -> ClipSet:
    """The first `clips` clips of a split in `folder`; those that stand there count as made."""
    return open_set(folder, dataset_jobs(split, clips, frame), {"split": split, **asdict(frame)})
