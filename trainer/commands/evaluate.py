"""`trainer evaluate`: clips with known truth through the same pipeline, and the figures that come of it."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from trainer.commands.guard import complain
from trainer.errors import TrainerError
from trainer.files import write_text
from trainer.hands.backend import HandBackend, open_backend
from trainer.pipeline import open_pipeline
from trainer.score.evaluate import Results, evaluate_clip, table
from trainer.score.scorecard import to_plain
from trainer.score.scorer import given_foot, scorecard_of
from trainer.score.tracks import TrackRecorder, read_tracks
from trainer.score.truth import read_truth
from trainer.settings import Settings
from trainer.video.source import open_source


def evaluate_all(
    clips: Sequence[Path], settings: Settings, *, find_foot: bool, out: Path | None, as_json: bool
) -> bool:
    """Measure every clip, print the table (or JSON), save it in ``out``. True when every clip could be measured."""
    console = Console(stderr=True)
    results: dict[str, Results] = {}
    failed = False
    for clip in clips:
        try:
            with console.status(f"watching {clip.name}"):
                results[clip.stem] = measure(clip, settings, find_foot=find_foot)
        except TrainerError as error:
            failed = True
            complain(str(error))
    if results:
        text = json.dumps(to_plain(results), indent=2)
        if out is not None:
            write_text(out, text + "\n")
        if as_json:
            print(text)
        else:
            # Wide enough for all columns also where the output is no terminal.
            Console(width=None if sys.stdout.isatty() else 60 + 16 * len(results)).print(table(results))
    return not failed


def measure(clip: Path, settings: Settings, *, find_foot: bool = False) -> Results:
    """One clip through the pipeline, against its truth. Raises TrainerError when clip or truth can't be read."""
    truth = read_truth(clip)
    given = None if find_foot else given_foot(clip)
    pipeline = open_pipeline(settings, given=given, backend=_backend_for(clip, settings))
    try:
        with tempfile.TemporaryDirectory() as folder, open_source(clip, max_side=settings.max_side) as source:
            path = Path(folder) / "tracks.parquet"
            with TrackRecorder(path) as recorder:
                for moment in pipeline.run(source.frames()):
                    recorder.append(moment)
            card = scorecard_of(pipeline.finish(), pipeline, source.info, None, settings)
            return evaluate_clip(card, read_tracks(path), truth)
    finally:
        pipeline.close()


def _backend_for(clip: Path, settings: Settings) -> HandBackend | None:
    if settings.backend == "truth":
        return open_backend("truth", path=clip.with_name(f"{clip.stem}.truth.npz"))
    return None
