"""`trainer cues`: the cues that a clip's learner is given, beside those that they would be given if all were known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from trainer.hands.backend import HandBackend, open_backend
from trainer.model import Cue
from trainer.pipeline import open_pipeline
from trainer.score.cue_match import Matched, match_cues, precision_recall
from trainer.score.figures.axis import clock, share
from trainer.score.scorecard import to_plain
from trainer.score.scorer import given_foot, videos_in
from trainer.score.told_strokes import ToldStrokes
from trainer.score.truth import read_truth
from trainer.settings import Settings
from trainer.strokes.recogniser import Recogniser
from trainer.video.source import open_source


def compare_cues(paths: Sequence[Path], settings: Settings, *, as_json: bool) -> None:
    """Print the cues of each clip and how many were right. Raises TrainerError."""
    found: dict[str, list[Matched]] = {}
    for clip in (clip for path in paths for clip in videos_in(path)):
        found[clip.stem] = cues_of(clip, settings)
    if as_json:
        plain = {
            name: {
                "cues": [asdict(m) | {"delay_s": m.delay_s} for m in matched],
                **dict(zip(("precision", "recall"), precision_recall(matched), strict=True)),
            }
            for name, matched in found.items()
        }
        print(json.dumps(to_plain(plain), ensure_ascii=False, indent=1))
        return
    console = Console()
    for name, matched in found.items():
        console.print(_table(name, matched))
    every = [m for matched in found.values() for m in matched]
    precision, recall = precision_recall(every)
    console.print(f"precision {share(precision)}, recall {share(recall)} of {len(every)} cues", highlight=False)


def cues_of(clip: Path, settings: Settings) -> list[Matched]:
    """The cues of one clip. What is asked for is what the same coach says when hands, names and repetitions are told it
    by the truth; the foot is followed from where a file, or the truth, has it."""
    truth = read_truth(clip)
    eyes = open_backend("truth", path=clip.with_name(f"{clip.stem}.truth.npz"))
    wanted = _cues(clip, settings, eyes, ToldStrokes(truth.segments))
    return match_cues(wanted, _cues(clip, settings))


def _cues(
    clip: Path, settings: Settings, backend: HandBackend | None = None, recogniser: Recogniser | None = None
) -> tuple[Cue, ...]:
    pipeline = open_pipeline(settings, given=given_foot(clip), backend=backend, recogniser=recogniser)
    with closing(pipeline), open_source(clip, max_side=settings.max_side) as source:
        for _ in pipeline.run(source.frames()):
            pass
        return pipeline.finish().cues


def _table(name: str, matched: Sequence[Matched]) -> Table:
    precision, recall = precision_recall(matched)
    table = Table(title=f"{name}: precision {share(precision)}, recall {share(recall)}", title_justify="left", box=None)
    for head in ("asked for", "cue", "given", "later by", "what was said, and why"):
        table.add_column(head)
    for m in matched:
        cue = m.given or m.wanted
        assert cue is not None
        table.add_row(
            clock(m.wanted.time_s, tenths=True) if m.wanted is not None else "–", cue.kind,
            clock(m.given.time_s, tenths=True) if m.given is not None else "–",
            f"{m.delay_s:+.1f} s" if m.wanted is not None and m.given is not None else "", f"{cue.text} ({cue.why})",
        )  # fmt: skip
    return table
