from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from session_results import make_card

from trainer.coach.practice import Plan
from trainer.coach.routine import Step
from trainer.foot import atlas
from trainer.model import Coverage, Cue, Rhythm, Stroke
from trainer.score.report import render_report, write_report
from trainer.score.scorecard import Extras, FootFacts, Span
from trainer.strokes.techniques import load_techniques

DAY = date(2026, 3, 9)
VOID = {"meta", "img", "br", "link", "input", "hr", "path", "circle", "rect"}


class Page(HTMLParser):
    """What a page holds, and whether its tags are balanced."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words += data.replace("\u00a0", " ")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def picture(time_s: float, caption: str) -> Any:
    done, jpeg = cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))
    assert done
    return SimpleNamespace(time_s=time_s, jpeg=jpeg.tobytes(), caption=caption)


PICTURES = [picture(4.0, "kneading"), picture(10.0, "")]


def test_is_one_self_contained_page() -> None:
    text = render_report(make_card(), PICTURES, day=DAY)
    page = Page(text)
    assert not page.all("script") and not page.all("link")
    assert all((image["src"] or "").startswith("data:image/jpeg;base64,") for image in page.all("img"))
    assert "://" not in re.sub(r"data:[^\"]*", "", text), "nothing is asked from anywhere"
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None and "default-src 'none'" in policy
    assert re.findall(r"url\(([^)]*)\)", text) == [f"#{what}-left-plantar" for what in ("inside", "hatch")]


def test_tells_what_the_scorecard_holds() -> None:
    page = Page(render_report(make_card(), PICTURES, day=DAY))
    for words in (
        "søle 1.mp4", "20 s · left foot, sole · scored on 9 March 2026", "Kneading", "Press and hold",
        "preset 60–140 a minute", "doi 10.3233/thc-236044", "Could not be seen", "Not sure", "Outer heel",
        "not seen", "Slower: 100 a minute.", "Wrist sharply bent", "about 61°", "No pressure is measured.", "a.task",
        "One thing to work on",
    ):  # fmt: skip
        assert words in page.words, words


def test_tells_what_was_practised_and_how_near_it_came() -> None:
    steps = (Step("kneading", 9, rate_per_min=(110.0, 130.0)), Step("press_hold", 5))
    plan = Plan("routine", "Anna's <round>", steps, blind=True)
    told = Page(render_report(make_card(extras=Extras(techniques=load_techniques(), plan=plan)), day=DAY)).words
    assert "Practised blind: routine, Anna's <round>" in told and "order alike" in told
    assert "its map done" not in told and "Practised" not in Page(render_report(make_card(), day=DAY)).words


def test_reads_well_without_eyes() -> None:
    page = Page(render_report(make_card(), PICTURES, day=DAY))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert all(image["alt"] for image in page.all("img"))
    assert all(attributes.get("aria-label") for _, attributes in page.tags if attributes.get("role") == "img")
    assert page.all("html")[0]["lang"] == "en"
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(attributes["scope"] in ("col", "row") for attributes in page.all("th"))


def test_strange_names_stay_words() -> None:
    bad = "<script>alert(1)</script> \"'&.mp4"
    card = make_card(
        video=SimpleNamespace(name=bad, width=1, height=1, fps=None),
        cues=[Cue(1.0, "x", bad)],
        provenance={"versions": {bad: bad}, "model_hashes": {}, "settings": {"a": {bad: bad}}},
    )
    page = Page(render_report(card, [picture(1.0, bad)], names={"kneading": bad}, day=DAY))
    assert not page.all("script")
    assert page.words.count(bad) >= 6


@pytest.mark.parametrize("view", ["plantar", "dorsal"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_every_face(view: Any, side: Any) -> None:
    grid = np.where(atlas.grid_on_foot(view), 1.0, np.nan)
    coverage = Coverage(view, grid, grid * 0, dict.fromkeys(atlas.zones(view), 3.7), 20.0, 0.0, side)
    page = Page(render_report(make_card(coverage=coverage, foot=FootFacts(side, view, 250.0, True, 0.0)), day=DAY))
    assert page.words.count("3.7 s") == 2 * len(atlas.zones(view)), "each zone on the map and in the table"


def test_both_feet_have_their_maps() -> None:
    grid = np.where(atlas.grid_on_foot("plantar"), 1.0, np.nan)
    left = Coverage("plantar", grid, grid * 0, {"hallux": 4.0}, 20.0, 0.0, "left", visits=(("hallux", 1.0, 5.0),))
    page = Page(render_report(make_card(coverage=(left, replace(left, side="right"))), day=DAY))
    assert "Left foot, sole" in page.words and "Right foot, sole" in page.words
    assert page.words.count("In this order: Big toe") == 2


def test_a_session_without_anything() -> None:
    card = make_card(
        strokes=[], rhythm=[], posture=[], cues=[], unseen_s=0.0, duration_s=0.0, extras=Extras(), sha256=None
    )
    page = Page(render_report(card, day=DAY))
    assert "No stroke was recognised" in page.words
    assert "Rhythm" not in page.words
    assert "none: a live camera" in page.words
    assert "nan" not in page.words.lower()


def test_a_session_that_could_not_be_seen() -> None:
    on_foot = atlas.grid_on_foot("plantar")
    blind = Coverage("plantar", np.where(on_foot, 0.0, np.nan), np.where(on_foot, 20.0, np.nan), {}, 0.0, 20.0)
    card = make_card(
        strokes=[], rhythm=[], coverage=blind, unseen_s=20.0, extras=Extras(unseen=[Span(0.0, 20.0, "foot")]),
        foot=FootFacts("left", "plantar", 250.0, True, 20.0),
    )  # fmt: skip
    page = Page(render_report(card, day=DAY))
    assert "Keep the whole foot in the picture" in page.words
    assert page.words.count("not seen") >= 20
    assert page.words.count("not worked") == 1, "only in the legend"


def test_an_hour_stays_small() -> None:
    strokes, rhythms = [], []
    for k in range(60):
        cycles = tuple(np.arange(k * 60.0, k * 60.0 + 50, 0.5))
        strokes.append(Stroke("kneading", k * 60.0, k * 60.0 + 50, ("left",), 0.9, cycles, ("left",) * len(cycles)))
    rhythms.append(Rhythm("kneading", 6000, 120.0, 0.1, math.nan, 0.9, 1.0, 0))
    text = render_report(make_card(strokes=strokes, rhythm=rhythms, duration_s=3600.0), day=DAY)
    Page(text)
    assert len(text) < 400_000


def test_holds_have_no_rate() -> None:
    starts = [2.0 * k for k in range(14)]
    holds = [Stroke("press_hold", t, t + 1.5, ("left",), 0.9, (t, t + 0.5, t + 1.0), ("left",) * 3) for t in starts]
    rhythm = Rhythm("press_hold", 42, 40.0, 0.1, 0.0, 0.0, 1.0, 0)
    page = Page(render_report(make_card(strokes=holds, rhythm=[rhythm], duration_s=30.0), day=DAY))
    assert "0:02 for 1.5 s" in page.words and "and 4 more" in page.words and "5 to 30 s are taught" in page.words
    assert "Unevenness\n" not in page.words and not page.all("dl")[1:]


def test_unknown_techniques_get_a_name() -> None:
    strokes = [Stroke("hot_stone", 0.0, 5.0, ("left",), 0.9, (), ())]
    page = Page(render_report(make_card(strokes=strokes, rhythm=[]), day=DAY))
    assert "Hot stone" in page.words


def test_writes_the_page(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(path, make_card(), PICTURES, day=DAY)
    assert path.read_text("utf-8") == render_report(make_card(), PICTURES, day=DAY)
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_marked_discomfort_is_told() -> None:
    page = Page(render_report(make_card(extras=Extras(discomfort_s=(63.0,))), day=DAY))
    assert "Discomfort was marked at 1:03" in page.words
