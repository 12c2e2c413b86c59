"""The recogniser's network as it is trained, and its weights as the program runs them (`strokes.network`)."""

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

CHANNELS = 96
DILATIONS = (1, 2, 4, 8, 16, 32, 32)
"""It looks back over 2 x their sum ticks: 9.5 seconds."""


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


class StrokesNetwork(nn.Module):
    """Inputs (B, T, 2, WIDTH) to technique and late (B, T, K), working and beat (B, T, 2), phase (B, T, 2)."""

    def __init__(self, techniques: tuple[str, ...] = TECHNIQUES, channels: int = CHANNELS, drop: float = 0.15) -> None:
        super().__init__()
        self.techniques = techniques
        self.enter = nn.Linear(WIDTH, channels)
        self.drop = nn.Dropout(drop)
        self.blocks = nn.ModuleList([_Block(channels, d, drop) for d in DILATIONS])
        self.norm = nn.LayerNorm(channels)
        self.gate = nn.Linear(channels, 2)
        self.technique = nn.Linear(channels, len(techniques))
        self.late = nn.Linear(channels, len(techniques))
        self.swing = nn.Linear(channels, channels // 2)
        self.phase = nn.Linear(channels // 2, 2)
        self.hand = nn.Linear(channels, 2)

    def features(self, inputs: torch.Tensor) -> torch.Tensor:
        """(B, T, 2, C) what each stream makes of its past."""
        batch, ticks = inputs.shape[:2]
        x = self.drop(self.enter(inputs.permute(0, 2, 1, 3).reshape(2 * batch, ticks, -1)))
        for block in self.blocks:
            x = block(x)
        return self.norm(x).reshape(batch, 2, ticks, -1).permute(0, 2, 1, 3)

    def forward(self, inputs: torch.Tensor) -> dict[str, torch.Tensor]:
        return self.told(self.features(inputs))

    def told(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """The answers, from `features`."""
        share = torch.softmax(self.gate(x), dim=2)
        what, when = ((share[..., k : k + 1] * x).sum(2) for k in range(2))
        each = self.hand(x)
        return {
            "technique": self.technique(what), "late": self.late(what), "working": each[..., 0],
            "phase": self.phase(functional.relu(self.swing(when))), "beat": each[..., 1],
        }  # fmt: skip


def weights_of(network: StrokesNetwork, calibration: dict[str, float]) -> dict[str, Any]:
    """Name -> array, as `strokes.network.StrokesNetwork` takes them: every matrix multiplies from the right."""
    state = {name: value.detach().cpu().numpy().astype(np.float32) for name, value in network.state_dict().items()}
    out: dict[str, np.ndarray] = {}
    for name, value in state.items():
        name = name.replace("blocks.", "").replace("enter.", "in.")
        if name.endswith("conv.weight"):
            out[name] = value.transpose(2, 1, 0).reshape(-1, value.shape[0])
        else:
            out[name] = value.T if value.ndim == 2 else value
    return out | {
        "format": np.array(FORMAT), "techniques": np.array(network.techniques), "dilations": np.array(DILATIONS),
        **{f"calibration.{name}": np.array(value) for name, value in calibration.items()},
    }  # fmt: skip


def load_weights(network: StrokesNetwork, weights: dict[str, np.ndarray]) -> None:
    """The other way round: what `weights_of` made, back into a network. Heads of another width are left as they are."""
    state = network.state_dict()
    for name in state:
        value = weights[name.replace("blocks.", "").replace("enter.", "in.")]
        if name.endswith("conv.weight"):
            out, into, taps = state[name].shape
            value = value.reshape(taps, into, out).transpose(2, 1, 0)
        elif value.ndim == 2:
            value = value.T
        if value.shape == state[name].shape:
            state[name] = torch.from_numpy(np.ascontiguousarray(value))
    network.load_state_dict(state)


def export_strokes(network: StrokesNetwork, path: Path, calibration: dict[str, float]) -> None:
    """Written as a whole or not at all."""
    with write_atomically(path) as scratch:
        np.savez(scratch, **weights_of(network, calibration))
