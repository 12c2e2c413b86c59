"""The commands for those who review: `trainer review`, `export` and `labels`, as the command line declares them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trainer.commands.guard import guarded
from trainer.errors import TrainerError
from trainer.options import Json, Language, LibraryFolder, OwnWords, Presets
from trainer.settings import read_settings


@guarded
def export(
    session: Annotated[Path, typer.Argument(help="A session's folder (scored, or kept by live).")],
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write: .eaf (ELAN), .vtt, .csv or .json.")],
    presets: Presets = None,
) -> None:
    """Write a session's strokes, labels and cues for another program."""
    from trainer.commands.exchange import export as write

    write(session, out, presets)


@guarded
def labels(
    session: Annotated[Path, typer.Argument(help="A session's folder (scored, or kept by live).")],
    source: Annotated[Path | None, typer.Option("--from", help="Take labels over from this .eaf or .csv file.")] = None,
    tier: Annotated[str | None, typer.Option(help="The tier of an .eaf file that holds them.")] = None,
    json_out: Json = False,
    presets: Presets = None,
) -> None:
    """Take an instructor's labels of a session over, and say how far the machine agrees with them."""
    from trainer.commands.exchange import compare, import_labels

    if source is not None:
        import_labels(session, source, tier, presets, as_json=json_out)
    else:
        compare(session, as_json=json_out)


@guarded
def review(
    folders: Annotated[
        list[Path] | None, typer.Argument(metavar="[FOLDER…]", help="Scored sessions to show beside those kept.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8765,
    library: LibraryFolder = None,
    database: Annotated[
        str | None, typer.Option(help="Labels and comments go to this database (an SQLAlchemy URL).")
    ] = None,
    rubric: Annotated[Path | None, typer.Option(help="A school's own rubric (TOML).")] = None,
    lan: Annotated[bool, typer.Option("--lan", help="Serve a class in one room: all sign in, over TLS.")] = False,
    certificate: Annotated[Path | None, typer.Option(help="A school's own certificate (PEM), with --lan.")] = None,
    key: Annotated[Path | None, typer.Option(help="The certificate's key (PEM).")] = None,
    language: Language = None,
    words: OwnWords = None,
    presets: Presets = None,
) -> None:
    """Look at sessions in the browser: step, loop, label, comment; on this machine only, or with --lan in a class."""
    from trainer.commands.review import open_room

    if (certificate is None) != (key is None) or (certificate is not None and not lan):
        raise TrainerError("Expected --certificate and --key together, and with --lan.")
    own = (certificate, key) if certificate is not None and key is not None else None
    settings = read_settings(None, language=language, words=words, presets=presets)
    open_room(
        folders or [], settings, port=port, library=library, database=database, rubric=rubric, lan=lan, certificate=own
    )
