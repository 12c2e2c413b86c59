"""From shaded meshes to pixels: VTK only rasterises vertex colours, larger than needed, and OpenCV shrinks."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from trainer.studio.extra import need
from trainer.studio.stage import Camera

SUPERSAMPLE = 1.5


class Rasteriser:
    """Draws a fixed set of meshes whose points and colours change every frame."""

    def __init__(self, width: int, height: int, background: tuple[np.ndarray, np.ndarray]) -> None:
        pv = need("pyvista")
        # Without a display VTK tries X first and says so, then draws off screen all the same.
        logger = need("vtkmodules.vtkCommonCore").vtkLogger
        logger.SetStderrVerbosity(logger.VERBOSITY_ERROR)
        self.width, self.height = width, height
        size = (int(width * SUPERSAMPLE), int(height * SUPERSAMPLE))
        self._plotter: Any = pv.Plotter(off_screen=True, window_size=size, lighting="none")
        self._plotter.disable_anti_aliasing()
        low, high = (tuple(float(c) / 255 for c in shade) for shade in background)
        self._plotter.set_background(low, top=high)
        self._meshes: list[Any] = []
        self._shown = False

    def add(self, points: np.ndarray, triangles: np.ndarray) -> int:
        """Add a mesh; returns its number for `update`."""
        pv = need("pyvista")
        mesh = pv.PolyData(points.astype(np.float32), np.c_[np.full(len(triangles), 3), triangles].ravel())
        mesh.point_data["rgb"] = np.zeros((len(points), 3), np.uint8)
        self._plotter.add_mesh(mesh, scalars="rgb", rgb=True, lighting=False, smooth_shading=False)
        self._meshes.append(mesh)
        return len(self._meshes) - 1

    def update(self, number: int, points: np.ndarray | None, colours: np.ndarray) -> None:
        """points (N, 3) mm or None to keep them; colours (N, 3) uint8."""
        mesh = self._meshes[number]
        if points is not None:
            mesh.points[:] = points
            mesh.GetPoints().Modified()
        mesh.point_data["rgb"][:] = colours
        mesh.GetPointData().GetScalars().Modified()
        mesh.Modified()

    def picture(self, camera: Camera) -> np.ndarray:
        """(height, width, 3) uint8 BGR."""
        view = self._plotter.camera
        view.position, view.focal_point, view.up = camera.eye, camera.target, camera.up
        view.view_angle = camera.angle
        view.clipping_range = (60.0, 4000.0)
        if not self._shown:
            self._plotter.show(auto_close=False)
            self._shown = True
            view.clipping_range = (60.0, 4000.0)
        self._plotter.render()
        large = self._plotter.screenshot(None, return_img=True)
        small = cv2.resize(large, (self.width, self.height), interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(small[..., ::-1])

    def close(self) -> None:
        self._plotter.close()


def film(image: np.ndarray, rng: np.random.Generator, noise: float = 2.2) -> np.ndarray:
    """A sensor's softness, vignette and noise."""
    height, width = image.shape[:2]
    soft = cv2.GaussianBlur(image, (0, 0), 0.55).astype(np.float32)
    grain = rng.standard_normal((height // 2 + 1, width // 2 + 1, 3), dtype=np.float32) * (1.6 * noise)
    soft += cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(soft, 0, 255).astype(np.uint8)
