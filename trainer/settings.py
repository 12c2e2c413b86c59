"""Every setting once: default, range and help, for the TOML file and the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trainer.errors import FormatError
from trainer.files import read_toml
from trainer.model import Side, View


class Settings(BaseModel):
    """How a session is watched. Read-only; ``provenance`` in the scorecard holds them all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Literal["full", "lite"] = Field(
        default="full", description="Hand landmark model: full, or lite for slow machines."
    )
    backend: str = Field(
        default="finder",
        description="Where hands come from: finder (the program's own), mediapipe (stock), or the name of a plug-in.",
    )
    recogniser: str = Field(default="learned", description="What names the strokes.")
    strokes_model: Path | None = Field(
        default=None, description="A network of your own for the recogniser (`trainer train --labels`)."
    )
    foot: Side | None = Field(default=None, description="Which foot is worked on; found when not given.")
    view: View | None = Field(
        default=None, description="The side of the foot that the camera sees; found when not given."
    )
    foot_length_mm: float | None = Field(
        default=None, ge=100, le=400, description="Length of the foot in mm; 250 is assumed when not given."
    )
    field_of_view_deg: float | None = Field(
        default=None, ge=10, le=150,
        description="The camera's field of view along the picture's longer side, in degrees; guessed when not given.",
    )
    max_side: int = Field(
        default=1280, ge=320, le=4096, description="Pictures are scaled down to this longer side, in pixels."
    )
    presets: Path | None = Field(default=None, description="A teacher's own technique presets (TOML).")
    wish: Path | None = Field(default=None, description="A teacher's own seconds for each zone (TOML).")
    cues: bool = Field(default=True, description="Give cues.")
    language: Literal["en", "de", "es"] = Field(default="en", description="Language of what is said to a learner.")
    theme: Literal["dark", "light"] = Field(
        default="dark", description="Look of what is drawn: dark panels, or light ones for a bright room."
    )
    scale: float = Field(
        default=1.0, ge=0.8, le=1.5,
        description="Size of the overlay's text and panels: above 1 to be read from farther away.",
    )
    words: Path | None = Field(default=None, description="A teacher's own texts, in part or whole (TOML).")


def read_settings(path: Path | None, **overrides: object) -> Settings:
    """Settings from a TOML file (if any), then the overrides that aren't None. Raises FormatError."""
    data: dict[str, object] = {}
    if path is not None:
        data = read_toml(path, "a settings file")
    data |= {key: value for key, value in overrides.items() if value is not None}
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = f"in '{path}'" if path is not None else "in the settings"
        name = ".".join(str(part) for part in first["loc"])
        known = ", ".join(Settings.model_fields)
        hint = f" Known settings: {known}." if first["type"] == "extra_forbidden" else ""
        raise FormatError(f"{where}: '{name}' is {first['input']!r}: {first['msg']}.{hint}") from error
