"""Who looks at a page, and what they may see there. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trainer.review.people import Person

Role = Literal["head", "instructor", "student"]
ROLES: tuple[Role, ...] = ("head", "instructor", "student")
"""The head of a school sees everything and makes the accounts; an instructor sees the groups taught, a student what is
their own."""


@dataclass(frozen=True)
class Viewer:
    """Somebody who is signed in. ``person`` is the id of the Person that they are; ``fresh``: the password has still to
    be chosen. On a machine of one's own, where nobody signs in, it is ``ALONE``."""

    name: str
    role: Role
    account: str = ""
    person: str = ""
    groups: frozenset[str] = frozenset()
    fresh: bool = False

    @property
    def teaches(self) -> bool:
        return self.role != "student"

    def sees(self, person: Person | None) -> bool:
        """Whether that person's sessions are theirs to look at (None: nobody's sessions)."""
        if self.role == "head":
            return True
        if person is None:
            return False
        return person.id == self.person or (self.role == "instructor" and person.group in self.groups)

    def teaches_in(self, group: str) -> bool:
        """Whether the students of a group are theirs to name, and to take away."""
        return self.role == "head" or (self.role == "instructor" and group in self.groups)


ALONE = Viewer("", "head")
"""Who sits at this machine, where nobody else can call the room."""
