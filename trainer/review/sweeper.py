"""What carries out what was agreed on keeping: in the background, at the start and every few minutes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

from trainer.errors import TrainerError
from trainer.review.desk import Desk
from trainer.review.room import NoSuchSessionError

_EVERY_S = 600.0
WHO = "retention"
"""As who it stands in the log."""


def sweep(desk: Desk, today: date) -> list[str]:
    """Delete the sessions that are over, and pictures that may not be kept. What can't be deleted, as on a disk that is
    away, is told, and tried again the next time."""
    problems = []
    for session_id, keeping in desk.keepings.all().items():
        if keeping.video and not keeping.over(today):
            continue
        try:
            shown = desk.room.find(session_id)
            if keeping.over(today):
                desk.delete(shown, WHO)
            else:
                desk.room.without_pictures(shown)
        except NoSuchSessionError:
            # Not scored yet, or its folder isn't there this time.
            continue
        except TrainerError as error:
            problems.append(str(error))
    return problems


class Sweeper:
    """``start`` begins it in a thread; ``tell`` is called with what couldn't be done."""

    def __init__(self, desk: Desk, tell: Callable[[str], object], every_s: float = _EVERY_S) -> None:
        self._desk, self._tell, self._every_s = desk, tell, every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="sweeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """May be called twice."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                problems = sweep(self._desk, date.today())
            except TrainerError as error:
                problems = [str(error)]
            for problem in problems:
                self._tell(problem)
            self._stop.wait(self._every_s)
