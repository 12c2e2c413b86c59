"""Which detection belongs to which track: the cheapest one-to-one pairing of a handful of things."""

from __future__ import annotations

import numpy as np

from trainer.model import Floats


def cheapest_pairs(cost: Floats, nothing: float) -> tuple[tuple[int, int], ...]:
    """The pairs (row, column) of the (N, M) costs that are cheapest in sum, each row and column used at
    most once.

    A row left alone costs ``nothing``; pairs that cost more, infinity or NaN are never made. Exact; meant
    for a few rows, of which most have only one or two columns in question.
    """
    rows, columns = cost.shape
    options = [[c for c in range(columns) if np.isfinite(cost[r, c]) and cost[r, c] < nothing] for r in range(rows)]

    def best(row: int, taken: frozenset[int]) -> tuple[float, tuple[tuple[int, int], ...]]:
        if row == rows:
            return 0.0, ()
        rest, pairs = best(row + 1, taken)
        found = (nothing + rest, pairs)
        for column in options[row]:
            if column not in taken:
                rest, pairs = best(row + 1, taken | {column})
                if cost[row, column] + rest < found[0]:
                    found = (float(cost[row, column]) + rest, ((row, column), *pairs))
        return found

    return best(0, frozenset())[1]
