"""One upload scored, in a process of its own: ``python -m trainer.review.scoring VIDEO FOLDER SETTINGS-AS-JSON
[--tracks-only]``.

Says how far it is in lines ``p 0.42``, and what was wrong in one line ``! …`` (exit code 2).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from trainer.errors import TrainerError
from trainer.review.keeping import without_pictures
from trainer.score.scorer import score_video
from trainer.settings import Settings

_EVERY_S = 0.5


def main(video: Path, out: Path, settings: Settings, pictures: bool = True) -> int:
    """The exit code. Without ``pictures`` nothing of what is kept shows people."""
    told = 0.0

    def progress(done_s: float, whole_s: float | None) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told > _EVERY_S and whole_s:
            told = now
            print(f"p {min(done_s / whole_s, 1.0):.3f}", flush=True)

    try:
        scored = score_video(video, out, settings, progress=progress)
        if not pictures:
            without_pictures(scored.folder)
    except TrainerError as error:
        print(f"! {error}", flush=True)
        return 2
    return 0


if __name__ == "__main__":
    pictures = "--tracks-only" not in sys.argv
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), Settings.model_validate_json(sys.argv[3]), pictures))
