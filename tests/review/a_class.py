"""A class to try the review room on: students in groups with weeks of sessions, each a scored clip (not invented
numbers), dated as if they had practised over twelve weeks.

``python -m tests.review.a_class SCORES LIBRARY`` makes one of 30 students and 600 sessions out of a folder that
`trainer score` wrote; then `trainer review --library LIBRARY` shows it.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from trainer.library.database import Database
from trainer.library.measures import Measures, measures_of
from trainer.library.store import Library
from trainer.review.comments import Comments, Said
from trainer.review.marks import Marks
from trainer.review.migrate import open_database
from trainer.review.people import People, Person
from trainer.score.scorecard import read_scorecard, strokes_of

NAMES = (
    "Ada Lindqvist", "Amara Okafor", "Anselm Vogt", "Beatriz Solís", "Bruno Keller", "Chiara Conti", "Dag Nyström",
    "Dilara Aydın", "Emeka Obi", "Esther Brandt", "Farid Haddad", "Greta Huber", "Hana Sato", "Iker Etxeberria",
    "Ines Moreau", "Jonas Weiß", "Júlia Ferreira", "Kaito Mori", "Lena Fischer", "Lucía Romero", "Malik Traoré",
    "Mira Petrović", "Nils Bauer", "Noor Rahman", "Olga Zielińska", "Paula Stein", "Quentin Dubois", "Rosa Márquez",
    "Samuel Adler", "Tara Singh",
)  # fmt: skip
GROUPS = ("Tuesday evening", "Weekend course", "Diploma year 1")
WEEKS = 12


def make_class(
    scores: Sequence[Path], folder: Path, *, students: int = 30, sessions: int = 600, now: datetime | None = None,
    seed: int = 8,
) -> None:  # fmt: skip
    """``scores`` are scored sessions' folders. Students begin with the clips in which less was in the preset and come
    to the better ones, each at a pace of their own; some stop practising."""
    now, rng = now or datetime.now(UTC), np.random.default_rng(seed)
    library, database = Library(folder), open_database(f"sqlite:///{folder / 'review.sqlite'}")
    cards = {scored: read_scorecard(scored / "scorecard.json") for scored in scores}
    measures = {scored: measures_of(card) for scored, card in cards.items()}
    rising = sorted(scores, key=lambda scored: (measures[scored].in_range_share or 0.0, scored.name))
    people = People(database)
    those = [people.add(NAMES[k % len(NAMES)], GROUPS[k % len(GROUPS)]) for k in range(students)]
    counts = rng.multinomial(sessions, rng.dirichlet(np.full(students, 4.0)))
    for person, count in zip(those, counts, strict=True):
        pace, stops = rng.uniform(0.3, 1.2), rng.uniform() < 0.2
        ago = np.sort(rng.uniform(9.0 if stops else 0.1, 7.0 * WEEKS, count))[::-1]
        for k, days in enumerate(ago):
            aim = pace * k / max(count - 1, 1) * (len(rising) - 1) + rng.normal(0.0, 2.0)
            scored = rising[int(np.clip(round(aim), 0, len(rising) - 1))]
            _add(library, people, person, scored, measures[scored], now - timedelta(days=float(days)))
    _looked_at(library, database, rng)
    database.close()
    library.close()


def _add(library: Library, people: People, person: Person, scored: Path, measures: Measures, when: datetime) -> None:
    kept = library.begin("drill", scored.name.replace("_", " ").capitalize(), now=when)
    for path in scored.iterdir():
        try:
            os.link(path, kept.folder / path.name)
        except OSError:
            shutil.copy(path, kept.folder / path.name)
    library.finish(kept.id, measures)
    people.give(kept.id, person.id)


def _looked_at(library: Library, database: Database, rng: np.random.Generator) -> None:
    """An instructor has labelled and commented on some of the last sessions."""
    from trainer.model import Label

    marks, comments = Marks(database), Comments(database)
    for kept in library.sessions()[-40::3]:
        strokes = strokes_of(read_scorecard(kept.folder / "scorecard.json"))
        labels = [
            Label(s.technique, round(s.start_s + abs(rng.normal(0, 0.3)), 3), round(s.end_s, 3), s.hands, "person")
            for s in strokes if s.technique != "rest" and s.end_s - s.start_s > 2.0
        ]  # fmt: skip
        if labels:
            marks.replace(kept.id, labels, "Ms. Berger")
            arrow = {"kind": "arrow", "points": [[0.3, 0.2], [0.45, 0.42]]}
            middle = (labels[0].start_s + labels[0].end_s) / 2
            said = Said(round(1000 * middle), "Keep the thumb in line here.", "ball_medial", (0.68, 0.2), (arrow,))
            comments.add(kept.id, said, "Ms. Berger")


if __name__ == "__main__":
    found = sorted(path.parent for path in Path(sys.argv[1]).glob("*/scorecard.json"))
    make_class(found, Path(sys.argv[2]))
