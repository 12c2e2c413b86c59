"""Cameras, lights, rooms, film and masks of drawn scenes agree with the truth and with their recipe."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

pytest.importorskip("anny")
pytest.importorskip("pyvista")

from trainer.errors import DependencyError
from trainer.studio import render
from trainer.studio.bodies import SIDES
from trainer.studio.film import Film
from trainer.studio.lights import lights
from trainer.studio.performance import perform
from trainer.studio.recipe import CAMERAS, SETTINGS, Recipe, Step
from trainer.studio.scene import MASK, Scene
from trainer.studio.truth import TruthLog

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]
SMALL = Recipe((Step("rest", 0.3), Step("kneading", 1.2, tempo=100)), width=320, height=240, fps=10.0)


def moments(scene, count):
    recipe = scene.recipe
    played = perform(scene.foot, scene.bodies, recipe.script, recipe.seed, recipe.setting, bare_seconds=recipe.seconds)
    return list(islice(played.moments(recipe.fps), count))


@pytest.mark.parametrize(("setting", "camera"), list(zip(SETTINGS, CAMERAS, strict=False)))
def test_the_truth_lies_on_the_pixels(setting, camera):
    scene = Scene(replace(SMALL, setting=setting, camera=camera, camera_seed=4, stage_seed=6))
    try:
        log = TruthLog(scene.foot, scene.bodies, 10.0)
        shown = moments(scene, 9)
        masks = []
        for moment in shown:
            scene.draw(moment, log)
            masks.append(scene.mask(moment))
    finally:
        scene.close()
    assert set(np.unique(masks)) <= set(MASK.values())

    def beside(frame, pixels, name):
        y, x = np.nonzero(masks[frame] == MASK[name])
        return np.array([np.hypot(x - px, y - py).min() for px, py in pixels])

    shares = []
    for frame in range(len(shown)):
        for k, side in enumerate(SIDES):
            known = log.hand_landmarks[frame][k]
            known = known[np.isfinite(known).all(-1)]
            # A joint lies inside the hand: on its silhouette, unless something else is before it.
            if len(known):
                shares.append(np.mean(beside(frame, known, f"hand_{side}") <= 1.5))
                assert shares[-1] > log.hand_visible[frame][k] - 0.3
        marks = log.foot_landmarks[frame][log.foot_visible[frame]]
        marks = marks[((marks > 1) & (marks < [318, 238])).all(-1)]
        assert beside(frame, marks, "foot").max() <= 4
    assert max(shares) == 1


def test_the_same_recipe_gives_the_same_film_and_another_seed_another():
    recipe = replace(SMALL, camera="phone", camera_seed=3)
    films = []
    for one in (recipe, recipe, replace(recipe, camera_seed=5), replace(recipe, stage_seed=9)):
        scene = Scene(one)
        films.append(np.array([scene.draw(m) for m in moments(scene, 3)]))
        scene.close()
    assert np.array_equal(films[0], films[1])
    for other in films[2:]:
        assert np.abs(films[0].astype(int) - other).mean() > 5


def test_noise_is_new_in_every_picture_and_absent_in_clean_ones():
    grey = np.full((120, 160, 3), 120, np.uint8)
    noisy = Film(replace(SMALL, width=160, height=120, camera_seed=2))
    first, second = (noisy.develop(grey, 0.0).astype(float) for _ in range(2))
    middle = (slice(30, 90), slice(40, 120))
    a, b = (f[middle] - f[middle].mean() for f in (first, second))
    assert 0.3 < a.std() < 12
    assert abs((a * b).mean()) < 0.3 * a.std() * b.std()
    clean = Film(replace(SMALL, width=160, height=120, clean=True))
    assert np.array_equal(clean.develop(grey, 0.0), grey)


def test_films_and_lights_are_as_various_as_cameras_and_rooms():
    films = [Film(Recipe(camera_seed=k, width=32, height=32)) for k in range(60)]
    assert {f.crf for f in films} >= {21, 27, 33}
    assert min(f.exposure_s for f in films) < 1 / 150
    assert max(f.exposure_s for f in films) > 1 / 40
    drawn = [lights(Recipe(stage_seed=k)) for k in range(60)]
    assert all(light.key @ light.up > 0.1 for light in drawn)
    assert min(light.key[2] for light in drawn) < -0.3, "some light comes from behind"
    assert max(light.size for light in drawn) > 2 > 0.8 > min(light.size for light in drawn)


def test_fast_hands_are_blurred():
    scene = Scene(replace(SMALL, camera_seed=11))
    try:
        scene.film.exposure_s = 1 / 30
        first, second = moments(scene, 9)[-2:]
        moved = replace(second, poses={s: replace(p, wrist=p.wrist + 40.0) for s, p in second.poses.items()})
        scene.draw(first)
        posed, view = scene._posed(moved), scene._camera_at(moved.time_s)
        blurred = scene._exposed(moved.time_s, posed, view).astype(float)
        scene._place(posed, 0.0, posed)
        sharp = scene._seen(view).astype(float)
    finally:
        scene.close()

    def edges(image):
        return np.abs(np.diff(image, axis=1)).mean()

    assert np.abs(sharp - blurred).max() > 20
    assert edges(blurred) < edges(sharp)


def test_no_renderer_is_one_clear_line(monkeypatch):
    class Nothing:
        def __getattr__(self, name):
            return lambda *_: False

    real = render.need
    fake = {"vtkmodules.vtkRenderingCore": type("core", (), {"vtkRenderWindow": Nothing})}
    monkeypatch.setattr(render, "need", lambda name: fake.get(name) or real(name))
    render.check_renderer.cache_clear()
    with pytest.raises(DependencyError, match="install libEGL") as caught:
        render.check_renderer()
    assert "\n" not in str(caught.value)
    render.check_renderer.cache_clear()


@pytest.mark.parametrize("missing", [("foot",), ("left",), (*SIDES, "foot")])
def test_limbs_that_are_left_out_are_not_seen_and_come_back(missing):
    scene = Scene(replace(SMALL, clean=True))
    try:
        moment = moments(scene, 9)[-1]
        whole, everything = scene.draw(moment), scene.mask(moment)
        scene.look_from(replace(scene.recipe, missing=missing))
        without, left = scene.draw(moment), scene.mask(moment)
        scene.look_from(scene.recipe)
        again = scene.mask(moment)
    finally:
        scene.close()
    for limb, part in {"foot": "foot", "left": "hand_left", "right": "hand_right"}.items():
        assert (everything == MASK[part]).any()
        assert (left == MASK[part]).any() == (limb not in missing)
    gone = np.isin(everything, [MASK[p] for p in ("foot", "hand_left")]) & (left == MASK["other"])
    assert np.abs(whole.astype(int) - without)[gone].mean() > 10
    assert np.array_equal(again, everything)
