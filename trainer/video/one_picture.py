"""One picture out of a video file, at a time."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from trainer.errors import VideoError
from trainer.model import Image

_SLACK_S = 0.0015
"""A time that was rounded to the millisecond still means its picture."""


def picture_at(path: Path, time_s: float) -> Image:
    """The picture that stands at ``time_s`` of a video, (H, W, 3) uint8 BGR; the last one beyond its end. Raises
    VideoError."""
    from trainer.video.libav import av

    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            base, start = stream.time_base, stream.start_time or 0
            if base is None:
                raise VideoError(f"Expected a video with times, but '{path}' has none.")
            container.seek(start + max(int(time_s / base), 0), stream=stream)
            shown = None
            for frame in container.decode(stream):
                late = frame.pts is not None and float((frame.pts - start) * base) > time_s + _SLACK_S
                if late and shown is not None:
                    break
                shown = frame
                if late:
                    break
            if shown is None:
                raise VideoError(f"Expected a picture at {time_s:g} s of '{path}', but there is none.")
            return np.asarray(shown.to_ndarray(format="bgr24"), np.uint8)
    except (av.FFmpegError, OSError, IndexError) as error:
        raise VideoError(f"Expected a picture at {time_s:g} s of '{path}', but {error}.") from error


def jpeg_at(path: Path, time_s: float, width: int) -> bytes:
    """The same as a JPEG of that width at most. Raises VideoError."""
    picture = picture_at(path, time_s)
    height, wide = picture.shape[:2]
    if wide > width:
        picture = np.asarray(cv2.resize(picture, (width, round(height * width / wide)), interpolation=cv2.INTER_AREA))
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
    if not done:
        raise VideoError(f"Expected to keep a picture of '{path}', but it can't be encoded.")
    return data.tobytes()
