"""Pictures for the report, kept while a session runs: few, small, and spread over its whole length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from trainer.model import Image, Stroke

KEPT = 48
"""Pictures held at most; when there are more, every second one goes and the spacing doubles."""
WIDTH = 960
"""Pictures are kept no wider than this: enough for a printed page."""


@dataclass(frozen=True)
class Still:
    """A picture of the overlay: JPEG bytes, and when it was."""

    time_s: float
    jpeg: bytes
    caption: str


class StillKeeper:
    """Offer it every picture; it keeps some, evenly spread, however long the session gets."""

    def __init__(self) -> None:
        self._spacing_s = 0.5
        self._kept: list[tuple[float, bytes]] = []

    def offer(self, time_s: float, picture: Image) -> None:
        """Keep ``picture`` (BGR) if the last one kept is long enough ago."""
        if self._kept and time_s - self._kept[-1][0] < self._spacing_s:
            return
        height, width = picture.shape[:2]
        if width > WIDTH:
            size = (WIDTH, round(height * WIDTH / width))
            picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 82])
        if done:
            self._kept.append((time_s, jpeg.tobytes()))
        if len(self._kept) > KEPT:
            self._kept = self._kept[::2]
            self._spacing_s *= 2

    def for_strokes(self, strokes: Sequence[Stroke], duration_s: float, count: int = 4) -> list[Still]:
        """Up to ``count`` stills, in order of time: of the longest strokes at their middle, else spread evenly."""
        longest = sorted(strokes, key=lambda s: s.end_s - s.start_s, reverse=True)
        different = list({s.technique: s for s in reversed(longest)}.values())[::-1]
        chosen = (different + [s for s in longest if s not in different])[:count]
        wanted = [((s.start_s + s.end_s) / 2, s.technique) for s in chosen]
        if not wanted:
            wanted = [(duration_s * (k + 0.5) / count, "") for k in range(count)]
        times = np.array([time_s for time_s, _ in self._kept])
        stills: dict[float, Still] = {}
        for middle_s, caption in wanted:
            if len(times):
                time_s, jpeg = self._kept[int(np.abs(times - middle_s).argmin())]
                stills.setdefault(time_s, Still(time_s, jpeg, caption))
        return [stills[time_s] for time_s in sorted(stills)]
