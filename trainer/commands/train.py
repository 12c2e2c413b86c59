"""`trainer train`: the program's own networks, made from nothing but this repository. Needs the extra `studio`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from trainer.commands.guard import guarded
from trainer.commands.rendering import told_of_crew

if TYPE_CHECKING:
    from torch import nn

    from trainer.studio.training.run import Plan, Task, Told

N = TypeVar("N", bound="nn.Module")
app = typer.Typer(
    help="Train the program's networks (extra `studio`; docs/training.md), or teach the recogniser your own labels."
)

Stills = Annotated[Path, typer.Argument(help="The folder of `trainer train stills`, of the split train.")]
State = Annotated[
    Path, typer.Option("--state", help="Folder of the run's state: the same command again goes on where it was.")
]
Minutes = Annotated[
    float | None, typer.Option(min=0.1, help="Stop after so long, with what there is; to be gone on with later.")
]
Seed = Annotated[int, typer.Option(min=0, help="Same seed, same stills, same network, but for rounding.")]
Steps = Annotated[int, typer.Option(min=1, help="Batches of 16 pictures.")]
Workers = Annotated[int, typer.Option(min=0, max=64, help="Processes that make the pictures.")]


@app.callback(invoke_without_command=True)
@guarded
def own(
    context: typer.Context,
    labels: Annotated[
        list[Path] | None,
        typer.Option(help="A session's folder with tracks.parquet and labels.csv, or a folder of such; repeatable."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The network of your own.")] = Path("my_strokes.npz"),
    base: Annotated[Path | None, typer.Option(help="Go on from this network instead of the shipped one.")] = None,
) -> None:
    """Train the program's networks (docs/training.md), or with --labels teach the recogniser sessions of your own."""
    if context.invoked_subcommand is not None:
        return
    if not labels:
        print(context.get_help())
        raise typer.Exit
    from rich.console import Console

    from trainer.commands.adapt import adapt

    adapt(labels, out, base, Console())


@app.command()
@guarded
def stills(
    out: Annotated[Path, typer.Argument(help="Folder for the sheets of stills.")],
    split: Annotated[str, typer.Option(help="train, tune or test: none shares people, cameras or seeds with another.")],
    sheets: Annotated[int, typer.Option(min=1, help="How many worlds, each seen by 16 cameras.")],
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Processes of about 1.5 GB each.")] = None,
) -> None:
    """Render single pictures with joints, foot landmarks and masks to train on; a second run goes on."""
    from trainer.files import make_folder
    from trainer.studio.crew import render_jobs
    from trainer.studio.stills import make_sheet, missing_sheets

    jobs = missing_sheets(make_folder(out), split, sheets)
    told_of_crew(jobs, render_jobs(jobs, out, workers, None, make_sheet))


@app.command()
@guarded
def finder(
    stills: Stills,
    state: State,
    out: Annotated[Path, typer.Option("--out", "-o", help="The network to write.")] = Path("models/finder.onnx"),
    steps: Steps = 7000,
    seed: Seed = 4,
    minutes: Minutes = None,
    workers: Workers = 1,
    tune: Annotated[
        Path | None, typer.Option(help="Stills of the split tune: the scores are calibrated on them.")
    ] = None,
    begin_with: Annotated[
        Path | None, typer.Option(help="State of a finished run (finder.pt) whose network is where this run begins.")
    ] = None,
) -> None:
    """Train the finder of hands and feet (about an hour and a half on two cores)."""
    from trainer.finder.finder import Finder
    from trainer.hands.model_files import find_model
    from trainer.studio.training.calibrate import calibrate, calibration
    from trainer.studio.training.export import export_finder
    from trainer.studio.training.finder_task import FinderTask
    from trainer.studio.training.run import Plan
    from trainer.studio.training.shelf import Shelf

    task = FinderTask(stills, find_model("full"), seed, begin_with)
    held_out = Shelf(tune) if tune is not None else None
    network = _run(task, state, Plan(steps, seed=seed), minutes, workers)
    export_finder(network, out)
    if held_out is not None:
        calibrate(network, *calibration(Finder(out.read_bytes()), held_out))
        export_finder(network, out)


@app.command()
@guarded
def joints(
    stills: Stills,
    state: State,
    out: Annotated[Path, typer.Option("--out", "-o", help="The network to write.")] = Path("models/hand_joints.tflite"),
    steps: Steps = 2000,
    seed: Seed = 4,
    minutes: Minutes = None,
    workers: Workers = 1,
) -> None:
    """Go on training MediaPipe's landmark network on hands at work (about half an hour on two cores)."""
    from trainer.files import write_bytes
    from trainer.hands.model_files import find_model
    from trainer.studio.training.joints_network import written_back
    from trainer.studio.training.joints_task import JointsTask
    from trainer.studio.training.run import Plan

    task = JointsTask(stills, find_model("full"))
    plan = Plan(steps, seed=seed, rate=3e-4, trunk_rate=3e-4)
    write_bytes(out, written_back(_run(task, state, plan, minutes, workers)))


@app.command()
@guarded
def measure(
    stills: Annotated[Path, typer.Argument(help="A folder of `trainer train stills`, of the split tune.")],
    model: Annotated[Path | None, typer.Option(help="Folder of the network, instead of the program's own.")] = None,
    every: Annotated[int, typer.Option(min=1, help="Look at every so manieth still.")] = 1,
) -> None:
    """What a finder sees on stills, at several thresholds of its score."""
    from trainer.finder.finder import open_finder
    from trainer.studio.training.measure import measured
    from trainer.studio.training.shelf import Shelf

    for each in measured(open_finder(model), Shelf(stills), (0.2, 0.3, 0.4, 0.5, 0.6, 0.7), every):
        print(each.line())


@app.command()
@guarded
def look(
    stills: Annotated[Path, typer.Argument(help="A folder of `trainer train stills`, of the split tune or test.")],
    every: Annotated[int, typer.Option(min=1, help="Look at every so manieth still.")] = 1,
    turn: Annotated[list[float] | None, typer.Option(help="Turn the stills clockwise by so many degrees.")] = None,
    scale: Annotated[list[float] | None, typer.Option(min=0.05, max=1, help="Shrink the stills so many times.")] = None,
) -> None:
    """What `trainer look` sees on stills: as they are, or turned and shrunk (each option again and again)."""
    from trainer.look.still import open_eyes
    from trainer.studio.training.measure_look import looked
    from trainer.studio.training.shelf import Shelf

    eyes, shelf = open_eyes("full"), Shelf(stills)
    ways = [*((degrees, 1.0) for degrees in turn or []), *((0.0, times) for times in scale or [])]
    for degrees, times in ways or [(0.0, 1.0)]:
        figures = looked(eyes, shelf, every, degrees, times)
        print(f"turned {degrees:g} degrees, {times:g} times as large: {figures.line()}")


@app.command()
@guarded
def movements(
    out: Annotated[Path, typer.Argument(help="Folder for the sessions.")],
    split: Annotated[str, typer.Option(help="train, tune or test: none shares people or seeds with another.")],
    sessions: Annotated[int, typer.Option(min=1, help="How many, of 36 s each (about 12 s of one core).")],
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Processes of about 1.5 GB each.")] = None,
) -> None:
    """Play sessions without pictures to train the recogniser on; a second run goes on."""
    from trainer.files import make_folder
    from trainer.studio.crew import render_jobs
    from trainer.studio.training.movements import make_movements, missing_movements

    jobs = missing_movements(make_folder(out), split, sessions)
    told_of_crew(jobs, render_jobs(jobs, out, workers, None, make_movements))


@app.command()
@guarded
def watch(
    clips: Annotated[list[Path], typer.Argument(help="Clips with their truth beside them, or folders of such.")],
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Processes at work.")] = None,
) -> None:
    """Keep what the program sees in clips (NAME.tracks.parquet beside each), to train the recogniser on."""
    from rich.console import Console

    from trainer.score.scorer import videos_in
    from trainer.studio.training.watched import watch_all

    console = Console(stderr=True)
    films = [clip for path in clips for clip in videos_in(path)]
    for done, clip in enumerate(watch_all(films, workers), start=1):
        console.print(f"{done}/{len(films)} {clip.stem}", highlight=False)


@app.command()
@guarded
def strokes(
    played: Annotated[Path, typer.Argument(help="Folder of `trainer train movements`, of the split train.")],
    state: State,
    watched: Annotated[Path, typer.Option(help="Folder of clips of the split train, after `trainer train watch`.")],
    tune: Annotated[Path, typer.Option(help="Likewise of the split tune: labels and beats are settled on them.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The network to write.")] = Path("models/strokes.npz"),
    steps: Annotated[int, typer.Option(min=1, help="Batches of 32 windows of 12 s, for the names.")] = 2400,
    beat_steps: Annotated[int, typer.Option(min=1, help="Batches of 32 windows of 6 s, for the beats.")] = 9000,
    drawings: Annotated[int, typer.Option(min=1, help="Cameras and trackers drawn for each session played.")] = 4,
    sketches: Annotated[int, typer.Option(min=1, help="Sessions of sketched hands beside them.")] = 700,
    seed: Seed = 4,
    minutes: Minutes = None,
    workers: Workers = 1,
) -> None:
    """Train the recogniser of strokes (about an hour on two cores, the drawings counted)."""
    from rich.console import Console

    from trainer.strokes.network import StrokesNetwork
    from trainer.studio.training.run import Plan
    from trainer.studio.training.settle import settle
    from trainer.studio.training.strokes_data import played_takes
    from trainer.studio.training.strokes_network import export_strokes, weights_of
    from trainer.studio.training.strokes_task import BeatsTask, NamesTask
    from trainer.studio.training.watched import faults_of, read_stretches, watched_clips, watched_take, watched_takes

    console = Console(stderr=True)
    clips = watched_clips(watched)
    takes = played_takes(
        sorted(played.glob("*.npz")), faults_of(clips), drawings, sketches, state / "takes", seed, max(workers, 1),
        lambda done, of: console.print(f"drawn {done} of {of}", highlight=False) if done % 50 == 0 else None,
    )  # fmt: skip
    own = len(takes) - sketches
    at_speeds, as_they_were = watched_takes(clips), [watched_take(clip) for clip in clips]
    tasks = (
        NamesTask((takes[:own], takes[own:], at_speeds), seed),
        BeatsTask((takes[:own], takes[own:], as_they_were), seed),
    )  # fmt: skip
    names = _run(tasks[0], state, Plan(steps, batch=32, seed=seed, rate=2e-3), minutes, workers)
    beats = _run(tasks[1], state, Plan(beat_steps, batch=32, seed=seed, rate=4e-3), minutes, workers)
    held_out = watched_clips(tune)
    manner = settle(
        StrokesNetwork(weights_of(names, beats, {})), [watched_take(clip) for clip in held_out],
        {clip.stem: read_stretches(clip) for clip in held_out},
    )  # fmt: skip
    export_strokes(names, beats, out, manner)


def _run(task: Task[N], state: Path, plan: Plan, minutes: float | None, workers: int) -> N:
    import math

    import torch
    from rich.console import Console

    from trainer.studio.training.run import train

    # Numbers next to nothing would cost more time than all others; this is the whole process's business.
    torch.set_flush_denormal(True)

    console = Console(stderr=True)

    def tell(told: Told) -> None:
        each = ", ".join(f"{name} {value:.3f}" for name, value in told.losses.items())
        console.print(f"step {told.step} of {plan.steps}: {each}; {told.left_s / 60:.0f} min left", highlight=False)

    return train(task, state, plan, tell, workers, math.inf if minutes is None else 60 * minutes)
