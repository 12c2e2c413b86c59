"""The certificate by which browsers talk to this machine unheard by others: made here, for its own names."""

from __future__ import annotations

import ipaddress
import platform
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.errors import TrainerError
from trainer.files import make_folder, write_bytes, write_error
from trainer.review.tickets import private_file

if TYPE_CHECKING:
    from cryptography import x509

_DAYS, _SPARE_DAYS = 365, 30
"""A new one is made so long before the old one ends."""


@dataclass(frozen=True)
class Certificate:
    """``fingerprint``: SHA-256 of it, as browsers show it."""

    certificate: Path
    key: Path
    fingerprint: str


def own_names() -> tuple[str, ...]:
    """The names and addresses by which others in the same network may call this machine."""
    import psutil

    node = platform.node()
    names = [f"{node}.local", node] if node and "." not in node else [node] if node else []
    addresses = [
        found.address for each in psutil.net_if_addrs().values() for found in each if found.family.name == "AF_INET"
    ]
    return (*sorted(set(addresses), key=lambda a: (a.startswith("127."), a)), "localhost", *names)


def certificate_in(folder: Path, names: Sequence[str]) -> Certificate:
    """The one that is kept in a folder, or a new one where that is missing, ending, or not for all ``names``. Raises
    TrainerError."""
    certificate, key = make_folder(folder) / "review.cert.pem", folder / "review.key.pem"
    if not (key.is_file() and _good(certificate, names)):
        _make(certificate, key, names)
    return Certificate(certificate, key, fingerprint_of(certificate))


def given(certificate: Path, key: Path) -> Certificate:
    """A school's own. Raises TrainerError where it isn't one, or the key isn't its key."""
    held = Certificate(certificate, key, fingerprint_of(certificate))
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:
        raise TrainerError(f"Expected the key (PEM) of '{certificate}' in '{key}', but {error}.") from None
    return held


def fingerprint_of(certificate: Path) -> str:
    """Raises TrainerError."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    try:
        digest = x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256())
    except (OSError, ValueError):
        raise TrainerError(f"Expected a certificate (PEM) in '{certificate}', but it can't be read as one.") from None
    return ":".join(f"{byte:02X}" for byte in digest)


def _good(certificate: Path, names: Sequence[str]) -> bool:
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        held = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    ends = found.not_valid_after_utc
    return set(held) >= set(_general(names)) and ends > datetime.now(UTC) + timedelta(days=_SPARE_DAYS)


def _make(certificate: Path, key: Path, names: Sequence[str]) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    secret, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Foot massage review room")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(secret, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    try:
        key.unlink(missing_ok=True)
        with private_file(key) as file:
            file.write(secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    except OSError as error:
        raise write_error(key, error) from None
    write_bytes(certificate, made.public_bytes(serialization.Encoding.PEM))


def _general(names: Sequence[str]) -> list[x509.GeneralName]:
    from cryptography import x509

    out: list[x509.GeneralName] = []
    for name in names:
        with suppress(ValueError):
            out.append(x509.IPAddress(ipaddress.ip_address(name)))
            continue
        # A name that isn't plain letters can't stand in a certificate, and can't be called by either.
        with suppress(ValueError):
            out.append(x509.DNSName(name))
    return out
