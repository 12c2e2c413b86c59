"""Touches out of tracks: what a recogniser looked at, again."""

from __future__ import annotations

from trainer.foot import atlas
from trainer.model import SIDES, HandTouch, Presence, Touch
from trainer.score.tracks import Tracks


def touches_of(tracks: Tracks) -> list[Touch]:
    """The touch of every frame, as far as a recogniser looks at it (no skin)."""
    out = []
    for i in range(len(tracks)):
        foot = tracks.foot(i)
        hands = []
        for k, side in enumerate(SIDES):
            uv = tracks.touch_uv[i, k].astype(float)
            mm = uv * atlas.mm_from_uv(foot.view, foot.length_mm)
            hands.append(HandTouch(side, Presence(tracks.hand_presence[i, k]), mm, uv, tracks.touch_near[i, k]))
        world = tracks.hand_world_m[i].astype(float)
        out.append(Touch(float(tracks.time_s[i]), (hands[0], hands[1]), foot, (world[0], world[1])))
    return out
