"""The finder's network in torch: MediaPipe's hand features, and a small pyramid that reads hands and feet out of them.

The trunk is the convolutional part of MediaPipe's hand landmark network (Apache-2.0), which knows real hands; its early
layers stay as they are. The pyramid after Lin et al., "Feature Pyramid Networks", arXiv:1612.03144; centres and what is
at them after Zhou et al., "Objects as Points", arXiv:1904.07850.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from trainer.finder import layout
from trainer.hands.model_files import landmark_network
from trainer.studio.training.tflite_graph import Graph

TAPS = (113, 120, 142, 153)
"""Tensors of the landmark network with 24, 40, 112 and 192 channels at strides 4, 8, 16 and 32."""
_TAP_CHANNELS = (24, 40, 112, 192)
FROZEN_UP_TO = 120
_WIDTH = 80
_RARE = -4.0
"""Where a map begins: hardly anywhere is a centre."""


class FinderNetwork(nn.Module):
    """(B, 3, H, W) RGB in 0–1 to (coarse, fine) as `layout` tells."""

    def __init__(self, bundle: Path) -> None:
        super().__init__()
        self.trunk = Graph(landmark_network(bundle), TAPS)
        self.trunk.freeze(FROZEN_UP_TO)
        self.sides = nn.ModuleList([nn.Conv2d(c, _WIDTH, 1) for c in _TAP_CHANNELS])
        self.around = _Separable(_WIDTH, _WIDTH, 5)
        self.merge = nn.ModuleList([_Separable(_WIDTH, _WIDTH, 3) for _ in range(3)])
        self.coarse_neck = nn.Sequential(_Separable(_WIDTH, 128, 5), _Separable(128, 128, 3))
        self.coarse = nn.Conv2d(128, layout.COARSE_CHANNELS, 1)
        self.fine = nn.Conv2d(_WIDTH, layout.FINE_CHANNELS, 1)
        with torch.no_grad():
            assert self.coarse.bias is not None and self.fine.bias is not None
            self.coarse.bias.zero_()
            self.coarse.bias[: layout.HAND_FACTS] = _RARE
            self.coarse.bias[layout.FOOT_HEAT] = _RARE
            self.fine.bias.zero_()
            self.fine.bias[layout.HEATS_AT :] = _RARE

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        taps = self.trunk(image)
        sides = [side(taps[t]) for side, t in zip(self.sides, TAPS, strict=True)]
        deep = self.around(sides[3])
        half = self.merge[2](_twice(deep) + sides[2])
        eighth = self.merge[1](_twice(half) + sides[1])
        quarter = self.merge[0](_twice(eighth) + sides[0])
        return self.coarse(self.coarse_neck(eighth)), self.fine(quarter)


class _Separable(nn.Sequential):
    """Depthwise and pointwise convolution with their normalisation, which export folds away."""

    def __init__(self, inside: int, outside: int, kernel: int) -> None:
        super().__init__(
            nn.Conv2d(inside, inside, kernel, padding=kernel // 2, groups=inside, bias=False),
            nn.BatchNorm2d(inside),
            nn.Conv2d(inside, outside, 1, bias=False),
            nn.BatchNorm2d(outside),
            nn.ReLU6(inplace=True),
        )


def _twice(x: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
