"""The certificate that is made here: for the machine's own names, kept while it is good, its key for its owner only."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trainer.errors import TrainerError
from trainer.review import certificate as certificate_module
from trainer.review.certificate import certificate_in, fingerprint_of, given, own_names

NAMES = ("192.0.2.7", "localhost", "room.local")


def test_it_is_made_once_for_its_names(tmp_path: Path) -> None:
    made = certificate_in(tmp_path, NAMES)
    assert certificate_in(tmp_path, NAMES) == made and certificate_in(tmp_path, NAMES[:2]) == made
    assert made.key.stat().st_mode & 0o077 == 0 and len(made.fingerprint) == 32 * 3 - 1
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(made.certificate, made.key)
    held = ssl._ssl._test_decode_cert(str(made.certificate))["subjectAltName"]  # type: ignore[attr-defined]
    assert set(held) == {("IP Address", "192.0.2.7"), ("DNS", "localhost"), ("DNS", "room.local")}


def test_another_address_a_lost_key_or_a_damaged_one_make_a_new_one(tmp_path: Path) -> None:
    first = certificate_in(tmp_path, NAMES)
    second = certificate_in(tmp_path, [*NAMES, "192.0.2.8"])
    assert second.fingerprint != first.fingerprint
    second.key.unlink()
    third = certificate_in(tmp_path, NAMES)
    assert third.fingerprint != second.fingerprint
    third.certificate.write_text("no certificate", "utf-8")
    assert certificate_in(tmp_path, NAMES).fingerprint != third.fingerprint


def test_before_it_ends_it_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = certificate_in(tmp_path, NAMES)

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(days=340)

    monkeypatch.setattr(certificate_module, "datetime", Later)
    assert certificate_in(tmp_path, NAMES).fingerprint != first.fingerprint


def test_a_schools_own_has_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("nothing", "utf-8")
    for name in ("x.pem", "missing.pem"):
        with pytest.raises(TrainerError, match="certificate"):
            fingerprint_of(tmp_path / name)
    made, other = certificate_in(tmp_path / "a", NAMES), certificate_in(tmp_path / "b", NAMES)
    assert given(made.certificate, made.key) == made
    for key in (other.key, tmp_path / "x.pem", tmp_path / "missing.pem"):
        with pytest.raises(TrainerError, match="key"):
            given(made.certificate, key)


def test_the_machine_has_names() -> None:
    assert {"127.0.0.1", "localhost"} <= set(own_names()) and not own_names()[0].startswith("::")
