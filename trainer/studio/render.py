"""From shaded meshes to pixels: VTK only rasterises vertex colours, larger than needed, and OpenCV shrinks.

VTK itself takes a GPU through EGL where there is one, and draws in software (Mesa, OSMesa) where there is none.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np

from trainer.errors import DependencyError
from trainer.studio.camera import Camera
from trainer.studio.extra import need

SUPERSAMPLE = 1.5
NEAR_MM, FAR_MM = 60.0, 6000.0


class Rasteriser:
    """Draws a set of meshes whose points and colours change every frame."""

    def __init__(self, width: int, height: int) -> None:
        pv = need("pyvista")
        # Without a display VTK tries X first and says so, then draws off screen all the same.
        logger = need("vtkmodules.vtkCommonCore").vtkLogger
        logger.SetStderrVerbosity(logger.VERBOSITY_ERROR)
        check_renderer()
        self.width, self.height = width, height
        size = (int(width * SUPERSAMPLE), int(height * SUPERSAMPLE))
        self._plotter: Any = pv.Plotter(off_screen=True, window_size=size, lighting="none")
        self._plotter.disable_anti_aliasing()
        self._plotter.set_background((0.0, 0.0, 0.0))
        self._meshes: list[Any] = []
        self._shown = False

    def add(self, points: np.ndarray, triangles: np.ndarray) -> int:
        """Add a mesh (N, 3), (F, 3), of which only the front faces are drawn; returns its number."""
        pv = need("pyvista")
        # Triangles that share vertices lie together in memory: a third faster in software.
        order = np.argsort(triangles.min(1), kind="stable")
        faces = np.c_[np.full(len(triangles), 3), triangles[order]].ravel()
        mesh = pv.PolyData(points.astype(np.float32), faces)
        mesh.point_data["rgb"] = np.zeros((len(points), 3), np.uint8)
        self._plotter.add_mesh(mesh, scalars="rgb", rgb=True, lighting=False, smooth_shading=False, culling="back")
        self._meshes.append(mesh)
        return len(self._meshes) - 1

    def update(self, number: int, points: np.ndarray | None, colours: np.ndarray | None) -> None:
        """points (N, 3) mm or None to keep them; colours (N, 3) uint8 or None to keep them."""
        mesh = self._meshes[number]
        if points is not None:
            mesh.points[:] = points
            mesh.GetPoints().Modified()
        if colours is not None:
            mesh.point_data["rgb"][:] = colours
            mesh.GetPointData().GetScalars().Modified()
        mesh.Modified()

    def picture(self, camera: Camera) -> tuple[np.ndarray, np.ndarray]:
        """(height, width, 3) uint8 BGR, black where nothing is, and (height, width) uint8 how much is covered."""
        # At one and a half times the size linear interpolation reads nearly every pixel, and is six times faster than
        # averaging areas.
        small = cv2.resize(self._large(camera), (self.width, self.height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGBA2BGR)), np.asarray(cv2.extractChannel(small, 3))

    def flat(self, camera: Camera, colours: list[np.ndarray | int]) -> np.ndarray:
        """(height, width) uint8: the colour 0..255 of what is nearest; one number or one per vertex for each mesh."""
        before = [mesh.point_data["rgb"].copy() for mesh in self._meshes]
        for number, colour in enumerate(colours):
            column = np.asarray(colour, np.uint8).reshape(-1, 1)
            self.update(number, None, np.broadcast_to(column, before[number].shape))
        large = self._large(camera)
        for number, old in enumerate(before):
            self.update(number, None, old)
        return np.asarray(cv2.resize(large[..., 0], (self.width, self.height), interpolation=cv2.INTER_NEAREST))

    def _large(self, camera: Camera) -> np.ndarray:
        """(h, w, 4) uint8 RGBA at the supersampled size."""
        view = self._plotter.camera
        view.position, view.focal_point, view.up = camera.eye, camera.target, camera.up
        view.view_angle = camera.angle
        view.clipping_range = (NEAR_MM, FAR_MM)
        if not self._shown:
            self._plotter.show(auto_close=False)
            self._shown = True
            view.clipping_range = (NEAR_MM, FAR_MM)
        self._plotter.render_window.Render()
        return np.asarray(self._plotter.screenshot(None, transparent_background=True, return_img=True))

    def close(self) -> None:
        self._plotter.close()


@cache
def check_renderer() -> None:
    """Raise one clear error where VTK can't draw off screen."""
    rendering = need("vtkmodules.vtkRenderingOpenGL2")
    core = need("vtkmodules.vtkRenderingCore")
    window = core.vtkRenderWindow()
    if not isinstance(window, rendering.vtkOpenGLRenderWindow):
        raise DependencyError(_NO_RENDERER)
    window.SetOffScreenRendering(True)
    window.SetSize(16, 16)
    works = bool(window.SupportsOpenGL())
    window.Finalize()
    if not works:
        raise DependencyError(_NO_RENDERER)


_NO_RENDERER = (
    "Expected an off-screen renderer for the studio, but VTK can't open one: install libEGL and libGL "
    "(Debian, Ubuntu: apt install libegl1 libgl1 libgl1-mesa-dri; or libosmesa6)."
)
