"""A TensorFlow Lite network as a torch module: MediaPipe's weights as the start of our own training.

Only what the networks in MediaPipe's bundles are made of: convolutions, PReLU, pooling, sums, resizing, dense layers.
Tensors keep their number in the file. Weights become parameters, half precision is widened.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from trainer.errors import ModelFileError
from trainer.studio.extra import need


class Graph(nn.Module):
    """The network of a `.tflite` file, up to the tensors `outputs` (numbers; the file's own outputs by default).

    Takes (B, C, H, W) of any size that its strides divide (dense layers want the file's size); returns a dict from
    tensor number to (B, C, h, w), or (B, N) behind dense layers.
    """

    def __init__(self, data: bytes, outputs: tuple[int, ...] | None = None) -> None:
        super().__init__()
        file = need("tflite")
        model = file.Model.GetRootAsModel(data, 0)
        graph = model.Subgraphs(0)
        codes = {value: name for name, value in vars(file.BuiltinOperator).items() if not name.startswith("_")}
        self.source = int(graph.Inputs(0))
        self.outputs = outputs or tuple(int(graph.Outputs(i)) for i in range(graph.OutputsLength()))
        self.weights = nn.ParameterDict()
        self.steps: list[tuple[str, list[int], int, dict[str, Any]]] = []
        wide: dict[int, np.ndarray] = {}
        for i in range(graph.OperatorsLength()):
            operator = graph.Operators(i)
            code = model.OperatorCodes(operator.OpcodeIndex())
            kind = codes[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
            inputs = [int(t) for t in operator.InputsAsNumpy()]
            output = int(operator.Outputs(0))
            if kind == "DEQUANTIZE":
                wide[output] = _constant(model, graph, inputs[0])
                continue
            for t in inputs:
                if t not in wide and _is_constant(model, graph, t):
                    wide[t] = _constant(model, graph, t)
            self.steps.append((kind, inputs, output, _options(file, operator, kind)))
        self._keep_needed()
        for kind, inputs, _, options in self.steps:
            self._adopt(kind, inputs, options, wide)

    def _keep_needed(self) -> None:
        needed, steps = set(self.outputs), []
        for step in reversed(self.steps):
            if step[2] in needed:
                steps.append(step)
                needed.update(step[1])
        self.steps = steps[::-1]

    def _adopt(self, kind: str, inputs: list[int], options: dict[str, Any], wide: dict[int, np.ndarray]) -> None:
        for place, t in enumerate(inputs):
            if t not in wide or str(t) in self.weights:
                continue
            value = wide[t]
            if kind == "CONV_2D" and value.ndim == 4:
                value = value.transpose(0, 3, 1, 2)
            elif kind == "DEPTHWISE_CONV_2D" and value.ndim == 4:
                value = value.transpose(3, 0, 1, 2)
            elif kind == "PRELU" and place == 1:
                value = value.reshape(-1)
            elif kind in ("PAD", "RESHAPE", "RESIZE_BILINEAR", "MEAN"):
                options["value"] = value
                continue
            self.weights[str(t)] = nn.Parameter(torch.from_numpy(np.ascontiguousarray(value, np.float32)))

    def freeze(self, up_to: int) -> None:
        """The weights of the layers up to the tensor of that number stay as they are."""
        for _, inputs, output, _ in self.steps:
            for t in inputs:
                if str(t) in self.weights:
                    self.weights[str(t)].requires_grad_(False)
            if output == up_to:
                return

    def forward(self, image: torch.Tensor) -> dict[int, torch.Tensor]:
        at: dict[int, torch.Tensor] = {self.source: image}
        for kind, inputs, output, options in self.steps:
            at[output] = self._run(kind, [at[t] if t in at else self._weight(t) for t in inputs], options)
        return {t: at[t] for t in self.outputs}

    def _weight(self, t: int) -> torch.Tensor:
        # Constants that aren't weights are in a step's options.
        return self.weights[str(t)] if str(t) in self.weights else torch.empty(0)

    @staticmethod
    def _run(kind: str, inputs: list[torch.Tensor], options: dict[str, Any]) -> torch.Tensor:
        x = inputs[0]
        if kind in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            weight, stride = inputs[1], options["stride"]
            groups = weight.shape[0] if kind == "DEPTHWISE_CONV_2D" else 1
            kernel = weight.shape[2:]
            if options["same"] and stride == 1:
                out = functional.conv2d(x, weight, inputs[2], 1, (kernel[0] // 2, kernel[1] // 2), groups=groups)
            elif options["same"]:
                # TensorFlow pads a halving the less in front.
                low = [(k - stride) // 2 for k in kernel]
                high = [k - stride - a for k, a in zip(kernel, low, strict=True)]
                padded = functional.pad(x, (low[1], high[1], low[0], high[0]))
                out = functional.conv2d(padded, weight, inputs[2], stride, groups=groups)
            else:
                out = functional.conv2d(x, weight, inputs[2], stride, groups=groups)
            return _activated(out, options["activation"])
        if kind == "PRELU":
            return functional.prelu(x, inputs[1])
        if kind == "ADD":
            return _activated(x + inputs[1], options["activation"])
        if kind == "MAX_POOL_2D":
            return functional.max_pool2d(x, options["kernel"], options["stride"])
        if kind == "AVERAGE_POOL_2D":
            return functional.avg_pool2d(x, options["kernel"], options["stride"])
        if kind == "MEAN":
            return x.mean((2, 3))
        if kind == "PAD":
            more = int(options["value"][3, 1])
            return functional.pad(x, (0, 0, 0, 0, 0, more))
        if kind == "RESIZE_BILINEAR":
            return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        if kind == "FULLY_CONNECTED":
            return functional.linear(x.flatten(1), inputs[1], inputs[2])
        if kind == "LOGISTIC":
            return torch.sigmoid(x)
        if kind == "RESHAPE":
            return x.permute(0, 2, 3, 1).reshape(len(x), -1) if x.ndim == 4 else x
        raise ModelFileError(f"Expected a network of convolutions, but it has a layer of kind {kind}.")


def _activated(x: torch.Tensor, activation: int) -> torch.Tensor:
    if activation == 0:
        return x
    if activation == 1:
        return functional.relu(x, inplace=True)
    if activation == 3:
        return functional.relu6(x, inplace=True)
    raise ModelFileError(f"Expected no other activation than ReLU and ReLU6, but got number {activation}.")


def _options(file: Any, operator: Any, kind: str) -> dict[str, Any]:
    names = {
        "CONV_2D": "Conv2DOptions", "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions", "ADD": "AddOptions",
        "MAX_POOL_2D": "Pool2DOptions", "AVERAGE_POOL_2D": "Pool2DOptions",
    }  # fmt: skip
    if kind not in names or operator.BuiltinOptions() is None:
        return {}
    table = getattr(file, names[kind])()
    table.Init(operator.BuiltinOptions().Bytes, operator.BuiltinOptions().Pos)
    out: dict[str, Any] = {"activation": int(table.FusedActivationFunction())}
    if kind != "ADD":
        out |= {"stride": int(table.StrideH()), "same": int(table.Padding()) == 0}
    if kind.endswith("POOL_2D"):
        out["kernel"] = int(table.FilterHeight())
    return out


def _is_constant(model: Any, graph: Any, t: int) -> bool:
    return t >= 0 and bool(model.Buffers(graph.Tensors(t).Buffer()).DataLength())


def _constant(model: Any, graph: Any, t: int) -> np.ndarray:
    tensor = graph.Tensors(t)
    kinds = {0: np.float32, 1: np.float16, 2: np.int32, 4: np.int64}
    data = model.Buffers(tensor.Buffer()).DataAsNumpy()
    value = np.frombuffer(data.tobytes(), kinds[tensor.Type()])
    shape = tensor.ShapeAsNumpy()
    return value.reshape(shape if isinstance(shape, np.ndarray) else ())
