"""What the networks are trained on, and that a run can stop and go on. Needs the extra `studio`."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("tflite")

from trainer.finder import layout  # noqa: E402
from trainer.finder.decode import decode  # noqa: E402
from trainer.finder.finder import open_finder  # noqa: E402
from trainer.hands.crop import crop_of  # noqa: E402
from trainer.hands.model_files import find_model  # noqa: E402
from trainer.look.seen import Seen, SeenFoot, SeenHand  # noqa: E402
from trainer.model import SIDES, VIEWS  # noqa: E402
from trainer.studio.stills import Sheet  # noqa: E402
from trainer.studio.training.augment import augmented  # noqa: E402
from trainer.studio.training.calibrate import Scale, calibrate, fitted_scale  # noqa: E402
from trainer.studio.training.export import export_finder  # noqa: E402
from trainer.studio.training.finder_task import FinderTask  # noqa: E402
from trainer.studio.training.joints_network import JOINTS, JointsNetwork, written_back  # noqa: E402
from trainer.studio.training.joints_task import crops_of  # noqa: E402
from trainer.studio.training.measure_look import Looked, turned_and_shrunk  # noqa: E402
from trainer.studio.training.network import FinderNetwork  # noqa: E402
from trainer.studio.training.run import Plan, train  # noqa: E402
from trainer.studio.training.sample import Sample, flipped, similarity, warped, with_hands_of  # noqa: E402
from trainer.studio.training.targets import targets_of  # noqa: E402

HAND = np.array(
    [(0, 0), (-20, -12), (-34, -30), (-42, -46), (-48, -60), (-16, -60), (-18, -86), (-19, -102), (-20, -116), (0, -64),
     (0, -94), (0, -112), (0, -128), (14, -60), (16, -88), (17, -104), (18, -118), (28, -52),
     (32, -72), (34, -84), (36, -95)],
    float,
)  # fmt: skip


def picture(seed: int = 1, hands: bool = True) -> Sample:
    """A made-up picture of 256 × 192: a foot of one colour, two hands of another."""
    rng = np.random.default_rng(seed)
    image = np.full((192, 256, 3), (60, 90, 40), np.uint8)
    mask = np.zeros((192, 256), np.uint8)
    foot = np.array([128.0, 96]) + rng.uniform(-1, 1, (14, 2)) * (28, 70)
    image[20:170, 95:160], mask[20:170, 95:160] = (120, 150, 200), 3
    joints = np.full((2, 21, 2), np.nan)
    visible = np.zeros(2)
    for k, x in enumerate((70, 190)) if hands else ():
        joints[k] = np.array([x, 150]) + 0.8 * HAND * (1 if k else -1, 1)
        image[60:150, x - 20 : x + 20], mask[60:150, x - 20 : x + 20] = (90, 110, 160), 1 + k
        visible[k] = 0.9
    nothing = np.full((14, 2), np.nan)
    return Sample(
        image, mask, joints, visible, np.stack([foot, nothing]), np.ones((2, 14), bool), np.array([True, False]),
        np.array([2, -1]),
    )  # fmt: skip


def sheet_file(folder: Path, seed: int) -> None:
    import cv2

    made = [picture(10 * seed + k, hands=k < 3) for k in range(4)]
    data = [[cv2.imencode(end, a)[1].tobytes() for a in arrays] for end, arrays in
            ((".jpg", [m.image for m in made]), (".png", [m.mask for m in made]))]  # fmt: skip
    Sheet(
        data[0], data[1], np.concatenate([np.array([m.hands for m in made]), np.zeros((4, 2, 21, 1))], axis=-1),
        np.ones((4, 2, 21), bool), np.array([m.visible for m in made]), np.array([m.feet for m in made]),
        np.ones((4, 2, 14), bool), np.array([True, False]), np.full(4, 2, np.int8),
    ).write(folder / f"train_{seed:05d}_x.npz")  # fmt: skip


def same(a: Sample, b: Sample) -> bool:
    return all(np.allclose(getattr(a, f.name), getattr(b, f.name), equal_nan=True) for f in fields(a))


def test_mirrored_twice_is_the_same() -> None:
    assert same(flipped(flipped(picture())), picture())


def test_mirroring_swaps_sides() -> None:
    before, after = picture(), flipped(picture())
    assert after.hands[0, 0, 0] == 255 - before.hands[1, 0, 0]
    assert not after.foot_left[0] and (after.mask == 1).sum() == (before.mask == 2).sum()


def test_a_warp_moves_pixels_and_labels_together() -> None:
    sample = picture()
    sample.image[:] = 0
    x, y = np.rint(sample.feet[0, 3]).astype(int)
    sample.image[y - 3 : y + 4, x - 3 : x + 4] = 255
    matrix = np.array([[0.9, -0.4, 40.0], [0.4, 0.9, -20.0]])
    moved = warped(sample, matrix, (256, 192))
    light = np.argwhere(moved.image[..., 0] > 128).mean(axis=0)[::-1]
    assert np.linalg.norm(light - moved.feet[0, 3]) < 1.5


def test_a_hand_out_of_the_picture_is_seen_less() -> None:
    moved = warped(picture(), np.array([[1.0, 0, -75], [0, 1, 0]]), (256, 192))
    assert moved.visible[0] < 0.5 and moved.visible[1] == pytest.approx(0.9)


def test_hands_are_laid_over_another_foot_as_over_their_own() -> None:
    bare, giver = picture(4, hands=False), picture(5)
    given = with_hands_of(bare, giver)
    matrix = similarity(giver.feet[0], bare.feet[0])
    assert np.allclose(given.hands, giver.hands @ matrix[:, :2].T + matrix[:, 2])
    assert (given.mask == 1).any() and (given.visible > 0.5).all()


def test_ideal_maps_are_read_back_as_the_picture() -> None:
    sample = picture()
    maps = targets_of(sample)

    def logits(p: np.ndarray) -> np.ndarray:
        p = np.clip(p, 1e-4, 1 - 1e-4)
        return np.log(p / (1 - p))

    h, w = maps.heat.shape[1:]
    coarse = np.zeros((layout.COARSE_CHANNELS, h, w), np.float32)
    coarse[:2], coarse[layout.FOOT_HEAT] = logits(maps.heat[:2]), logits(maps.heat[2])
    coarse[layout.HAND_FACTS : layout.FOOT_HEAT] = maps.hand.reshape(-1, h, w)
    coarse[layout.WORKED : layout.VIEW] = logits(maps.foot[:2])
    coarse[layout.VIEW : layout.LANDMARKS] = 9 * maps.foot[2:6]
    coarse[layout.LANDMARKS :] = maps.foot[6:]
    parts = 9.0 * np.eye(4)[maps.parts].transpose(2, 0, 1)
    fine = np.concatenate([parts, logits(maps.marks)]).astype(np.float32)
    found = decode(coarse, fine, (256, 192), (256, 192))
    assert [h.side for h in found.hands] == ["left", "right"]
    for hand, joints in zip(found.hands, sample.hands, strict=True):
        crop = crop_of(joints)
        assert np.allclose([hand.crop.x, hand.crop.y, hand.crop.size], [crop.x, crop.y, crop.size], atol=0.5)
    (foot,) = found.feet
    assert (foot.side, foot.view) == ("left", "medial") and foot.worked > 0.9
    assert np.abs(foot.landmarks_px - sample.feet[0]).max() < 1.5
    assert set(np.unique(found.mask)) == {0, 1, 2}


@pytest.mark.parametrize("seed", range(12))
def test_augmented_pictures_stay_pictures(seed: int) -> None:
    rng = np.random.default_rng(seed)
    made = augmented(picture(seed, hands=seed % 3 > 0), lambda r: picture(int(r.integers(99))), rng, (256, 192))
    assert made.image.shape == (192, 256, 3) and made.image.dtype == np.uint8
    assert made.mask.shape == (192, 256) and made.mask.max() <= 5
    assert ((made.visible >= 0) & (made.visible <= 1)).all()
    maps = targets_of(made)
    assert all(np.isfinite(value).all() for value in vars(maps).values())
    for crop in crops_of(picture(seed), rng):
        assert torch.isfinite(crop["joints"]).all() and crop["image"].shape == (3, 224, 224)


def test_a_run_that_was_stopped_gives_the_same_network(tmp_path: Path) -> None:
    for seed in range(2):
        sheet_file(tmp_path, seed)
    plan = Plan(2, batch=2, warm_steps=1)
    told: list[int] = []
    once = train(FinderTask(tmp_path, find_model("full")), tmp_path / "a", plan, lambda t: told.append(t.step), 0)
    train(FinderTask(tmp_path, find_model("full")), tmp_path / "b", plan, lambda _: None, 0, until_s=0.0)
    again = train(FinderTask(tmp_path, find_model("full")), tmp_path / "b", plan, lambda _: None, 0)
    assert told == [2]
    for a, b in zip(once.state_dict().values(), again.state_dict().values(), strict=True):
        assert torch.allclose(a.float(), b.float(), atol=1e-4)
    export_finder(once, tmp_path / "finder.onnx")
    rng = np.random.default_rng(1)
    image = rng.integers(0, 255, (192, 256, 3)).astype(np.uint8)
    with torch.no_grad():
        coarse, fine = once(torch.from_numpy(layout.network_input(image, (256, 192))))
    expected = decode(coarse[0].numpy(), fine[0].numpy(), (256, 192), (256, 192))
    assert np.array_equal(open_finder(tmp_path).find(image).mask, expected.mask)


def test_the_landmark_network_is_the_file_and_goes_back_into_it() -> None:
    network = JointsNetwork(find_model("full"))
    assert written_back(network) == network.file
    with torch.no_grad():
        network.trunk.weights["227"].add_(1.0)
    changed = written_back(network)
    assert len(changed) == len(network.file) and changed != network.file
    with torch.no_grad():
        assert network(torch.rand(1, 3, 224, 224))[JOINTS].shape == (1, 63)


@pytest.mark.parametrize(("squeezed", "moved"), [(0.5, -0.4), (0.35, -1.4), (1.5, 0.8)])
def test_scores_that_say_too_little_or_too_much_are_put_right(squeezed: float, moved: float) -> None:
    rng = np.random.default_rng(2)
    meant = rng.normal(0, 2, 4000)
    true = rng.random(4000) < 1 / (1 + np.exp(-meant))
    scale = fitted_scale(1 / (1 + np.exp(-(squeezed * meant + moved))), true)
    assert scale.slope == pytest.approx(1 / squeezed, rel=0.1)
    assert scale.shift == pytest.approx(-moved / squeezed, abs=0.2)


def test_too_few_cases_change_no_score() -> None:
    assert fitted_scale(np.array([0.4, 0.8]), np.array([True, True])) == Scale(1.0, 0.0)


def test_a_scale_is_written_into_the_network() -> None:
    network = FinderNetwork(find_model("full")).eval()
    image = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        before, _ = network(image)
        calibrate(network, Scale(2.0, 0.5), Scale(1.0, -1.0))
        after, _ = network(image)
    assert torch.allclose(after[:, :2], 2 * before[:, :2] + 0.5, atol=1e-4)
    assert torch.allclose(after[:, layout.FOOT_HEAT], before[:, layout.FOOT_HEAT] - 1, atol=1e-4)
    kept = [i for i in range(layout.COARSE_CHANNELS) if i not in (0, 1, layout.FOOT_HEAT)]
    assert torch.equal(after[:, kept], before[:, kept])


def seen_of(sample: Sample) -> Seen:
    hands = tuple(SeenHand(side, 0.9, 0.9, sample.hands[k]) for k, side in enumerate(SIDES))
    return Seen(hands, (SeenFoot("left", VIEWS[2], 0.9, 0.9, 0.9, True, sample.feet[0], np.ones(14)),))


def test_the_truth_has_perfect_figures() -> None:
    out = Looked()
    out.count(picture(), seen_of(picture()))
    out.count(picture(hands=False), Seen((), seen_of(picture(hands=False)).feet))
    assert (out.hands, out.found, out.matched, out.right_side, out.phantoms) == (2, 2, 2, 2, 0)
    assert (out.feet, out.feet_found, out.feet_named, out.false_feet) == (2, 2, 2, 0)
    assert max(out.joints + out.landmarks) == 0 and "PCK@0.2 1.000" in out.line()


def test_each_kind_of_fault_is_counted() -> None:
    sample, out = picture(), Looked()
    truth = seen_of(sample)
    left, right = truth.hands
    away = replace(left, landmarks_px=left.landmarks_px + 150)
    wrong_side = replace(truth.feet[0], side="right", landmarks_px=sample.feet[0] + [0, 300.0])
    out.count(sample, Seen((away, replace(right, side="left")), (wrong_side,)))
    assert (out.found, out.phantoms, out.right_side, out.feet_found) == (1, 1, 0, 0)
    assert "PCK@0.2 0.000" in out.line()
    nowhere = replace(sample, mask=np.zeros_like(sample.mask), visible=np.zeros(2))
    out.count(nowhere, Seen((), truth.feet))
    assert (out.footless, out.false_feet, out.feet, out.hands) == (1, 1, 1, 2)


@pytest.mark.parametrize("turn", [90.0, 45.0, -30.0])
def test_stills_are_looked_at_turned_and_shrunk_as_a_whole(turn: float) -> None:
    sample = picture()
    changed = turned_and_shrunk(sample, turn, 0.5)
    assert (changed.hands >= 0).all() and (changed.hands < changed.size).all()
    before, after = (np.linalg.norm(s.hands[0][12] - s.hands[0][0]) for s in (sample, changed))
    assert after == pytest.approx(0.5 * before)
    up, now = (s.hands[0][12] - s.hands[0][0] for s in (sample, changed))
    angle = np.degrees(np.arctan2(up[0] * now[1] - up[1] * now[0], up @ now))
    assert angle == pytest.approx(turn)  # y points down: clockwise is positive
