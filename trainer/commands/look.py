"""`trainer look`: what is seen in pictures and videos, as JSON and drawn; a bad file doesn't stop the rest."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from trainer import __version__
from trainer.commands.guard import complain
from trainer.commands.score import video_progress
from trainer.errors import FormatError, TrainerError, VideoError
from trainer.files import make_folder, write_text
from trainer.look import document
from trainer.look.picture_file import kept_suffix, read_picture, write_picture
from trainer.look.seen import Seen, seen_in
from trainer.look.still import Eyes, look_at, open_eyes
from trainer.model import Data, Image
from trainer.screen.look_layer import canvas_of, draw_look
from trainer.settings import Settings
from trainer.video.source import VIDEO_SUFFIXES, open_source
from trainer.words.words import load_words

if TYPE_CHECKING:
    from trainer.video.writer import VideoWriter

FOLDER = Path("looks")
"""Where drawings go when nothing is said."""


def look_all(files: Sequence[Path], out: Path | None, settings: Settings, *, as_json: bool) -> bool:
    """Look at all files and draw what is seen into ``out``; with ``as_json`` print one document, and draw only where a
    folder is named. True when every file could be looked at; what can't be is told in one line each."""
    folder = out if out is not None or as_json else FOLDER
    looker = _Looker(settings, folder, as_json)
    pictures, failed = [], False
    for file, stem in zip(files, _stems(files), strict=True):
        try:
            pictures.append(looker.look(file, stem))
        except TrainerError as error:
            failed = True
            complain(str(error))
            pictures.append(document.of_failure(str(file), str(error)))
    if as_json:
        sys.stdout.writelines(document.document(pictures, looker.provenance))
    return not failed


class _Looker:
    def __init__(self, settings: Settings, folder: Path | None, as_json: bool) -> None:
        self.provenance: Data = {"trainer": __version__}
        self._settings = settings
        self._folder = folder
        self._as_json = as_json
        self._console = Console(stderr=as_json)
        self._eyes: Eyes | None = None

    def look(self, file: Path, stem: str) -> str:
        """One file, as JSON; drawn where there is a folder. Raises TrainerError."""
        if file.suffix.lower() in VIDEO_SUFFIXES:
            told = self._video(file, stem)
        elif (image := read_picture(file)) is not None:
            told = self._image(file, stem, image)
        else:
            _check_is_video(file)
            told = self._video(file, stem)
        if self._folder is not None:
            write_text(self._folder / f"{stem}.look.json", "".join(document.document([told], self.provenance)))
        return told

    def _image(self, file: Path, stem: str, image: Image) -> str:
        if self._eyes is None:
            self._eyes = open_eyes(self._settings.model)
            self.provenance["pictures"] = self._eyes.provenance
        seen = look_at(image, self._eyes)
        drawn = self._drawing(f"{stem}.look{kept_suffix(file)}")
        if drawn is not None:
            write_picture(drawn, draw_look(image, seen))
            self._tell(file, words(seen), drawn)
        return document.of_image(str(file), (image.shape[1], image.shape[0]), seen, _text(drawn))

    def _video(self, file: Path, stem: str) -> str:
        from trainer.foot.given import foot_file_beside, read_foot_file
        from trainer.pipeline import open_pipeline

        frames: list[str] = []
        hands = feet = 0
        with ExitStack() as opened:
            source = opened.enter_context(open_source(file, max_side=self._settings.max_side))
            beside = foot_file_beside(file)
            given = None if beside is None else read_foot_file(beside)
            pipeline = open_pipeline(self._settings, given=given)
            opened.enter_context(closing(pipeline))
            self.provenance["videos"] = pipeline.backend.provenance
            drawn = self._drawing(f"{stem}.look.mp4")
            size = source.info.width, source.info.height
            film = None if drawn is None else opened.enter_context(_film(drawn, size, file))
            progress = opened.enter_context(video_progress(self._console, file.name))
            for moment in pipeline.run(source.frames()):
                seen = seen_in(moment)
                frames.append(document.of_frame(moment.frame.time_s, size, seen))
                hands, feet = hands + bool(seen.hands), feet + bool(seen.feet)
                if film is not None:
                    film.write(draw_look(moment.frame.image, seen), moment.frame.time_s)
                progress(moment.frame.time_s, source.info.duration_s)
            warnings = source.warnings
        for warning in warnings:
            complain(warning)
        share = 100 / max(len(frames), 1)
        if drawn is not None:
            told = f"hands in {hands * share:.0f} %, the foot in {feet * share:.0f} % of {len(frames)} frames"
            self._tell(file, told, drawn)
        return document.of_video(str(file), size, frames, _text(drawn))

    def _drawing(self, name: str) -> Path | None:
        return None if self._folder is None else make_folder(self._folder) / name

    def _tell(self, file: Path, told: str, drawn: Path) -> None:
        if self._as_json:
            return
        self._console.print(f"[bold]{escape(file.name)}[/bold]  {told}", highlight=False, soft_wrap=True)
        self._console.print(f"  {drawn}", highlight=False, soft_wrap=True, markup=False)


def words(seen: Seen) -> str:
    """What is seen in a picture, in a line."""
    hands = [f"{hand.side} hand {hand.score:.2f}" for hand in seen.hands]
    feet = [f"{foot.side} foot, {load_words().named('views', foot.view)} {foot.score:.2f}" for foot in seen.feet]
    return "; ".join([*hands, *feet]) or "no hand and no foot"


def _check_is_video(file: Path) -> None:
    try:
        open_source(file).close()
    except VideoError:
        raise FormatError(
            f"Expected a picture or a video, but '{file}' is neither, or damaged: export it as JPEG, PNG or MP4."
        ) from None


def _film(path: Path, size: tuple[int, int], sound_of: Path) -> VideoWriter:
    from trainer.video.writer import VideoWriter

    return VideoWriter(path, *canvas_of(*size), audio_from=sound_of)


def _stems(files: Sequence[Path]) -> list[str]:
    """What the results of each file are called: its stem, numbered where another one has it already."""
    taken: set[str] = set()
    stems = []
    for file in files:
        stem, number = file.stem, 1
        while stem.casefold() in taken:
            number += 1
            stem = f"{file.stem}-{number}"
        taken.add(stem.casefold())
        stems.append(stem)
    return stems


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
