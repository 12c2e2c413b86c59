"""MediaPipe's HandLandmarker as a hand backend. The only import of mediapipe in the program.

Zhang et al., "MediaPipe Hands: On-device Real-time Hand Tracking", arXiv:2006.10214.
"""

from __future__ import annotations

import weakref
from importlib import metadata
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from trainer.errors import DependencyError
from trainer.finding import Sighting
from trainer.hands.model_files import SHA256, ModelSize, find_model
from trainer.hands.quiet import quiet_native_log
from trainer.model import Data, Detection, Frame, Side

DEFAULT_NUM_HANDS = 2


class MediaPipeBackend:
    """HandLandmarker in VIDEO mode: palms are searched for while fewer than ``num_hands`` hands are followed.

    model: ``full`` or ``lite``. num_hands: the most hands reported per frame. folder: where the models lie,
    if not at their usual place. Times of frames must not run backwards; open a new backend for another
    video.

    Raises ModelFileError (missing or damaged model), DependencyError (mediapipe can't be loaded), ValueError.
    """

    name = "mediapipe"
    trusted = False
    finds = False

    def __init__(
        self, model: ModelSize = "full", num_hands: int = DEFAULT_NUM_HANDS, folder: Path | None = None
    ) -> None:
        if num_hands < 1:
            raise ValueError(f"Expected num_hands of at least 1, but got {num_hands}")
        path = find_model(model, folder)
        with quiet_native_log():
            try:
                import mediapipe
                from mediapipe.tasks.python import BaseOptions, vision
            except (ImportError, OSError) as error:
                raise DependencyError(
                    f"Expected the package mediapipe, but it can't be loaded ({error}): install the program again."
                ) from error
            options = vision.HandLandmarkerOptions(
                # The bytes, not the path: native code can't open non-ASCII paths everywhere.
                base_options=BaseOptions(model_asset_buffer=path.read_bytes()),
                running_mode=vision.RunningMode.VIDEO,
                num_hands=num_hands,
            )
            self._mediapipe: Any = mediapipe
            self._landmarker: Any = vision.HandLandmarker.create_from_options(options)
            self._release = weakref.finalize(self, _release, self._landmarker)
            self._last_ms = 0
            # The graph's first run compiles kernels and complains aloud; an empty picture gets that over
            # with.
            self._detect(np.zeros((64, 64, 3), np.uint8), 0)
        self._model: ModelSize = model
        self._file = path.name
        self._num_hands = num_hands

    @property
    def provenance(self) -> Data:
        return {
            "backend": self.name,
            "model": self._model,
            "model_file": self._file,
            "model_sha256": SHA256[self._file],
            "num_hands": self._num_hands,
            "mediapipe": metadata.version("mediapipe"),
        }

    def look(self, frame: Frame) -> Sighting:
        if self._landmarker is None:
            raise ValueError("Expected an open backend, but it has been closed")
        # Its clock counts whole milliseconds and refuses to stand still.
        self._last_ms = max(self._last_ms + 1, round(frame.time_s * 1000))
        result = self._detect(cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB), self._last_ms)
        found = tuple(
            Detection(_side(label), float(label[0].score), _pixels(points, frame.size), _metres(world))
            for label, points, world in zip(
                result.handedness, result.hand_landmarks, result.hand_world_landmarks, strict=True
            )
        )
        return Sighting(found)

    def close(self) -> None:
        if self._landmarker is not None:
            self._release()
            self._landmarker = None

    def __enter__(self) -> MediaPipeBackend:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _detect(self, rgb: Any, time_ms: int) -> Any:
        image = self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=rgb)
        return self._landmarker.detect_for_video(image, time_ms)


def _release(landmarker: Any) -> None:
    try:
        landmarker.close()
    except RuntimeError:
        # The program is ending and its threads are gone: the system takes the memory back. Without a handle the
        # landmarker's destructor doesn't complain aloud.
        landmarker._handle = None


def _side(label: Any) -> Side:
    # Tasks name the anatomical side of an unmirrored picture; no swap is due.
    return "left" if label[0].category_name == "Left" else "right"


def _pixels(points: Any, size: tuple[int, int]) -> Any:
    # Normalised coordinates count from the picture's corner, pixels from the centre of the first one.
    return np.array([(p.x, p.y) for p in points], float) * size - 0.5


def _metres(points: Any) -> Any:
    return np.array([(p.x, p.y, p.z) for p in points], float)
