"""Teaching MediaPipe's landmark network hands at work: hidden palms, and what is no hand at all."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import Dataset

from trainer.finding import Crop
from trainer.hands.crop import crop_of, pixels_from_crop
from trainer.hands.shape import hand_size
from trainer.studio.training.augment import coloured
from trainer.studio.training.joints_network import JOINTS, PRESENCE, RIGHT, SIZE, WORLD, JointsNetwork
from trainer.studio.training.run import Batch, Plan, pictures_of
from trainer.studio.training.sample import Sample, flipped, inside_share, warped
from trainer.studio.training.shelf import Shelf
from trainer.studio.training.steps import Steps

Rng = np.random.Generator
_LEAST_SEEN = 0.12
_NO_HAND = 0.22
"""Share of the crops that show something else: a foot, a leg, an arm, the room."""
_APART = 0.5
"""A crop of something else lies so many of its sizes away from each hand."""
_GOOD_TEACHER = 0.12
"""Where the untaught network was so near the truth (in hand sizes), its depths and metres are worth keeping."""
_WEIGHTS = {"joints": 1.0, "depth": 0.15, "presence": 0.4, "side": 0.2, "world": 0.15}


class JointsTask:
    """See `run.Task`. sheets: folder of stills; bundle: MediaPipe's `.task` file."""

    name = "joints"

    def __init__(self, sheets: Path, bundle: Path) -> None:
        self._shelf = Shelf(sheets)
        self.network = JointsNetwork(bundle)
        self._teacher = JointsNetwork(bundle).requires_grad_(False)

    def batches(self, plan: Plan, first: int, last: int) -> Dataset[Batch]:
        return _Batches(self._shelf, plan, first, last)

    def losses(self, network: nn.Module, batch: Batch) -> Batch:
        image, truth = pictures_of(batch)
        out = network(image)
        self._teacher.to(image.device)
        with torch.no_grad():
            taught = self._teacher(image)
        hand, size = truth["hand"], truth["size"][:, None]
        joints, goal = out[JOINTS].view(-1, 21, 3), truth["joints"]
        off = (joints[..., :2] - goal) / size[..., None]
        off = functional.smooth_l1_loss(off, torch.zeros_like(off), reduction="none", beta=0.05)
        each = {"joints": _mean(off, hand)}
        likely = out[PRESENCE].view(-1).clamp(1e-5, 1 - 1e-5)
        each["presence"] = functional.binary_cross_entropy(likely, hand)
        right = out[RIGHT].view(-1).clamp(1e-5, 1 - 1e-5)
        each["side"] = _mean(functional.binary_cross_entropy(right, truth["right"], reduction="none"), hand)
        before = taught[JOINTS].view(-1, 21, 3)
        close = (before[..., :2] - goal).norm(dim=-1).mean(1) / truth["size"]
        good = hand * (close < _GOOD_TEACHER)
        each["depth"] = _mean((joints[..., 2] - before[..., 2]).abs() / size, good)
        each["world"] = _mean((out[WORLD] - taught[WORLD]).abs() / 0.1, good)
        total = torch.stack([_WEIGHTS[name] * value for name, value in each.items()]).sum()
        return {**each, "total": total}


def _mean(value: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return (value.flatten(1).mean(1) if value.ndim > 1 else value).mul(weight).sum() / weight.sum().clamp(min=1.0)


class _Batches(Steps):
    def __init__(self, shelf: Shelf, plan: Plan, first: int, last: int) -> None:
        super().__init__(plan, first, last)
        self._shelf = shelf

    def made(self, step: int) -> list[Batch]:
        made: list[Batch] = []
        draw = step * self._plan.batch
        tries = 0
        while len(made) < self._plan.batch:
            rng = np.random.default_rng([self._plan.seed, draw, len(made), tries])
            # Two crops of each picture that is decoded: its hands, or something else.
            picture = self._shelf.dealt(self._plan.seed, draw + len(made)) if not tries else self._shelf.any(rng)
            tries += 1
            made += crops_of(picture, rng)[: self._plan.batch - len(made)]
        return made


def crops_of(sample: Sample, rng: Rng) -> list[Batch]:
    """What the network learns from one picture: crops of the hands that are seen, or of what is no hand."""
    if rng.random() < 0.5:
        sample = flipped(sample)
    out: list[Batch] = []
    for k in range(2):
        joints = sample.hands[k]
        seen = np.isfinite(joints).all() and sample.visible[k] > _LEAST_SEEN
        if not seen or inside_share(joints, sample.size) < 0.5:
            continue
        if rng.random() < _NO_HAND:
            other = _elsewhere(sample, rng)
            if other is not None:
                out.append(_crop(sample, other, None, 0, rng))
                continue
        exact = crop_of(joints)
        near = Crop(
            exact.x + exact.size * rng.normal(0, 0.06), exact.y + exact.size * rng.normal(0, 0.06),
            exact.size * float(np.exp(rng.normal(0, 0.13))), exact.angle + rng.normal(0, 0.28),
        )  # fmt: skip
        out.append(_crop(sample, near, joints, k, rng))
    if not out and (other := _elsewhere(sample, rng)) is not None:
        out.append(_crop(sample, other, None, 0, rng))
    return out


def _elsewhere(sample: Sample, rng: Rng) -> Crop | None:
    """A crop as a wrong finding would give it, mostly of the foot, away from both hands."""
    spots = np.argwhere(np.isin(sample.mask[::8, ::8], (3, 4, 5) if rng.random() < 0.85 else (0,)))
    for _ in range(6):
        if not len(spots):
            break
        y, x = spots[int(rng.integers(len(spots)))] * 8.0
        crop = Crop(float(x), float(y), float(np.exp(rng.uniform(4.0, 5.7))), float(rng.uniform(-np.pi, np.pi)))
        away = np.linalg.norm(np.nan_to_num(sample.hands.mean(axis=1), nan=1e6) - [x, y], axis=1)
        if (away > _APART * crop.size).all():
            return crop
    return None


def _crop(sample: Sample, crop: Crop, joints: np.ndarray | None, k: int, rng: Rng) -> Batch:
    matrix = cv2.invertAffineTransform(pixels_from_crop(crop, SIZE))
    shown = coloured(warped(sample, matrix, (SIZE, SIZE), np.zeros(3)), rng)
    goal: np.ndarray = np.zeros((21, 2))
    size = 1.0
    if joints is not None:
        # The network counts from the corner of its picture, pixels from the centre of the first one.
        goal = joints @ matrix[:, :2].T + matrix[:, 2] + 0.5
        size = max(hand_size(np.asarray(goal, float)), 20.0)
    return {
        "image": torch.from_numpy(np.ascontiguousarray(shown.image[..., ::-1].transpose(2, 0, 1))),
        "joints": torch.from_numpy(goal).float(), "size": torch.tensor(size),
        "hand": torch.tensor(float(joints is not None)), "right": torch.tensor(float(k == 1)),
    }  # fmt: skip
