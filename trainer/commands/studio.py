"""`trainer studio`: footage with known truth, rendered. Needs the extra `studio`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from trainer.commands.guard import guarded
from trainer.errors import TrainerError

if TYPE_CHECKING:
    from trainer.studio.recipe import Recipe

app = typer.Typer(help="Render footage with known truth (extra `studio`).", no_args_is_help=True)

Technique = Annotated[str | None, typer.Option(help="What the hands do; a bare foot when not given.")]
Seconds = Annotated[float, typer.Option(min=3, max=600, help="How long.")]
Tempo = Annotated[float | None, typer.Option(min=5, max=400, help="Cycles a minute.")]
Seed = Annotated[int, typer.Option(help="Movement, people, camera and light. Same seed, same pixels.")]


@app.command()
@guarded
def samples(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to render into.")] = Path("sample_videos"),
    split: Annotated[str, typer.Option(help="test (the sample clips) or tune (those tuned on).")] = "test",
    only: Annotated[list[str] | None, typer.Option(help="Only this clip; may be given several times.")] = None,
) -> None:
    """Render the sample clips (or the tuning clips) with their truth beside them."""
    from trainer.studio.samples import SPLITS, build_split

    if split not in SPLITS:
        raise TrainerError(f"Expected a split out of {', '.join(SPLITS)}, but got '{split}'.")
    unknown = sorted(set(only or ()) - set(SPLITS[split]))
    if unknown:
        raise TrainerError(f"Expected clips out of {', '.join(SPLITS[split])}, but got '{unknown[0]}'.")
    with Progress(transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def report(name: str, done: int, total: int) -> None:
            task = tasks.setdefault(name, bar.add_task(name, total=total))
            bar.update(task, completed=done)

        written = build_split(out, split, only or None, report)
    _tell(written)


@app.command()
@guarded
def render(
    out: Annotated[Path, typer.Option("--out", "-o", help="The clip to write, NAME.mp4.")],
    technique: Technique = None,
    seconds: Seconds = 12.0,
    tempo: Tempo = None,
    seed: Seed = 1,
) -> None:
    """Render one clip of one technique."""
    from trainer.studio.clip import render_clip

    with Progress(transient=True) as bar:
        task = bar.add_task(out.name, total=None)
        recipe = _recipe(technique, seconds, tempo, seed)
        written = render_clip(recipe, out, lambda done, total: bar.update(task, completed=done, total=total))
    _tell(written)


@app.command()
@guarded
def preview(
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture to write.")] = Path("preview.png"),
    technique: Technique = None,
    tempo: Tempo = None,
    seed: Seed = 1,
) -> None:
    """Render one still."""
    import cv2

    from trainer.files import write_bytes
    from trainer.studio.clip import preview as still

    picture = still(_recipe(technique, 10.0, tempo, seed))
    done, data = cv2.imencode(out.suffix or ".png", picture)
    if not done:
        raise TrainerError(f"Expected a picture's name like preview.png, but got '{out}'.")
    write_bytes(out, data.tobytes())
    _tell([out])


def _recipe(technique: str | None, seconds: float, tempo: float | None, seed: int) -> Recipe:
    from trainer.studio.movements import MOVEMENTS
    from trainer.studio.recipe import Recipe
    from trainer.studio.samples import one

    if technique is not None and technique not in MOVEMENTS:
        known = ", ".join(sorted(MOVEMENTS))
        raise TrainerError(f"Expected a technique that can be rendered ({known}), but got '{technique}'.")
    script = one(technique, seconds, tempo=tempo) if technique is not None else ()
    return Recipe(
        script, seconds=seconds, seed=seed, practitioner=1000 + seed, client=2000 + seed, camera_seed=seed,
        stage_seed=seed, side="left" if seed % 2 else "right",
    )  # fmt: skip


def _tell(written: list[Path]) -> None:
    for path in written:
        Console().print(str(path), highlight=False, soft_wrap=True)
