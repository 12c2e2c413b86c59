"""Keeps the start-up chatter of native libraries off the user's terminal."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_CHATTER = re.compile(
    rb"^(?:[IW]\d{4} [\d:.]+\s|INFO: Created TensorFlow Lite|WARNING: All log messages before absl::)"
)


@contextmanager
def quiet_native_log() -> Iterator[None]:
    """Holds back what the process writes to standard error meanwhile, and then writes it without the native
    libraries' information and warning lines. Errors, tracebacks and other threads' words pass, a little late.

    The libraries take no notice of their own environment switches before their log is set up, so the file
    descriptor itself is turned aside. Where there is none (a service, a windowed program) nothing is done.
    """
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (AttributeError, OSError, ValueError):
        yield
        return
    with tempfile.TemporaryFile() as aside:
        os.dup2(aside.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            aside.seek(0)
            for line in aside.read().splitlines(keepends=True):
                if not _CHATTER.match(line):
                    os.write(2, line)
