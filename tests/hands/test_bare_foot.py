"""End to end on the sample clips' pixels: a bare foot is no hand, working hands are."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from trainer.hands.finder_backend import FinderBackend
from trainer.hands.trusted import TrustedHands
from trainer.model import Presence
from trainer.video.source import open_source

SAMPLES = Path(__file__).resolve().parents[2] / "sample_videos"


def shown(name: str, first: int, frames: int) -> int:
    """How many hands are shown as measured in so many frames of a clip, from frame ``first`` on."""
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"{path} isn't here")
    backend, tracker, count = FinderBackend(), TrustedHands(), 0
    with open_source(path) as source:
        for frame in islice(source.frames(), first, first + frames):
            hands = tracker.update(frame.time_s, backend.look(frame))
            count += sum(hand.presence is Presence.MEASURED for hand in hands)
    backend.close()
    return count


@pytest.mark.slow
def test_a_bare_foot_is_never_a_hand() -> None:
    assert shown("bare_foot.mp4", 0, 120) == 0


@pytest.mark.slow
def test_working_hands_are_shown() -> None:
    assert shown("effleurage.mp4", 60, 60) > 100
