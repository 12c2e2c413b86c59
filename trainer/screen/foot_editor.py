"""Marking the foot by hand: a state machine of clicks and drags, without any window.

A few landmarks are asked for in a fixed order. From the second one on the foot's map can be fitted, and every other
landmark is shown where the map puts it; dragging one of those makes it the person's own, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from trainer.errors import TrainerError
from trainer.foot import atlas
from trainer.foot.geometry import contradicts_side, fit_px_from_uv, to_px
from trainer.foot.given import GivenFoot
from trainer.model import FOOT_LANDMARKS, VIEWS, Floats, Foot, Side, View

GUIDED: dict[View, tuple[str, ...]] = {
    "plantar": ("heel_back", "hallux_tip", "ball_medial", "ball_lateral"),
    "dorsal": ("heel_back", "hallux_tip", "ball_medial", "ball_lateral"),
    "medial": ("heel_back", "hallux_tip", "ball_medial", "ankle_medial"),
    "lateral": ("heel_back", "toe5_tip", "ball_lateral", "ankle_lateral"),
}
"""The landmarks asked for, in order: those that are easiest to find and lie farthest apart."""

_HISTORY = 100


def _nothing() -> Floats:
    return np.full((14, 2), np.nan)


@dataclass(frozen=True, eq=False)
class FootEditor:
    """The state of marking. ``points`` (14, 2) are the person's own landmarks in frame pixels, NaN where not set;
    ``size`` is the frame's (width, height); ``held`` is the index of the landmark being dragged, or None."""

    size: tuple[int, int]
    side: Side = "left"
    view: View = "plantar"
    length_mm: float | None = None
    points: Floats = field(default_factory=_nothing)
    held: int | None = None
    past: tuple[Floats, ...] = ()

    @classmethod
    def of(cls, foot: Foot, size: tuple[int, int]) -> FootEditor:
        """Begin with what is known of the foot: its guided landmarks when it is seen, else nothing."""
        length = foot.length_mm if foot.length_given else None
        editor = cls(size, foot.side, foot.view, length)
        return replace(editor, points=editor._guided_on(foot.px_from_uv)) if foot.seen else editor

    @property
    def next_landmark(self) -> str | None:
        """The landmark that the next click sets; None when all that is asked for is there."""
        for name in GUIDED[self.view]:
            if not np.isfinite(self.points[FOOT_LANDMARKS.index(name)]).all():
                return name
        return None

    @property
    def steps(self) -> tuple[int, int]:
        """(landmarks set, landmarks asked for), of the guided ones."""
        guided = [FOOT_LANDMARKS.index(name) for name in GUIDED[self.view]]
        return int(np.isfinite(self.points[guided]).all(axis=1).sum()), len(guided)

    @property
    def px_from_uv(self) -> Floats | None:
        """The map fitted to the points, or None."""
        return fit_px_from_uv(self.points, self.side, self.view)

    @property
    def shown(self) -> Floats:
        """(14, 2) all landmarks that can be dragged: the person's own, the others where the map puts them."""
        matrix = self.px_from_uv
        if matrix is None:
            return self.points
        return np.where(np.isfinite(self.points), self.points, to_px(matrix, atlas.landmarks_uv(self.view)))

    @property
    def mistaken(self) -> bool:
        """Whether the points describe the other foot."""
        return contradicts_side(self.points, self.side, self.view)

    @property
    def problem(self) -> str | None:
        """Why the foot can't be accepted yet, as a key of the texts' table editor, or None."""
        if self.next_landmark is not None:
            return "first"
        if self.mistaken:
            return "other_side"
        return None if self.px_from_uv is not None else "no_fit"

    def press(self, x: float, y: float, reach: float) -> FootEditor:
        """The button goes down at frame pixel (x, y): takes a landmark within ``reach`` pixels, else sets the next."""
        shown = self.shown
        gaps = np.hypot(shown[:, 0] - x, shown[:, 1] - y)
        own = np.isfinite(self.points[:, 0])
        # While landmarks are still asked for, only those already set can be caught: a click means "here it is".
        catchable = np.isfinite(gaps) & (own if self.next_landmark is not None else True)
        gaps = np.where(catchable, gaps, np.inf)
        if gaps.min() <= reach:
            nearest = int(gaps.argmin())
            return replace(self._remembering(), points=self._with(nearest, shown[nearest]), held=nearest)
        if (name := self.next_landmark) is not None:
            index = FOOT_LANDMARKS.index(name)
            return replace(self._remembering(), points=self._with(index, self._inside(x, y)), held=index)
        return self

    def move(self, x: float, y: float) -> FootEditor:
        """The pointer moves; drags what is held."""
        return self if self.held is None else replace(self, points=self._with(self.held, self._inside(x, y)))

    def release(self) -> FootEditor:
        """The button goes up."""
        return replace(self, held=None)

    def undo(self) -> FootEditor:
        """Take back the last click or drag."""
        return replace(self, points=self.past[-1], past=self.past[:-1], held=None) if self.past else self

    def other_side(self) -> FootEditor:
        """The same points read as the other foot: inner and outer landmarks change names."""
        other: Side = "right" if self.side == "left" else "left"
        matrix = self.px_from_uv
        turned = replace(self._remembering(), side=other, held=None)
        if matrix is None:
            return turned
        if self.mistaken:
            return turned
        flip = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 1.0], [0.0, 0.0, 1.0]])
        return replace(turned, points=turned._guided_on(np.asarray(matrix @ flip, float)), past=())

    def other_view(self) -> FootEditor:
        """The next of the foot's four faces; the points begin anew, because each face shows other landmarks."""
        view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
        return replace(self, view=view, points=_nothing(), held=None, past=())

    def given(self, time_s: float) -> GivenFoot:
        """The foot as marked. Raises TrainerError while there is a problem."""
        if (problem := self.problem) is not None:
            raise TrainerError(f"Expected a foot that has been marked, but it isn't whole yet: {problem}.")
        return GivenFoot.from_points(
            self.points, self.side, self.view, length_mm=self.length_mm, time_s=time_s, size=self.size
        )

    def _guided_on(self, matrix: Floats) -> Floats:
        guided = [FOOT_LANDMARKS.index(name) for name in GUIDED[self.view]]
        points = _nothing()
        points[guided] = to_px(matrix, atlas.landmarks_uv(self.view)[guided])
        return points

    def _with(self, index: int, place: Floats) -> Floats:
        points = self.points.copy()
        points[index] = place
        return points

    def _inside(self, x: float, y: float) -> Floats:
        return np.array([min(max(x, 0.0), self.size[0] - 1.0), min(max(y, 0.0), self.size[1] - 1.0)])

    def _remembering(self) -> FootEditor:
        return replace(self, past=(*self.past, self.points)[-_HISTORY:])
