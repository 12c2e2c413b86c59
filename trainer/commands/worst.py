"""Pictures of an evaluation: the worst frames, fetched from their clips, on one page; what was taken for what."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trainer.errors import TrainerError
from trainer.look.picture_file import write_picture
from trainer.model import Image
from trainer.score.evaluate import ClipResult
from trainer.score.evaluation import confusion
from trainer.score.faults import worst
from trainer.screen.confusion import confusion_picture
from trainer.screen.contact_sheet import Tile, contact_sheet
from trainer.strokes.vocabulary import TECHNIQUES
from trainer.video.source import open_source

SUFFIXES = (".jpg", ".jpeg", ".png")


def check_sheet(path: Path) -> None:
    """Raises TrainerError for a name that is no picture's: better before an hour's work than after it."""
    if path.suffix.lower() not in SUFFIXES:
        raise TrainerError(f"Expected a picture's name like worst.jpg for the sheet, but got '{path}'.")


def write_sheet(path: Path, results: Mapping[str, ClipResult], films: Mapping[str, Path], count: int) -> None:
    """The ``count`` worst faults of clips, ``films`` their files, as a picture at ``path``. Raises TrainerError."""
    chosen = worst({name: result.faults for name, result in results.items()}, count)
    wanted: dict[str, set[int]] = {}
    for name, fault in chosen:
        wanted.setdefault(name, set()).add(fault.index)
    pictures = {name: _frames(films[name], indices) for name, indices in wanted.items()}
    tiles = [
        Tile(Path(name).name, pictures[name][fault.index], fault)
        for name, fault in chosen
        if fault.index in pictures[name]
    ]
    frames = sum(len(result.techniques) for result in results.values())
    write_picture(path, contact_sheet(tiles, f"The worst {len(tiles)} of {frames:,} frames in {len(results)} clips"))


def write_matrix(path: Path, results: Mapping[str, ClipResult]) -> None:
    """What was taken for what in all frames of clips, as a picture at ``path``. Raises TrainerError."""
    counts = confusion(results.values())
    clips = f"{len(results)} clips" if len(results) > 1 else next(iter(results))
    write_picture(
        path, confusion_picture(counts, TECHNIQUES, (*TECHNIQUES, "not sure"), "What was taken for what, live", clips)
    )


def _frames(film: Path, indices: set[int]) -> dict[int, Image]:
    found: dict[int, Image] = {}
    with open_source(film) as source:
        for number, frame in enumerate(source.frames()):
            if number in indices:
                found[number] = frame.image.copy()
            if len(found) == len(indices):
                break
    return found
