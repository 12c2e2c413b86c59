"""One video in, one folder of results out: the whole of it or nothing."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trainer import __version__
from trainer.coach.practice import Plan
from trainer.errors import FormatError, TrainerError
from trainer.files import make_folder, write_error
from trainer.foot.given import GivenFoot, foot_file_beside, read_foot_file
from trainer.model import Data, Foot
from trainer.pipeline import Pipeline, open_pipeline
from trainer.provenance import provenance
from trainer.score.journal import TrackJournal
from trainer.score.report import write_report
from trainer.score.scorecard import Extras, FootFacts, Span, build_scorecard, read_scorecard, write_scorecard
from trainer.score.stills import StillKeeper
from trainer.score.tracks import TrackRecorder
from trainer.screen.layout import canvas_size
from trainer.screen.overlay import Overlay
from trainer.screen.recording import enlarged
from trainer.session import Session
from trainer.settings import Settings
from trainer.video.digest import sha256_of
from trainer.video.source import VIDEO_SUFFIXES, VideoInfo, open_source
from trainer.video.writer import VideoWriter

Progress = Callable[[float, float | None], None]
"""Called with seconds of video done, and seconds in all if the file tells."""


@dataclass(frozen=True, eq=False)
class Scored:
    """One video's results. ``fresh`` is False when they stood there already."""

    video: Path
    folder: Path
    card: Data
    fresh: bool
    warnings: tuple[str, ...] = ()


def videos_in(path: Path) -> list[Path]:
    """The video files that a folder holds itself, sorted by name; a file stands for itself. Raises TrainerError."""
    if not path.is_dir():
        return [path]
    videos = sorted(p for p in path.iterdir() if p.is_file() and p.suffix.lower() in VIDEO_SUFFIXES)
    if not videos:
        raise TrainerError(
            f"Expected videos in the folder '{path}', but it holds none: give a video or another folder."
        )
    return videos


def score_video(
    video: Path, out: Path, settings: Settings, *, progress: Progress | None = None, again: bool = False
) -> Scored:
    """Score ``video`` into a folder of its own in ``out``: scorecard, tracks, overlay and report.

    Results that are there already, of this version and these settings, are kept and returned, unless ``again``.
    Raises TrainerError; then nothing is left.
    """
    info, given = _look_at(video, settings)
    digest = sha256_of(video)
    folder, card = _place_for(video, out, digest)
    if card is not None and _as_now(card, settings) and not again:
        return Scored(video, folder, card, fresh=False)
    with _folder_as_a_whole(folder) as work:
        session, pipeline, stills, warnings = _watch(video, info, given, settings, work, progress)
        _check_worth_scoring(video, session)
        card = scorecard_of(session, pipeline, info, digest, settings)
        write_scorecard(work / "scorecard.json", card)
        write_report(work / "report.html", card, pictures=stills.for_strokes(session.strokes, session.duration_s))
    return Scored(video, folder, card, fresh=True, warnings=warnings)


def scorecard_of(
    session: Session,
    pipeline: Pipeline,
    info: VideoInfo,
    digest: str | None,
    settings: Settings,
    discomfort_s: Sequence[float] = (),
) -> Data:
    """The scorecard of a session, from a file (with its ``digest``) or a camera (None)."""
    foot = session.foot or Foot.unknown()
    plan = pipeline.practice.lesson.plan
    return build_scorecard(
        video=info,
        sha256=digest,
        duration_s=session.duration_s,
        unseen_s=session.unseen_s,
        foot=FootFacts(foot.side, foot.view, foot.length_mm, foot.length_given, session.foot_unseen_s),
        strokes=session.strokes,
        rhythm=session.rhythms,
        coverage=session.coverage,
        posture=session.posture,
        cues=session.cues,
        provenance=provenance(settings, pipeline.backend.provenance, pipeline.recogniser.provenance),
        extras=Extras(
            unseen=[Span(*span) for span in session.unseen],
            not_sure=[Span(*span) for span in session.not_sure],
            techniques=pipeline.techniques,
            discomfort_s=discomfort_s,
            wish=session.wish,
            refined=session.refined,
            plan=plan if plan != Plan() else None,
        ),
    )


def open_tracks(path: Path, pipeline: Pipeline, info: VideoInfo, settings: Settings) -> TrackRecorder:
    """A recorder for the tracks of one session, with what they are of and what made them."""
    return TrackRecorder(path, **_facts_of(pipeline, info, settings))


def open_journal(path: Path, pipeline: Pipeline, info: VideoInfo, settings: Settings) -> TrackJournal:
    """The same for a live session: what it has taken survives a crash."""
    return TrackJournal(path, **_facts_of(pipeline, info, settings))


def _facts_of(pipeline: Pipeline, info: VideoInfo, settings: Settings) -> Data:
    return {
        "video": {"name": info.name, "width": info.width, "height": info.height},
        "provenance": provenance(settings, pipeline.backend.provenance, pipeline.recogniser.provenance),
    }


def given_foot(video: Path) -> GivenFoot | None:
    """The foot that a ``NAME.foot.json`` beside the video tells of, if there is one. Raises FormatError."""
    beside = foot_file_beside(video)
    return read_foot_file(beside) if beside is not None else None


def _look_at(video: Path, settings: Settings) -> tuple[VideoInfo, GivenFoot | None]:
    """Everything that can be wrong before work begins, found before anything is written."""
    with open_source(video, max_side=settings.max_side) as source:
        return source.info, given_foot(video)


def _watch(
    video: Path,
    info: VideoInfo,
    given: GivenFoot | None,
    settings: Settings,
    work: Path,
    progress: Progress | None,
) -> tuple[Session, Pipeline, StillKeeper, tuple[str, ...]]:
    pipeline = open_pipeline(settings, given=given)
    overlay = Overlay(pipeline.techniques)
    stills = StillKeeper()
    try:
        with (
            open_source(video, max_side=settings.max_side) as source,
            open_tracks(work / "tracks.parquet", pipeline, info, settings) as tracks,
            VideoWriter(work / "overlay.mp4", *canvas_size(info.width, info.height), audio_from=video) as writer,
        ):
            for moment in pipeline.run(source.frames()):
                picture = overlay.draw(enlarged(moment.frame.image), moment)
                writer.write(picture, moment.frame.time_s)
                tracks.append(moment)
                stills.offer(moment.frame.time_s, picture)
                if progress is not None:
                    progress(moment.frame.time_s, info.duration_s)
            session = pipeline.finish()
            if session.frames < 2:
                raise TrainerError(
                    f"Expected a video of a massage, but '{video}' holds one picture only: record some seconds."
                )
            return session, pipeline, stills, tuple(source.warnings)
    finally:
        pipeline.close()


def _check_worth_scoring(video: Path, session: Session) -> None:
    if session.frames_with_hand == 0:
        raise TrainerError(
            f"Expected hands massaging a foot, but no working hand was seen in '{video}': "
            "film both hands from above or over the shoulder, in good light."
        )
    if session.frames_with_foot == 0:
        raise TrainerError(
            f"Expected a foot, but none was found in '{video}': mark it with "
            f"`trainer live --camera \"{video}\"` (key F), or put '{video.stem}.foot.json' beside it."
        )


def _as_now(card: Data, settings: Settings) -> bool:
    """Whether a scorecard was made by this version of the program with these settings."""
    made = card["provenance"]
    return bool(made["versions"].get("trainer") == __version__ and made["settings"] == settings.model_dump(mode="json"))


def _place_for(video: Path, out: Path, digest: str) -> tuple[Path, Data | None]:
    """The folder for this video's results, and the scorecard that already stands there for the very same file."""
    for name in (video.stem, f"{video.stem}-{digest[:8]}"):
        folder = out / name
        if not folder.exists():
            return folder, None
        try:
            card = read_scorecard(folder / "scorecard.json")
        except FormatError:
            continue  # not ours, or damaged: left alone
        if card["video"]["sha256"] == digest:
            return folder, card
    return out / f"{video.stem}-{digest[:8]}", None


@contextmanager
def _folder_as_a_whole(folder: Path) -> Iterator[Path]:
    """Yield a hidden folder to fill; it takes the place of ``folder`` at the end, or goes when the block raises."""
    make_folder(folder.parent)
    work = folder.parent / f".{folder.name}.{secrets.token_hex(4)}.part"
    make_folder(work)
    try:
        yield work
        if folder.exists():
            old = work.with_suffix(".old")
            folder.rename(old)
            work.rename(folder)
            shutil.rmtree(old, ignore_errors=True)
        else:
            work.rename(folder)
    except OSError as error:
        raise write_error(folder, error) from None
    except TrainerError as error:
        # The hidden folder is nobody's business but ours.
        raise type(error)(str(error).replace(str(work), str(folder))) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
