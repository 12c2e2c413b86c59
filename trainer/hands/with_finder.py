"""A finder beside a backend that has none of its own, so that the foot is found whatever the hands come from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trainer.finding import Sighting
from trainer.hands.backend import HandBackend
from trainer.hands.finder_backend import Finder, is_due
from trainer.model import Data, Frame


class WithFinder:
    """The hands of ``backend``, and a finding about ten times a second."""

    def __init__(self, backend: HandBackend, finder: Finder) -> None:
        self.name, self.trusted, self.finds = backend.name, backend.trusted, True
        self._backend = backend
        self._finder = finder
        self._found_s = -np.inf

    @property
    def provenance(self) -> Data:
        return {**self._backend.provenance, **self._finder.provenance}

    def look(self, frame: Frame) -> Sighting:
        sighting = self._backend.look(frame)
        if not is_due(self._found_s, frame.time_s):
            return sighting
        self._found_s = frame.time_s
        return replace(sighting, finding=self._finder.find(frame.image))

    def close(self) -> None:
        self._backend.close()
