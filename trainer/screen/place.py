"""From a frame's pixels to the canvas's: scale and mirror."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.model import Floats


@dataclass(frozen=True)
class Place:
    """How frame pixels fall onto the canvas. Sizes are (width, height)."""

    frame: tuple[int, int]
    canvas: tuple[int, int]
    mirror: bool = False

    def matrix(self) -> Floats:
        """(3, 3) affine matrix from frame pixels (x, y, 1) to canvas pixels."""
        sx, sy = self.canvas[0] / self.frame[0], self.canvas[1] / self.frame[1]
        # Pixel centres lie on whole numbers, so a picture scaled by s moves x to s * (x + 0.5) - 0.5.
        straight = np.array([[sx, 0.0, 0.5 * sx - 0.5], [0.0, sy, 0.5 * sy - 0.5], [0.0, 0.0, 1.0]])
        if not self.mirror:
            return straight
        flip = np.array([[-1.0, 0.0, self.canvas[0] - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
        return np.asarray(flip @ straight, float)

    def to_canvas(self, points: Floats) -> Floats:
        """(N, 2) frame pixels to canvas pixels; NaN stays NaN."""
        return _moved(self.matrix(), points)

    def to_frame(self, points: Floats) -> Floats:
        """(N, 2) canvas pixels to frame pixels: where a click in a mirrored or enlarged view really was."""
        return _moved(np.asarray(np.linalg.inv(self.matrix()), float), points)


def _moved(m: Floats, points: Floats) -> Floats:
    moved: Floats = points @ m[:2, :2].T + m[:2, 2]
    return moved


def projected(matrix: Floats, points: Floats) -> Floats:
    """(N, 2) points through a (3, 3) homography; NaN where they fall behind the camera."""
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    w = homogeneous[:, 2:]
    # A homography is known up to sign; the foot's middle says which side of the horizon is in front.
    front = np.sign((matrix @ np.array([0.5, 0.5, 1.0]))[2])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(w * front > 1e-9, homogeneous[:, :2] / w, np.nan)
