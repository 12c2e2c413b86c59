"""A session in a process of its own, to be killed: ``live_app.py CLIP LIBRARY``. Prints each moment's time."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2  # noqa: F401  (before PyAV)

sys.path.insert(0, str(Path(__file__).parents[1] / "screen"))

from screen_clips import real_pipeline, scene

from trainer.coach.practice import Plan
from trainer.commands.shelf import open_shelf
from trainer.model import Moment
from trainer.score.scorer import open_journal
from trainer.screen.live import LiveOptions, run_live
from trainer.screen.overlay import Overlay
from trainer.screen.recording import VideoRecorder
from trainer.settings import Settings
from trainer.strokes.techniques import load_techniques
from trainer.video.source import open_source


def main(clip: Path, library: Path) -> None:
    shelf = open_shelf("video", library, Plan("drill", "Kneading"))
    folder = shelf.folder
    assert folder is not None
    pipeline = real_pipeline(scene())
    with open_source(clip, realtime=True) as source:
        tracks = open_journal(folder / "tracks.parquet", pipeline, source.info, Settings())

        def keep(moment: Moment) -> None:
            tracks.append(moment)
            if moment.frame.index == 45:
                shelf.discomfort(moment.frame.time_s)
            print(f"{moment.frame.time_s:.3f}", flush=True)

        run_live(
            source, pipeline, Overlay(load_techniques()), None, options=LiveOptions(record=True), on_moment=keep,
            open_recorder=lambda _: VideoRecorder(folder / "session.mp4"),
        )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
