"""Opens a video file for reading, or says in one line why it isn't one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.errors import VideoError
from trainer.video.libav import av

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

PICTURE_BRANDS = {"heic", "heix", "heim", "heis", "mif1", "avif", "crx "}
"""Major brands of MP4-like files that hold photographs."""
DECODE_THREADS = 2
"""Enough for 4K beside the rest of the pipeline; each further thread costs a picture of memory."""


@dataclass(frozen=True)
class OpenVideo:
    """An open container and the video stream in it that is worth watching."""

    container: InputContainer
    stream: VideoStream


def open_container(path: Path) -> InputContainer:
    """The media file at ``path``, open. Raises VideoError for everything that is no readable media file."""
    _check_is_file(path)
    try:
        # Local files only: playlists and the like must not make the program reach for the network.
        options = {"protocol_whitelist": "file"}
        return av.open(str(path.absolute()), "r", container_options=options, metadata_errors="replace")
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise VideoError(
            f"Expected a video, but '{path}' isn't one that can be read ({_reason(error)}): "
            "it may be another kind of file, or cut off while recording; record or export it again."
        ) from error


def open_video(path: Path) -> OpenVideo:
    """The video file at ``path`` with its decoder ready. The caller closes ``container``.

    Raises VideoError when the file is missing, empty, a folder, unreadable, only audio, or a still picture.
    """
    container = open_container(path)
    try:
        return OpenVideo(container, _video_stream(container, path))
    except BaseException:
        container.close()
        raise


def _check_is_file(path: Path) -> None:
    try:
        if not path.exists():
            raise VideoError(f"Expected a video, but there is no file '{path}': check the path.")
        if path.is_dir():
            raise VideoError(f"Expected a video file, but '{path}' is a folder: name a file in it.")
        if not path.is_file():
            raise VideoError(f"Expected a video file, but '{path}' is a device or pipe: name a file.")
        if path.stat().st_size == 0:
            raise VideoError(f"Expected a video, but '{path}' is empty (0 bytes): copy or record it again.")
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise VideoError(
            f"Expected a video, but '{path}' can't be opened ({reason}): check its path and rights."
        ) from error


def _video_stream(container: InputContainer, path: Path) -> VideoStream:
    formats = set(container.format.name.split(","))
    brand = container.metadata.get("major_brand", "")
    if brand in PICTURE_BRANDS or any(name == "image2" or name.endswith("_pipe") for name in formats):
        raise VideoError(f"Expected a video, but '{path}' is a still picture: record a video.")
    if "tty" in formats:
        raise VideoError(f"Expected a video, but '{path}' is text: name a video file.")
    covers = av.stream.Disposition.attached_pic
    streams = [stream for stream in container.streams.video if not stream.disposition & covers]
    if not streams:
        if container.streams.audio:
            raise VideoError(f"Expected a video, but '{path}' holds only audio: record with the camera on.")
        raise VideoError(f"Expected a video, but '{path}' holds no picture track: name a video file.")
    usable = [stream for stream in streams if stream.codec_context is not None]
    if not usable:
        raise VideoError(
            f"Expected a video, but no decoder here knows the format of '{path}': export it as H.264 (MP4)."
        )
    stream = max(usable, key=lambda each: (each.width or 0) * (each.height or 0))
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = DECODE_THREADS
    # Without this flag FFmpeg drops damaged pictures silently; we want to count them.
    stream.codec_context.flags |= av.codec.context.Flags.output_corrupt
    return stream


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).splitlines()[0]
