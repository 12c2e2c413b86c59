"""Training the finder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import Dataset

from trainer.studio.training.augment import augmented
from trainer.studio.training.losses import losses as losses_of
from trainer.studio.training.losses import total
from trainer.studio.training.network import FinderNetwork
from trainer.studio.training.run import Batch, Plan, load_network, pictures_of
from trainer.studio.training.shelf import Shelf
from trainer.studio.training.steps import Steps
from trainer.studio.training.targets import targets_of

SHAPES = ((256, 192), (256, 192), (288, 160), (192, 256))
"""Shapes of the input (width, height), in turn; a batch has one."""


class FinderTask:
    """See `run.Task`. sheets: folder of stills; bundle: MediaPipe's `.task` file; seed: of the new layers' weights;
    begun: the state of another run, whose network is gone on with. Raises FormatError when that isn't one."""

    name = "finder"

    def __init__(self, sheets: Path, bundle: Path, seed: int = 4, begun: Path | None = None) -> None:
        self._shelf = Shelf(sheets)
        torch.manual_seed(seed)
        self.network = FinderNetwork(bundle)
        if begun is not None:
            load_network(self.network, begun)

    def batches(self, plan: Plan, first: int, last: int) -> Dataset[Batch]:
        return _Batches(self._shelf, plan, first, last)

    def losses(self, network: nn.Module, batch: Batch) -> Batch:
        image, truth = pictures_of(batch)
        coarse, fine = network(image)
        each = losses_of(coarse, fine, truth)
        return {**each, "total": total(each)}


class _Batches(Steps):
    def __init__(self, shelf: Shelf, plan: Plan, first: int, last: int) -> None:
        super().__init__(plan, first, last)
        self._shelf = shelf

    def made(self, step: int) -> list[Batch]:
        shape = SHAPES[step % len(SHAPES)]
        return [self._one(step * self._plan.batch + k, shape) for k in range(self._plan.batch)]

    def _one(self, draw: int, shape: tuple[int, int]) -> Batch:
        rng = np.random.default_rng([self._plan.seed, draw])
        picture = augmented(self._shelf.dealt(self._plan.seed, draw), self._shelf.any, rng, shape)
        out = {name: torch.from_numpy(np.ascontiguousarray(v)) for name, v in vars(targets_of(picture)).items()}
        out["image"] = torch.from_numpy(np.ascontiguousarray(picture.image[..., ::-1].transpose(2, 0, 1)))
        return out
