"""A teaching film of one technique: a clean picture, beside it what to do, and a beat to see and to hear."""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from trainer.errors import TrainerError
from trainer.files import make_folder, write_error
from trainer.strokes.techniques import load_techniques
from trainer.studio.beat_panel import BeatPanel
from trainer.studio.clip import Encoding, Progress, staged
from trainer.studio.recipe import REST, Recipe
from trainer.video.writer import VideoWriter

ENCODING = Encoding(crf=20, preset="medium")
RATE = 48_000
_PANEL_SHARE = 0.32
_LEAST_WIDTH, _LEAST_HEIGHT = 640, 360
_CLICK_S, _CLICK_HZ = 0.05, 1_400.0


def scene_size(width: int, height: int) -> tuple[int, int]:
    """The part of a film's picture that shows the hands; the caption has the rest, so that nothing covers the foot."""
    if width < _LEAST_WIDTH or height < _LEAST_HEIGHT:
        raise TrainerError(
            f"Expected at least {_LEAST_WIDTH}x{_LEAST_HEIGHT} to read a caption, but got {width}x{height}."
        )
    return width - 2 * round(width * _PANEL_SHARE / 2), height


def steady(recipe: Recipe) -> Recipe:
    """The same with an even beat: a teacher shows the tempo itself."""
    script = tuple(
        step if step.technique == REST else replace(step, cv=0.0, drift=0.0, pauses=0) for step in recipe.script
    )
    return replace(recipe, script=script)


def demonstration(recipe: Recipe, out: Path, width: int, progress: Progress | None = None) -> Path:
    """Write the film of a recipe (`scene_size` wide) to `out`, with a panel to its right up to `width`.

    Clicks and pulses are at the very instants that a truth file would give as `cycles_s`. Raises TrainerError.
    """
    make_folder(out.parent)
    with staged(recipe) as (scene, played), tempfile.TemporaryDirectory() as folder:
        (stroke,) = played.strokes
        beat = stroke.movement.beat
        sound = Path(folder) / "clicks.wav"
        try:
            write_clicks(sound, beat.instants, played.seconds)
        except OSError as error:
            raise write_error(sound, error) from error
        technique = load_techniques()[stroke.technique]
        panel = BeatPanel(technique, width - recipe.width, recipe.height, beat.instants, beat.rate_per_min)
        total = round(played.seconds * recipe.fps)
        with VideoWriter(
            out, width, recipe.height, audio_from=sound, crf=ENCODING.crf, preset=ENCODING.preset
        ) as writer:
            for done, moment in enumerate(played.moments(recipe.fps), start=1):
                picture = np.concatenate([scene.draw(moment), panel.at(moment.time_s)], axis=1)
                writer.write(picture, moment.time_s)
                if progress is not None:
                    progress(done, total)
    return out


def write_clicks(path: Path, instants_s: Sequence[float] | np.ndarray, seconds: float) -> None:
    """A WAV file (48 kHz, mono) with a short wooden click that begins at each instant."""
    sound = np.zeros(round(seconds * RATE), np.float32)
    t = np.arange(round(_CLICK_S * RATE)) / RATE
    click = np.exp(-t / 0.009) * (np.sin(2 * np.pi * _CLICK_HZ * t) + 0.4 * np.sin(2 * np.pi * 2.7 * _CLICK_HZ * t))
    for instant in instants_s:
        start = round(float(instant) * RATE)
        piece = click[: max(len(sound) - start, 0)]
        sound[start : start + len(piece)] += 0.5 * piece
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
