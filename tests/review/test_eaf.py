"""ELAN's files: what is written is read again, by us and by pympi; what is wrong is told."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.errors import FormatError
from trainer.review.eaf import Annotation, Tier, read_eaf, write_eaf

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn")), max_size=20)


@st.composite
def tiers(draw: st.DrawFn) -> list[Tier]:
    out = []
    for k in range(draw(st.integers(1, 3))):
        edges = sorted(draw(st.lists(st.integers(0, 3_600_000), unique=True, max_size=10)))
        spans = list(zip(edges[::2], edges[1::2], strict=False))
        own = tuple(Annotation(a / 1000, b / 1000, draw(TEXT)) for a, b in spans)
        out.append(Tier(f"tier {k}", own))
        about = tuple(Annotation(a.start_s, a.end_s, draw(TEXT)) for a in own if draw(st.booleans()))
        if about:
            out.append(Tier(f"about {k}", about, f"tier {k}"))
    return out


@given(tiers())
def test_there_and_back_loses_nothing(made: list[Tier]) -> None:
    assert list(read_eaf(write_eaf(made, "søle 1.mp4").encode(), "here")) == made


def test_pympi_reads_the_same_tiers(tmp_path: Path) -> None:
    pympi = pytest.importorskip("pympi")
    made = [
        Tier("instructor", (Annotation(0.5, 2.25, "kneading"), Annotation(3.0, 4.001, "thumb_walking"))),
        Tier("instructor hands", (Annotation(3.0, 4.001, "left right"),), "instructor"),
        Tier("cues", (Annotation(1.0, 5.0, "Slower: about 70 <a minute> & even."),)),
    ]
    path = tmp_path / "x.eaf"
    path.write_text(write_eaf(made, "x.mp4"), "utf-8")
    eaf = pympi.Elan.Eaf(str(path))
    assert set(eaf.get_tier_names()) == {tier.name for tier in made}
    for tier in (made[0], made[2]):
        read = sorted(eaf.get_annotation_data_for_tier(tier.name))
        assert read == [(round(a.start_s * 1000), round(a.end_s * 1000), a.text) for a in tier.annotations]
    assert eaf.get_ref_annotation_data_for_tier("instructor hands")[0][:3] == (3000, 4001, "left right")
    again = io.BytesIO()
    eaf.to_file(str(tmp_path / "again.eaf"))
    again.write((tmp_path / "again.eaf").read_bytes())
    assert {t.name: t for t in read_eaf(again.getvalue(), "pympi's")} == {t.name: t for t in made}


def document(slots: str, tier: str) -> bytes:
    return (
        f"<ANNOTATION_DOCUMENT><TIME_ORDER>{slots}</TIME_ORDER><TIER TIER_ID='t'>{tier}</TIER></ANNOTATION_DOCUMENT>"
    ).encode()


def aligned(name: str, first: str, second: str, text: str = "x") -> str:
    return (
        f"<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID='{name}' TIME_SLOT_REF1='{first}' TIME_SLOT_REF2='{second}'>"
        f"<ANNOTATION_VALUE>{text}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
    )


SLOTS = "".join(f"<TIME_SLOT TIME_SLOT_ID='s{k}' TIME_VALUE='{1000 * k}'/>" for k in range(5))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no xml", ["isn't XML"]),
        (b"<html/>", ["ANNOTATION_DOCUMENT", "html"]),
        (b"<!DOCTYPE x [<!ENTITY a 'aa'>]><ANNOTATION_DOCUMENT/>", ["DOCTYPE"]),
        (document(SLOTS, aligned("a", "s3", "s1", "knead")), ["tier 't'", "knead", "3 to 1 s"]),
        (document(SLOTS, aligned("a", "s1", "s1")), ["1 to 1 s"]),
        (document(SLOTS, aligned("a", "s0", "s3") + aligned("b", "s2", "s4", "late")), ["overlap", "late", "'t'"]),
        (document("<TIME_SLOT TIME_SLOT_ID='n' TIME_VALUE='-5'/>" + SLOTS, aligned("a", "n", "s1")), ["-0.005"]),
        (document("<TIME_SLOT TIME_SLOT_ID='s0' TIME_VALUE='1.5'/>", ""), ["whole milliseconds", "1.5"]),
        (b"x" * (21 * 2**20), ["20 MB"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(data: bytes, words: list[str]) -> None:
    with pytest.raises(FormatError) as told:
        read_eaf(data, "'x.eaf'")
    assert all(word in str(told.value) for word in ["x.eaf", *words]), told.value


@given(st.binary(max_size=300))
def test_any_bytes_are_a_file_or_an_error(data: bytes) -> None:
    try:
        read_eaf(data, "here")
    except FormatError:
        return


def test_nothing_that_overlaps_is_written() -> None:
    both = Tier("t", (Annotation(0, 2, "a"), Annotation(1, 3, "b")))
    with pytest.raises(FormatError, match="overlap"):
        write_eaf([both])
    with pytest.raises(FormatError, match="millisecond"):
        write_eaf([Tier("t", (Annotation(1.0, 1.0, "a"),))])
    with pytest.raises(FormatError, match="there is none"):
        write_eaf([Tier("t", (Annotation(0, 1, "a"),)), Tier("u", (Annotation(1, 2, "b"),), "t")])
