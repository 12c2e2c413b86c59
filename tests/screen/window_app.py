"""A live session in a process of its own, for test_window.py: ``window_app.py CLIP FOLDER [delay_s]``.

Writes ``FOLDER/result.json`` at the end. PyAV is loaded after the window has opened, as in the program.
"""

from __future__ import annotations

import faulthandler
import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from trainer.screen.window import Window


def main(clip: Path, folder: Path, delay_s: float) -> None:
    with Window("Trainer under test", 640, 480) as window:
        from screen_clips import real_pipeline, scene

        from trainer.foot.given import data_of
        from trainer.screen.live import run_live
        from trainer.screen.overlay import Overlay
        from trainer.screen.recording import VideoRecorder
        from trainer.strokes.techniques import load_techniques
        from trainer.video.source import open_source

        moment = scene()
        steps: list[float] = []
        with open_source(clip, realtime=True) as source:
            result = run_live(
                source, real_pipeline(moment, delay_s), Overlay(load_techniques()), window,
                open_recorder=lambda n: VideoRecorder(folder / f"recording-{n}.mp4"),
                on_moment=lambda m: steps.append(m.frame.time_s),
            )  # fmt: skip
    told = asdict(result) | {
        "recordings": [str(p) for p in result.recordings],
        "foot": data_of(result.foot) if result.foot else None,
        "in_order": steps == sorted(set(steps)),
    }
    (folder / "result.json").write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    # A test that waits in vain asks where all threads are.
    faulthandler.register(signal.SIGUSR1)
    sys.path.insert(0, str(Path(__file__).parent))
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.0)
