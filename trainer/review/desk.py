"""What all pages of the review room need, and what they show of a session's labels."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from trainer.files import write_text
from trainer.model import Data, Label
from trainer.review.agreement import agreement_of
from trainer.review.edits import Mark
from trainer.review.exchange import write_labels
from trainer.review.marks import Marks
from trainer.review.people import People
from trainer.review.room import Room, Shown
from trainer.review.rubric import Grades
from trainer.review.uploads import Uploads
from trainer.score.labels import NAME, read_labels
from trainer.score.scorecard import to_plain
from trainer.strokes.techniques import Techniques
from trainer.words.words import Words


@dataclass(frozen=True)
class Desk:
    """What all pages need."""

    room: Room
    marks: Marks
    people: People
    grades: Grades
    techniques: Techniques
    words: Words
    uploads: Uploads | None = None

    @property
    def names(self) -> dict[str, str]:
        """Technique id → name for people."""
        return {t.id: self.words.named("techniques", t.id, t.name) for t in self.techniques.values()}

    def marks_of(self, shown: Shown) -> dict[str, Mark]:
        """A session's labels; those in a file beside it are taken over where nobody has labelled here yet."""
        marks, beside = self.marks.labels(shown.id), shown.folder / NAME
        if not marks and beside.is_file() and not self.marks.log(shown.id):
            marks = self.marks.replace(shown.id, read_labels(beside))
        return marks

    def labels_of(self, shown: Shown) -> list[Label]:
        return [mark.label() for mark in self.marks_of(shown).values()]

    def state(self, shown: Shown, marks: dict[str, Mark] | None = None) -> Data:
        """Labels, comments and agreement, as the page shows them."""
        marks = self.marks_of(shown) if marks is None else marks
        agreed = agreement_of(shown.card(), [mark.label() for mark in marks.values()])
        plain: Data = to_plain({
            "labels": [
                {"id": m.id, "technique": m.technique, "start_s": m.start_ms / 1000, "end_s": m.end_ms / 1000,
                 "hands": m.hands, "version": m.version} for m in marks.values()
            ],
            "comments": [
                {"id": c.id, "time_s": c.time_ms / 1000, "text": c.text, "zone": c.zone}
                for c in self.marks.comments(shown.id)
            ],
            "agreement": asdict(agreed),
            "grades": self.grades.of(shown.id),
        })  # fmt: skip
        return plain

    def changed(self, shown: Shown, marks: dict[str, Mark]) -> Data:
        """The state after a change; the labels also go where `trainer train --labels` reads them."""
        write_text(shown.folder / NAME, write_labels([mark.label() for mark in marks.values()]))
        return self.state(shown, marks)
