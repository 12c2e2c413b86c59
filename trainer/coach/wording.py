"""The coach's words: a data file that a teacher can edit."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from trainer.errors import FormatError

KINDS = (
    "care", "foot_unseen", "hand_unseen", "thumb_hyperextended", "wrist_bent", "slower", "faster", "steadier",
    "zone_untouched", "good_rhythm",
)  # fmt: skip


@dataclass(frozen=True)
class Wording:
    """Texts by kind of cue, and the spoken names of hands and zones."""

    text: dict[str, str]
    hands: dict[str, str]
    zones: dict[str, str]

    def say(self, kind: str, **values: object) -> str:
        return self.text[kind].format(**values)


@cache
def load_wording(path: Path | None = None) -> Wording:
    """The shipped wording, or a teacher's file of the same form. Raises FormatError naming file and key."""
    source = path or files("trainer.coach").joinpath("cues.toml")
    try:
        data = tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"Expected a wording file (TOML) at '{source}', but {error}.") from error
    tables = {name: data.get(name, {}) for name in ("text", "hands", "zones")}
    missing = [kind for kind in KINDS if not isinstance(tables["text"].get(kind), str)]
    if missing:
        raise FormatError(f"'{source}': expected a text for every cue, but [text] lacks: {', '.join(missing)}.")
    return Wording(**tables)
