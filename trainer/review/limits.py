"""How much one client may ask of the room. Pure: the clock is given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable


class Limit:
    """A bucket for each key (Turner 1986, "token bucket"): it holds ``burst`` and gains ``per_s`` a second."""

    _MOST_KEYS = 10_000

    def __init__(self, per_s: float, burst: float, clock: Callable[[], float]) -> None:
        self._per_s, self._burst, self._clock = per_s, burst, clock
        self._left: dict[Hashable, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def takes(self, key: Hashable, amount: float = 1.0) -> bool:
        """Take ``amount`` out of the bucket; False, and nothing is taken, where there isn't as much."""
        with self._lock:
            left, now = self._now(key)
            if left < amount:
                return False
            if len(self._left) >= self._MOST_KEYS and key not in self._left:
                self._left = {k: v for k, v in self._left.items() if self._full_at(v) > now}
            self._left[key] = (left - amount, now)
            return True

    def wait_s(self, key: Hashable, amount: float = 1.0) -> float:
        """Seconds until there is as much."""
        with self._lock:
            left, _ = self._now(key)
            return max(amount - left, 0.0) / self._per_s

    def _now(self, key: Hashable) -> tuple[float, float]:
        now = self._clock()
        left, at = self._left.get(key, (self._burst, now))
        return min(left + self._per_s * (now - at), self._burst), now

    def _full_at(self, state: tuple[float, float]) -> float:
        left, at = state
        return at + (self._burst - left) / self._per_s
