"""The beat, to be heard: clicks through the sound device, placed by the count of its samples."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainer.coach.clicks import RATE, Clicks
from trainer.coach.tempo import Beat

_FOLLOW = 0.01
"""Of the gap between the samples counted and the device's own clock that is closed in each block: the clock trembles by
milliseconds, the count doesn't."""
_JUMP_S = 0.08
"""A gap this wide is no trembling: the device has skipped, and the count begins anew."""


@dataclass(frozen=True)
class _Led:
    """The beat that sounds, and how much later than presentation time this machine's clock is."""

    beat: Beat | None = None
    later_s: float = 0.0


class Clicker:
    """What the sound device asks for its samples. Works without one, which is how it is tested."""

    def __init__(self, volume: float = 0.6) -> None:
        self.volume = volume
        self.muted = False
        self._clicks = Clicks()
        self._led = _Led()
        self._counted_s: float | None = None
        self._done_s = float("-inf")

    def lead(self, beat: Beat | None, later_s: float) -> None:
        """Sound this beat from now on (None: be silent); clock time is presentation time + ``later_s``."""
        self._led = _Led(beat, later_s)

    def fill(self, samples: int, heard_at_s: float) -> np.ndarray:
        """(samples,) float32, of which the first is heard at this clock time as the device tells it."""
        counted = self._counted_s
        if counted is None or abs(heard_at_s - counted) > _JUMP_S:
            counted = heard_at_s
        else:
            counted += _FOLLOW * (heard_at_s - counted)
        self._counted_s = counted + samples / RATE
        led = self._led
        begin, end = counted - led.later_s, counted - led.later_s + samples / RATE
        # Where one stretch ends the next begins, though the count was moved a little: no beat twice, none lost.
        since = self._done_s if abs(self._done_s - begin) < _JUMP_S else begin
        beats = led.beat.times(since, end) if led.beat is not None else []
        self._done_s = end
        loud = 0.0 if self.muted else self.volume
        return np.asarray(loud * self._clicks.render(samples, begin, beats), np.float32)


class Metronome(Clicker):
    """A clicker at a sound device; a context manager's worth of ``close()``. Raises OSError where there is no device or
    no library for one: then the beat is to be seen only."""

    def __init__(self, volume: float = 0.6) -> None:
        super().__init__(volume)
        sounddevice = _library()
        self._lock = threading.Lock()
        try:
            self._stream = sounddevice.OutputStream(
                samplerate=RATE, channels=1, dtype="float32", latency="high", callback=self._wanted
            )
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise OSError(f"no sound device answers ({error})") from error
        # Both clocks run evenly; the least of some differences is the one that wasn't interrupted.
        self._ahead_s = min(time.monotonic() - self._stream.time for _ in range(9))

    def _wanted(self, out: np.ndarray, samples: int, times: Any, status: object) -> None:
        heard_at = times.outputBufferDacTime + getattr(self, "_ahead_s", 0.0)
        with self._lock:
            out[:, 0] = self.fill(samples, heard_at)

    def close(self) -> None:
        """Be silent for good."""
        self._stream.close()


def open_metronome(volume: float, tell: Callable[[str], object]) -> Metronome | None:
    """The metronome, or None where this machine has no sound; then ``tell`` is told why."""
    try:
        return Metronome(volume)
    except OSError as error:
        tell(f"The beat can be seen but not heard: {error}.")
        return None


def _library() -> Any:
    try:
        import sounddevice
    except ImportError as error:
        raise OSError("the extra 'sound' isn't installed") from error
    except OSError as error:
        raise OSError("the system library PortAudio isn't installed (Debian: libportaudio2)") from error
    return sounddevice
