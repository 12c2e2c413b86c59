"""All sheets of a folder in memory."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np

from trainer.errors import FormatError
from trainer.studio.stills import Sheet
from trainer.studio.training.sample import Sample, sample_of


class Shelf:
    """The pictures of a folder's sheets. Raises FormatError when there are none."""

    def __init__(self, folder: Path) -> None:
        self.paths = sorted(folder.glob("*.npz"))
        if not self.paths:
            raise FormatError(f"Expected sheets (.npz) of stills in {folder}, but found none: make them first.")
        self._sheets = [Sheet.read(path) for path in self.paths]
        self._at = [(i, k) for i, sheet in enumerate(self._sheets) for k in range(len(sheet.images))]

    def __len__(self) -> int:
        return len(self._at)

    def sample(self, number: int) -> Sample:
        sheet, k = self._at[number]
        return sample_of(self._sheets[sheet], k)

    def dealt(self, seed: int, draw: int) -> Sample:
        """The draw-th picture of a run: every one comes once before any comes twice."""
        turn, place = divmod(draw, len(self))
        order = np.random.default_rng([seed, zlib.crc32(b"order"), turn]).permutation(len(self))
        return self.sample(int(order[place]))

    def any(self, rng: np.random.Generator) -> Sample:
        return self.sample(int(rng.integers(len(self))))
