"""Figures of the recogniser on made-up sessions: ``python -m tests.strokes.measure [FIRST_SEED LAST_SEED]``.

Not a test: prints, per technique, the share of time in which the strokes name the truth, the delay of the live label,
and over all the label changes a minute and the CPU per frame.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from tests.strokes.kinematics import MAKERS, Sight, session
from trainer.strokes.learned import LearnedRecogniser
from trainer.strokes.segments import strokes_from


def measure(seeds: range, sight: Sight) -> None:
    """Prints the figures over one session of all techniques per seed."""
    right: dict[str, list[bool]] = {name: [] for name in MAKERS}
    delays: dict[str, list[float]] = {name: [] for name in MAKERS}
    cpu_s, frames = 0.0, 0
    for seed in seeds:
        rng = np.random.default_rng(seed + 1000)
        plan: list[tuple[str, float]] = []
        for name in rng.permutation([n for n in MAKERS if n != "rest"]):
            plan.append((str(name), float(rng.uniform(6, 10))))
            if rng.random() < 0.5:
                plan.append(("rest", float(rng.uniform(3, 5))))
        made = session(plan, seed=seed, sight=sight)
        recogniser, begun = LearnedRecogniser(), time.process_time()
        judgements = [recogniser.update(t) for t in made.touches]
        cpu_s, frames = cpu_s + time.process_time() - begun, frames + len(judgements)
        strokes = strokes_from(judgements)
        for label in made.labels:
            inside = [j for j in judgements if label.start_s <= j.time_s < label.end_s]
            for j in inside:
                now = [s.technique for s in strokes if s.start_s <= j.time_s < s.end_s] or ["rest"]
                right[label.technique].append(now[0] == label.technique)
            named = [j.time_s - label.start_s for j in inside if j.technique == label.technique]
            delays[label.technique].append(named[0] if named else np.nan)
    for name in MAKERS:
        delay = np.median([d for d in delays[name] if np.isfinite(d)] or [np.nan])
        print(f"{name:15s} right {np.mean(right[name]):.2f}  live label after {delay:.1f} s")
    share = np.mean([r for rs in right.values() for r in rs])
    print(f"all: right {share:.3f}, CPU {1000 * cpu_s / frames:.2f} ms a frame")


if __name__ == "__main__":
    first, last = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (0, 3)
    measure(range(first, last), Sight())
