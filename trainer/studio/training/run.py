"""A training run: it can be stopped and goes on where it was, and uses a GPU where there is one."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Protocol, TypeVar

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from trainer.errors import FormatError

N = TypeVar("N", bound=nn.Module)
Batch = dict[str, torch.Tensor]
_SAVE_EVERY_S = 120.0
_KEEP = 0.998
"""The network that is kept is a running mean over about 500 steps."""
_SPOKEN_EVERY = 50


@dataclass(frozen=True)
class Plan:
    """What a run is: the same plan on the same sheets gives the same network, but for rounding.

    ``trunk_rate`` is for what was learnt before, ``rate`` for what is new.
    """

    steps: int
    batch: int = 16
    seed: int = 4
    rate: float = 1.6e-3
    trunk_rate: float = 5e-4
    warm_steps: int = 100


@dataclass(frozen=True)
class Told:
    """What a run says of itself: the step it has come to, losses since it last spoke, seconds left."""

    step: int
    losses: dict[str, float]
    left_s: float


class Task(Protocol[N]):
    """What is trained: ``network``, whose ``trunk``, if it has one, has been trained before; the batches of steps
    first … last - 1; and the losses of a batch by name, with ``total`` last."""

    name: str
    network: N

    def batches(self, plan: Plan, first: int, last: int) -> Dataset[Batch]: ...

    def losses(self, network: nn.Module, batch: Batch) -> Batch: ...


def pictures_of(batch: Batch) -> tuple[torch.Tensor, Batch]:
    """The ``image`` (B, 3, H, W) of a batch, uint8 to 0-1, and the rest of it."""
    rest = dict(batch)
    return rest.pop("image").contiguous(memory_format=torch.channels_last).float() / 255, rest


def train(
    task: Task[N], folder: Path, plan: Plan, tell: Callable[[Told], None], workers: int = 1, until_s: float = math.inf
) -> N:
    """Trains a task's network, or goes on with it; returns the mean network, on the processor.

    The state lies in ``folder``. ``until_s``: seconds after which the run stops by itself, to be gone on with later.
    Raises FormatError for a state of another plan.
    """
    folder.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(plan.seed)
    network = task.network.to(device, memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(_groups(network, plan), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _slope(step, plan))
    mean: N = copy.deepcopy(network)
    parts: dict[str, Any] = {"network": network, "mean": mean, "optimiser": optimiser, "schedule": schedule}
    path = folder / f"{task.name}.pt"
    first = _resumed(path, parts, plan, device)
    loader = DataLoader(
        task.batches(plan, first, plan.steps), batch_size=None, num_workers=workers,
        prefetch_factor=4 if workers else None,
    )  # fmt: skip
    begun = saved = time.monotonic()
    sums: dict[str, float] = {}
    step = first
    network.train()
    for step, batch in enumerate(loader, start=first + 1):
        each = task.losses(network, {name: value.to(device, non_blocking=True) for name, value in batch.items()})
        optimiser.zero_grad(set_to_none=True)
        each["total"].backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        _follow(mean, network, min(_KEEP, step / (step + 20)))
        for name, value in each.items():
            sums[name] = sums.get(name, 0.0) + float(value.detach())
        now = time.monotonic()
        if step % _SPOKEN_EVERY == 0 or step == plan.steps:
            left = (now - begun) / (step - first) * (plan.steps - step)
            tell(Told(step, {name: value / _SPOKEN_EVERY for name, value in sums.items()}, left))
            sums = {}
        if now - saved > _SAVE_EVERY_S:
            _save(path, parts, plan, step)
            saved = now
        if now - begun > until_s:
            break
    _save(path, parts, plan, step)
    mean.cpu().eval()
    return mean


def load_network(network: nn.Module, state: Path) -> None:
    """Gives a network the weights that a run's state holds. Raises FormatError."""
    try:
        network.load_state_dict(torch.load(state, map_location="cpu", weights_only=True)["network"])
    except (OSError, KeyError, TypeError, RuntimeError, UnpicklingError) as error:
        raise FormatError(f"Expected the state of a run in {state}, but it is something else.") from error


def _groups(network: nn.Module, plan: Plan) -> list[dict[str, Any]]:
    trunk = {id(p) for p in network.trunk.parameters()} if hasattr(network, "trunk") else set()
    learning = [p for p in network.parameters() if p.requires_grad]
    return [
        {"params": [p for p in learning if id(p) not in trunk], "lr": plan.rate},
        {"params": [p for p in learning if id(p) in trunk], "lr": plan.trunk_rate},
    ]


def _slope(step: int, plan: Plan) -> float:
    """Up quickly, down along a cosine."""
    warm = min(1.0, (step + 1) / plan.warm_steps)
    return warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(step / plan.steps, 1.0))))


@torch.no_grad()
def _follow(mean: torch.nn.Module, network: torch.nn.Module, keep: float) -> None:
    for a, b in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
        if a.is_floating_point():
            a.lerp_(b, 1 - keep)
        else:
            a.copy_(b)


def _save(path: Path, parts: dict[str, Any], plan: Plan, step: int) -> None:
    scratch = path.with_name(f".{path.name}.part")
    torch.save({**{k: v.state_dict() for k, v in parts.items()}, "plan": asdict(plan), "step": step}, scratch)
    scratch.replace(path)


def _resumed(path: Path, parts: dict[str, Any], plan: Plan, device: torch.device) -> int:
    if not path.is_file():
        return 0
    state = torch.load(path, map_location=device, weights_only=True)
    if state["plan"] != asdict(plan):
        raise FormatError(f"Expected the plan that {path} was begun with, but got another: choose another folder.")
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return int(state["step"])
