"""The finder: one small network over a whole picture that sees the working hands and the feet together."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np

from trainer.errors import ModelFileError
from trainer.files import data_dir
from trainer.finder.decode import decode
from trainer.finder.layout import input_shape, network_input
from trainer.finding import Finding
from trainer.model import Data, Image

MODEL = "finder.onnx"


class Finder:
    """Looks at pictures, each on its own. Not to be used by two threads at once."""

    def __init__(self, model: bytes, name: str = MODEL) -> None:
        try:
            self._network = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))
        except cv2.error as error:
            raise ModelFileError(
                f"Expected the finder's network in {name}, but it can't be read: install the program again."
            ) from error
        self._name = name
        self._sha256 = hashlib.sha256(model).hexdigest()

    @property
    def provenance(self) -> Data:
        return {"finder_file": self._name, "finder_sha256": self._sha256}

    def find(self, image: Image) -> Finding:
        """What is in a picture (H, W, 3) uint8 BGR."""
        height, width = image.shape[:2]
        shape = input_shape(width, height)
        self._network.setInput(network_input(image, shape))
        coarse, fine = self._network.forward(["coarse", "fine"])
        return decode(coarse[0], fine[0], (width, height), shape)


def open_finder(folder: Path | None = None) -> Finder:
    """The finder of ``models/``, or of another folder. Raises ModelFileError when it is missing or damaged."""
    path = (data_dir() / "models" if folder is None else folder) / MODEL
    try:
        return Finder(path.read_bytes(), path.name)
    except OSError as error:
        raise ModelFileError(
            f"Expected the finder's network {path}, but it can't be read ({error.strerror}): install the program again."
        ) from error
