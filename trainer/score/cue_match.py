"""Cues given against those that the truth asks for: which are the same, how late they came. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.model import Cue
from trainer.score.metrics import match_events

WITHIN_S = 6.0
"""A cue so much earlier or later than the one asked for is the same: what it is for still holds then."""


@dataclass(frozen=True)
class Matched:
    """A cue asked for, the one given for it, or either alone."""

    wanted: Cue | None
    given: Cue | None

    @property
    def delay_s(self) -> float:
        """How much later it was given than asked for; NaN where one is missing."""
        if self.wanted is None or self.given is None:
            return float("nan")
        return self.given.time_s - self.wanted.time_s


def match_cues(wanted: Sequence[Cue], given: Sequence[Cue], within_s: float = WITHIN_S) -> list[Matched]:
    """Every cue once, in order of time; of each kind as many are put together as can be."""
    pairs: dict[int, int] = {}
    for kind in {cue.kind for cue in wanted}:
        ours = [j for j, cue in enumerate(given) if cue.kind == kind]
        theirs = [i for i, cue in enumerate(wanted) if cue.kind == kind]
        times = [given[j].time_s for j in ours], [wanted[i].time_s for i in theirs]
        pairs |= {theirs[i]: ours[j] for j, i in match_events(*times, within_s)}
    out = [Matched(w, given[pairs[i]] if i in pairs else None) for i, w in enumerate(wanted)]
    out += [Matched(None, g) for j, g in enumerate(given) if j not in pairs.values()]
    return sorted(out, key=lambda m: (m.wanted or m.given or Cue(0.0, "", "")).time_s)


def precision_recall(matched: Sequence[Matched]) -> tuple[float, float]:
    """(share of the cues given that were asked for, share of those asked for that were given); NaN of none."""
    both = sum(m.wanted is not None and m.given is not None for m in matched)
    given, wanted = sum(m.given is not None for m in matched), sum(m.wanted is not None for m in matched)
    nan = float("nan")
    return both / given if given else nan, both / wanted if wanted else nan
