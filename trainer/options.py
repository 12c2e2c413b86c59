"""Options that several commands share: each is declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from trainer.settings import Settings


def setting(name: str, *flags: str) -> Any:
    """A command-line option for one setting; its help is the setting's own."""
    return typer.Option(*(flags or (f"--{name.replace('_', '-')}",)), help=Settings.model_fields[name].description)


SettingsFile = Annotated[Path | None, typer.Option("--settings", help="A TOML file with settings.")]
Model = Annotated[str | None, setting("model")]
Foot = Annotated[str | None, setting("foot")]
View = Annotated[str | None, setting("view")]
FootLength = Annotated[float | None, setting("foot_length_mm", "--foot-length")]
Presets = Annotated[Path | None, setting("presets")]
FieldOfView = Annotated[float | None, setting("field_of_view_deg", "--field-of-view")]
Wish = Annotated[Path | None, setting("wish")]
Language = Annotated[str | None, setting("language")]
OwnWords = Annotated[Path | None, setting("words")]
LibraryFolder = Annotated[
    Path | None, typer.Option("--library", help="Folder of the sessions that are kept, if not the user's own.")
]
StrokesModel = Annotated[Path | None, setting("strokes_model")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines, nothing else.")]
