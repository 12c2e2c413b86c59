"""Sessions as data: a TOML file with a recipe's fields on top and its steps below, checked line by line."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import fields, replace
from importlib import resources
from pathlib import Path
from typing import Any

from trainer.errors import FormatError, TrainerError
from trainer.studio.draw import fitted
from trainer.studio.people import TONES
from trainer.studio.recipe import REST, Recipe, Step

_STEP = {
    "technique": "a technique's id or \"rest\"", "seconds": "a number", "tempo": "a number", "hand": "a text",
    "zone": "a text", "style": "a text", "cv": "a number", "drift": "a number", "pauses": "a whole number",
    "rest": "a text",
}  # fmt: skip
_TEXT, _WHOLE, _NUMBER, _FLAG = "a text", "a whole number", "a number", "true or false"
_HEADER = {
    "seed": _WHOLE, "side": _TEXT, "view": _TEXT, "setting": _TEXT, "camera": _TEXT, "practitioner": _WHOLE,
    "client": _WHOLE, "practitioner_tone": _WHOLE, "client_tone": _WHOLE, "camera_seed": _WHOLE, "stage_seed": _WHOLE,
    "oil": _NUMBER, "clean": _FLAG, "width": _WHOLE, "height": _WHOLE, "fps": _NUMBER,
}  # fmt: skip
_OUTSIDE = {"name": _TEXT, "about": _TEXT, "step": "a list of [[step]] tables"}
_SHIPPED = "scripts"


def single(technique: str, seconds: float, **step: Any) -> tuple[Step, ...]:
    """One technique between a coming and a going."""
    come = min(1.3, seconds / 6)
    stroke = Step(technique, seconds - 2 * come, **step)
    return (Step(REST, come, rest="leave"), stroke, Step(REST, come, rest="leave"))


def shipped_scripts() -> dict[str, str]:
    """Names of the scripts that come with the program, and what each is."""
    found = sorted(f.name.removesuffix(".toml") for f in _folder().iterdir() if f.name.endswith(".toml"))
    return {name: str(tomllib.loads(_text(name)).get("about", "")) for name in found}


def shipped_script(name: str) -> Recipe:
    """A script that comes with the program."""
    known = shipped_scripts()
    if name not in known:
        raise TrainerError(f"Expected a script out of {', '.join(known)}, but got '{name}'.")
    return parse_script(_text(name), f"{name}.toml")


def read_script(path: Path) -> Recipe:
    """A script of the user's own. Raises FormatError naming file, line and what is allowed."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise FormatError(f"Expected a readable script at '{path}' ({reason}): check the path.") from error
    return parse_script(text, str(path))


def parse_script(text: str, where: str) -> Recipe:
    """A recipe from the TOML text of a script."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormatError(f"Expected TOML in '{where}', but {error}: mend that line.") from error
    lines = [n for n, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*step\s*\]\]", line)]
    _check(data, _HEADER | _OUTSIDE, where)
    steps = data.get("step", [])
    if not steps or not all(isinstance(s, dict) for s in steps):
        raise FormatError(f"Expected at least one [[step]] in '{where}', but there is none.")
    script = []
    for number, table in enumerate(steps, 1):
        line = f" (line {lines[number - 1]})" if len(lines) == len(steps) else ""
        script.append(
            _step(table, f"{where}: step {number}{line}", data.get("view", "plantar"), data.get("seed", 1) + number)
        )
    header = {key: value for key, value in data.items() if key in _HEADER}
    for key in ("practitioner_tone", "client_tone"):
        if header.get(key, 0) >= len(TONES):
            raise FormatError(f"{where}: {key}: expected 0 (lightest) to {len(TONES) - 1}, got {header[key]}.")
    try:
        recipe = Recipe(tuple(script), **header)
    except TrainerError as error:
        raise FormatError(f"{where}: {error}") from None
    return replace(recipe, seconds=sum(step.seconds for step in script))


def _step(table: dict[str, Any], where: str, view: str, seed: int) -> Step:
    _check(table, _STEP, where)
    missing = [key for key in ("technique", "seconds") if key not in table]
    if missing:
        raise FormatError(f"{where}: lacks {' and '.join(missing)}.")
    try:
        return fitted(Step(**table), view, seed)
    except TrainerError as error:
        raise FormatError(f"{where}: {error}") from None


def _check(table: dict[str, Any], known: dict[str, str], where: str) -> None:
    for key, value in table.items():
        if key not in known:
            close = difflib.get_close_matches(key, list(known), n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"use {', '.join(known)}."
            raise FormatError(f"{where}: unknown key '{key}': {hint}")
        if not _fits(value, known[key]):
            raise FormatError(f"{where}: {key}: expected {known[key]}, got {value!r}.")


def _fits(value: Any, wanted: str) -> bool:
    if wanted == _WHOLE:
        return type(value) is int and value >= 0
    if wanted == _NUMBER:
        return type(value) in (int, float) and abs(value) < 1e6
    if wanted == _FLAG:
        return type(value) is bool
    return isinstance(value, list) if wanted.startswith("a list") else isinstance(value, str)


def _folder() -> Any:
    return resources.files(__package__).joinpath(_SHIPPED)


def _text(name: str) -> str:
    return str(_folder().joinpath(f"{name}.toml").read_text("utf-8"))


assert set(_STEP) == {f.name for f in fields(Step)}
