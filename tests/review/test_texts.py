"""The room's texts: each one that a page or a script asks for is there, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

from trainer.library.store import Library
from trainer.review.progress import TRENDS
from trainer.review.rubric import GRADERS, load_rubrics
from trainer.review.viewer import ROLES
from trainer.words.words import LANGUAGES, load_words

ROOM = Path(__file__).resolve().parents[2] / "trainer" / "review"
MADE = {
    "review": {
        *(f"role_{role}" for role in ROLES), *(f"measure_{name}" for name in TRENDS), *(f"grades_{g}" for g in GRADERS),
        *(f"needs_{why}" for why in ("never", "rests", "tempo", "reach", "falls")), "foot_left", "foot_right",
        "draw_pen", "draw_arrow", "draw_ring",
    },
    "review_live": {
        "left_seen", "right_seen", "hand_left", "hand_right", "unseen_foot", "unseen_hands", "unseen_both",
        "thumb_hyperextended", "wrist_bent",
    },
}  # fmt: skip
"""Those whose keys are put together."""


def asked(pattern: str, *endings: str) -> set[str]:
    texts = [path.read_text("utf-8") for path in ROOM.rglob("*") if path.name.endswith(endings)]
    return {key for text in texts for key in re.findall(pattern, text)}


def test_every_text_is_there_and_is_used() -> None:
    words = load_words("en")
    in_pages = asked(r'\bw\("(\w+)"', ".j2") | asked(r'say\("review", "(\w+)"', ".py")
    # The measures' names are also those of tables' heads.
    told = set(words.tables["review"])
    assert in_pages | MADE["review"] >= told - {"measure_in_range_share"}, told - in_pages - MADE["review"]
    assert in_pages - {"foot_", "grades_", "role_", "draw_"} <= told
    in_scripts = asked(r'\bsay\("(\w+)"', ".js")
    live = set(words.tables["review_live"])
    assert in_scripts <= live and live - in_scripts <= MADE["review_live"], live - in_scripts


def test_how_sessions_are_practised_has_a_name(tmp_path: Path) -> None:
    library = Library(tmp_path)
    modes = {library.begin(mode, "x").mode for mode in ("free", "drill", "routine", "teacher")}
    library.close()
    assert modes | {"scored"} == set(load_words("es").tables["review_modes"])


def test_the_rubric_is_the_same_in_every_language() -> None:
    rubrics = load_rubrics()
    assert set(rubrics) == set(LANGUAGES)
    shapes = {tuple((c.id, len(c.levels)) for c in rubric.criteria) for rubric in rubrics.values()}
    assert len(shapes) == 1 and len({rubric.name for rubric in rubrics.values()}) == len(LANGUAGES)
