"""The hands of an earlier run as a hand backend: stages after the hands can be run again without the
pixels' cost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from trainer.errors import FormatError
from trainer.finding import Sighting
from trainer.hands.timeline import nearest_frame
from trainer.model import HAND_LANDMARKS, SIDES, Data, Detection, Floats, Frame, Presence


class RecordedBackend:
    """Reports the measured hands of a ``tracks.parquet`` for each frame, found by its time.

    Bridged hands are left out: the tracker bridges the gaps anew. Only the hands' columns are read.

    Raises FormatError when the file is missing or holds no tracks.
    """

    name = "recorded"
    trusted = True
    finds = False

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        columns = _read(self._path)
        self._time_s = _stack(columns, ["time_s"])[:, 0]
        if not np.all(np.diff(self._time_s) > 0):
            raise FormatError(f"Expected {self._path} with rising times, but they run back: score the video again.")
        self._measured = np.stack(
            [np.array([p == Presence.MEASURED for p in columns[f"{side}_presence"]], bool) for side in SIDES],
            axis=1,
        )
        self._score = _stack(columns, [f"{side}_score" for side in SIDES])
        self._px = _stack(columns, _px_columns()).reshape(-1, 2, 21, 2)
        self._world_m = _stack(columns, _world_columns()).reshape(-1, 2, 21, 3)

    @property
    def provenance(self) -> Data:
        return {"backend": self.name, "file": self._path.name}

    def look(self, frame: Frame) -> Sighting:
        at = nearest_frame(self._time_s, frame.time_s)
        if at is None:
            return Sighting(())
        found = tuple(
            Detection(side, float(self._score[at, i]), self._px[at, i].copy(), self._world_m[at, i].copy())
            for i, side in enumerate(SIDES)
            if self._measured[at, i] and np.isfinite(self._px[at, i]).all()
        )
        return Sighting(found)

    def close(self) -> None:
        pass


def _px_columns() -> list[str]:
    return [f"{side}_{name}_{axis}_px" for side in SIDES for name in HAND_LANDMARKS for axis in "xy"]


def _world_columns() -> list[str]:
    return [f"{side}_{name}_{axis}_world_m" for side in SIDES for name in HAND_LANDMARKS for axis in "xyz"]


def _read(path: Path) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    wanted = ["time_s", *(f"{s}_{what}" for s in SIDES for what in ("presence", "score"))]
    wanted += [*_px_columns(), *_world_columns()]
    if not path.is_file():
        raise FormatError(f"Expected recorded tracks at {path}, but there is no such file: score the video first.")
    try:
        # The file object, not the path: Arrow takes some characters of a path for a URL's.
        with path.open("rb") as file:
            parquet = pq.ParquetFile(file)
            missing = [name for name in wanted if name not in parquet.schema_arrow.names]
            if missing:
                raise FormatError(
                    f"Expected {path} to be tracks of this program, but it lacks the column {missing[0]!r}"
                    f"{f' and {len(missing) - 1} more' if len(missing) > 1 else ''}: score the video again."
                )
            table = parquet.read(columns=wanted)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0][:120]
        raise FormatError(f"Expected {path} to be a Parquet file of tracks, but {reason}.") from error
    return {name: table[name].to_pylist() if name.endswith("_presence") else table[name].to_numpy() for name in wanted}


def _stack(columns: dict[str, Any], names: list[str]) -> Floats:
    return np.stack([np.asarray(columns[name], float) for name in names], axis=1)
