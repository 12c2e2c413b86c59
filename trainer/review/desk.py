"""What all pages of the review room need, and what they show of a session's labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from trainer.errors import FormatError, TrainerError
from trainer.files import WriteError, write_text
from trainer.library.database import Database
from trainer.model import Data, Label
from trainer.review.accounts import Accounts
from trainer.review.agreement import agreement_of
from trainer.review.comments import Comments
from trainer.review.edits import Mark
from trainer.review.exchange import write_labels
from trainer.review.keeping import AS_IT_IS, Keeping, Keepings
from trainer.review.log import Log
from trainer.review.marks import Marks
from trainer.review.people import People, Person
from trainer.review.room import NoSuchSessionError, Room, Shown
from trainer.review.rubric import GRADERS, Grades, Rubric
from trainer.review.tickets import Tickets
from trainer.review.uploads import Uploads
from trainer.review.viewer import Viewer
from trainer.score.labels import NAME, read_labels
from trainer.score.scorecard import to_plain
from trainer.strokes.techniques import Techniques
from trainer.words.words import Words, load_words


@dataclass(frozen=True)
class Seen:
    """A session that somebody may look at, whose it is (None also where that isn't theirs to know), and what of it is
    kept."""

    shown: Shown
    owner: Person | None
    keeping: Keeping

    @property
    def video(self) -> Path | None:
        """Its video, where there is one and it may be shown."""
        return self.shown.video if self.keeping.video else None


@dataclass(frozen=True)
class Desk:
    """``rubrics`` by language; ``language`` and ``own_words`` unless somebody wishes another; with ``tickets`` all have
    to sign in, without them whoever sits at this machine is the head."""

    room: Room
    marks: Marks
    comments: Comments
    people: People
    grades: Grades
    keepings: Keepings
    accounts: Accounts
    log: Log
    techniques: Techniques
    rubrics: Mapping[str, Rubric]
    uploads: Uploads | None = None
    tickets: Tickets | None = None
    language: str = "en"
    own_words: Path | None = None

    @classmethod
    def over(
        cls, database: Database, room: Room, techniques: Techniques, rubrics: Mapping[str, Rubric],
        uploads: Uploads | None = None, tickets: Tickets | None = None, language: str = "en",
        own_words: Path | None = None,
    ) -> Desk:  # fmt: skip
        """All of it in one database."""
        return cls(
            room, Marks(database), Comments(database), People(database), Grades(database, rubrics["en"]),
            Keepings(database), Accounts(database), Log(database), techniques, rubrics, uploads, tickets, language,
            own_words,
        )  # fmt: skip

    def words(self, language: str) -> Words:
        return load_words(language, self.own_words)

    def names(self, words: Words) -> dict[str, str]:
        """Technique id → name for people."""
        return {t.id: words.named("techniques", t.id, t.name) for t in self.techniques.values()}

    def rate_range(self, technique: str) -> tuple[float, float] | None:
        """What is taught of a technique's tempo, in cycles a minute."""
        known = self.techniques.get(technique)
        return known.rate_range if known is not None else None

    def sessions(self, viewer: Viewer) -> list[Seen]:
        """Those that a viewer may look at, the newest first."""
        people, owners = {person.id: person for person in self.people.all()}, self.people.owners()
        keepings, today = self.keepings.all(), date.today()
        seen = [
            Seen(shown, people.get(owners.get(shown.id, "")), keepings.get(shown.id, AS_IT_IS))
            for shown in self.room.sessions()
        ]
        return [_as_theirs(viewer, s) for s in seen if _may_see(viewer, s) and not s.keeping.over(today)]

    def find(self, viewer: Viewer, session_id: str) -> Seen:
        """One of them. Raises NoSuchSessionError, also for what is there but not theirs to know of."""
        shown = self.room.find(session_id)
        seen = Seen(shown, self.people.owner(shown.id), self.keepings.of(shown.id))
        if not _may_see(viewer, seen) or seen.keeping.over(date.today()):
            raise NoSuchSessionError("Expected a session that is there, but it isn't (any more): see the overview.")
        return _as_theirs(viewer, seen)

    def make_ready(self, count: int = 30) -> None:
        """Reckon what the pages of the newest sessions show, so that who opens one first doesn't wait for it."""
        words = self.words(self.language)
        for shown in self.room.sessions()[:count]:
            # One that can't be read says so when it is opened.
            with suppress(TrainerError):
                shown.page_json(self.techniques, words)

    def agree(self, seen: Seen, keeping: Keeping, who: str) -> None:
        """Keep of a session from now on what was agreed; what may not be kept goes at once. Raises FormatError for one
        that lies in somebody's own folder."""
        ours = self.room.is_ours(seen.shown)
        if not ours and (not keeping.video or keeping.until is not None):
            raise FormatError(f"Expected a session of the library, but this one lies in '{seen.shown.folder}'.")
        self.keepings.agree(seen.shown.id, keeping, who)
        if not keeping.video:
            self.room.without_pictures(seen.shown)

    def delete(self, shown: Shown, who: str) -> None:
        """A session, its files and all that was said of it are gone. Raises TrainerError."""
        self.room.delete(shown)
        self.keepings.forget(shown.id, who)

    def marks_of(self, shown: Shown) -> dict[str, Mark]:
        """A session's labels; those in a file beside it are taken over where nobody has labelled here yet."""
        marks, beside = self.marks.labels(shown.id), shown.folder / NAME
        if not marks and beside.is_file() and not any("label" in what for what in self.log.of(shown.id)):
            marks = self.marks.replace(shown.id, read_labels(beside))
        return marks

    def labels_of(self, shown: Shown) -> list[Label]:
        return [mark.label() for mark in self.marks_of(shown).values()]

    def state(self, viewer: Viewer, shown: Shown, marks: dict[str, Mark] | None = None) -> Data:
        """Labels, comments, grades and agreement, as the page shows them; of an example without the grades."""
        own = viewer.sees(self.people.owner(shown.id))
        marks = self.marks_of(shown) if marks is None else marks
        agreed = agreement_of(shown.card(), [mark.label() for mark in marks.values()])
        plain: Data = to_plain({
            "labels": [
                {"id": m.id, "technique": m.technique, "start_s": m.start_ms / 1000, "end_s": m.end_ms / 1000,
                 "hands": m.hands, "version": m.version} for m in marks.values()
            ],
            "comments": [
                {"id": c.id, "time_s": c.said.time_ms / 1000, "text": c.said.text, "zone": c.said.zone,
                 "place": c.said.place, "drawing": c.said.drawing, "author": c.author,
                 "mine": viewer.teaches or c.author_id == viewer.account}
                for c in self.comments.of(shown.id)
            ],
            "agreement": asdict(agreed),
            "grades": self.grades.of(shown.id) if own else {grader: {} for grader in GRADERS},
        })  # fmt: skip
        return plain

    def changed(self, viewer: Viewer, shown: Shown, marks: dict[str, Mark]) -> Data:
        """The state after a change; the labels also go where `trainer train --labels` reads them. Where they can't, the
        state has a ``warning``: here they are kept."""
        state = self.state(viewer, shown, marks)
        try:
            write_text(shown.folder / NAME, write_labels([mark.label() for mark in marks.values()]))
        except WriteError as error:
            state["warning"] = f"The labels are kept here, but not in {NAME}: {error}"
        return state


def _may_see(viewer: Viewer, seen: Seen) -> bool:
    return seen.keeping.example or viewer.sees(seen.owner)


def _as_theirs(viewer: Viewer, seen: Seen) -> Seen:
    """An example doesn't tell whose it is."""
    return seen if viewer.sees(seen.owner) else replace(seen, owner=None)


def visible(viewer: Viewer, people: Sequence[Person]) -> list[Person]:
    """Those whose sessions a viewer may look at."""
    return [person for person in people if viewer.sees(person)]
