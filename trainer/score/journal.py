"""Tracks of a live session, safe on the disk as they come: a crash or a power cut costs the last two seconds at most.

While the session runs they lie in an Arrow stream NAME.journal beside where the Parquet file will be: that can be read
as far as it was written. At the end it becomes the Parquet file, and goes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from trainer.errors import FormatError
from trainer.files import make_folder, write_error
from trainer.model import Data, Moment
from trainer.score.columns import schema
from trainer.score.tracks import FIELDS, TrackRecorder, facts_in, metadata_of, row_of, table_of

SUFFIX = ".journal"
EVERY_S = 1.5
"""What came in so many seconds goes to the disk together: each time costs some 50 kB, however little it is."""


class TrackJournal(AbstractContextManager["TrackJournal"]):
    """Takes moments for the tracks file at ``path``. ``facts`` as in `tracks.TrackRecorder`. Raises WriteError."""

    def __init__(self, path: Path, **facts: Any) -> None:
        import pyarrow as pa

        self.facts: Data = dict(facts)
        self._path, self._journal = path, path.with_suffix(SUFFIX)
        self._rows: dict[str, list[Any]] = {name: [] for name in FIELDS}
        self._since_s: float | None = None
        self._done = False
        self._syncing = ThreadPoolExecutor(1, thread_name_prefix="journal")
        make_folder(path.parent)
        try:
            self._file = self._journal.open("wb")
            options = pa.ipc.IpcWriteOptions(compression="zstd")
            told = schema().with_metadata(metadata_of(self.facts))
            self._stream = pa.ipc.new_stream(self._file, told, options=options)
        except OSError as error:
            raise write_error(path, error) from error

    def append(self, moment: Moment) -> None:
        """Add one frame."""
        now = moment.frame.time_s
        foot = moment.foot
        self.facts["foot"] = {"length_mm": foot.length_mm, "length_given": foot.length_given}
        for name, value in row_of(moment).items():
            self._rows[name].append(value)
        self._since_s = now if self._since_s is None else self._since_s
        if now - self._since_s >= EVERY_S:
            self._flush()
            self._since_s = now

    def close(self) -> None:
        """Make the Parquet file of it. A second call does nothing."""
        if self._done:
            return
        self._done = True
        self._flush()
        self._syncing.shutdown()
        self._stream.close()
        self._file.close()
        finish_journal(self._path, self.facts)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What was seen before something went wrong was seen all the same.
        if kind is None:
            self.close()
        else:
            with suppress(Exception):
                self.close()

    def _flush(self) -> None:
        if not self._rows["time_s"]:
            return
        table = table_of({name: np.array(rows) for name, rows in self._rows.items()})
        self._rows = {name: [] for name in FIELDS}
        try:
            for batch in table.to_batches():
                self._stream.write_batch(batch)
            self._file.flush()
        except OSError as error:
            raise write_error(self._path, error) from error
        # A disk that takes its time must not hold up the picture.
        self._syncing.submit(os.fsync, self._file.fileno())


def finish_journal(path: Path, facts: Data | None = None) -> int:
    """Make the tracks file at ``path`` of the journal beside it, which goes; how many frames it holds. Without
    ``facts`` those that were known when it began hold. Raises FormatError when there is none, WriteError."""
    journal = path.with_suffix(SUFFIX)
    frames = 0
    with _opened(journal) as (known, batches), TrackRecorder(path, **(known if facts is None else facts)) as recorder:
        for batch in batches:
            recorder.add(batch)
            frames += batch.num_rows
    journal.unlink(missing_ok=True)
    return frames


@contextmanager
def _opened(journal: Path) -> Iterator[tuple[Data, Iterator[Any]]]:
    """(facts, record batches) of a journal, as far as it was written. Raises FormatError."""
    import pyarrow as pa

    with ExitStack() as stack:
        try:
            # The file object, not its path: Arrow takes some paths for URLs.
            stream = pa.ipc.open_stream(stack.enter_context(journal.open("rb")))
            facts = facts_in(stream.schema.metadata or {}, journal)
        except (OSError, pa.ArrowException) as error:
            raise FormatError(
                f"Expected a journal of tracks at '{journal}', but none there can be read."
            ) from error
        yield facts, _batches(stream)


def _batches(stream: Any) -> Iterator[Any]:
    import pyarrow as pa

    while True:
        try:
            yield stream.read_next_batch()
        except (StopIteration, OSError, pa.ArrowException):
            return
