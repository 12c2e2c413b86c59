"""What a webcam or a phone does to a picture: exposure, colour, softness, noise, sharpening; drawn from camera_seed."""

from __future__ import annotations

import cv2
import numpy as np

from trainer.studio.recipe import Recipe
from trainer.studio.timing import wander

_STEPS = np.arange(256) / 255.0
_GRAIN_EXTRA = 96


class Film:
    """The flaws of one clip's camera. Pictures must be developed in their order.

    crf: how strongly the clip is compressed (x264); exposure_s: how long the shutter is open. darkness: the gain that
    the room's light asks for, 1 in a bright room; dim rooms are noisier.
    """

    def __init__(self, recipe: Recipe, darkness: float = 1.0) -> None:
        rng = np.random.default_rng([recipe.camera_seed, 53])
        self.clean = recipe.clean
        self.crf = 20 if recipe.clean else int(rng.integers(20, 35))
        self.exposure_s = float(np.exp(rng.uniform(np.log(1 / 200), np.log(1 / 30))))
        quality = rng.beta(1.3, 2.2)  # 0 a good camera, 1 a poor one
        self._noise = min(0.4 + 3.6 * quality * rng.uniform(0.5, 1.0) * np.clip(darkness, 0.6, 2.0), 4.5)
        self._colour_noise = rng.uniform(0.2, 0.9)
        self._coarse = rng.random() < 0.45
        self._soft = 0.35 + (rng.uniform(0.5, 1.9) * recipe.width / 640 if rng.random() < 0.3 else 0.3 * rng.random())
        self._halo = rng.uniform(0.4, 1.3) if rng.random() < 0.35 else 0.0
        self._smear = rng.random() < 0.3 * (0.4 + quality)
        self._grey = rng.random() < 0.035
        self._contrast = rng.uniform(0.62, 0.85) if rng.random() < 0.12 else rng.uniform(0.9, 1.12)
        self._lift = rng.uniform(8, 40) if rng.random() < 0.12 else 0.0
        self._saturation = rng.uniform(0.45, 0.8) if rng.random() < 0.15 else rng.uniform(0.85, 1.2)
        cast = rng.normal(0, 0.045) if rng.random() < 0.75 else rng.normal(0, 0.13)
        green = rng.normal(0, 0.02)
        self._balance = np.array([1 - cast, 1 + green, 1 + cast])
        steady = rng.random() < 0.5
        self._gain = wander(rng, 1, 0.03, 0.25)
        self._gain_size = 0.01 if steady else rng.uniform(0.02, 0.09)
        self._shift = wander(rng, 1, 0.02, 0.15)
        self._shift_size = 0.003 if steady else rng.uniform(0.01, 0.035)
        self._steps = np.sort(rng.uniform(0, 60, 0 if steady else int(rng.integers(0, 5))))
        self._step_sizes = rng.normal(0, 0.12, len(self._steps))
        vignette = rng.uniform(0, 0.35) if rng.random() < 0.7 else 0.0
        y, x = np.mgrid[-1 : 1 : recipe.height * 1j, -1 : 1 : recipe.width * 1j]
        self._vignette = (1 - vignette * ((x**2 + y**2) / 2) ** 1.3).astype(np.float32)[..., None].repeat(3, axis=2)
        self._rng = np.random.default_rng([recipe.camera_seed, recipe.seed, 59])
        self._grain = self._drawn_grain(recipe.width + _GRAIN_EXTRA, recipe.height + _GRAIN_EXTRA)
        self._last: np.ndarray | None = None

    def _drawn_grain(self, width: int, height: int) -> np.ndarray:
        """(h, w, 3) float32 noise of unit size; every picture shows another part of it."""
        shrink = 2 if self._coarse else 1
        size = (height // shrink + 1, width // shrink + 1)
        bright = self._rng.standard_normal((*size, 1), dtype=np.float32)
        colour = self._rng.standard_normal((*size, 3), dtype=np.float32)
        grain = np.sqrt(1 - self._colour_noise**2) * bright + self._colour_noise * colour
        if shrink > 1:
            grain = 1.6 * cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.ascontiguousarray(grain[:height, :width], np.float32)

    def develop(self, image: np.ndarray, time_s: float) -> np.ndarray:
        """(H, W, 3) uint8 BGR as rendered, to what the camera delivers."""
        if self.clean:
            return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.45))
        image = np.asarray(cv2.LUT(image, self._tone(time_s)))
        if self._grey:
            image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        elif abs(self._saturation - 1) > 0.04:
            grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
            image = cv2.addWeighted(image, self._saturation, grey, 1 - self._saturation, 0)
        image = cv2.GaussianBlur(image, (0, 0), self._soft)
        image = self._noisy(image)
        if self._smear:
            image = self._denoised(image)
        if self._halo:
            image = cv2.addWeighted(image, 1 + self._halo, cv2.GaussianBlur(image, (0, 0), 1.3), -self._halo, 0)
        return np.asarray(image)

    def _tone(self, time_s: float) -> np.ndarray:
        """(1, 256, 3) uint8: exposure drift and steps, white balance, contrast."""
        gain = 1 + self._gain_size * float(self._gain.at(time_s)[0])
        # The automatic exposure takes half a second for each step.
        for at, size in zip(self._steps, self._step_sizes, strict=True):
            gain *= 1 + size / (1 + np.exp(-(time_s - at) * 9))
        shift = self._shift_size * float(self._shift.at(time_s)[0])
        balance = self._balance * np.array([1 - shift, 1.0, 1 + shift])
        light = _STEPS[:, None] ** 2.2 * gain * balance
        out = np.clip(light, 0, 1.2) ** (1 / 2.2)
        out = (out - 0.45) * self._contrast + 0.45
        lift = self._lift / 255
        return np.asarray((np.clip(out * (1 - lift) + lift, 0, 1) * 255).astype(np.uint8)[None])

    def _noisy(self, image: np.ndarray) -> np.ndarray:
        height, width = image.shape[:2]
        x, y = (int(v) for v in self._rng.integers(0, _GRAIN_EXTRA, 2))
        grain = self._grain[y : y + height, x : x + width]
        if self._rng.random() < 0.5:
            grain = -grain
        # Shadows are noisier than lights once a camera has brightened them.
        strength = np.repeat((self._noise * (1.35 - 0.75 * _STEPS)).astype(np.float32)[None, :, None], 3, axis=2)
        noise = cv2.multiply(grain, cv2.LUT(image, strength))
        dimmed = cv2.multiply(image, self._vignette, dtype=cv2.CV_8U)
        return np.asarray(cv2.add(dimmed, noise, dtype=cv2.CV_8U))

    def _denoised(self, image: np.ndarray) -> np.ndarray:
        """Smeared in space, and in time where little changes, as cheap webcams do."""
        image = cv2.medianBlur(image, 3)
        if self._last is not None:
            change = cv2.absdiff(image, self._last).max(-1)
            keep = np.where(change < 14, 0.55, 0.0).astype(np.float32)[..., None]
            image = (image + keep * (self._last.astype(np.float32) - image)).astype(np.uint8)
        self._last = image
        return image
