"""Sessions to other programs and back: ELAN, WebVTT, CSV, and the two commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.score.session_results import make_card, results
from trainer.cli import app
from trainer.errors import FormatError
from trainer.model import Label
from trainer.review.eaf import Annotation, Tier, read_eaf, write_eaf
from trainer.review.exchange import labels_in, tiers_of, write_labels, write_vtt
from trainer.score.labels import read_labels
from trainer.score.scorecard import write_scorecard
from trainer.strokes.techniques import load_techniques

KNOWN = {t.id: t.name for t in load_techniques().values()}
LABELS = (
    Label("kneading", 2.0, 6.125, ("left", "right"), author="person"),
    Label("press_hold", 8.0, 12.0, (), author="person"),
)
RUN = CliRunner()


@pytest.fixture
def session(tmp_path: Path) -> Path:
    write_scorecard(tmp_path / "scorecard.json", make_card(**results(duration_s=20.0)))
    (tmp_path / "labels.csv").write_text(write_labels(LABELS), "utf-8")
    return tmp_path


def test_labels_come_back_whole_through_elan_and_csv(tmp_path: Path) -> None:
    tiers = read_eaf(write_eaf(tiers_of(make_card(**results()), LABELS)).encode(), "x")
    assert labels_in(tiers, KNOWN, "x") == LABELS
    path = tmp_path / "labels.csv"
    path.write_text(write_labels(LABELS), "utf-8")
    assert read_labels(path) == LABELS


def test_the_machines_own_are_tiers_too() -> None:
    card = make_card(**results())
    tiers = {t.name: t for t in tiers_of(card, LABELS)}
    assert [a.text for a in tiers["machine"].annotations] == ["kneading", "press_hold"]
    assert [a.text for a in tiers["machine hands"].annotations] == ["left right", "right"]
    assert tiers["cues"].annotations == (Annotation(4.0, 8.0, "Slower: 100 a minute."),)
    assert tiers["unseen"].annotations[0].text == "hands"


def test_a_tier_of_another_program_is_found_by_what_it_holds() -> None:
    theirs = Tier("Strokes", (Annotation(1.0, 2.0, "Thumb walking"), Annotation(3.0, 4.0, "rest")))
    talk = Tier("Talk", (Annotation(0.0, 9.0, "hello"),))
    assert [x.technique for x in labels_in([talk, theirs], KNOWN, "x")] == ["thumb_walking", "rest"]
    with pytest.raises(FormatError, match=r"'hello'.*kneading"):
        labels_in([talk, theirs], KNOWN, "x", "Talk")
    with pytest.raises(FormatError, match="Talk, Strokes"):
        labels_in([talk, theirs], KNOWN, "x", "Other")
    with pytest.raises(FormatError, match="name one"):
        labels_in([theirs, Tier("More", theirs.annotations)], KNOWN, "x")


def test_subtitles_are_what_players_take() -> None:
    told = write_vtt([Annotation(3661.5, 3662.0, "a <b> & c --> d"), Annotation(0.0, 1.0, "")])
    assert told.startswith("WEBVTT\n\n01:01:01.500 --> 01:01:02.000\na &lt;b&gt; &amp; c --&gt; d\n")
    assert "00:00:00.000 --> 00:00:01.000\n–" in told


@pytest.mark.parametrize("ending", ["eaf", "vtt", "csv", "json"])
def test_export_writes_each_kind(session: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out ä.{ending}"
    assert RUN.invoke(app, ["export", str(session), "-o", str(out)]).exit_code == 0
    text = out.read_text("utf-8")
    assert "kneading" in text.lower()
    if ending == "json":
        whole = json.loads(text)
        assert whole["labels"][0]["hands"] == ["left", "right"] and whole["scorecard"]["schema"]
    wrong = RUN.invoke(app, ["export", str(session), "-o", str(tmp_path / "x.doc")])
    assert wrong.exit_code == 2 and ".eaf" in wrong.output


def test_labels_are_taken_over_and_compared(session: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.eaf"
    assert RUN.invoke(app, ["export", str(session), "-o", str(out)]).exit_code == 0
    (session / "labels.csv").unlink()
    assert RUN.invoke(app, ["labels", str(session)]).exit_code == 2
    told = RUN.invoke(app, ["labels", str(session), "--from", str(out), "--json"])
    assert told.exit_code == 0, told.output
    agreed = json.loads(told.stdout)
    assert agreed["labels"] == 2 and 0.5 < agreed["same"] <= 1
    assert read_labels(session / "labels.csv") == LABELS
    assert "kappa" in RUN.invoke(app, ["labels", str(session)]).output


def test_labels_of_another_video_change_nothing(session: Path, tmp_path: Path) -> None:
    before = (session / "labels.csv").read_bytes()
    for name, text in (
        ("long.csv", "technique,start_s,end_s\nkneading,0,999\n"),
        ("bad.csv", "technique,start_s,end_s\nkneading,3,1\n"),
        ("x.eaf", "no"), ("x.txt", "no"),
    ):  # fmt: skip
        (tmp_path / name).write_text(text, "utf-8")
        told = RUN.invoke(app, ["labels", str(session), "--from", str(tmp_path / name)])
        assert told.exit_code == 2 and name in told.output.replace("\n", ""), told.output
    assert (session / "labels.csv").read_bytes() == before
