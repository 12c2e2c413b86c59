"""Things that don't move are shaded once; only the shadows that fall on them change."""

from __future__ import annotations

import numpy as np

from trainer.studio.foot_surface import FootSurface
from trainer.studio.shade import Lights, ShadowMap, shade
from trainer.studio.solids import Prop

_SHADOW_REACH_MM = 620.0  # of the hands and the foot


class Still:
    """A prop's colours under a clip's lights, for an eye that hardly moves."""

    def __init__(
        self, prop: Prop, foot: FootSurface, lights: Lights, eye: np.ndarray, own: ShadowMap | None = None
    ) -> None:
        self.prop, self._lights = prop, lights
        points = prop.points.astype(np.float32)
        normals = prop.normals
        under = np.clip(foot.distance(points), 0, None)
        open_share = 1 - 0.6 * np.exp(-under / 30)
        self._lit = np.ones(len(points)) if own is None else own.lit(points, lights.size)
        self._args = (points, normals.astype(np.float32), prop.colour.astype(np.float32), open_share.astype(np.float32))
        self._eye = eye
        self._near = np.flatnonzero(np.linalg.norm(points - foot.vertices.mean(0), axis=1) < _SHADOW_REACH_MM)
        self.colours = self._shaded(slice(None), self._lit)

    def _shaded(self, which: np.ndarray | slice, lit: np.ndarray) -> np.ndarray:
        points, normals, colour, open_share = (a[which] for a in self._args)
        return shade(points, normals, colour, self.prop.gloss, self._lights, self._eye, lit, open_share, soft=0)

    def shadowed(self, shadow: ShadowMap) -> np.ndarray:
        """(N, 3) uint8 colours with the shadows of what moves."""
        if len(self._near):
            lit = self._lit[self._near] * shadow.lit(self._args[0][self._near], self._lights.size)
            self.colours[self._near] = self._shaded(self._near, lit)
        return self.colours
