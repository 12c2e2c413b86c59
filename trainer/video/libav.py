"""The one door to PyAV: ``from trainer.video.libav import av``.

OpenCV must be loaded first; its first window has frozen when PyAV came before it.
"""

from __future__ import annotations

# isort: off
import cv2
import av
import av.error
import av.video.reformatter
# isort: on

__all__ = ["av", "cv2"]
