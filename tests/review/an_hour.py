"""A session of an hour, out of a scored one laid end to end: for trying what a long session costs.

``python -m tests.review.an_hour SCORED OUT`` writes one, with its video.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from trainer.score.scorecard import read_scorecard, write_scorecard
from trainer.score.tracks import ROWS_PER_GROUP
from trainer.video.libav import av

SPANS = ("segments", "refined", "unseen", "not_sure", "posture")


def make_hour(scored: Path, out: Path, seconds: float = 3600.0) -> int:
    """Returns how many times the session was laid end to end."""
    card = read_scorecard(scored / "scorecard.json")
    one = float(card["duration_s"])
    times = round(seconds / one + 0.5)
    out.mkdir(parents=True)
    write_scorecard(out / "scorecard.json", _long(card, one, times))
    _tracks(scored / "tracks.parquet", out / "tracks.parquet", one, times)
    _video(scored / "overlay.mp4", out / "overlay.mp4", one, times)
    return times


def _long(card: dict[str, Any], one: float, times: int) -> dict[str, Any]:
    long = copy.deepcopy(card)
    for key in (*SPANS, "cues"):
        long[key] = [_later(part, k * one) for k in range(times) for part in card.get(key) or []]
    coverage = long["coverage"]
    coverage["visits"] = [_later(v, k * one) for k in range(times) for v in card["coverage"]["visits"]]
    for key in ("duration_s", "unseen_s", "abstained_s"):
        long[key] = card[key] * times
    return long


def _later(part: dict[str, Any], by_s: float) -> dict[str, Any]:
    return {
        key: [t + by_s for t in value] if key == "cycles_s" and value else value + by_s if key in _TIMES else value
        for key, value in part.items()
    }


_TIMES = ("start_s", "end_s", "time_s")


def _tracks(scored: Path, out: Path, one: float, times: int) -> None:
    table = pq.read_table(scored)
    at = table.schema.get_field_index("time_s")
    start = np.asarray(table["time_s"])
    with pq.ParquetWriter(out, table.schema) as writer:
        writer.add_key_value_metadata(pq.read_metadata(scored).metadata)
        for k in range(times):
            moved = table.set_column(at, table.schema.field(at), pa.array(start + k * one))
            writer.write_table(moved, row_group_size=ROWS_PER_GROUP)


def _video(scored: Path, out: Path, one: float, times: int) -> None:
    """The same packets again and again: nothing is encoded."""
    with av.open(str(out), "w", options={"movflags": "faststart"}) as target:
        stream = None
        for k in range(times):
            with av.open(str(scored)) as source:
                picture = source.streams.video[0]
                stream = stream or target.add_stream_from_template(picture)
                for packet in _packets(source, picture):
                    packet.pts += round(k * one / packet.time_base)
                    packet.dts += round(k * one / packet.time_base)
                    packet.stream = stream
                    target.mux(packet)


def _packets(source: Any, picture: Any) -> Iterator[Any]:
    return (packet for packet in source.demux(picture) if packet.dts is not None)


if __name__ == "__main__":
    print(make_hour(Path(sys.argv[1]), Path(sys.argv[2])), "times")
