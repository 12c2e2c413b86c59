"""Videos whose writing was cut off by a crash: made whole as far as they were written."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from trainer.errors import VideoError
from trainer.video.libav import av


def unfinished(path: Path) -> Path:
    """Where a video lies while it is being written so that a crash doesn't cost it."""
    return path.with_name(f"{path.stem}.unfinished{path.suffix}")


def finish_video(path: Path) -> None:
    """Give the video its name, ordered so that browsers seek in it; pictures aren't touched. Raises VideoError."""
    source = unfinished(path)
    scratch = path.with_name(f".trainer-{secrets.token_hex(6)}{path.suffix}")
    try:
        with av.open(str(source)) as old, av.open(
            str(scratch), "w", format="mp4", options={"movflags": "+faststart"}
        ) as new:
            stream = new.add_stream_from_template(old.streams.video[0])
            for packet in _whole(old):
                packet.stream = stream
                new.mux(packet)
        scratch.replace(path)
        source.unlink()
    except (OSError, av.error.FFmpegError, IndexError) as error:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)
        raise VideoError(f"Expected to finish the video '{path}', but '{source.name}' can't be read.") from error


def _whole(container: av.container.InputContainer) -> Iterator[Any]:
    """The packets that were written whole."""
    packets = container.demux(container.streams.video[0])
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        # The last one of a file only says that there are no more.
        if packet.dts is not None and packet.size:
            yield packet
