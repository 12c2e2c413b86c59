"""Tracks: what was seen in each frame, as a Parquet file that anyone can read (columns:
``docs/tracks.md``)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import FormatError
from trainer.files import write_atomically
from trainer.foot.surface import MODES
from trainer.model import SIDES, Contact, Data, Floats, Foot, FootPose, Hand, Hands, Moment, Presence
from trainer.score.columns import BLOCKS, FLAGS, FORMAT, WORDS, schema

ROWS_PER_GROUP = 512
"""Frames held in memory before they go to disk: about 0.8 MB."""

Words = NDArray[np.object_]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Tracks:
    """What was seen, frame by frame; T frames. NaN where unknown, floats are float32 except ``time_s``.

    ``time_s`` (T,) presentation time, rising; ``index`` (T,) frame number; axis 1 of hand and touch arrays
    is (left, right) of the practitioner. ``hand_presence`` (T, 2) and ``foot_presence`` (T,) text of
    ``Presence``; ``hand_score`` (T, 2); ``hand_px`` (T, 2, 21, 2) px; ``hand_world_m`` (T, 2, 21, 3);
    ``touch_uv`` (T, 2, 21, 2) the hands in the foot's map; ``touch_near`` (T, 2, 21) over the foot's
    outline; ``foot_px`` (T, 14, 2); ``foot_confidence`` (T, 14); ``foot_motion_px`` (T, 2); ``px_from_uv``
    (T, 3, 3); ``pose_rotation`` (T, 3, 3), ``pose_shift`` (T, 3), ``pose_shape`` (T, 5), ``pose_focal_px`` (T,) and
    ``pose_centre_px`` (T, 2) the foot's pose (``model.FootPose``); ``contact_uv`` (T, 2, 2) and ``contact_face`` (T, 2)
    what each working hand touches (``model.Contact``); ``foot_side``, ``foot_view`` (T,) text; ``technique`` (T,) text,
    None where not sure; ``technique_confidence`` (T,); ``working`` (T, 2) the hands of the stroke named;
    ``rate_per_min`` (T,).
    ``facts`` is what the file says of itself: ``provenance``, ``foot`` {length_mm, length_given}, ``video``.
    """

    time_s: Floats
    index: NDArray[np.int32]
    hand_presence: Words
    foot_presence: Words
    foot_side: Words
    foot_view: Words
    technique: Words
    hand_score: Floats
    hand_px: Floats
    hand_world_m: Floats
    touch_uv: Floats
    touch_near: Flags
    foot_px: Floats
    foot_confidence: Floats
    foot_motion_px: Floats
    px_from_uv: Floats
    pose_rotation: Floats
    pose_shift: Floats
    pose_shape: Floats
    pose_focal_px: Floats
    pose_centre_px: Floats
    contact_uv: Floats
    contact_face: Floats
    technique_confidence: Floats
    working: Flags
    rate_per_min: Floats
    facts: Data = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def length_mm(self) -> float:
        """The foot's length; NaN where the file doesn't say."""
        return float(self.facts.get("foot", {}).get("length_mm", np.nan))

    def hands(self, i: int) -> Hands:
        """The hands of frame ``i``."""
        left, right = (
            Hand(
                side, Presence(self.hand_presence[i, k]), self.hand_px[i, k].astype(float),
                self.hand_world_m[i, k].astype(float), float(self.hand_score[i, k]),
            )
            for k, side in enumerate(SIDES)
        )  # fmt: skip
        return left, right

    def foot(self, i: int) -> Foot:
        """The foot of frame ``i``."""
        given = bool(self.facts.get("foot", {}).get("length_given", False))
        length_mm = self.length_mm if np.isfinite(self.length_mm) else 250.0
        return Foot(
            self.foot_side[i], self.foot_view[i], Presence(self.foot_presence[i]),
            self.foot_px[i].astype(float), self.foot_confidence[i].astype(float),
            self.px_from_uv[i].astype(float), self.foot_motion_px[i].astype(float), length_mm, given, self.pose(i),
        )  # fmt: skip

    def pose(self, i: int) -> FootPose | None:
        """The foot's pose in frame ``i``; how sure it is isn't kept."""
        if not np.isfinite(self.pose_focal_px[i]):
            return None
        return FootPose(
            self.pose_rotation[i].astype(float), self.pose_shift[i].astype(float), self.pose_shape[i].astype(float),
            float(self.pose_focal_px[i]), self.pose_centre_px[i].astype(float), np.full(14, np.nan),
        )  # fmt: skip


class TrackRecorder(AbstractContextManager["TrackRecorder"]):
    """Writes tracks while the session runs, in row groups, so that memory stays flat however long it is.

    ``facts`` (``provenance``, ``video``, ...) may still be changed through ``.facts`` until the end. The
    file takes its name at ``close()``, or when the block ends well; when the block raises nothing is left.
    Raises WriteError.
    """

    def __init__(self, path: Path | str, **facts: Any) -> None:
        import pyarrow.parquet as pq

        self.facts: Data = dict(facts)
        self._rows: dict[str, list[Any]] = {name: [] for name in FIELDS}
        self._waiting: list[Any] = []
        self._done = False
        self._writer: Any = None
        self._whole = ExitStack()
        temporary = self._whole.enter_context(write_atomically(path))
        words = [c for columns in WORDS.values() for c in columns]
        with self._guard():
            self._writer = pq.ParquetWriter(
                temporary,
                schema(),
                compression="zstd",
                use_dictionary=words,
                write_statistics=["time_s", "index"],
            )

    def append(self, moment: Moment) -> None:
        """Add one frame."""
        foot = moment.foot
        self.facts["foot"] = {"length_mm": foot.length_mm, "length_given": foot.length_given}
        for name, value in row_of(moment).items():
            self._rows[name].append(value)
        if len(self._rows["time_s"]) >= ROWS_PER_GROUP:
            with self._guard():
                self._flush()

    def add(self, batch: Any) -> None:
        """Add frames as an Arrow record batch of the file's own columns."""
        with self._guard():
            self._waiting.append(batch)
            if sum(b.num_rows for b in self._waiting) >= ROWS_PER_GROUP:
                self._flush()

    def close(self) -> None:
        """Finish the file (one without rows, when nothing was appended). A second call does nothing."""
        if self._done:
            return
        with self._guard():
            self._flush()
            self._writer.add_key_value_metadata(metadata_of(self.facts))
            self._writer.close()
        self._done = True
        self._whole.close()

    def discard(self) -> None:
        """Leave nothing behind, unless ``close()`` has been called already."""
        if not self._done:
            with suppress(_Discarded), self._guard():
                raise _Discarded

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def _flush(self) -> None:
        if self._waiting:
            import pyarrow as pa

            self._writer.write_table(pa.Table.from_batches(self._waiting, schema()))
            self._waiting = []
        if self._rows["time_s"]:
            self._writer.write_table(table_of({name: np.array(rows) for name, rows in self._rows.items()}))
            self._rows = {name: [] for name in FIELDS}

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Whatever goes wrong in the block, the temporary file goes; a full disk becomes a WriteError."""
        try:
            yield
        except BaseException:
            self._done = True
            with suppress(OSError):
                if self._writer is not None:
                    self._writer.close()
            self._whole.__exit__(*sys.exc_info())
            raise


def write_tracks(path: Path | str, tracks: Tracks) -> None:
    """Write ``tracks``, whole or not at all. Raises WriteError."""
    import pyarrow.parquet as pq

    table = table_of({name: getattr(tracks, name) for name in FIELDS})
    table = table.replace_schema_metadata(metadata_of(tracks.facts))
    with write_atomically(path) as temporary, temporary.open("wb") as stream:
        pq.write_table(table, stream, compression="zstd", row_group_size=ROWS_PER_GROUP)


def read_tracks(path: Path | str, between: tuple[float, float] | None = None) -> Tracks:
    """The tracks in ``path``; only what lies ``between`` two times (in s), and some more around it, if they are given.
    Raises FormatError when it is no tracks file."""
    import pyarrow as pa

    path = Path(path)
    table, facts = _read(path, lambda file: file.read_row_groups(_groups(file, between)) if between else file.read())
    missing = [name for name in schema().names if name not in table.column_names]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise FormatError(f"Expected the column '{missing[0]}'{more} in '{path}', but it is missing.")
    try:
        tracks = _from_table(table, facts)
    except (ValueError, TypeError, pa.ArrowException) as error:
        raise FormatError(
            f"Expected the columns of a tracks file in '{path}', but one holds something else: {error}."
        ) from None
    if not (np.isfinite(tracks.time_s).all() and (np.diff(tracks.time_s) > 0).all()):
        raise FormatError(f"Expected 'time_s' to rise from row to row in '{path}', but it doesn't.")
    return tracks


def read_presence(path: Path | str) -> tuple[Floats, Flags]:
    """(T,) ``time_s`` and (T, 2) whether each hand was measured then: far quicker than all of a long session's tracks.
    Raises FormatError."""
    path = Path(path)
    names = ["time_s", *WORDS["hand_presence"]]
    table, _ = _read(path, lambda file: file.read(columns=names))
    if table.column_names != names:
        raise FormatError(f"Expected the columns {', '.join(names)} in '{path}', but it lacks one.")
    seen = [np.array(table[name].to_pylist(), object) == Presence.MEASURED for name in names[1:]]
    return np.asarray(table["time_s"].to_numpy(), float), np.column_stack(seen).astype(bool)


def _read(path: Path, take: Callable[[Any], Any]) -> tuple[Any, Data]:
    """What is taken of a tracks file, and its facts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        raise FormatError(f"Expected a tracks file at '{path}', but there is none: score the video first.")
    try:
        # The file object, not its path: Arrow takes some paths for URLs.
        with path.open("rb") as stream, pq.ParquetFile(stream) as file:
            metadata, table = file.metadata.metadata or {}, take(file)
    except (pa.ArrowException, OSError) as error:
        first = str(error).splitlines()[0][:120]
        raise FormatError(f"Expected a tracks file (Parquet) at '{path}', but it can't be read: {first}") from None
    return table, facts_in(metadata, path)


def _groups(file: Any, between: tuple[float, float]) -> list[int]:
    """The row groups that may hold something between two times."""
    at, out = file.schema_arrow.get_field_index("time_s"), []
    for k in range(file.metadata.num_row_groups):
        told = file.metadata.row_group(k).column(at).statistics if at >= 0 else None
        if told is None or not told.has_min_max or (told.min <= between[1] and told.max >= between[0]):
            out.append(k)
    return out


class _Discarded(Exception):
    """Raised and caught within the recorder, to undo what was begun."""


FIELDS = ("time_s", "index", *WORDS, *BLOCKS)


def row_of(moment: Moment) -> dict[str, Any]:
    hands, foot, touch, judgement = moment.hands, moment.foot, moment.touch, moment.judgement
    small = np.float32
    return {
        "time_s": moment.frame.time_s,
        "index": moment.frame.index,
        "hand_presence": [str(hand.presence) for hand in hands],
        "foot_presence": str(foot.presence),
        "foot_side": foot.side,
        "foot_view": foot.view,
        "technique": judgement.technique,
        "hand_score": np.array([hand.score for hand in hands], small),
        "hand_px": np.array([hand.landmarks_px for hand in hands], small),
        "hand_world_m": np.array([hand.world_m for hand in hands], small),
        "touch_uv": np.array([hand.uv for hand in touch.hands], small),
        "touch_near": np.array([hand.near for hand in touch.hands], bool),
        "foot_px": foot.landmarks_px.astype(small),
        "foot_confidence": foot.confidence.astype(small),
        "foot_motion_px": foot.motion_px.astype(small),
        "px_from_uv": foot.px_from_uv.astype(small),
        **_pose_row(foot.pose),
        **_contact_row(moment.contacts),
        "technique_confidence": small(judgement.confidence),
        "working": np.array([side in judgement.hands for side in SIDES], bool),
        "rate_per_min": small(moment.rate_per_min),
    }


def _pose_row(pose: FootPose | None) -> dict[str, Any]:
    small = np.float32
    if pose is None:
        pose = FootPose(np.full((3, 3), np.nan), np.full(3, np.nan), np.full(MODES, np.nan), np.nan, np.full(2, np.nan),
                        np.full(14, np.nan))  # fmt: skip
    return {
        "pose_rotation": pose.rotation.astype(small), "pose_shift": pose.shift.astype(small),
        "pose_shape": pose.shape.astype(small), "pose_focal_px": small(pose.focal_px),
        "pose_centre_px": pose.centre_px.astype(small),
    }  # fmt: skip


def _contact_row(contacts: Sequence[Contact]) -> dict[str, Any]:
    uv, face = np.full((2, 2), np.nan, np.float32), np.full(2, np.nan, np.float32)
    for contact in contacts:
        k = SIDES.index(contact.side)
        uv[k], face[k] = contact.uv, contact.face
    return {"contact_uv": uv, "contact_face": face}


def table_of(fields: Mapping[str, NDArray[Any]]) -> Any:
    """(T, ...) arrays by field as an Arrow table."""
    import pyarrow as pa

    rows = len(fields["time_s"])
    columns: dict[str, Any] = {"time_s": fields["time_s"], "index": fields["index"]}
    for name, names in (*WORDS.items(), *((n, block[1]) for n, block in BLOCKS.items())):
        flat = np.asarray(fields[name]).reshape(rows, len(names))
        columns |= {column: flat[:, k] for k, column in enumerate(names)}
    arrays = [pa.array(columns[f.name], f.type, from_pandas=False) for f in schema()]
    return pa.Table.from_arrays(arrays, schema=schema())


def _from_table(table: Any, facts: Data) -> Tracks:
    rows = table.num_rows
    read: dict[str, Any] = {
        "time_s": np.asarray(table["time_s"].to_numpy(), float),
        "index": np.asarray(table["index"].to_numpy(), np.int32),
    }
    for name, names in WORDS.items():
        words = np.array([table[column].to_pylist() for column in names], object).T
        read[name] = words if len(names) > 1 else words.reshape(rows)
    for name, (shape, names, _) in BLOCKS.items():
        kind = bool if name in FLAGS else np.float32
        block = np.empty((rows, len(names)), kind)
        for k, column in enumerate(names):
            block[:, k] = table[column].to_numpy()
        read[name] = block.reshape((rows, *shape))
    return Tracks(**read, facts=facts)


def metadata_of(facts: Data) -> dict[str, str]:
    """What a tracks file says of itself."""
    from trainer.score.scorecard import to_plain

    return {"trainer.format": FORMAT, "trainer.facts": json.dumps(to_plain(facts), ensure_ascii=False)}


def facts_in(metadata: Mapping[bytes, bytes], path: Path) -> Data:
    kind = metadata.get(b"trainer.format", b"").decode("utf-8", "replace")
    if kind != FORMAT:
        raise FormatError(f"Expected a tracks file ({FORMAT}) at '{path}', but its format is '{kind or 'unknown'}'.")
    try:
        facts = json.loads(metadata[b"trainer.facts"])
    except (KeyError, ValueError):
        raise FormatError(f"Expected facts (JSON) in the metadata of '{path}', but they are missing.") from None
    return dict(facts)
