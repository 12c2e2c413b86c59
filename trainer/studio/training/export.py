"""A trained finder as the ONNX file that the program runs."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch

from trainer.files import write_atomically
from trainer.studio.training.network import FinderNetwork


def export_finder(network: FinderNetwork, path: Path) -> None:
    """Written as a whole or not at all; any input shape whose sides `layout.MULTIPLE` divides will do."""
    network = network.cpu().eval()
    with warnings.catch_warnings(), write_atomically(path) as scratch:
        # The newer exporter needs a library of its own and gives a graph that OpenCV reads less well.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network, (torch.rand(1, 3, 192, 256),), scratch, dynamo=False, opset_version=17, input_names=["image"],
            output_names=["coarse", "fine"],
            dynamic_axes={"image": {2: "h", 3: "w"}},
        )  # fmt: skip
