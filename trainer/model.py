"""The nouns of the program. All are frozen; nothing here computes more than a property.

Frames of reference used throughout:

- *px*: image pixels, x to the right, y down, origin at the centre of the top-left pixel, of the unmirrored frame.
- *uv*: a foot map. ``u`` runs 0 at the back of the heel to 1 at the tip of the longest toe, ``v`` 0 at the
  medial (big-toe) border to 1 at the lateral border, at the foot's greatest width. On the side views
  (``medial``, ``lateral``) ``v`` is the height, 0 at the sole to 1 at the instep.
- *world_m*: metres, MediaPipe's hand-centred frame (x right, y down, z away from the camera).

Times are seconds of presentation time. Missing is NaN or None, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from trainer.coach.practice import Lesson

Floats = NDArray[np.float64]
Image = NDArray[np.uint8]

Side = Literal["left", "right"]
View = Literal["plantar", "dorsal", "medial", "lateral"]
SIDES: tuple[Side, Side] = ("left", "right")
VIEWS: tuple[View, ...] = ("plantar", "dorsal", "medial", "lateral")

HAND_LANDMARKS = (
    "wrist",
    "thumb_cmc", "thumb_mcp", "thumb_ip", "thumb_tip",
    "index_mcp", "index_pip", "index_dip", "index_tip",
    "middle_mcp", "middle_pip", "middle_dip", "middle_tip",
    "ring_mcp", "ring_pip", "ring_dip", "ring_tip",
    "pinky_mcp", "pinky_pip", "pinky_dip", "pinky_tip",
)  # fmt: skip

FOOT_LANDMARKS = (
    "heel_back", "heel_medial", "heel_lateral", "arch_medial", "tuberosity_lateral", "ball_medial", "ball_lateral",
    "hallux_tip", "toe2_tip", "toe3_tip", "toe4_tip", "toe5_tip", "ankle_medial", "ankle_lateral",
)  # fmt: skip


class Presence(StrEnum):
    """How a hand or foot at one instant is known."""

    MEASURED = "measured"
    """Seen in this very frame."""
    BRIDGED = "bridged"
    """Not seen here; a short gap filled by its motion."""
    UNKNOWN = "unknown"
    """Not seen. Its numbers are NaN."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a video. ``image`` is (H, W, 3) uint8 BGR, upright, never mirrored."""

    image: Image
    time_s: float
    index: int

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.image.shape[1], self.image.shape[0]


@dataclass(frozen=True, eq=False)
class Detection:
    """A hand as a landmarker backend reports it in one frame, before any tracking.

    ``side`` is the backend's own guess, ``landmarks_px`` is (21, 2), ``world_m`` is (21, 3) (NaN if the backend
    has none), ``score`` is in 0–1.
    """

    side: Side
    score: float
    landmarks_px: Floats
    world_m: Floats


@dataclass(frozen=True, eq=False)
class Hand:
    """One of the practitioner's hands at one instant. ``landmarks_px`` (21, 2) and ``world_m`` (21, 3) are smoothed."""

    side: Side
    presence: Presence
    landmarks_px: Floats
    world_m: Floats
    score: float

    @property
    def seen(self) -> bool:
        return self.presence is not Presence.UNKNOWN

    @classmethod
    def unknown(cls, side: Side) -> Hand:
        return cls(side, Presence.UNKNOWN, np.full((21, 2), np.nan), np.full((21, 3), np.nan), float("nan"))


Hands = tuple[Hand, Hand]
"""Always (left, right) of the practitioner; a hand that isn't seen is there with presence *unknown*."""


@dataclass(frozen=True, eq=False)
class FootPose:
    """Where a foot is in space before the camera, in foot lengths, and how it is shaped.

    rotation (3, 3) and shift (3,) take the foot's frame (`foot.surface`; a right foot is the mirror image of a left
    one) to the camera's: x right, y down, z into the picture. shape (K,) standard deviations of the model's modes.
    focal_px and centre_px (2,) are of the camera, a guess unless given. spread (14,): how far off each landmark is
    to be expected, in foot lengths (one standard deviation).
    """

    rotation: Floats
    shift: Floats
    shape: Floats
    focal_px: float
    centre_px: Floats
    spread: Floats


@dataclass(frozen=True, eq=False)
class Foot:
    """The worked foot at one instant.

    ``landmarks_px`` is (14, 2) in FOOT_LANDMARKS order (NaN where not known), ``confidence`` (14,) in 0–1,
    ``px_from_uv`` the (3, 3) homography that takes (u, v, 1) to pixels, ``motion_px`` (2,) the foot's own
    displacement of its centre since the previous frame. All NaN when ``presence`` is *unknown*.
    ``length_mm`` is the foot's length as given, or the default; ``length_given`` says which. ``pose`` is where it is in
    space, None where that can't be told.
    """

    side: Side
    view: View
    presence: Presence
    landmarks_px: Floats
    confidence: Floats
    px_from_uv: Floats
    motion_px: Floats
    length_mm: float = 250.0
    length_given: bool = False
    pose: FootPose | None = None

    @property
    def seen(self) -> bool:
        return self.presence is not Presence.UNKNOWN

    @classmethod
    def unknown(
        cls, side: Side = "left", view: View = "plantar", length_mm: float = 250.0, length_given: bool = False
    ) -> Foot:
        nan = np.nan
        return cls(
            side, view, Presence.UNKNOWN, np.full((14, 2), nan), np.full(14, nan), np.full((3, 3), nan),
            np.full(2, nan), length_mm, length_given,
        )  # fmt: skip


FACES: tuple[View, View] = ("plantar", "dorsal")
"""The sole and the top, each of which has a map."""


@dataclass(frozen=True, eq=False)
class SkinPlaces:
    """N places on a foot's skin beneath pixels px (N, 2): xyz (N, 3) in foot lengths in the foot's frame
    (`foot.surface`), uv (N, 2) on the map of face (N,) (a number in FACES, -1 on the narrow border between them),
    off (N,) how far from the foot in the picture, in foot lengths. NaN where nothing was asked.
    """

    px: Floats
    xyz: Floats
    uv: Floats
    face: NDArray[np.int64]
    off: Floats

    def part(self, which: slice) -> SkinPlaces:
        """Some of the places."""
        return SkinPlaces(self.px[which], self.xyz[which], self.uv[which], self.face[which], self.off[which])


@dataclass(frozen=True, eq=False)
class HandTouch:
    """One hand in the foot's coordinates at one instant.

    ``mm`` is (21, 2): landmarks in the foot's plane in millimetres, x along u, y along v (so that lengths and speeds
    are true), NaN when hand or foot is unknown. ``uv`` is the same in map units. ``near`` (21,) bool: the landmark
    lies over the foot (a camera has no depth: *plausibly* in contact, never certainly). ``skin`` are the places of the
    foot's skin beneath the landmarks; None where the foot's pose isn't known.
    """

    side: Side
    presence: Presence
    mm: Floats
    uv: Floats
    near: NDArray[np.bool_]
    skin: SkinPlaces | None = None


@dataclass(frozen=True, eq=False)
class Touch:
    """What both hands do in the foot's coordinates at one instant. ``hands`` is (left, right)."""

    time_s: float
    hands: tuple[HandTouch, HandTouch]
    foot: Foot
    world_m: tuple[Floats, Floats]


@dataclass(frozen=True, eq=False)
class Contact:
    """What one hand plausibly touches: cells (2, 64, 32) bool of the maps in FACES, and their middle uv (2,) on the map
    of ``face`` (a number in FACES), on which most of them lie."""

    side: Side
    uv: Floats
    face: int
    cells: NDArray[np.bool_]


@dataclass(frozen=True)
class Judgement:
    """What the recogniser holds true at one instant.

    ``technique`` is an id of STROKES.md, ``"rest"``, or None: not sure. ``confidence`` in 0–1 is of the technique
    named, or of the best candidate when not sure. ``new_cycles_s`` are cycle instants found since the last judgement,
    as (time_s, side) pairs; they may lie a little in the past.
    """

    time_s: float
    technique: str | None
    confidence: float
    hands: tuple[Side, ...]
    new_cycles_s: tuple[tuple[float, Side], ...] = ()


@dataclass(frozen=True)
class Stroke:
    """A machine's stretch of one technique. ``cycles_s`` with ``cycle_sides`` are the stamped repetitions."""

    technique: str
    start_s: float
    end_s: float
    hands: tuple[Side, ...]
    confidence: float
    cycles_s: tuple[float, ...] = ()
    cycle_sides: tuple[Side, ...] = ()


@dataclass(frozen=True)
class Label:
    """A person's stretch of one technique: an instructor's word, or footage's truth."""

    technique: str
    start_s: float
    end_s: float
    hands: tuple[Side, ...]
    cycles_s: tuple[float, ...] = ()
    author: str = "truth"


@dataclass(frozen=True)
class PostureFinding:
    """A joint of the practitioner held badly for a while. ``kind``: ``thumb_hyperextended`` or ``wrist_bent``."""

    kind: str
    hand: Side
    start_s: float
    end_s: float
    worst_deg: float


@dataclass(frozen=True)
class Cue:
    """One thing said to the learner. ``kind`` names the rule that spoke, ``text`` says what to do next, ``why`` what it
    was said for."""

    time_s: float
    kind: str
    text: str
    why: str = ""


Data = dict[str, Any]
"""Plain data on its way to or from JSON."""


@dataclass(frozen=True, eq=False)
class Coverage:
    """Where the working hands were on one face of one foot, fixed to the foot.

    ``view`` names the face, one of FACES. ``grid_seconds`` (64, 32) seconds of plausible contact per cell (axis 0 = u
    heel→toe, axis 1 = v medial→lateral; NaN off the foot's outline); ``grid_unseen_s`` (64, 32) seconds in which a
    place or the hands could not be seen; ``grid_passes`` (64, 32) how often a place was touched anew; ``zone_seconds``
    maps each zone of the face to seconds in which it was touched, ``technique_zone_seconds`` the same by technique;
    ``visits`` are (zone, start_s, end_s) of the zones worked, in their order; ``watched_s`` is the time in which this
    foot and the hands over it were seen, ``unseen_s`` the time in which they were not.
    """

    view: View
    grid_seconds: Floats
    grid_unseen_s: Floats
    zone_seconds: dict[str, float]
    watched_s: float
    unseen_s: float
    side: Side = "left"
    grid_passes: Floats = field(default_factory=lambda: np.full((64, 32), np.nan))
    technique_zone_seconds: dict[str, dict[str, float]] = field(default_factory=dict)
    visits: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True)
class Rhythm:
    """Rhythm of all stretches of one technique (STROKES.md § 2). Each number is NaN where it can't be known.

    ``rate_per_min`` cycles a minute; ``interval_cv`` coefficient of variation of the inter-cycle intervals;
    ``drift_pct_per_min`` change of the rate in per cent per minute; ``in_range_share`` share of intervals inside the
    technique's preset; ``left_right_balance`` left cycles' share of all (0.5 = even); ``pauses`` counts intervals
    longer than twice the median.
    """

    technique: str
    cycles: int
    rate_per_min: float
    interval_cv: float
    drift_pct_per_min: float
    in_range_share: float
    left_right_balance: float
    pauses: int


@dataclass(frozen=True, eq=False)
class Moment:
    """Everything the pipeline knows at one instant; the overlay draws exactly this. ``next_zone`` of the map that
    ``coverage`` is should be worked next; None when all have been. ``lesson``: where the practice stands."""

    frame: Frame
    hands: Hands
    foot: Foot
    touch: Touch
    judgement: Judgement
    rate_per_min: float
    recent_cycles_s: tuple[float, ...]
    coverage: Coverage
    posture: tuple[PostureFinding, ...]
    cue: Cue | None
    contacts: tuple[Contact, ...] = ()
    next_zone: str | None = None
    lesson: Lesson | None = None
