"""Teaching the recogniser a school's own hand: its last layers, from labelled sessions, in plain NumPy.

What the network makes of hands and foot stays; only what follows from it is learnt anew (multinomial logistic
regression), held near the layers that were shipped, so that little footage is enough and nothing is forgotten at once.
A technique that isn't known yet begins at nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from trainer.model import Floats
from trainer.strokes.techniques import REST

_HOLD = 0.005
"""How strongly the layers are held to what they were."""
_MOST_STEPS = 300

Weights = dict[str, Any]
"""A network's arrays by name."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """N ticks of labelled sessions: pooled (N, C) what the network made of them; names (N,), late_names
    (N,) the label now and so long ago as the late opinion is of, None where there is none."""

    pooled: Floats
    names: Sequence[str | None]
    late_names: Sequence[str | None]


def adapted(weights: Weights, lesson: Lesson) -> Weights:
    """The weights with their last layers taught. Raises ValueError when nothing is labelled."""
    known = [str(name) for name in weights["techniques"]]
    fresh = sorted({n for n in lesson.names if n is not None} - set(known))
    # Rest stays last, as everywhere.
    names = [*(n for n in known if n != REST), *fresh, REST]
    out = dict(weights)
    for head, labels in (("technique", lesson.names), ("late", lesson.late_names)):
        weight, bias = (_widened(weights[f"{head}.{part}"], known, names) for part in ("weight", "bias"))
        out[f"{head}.weight"], out[f"{head}.bias"] = _taught(lesson.pooled, labels, names, weight, bias)
    return out | {"techniques": np.array(names)}


def _widened(values: NDArray[Any], known: Sequence[str], names: Sequence[str]) -> Floats:
    """The columns of a layer in another order; those of new names are the mean of all, a little less."""
    values = np.asarray(values, float)
    new = values.mean(axis=-1) - (1.0 if values.ndim == 1 else 0.0)
    return np.stack([values[..., known.index(n)] if n in known else new for n in names], axis=-1)


def _taught(
    pooled: Floats, labels: Sequence[str | None], names: Sequence[str], weight: Floats, bias: Floats
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rows = np.array([i for i, name in enumerate(labels) if name is not None])
    if not len(rows):
        raise ValueError("nothing is labelled")
    x = np.c_[pooled[rows], np.ones(len(rows))]
    y = np.array([names.index(str(labels[i])) for i in rows])
    # Every technique counts the same, however long it was done.
    share = 1.0 / np.bincount(y, minlength=len(names))[y]
    share /= share.sum()
    begun = np.vstack([weight, bias])

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(begun.shape)
        z = x @ w
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        wrong = -np.log(np.maximum(p[np.arange(len(y)), y], 1e-12)) @ share
        p[np.arange(len(y)), y] -= 1.0
        off = w - begun
        return float(wrong + _HOLD * (off**2).sum()), (x.T @ (p * share[:, None]) + 2 * _HOLD * off).ravel()

    found = minimize(loss, begun.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _MOST_STEPS})
    w = found.x.reshape(begun.shape)
    return w[:-1].astype(np.float32), w[-1].astype(np.float32)
