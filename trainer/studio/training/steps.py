"""The batches of a training run, made one by one."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch.utils.data import Dataset

from trainer.studio.training.run import Batch, Plan


class Steps(Dataset[Batch], ABC):
    """Steps first … last - 1; each batch is decided by its number and the seed alone."""

    def __init__(self, plan: Plan, first: int, last: int) -> None:
        self._plan, self._first, self._last = plan, first, last

    def __len__(self) -> int:
        return self._last - self._first

    def __getitem__(self, number: int) -> Batch:
        made = self.made(self._first + number)
        return {name: torch.stack([one[name] for one in made]) for name in made[0]}

    @abstractmethod
    def made(self, step: int) -> list[Batch]:
        """The examples of a step, each with what the network should say of it."""
