"""Where the stages are joined: findings reach the foot, looking ahead changes nothing, the scorecard says by whom."""

from __future__ import annotations

import numpy as np
import pytest
from kinematic_hands import Mover, circling
from little_world import World, world_of

from trainer import pipeline as joined
from trainer.finding import Finding, Sighting
from trainer.foot.given import GivenFoot
from trainer.hands.finder_backend import FinderBackend
from trainer.hands.with_finder import WithFinder
from trainer.model import Data, Frame, Moment, Presence
from trainer.pipeline import Pipeline, open_pipeline
from trainer.provenance import provenance
from trainer.settings import Settings

LEFT = Mover("left", circling(95, 120))
RIGHT = Mover("right", circling(225, 125, phase=1.0))
SIZE = (240, 320, 3)


class Blind:
    """Sees nothing."""

    name = "blind"
    finds = False

    def __init__(self, trusted: bool) -> None:
        self.trusted = trusted

    @property
    def provenance(self) -> Data:
        return {"backend": self.name}

    def look(self, frame: Frame) -> Sighting:
        return Sighting(())

    def close(self) -> None:
        pass


def frames_of(world: World, count: int) -> list[Frame]:
    return [world.frame(i / 30, i, SIZE) for i in range(count)]


def opened(world: World, settings: Settings | None = None) -> Pipeline:
    return open_pipeline(settings or Settings(), backend=world.backend())


def same(a: Moment, b: Moment) -> bool:
    return a.frame.index == b.frame.index and all(
        x.presence is y.presence and np.array_equal(x.landmarks_px, y.landmarks_px, equal_nan=True)
        for x, y in zip(a.hands, b.hands, strict=True)
    )


def test_looking_ahead_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    lost = [t / 30 for t in range(45) if rng.random() < 0.2]

    def presence(t: float) -> float:
        return 0.2 if any(abs(t - x) < 1e-6 for x in lost) else 0.98

    worlds = [world_of([LEFT, RIGHT], presence=presence) for _ in range(2)]
    first, second = opened(worlds[0]), opened(worlds[1])
    stepped = [first.step(frame) for frame in frames_of(worlds[0], 45)]
    ran = list(second.run(frames_of(worlds[1], 45)))
    first.close()
    second.close()
    assert len(stepped) == len(ran) == 45
    assert all(same(a, b) for a, b in zip(stepped, ran, strict=True))
    assert all(hand.presence is Presence.MEASURED for moment in ran[10:] for hand in moment.hands)
    assert worlds[0].looked_s == worlds[1].looked_s


def test_the_foot_is_told_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    world, told = world_of([RIGHT]), list[Finding | None]()
    pipeline = opened(world)
    update = pipeline._foot_tracker.update

    def listen(frame: Frame, hands: object, finding: Finding | None) -> object:
        told.append(finding)
        return update(frame, hands, finding)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline._foot_tracker, "update", listen)
    for frame in frames_of(world, 12):
        pipeline.step(frame)
    pipeline.close()
    assert [i for i, finding in enumerate(told) if finding is not None] == [0, 3, 6, 9]


@pytest.mark.parametrize(
    ("trusted", "given", "helped"),
    [(False, False, True), (False, True, True), (True, False, True), (True, True, False)],
)
def test_who_gets_a_finder_beside_them(
    trusted: bool, given: bool, helped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joined, "open_finder", lambda: world_of([]))
    points = np.random.default_rng(0).uniform(20, 200, (14, 2))
    foot = GivenFoot.from_points(points, "left", "plantar", size=(320, 240)) if given else None
    pipeline = open_pipeline(Settings(), given=foot, backend=Blind(trusted))
    assert isinstance(pipeline.backend, WithFinder) == helped
    assert ("finder_sha256" in pipeline.backend.provenance) == helped


def test_the_scorecard_says_what_found_the_hands() -> None:
    world = world_of([RIGHT])
    backend = FinderBackend("lite", finder=world)
    told = provenance(Settings(), backend.provenance, {})
    backend.close()
    assert told["hands"]["backend"] == "finder" and told["hands"]["find_every_s"] == 0.1
    assert told["hands"]["shown_belief"] > told["hands"]["dropped_belief"]
    assert set(told["model_hashes"]) == {"hand_landmarker_lite.task", "little world", "foot_surface.npz"}
    assert all(len(value) == 64 for value in told["model_hashes"].values())
