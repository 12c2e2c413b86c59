"""What decides a clip: the script of steps, the people, the setting, the camera and the luck of each.

Everything else is drawn from the recipe's seeds: the same recipe gives the same frames on the same library versions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from trainer.errors import TrainerError
from trainer.foot.atlas import SOLE_ZONES, TOP_ZONES
from trainer.strokes.techniques import load_techniques

SIDES = ("left", "right")
LIMBS = ("foot", *SIDES)
"""The foot with its leg, and the hands."""
VIEWS = ("plantar", "dorsal", "medial", "lateral")
RESTS = ("hover", "still", "move", "adjust", "oil", "leave")
SETTINGS = ("couch", "stool", "self")
CAMERAS = ("shoulder", "side", "above", "phone")
REST = "rest"


@dataclass(frozen=True)
class Step:
    """One line of a script: a technique or `rest`, for some seconds.

    tempo: cycles per minute, or None to draw one from the preset; hand: who leads where one hand leads; zone: the zone
    of the foot that is worked, or None for the technique's own way over the foot; style: a named way of doing the
    technique (`movements.STYLES`), or None to draw one; cv: coefficient of variation of the intervals, or None to draw
    a human one; drift: change of the tempo in per cent per minute, or None to draw one; pauses: how many times the
    hands stop for about a second without letting go; rest: what the hands do in a rest, out of `RESTS`.
    """

    technique: str
    seconds: float
    tempo: float | None = None
    hand: str | None = None
    zone: str | None = None
    style: str | None = None
    cv: float | None = None
    drift: float | None = None
    pauses: int = 0
    rest: str = "hover"

    def __post_init__(self) -> None:
        from trainer.studio.movements import MOVEMENTS, STYLES

        known = (REST, *MOVEMENTS)
        _one_of("a technique", self.technique, known)
        if self.seconds <= 0:
            raise TrainerError(f"Expected more than 0 seconds of {self.technique}, but got {self.seconds}.")
        if self.zone is not None:
            _one_of("a zone of the foot", self.zone, (*SOLE_ZONES, *TOP_ZONES))
        if self.hand is not None:
            _one_of("a hand", self.hand, SIDES)
        _one_of("a kind of rest", self.rest, RESTS)
        if self.technique == REST:
            return
        if self.style is not None:
            _one_of(f"a style of {self.technique}", self.style, STYLES[self.technique])
        if self.tempo is not None:
            low, high = tempo_limits(self.technique)
            if not low <= self.tempo <= high:
                raise TrainerError(
                    f"Expected a tempo of {self.technique} from {low:g} to {high:g} per minute (half to double its "
                    f"preset), but got {self.tempo:g}."
                )
        if self.cv is not None and not 0 <= self.cv <= 0.5:
            raise TrainerError(f"Expected a coefficient of variation from 0 to 0.5, but got {self.cv:g}.")


@lru_cache
def tempo_limits(technique: str) -> tuple[float, float]:
    """Cycles per minute that can be rendered: half to double the technique's presets, all sources together."""
    known = load_techniques()[technique]
    ranges = [p.rate_per_min for p in known.presets]
    if not ranges and known.hold_s is not None:
        shortest, longest = known.hold_s
        ranges = [(60 / longest, 60 / shortest)]
    return min(low for low, _ in ranges) / 2, max(high for _, high in ranges) * 2


@dataclass(frozen=True)
class Recipe:
    """All that decides a clip.

    script: the steps, or () for a bare foot of `seconds`. practitioner, client: people's seeds, with a skin tone index
    or None for the person's own. oil: 0..1 on everybody's skin, or None for each person's own. seed: movement;
    camera_seed, stage_seed: camera, and light, room and cloth. setting:
    where the foot is (`couch`: the client lies, toes up; `stool`: the client sits, the heel on a padded stool;
    `self`: somebody's own foot on the other knee, practitioner and client are one). camera: where the camera stands.
    view: the face of the foot that it sees. clean: a teaching picture, with calm light and no flaw of a camera.
    missing: which of LIMBS aren't there, though everything moves as if they were; such a clip shows no stroke.
    """

    script: tuple[Step, ...] = ()
    seconds: float = 10.0
    seed: int = 1
    side: str = "left"
    view: str = "plantar"
    setting: str = "couch"
    camera: str = "shoulder"
    practitioner: int = 1
    client: int = 2
    practitioner_tone: int | None = None
    client_tone: int | None = None
    oil: float | None = None
    camera_seed: int = 1
    stage_seed: int = 1
    clean: bool = False
    width: int = 640
    height: int = 480
    fps: float = 30.0
    missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for limb in self.missing:
            _one_of("a limb", limb, LIMBS)
        _one_of("a side", self.side, SIDES)
        _one_of("a view", self.view, VIEWS)
        _one_of("a setting", self.setting, SETTINGS)
        _one_of("a camera", self.camera, CAMERAS)
        if min(self.width, self.height) < 16 or self.width % 2 or self.height % 2:
            raise TrainerError(f"Expected an even width and height, but got {self.width}x{self.height}.")
        if (not self.script and self.seconds <= 0) or self.fps <= 0:
            raise TrainerError(f"Expected some seconds and frames, but got {self.seconds} s at {self.fps} fps.")


def _one_of(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise TrainerError(f"Expected {what} out of {', '.join(known)}, but got '{value}'.")
