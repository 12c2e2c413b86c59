"""MediaPipe's hand landmark network in torch, as it is and as it goes on learning; and back into its own file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from trainer.hands.model_files import landmark_network
from trainer.studio.extra import need
from trainer.studio.training.tflite_graph import Graph

JOINTS, PRESENCE, RIGHT, WORLD = 165, 164, 162, 166
"""Tensors of the outputs: 63 numbers in pixels of the crop, presence and handedness in 0–1, 63 numbers in metres."""
FROZEN_UP_TO = 120
SIZE = 224


class JointsNetwork(nn.Module):
    """(B, 3, 224, 224) RGB in 0–1 to a dict of the four outputs."""

    def __init__(self, bundle: Path) -> None:
        super().__init__()
        self.file = landmark_network(bundle)
        self.trunk = Graph(self.file)
        self.trunk.freeze(FROZEN_UP_TO)

    def forward(self, image: torch.Tensor) -> dict[int, torch.Tensor]:
        out: dict[int, torch.Tensor] = self.trunk(image)
        return out


def written_back(network: JointsNetwork) -> bytes:
    """The network's `.tflite` file with the weights that it has now, in half precision as before."""
    file = need("tflite")
    data = bytearray(network.file)
    model = file.Model.GetRootAsModel(data, 0)
    graph = model.Subgraphs(0)
    sources: dict[int, int] = {}
    for i in range(graph.OperatorsLength()):
        operator = graph.Operators(i)
        code = model.OperatorCodes(operator.OpcodeIndex())
        if max(code.BuiltinCode(), code.DeprecatedBuiltinCode()) == file.BuiltinOperator.DEQUANTIZE:
            sources[int(operator.Outputs(0))] = int(operator.Inputs(0))
    shapes = {t: kind for kind, inputs, _, _ in network.trunk.steps for t in inputs}
    for name, value in network.trunk.weights.items():
        t = int(name)
        stored = value.detach().cpu().numpy()
        if stored.ndim == 4:
            stored = stored.transpose((1, 2, 3, 0) if shapes[t] == "DEPTHWISE_CONV_2D" else (0, 2, 3, 1))
        _overwrite(data, model, graph, sources.get(t, t), stored)
    return bytes(data)


def _overwrite(data: bytearray, model: Any, graph: Any, t: int, value: np.ndarray) -> None:
    tensor = graph.Tensors(t)
    kind = {0: np.float32, 1: np.float16}[tensor.Type()]
    raw = np.ascontiguousarray(value, kind).tobytes()
    buffer = model.Buffers(tensor.Buffer())
    start = buffer._tab.Vector(buffer._tab.Offset(4))
    if buffer.DataLength() != len(raw):
        raise ValueError(f"Expected {buffer.DataLength()} bytes of weights in tensor {t}, but got {len(raw)}")
    data[start : start + len(raw)] = raw
