"""Many clips together, the yardstick beside them, and the tables."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from true_clip import FRAMES, TIMES, arrays, perfect_card, perfect_tracks, write_truth

from trainer.finding import Sighting
from trainer.model import Data, Detection, Frame, Side
from trainer.score.catalogue import METRICS, YARDSTICK
from trainer.score.evaluate import ClipResult, evaluate_clip
from trainer.score.evaluation import groups, overall, read_facts
from trainer.score.evaluation_table import beside_table, clips_table, groups_table, markdown
from trainer.score.tally import total
from trainer.score.truth import read_truth
from trainer.score.yardstick import Yardstick

PLACES = arrays()["hand_landmarks_px"]


class Stock:
    """Sees the left hand only, in the even frames, and a phantom in the first ten; calls it right from frame 50 on."""

    name = "stock"
    trusted = False
    finds = False

    @property
    def provenance(self) -> Data:
        return {}

    def look(self, frame: Frame) -> Sighting:
        side: Side = "left" if frame.index < 50 else "right"
        hand = Detection(side, 0.9, PLACES[frame.index, 0], np.zeros((21, 3)))
        phantom = Detection("right", 0.8, PLACES[0, 0] + 200.0, np.zeros((21, 3)))
        return Sighting((hand,) * (frame.index % 2 == 0) + (phantom,) * (frame.index < 10))

    def close(self) -> None:
        pass


def measured(folder: Path, *, blind_until: int = 0, yardstick: bool = True) -> ClipResult:
    """The perfect clip; the tracker sees nothing before a frame and bridges the ten after it."""
    tracks = perfect_tracks(folder)
    presence = tracks.hand_presence.copy()
    presence[:blind_until] = "unknown"
    presence[blind_until : blind_until + 10 * (blind_until > 0)] = "bridged"
    stock = None
    if yardstick:
        stock = Yardstick(Stock())
        image = np.zeros((48, 64, 3), np.uint8)
        frames = [Frame(image, float(t), i) for i, t in enumerate(TIMES)]
        assert list(stock.watch(frames)) == frames
    return evaluate_clip(
        perfect_card(folder), replace(tracks, hand_presence=presence), read_truth(folder / "clip.mp4"), stock
    )


def test_the_yardstick_stands_beside(tmp_path: Path) -> None:
    results = measured(tmp_path, blind_until=20).results
    assert list(results) == [*METRICS, *YARDSTICK]
    assert results["visible_hand_frames"] == 2 * FRAMES
    assert results["stock_hands_found"] == pytest.approx(0.25)
    assert results["stock_phantom_hands_per_min"] == pytest.approx(10 / 4 * 60)
    assert results["stock_phantom_frames"] == pytest.approx(0.1)
    assert results["stock_identity_swaps"] == 1
    assert results["stock_side_right"] == pytest.approx(0.5)
    assert results["kept"] == pytest.approx(35 / 50), "frames 30, 32, … of 0, 2, …"
    assert results["kept_with_bridged"] == pytest.approx(40 / 50)
    assert results["found_beyond"] == pytest.approx((35 + 70) / 200)


def test_totals_count_frames_not_clips(tmp_path: Path) -> None:
    whole, blind = measured(tmp_path), measured(tmp_path, blind_until=80)
    few = np.arange(FRAMES) >= 90
    short = replace(
        blind,
        frames=replace(
            blind.frames,
            counts={name: values[few] for name, values in blind.frames.counts.items()},
            errors={name: values[few] for name, values in blind.frames.errors.items()},
        ),
        techniques=blind.techniques[few],
        results=blind.results | {"frame_accuracy": 0.0},
    )  # fmt: skip
    every = overall([whole, short])
    assert every["hands_found"] == 1
    assert every["stock_hands_found"] == pytest.approx(55 / 220)
    assert every["frame_accuracy"] == pytest.approx(100 / 110)
    assert total([whole.frames.tally(), short.frames.tally()]).seconds == pytest.approx(4.4)


def test_groups_go_by_the_technique_of_each_frame_and_by_the_index(tmp_path: Path) -> None:
    clips = {"a": measured(tmp_path), "b": measured(tmp_path, blind_until=10)}
    found = groups(clips, {"a": {"camera": "side"}, "b": {"camera": "above"}})
    assert set(found["technique"]) == {"rest", "kneading", "thumb_walking"}
    assert found["technique"]["kneading"]["visible_hand_frames"] == 2 * 2 * 40
    assert found["technique"]["rest"]["hands_found"] < 1 == found["technique"]["thumb_walking"]["hands_found"]
    assert found["camera"]["side"]["hands_found"] == 1 > found["camera"]["above"]["hands_found"]
    assert set(found["view"]) == {"plantar"}


@pytest.mark.parametrize(
    "index",
    [
        {"clips": [{"name": "other", "camera": "above"}, {"name": "clip", "camera": "side", "client_tone": 3}]},
        {"clips": {"clip": {"recipe": {"camera": "side", "client_tone": 3, "script": [1]}}}},
        [{"file": "clip.mp4", "camera": "side", "client_tone": 3, "style": None, "styles": ["a", "b"]}],
    ],
)
def test_an_index_is_read_as_it_comes(tmp_path: Path, index: object) -> None:
    (tmp_path / "index.json").write_text(json.dumps(index), "utf-8")
    assert read_facts(tmp_path / "clip.mp4") == {"camera": "side", "foot's skin": "3"}


def test_of_several_styles_none_is_the_clips(tmp_path: Path) -> None:
    index = {"clips": {"clip": {"styles": ["kneading:fists"], "hand_tone": 2, "recipe": {"practitioner_tone": 4}}}}
    (tmp_path / "index.json").write_text(json.dumps(index), "utf-8")
    assert read_facts(tmp_path / "clip.mp4") == {"style": "kneading:fists", "hands' skin": "2"}


@pytest.mark.parametrize("text", ["", "[", "7", "[7, null]", '{"clips": 7}', '{"clip": 7}'])
def test_an_index_that_tells_nothing_is_no_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "index.json").write_text(text, "utf-8")
    assert read_facts(tmp_path / "clip.mp4") == {}


def test_tables(tmp_path: Path) -> None:
    clips = {"kneading": measured(tmp_path), "füße [1]": measured(tmp_path, blind_until=50)}
    results = {name: clip.results for name, clip in clips.items()}
    every, grouped = overall(clips.values()), groups(clips, {})
    text = markdown(results, every, grouped)
    assert "| true visible hands found (measured) | high | 100.0% | 40.0% | 70.0% |" in text
    assert "| visible hands found (measured) | 25.0% | 70.0% |" in text
    assert "| kneading | 160 |" in text
    console = Console(width=160, record=True, file=StringIO())
    table = clips_table(results, every, {"macro_f1": (0.5, 0.75)})
    console.print(table, beside_table(every), groups_table("view", grouped["view"]))
    shown = console.export_text()
    assert "füße" in shown and "all" in shown and "MediaPipe" in shown and "plantar" in shown
    many = {f"clip {i}": clip for i, clip in enumerate([results["kneading"]] * 60)}
    assert "clip 7" not in markdown(many, every, {}), "sixty columns nobody reads"


def test_without_a_yardstick_nothing_is_said_of_it(tmp_path: Path) -> None:
    write_truth(tmp_path)
    every = overall([measured(tmp_path, yardstick=False)])
    assert list(every) == list(METRICS)
    assert "MediaPipe" not in markdown({"a": every}, every, {})
