"""The recogniser's networks as they are trained, and their weights as the program runs them (`strokes.network`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from trainer.files import write_atomically
from trainer.strokes.inputs import WIDTH
from trainer.strokes.network import FORMAT
from trainer.strokes.vocabulary import TECHNIQUES

NAMES_CHANNELS, NAMES_DILATIONS = 96, (1, 2, 4, 8, 16, 32, 32)
"""What is done is told from 9.5 seconds: twice the sum of the dilations in ticks."""
BEATS_CHANNELS, BEATS_DILATIONS = 64, (1, 1, 2, 4, 8, 16)
"""Where in a repetition a hand is, from 3.2 seconds."""


class _Block(nn.Module):
    def __init__(self, channels: int, dilation: int, drop: float) -> None:
        super().__init__()
        self.dilation = dilation
        self.norm = nn.LayerNorm(channels)
        self.conv = nn.Conv1d(channels, channels, 3, dilation=dilation)
        self.out = nn.Linear(channels, channels)
        self.drop = nn.Dropout(drop)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        past = functional.pad(self.norm(x).transpose(1, 2), (2 * self.dilation, 0))
        return x + self.out(self.drop(functional.relu(self.conv(past)).transpose(1, 2)))


class Streams(nn.Module):
    """Inputs (B, T, 2, WIDTH) to (B, T, 2, C): what each hand's stream makes of its past."""

    def __init__(self, channels: int, dilations: tuple[int, ...], drop: float) -> None:
        super().__init__()
        self.dilations = dilations
        self.enter = nn.Linear(WIDTH, channels)
        self.drop = nn.Dropout(drop)
        self.blocks = nn.ModuleList([_Block(channels, d, drop) for d in dilations])
        self.norm = nn.LayerNorm(channels)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        batch, ticks = inputs.shape[:2]
        x = self.drop(self.enter(inputs.permute(0, 2, 1, 3).reshape(2 * batch, ticks, -1)))
        for block in self.blocks:
            x = block(x)
        return self.norm(x).reshape(batch, 2, ticks, -1).permute(0, 2, 1, 3)


class NamesNetwork(nn.Module):
    """Inputs (B, T, 2, WIDTH) to technique and late (B, T, K), working (B, T, 2)."""

    def __init__(
        self, techniques: tuple[str, ...] = TECHNIQUES, channels: int = NAMES_CHANNELS, drop: float = 0.15
    ) -> None:
        super().__init__()
        self.techniques = techniques
        self.streams = Streams(channels, NAMES_DILATIONS, drop)
        self.gate = nn.Linear(channels, 1)
        self.technique = nn.Linear(channels, len(techniques))
        self.late = nn.Linear(channels, len(techniques))
        self.hand = nn.Linear(channels, 1)

    def forward(self, inputs: torch.Tensor) -> dict[str, torch.Tensor]:
        x = self.streams(inputs)
        what = (torch.softmax(self.gate(x), dim=2) * x).sum(2)
        return {"technique": self.technique(what), "late": self.late(what), "working": self.hand(x)[..., 0]}


class BeatsNetwork(nn.Module):
    """Inputs (B, T, 2, WIDTH) to phase (B, T, 2, 2): cosine and sine of each hand's own repetitions."""

    def __init__(self, channels: int = BEATS_CHANNELS, drop: float = 0.05) -> None:
        super().__init__()
        self.streams = Streams(channels, BEATS_DILATIONS, drop)
        self.swing = nn.Linear(channels, channels)
        self.phase = nn.Linear(channels, 2)

    def forward(self, inputs: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"phase": self.phase(functional.relu(self.swing(self.streams(inputs))))}


def weights_of(names: NamesNetwork, beats: BeatsNetwork, calibration: dict[str, float]) -> dict[str, Any]:
    """Name -> array, as `strokes.network.StrokesNetwork` takes them: every matrix multiplies from the right."""
    return {
        **_flat(names), **{f"beats.{name}": value for name, value in _flat(beats).items()},
        "format": np.array(FORMAT), "techniques": np.array(names.techniques),
        **{f"calibration.{name}": np.array(value) for name, value in calibration.items()},
    }  # fmt: skip


def _flat(network: NamesNetwork | BeatsNetwork) -> dict[str, Any]:
    out: dict[str, Any] = {"dilations": np.array(network.streams.dilations)}
    for name, tensor in network.state_dict().items():
        value = tensor.detach().cpu().numpy().astype(np.float32)
        name = name.replace("streams.", "").replace("blocks.", "").replace("enter.", "in.")
        if name.endswith("conv.weight"):
            out[name] = value.transpose(2, 1, 0).reshape(-1, value.shape[0])
        else:
            out[name] = value.T if value.ndim == 2 else value
    return out


def export_strokes(names: NamesNetwork, beats: BeatsNetwork, path: Path, calibration: dict[str, float]) -> None:
    """Written as a whole or not at all."""
    with write_atomically(path) as scratch:
        np.savez(scratch, **weights_of(names, beats, calibration))
