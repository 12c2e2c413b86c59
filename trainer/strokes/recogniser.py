"""The seam between touch and strokes: what a recogniser is, and which ones there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from trainer.errors import TrainerError
from trainer.model import Judgement, Touch


class Recogniser(Protocol):
    """Takes touches in order of time and says, at each, what is being done. Causal: no look ahead.

    ``lag_s``: how late its labels change, typically. ``knows_hands``: whether it tells hands at work from those that
    steady the foot.
    """

    name: str
    lag_s: float
    knows_hands: bool

    def update(self, touch: Touch) -> Judgement: ...

    @property
    def provenance(self) -> dict[str, Any]: ...


def _rules() -> Recogniser:
    from trainer.strokes.rules import RuleRecogniser

    return RuleRecogniser()


RECOGNISERS: dict[str, Callable[[], Recogniser]] = {"rules": _rules}
"""Name → factory. A plug-in adds its own."""


def open_recogniser(name: str = "rules") -> Recogniser:
    """A fresh recogniser. Raises TrainerError naming the known ones when there is none of that name."""
    factory = RECOGNISERS.get(name)
    if factory is None:
        known = ", ".join(sorted(RECOGNISERS))
        raise TrainerError(f"Expected a recogniser out of {known}, got '{name}': choose one of these.")
    return factory()
