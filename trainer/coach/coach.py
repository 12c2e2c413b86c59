"""One cue at a time, the most useful one, only outside a tolerance, and ever more seldom (STROKES.md § 4).

The policy, whole: rules propose (`coach.rules`), the most important first. One may speak once it has held for its time,
is held long enough to be read, followed by silence, and not repeated within seconds. Feedback that is always on makes
dependent (Schmidt 1991, "guidance hypothesis"): the longer a skill has been in its band, the longer a slip of it is
let pass; a correction brings the old strictness back. Praise is given when a correction has been followed, and for
lasting steadiness, each time later than before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trainer.coach.rules import Proposal, Situation, goal_of, in_band, proposals
from trainer.model import Cue
from trainer.strokes.techniques import Techniques, load_techniques
from trainer.words.words import Words, load_words

HOLD_S = 4.0
"""A cue stays this long: a short sentence is read at arm's length in about two seconds, by eyes that were elsewhere."""
QUIET_S = 3.0
"""Silence after a cue, in which the learner can act on it."""
REPEAT_S = 15.0
"""The same kind of cue comes back no sooner."""
SETTLED_S = 40.0
"""After so long in its band a skill is settled: a slip is let pass three times as long."""
BETTER_S = 6.0
"""So long after a correction its success is praised."""
PRAISE_S = (20.0, 90.0, 300.0)
"""So much lasting steadiness earns a word, then so much more, and so on with the last."""
ONCE = frozenset({"care"})
_STRICT = frozenset({"joints", "order"})
"""Skills that are never let pass longer: joints hurt, and a routine is a routine."""
_FORGIVEN_S = 1.0
"""A proposal may be missing for so long without having to begin anew: rates come and go."""


class Coach:
    """Feed it every instant; it answers with the cue to show, or None. ``cues`` are all that were given."""

    def __init__(self, words: Words | None = None, techniques: Techniques | None = None) -> None:
        self._words = words or load_words()
        self._techniques = techniques or load_techniques()
        self._since: dict[str, float] = {}
        self._seen: dict[str, float] = {}
        self._said: dict[str, float] = {}
        self._good_s: dict[str, float] = {}
        self._corrected: str | None = None
        self._praised = 0
        self._steady_s = 0.0
        self._current: Cue | None = None
        self._last_s: float | None = None
        self.cues: list[Cue] = []

    def update(self, now: Situation) -> Cue | None:
        step_s = 0.0 if self._last_s is None else max(now.time_s - self._last_s, 0.0)
        self._last_s = now.time_s
        proposed = list(proposals(now, self._techniques))
        self._settle(now, proposed, step_s)
        self._remember(now.time_s, proposed)
        if self._current is not None:
            age = now.time_s - self._current.time_s
            if age < HOLD_S:
                return self._current
            if age < HOLD_S + QUIET_S:
                return None
        for proposal in (*proposed, *self._praise(now)):
            if self._lasted(proposal, now.time_s) and self._may_repeat(proposal.kind, now.time_s):
                return self._speak(proposal, now.time_s)
        return None

    def patience_s(self, proposal: Proposal) -> float:
        """How long a proposal must have held: longer, the longer its skill has been settled."""
        if proposal.skill is None or proposal.skill in _STRICT:
            return proposal.persist_s
        settled = min(self._good_s.get(proposal.skill, 0.0) / SETTLED_S, 1.0)
        return proposal.persist_s * (1 + 2 * settled)

    def _settle(self, now: Situation, proposed: list[Proposal], step_s: float) -> None:
        """Counts the time in which each skill was judged and good."""
        wrong = {p.skill for p in proposed}
        good = in_band(now)
        if good is not None:
            for skill in ("tempo", "evenness"):
                if skill not in wrong:
                    self._good_s[skill] = self._good_s.get(skill, 0.0) + step_s
        if now.touched and "place" not in wrong:
            self._good_s["place"] = self._good_s.get("place", 0.0) + step_s
        # Not knowing for a moment doesn't end what was steady; being wrong does.
        if good:
            self._steady_s += step_s
        elif good is False or wrong & {"tempo", "evenness"} or goal_of(now) is None:
            self._steady_s = 0.0

    def _remember(self, now_s: float, proposed: list[Proposal]) -> None:
        for proposal in proposed:
            key = _key(proposal)
            if now_s - self._seen.get(key, -1e9) > _FORGIVEN_S:
                self._since[key] = now_s
            self._seen[key] = now_s

    def _lasted(self, proposal: Proposal, now_s: float) -> bool:
        return now_s - self._since.get(_key(proposal), now_s) >= self.patience_s(proposal)

    def _may_repeat(self, kind: str, now_s: float) -> bool:
        return kind not in self._said or (kind not in ONCE and now_s - self._said[kind] >= REPEAT_S)

    def _praise(self, now: Situation) -> Iterator[Proposal]:
        """Earned praise; it needs no lasting of its own."""
        goal = goal_of(now)
        if goal is None or goal.rate_range is None or now.rate_per_min != now.rate_per_min:
            return
        low, high = (round(rate) for rate in goal.rate_range)
        if self._corrected in ("tempo", "evenness") and self._steady_s >= BETTER_S:
            yield Proposal("better", 0.0, None, {"rate": round(now.rate_per_min)},
                           {"low": low, "high": high, "seconds": round(self._steady_s)})  # fmt: skip
        elif self._steady_s >= PRAISE_S[min(self._praised, len(PRAISE_S) - 1)]:
            yield Proposal("good_rhythm", 0.0, None, {}, {"seconds": round(self._steady_s)})

    def _speak(self, proposal: Proposal, now_s: float) -> Cue:
        lasted = now_s - self._since.get(_key(proposal), now_s)
        why = {"seconds": f"{lasted:.1f}", **self._spoken(proposal.why)}
        self._current = Cue(
            now_s, proposal.kind, self._words.say("cues", proposal.kind, **self._spoken(proposal.values)),
            self._words.say("why", proposal.kind, **why),
        )  # fmt: skip
        self.cues.append(self._current)
        self._said[proposal.kind] = now_s
        if proposal.kind == "better":
            self._corrected = None
        elif proposal.kind == "good_rhythm":
            self._praised += 1
            self._steady_s = 0.0
        elif proposal.skill is not None:
            self._corrected = proposal.skill
            self._good_s[proposal.skill] = 0.0
            self._steady_s = 0.0
        return self._current

    def _spoken(self, values: Mapping[str, Any]) -> dict[str, object]:
        """Values with ids, given as (table, id), in words."""
        return {
            name: self._words.named(value[0], value[1], self._own_name(*value)) if isinstance(value, tuple) else value
            for name, value in values.items()
        }

    def _own_name(self, table: str, key: str) -> str | None:
        """What a school calls a technique of its own."""
        technique = self._techniques.get(key) if table in ("techniques", "how") else None
        return None if technique is None else technique.name if table == "techniques" else technique.how


def _key(proposal: Proposal) -> str:
    """What has to last: a fault of the same kind at the same place."""
    return f"{proposal.kind} {sorted(proposal.values.items()) if proposal.skill in ('joints', 'place') else ''}"
