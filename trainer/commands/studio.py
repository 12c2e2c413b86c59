"""`trainer studio`: footage with known truth, rendered. Needs the extra `studio`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trainer.commands.guard import guarded
from trainer.commands.rendering import tell, told_of_crew, with_bar, with_crew
from trainer.errors import TrainerError

if TYPE_CHECKING:
    from trainer.studio.recipe import Recipe, Step

app = typer.Typer(help="Render footage with known truth (extra `studio`).", no_args_is_help=True)

Clip = Annotated[Path, typer.Option("--out", "-o", help="The clip to write, NAME.mp4; its truth goes beside it.")]
Technique = Annotated[
    str | None, typer.Option(help="What the hands do (`trainer techniques` lists them); a bare foot when not given.")
]
Tempo = Annotated[float | None, typer.Option(help="Cycles a minute, half to double the technique's preset.")]
Zone = Annotated[str | None, typer.Option(help="The zone of the foot to work on, such as heel_medial.")]
Style = Annotated[str | None, typer.Option(help="A named way of doing the technique.")]
Hand = Annotated[str | None, typer.Option(help="The hand that leads: left or right.")]
Seconds = Annotated[float, typer.Option(min=3, max=600, help="How long.")]
Seed = Annotated[int, typer.Option(min=0, help="Movement, people, camera and light. Same seed, same pixels.")]
Side = Annotated[str | None, typer.Option(help="The foot: left or right. Drawn from the seed when not given.")]
View = Annotated[str | None, typer.Option(help="The face that is seen: plantar (sole), dorsal, medial or lateral.")]
Setting = Annotated[str | None, typer.Option(help="Where the foot is: couch, stool, or self (on one's own knee).")]
Camera = Annotated[str | None, typer.Option(help="Where the camera stands: shoulder, side, above or phone.")]
Size = Annotated[str, typer.Option(help="Width x height in pixels, both even: 640x480, 1280x720.")]
Fps = Annotated[float, typer.Option(min=5, max=120, help="Frames a second.")]
Clean = Annotated[bool, typer.Option("--clean", help="A teaching picture: calm light, no flaws of a camera.")]
Missing = Annotated[
    list[str] | None, typer.Option("--without", help="What isn't there, though all else moves on: foot, left, right.")
]
Workers = Annotated[
    int | None, typer.Option(min=1, max=256, help="Processes of about 1.5 GB each; from cores and memory.")
]


@app.command()
@guarded
def render(
    out: Clip,
    technique: Technique = None,
    tempo: Tempo = None,
    seconds: Seconds = 12.0,
    seed: Seed = 1,
    zone: Zone = None,
    style: Style = None,
    hand: Hand = None,
    side: Side = None,
    view: View = None,
    setting: Setting = None,
    camera: Camera = None,
    size: Size = "640x480",
    fps: Fps = 30.0,
    clean: Clean = False,
    without: Missing = None,
) -> None:
    """Render a clip of one technique, or of a bare foot, with its truth beside it."""
    from trainer.studio.clip import mp4_name, render_clip

    stroke = _Stroke(technique, tempo, zone, style, hand)
    recipe = _recipe(
        stroke, seconds, seed, size, fps, side=side, view=view, setting=setting, camera=camera, clean=clean,
        missing=tuple(without or ()),
    )  # fmt: skip
    mp4_name(out)
    with_bar(out.name, lambda report: render_clip(recipe, out, report))


@app.command()
@guarded
def preview(
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture to write.")] = Path("preview.png"),
    technique: Technique = None,
    tempo: Tempo = None,
    seconds: Seconds = 12.0,
    seed: Seed = 1,
    zone: Zone = None,
    style: Style = None,
    hand: Hand = None,
    side: Side = None,
    view: View = None,
    setting: Setting = None,
    camera: Camera = None,
    size: Size = "640x480",
    clean: Clean = False,
    at: Annotated[
        float | None, typer.Option(min=0, help="Seconds into the clip; the stroke's middle if not given.")
    ] = None,
) -> None:
    """Render one still of what `render` would make."""
    import cv2

    from trainer.files import write_bytes
    from trainer.studio.clip import preview as still

    stroke = _Stroke(technique, tempo, zone, style, hand)
    recipe = _recipe(
        stroke, seconds, seed, size, 30.0, side=side, view=view, setting=setting, camera=camera, clean=clean
    )
    if out.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise TrainerError(f"Expected a picture's name like preview.png, but got '{out}'.")
    _, data = cv2.imencode(out.suffix, still(recipe, at))
    write_bytes(out, data.tobytes())
    tell([out])


@app.command()
@guarded
def dataset(
    clips: Annotated[int, typer.Option(min=1, help="How many clips; a larger set begins with the smaller one.")],
    split: Annotated[str, typer.Option(help="train, tune or test: none shares people, cameras or seeds with another.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the clips and their index.json.")],
    seconds: Annotated[float, typer.Option(min=4, max=600, help="How long each clip is.")] = 12.0,
    size: Size = "640x480",
    fps: Fps = 30.0,
    workers: Workers = None,
) -> None:
    """Render clips drawn at random over all techniques, people, settings and cameras; a second run goes on."""
    from trainer.studio.dataset import open_dataset
    from trainer.studio.draw import Frame

    width, height = _size(size)
    with_crew(open_dataset(out, split, clips, Frame(seconds, width, height, fps)), workers)


@app.command()
@guarded
def samples(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to render into.")] = Path("sample_videos"),
    only: Annotated[list[str] | None, typer.Option(help="Only this clip; may be given several times.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Make also those anew that stand and are the same.")] = False,
    size: Size = "1280x720",
    fps: Fps = 30.0,
    workers: Workers = None,
) -> None:
    """Render the sample clips: one of each technique, sessions, and a bare foot. Stopped, a second run goes on."""
    from trainer.studio.samples import ENCODING, open_samples, sample_recipes

    width, height = _size(size)
    with_crew(open_samples(out, sample_recipes(width, height, fps), only or (), again), workers, ENCODING)


@app.command()
@guarded
def truth(
    folder: Annotated[Path, typer.Argument(help="A folder of clips with its index.json.")],
    workers: Workers = None,
) -> None:
    """Add to the truth beside clips what it didn't tell yet when they were made; their pictures stay."""
    from trainer.studio.renewal import renewed, stale_clips

    told_of_crew(stale := stale_clips(folder), renewed(folder, stale, workers))


@app.command()
@guarded
def foot(
    out: Annotated[Path, typer.Option("--out", "-o", help="The model to write.")] = Path("models/foot_surface.npz"),
    people: Annotated[int, typer.Option(min=8, max=10_000, help="Made-up people of the split train.")] = 48,
) -> None:
    """Make the mean foot's surface and its shape modes anew, from made-up people (ten seconds each)."""
    from rich.progress import track

    from trainer.studio.foot_model import feet, write_model

    write_model(list(track(feet(people), "feet", people)), out)


@app.command()
@guarded
def session(
    script: Annotated[Path | None, typer.Argument(help="A script of your own (docs/studio.md says how).")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The clip to write, NAME.mp4.")] = None,
    name: Annotated[str | None, typer.Option("--script", help="A script that comes with the program.")] = None,
    list_scripts: Annotated[bool, typer.Option("--list", help="List the scripts that come with the program.")] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Other people, place and luck; without a script also other strokes.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=4, max=3600, help="How long, without a script.")] = None,
    side: Side = None,
    setting: Setting = None,
    camera: Camera = None,
    size: Annotated[
        str | None, typer.Option(help="Width x height in pixels, both even, instead of the script's.")
    ] = None,
    fps: Annotated[float | None, typer.Option(min=5, max=120, help="Frames a second, instead of the script's.")] = None,
    clean: Clean = False,
) -> None:
    """Render a session of several strokes: a script of yours, one of the program's, or one drawn at random."""
    from dataclasses import replace

    from trainer.studio.clip import mp4_name, render_clip
    from trainer.studio.draw import draw_session
    from trainer.studio.recipe import Recipe
    from trainer.studio.script import read_script, shipped_script, shipped_scripts

    if list_scripts:
        for known, about in shipped_scripts().items():
            print(f"{known:<12} {about}")
        return
    if out is None:
        raise TrainerError("Expected the clip to write, but got none: name it with -o NAME.mp4.")
    mp4_name(out)
    if (script is not None) + (name is not None) + (seconds is not None) != 1:
        raise TrainerError("Expected one of SCRIPT.toml, --script NAME and --seconds (for one drawn at random).")
    if script is not None:
        recipe = read_script(script)
    elif name is not None:
        recipe = shipped_script(name)
    else:
        seed = 1 if seed is None else seed
        recipe = Recipe(draw_session(seed, seconds or 0.0), seconds=seconds or 0.0)
    if seed is not None:
        recipe = replace(recipe, **_luck(seed))
    given: dict[str, Any] = {"side": side, "setting": setting, "camera": camera, "fps": fps, "clean": clean or None}
    if size is not None:
        given["width"], given["height"] = _size(size)
    recipe = replace(recipe, **{key: value for key, value in given.items() if value is not None})
    with_bar(out.name, lambda report: render_clip(recipe, out, report))


@app.command()
@guarded
def demonstrate(
    technique: Annotated[str, typer.Argument(help="What is shown (`trainer techniques` lists them).")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The film to write, NAME.mp4.")],
    tempo: Tempo = None,
    seconds: Seconds = 20.0,
    seed: Seed = 1,
    zone: Zone = None,
    style: Style = None,
    hand: Hand = None,
    side: Side = None,
    view: View = None,
    setting: Setting = None,
    camera: Camera = None,
    size: Size = "1280x720",
    fps: Fps = 30.0,
) -> None:
    """Render a teaching film of one technique: clean pictures, a caption, and the beat to see and to hear."""
    from trainer.studio.clip import mp4_name
    from trainer.studio.demonstrate import demonstration, scene_size, steady

    mp4_name(out)
    stroke = _Stroke(technique, tempo, zone, style, hand)
    width, height = _size(size)
    inner = "{}x{}".format(*scene_size(width, height))
    recipe = steady(
        _recipe(stroke, seconds, seed, inner, fps, side=side, view=view, setting=setting, camera=camera, clean=True)
    )
    with_bar(out.name, lambda report: [demonstration(recipe, out, width, report)])


@dataclass(frozen=True)
class _Stroke:
    technique: str | None
    tempo: float | None
    zone: str | None
    style: str | None
    hand: str | None


def _recipe(stroke: _Stroke, seconds: float, seed: int, size: str, fps: float, **place: Any) -> Recipe:
    """A recipe of one stroke; what isn't given (None) is the recipe's default or follows from the seed."""
    from trainer.studio.draw import fitted, seen_best
    from trainer.studio.recipe import Recipe
    from trainer.studio.script import single

    more = {key: value for key, value in vars(stroke).items() if key != "technique" and value is not None}
    script: tuple[Step, ...] = ()
    given = {key: value for key, value in place.items() if value is not None}
    if stroke.technique is not None:
        script = single(stroke.technique, seconds, **more)
        given.setdefault("view", seen_best(stroke.technique, stroke.zone, stroke.style))
        script = tuple(fitted(step, given["view"], seed) for step in script)
    elif more:
        raise TrainerError(f"Expected --technique with --{next(iter(more))}, but got none.")
    width, height = _size(size)
    return Recipe(script, seconds=seconds, width=width, height=height, fps=fps, **(_luck(seed) | given))


def _luck(seed: int) -> dict[str, Any]:
    """All that one seed decides."""
    return {
        "seed": seed, "camera_seed": seed, "stage_seed": seed, "practitioner": 1000 + seed, "client": 2000 + seed,
        "side": "left" if seed % 2 else "right",
    }  # fmt: skip


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,4})[x×](\d{1,4})", text.strip().lower())
    if found is None:
        raise TrainerError(f"Expected a size like 640x480, but got '{text}'.")
    return int(found[1]), int(found[2])
