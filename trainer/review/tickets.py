"""Signed proofs of having signed in, for the browser to keep."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import IO

from trainer.errors import TrainerError
from trainer.files import make_folder, write_error

COOKIE = "__Host-room"
"""By its name a browser takes it over TLS only, and gives it back to this very address only."""
HOURS = 12


class Tickets:
    """``secret``: what they are signed with."""

    def __init__(self, secret: bytes) -> None:
        from itsdangerous import URLSafeTimedSerializer

        self._signer = URLSafeTimedSerializer(secret, salt="review-room")

    def ticket(self, account_id: str, epoch: int) -> str:
        return str(self._signer.dumps([account_id, epoch]))

    def read(self, ticket: str) -> tuple[str, int] | None:
        """The account's id and epoch; None for one that is forged, torn or older than HOURS."""
        from itsdangerous import BadData

        try:
            account_id, epoch = self._signer.loads(ticket, max_age=3600 * HOURS)
        except (BadData, ValueError, TypeError):
            return None
        return (account_id, epoch) if isinstance(account_id, str) and isinstance(epoch, int) else None


def private_file(path: Path) -> IO[bytes]:
    """A new file that only its owner may read. Raises OSError, FileExistsError where there is one."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def secret_in(folder: Path) -> bytes:
    """The secret that is kept in a folder, for its owner's eyes only; made where there is none. Raises TrainerError."""
    path = make_folder(folder) / "review.secret"
    try:
        with suppress(FileExistsError), private_file(path) as file:
            file.write(secrets.token_bytes(32))
    except OSError as error:
        raise write_error(path, error) from None
    try:
        secret = path.read_bytes()
    except OSError as error:
        raise TrainerError(f"Expected to read '{path}', but {error.strerror}.") from None
    if len(secret) < 32:
        raise TrainerError(f"Expected 32 bytes in '{path}', but it has {len(secret)}: delete it, a new one is made.")
    return secret
