"""What is wished for each zone, and which is next by it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainer.coach.wish import NextZone, Wish, load_wish
from trainer.errors import FormatError
from trainer.foot import atlas
from trainer.model import Coverage

WISH = Wish("two zones", {"hallux": 10.0, "heel_medial": 20.0})


def coverage(**seconds: float) -> Coverage:
    still = np.where(atlas.grid_on_foot("plantar"), 0.0, np.nan)
    zones = dict.fromkeys(atlas.zones("plantar"), 0.0) | seconds
    return Coverage("plantar", still, still.copy(), zones, 30.0, 0.0)


def test_the_shipped_wish_knows_every_zone() -> None:
    wish = load_wish()
    assert set(wish.zone_seconds) == {*atlas.SOLE_ZONES, *atlas.TOP_ZONES}
    assert wish.name


def test_the_zone_that_lacks_most_is_next() -> None:
    assert NextZone(WISH).update(coverage(hallux=5.0)) == "heel_medial"
    assert NextZone(WISH).update(coverage(heel_medial=15.0, hallux=5.0)) == "hallux"
    assert NextZone(WISH).update(coverage()) == "hallux", "the first that is named, where all lack alike"


def test_it_stays_until_its_wish_is_fulfilled() -> None:
    zone = NextZone(WISH)
    assert zone.update(coverage(hallux=5.0)) == "heel_medial"
    assert zone.update(coverage(hallux=5.0, heel_medial=19.0)) == "heel_medial"
    assert zone.update(coverage(hallux=5.0, heel_medial=20.0)) == "hallux"
    assert zone.update(coverage(hallux=10.0, heel_medial=20.0)) is None


def test_a_zone_that_cannot_be_watched_is_not_asked_for() -> None:
    blind = coverage()
    zone = atlas.grid_zones("plantar") == atlas.zones("plantar").index("hallux")
    blind.grid_unseen_s[zone] = 20.0
    assert NextZone(WISH).update(blind) == "heel_medial"


def test_the_other_foot_begins_anew() -> None:
    zone = NextZone(WISH)
    assert zone.update(coverage(hallux=5.0)) == "heel_medial"
    assert zone.update(replace(coverage(heel_medial=20.0), side="right")) == "hallux"


def test_a_teachers_file(tmp_path: Path) -> None:
    path = tmp_path / "wish.toml"
    path.write_text('name = "heels"\n[zones]\nheel_medial = 30\nheel_lateral = 30.5\n', "utf-8")
    assert load_wish(path) == Wish("heels", {"heel_medial": 30.0, "heel_lateral": 30.5})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name = "x"\n[zones]\nknee = 3\n', ["line 3", "knee", "hallux"]),
        ('name = "x"\n[zones]\nhallux = -1\n', ["line 3", "hallux", "-1"]),
        ('name = "x"\n[zones]\nhallux = "much"\n', ["hallux", "much"]),
        ('name = "x"\n[zones]\nhallux = true\n', ["hallux", "True"]),
        ('name = "x"\n', ["as zones", "nothing"]),
        ("[zones]\nhallux = 3\n", ["name"]),
        ('name = "x"\nzones = 7\n', ["line 2", "zones", "7"]),
        ("name = \n", ["TOML"]),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / "wish.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(FormatError) as told:
        load_wish(path)
    assert all(word in str(told.value) for word in ["wish.toml", *words])


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"nowhere\.toml"):
        load_wish(tmp_path / "nowhere.toml")
