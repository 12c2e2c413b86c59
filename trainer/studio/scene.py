"""One clip's world: people, skins, stage, and how a moment of a performance becomes a picture and its truth."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from trainer.studio.anatomy import Anatomy, anatomy
from trainer.studio.bodies import SIDES, Limb, hand, leg, rodrigues
from trainer.studio.camera import Camera, Shake, camera
from trainer.studio.clutter import clutter, hides, other_foot
from trainer.studio.film import Film
from trainer.studio.foot_surface import FootSurface, foot_surface
from trainer.studio.lights import lights
from trainer.studio.people import person
from trainer.studio.performance import Moment
from trainer.studio.reach import carried, transforms
from trainer.studio.recipe import Recipe
from trainer.studio.render import Rasteriser
from trainer.studio.room import Room
from trainer.studio.shade import ShadowMap, shade
from trainer.studio.skin import Skin, foot_skin, hand_skin
from trainer.studio.solids import Prop
from trainer.studio.still import Still
from trainer.studio.support import support
from trainer.studio.truth import TruthLog

_SKIN_GAP_MM = 0.25
_FINE_PX = 1.6  # triangles needn't be smaller
_TURNED_AWAY_MM = 120.0  # of the way to the eye along a normal: behind the outline of a limb
_KNEE_MM = -430.0  # behind the sole (z): what is worn there goes on over the thigh
MASK = {"other": 0, "hand_left": 1, "hand_right": 2, "foot": 3, "leg": 4, "other_foot": 5}
_MASK_STEP = 40  # apart in the flat picture, so that colours between two vertices round to one of them


@dataclass(frozen=True, eq=False)
class Posed:
    """The meshes of one moment in the stage frame.

    root: (3, 4) the foot's frame in the stage; foot, foot_normals: (N, 3); hands: side -> vertices, normals (N, 3),
    landmarks (21, 3); local, gaps: side -> vertices (N, 3) in the foot frame and their distances (N,) to the foot;
    bulk: (M, 4) the hands' spheres, centres and radii.
    """

    root: np.ndarray
    foot: np.ndarray
    foot_normals: np.ndarray
    hands: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]
    local: dict[str, np.ndarray]
    gaps: dict[str, np.ndarray]
    bulk: np.ndarray


class Scene:
    """Holds the meshes of a recipe and draws moments of it, in their order."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._missing = recipe.missing
        alone = recipe.setting == "self"
        practitioner = person(recipe.practitioner, recipe.practitioner_tone, recipe.oil)
        client = practitioner if alone else person(recipe.client, recipe.client_tone, recipe.oil)
        self.foot: FootSurface = foot_surface(leg(client, recipe.side))
        self.bodies: dict[str, Anatomy] = {}
        if recipe.script:
            self.bodies = {s: anatomy(hand(practitioner, s)) for s in SIDES}
        self.camera = camera(recipe, self.foot.length_mm)
        self._shake = Shake(recipe)
        self.lights = lights(recipe)
        self.film = Film(recipe, self.lights.exposure)
        self._room = Room(recipe, self.camera, self.lights)
        self._foot_skin = foot_skin(self.foot, client)
        self._skins = {s: hand_skin(b, practitioner) for s, b in self.bodies.items()}
        # The upper arm never comes near the foot.
        self._near = {
            s: np.flatnonzero(b.limb.fine.previous_level(b.limb.fine_weights)[:, b.limb.index("upperarm02")] < 0.1)
            for s, b in self.bodies.items()
        }
        self._gaps = self._toe_gaps()
        self._ankle = self.foot.limb.heads[self.foot.limb.index("foot")]
        self._raster = Rasteriser(recipe.width, recipe.height)
        self._foot_mesh = self._raster.add(self.foot.vertices, self._triangles(self.foot.limb))
        self._hand_meshes = {
            s: self._raster.add(b.limb.surface, self._triangles(b.limb))
            for s, b in self.bodies.items()
        }
        knee = self.foot.vertices[:, 2] < _KNEE_MM
        trousers = np.median(self._foot_skin.colour[knee], axis=0)
        self._stills: list[tuple[int, Still]] = []
        self._beside: list[np.ndarray] = []
        self._other_mesh = -1
        self.other_landmarks: np.ndarray | None = None
        other = other_foot(recipe, client)
        if other is not None and hides(other.points, self.camera):
            other = None
        legs = [self.foot.vertices] + ([] if other is None else [other.points])
        carrier, *others = support(recipe, trousers, legs)
        self._add(carrier)
        for prop in others:
            if not hides(prop.points, self.camera):
                self._add(prop)
        for prop in clutter(recipe, self.camera, [] if other is None else [other]):
            self._add(prop)
            self._beside.append(prop.points)
        if other is not None:
            self._other_mesh = self._add(other)
            self.other_landmarks = other.marks
            self._beside.append(other.points)
        self._last: tuple[float, Posed] | None = None

    def _add(self, prop: Prop) -> int:
        number = self._raster.add(prop.points, prop.triangles)
        own = ShadowMap(prop.points, self.lights.key) if prop.closed else None
        still = Still(prop, self.foot, self.lights, np.array(self.camera.eye), own)
        self._raster.update(number, None, still.colours)
        self._stills.append((number, still))
        return number

    def close(self) -> None:
        self._raster.close()

    def look_from(self, recipe: Recipe) -> None:
        """Go on with the camera, its shake and its flaws, and without what is missing, of another recipe of the same
        world and picture size."""
        self.camera = camera(recipe, self.foot.length_mm)
        self._shake = Shake(recipe)
        self.film = Film(recipe, self.lights.exposure)
        self._room = Room(recipe, self.camera, self.lights)
        self._missing = recipe.missing
        self._last = None

    def posed(self, moment: Moment) -> tuple[Camera, Posed]:
        """The camera and the meshes of a moment."""
        return self._camera_at(moment.time_s), self._posed(moment)

    @property
    def beside(self) -> list[np.ndarray]:
        """Points (N, 3) of each thing that may hide something."""
        return self._beside

    def draw(self, moment: Moment, log: TruthLog | None = None) -> np.ndarray:
        """The picture (H, W, 3) uint8 BGR of a moment; with a log, its truth too."""
        view = self._camera_at(moment.time_s)
        posed = self._posed(moment)
        self._colour(posed, np.array(view.eye))
        self._place(posed, 0.0, posed)
        if log is not None:
            log.see(moment.time_s, view, posed.foot, posed.hands, self._beside, self._missing)
            if moment.stroke is not None and not self._missing:
                log.touch(moment.stroke, posed.local)
        picture = self._exposed(moment.time_s, posed, view)
        self._last = (moment.time_s, posed)
        return self.film.develop(picture, moment.time_s)

    def mask(self, moment: Moment) -> np.ndarray:
        """(H, W) uint8: what each pixel shows, as in `MASK`."""
        posed = self._posed(moment)
        self._place(posed, 0.0, posed)
        values: dict[int, np.ndarray | int] = {self._foot_mesh: np.where(self.foot.foot, MASK["foot"], MASK["leg"])}
        values |= {m: MASK[f"hand_{s}"] for s, m in self._hand_meshes.items()}
        values |= {m: MASK["other"] for m, _ in self._stills}
        if self._other_mesh >= 0:
            values[self._other_mesh] = MASK["other_foot"]
        flat = self._raster.flat(
            self._camera_at(moment.time_s), [_MASK_STEP * np.asarray(values[m]) for m in range(len(values))]
        )
        return np.asarray(np.rint(flat / _MASK_STEP).astype(np.uint8))

    def _camera_at(self, time_s: float) -> Camera:
        return self._shake.at(self.camera, time_s)

    def _posed(self, moment: Moment) -> Posed:
        root = self._foot_root(moment)
        foot_points, foot_normals = self._posed_foot(root, moment)
        if "foot" in self._missing:
            foot_points = _nowhere(foot_points)
        hands: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
        local: dict[str, np.ndarray] = {}
        gaps: dict[str, np.ndarray] = {}
        balls = [np.zeros((0, 4))]
        for side, body in self.bodies.items():
            matrices = transforms(body, moment.poses[side], moment.elbows[side])
            points, gap = self._outside(side, body.limb.skin(matrices))
            local[side], gaps[side] = points, gap
            placed = points @ root[:, :3].T.astype(np.float32) + root[:, 3].astype(np.float32)
            marks = carried(matrices, body.mark_joint, body.mark_point) @ root[:, :3].T + root[:, 3]
            centres = carried(matrices, body.ball_joint, body.ball_point) @ root[:, :3].T + root[:, 3]
            normals = body.limb.normals(placed)
            if side in self._missing:
                placed = _nowhere(placed)
            else:
                balls.append(np.c_[centres, body.ball_radius])
            hands[side] = (placed, normals, marks)
        return Posed(root, foot_points, foot_normals, hands, local, gaps, np.concatenate(balls))

    def _colour(self, posed: Posed, eye: np.ndarray) -> None:
        """Shade everything for a moment."""
        casting = [self.foot.limb.fine.previous_level(posed.foot)]
        casting += [self.bodies[s].limb.fine.previous_level(h[0]) for s, h in posed.hands.items()]
        shadow = ShadowMap(np.concatenate(casting), self.lights.key)
        limb, root = self.foot.limb, posed.root
        open_foot = limb.fine.matrix @ _openness(limb.rest @ root[:, :3].T + root[:, 3], posed.bulk)
        self._paint(
            self._foot_mesh, self._foot_skin, posed.foot, posed.foot_normals, eye,
            self._soft_lit(shadow, limb, posed.foot), open_foot * self._gaps,
        )  # fmt: skip
        for side, (points, normals, _) in posed.hands.items():
            near = 1 - 0.55 * np.exp(-np.clip(posed.gaps[side], 0, None) / 10)
            lit = self._soft_lit(shadow, self.bodies[side].limb, points)
            self._paint(self._hand_meshes[side], self._skins[side], points, normals, eye, lit, near)
        for number, still in self._stills:
            self._raster.update(number, None, still.shadowed(shadow))

    def _paint(
        self, mesh: int, skin: Skin, points: np.ndarray, normals: np.ndarray, eye: np.ndarray, lit: np.ndarray,
        open_share: np.ndarray,
    ) -> None:  # fmt: skip
        """Shade the part of a limb that is turned to the eye; the rest isn't drawn."""
        seen = np.flatnonzero(np.einsum("ij,ij->i", normals, eye.astype(np.float32) - points) > -_TURNED_AWAY_MM)
        colours = np.zeros((len(points), 3), np.uint8)
        colours[seen] = shade(
            points[seen], skin.relief.bend(points, normals, seen), skin.colour[seen], skin.gloss[seen], self.lights,
            eye, lit[seen], open_share[seen], skin.soft[seen], skin.oil[seen],
        )  # fmt: skip
        self._raster.update(mesh, None, colours)

    def _triangles(self, limb: Limb) -> np.ndarray:
        """Of the rendered mesh, or of the coarser one that shares its vertices where that is as fine as pixels."""
        away = np.linalg.norm(np.subtract(self.camera.target, self.camera.eye))
        coarse = limb.previous_triangles
        sides = limb.surface[coarse[::50, 0]] - limb.surface[coarse[::50, 1]]
        pixels = np.median(np.linalg.norm(sides, axis=1)) * self.camera.focal_px / away
        return coarse if pixels < _FINE_PX else limb.triangles

    def _place(self, posed: Posed, ahead: float, before: Posed) -> None:
        """Put the moving meshes where they are `ahead` of a frame's way after `posed`, coming from `before`."""

        moving = [(self._foot_mesh, posed.foot, before.foot)]
        moving += [(mesh, posed.hands[s][0], before.hands[s][0]) for s, mesh in self._hand_meshes.items()]
        for mesh, now, then in moving:
            self._raster.update(mesh, now if ahead == 0 else now + np.float32(ahead) * (now - then), None)

    def _exposed(self, time_s: float, posed: Posed, view: Camera) -> np.ndarray:
        """(H, W, 3) uint8 what falls on the sensor while the shutter is open, about the frame's time."""
        if self._last is None or self.film.clean:
            return self._seen(view)
        then, before = self._last
        share = self.film.exposure_s / max(time_s - then, 1e-6)
        count = _exposures(share * self._pixels_moved(posed, before, view, self._camera_at(then)))
        if count == 1:
            return self._seen(view)
        total = np.zeros((self.recipe.height, self.recipe.width, 3), np.float32)
        for k in range(count):
            part = (k + 0.5) / count - 0.5
            self._place(posed, part * share, before)
            cv2.accumulate(self._seen(self._camera_at(time_s + part * self.film.exposure_s)), total)
        return np.asarray((total / count).astype(np.uint8))

    def _pixels_moved(self, posed: Posed, before: Posed, view: Camera, then: Camera) -> float:
        """How far the joints of the hands and the foot's landmarks go in the picture from one frame to the next."""
        now = np.concatenate([posed.foot[self.foot.landmarks], *(h[2] for h in posed.hands.values())])
        old = np.concatenate([before.foot[self.foot.landmarks], *(h[2] for h in before.hands.values())])
        return float(np.quantile(np.linalg.norm(view.project(now)[0] - then.project(old)[0], axis=1), 0.9))

    def _seen(self, view: Camera) -> np.ndarray:
        """(H, W, 3) uint8 the meshes before the room."""
        image, cover = self._raster.picture(view)
        free = cv2.merge([255 - cover] * 3)
        return cv2.add(image, cv2.multiply(self._room.seen(view), free, scale=1 / 255))

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

    def _soft_lit(self, shadow: ShadowMap, limb: Limb, points: np.ndarray) -> np.ndarray:
        """(N,) light that arrives, asked at every fourth vertex and spread between them."""
        asked = shadow.lit(points[: limb.fine.last.shape[1]], self.lights.size)
        return np.asarray(np.clip(limb.fine.spread(asked), 0, 1))


def _nowhere(points: np.ndarray) -> np.ndarray:
    """A limb's points (N, 3) all in one, so that it has no surface and throws no shadow."""
    return np.broadcast_to(points.mean(axis=0), points.shape).astype(points.dtype)


def _exposures(pixels: float) -> int:
    """How many pictures make one blurred by this many pixels."""
    return 1 if pixels < 2 else 2 if pixels < 5 else 3 if pixels < 12 else 4


def _openness(points: np.ndarray, bulk: np.ndarray) -> np.ndarray:
    """(N,) 1 in the open, less next to the hands' bulk (M, 4): centres and radii, mm."""
    if not len(bulk):
        return np.ones(len(points))
    gap = np.full(len(points), 1e3)
    for ball in bulk:
        gap = np.minimum(gap, np.linalg.norm(points - ball[:3], axis=1) - ball[3])
    return np.asarray(1 - 0.5 * np.exp(-np.clip(gap, 0, None) / 9))
