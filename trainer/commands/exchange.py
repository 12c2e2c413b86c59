"""`trainer export` and `trainer labels`: sessions to and from other programs, and how far machine and person agree."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from trainer.errors import FormatError
from trainer.files import write_text
from trainer.model import Data, Label
from trainer.review.agreement import Agreement, agreement_of
from trainer.review.exchange import ENDINGS, labels_from, session_card, text_of, write_labels
from trainer.score.figures.axis import share
from trainer.score.labels import NAME, read_labels
from trainer.score.scorecard import read_scorecard, to_plain
from trainer.strokes.techniques import load_techniques


def export(session: Path, out: Path, presets: Path | None) -> None:
    """Write a session for another program; the ending of ``out`` says which. Raises TrainerError."""
    card, labels = _session(session)
    names = {t.id: t.name for t in load_techniques(presets).values()}
    ending = out.suffix.lower()
    if ending == ".json":
        whole = {"scorecard": card, "labels": [_plain(x) for x in labels]}
        text: str | None = json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
    else:
        told = labels or (_as_labels(card) if ending == ".csv" else ())
        text = text_of(ending, card, told, names)
    if text is None:
        known = ", ".join((*ENDINGS, ".json"))
        raise FormatError(f"Expected a file that ends in {known}, but got '{ending}': choose one.")
    write_text(out, text)


def import_labels(session: Path, source: Path, tier: str | None, presets: Path | None, *, as_json: bool) -> None:
    """Take a person's labels of a session over from an .eaf or .csv file, and say how far the machine agrees. Raises
    TrainerError; then the session is as it was."""
    card, _ = _session(session)
    known = {t.id: t.name for t in load_techniques(presets).values()}
    try:
        data = source.read_bytes()
    except OSError as error:
        raise FormatError(f"Expected labels at '{source}', but they can't be read: {error.strerror}.") from None
    labels = labels_from(source.name, data, known, card["duration_s"], f"'{source}'", tier)
    write_text(session_card(session).with_name(NAME), write_labels(labels))
    _tell(agreement_of(card, labels), len(labels), as_json)


def compare(session: Path, *, as_json: bool) -> None:
    """Say how far the machine and the labels beside a session agree. Raises TrainerError."""
    card, labels = _session(session)
    if not labels:
        where = session_card(session).with_name(NAME)
        raise FormatError(f"Expected labels at '{where}', but there are none: take some over with --from FILE.")
    _tell(agreement_of(card, labels), len(labels), as_json)


def _session(folder: Path) -> tuple[Data, tuple[Label, ...]]:
    path = session_card(folder)
    beside = path.with_name(NAME)
    return read_scorecard(path), read_labels(beside) if beside.is_file() else ()


def _as_labels(card: Data) -> list[Label]:
    return [Label(s["technique"], s["start_s"], s["end_s"], tuple(s["hands"])) for s in card["segments"]]


def _plain(label: Label) -> Data:
    return {
        "technique": label.technique, "start_s": label.start_s, "end_s": label.end_s, "hands": list(label.hands),
    }  # fmt: skip


def _tell(agreed: Agreement, count: int, as_json: bool) -> None:
    if as_json:
        print(json.dumps(to_plain({"labels": count, **asdict(agreed)})))
        return
    known = {name: f"{value:.2f}" if value == value else "–" for name, value in asdict(agreed).items()}
    Console().print(
        f"{count} labels; machine and person agree: kappa {known['kappa']}, F1@50 {known['f1_50']}, the same for "
        f"{share(agreed.same)} of {agreed.judged_s:.0f} s (not sure for {agreed.not_sure_s:.0f} s more)",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
