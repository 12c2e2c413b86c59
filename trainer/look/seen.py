"""What is seen in one picture, be it a photograph or a frame of a video."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.model import Floats, Moment, Presence, Side, View


@dataclass(frozen=True, eq=False)
class SeenHand:
    """A working hand. ``score`` in 0–1 that there is one; ``visible`` in 0–1 how much of it is seen, NaN where nobody
    has asked; ``landmarks_px`` (21, 2); ``bridged``: not seen in this very frame, but a moment before and after."""

    side: Side
    score: float
    visible: float
    landmarks_px: Floats
    bridged: bool = False


@dataclass(frozen=True, eq=False)
class SeenFoot:
    """A foot. ``score`` in 0–1 that there is one; ``side_score`` and ``view_score`` of side and view, NaN where nobody
    has asked; ``worked``: it is the one that is massaged; ``landmarks_px`` (14, 2), NaN where not known;
    ``confidence`` (14,) in 0–1; ``bridged`` as of a hand."""

    side: Side
    view: View
    score: float
    side_score: float
    view_score: float
    worked: bool
    landmarks_px: Floats
    confidence: Floats
    bridged: bool = False


@dataclass(frozen=True, eq=False)
class Seen:
    """Everything in one picture: the hands, at most one of a side, and the feet, the worked one first."""

    hands: tuple[SeenHand, ...] = ()
    feet: tuple[SeenFoot, ...] = ()


def seen_in(moment: Moment) -> Seen:
    """What the pipeline holds true at one instant."""
    hands = tuple(
        SeenHand(h.side, h.score, np.nan, h.landmarks_px, h.presence is Presence.BRIDGED)
        for h in moment.hands
        if h.seen
    )
    foot = moment.foot
    if not foot.seen:
        return Seen(hands)
    known = np.isfinite(foot.landmarks_px).all(axis=1)
    score = float(foot.confidence[known].mean()) if known.any() else np.nan
    bridged = foot.presence is Presence.BRIDGED
    worked = SeenFoot(
        foot.side, foot.view, score, np.nan, np.nan, True, foot.landmarks_px, foot.confidence, bridged
    )  # fmt: skip
    return Seen(hands, (worked,))
