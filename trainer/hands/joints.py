"""The landmark network on one crop of a picture, through LiteRT (the only import of it in the program).

``full`` is MediaPipe's network after it has gone on learning on hands at work (`trainer train joints`); ``lite`` is
MediaPipe's own small one, whose presence is as high on a bare sole as on a hand. Zhang et al., "MediaPipe Hands:
On-device Real-time Hand Tracking", arXiv:2006.10214.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from trainer.errors import DependencyError, ModelFileError
from trainer.finding import Crop
from trainer.hands.crop import cut_out, pixels_from_crop
from trainer.hands.model_files import ModelSize, find_model, landmark_network, models_folder
from trainer.hands.quiet import quiet_native_log
from trainer.model import Data, Floats, Image

LEARNT = "hand_joints.tflite"
_SIZE = 224
_OUTPUTS = ("Identity", "Identity_1", "Identity_2", "Identity_3")
"""Landmarks in pixels of the crop, presence, handedness, landmarks in metres."""


@dataclass(frozen=True, eq=False)
class Joints:
    """``landmarks_px`` (21, 2), ``world_m`` (21, 3), ``presence`` in 0–1 that there is something like a hand,
    ``right`` in 0–1 that it is a right one."""

    landmarks_px: Floats
    world_m: Floats
    presence: float
    right: float


class JointNetwork:
    """One copy of the network, for one thread at a time; others may run beside it.

    Raises ModelFileError (missing or damaged model), DependencyError (LiteRT can't be loaded).
    """

    def __init__(self, model: ModelSize = "full", folder: Path | None = None) -> None:
        self._is_learnt = model == "full"
        if self._is_learnt:
            path = (models_folder() if folder is None else folder) / LEARNT
            content = whole = _read(path)
        else:
            path = find_model(model, folder)
            content, whole = landmark_network(path), path.read_bytes()
        self._file, self._sha256 = path.name, hashlib.sha256(whole).hexdigest()
        with quiet_native_log():
            try:
                from ai_edge_litert.interpreter import Interpreter
            except (ImportError, OSError) as error:
                raise DependencyError(
                    f"Expected the package ai-edge-litert, but it can't be loaded ({error}): install the program again."
                ) from error
            try:
                self._interpreter: Any = Interpreter(model_content=content, num_threads=1)
                self._interpreter.allocate_tensors()
                self._input: int = self._interpreter.get_input_details()[0]["index"]
                where = {d["name"]: d["index"] for d in self._interpreter.get_output_details()}
                self._outputs: list[int] = [where[name] for name in _OUTPUTS]
                self._run(np.zeros((_SIZE, _SIZE, 3), np.uint8))
            except (ValueError, RuntimeError, KeyError) as error:
                raise ModelFileError(
                    f"Expected a hand landmark network in {path}, but it is damaged: install the program again."
                ) from error

    @property
    def provenance(self) -> Data:
        return {"model_file": self._file, "model_sha256": self._sha256, "litert": metadata.version("ai-edge-litert")}

    def look(self, image: Image, crop: Crop) -> Joints:
        """The joints of the hand that fills ``crop`` in a (H, W, 3) BGR picture."""
        px, presence, right, world = self._run(cut_out(image, crop, _SIZE))
        # MediaPipe's counts from the corner of its picture, what went on learning from the centre of the first pixel.
        inside = px.reshape(21, 3)[:, :2] - (0.0 if self._is_learnt else 0.5)
        to_picture = pixels_from_crop(crop, _SIZE)
        c, s = np.cos(crop.angle), np.sin(crop.angle)
        upright = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        return Joints(
            inside @ to_picture[:, :2].T + to_picture[:, 2],
            world.reshape(21, 3) @ upright.T,
            float(presence[0, 0]),
            float(right[0, 0]),
        )

    def _run(self, picture: Image) -> list[Floats]:
        rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        self._interpreter.set_tensor(self._input, np.asarray(rgb, np.float32)[None] / np.float32(255))
        self._interpreter.invoke()
        return [np.asarray(self._interpreter.get_tensor(index), float) for index in self._outputs]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelFileError(
            f"Expected the hand landmark network {path}, but it can't be read ({error.strerror}): "
            "install the program again."
        ) from error
