"""ELAN's files (.eaf, EAF 3.0): tiers of annotations with a beginning, an end and a text. Times are whole milliseconds.

The format: Max Planck Institute for Psycholinguistics, "ELAN Annotation Format 3.0" (2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from xml.etree import ElementTree as Xml

from trainer import __version__
from trainer.errors import FormatError

_NEVER = "\ufffe\uffff"
LARGEST = 20 * 1024 * 1024
"""No session has annotations of so many bytes."""


@dataclass(frozen=True)
class Annotation:
    """A text from ``start_s`` to ``end_s``."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class Tier:
    """Annotations in order of time that don't overlap. With a ``parent`` each belongs to the parent's annotation of the
    same times, and tells something of it; some may be missing."""

    name: str
    annotations: tuple[Annotation, ...]
    parent: str | None = None


def write_eaf(tiers: Sequence[Tier], media: str | None = None, now: datetime | None = None) -> str:
    """The file's text. ``media`` names the video, beside which the file lies. Raises FormatError for annotations that
    overlap, or lie nowhere in their parent's tier."""
    when = (now or datetime.now(UTC)).isoformat("T", "seconds")
    root = Xml.Element("ANNOTATION_DOCUMENT", {
        "AUTHOR": f"trainer {__version__}", "DATE": when, "FORMAT": "3.0", "VERSION": "3.0",
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "xsi:noNamespaceSchemaLocation": "http://www.mpi.nl/tools/elan/EAFv3.0.xsd",
    })  # fmt: skip
    header = Xml.SubElement(root, "HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
    if media is not None:
        beside = {"MEDIA_URL": media, "MIME_TYPE": "video/mp4", "RELATIVE_MEDIA_URL": f"./{media}"}
        Xml.SubElement(header, "MEDIA_DESCRIPTOR", beside)
    times = sorted({_ms(t) for tier in tiers for a in tier.annotations for t in (a.start_s, a.end_s)})
    order = Xml.SubElement(root, "TIME_ORDER")
    for k, ms in enumerate(times, 1):
        Xml.SubElement(order, "TIME_SLOT", TIME_SLOT_ID=f"ts{k}", TIME_VALUE=str(ms))
    slots = {ms: f"ts{k}" for k, ms in enumerate(times, 1)}
    ids: dict[tuple[str, int, int], str] = {}
    for tier in tiers:
        _write_tier(root, tier, slots, ids)
    for name, constraint in (("stretch", None), ("about", "Symbolic_Association")):
        alignable = str(constraint is None).lower()
        kind = {"LINGUISTIC_TYPE_ID": name, "TIME_ALIGNABLE": alignable, "GRAPHIC_REFERENCES": "false"}
        Xml.SubElement(root, "LINGUISTIC_TYPE", kind | ({"CONSTRAINTS": constraint} if constraint else {}))
    Xml.SubElement(
        root, "CONSTRAINT", STEREOTYPE="Symbolic_Association",
        DESCRIPTION="1-1 association with a parent annotation",
    )  # fmt: skip
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _write_tier(root: Xml.Element, tier: Tier, slots: dict[int, str], ids: dict[tuple[str, int, int], str]) -> None:
    _check(tier, "what is to be written")
    kind = {"TIER_ID": tier.name, "LINGUISTIC_TYPE_REF": "about" if tier.parent else "stretch"}
    element = Xml.SubElement(root, "TIER", kind | ({"PARENT_REF": tier.parent} if tier.parent else {}))
    for a in tier.annotations:
        name, key = f"a{len(ids) + 1}", (_ms(a.start_s), _ms(a.end_s))
        holder = Xml.SubElement(element, "ANNOTATION")
        if tier.parent is None:
            inner = Xml.SubElement(
                holder, "ALIGNABLE_ANNOTATION", ANNOTATION_ID=name, TIME_SLOT_REF1=slots[key[0]],
                TIME_SLOT_REF2=slots[key[1]],
            )  # fmt: skip
        else:
            if (tier.parent, *key) not in ids:
                raise FormatError(
                    f"Expected an annotation from {a.start_s:g} to {a.end_s:g} s in the tier '{tier.parent}' for one "
                    f"in '{tier.name}', but there is none."
                )
            inner = Xml.SubElement(
                holder, "REF_ANNOTATION", ANNOTATION_ID=name, ANNOTATION_REF=ids[tier.parent, *key]
            )
        Xml.SubElement(inner, "ANNOTATION_VALUE").text = _printable(a.text)
        ids[tier.name, *key] = name


def read_eaf(data: bytes, where: str) -> tuple[Tier, ...]:
    """The tiers of a file; those that divide another's annotations without times are left out. Raises FormatError
    naming ``where``, the tier and what is wrong."""
    if len(data) > LARGEST:
        raise FormatError(f"Expected an ELAN file of {LARGEST // 2**20} MB at most in {where}, but it is larger.")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise FormatError(f"Expected an ELAN file without a DOCTYPE or entities in {where}, but it has some.")
    try:
        root = Xml.fromstring(data)
    except (Xml.ParseError, ValueError, LookupError) as error:
        raise FormatError(f"Expected an ELAN file (XML) in {where}, but it isn't XML: {error}.") from None
    if root.tag != "ANNOTATION_DOCUMENT":
        raise FormatError(f"Expected ANNOTATION_DOCUMENT in {where}, but it begins with {root.tag[:40]}.")
    slots = _slots(root, where)
    spans: dict[str, tuple[float, float]] = {}
    tiers = []
    for element in root.iter("TIER"):
        name = element.get("TIER_ID", "")
        found = [_annotation(inner, slots, spans, f"{where}, tier '{name}'") for inner in _inner(element)]
        kept = [a for a in found if a is not None]
        if kept or not found:
            tier = Tier(name, tuple(sorted(kept, key=lambda a: a.start_s)), element.get("PARENT_REF"))
            _check(tier, where)
            tiers.append(tier)
    return tuple(tiers)


def _inner(tier: Xml.Element) -> list[Xml.Element]:
    return [inner for holder in tier.iter("ANNOTATION") for inner in holder]


def _slots(root: Xml.Element, where: str) -> dict[str, float]:
    out = {}
    for slot in root.iter("TIME_SLOT"):
        value = slot.get("TIME_VALUE")
        if value is None:
            continue
        try:
            out[slot.get("TIME_SLOT_ID", "")] = int(value) / 1000
        except ValueError:
            raise FormatError(f"{where}: expected whole milliseconds in a TIME_SLOT, but got {value[:20]!r}.") from None
    return out


def _annotation(
    inner: Xml.Element, slots: dict[str, float], spans: dict[str, tuple[float, float]], where: str
) -> Annotation | None:
    text = "".join((inner.findtext("ANNOTATION_VALUE") or "").splitlines()).strip()
    if inner.tag == "ALIGNABLE_ANNOTATION":
        ends = [slots.get(inner.get(f"TIME_SLOT_REF{k}", "")) for k in (1, 2)]
        start_s, end_s = ends
        if start_s is None or end_s is None:
            return None
        if not 0 <= start_s < end_s:
            raise FormatError(
                f"{where}: '{text[:30]}' goes from {start_s:g} to {end_s:g} s: expected 0 <= start < end."
            )
    elif inner.get("ANNOTATION_REF", "") in spans:
        start_s, end_s = spans[inner.get("ANNOTATION_REF", "")]
    else:
        return None
    spans[inner.get("ANNOTATION_ID", "")] = start_s, end_s
    return Annotation(start_s, end_s, text)


def _check(tier: Tier, where: str) -> None:
    for a in tier.annotations:
        if not 0 <= _ms(a.start_s) < _ms(a.end_s):
            raise FormatError(
                f"Expected an annotation of a millisecond at least in the tier '{tier.name}' of {where}, but "
                f"'{a.text[:30]}' goes from {a.start_s:g} to {a.end_s:g} s."
            )
    for before, after in pairwise(tier.annotations):
        if _ms(after.start_s) < _ms(before.end_s):
            raise FormatError(
                f"Expected stretches that don't overlap in the tier '{tier.name}' of {where}, but '{before.text[:30]}' "
                f"ends at {before.end_s:g} s and '{after.text[:30]}' begins at {after.start_s:g} s."
            )


def _ms(time_s: float) -> int:
    return round(time_s * 1000)


def _printable(text: str) -> str:
    """Without what XML can't hold."""
    return "".join(c for c in text if c == "\t" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in _NEVER))
