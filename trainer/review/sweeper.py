"""What is done in the background: what was agreed on keeping is carried out, live practice finds whose it is, and the
newest pages are made ready."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from math import inf
from time import monotonic

from trainer.errors import TrainerError
from trainer.library.marks import student_of
from trainer.review.desk import Desk
from trainer.review.room import NoSuchSessionError

_ADOPT_EVERY_S, _SWEEP_EVERY_S = 30.0, 600.0
WHO, LIVE = "retention", "live practice"
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
        except (TrainerError, OSError) as error:
            problems.append(str(error))
    return problems


def adopt(desk: Desk) -> None:
    """Sessions in which somebody said who practises become that student's, where one and only one has that name, and
    nobody has said yet whose they are."""
    known: dict[str, list[str]] = {}
    for person in desk.people.all():
        known.setdefault(person.name.casefold(), []).append(person.id)
    owners = desk.people.owners()
    for shown in desk.room.sessions():
        theirs = known.get(student_of(shown.folder).casefold(), []) if shown.id not in owners else []
        if len(theirs) == 1 and not any("of" in what for what in desk.log.of(shown.id)):
            desk.people.give(shown.id, theirs[0], LIVE)


class Sweeper:
    """``start`` begins it in a thread; ``tell`` is called with what couldn't be done."""

    def __init__(
        self, desk: Desk, tell: Callable[[str], object], every_s: tuple[float, float] = (_ADOPT_EVERY_S, _SWEEP_EVERY_S)
    ) -> None:
        self._desk, self._tell, self._every_s = desk, tell, every_s
        self._stop, self._swept = threading.Event(), -inf
        self._thread = threading.Thread(target=self._work, name="sweeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """May be called twice."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _work(self) -> None:
        self._round()
        with suppress(TrainerError):
            self._desk.make_ready()
        while not self._stop.wait(self._every_s[0]):
            self._round()

    def _round(self) -> None:
        problems: list[str] = []
        try:
            adopt(self._desk)
            if monotonic() - self._swept >= self._every_s[1]:
                self._swept = monotonic()
                problems = sweep(self._desk, date.today())
        except (TrainerError, OSError) as error:
            # Whatever it is: the next round comes.
            problems = [str(error)]
        for problem in problems:
            self._tell(problem)
