"""The history of practice: its figures, its page, its command."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.score.session_results import make_card, results
from trainer.cli import app
from trainer.commands.history import sparkline
from trainer.library.measures import Measures, TechniqueMeasures, measures_of
from trainer.library.page import history_page
from trainer.library.store import Library
from trainer.model import Rhythm

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NAN = float("nan")


def measures(k: int) -> Measures:
    rate = {"kneading": TechniqueMeasures(30.0, 60.0 + 5 * k, 0.5, 0.2)}
    return Measures(60.0, 40.0, 0.5 + 0.05 * k, None if k == 2 else 0.8, 0.3, 0.1, 0.0, k, rate)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    library = Library(tmp_path / "sessions")
    for k in range(5):
        kept = library.begin("drill", "Kneading <b>", now=NOW + timedelta(days=k))
        library.finish(kept.id, measures(k))
    library.begin("free", "", now=NOW + timedelta(days=9))
    library.close()
    return tmp_path / "sessions"


def test_measures_are_those_of_the_scorecard() -> None:
    rhythms = [Rhythm("kneading", 30, 120.0, 0.1, NAN, 0.75, 0.6, 1),
               Rhythm("friction", 10, 60.0, 0.3, NAN, 0.35, 0.5, 0),
               Rhythm("press_hold", 1, NAN, NAN, NAN, NAN, 0.0, 0)]  # fmt: skip
    m = measures_of(make_card(**results(rhythm=rhythms)))
    assert m.in_range_share == pytest.approx((30 * 0.75 + 10 * 0.35) / 40)
    assert m.steadiness == pytest.approx(1 - (30 * 0.1 + 10 * 0.3) / 40)
    assert m.duration_s == 20.0 and m.worked_s == pytest.approx(8.0) and m.unseen_share == pytest.approx(3.5 / 20)
    assert m.strained_s == pytest.approx(2.0) and m.cues == 1
    assert m.techniques["kneading"] == TechniqueMeasures(4.0, 120.0, 0.75, 0.1)
    assert m.techniques["press_hold"].rate_per_min is None


def test_what_can_not_be_told_is_none() -> None:
    m = measures_of(make_card(**results(rhythm=[], strokes=[])))
    assert m.in_range_share is None and m.steadiness is None and m.techniques == {}


def test_the_page_has_plots_and_every_session_and_nothing_from_elsewhere(folder: Path) -> None:
    page = history_page(Library(folder).sessions())
    assert page.count("<svg") == 5, "four measures and one tempo"
    assert page.count("<tr>") == 7
    assert "http://" not in page.replace("http://www.w3.org", "") and "<script" not in page
    assert "Kneading &lt;b&gt;" in page and "Kneading <b>" not in page
    steady = page[page.index("Steadiness") :]
    assert steady[: steady.index("</svg>")].count("<polyline") == 2, "what isn't known is a gap"


def test_an_empty_library_says_so(tmp_path: Path) -> None:
    assert "No session has been kept yet" in history_page([])
    told = CliRunner().invoke(app, ["history", "--library", str(tmp_path / "none")])
    assert told.exit_code == 0 and "No session has been kept yet" in told.output


def test_the_command_lists_prints_json_and_deletes(folder: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    listed = run(
        app, ["history", "--library", str(folder), "-o", str(tmp_path / "history.html")], env={"COLUMNS": "160"}
    )
    assert listed.exit_code == 0 and "70 %" in listed.output.replace("\xa0", " ") and "not finished" in listed.output
    assert (tmp_path / "history.html").read_text("utf-8").startswith("<!doctype html>")
    told = json.loads(run(app, ["history", "--library", str(folder), "--json"]).output)
    assert len(told) == 6 and told[4]["measures"]["techniques"]["kneading"]["rate_per_min"] == 80.0
    gone = run(app, ["history", "--library", str(folder), "--delete", told[0]["id"]])
    assert gone.exit_code == 0 and not Path(told[0]["folder"]).exists()
    assert len(json.loads(run(app, ["history", "--library", str(folder), "--json"]).output)) == 5
    assert run(app, ["history", "--library", str(folder), "--delete", "nothing"]).exit_code == 2


def test_a_sparkline_has_gaps_where_nothing_is_known() -> None:
    assert sparkline([0.0, None, 1.0, 0.5]) == "▁ █▅"
