"""One clip's world: people, skins, stage, and how a moment of a performance becomes a picture and its truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trainer.studio import stage
from trainer.studio.anatomy import Anatomy, anatomy
from trainer.studio.bodies import SIDES, Limb, hand, leg, person, rodrigues, vertex_normals
from trainer.studio.foot_surface import FootSurface, foot_surface
from trainer.studio.performance import Moment
from trainer.studio.reach import carried, transforms
from trainer.studio.recipe import Recipe
from trainer.studio.render import Rasteriser, film
from trainer.studio.shade import ShadowMap, shade
from trainer.studio.skin import foot_skin, hand_skin
from trainer.studio.stance import COUCH_TOP_MM
from trainer.studio.timing import wander
from trainer.studio.truth import TruthLog

_SKIN_GAP_MM = 0.25


class Scene:
    """Holds the meshes of a recipe and draws moments of it."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        client = person(recipe.client, recipe.client_tone, recipe.oil)
        self.foot: FootSurface = foot_surface(leg(client, recipe.side))
        practitioner = person(recipe.practitioner, recipe.practitioner_tone, recipe.oil)
        self.bodies: dict[str, Anatomy] = {}
        if recipe.script:
            self.bodies = {s: anatomy(hand(practitioner, s)) for s in SIDES}
        self.camera = stage.camera(
            recipe.camera_seed, recipe.view, recipe.side, self.foot.length_mm, recipe.width, recipe.height
        )
        self.lights = stage.lights(recipe.stage_seed)
        self._foot_skin = foot_skin(self.foot, client)
        self._skins = {s: hand_skin(b, practitioner) for s, b in self.bodies.items()}
        # The upper arm never comes near the foot.
        self._near = {
            s: np.flatnonzero(b.limb.fine.previous_level(b.limb.fine_weights)[:, b.limb.index("upperarm02")] < 0.1)
            for s, b in self.bodies.items()
        }
        self._cloth = stage.towel(recipe.stage_seed, COUCH_TOP_MM)
        normals = vertex_normals(self._cloth.points, self._cloth.triangles)
        self._cloth_normals = normals
        under = np.clip(self.foot.distance(self._cloth.points), 0, None)
        self._cloth_open = 1 - 0.6 * np.exp(-under / 30)
        self._gaps = self._toe_gaps()
        self._rng = np.random.default_rng([recipe.seed, 3])
        self._shake = wander(np.random.default_rng([recipe.camera_seed, 5]), 6, 0.08, 0.9)
        self._ankle = self.foot.limb.heads[self.foot.limb.index("foot")]
        self._raster = Rasteriser(recipe.width, recipe.height, stage.wall(recipe.stage_seed))
        self._foot_mesh = self._raster.add(self.foot.vertices, self.foot.limb.triangles)
        self._cloth_mesh = self._raster.add(self._cloth.points, self._cloth.triangles)
        self._hand_meshes = {
            s: self._raster.add(b.limb.surface, b.limb.triangles) for s, b in self.bodies.items()
        }

    def close(self) -> None:
        self._raster.close()

    def draw(self, moment: Moment, log: TruthLog | None = None) -> np.ndarray:
        """The picture (H, W, 3) uint8 BGR of a moment; with a log, its truth too."""
        camera = self._camera_at(moment.time_s)
        root = self._foot_root(moment)
        foot_points, foot_normals = self._posed_foot(root, moment)
        eye = np.array(camera.eye)

        hands: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
        local: dict[str, np.ndarray] = {}
        gaps: dict[str, np.ndarray] = {}
        balls = [np.zeros((0, 4))]
        for side, body in self.bodies.items():
            matrices = transforms(body, moment.poses[side], moment.elbows[side])
            points, gap = self._outside(side, body.limb.skin(matrices))
            local[side], gaps[side] = points, gap
            placed = points @ root[:, :3].T + root[:, 3]
            marks = carried(matrices, body.mark_joint, body.mark_point) @ root[:, :3].T + root[:, 3]
            centres = carried(matrices, body.ball_joint, body.ball_point) @ root[:, :3].T + root[:, 3]
            balls.append(np.c_[centres, body.ball_radius])
            hands[side] = (placed, body.limb.normals(placed), marks)
        bulk = np.concatenate(balls)

        casting = [self.foot.limb.fine.previous_level(foot_points)]
        casting += [self.bodies[s].limb.fine.previous_level(h[0]) for s, h in hands.items()]
        shadow = ShadowMap(np.concatenate(casting), self.lights.key)
        coarse = self.foot.limb.fine.matrix
        open_foot = coarse @ _openness(self.foot.limb.rest @ root[:, :3].T + root[:, 3], bulk)
        self._raster.update(
            self._foot_mesh,
            foot_points,
            shade(
                foot_points, self._foot_skin.relief.bend(foot_points, foot_normals), self._foot_skin.colour,
                self._foot_skin.gloss, self.lights, eye, _soft_lit(shadow, self.foot.limb, foot_points),
                open_foot * self._gaps, self._foot_skin.soft, self._foot_skin.oil,
            ),
        )  # fmt: skip
        for side, (points, normals, _) in hands.items():
            skin, limb = self._skins[side], self.bodies[side].limb
            near = 1 - 0.55 * np.exp(-np.clip(gaps[side], 0, None) / 10)
            lit = _soft_lit(shadow, limb, points)
            bent = skin.relief.bend(points, normals)
            colours = shade(points, bent, skin.colour, skin.gloss, self.lights, eye, lit, near, skin.soft, skin.oil)
            self._raster.update(self._hand_meshes[side], points, colours)
        cloth = self._cloth.points
        self._raster.update(
            self._cloth_mesh,
            None,
            shade(
                cloth, self._cloth_normals, self._cloth.colour, 0.02, self.lights, eye,
                shadow.lit(cloth), self._cloth_open, soft=0,
            ),
        )  # fmt: skip
        if log is not None:
            log.see(moment.time_s, camera, foot_points, hands)
            if moment.stroke is not None:
                log.touch(moment.stroke, local)
        return film(self._raster.picture(camera), self._rng)

    def _camera_at(self, time_s: float) -> stage.Camera:
        shake = self._shake.at(time_s)
        eye = np.array(self.camera.eye) + 2.2 * shake[:3]
        target = np.array(self.camera.target) + 1.1 * shake[3:]
        return replace(self.camera, eye=tuple(eye), target=tuple(target))

    def _foot_root(self, moment: Moment) -> np.ndarray:
        """(3, 4) the foot's frame in the stage: turned about the ankle and shifted."""
        matrix = rodrigues(moment.foot_turn)
        return np.asarray(np.c_[matrix, self._ankle - matrix @ self._ankle + moment.foot_shift])

    def _posed_foot(self, root: np.ndarray, moment: Moment) -> tuple[np.ndarray, np.ndarray]:
        limb = self.foot.limb
        rotations = np.zeros((1, len(limb.names), 3))
        inverse = root[:, :3].T
        angle = np.array([inverse[2, 1] - inverse[1, 2], inverse[0, 2] - inverse[2, 0], inverse[1, 0] - inverse[0, 1]])
        sine = np.linalg.norm(angle) / 2
        rotations[0, limb.index("lowerleg02")] = angle / 2 * (np.arcsin(min(float(sine), 1.0)) / max(sine, 1e-9))
        for name, turn in moment.toe_turns.items():
            rotations[0, limb.index(name)] = turn
        points = limb.skin(limb.transforms(rotations, root[None])[0])
        return points, limb.normals(points)

    def _outside(self, side: str, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Flatten the hand's skin (N, 3) against the foot: it is not left inside. Also its distances (N,) mm."""
        fine = self.bodies[side].limb.fine
        skin = fine.previous_level(points)
        distance = np.full(len(skin), 1e3, np.float32)
        distance[self._near[side]] = self.foot.distance(skin[self._near[side]])
        inside = distance < _SKIN_GAP_MM
        if inside.any():
            push = np.zeros(skin.shape, np.float32)
            push[inside] = (_SKIN_GAP_MM - distance[inside])[:, None] * self.foot.gradient(skin[inside])
            points = points + fine.spread(push)
        return points, fine.spread(distance)

    def _toe_gaps(self) -> np.ndarray:
        """(N,) darkening between the toes and under them, fixed to the foot."""
        probe = self.foot.distance(self.foot.vertices + 7 * self.foot.normals)
        return np.where(self.foot.foot, np.clip(0.45 + 0.55 * probe / 6.0, 0.45, 1.0), 1.0)


def _soft_lit(shadow: ShadowMap, limb: Limb, points: np.ndarray) -> np.ndarray:
    """(N,) light that arrives, asked at every fourth vertex and spread between them."""
    return np.asarray(np.clip(limb.fine.spread(shadow.lit(points[: limb.fine.last.shape[1]])), 0, 1))


def _openness(points: np.ndarray, bulk: np.ndarray) -> np.ndarray:
    """(N,) 1 in the open, less next to the hands' bulk (M, 4): centres and radii, mm."""
    if not len(bulk):
        return np.ones(len(points))
    gap = np.full(len(points), 1e3)
    for ball in bulk:
        gap = np.minimum(gap, np.linalg.norm(points - ball[:3], axis=1) - ball[3])
    return np.asarray(1 - 0.5 * np.exp(-np.clip(gap, 0, None) / 9))
