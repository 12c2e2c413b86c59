"""The seam between touch and strokes: what a recogniser is, and which ones there are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from trainer.errors import TrainerError
from trainer.model import Judgement, Stroke, Touch


class Recogniser(Protocol):
    """Takes touches in order of time and says, at each, what is being done. Causal: no look ahead.

    ``lag_s``: how late its labels change, typically.
    """

    name: str
    lag_s: float

    @property
    def techniques(self) -> tuple[str, ...]:
        """What it can name."""
        ...

    def update(self, touch: Touch) -> Judgement: ...

    def refined(self) -> tuple[Stroke, ...] | None:
        """The strokes so far, looked back upon, names and bounds only; None where it doesn't look back."""
        ...

    @property
    def provenance(self) -> dict[str, Any]: ...


def _learned(model: Path | None) -> Recogniser:
    from trainer.strokes.learned import LearnedRecogniser

    return LearnedRecogniser(model)


RECOGNISERS: dict[str, Callable[[Path | None], Recogniser]] = {"learned": _learned}
"""Name → factory, which takes the file of a network instead of the shipped one. A plug-in adds its own."""


def open_recogniser(name: str = "learned", model: Path | None = None) -> Recogniser:
    """A fresh recogniser. Raises TrainerError naming the known ones when there is none of that name, and ModelFileError
    for a network that isn't sound."""
    factory = RECOGNISERS.get(name)
    if factory is None:
        known = ", ".join(sorted(RECOGNISERS))
        raise TrainerError(f"Expected a recogniser out of {known}, got '{name}': choose one of these.")
    return factory(model)
