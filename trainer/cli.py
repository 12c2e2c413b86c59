"""The doors: one command per job. Everything heavy is imported when its command runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from trainer import __version__
from trainer.commands import reviewing, studio, train
from trainer.commands.guard import USER_ERROR, guarded
from trainer.errors import TrainerError
from trainer.options import (
    FieldOfView,
    Foot,
    FootLength,
    Json,
    Language,
    LibraryFolder,
    Model,
    OwnWords,
    Presets,
    SettingsFile,
    StrokesModel,
    View,
    Wish,
    setting,
)  # fmt: skip
from trainer.settings import read_settings

app = typer.Typer(
    help="Foot-massage technique trainer: a camera watches two hands on a foot. Videos never leave this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

app.add_typer(studio.app, name="studio")
app.add_typer(train.app, name="train")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"trainer {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None: ...


@app.command()
@guarded
def score(
    videos: Annotated[list[Path], typer.Argument(metavar="VIDEO…", help="Videos, or folders of videos.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results, one folder a video.")] = Path(
        "scores"
    ),
    again: Annotated[bool, typer.Option("--again", help="Score anew what has been scored already.")] = False,
    json_out: Json = False,
    settings_file: SettingsFile = None,
    model: Model = None,
    foot: Foot = None,
    view: View = None,
    foot_length: FootLength = None,
    field_of_view: FieldOfView = None,
    presets: Presets = None,
    wish: Wish = None,
    strokes_model: StrokesModel = None,
) -> None:
    """Score recorded videos: scorecard, tracks, annotated video and report for each."""
    from trainer.commands.score import score_all

    settings = read_settings(
        settings_file, model=model, foot=foot, view=view, foot_length_mm=foot_length, presets=presets, wish=wish,
        field_of_view_deg=field_of_view, strokes_model=strokes_model,
    )  # fmt: skip
    if not score_all(videos, out, settings, again=again, as_json=json_out):
        raise typer.Exit(USER_ERROR)


@app.command()
@guarded
def live(
    camera: Annotated[str, typer.Option("--camera", help="Camera number, or a video file to play as one.")] = "0",
    mirror: Annotated[bool, typer.Option("--mirror/--no-mirror", help="Show the picture as in a mirror.")] = False,
    record: Annotated[Path | None, typer.Option("--record", help="Keep video and scorecard in this folder.")] = None,
    routine: Annotated[
        str | None, typer.Option(help="Steps to be led through: a name of `trainer routines`, or a file of your own.")
    ] = None,
    teacher: Annotated[
        Path | None, typer.Option(help="A recorded session to practise after: its folder (scored, or kept by live).")
    ] = None,
    drill: Annotated[str | None, typer.Option(help="One technique to practise, by id (`trainer techniques`).")] = None,
    tempo: Annotated[
        float | None, typer.Option(min=5, max=300, help="Cycles a minute to be led to, with a drill or freely.")
    ] = None,
    zone: Annotated[list[str] | None, typer.Option(help="Where to drill; repeatable.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.1, max=60, help="How long to drill.")] = None,
    blind: Annotated[bool, typer.Option("--blind", help="No cues, beat or figures: to be scored afterwards.")] = False,
    beat: Annotated[bool, typer.Option("--beat/--no-beat", help="Lead by a beat where there is a tempo.")] = True,
    volume: Annotated[float, typer.Option(min=0, max=1, help="Of the beat; 0: it is to be seen only.")] = 0.6,
    keep: Annotated[
        str | None, typer.Option(help="Of the session: nothing, tracks (what was seen, no pictures), or video, too.")
    ] = None,
    student: Annotated[str, typer.Option(help="Who practises: the review room then knows whose it is.")] = "",
    library: LibraryFolder = None,
    theme: Annotated[str | None, setting("theme")] = None,
    scale: Annotated[float | None, setting("scale")] = None,
    language: Language = None,
    words: OwnWords = None,
    settings_file: SettingsFile = None,
    model: Model = None,
    foot: Foot = None,
    view: View = None,
    foot_length: FootLength = None,
    field_of_view: FieldOfView = None,
    presets: Presets = None,
    wish: Wish = None,
    strokes_model: StrokesModel = None,
) -> None:
    """Practise in front of a camera, with the overlay in a window: freely, a drill, a routine, or after a teacher."""
    from trainer.commands.live import practise
    from trainer.commands.plan import Wanted
    from trainer.commands.shelf import keep_of

    settings = read_settings(
        settings_file, model=model, foot=foot, view=view, foot_length_mm=foot_length, presets=presets, wish=wish,
        field_of_view_deg=field_of_view, strokes_model=strokes_model, language=language, words=words,
        theme=theme, scale=scale,
    )  # fmt: skip
    wanted = Wanted(routine, drill, tempo, tuple(zone or ()), minutes, blind, beat, teacher)
    practise(
        camera, settings, mirror=mirror, record=record, wanted=wanted, volume=volume, keep=keep_of(keep),
        library=library, student=student,
    )  # fmt: skip


@app.command()
@guarded
def history(
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Also write a page with plots to this file.")] = None,
    delete: Annotated[
        str | None, typer.Option(metavar="ID", help="Delete the session whose id begins so, with all its files.")
    ] = None,
    last: Annotated[int, typer.Option(min=1, help="How many sessions to list.")] = 20,
    library: LibraryFolder = None,
    json_out: Json = False,
) -> None:
    """Show the sessions that were kept, and how practice has gone over time."""
    from trainer.commands.history import forget, show_history

    if delete is not None:
        forget(library, delete)
    else:
        show_history(library, as_json=json_out, out=out, last=last)


for _command in (reviewing.export, reviewing.labels, reviewing.review):
    app.command()(_command)


@app.command()
@guarded
def routines(language: Language = None, presets: Presets = None) -> None:
    """List the routines that come with the program."""
    from trainer.commands.plan import show_routines
    from trainer.strokes.techniques import load_techniques

    show_routines(load_techniques(presets), read_settings(None, language=language).language)


@app.command()
@guarded
def look(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Pictures and videos.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for what is drawn and its JSON; looks when there is no --json."),
    ] = None,
    json_out: Json = False,
    settings_file: SettingsFile = None,
    model: Model = None,
) -> None:
    """Say what is seen in pictures and videos, hands and feet, and draw it."""
    from trainer.commands.look import look_all

    settings = read_settings(settings_file, model=model)
    if not look_all(files, out, settings, as_json=json_out):
        raise typer.Exit(USER_ERROR)


@app.command()
@guarded
def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.")] = Path("demo_results"),
    window: Annotated[bool, typer.Option("--window/--no-window", help="Play it in a window afterwards.")] = True,
) -> None:
    """Score the sample session and show it: the whole program in about a minute."""
    from trainer.commands.demo import show_demo

    show_demo(out, window=window)


@app.command()
@guarded
def evaluate(
    clips: Annotated[
        list[Path], typer.Argument(metavar="CLIP…", help="Videos with known truth beside them, and folders of them.")
    ],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Also save all figures in this JSON file.")] = None,
    json_out: Json = False,
    find_foot: Annotated[
        bool, typer.Option("--find-foot", help="Find the foot, although NAME.foot.json tells it.")
    ] = False,
    backend: Annotated[
        str | None, typer.Option(help="Where hands come from, if not as usual; truth tests the stages after it.")
    ] = None,
    yardstick: Annotated[
        bool, typer.Option("--yardstick", help="Measure MediaPipe by itself on the same pictures, to stand beside.")
    ] = False,
    told_strokes: Annotated[
        bool, typer.Option("--told-strokes", help="Take the strokes' names from the truth, to test the other stages.")
    ] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes at work; one per core when not given.")] = None,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", help="Draw the worst frames of all clips on this picture (.jpg or .png).")
    ] = None,
    worst: Annotated[int, typer.Option(min=1, max=200, help="How many frames are on the sheet.")] = 20,
    matrix: Annotated[
        Path | None, typer.Option("--matrix", help="Draw which technique was taken for which (.jpg or .png).")
    ] = None,
    fps: Annotated[
        float | None, typer.Option(min=5, max=120, help="Leave out frames until there are so many a second.")
    ] = None,
    recogniser: Annotated[str | None, typer.Option(help="What names the strokes, if not as usual.")] = None,
    strokes_model: StrokesModel = None,
    model: Model = None,
) -> None:
    """Measure the program against footage whose truth is known."""
    from trainer.commands.evaluate import evaluate_all

    settings = read_settings(
        None, model=model, backend=backend, recogniser=recogniser, strokes_model=strokes_model,
    )  # fmt: skip
    done = evaluate_all(
        clips, settings, find_foot=find_foot, yardstick=yardstick, told_strokes=told_strokes, workers=workers, out=out,
        as_json=json_out, fps=fps, sheet=sheet, worst=worst, matrix=matrix,
    )  # fmt: skip
    if not done:
        raise typer.Exit(USER_ERROR)


@app.command()
@guarded
def cues(
    clips: Annotated[
        list[Path], typer.Argument(metavar="CLIP…", help="Videos with known truth beside them, and folders of them.")
    ],
    json_out: Json = False,
    settings_file: SettingsFile = None,
    model: Model = None,
    strokes_model: StrokesModel = None,
) -> None:
    """Compare the cues given with those that the truth asks for."""
    from trainer.commands.cues import compare_cues

    compare_cues(clips, read_settings(settings_file, model=model, strokes_model=strokes_model), as_json=json_out)


@app.command()
@guarded
def cameras(json_out: Json = False) -> None:
    """List the cameras of this machine."""
    from dataclasses import asdict

    from trainer.video.camera import list_cameras

    found = list_cameras()
    if json_out:
        print(json.dumps([asdict(camera) for camera in found]))
        return
    if not found:
        raise TrainerError(
            "Expected a camera, but none was found: plug one in, or play a video with `trainer live --camera FILE`."
        )
    for camera in found:
        print(f"{camera.index}  {camera.name}")


@app.command()
@guarded
def doctor(json_out: Json = False) -> None:
    """Say what is wrong with this machine, and how to mend it."""
    from trainer.commands.tables import show_findings

    if not show_findings(as_json=json_out):
        raise typer.Exit(USER_ERROR)


@app.command()
@guarded
def techniques(json_out: Json = False, presets: Presets = None) -> None:
    """List the techniques, their tempo presets and where these come from."""
    from trainer.commands.tables import show_techniques

    show_techniques(presets, as_json=json_out)


@app.command()
@guarded
def bench(
    clip: Annotated[Path | None, typer.Argument(help="A video; the sample session when not given.")] = None,
    seconds: Annotated[float, typer.Option(min=2, help="How much of the clip each round takes.")] = 20.0,
    rounds: Annotated[int, typer.Option(min=1, help="How often bare loop and pipeline take turns.")] = 3,
    minutes: Annotated[float, typer.Option(min=0, help="Then watch memory over this much video.")] = 0.0,
    live: Annotated[
        float | None,
        typer.Option(metavar="MINUTES", min=0.2, help="Measure the live window instead: how late it shows the clip."),
    ] = None,
    record: Annotated[bool, typer.Option("--record/--no-record", help="With --live: keep the video, too.")] = True,
    json_out: Json = False,
    model: Model = None,
) -> None:
    """Compare the whole pipeline with a bare MediaPipe loop, in one run on the same clip."""
    from trainer.commands.tables import show_bench, show_live_bench

    if live is not None:
        show_live_bench(clip, read_settings(None, model=model), live, record, as_json=json_out)
        return
    show_bench(clip, read_settings(None, model=model), seconds, rounds, minutes, as_json=json_out)


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
