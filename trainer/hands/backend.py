"""Where hands come from: the protocol of a landmarker, and the registry of those there are.

A backend looks at one frame after the other and says which hands it believes to see. A trusted one knows which hand is
which; what others say `StockHands` makes sense of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from trainer.errors import FormatError
from trainer.finding import Sighting
from trainer.model import Data, Frame


@runtime_checkable
class HandBackend(Protocol):
    """A source of hand detections.

    ``name`` is its name in the registry. ``trusted`` says that what it reports are working hands with their right side,
    already calmed (followed, recorded or true), so that only gaps are bridged after it. ``finds`` says that it brings
    findings of its own. ``provenance`` is plain data for the scorecard: what made the detections, with versions and
    hashes.
    """

    name: str
    trusted: bool
    finds: bool

    @property
    def provenance(self) -> Data: ...

    def look(self, frame: Frame) -> Sighting:
        """What it sees in a frame. Frames come in order of time; each is asked for once."""
        ...

    def close(self) -> None:
        """Frees what the backend holds. Safe to call twice."""
        ...


Factory = Callable[..., HandBackend]


def _mediapipe(**options: Any) -> HandBackend:
    from trainer.hands.landmarker import MediaPipeBackend

    return MediaPipeBackend(**options)


def _finder(**options: Any) -> HandBackend:
    from trainer.hands.finder_backend import FinderBackend

    return FinderBackend(**options)


def _recorded(**options: Any) -> HandBackend:
    from trainer.hands.recorded import RecordedBackend

    return RecordedBackend(**options)


def _truth(**options: Any) -> HandBackend:
    from trainer.hands.truth import TruthBackend

    return TruthBackend(**options)


BACKENDS: dict[str, Factory] = {
    "finder": _finder, "mediapipe": _mediapipe, "recorded": _recorded, "truth": _truth
}  # fmt: skip
"""Name to factory. A plug-in adds its own with ``register_backend``."""

DESCRIPTIONS: dict[str, str] = {
    "finder": "the program's own eye: its finder, and MediaPipe's landmarks on what that finds (model=full|lite)",
    "mediapipe": "stock MediaPipe HandLandmarker on the pixels (model=full|lite)",
    "recorded": "the hands of an earlier run, from its tracks.parquet (path=…)",
    "truth": "the true hands beside a clip, from its NAME.truth.npz (path=…)",
}


def register_backend(name: str, factory: Factory, description: str) -> None:
    """Adds a landmarker under a new name. Raises ValueError when the name is taken."""
    if name in BACKENDS:
        raise ValueError(f"Expected a new backend name, but {name!r} is taken")
    BACKENDS[name] = factory
    DESCRIPTIONS[name] = description


def list_backends() -> tuple[tuple[str, str], ...]:
    """(name, description) of every landmarker."""
    return tuple((name, DESCRIPTIONS[name]) for name in BACKENDS)


def open_backend(name: str, **options: Any) -> HandBackend:
    """Opens the landmarker of that name.

    Options: ``finder`` takes model, folder, finder; ``mediapipe`` model, num_hands, folder;
    ``recorded`` and ``truth`` take path.
    Raises FormatError for an unknown name, and what the backend itself raises (ModelFileError, FormatError).
    """
    try:
        factory = BACKENDS[name]
    except KeyError:
        raise FormatError(
            f"Expected a hand backend out of {', '.join(BACKENDS)}, but got {name!r}: choose one of these."
        ) from None
    return factory(**options)
