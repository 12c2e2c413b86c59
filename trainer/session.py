"""What a session came to: the pipeline's answer, from which scorecards are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trainer.coach.wish import Wish
from trainer.model import Coverage, Cue, Foot, PostureFinding, Rhythm, Stroke

UnseenSpan = tuple[float, float, Literal["foot", "hands", "both"]]


@dataclass(frozen=True, eq=False)
class Session:
    """All that was found in a session. Times are seconds of presentation time.

    ``foot`` is the foot as last seen (or unknown); ``frames_with_hand`` counts frames in which at least one working
    hand was seen; ``unseen`` are (start_s, end_s, what) in which the foot, or a hand that was over it, could not be
    seen; ``not_sure`` are (start_s, end_s) in which the recogniser abstained; ``coverage`` are the maps of all feet and
    faces worked, the last in view first; ``wish`` is what was wished for each zone;
    ``refined`` are the strokes looked back upon (names and bounds only), None where nobody looked back.
    """

    duration_s: float
    frames: int
    frames_with_hand: int
    frames_with_foot: int
    foot: Foot | None
    foot_unseen_s: float
    unseen: tuple[UnseenSpan, ...]
    not_sure: tuple[tuple[float, float], ...]
    strokes: tuple[Stroke, ...]
    rhythms: tuple[Rhythm, ...]
    coverage: tuple[Coverage, ...]
    posture: tuple[PostureFinding, ...]
    cues: tuple[Cue, ...]
    wish: Wish
    refined: tuple[Stroke, ...] | None = None

    @property
    def unseen_s(self) -> float:
        """Seconds in which something that matters could not be seen."""
        return float(sum(end - start for start, end, _ in self.unseen))
