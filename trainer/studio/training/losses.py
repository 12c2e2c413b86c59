"""How far the finder's maps are from what they should be."""

from __future__ import annotations

import torch
from torch.nn import functional

from trainer.finder import layout

Maps = dict[str, torch.Tensor]
WEIGHTS = {
    "heat": 1.0, "hand": 1.2, "angle": 0.8, "share": 0.3, "foot": 0.4, "view": 0.3, "landmarks": 2.0, "parts": 1.0,
    "marks": 6.0,
}  # fmt: skip


def losses(coarse: torch.Tensor, fine: torch.Tensor, truth: Maps) -> Maps:
    """Each kind's mean loss over a batch; ``truth`` holds the fields of `targets.Targets`, stacked."""
    heats = torch.cat([coarse[:, : layout.HAND_FACTS], coarse[:, layout.FOOT_HEAT : layout.WORKED]], 1)
    out = {"heat": _focal(heats, truth["heat"], truth["heat_weight"])}
    hand = coarse[:, layout.HAND_FACTS : layout.FOOT_HEAT].reshape(len(coarse), 2, layout.FACTS, *coarse.shape[2:])
    weight = truth["hand_weight"]
    off = functional.smooth_l1_loss(hand[:, :, :3], truth["hand"][:, :, :3], reduction="none", beta=0.1).sum(2)
    out["hand"] = _mean(off, weight)
    angle = functional.normalize(hand[:, :, 3:5], dim=2, eps=1e-3)
    out["angle"] = _mean(1 - (angle * truth["hand"][:, :, 3:5]).sum(2), weight)
    out["angle"] = out["angle"] + 0.02 * _mean((hand[:, :, 3:5].norm(dim=2) - 1).square(), weight)
    share = functional.binary_cross_entropy_with_logits(hand[:, :, 5], truth["hand"][:, :, 5], reduction="none")
    out["share"] = _mean(share, weight)
    facts, foot = coarse[:, layout.WORKED :], truth["foot"]
    yes_no = functional.binary_cross_entropy_with_logits(facts[:, :2], foot[:, :2], reduction="none")
    # Which of two feet is worked is asked of every foot; its side too.
    out["foot"] = _mean(yes_no.sum(1), truth["foot_weight"])
    view = -(functional.log_softmax(facts[:, 2:6], 1) * foot[:, 2:6]).sum(1)
    out["view"] = _mean(view, truth["view_weight"])
    off = functional.smooth_l1_loss(facts[:, 6:], foot[:, 6:], reduction="none", beta=0.05)
    out["landmarks"] = _mean(off[:, 0::2] + off[:, 1::2], truth["landmark_weight"])
    out["parts"] = functional.cross_entropy(fine[:, : layout.HEATS_AT], truth["parts"])
    marks = functional.binary_cross_entropy_with_logits(fine[:, layout.HEATS_AT :], truth["marks"], reduction="none")
    # Few places are near a landmark; those count for as much as all others together.
    out["marks"] = (marks * (1 + 40 * truth["marks"]) * truth["marks_weight"]).mean()
    return out


def total(parts: Maps) -> torch.Tensor:
    return torch.stack([WEIGHTS[name] * value for name, value in parts.items()]).sum()


def _mean(value: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return (value * weight).sum() / weight.sum().clamp(min=1.0)


def _focal(logits: torch.Tensor, bumps: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """The focal loss of bumps (Law and Deng, "CornerNet", arXiv:1808.01244), per bump."""
    likely = torch.sigmoid(logits).clamp(1e-5, 1 - 1e-5)
    peaks = (bumps > 0.99).float()
    hit = -(1 - likely).square() * likely.log() * peaks
    miss = -(1 - bumps).pow(4) * likely.square() * (1 - likely).log() * (1 - peaks)
    return ((hit + miss) * weight).sum() / peaks.sum().clamp(min=1.0)
