"""The true hands of a clip as a hand backend: an upper bound for every stage that follows."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from trainer.errors import FormatError
from trainer.finding import Sighting
from trainer.hands.timeline import nearest_frame
from trainer.model import SIDES, Data, Detection, Floats, Frame

_ARRAYS = ("time_s", "hand_landmarks_px", "hand_visible")


class TruthBackend:
    """Reports the true joints of ``NAME.truth.npz`` for each frame, found by its time.

    path: the sidecar. min_visible: a hand is reported when at least this share of its surface can be seen.
    There is no metric truth: ``world_m`` is NaN. The score is the visible share.

    Raises FormatError when the file is missing or isn't such a sidecar.
    """

    name = "truth"
    trusted = True
    finds = False

    def __init__(self, path: str | Path, min_visible: float = 0.05) -> None:
        self._path = Path(path)
        self._min_visible = min_visible
        self._time_s, self._px, self._visible = _read(self._path)

    @property
    def provenance(self) -> Data:
        return {"backend": self.name, "file": self._path.name, "min_visible": self._min_visible}

    def look(self, frame: Frame) -> Sighting:
        at = nearest_frame(self._time_s, frame.time_s)
        if at is None:
            return Sighting(())
        found = tuple(
            Detection(side, float(self._visible[at, i]), self._px[at, i].copy(), np.full((21, 3), np.nan))
            for i, side in enumerate(SIDES)
            if self._visible[at, i] >= self._min_visible and np.isfinite(self._px[at, i]).all()
        )
        return Sighting(found)

    def close(self) -> None:
        pass


def _read(path: Path) -> tuple[Floats, Floats, Floats]:
    try:
        # Opened here, because NumPy leaves the file open when it isn't a whole zip.
        with path.open("rb") as file, np.load(file) as stored:
            time_s, px, visible = (np.asarray(stored[name], float) for name in _ARRAYS)
    except FileNotFoundError:
        raise FormatError(f"Expected the truth of a clip at {path}, but there is no such file.") from None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise FormatError(
            f"Expected {path} to hold the arrays {', '.join(_ARRAYS)}, but it can't be read so ({error}): "
            "render or export the clip again."
        ) from error
    n = len(time_s) if time_s.ndim == 1 else -1
    if px.shape != (n, 2, 21, 2) or visible.shape != (n, 2) or not np.all(np.diff(time_s) > 0):
        raise FormatError(
            f"Expected {path} with time_s (T,) rising, hand_landmarks_px (T, 2, 21, 2) and hand_visible (T, 2), "
            f"but got {time_s.shape}, {px.shape}, {visible.shape}: render or export the clip again."
        )
    return time_s, px, visible
