"""Scores that mean what they say: of what is reported with 0.7, seven in ten are there (Platt's scaling).

What is found by it is written into the network's last layer, so that nothing else has to know of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize

from trainer.finder import layout
from trainer.finder.finder import Finder
from trainer.studio.training.augment import FEET, painted_over
from trainer.studio.training.measure import true_feet, true_hands
from trainer.studio.training.network import FinderNetwork
from trainer.studio.training.shelf import Shelf


@dataclass(frozen=True)
class Scale:
    """A logit ``x`` becomes ``slope`` · x + ``shift``."""

    slope: float
    shift: float


def fitted_scale(scores: np.ndarray, true: np.ndarray) -> Scale:
    """From scores (N,) in 0–1 and whether each report was true (N,) bool; no change from too few of either kind."""
    if min(true.sum(), (~true).sum()) < 3:
        return Scale(1.0, 0.0)
    p = np.clip(scores, 1e-4, 1 - 1e-4)
    logits = np.log(p / (1 - p))
    # Platt's targets: a few cases can't make it sure of anything.
    goal = np.where(true, (true.sum() + 1) / (true.sum() + 2), 1 / ((~true).sum() + 2))

    def loss(values: np.ndarray) -> float:
        z = values[0] * logits + values[1]
        return float(np.mean(np.logaddexp(0, z) - goal * z))

    slope, shift = minimize(loss, [1.0, 0.0], method="BFGS").x
    return Scale(float(slope), float(shift))


def calibration(finder: Finder, shelf: Shelf) -> tuple[Scale, Scale]:
    """How the scores of hands and of feet are to be scaled, by stills that the finder wasn't trained on.

    Every fourth of them is shown once more with its feet painted over, and once without any limb: else a finder that
    announces a foot in every picture would be believed.
    """
    told: tuple[list[tuple[float, bool]], list[tuple[float, bool]]] = ([], [])
    for number in range(len(shelf)):
        sample = shelf.sample(number)
        shown = [sample]
        if number % 4 == 0:
            rng = np.random.default_rng(number)
            shown += [painted_over(sample, parts, rng) for parts in (FEET, (1, 2, *FEET))]
        for one in shown:
            finding = finder.find(one.image)
            told[0].extend(zip([h.score for h in finding.hands], true_hands(one, finding.hands), strict=True))
            told[1].extend(zip([f.score for f in finding.feet], true_feet(one, finding.feet), strict=True))
    hands, feet = (
        fitted_scale(np.array([s for s, _ in each]), np.array([t for _, t in each], bool)) for each in told
    )
    return hands, feet


@torch.no_grad()
def calibrate(network: FinderNetwork, hands: Scale, feet: Scale) -> None:
    """Scales the network's heats of hands and of feet."""
    assert network.coarse.bias is not None
    for channels, scale in ((slice(0, layout.HAND_FACTS), hands), (slice(layout.FOOT_HEAT, layout.WORKED), feet)):
        network.coarse.weight[channels] *= scale.slope
        network.coarse.bias[channels] = network.coarse.bias[channels] * scale.slope + scale.shift
