"""A session's strokes, labels and cues as other programs know them: ELAN's tiers, WebVTT, CSV. Round trips lose nothing
that the format can hold; times are kept to the millisecond."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath

from trainer.errors import FormatError
from trainer.model import SIDES, Data, Label, Side
from trainer.review.eaf import Annotation, Tier, read_eaf, write_eaf
from trainer.score.labels import parse_labels
from trainer.strokes.techniques import REST

MACHINE, REFINED, PERSON, CUES, UNSEEN = "machine", "looked back upon", "instructor", "cues", "unseen"
ENDINGS = (".eaf", ".vtt", ".csv")
_HANDS = " hands"
_CUE_S = 4.0
"""A cue is read for about so long."""


def tiers_of(card: Data, labels: Sequence[Label] = ()) -> tuple[Tier, ...]:
    """A scorecard and a person's labels as tiers: strokes with their hands, cues, what could not be seen."""
    strokes = [(s["technique"], s["start_s"], s["end_s"], s["hands"]) for s in card["segments"]]
    own = [(x.technique, x.start_s, x.end_s, x.hands) for x in labels]
    refined = [(s["technique"], s["start_s"], s["end_s"], ()) for s in card.get("refined") or []]
    tiers = [*_with_hands(PERSON, own), *_with_hands(MACHINE, strokes), *_with_hands(REFINED, refined)]
    cues = sorted(card["cues"], key=lambda c: float(c["time_s"]))
    ends = [c["time_s"] for c in cues[1:]] + [float("inf")]
    spoken = [
        Annotation(c["time_s"], min(c["time_s"] + _CUE_S, end), c["text"]) for c, end in zip(cues, ends, strict=True)
    ]
    unseen = [Annotation(s["start_s"], s["end_s"], s.get("what") or "") for s in card["unseen"]]
    return (*tiers, Tier(CUES, _worth(spoken)), Tier(UNSEEN, _worth(unseen)))


def labels_in(
    tiers: Iterable[Tier], known: Mapping[str, str], where: str, tier: str | None = None
) -> tuple[Label, ...]:
    """The labels of one tier: that named, else the instructor's, else the only one that has none but techniques. known:
    id → name for people; either is understood. Raises FormatError."""
    by_name = {t.name: t for t in tiers}
    chosen = _chosen(by_name, known, where, tier)
    hands = {
        (a.start_s, a.end_s): tuple(side for side in SIDES if side in a.text.replace(",", " ").split())
        for t in by_name.values() if t.parent == chosen.name for a in t.annotations
    }  # fmt: skip
    out = []
    for a in chosen.annotations:
        technique = _technique(a.text, known)
        if technique is None:
            raise FormatError(
                f"Expected a technique in the tier '{chosen.name}' of {where}, but at {a.start_s:g} s there is "
                f"'{a.text[:40]}': use one of {', '.join(known)}."
            )
        out.append(Label(technique, a.start_s, a.end_s, hands.get((a.start_s, a.end_s), ()), author="person"))
    return tuple(out)


def labels_from(
    name: str, data: bytes, known: Mapping[str, str], duration_s: float, where: str, tier: str | None = None
) -> tuple[Label, ...]:
    """The labels in an .eaf or .csv file of that name, for a session of that length. Raises FormatError."""
    match PurePath(name).suffix.lower():
        case ".csv":
            labels = parse_labels(data, where)
        case ".eaf":
            labels = labels_in(read_eaf(data, where), known, where, tier)
        case _:
            raise FormatError(f"Expected labels in an .eaf or .csv file, but got '{PurePath(name).name[-40:]}'.")
    beyond = next((x for x in labels if x.end_s > duration_s + 1.0), None)
    if beyond is not None:
        raise FormatError(
            f"Expected labels within the session's {duration_s:.1f} s, but {where} has {beyond.technique} until "
            f"{beyond.end_s:.1f} s: are they of another video?"
        )
    return labels


def text_of(ending: str, card: Data, labels: Sequence[Label], names: Mapping[str, str]) -> str | None:
    """A session as a file that ends so, of those in ENDINGS; None for any other."""
    match ending:
        case ".eaf":
            return write_eaf(tiers_of(card, labels), card["video"]["name"])
        case ".vtt":
            return write_vtt(subtitles_of(card, labels, names))
        case ".csv":
            return write_labels(labels)
        case _:
            return None


def write_labels(labels: Sequence[Label]) -> str:
    """The table that `score.labels.read_labels` reads."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("technique", "start_s", "end_s", "hands"))
    for label in sorted(labels, key=lambda x: x.start_s):
        table.writerow((label.technique, f"{label.start_s:.3f}", f"{label.end_s:.3f}", " ".join(label.hands)))
    return text.getvalue()


def write_vtt(annotations: Iterable[Annotation]) -> str:
    """Subtitles that every player shows. What overlaps is shown together."""
    parts = ["WEBVTT"]
    for a in annotations:
        lines = [line.strip() for line in a.text.splitlines() if line.strip()] or ["–"]
        text = "\n".join(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in lines)
        parts.append(f"{_clock(a.start_s)} --> {_clock(a.end_s)}\n{text}")
    return "\n\n".join(parts) + "\n"


def subtitles_of(card: Data, labels: Sequence[Label], names: Mapping[str, str]) -> list[Annotation]:
    """What is to be read under the video: the instructor's strokes where there are labels, else the machine's; cues."""
    strokes = [(x.technique, x.start_s, x.end_s) for x in labels] or [
        (s["technique"], s["start_s"], s["end_s"]) for s in card["segments"]
    ]
    told = [Annotation(start, end, names.get(name, name)) for name, start, end in strokes if name != REST]
    cues = next(t for t in tiers_of(card) if t.name == CUES)
    return sorted([*told, *cues.annotations], key=lambda a: (a.start_s, a.end_s))


def session_card(folder: Path) -> Path:
    """Where a session's scorecard lies: the folder's, or the file itself."""
    return folder / "scorecard.json" if folder.is_dir() else folder


def _with_hands(name: str, strokes: Sequence[tuple[str, float, float, Sequence[Side]]]) -> list[Tier]:
    if not strokes and name != PERSON:
        return []
    stretches = _worth([Annotation(start, end, technique) for technique, start, end, _ in strokes])
    kept = {(a.start_s, a.end_s) for a in stretches}
    hands = [Annotation(start, end, " ".join(who)) for _, start, end, who in strokes if who and (start, end) in kept]
    tiers = [Tier(name, stretches)]
    return [*tiers, Tier(name + _HANDS, tuple(sorted(hands, key=lambda a: a.start_s)), name)] if hands else tiers


def _worth(annotations: Sequence[Annotation]) -> tuple[Annotation, ...]:
    """In order, those that last a millisecond."""
    kept = [a for a in annotations if round(a.end_s * 1000) > round(a.start_s * 1000)]
    return tuple(sorted(kept, key=lambda a: a.start_s))


def _chosen(tiers: Mapping[str, Tier], known: Mapping[str, str], where: str, name: str | None) -> Tier:
    if name is not None:
        if name not in tiers:
            raise FormatError(f"Expected a tier '{name}' in {where}, but it has {', '.join(tiers) or 'none'}.")
        return tiers[name]
    if PERSON in tiers and tiers[PERSON].annotations:
        return tiers[PERSON]
    fitting = [
        t for t in tiers.values()
        if t.annotations and t.parent is None and all(_technique(a.text, known) for a in t.annotations)
    ]  # fmt: skip
    if len(fitting) != 1:
        raise FormatError(
            f"Expected one tier of techniques in {where}, but {len(fitting)} of {', '.join(tiers) or 'none'} are: "
            "name one."
        )
    return fitting[0]


def _technique(text: str, known: Mapping[str, str]) -> str | None:
    plain = text.strip().casefold()
    if plain in known:
        return plain
    return next((key for key, name in known.items() if name.casefold() == plain), None)


def _clock(time_s: float) -> str:
    ms = round(time_s * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"
