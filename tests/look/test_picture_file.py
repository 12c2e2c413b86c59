"""Photographs of every kind are read upright and plain; what is none is None, what isn't there is told."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from trainer.errors import TrainerError
from trainer.look.picture_file import kept_suffix, read_picture, write_picture

GREY = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (48, 1))
COLOUR = cv2.merge([GREY, GREY // 2, 255 - GREY])


def put(path: Path, image: np.ndarray) -> Path:
    done, data = cv2.imencode(path.suffix, image)
    assert done
    path.write_bytes(data.tobytes())
    return path


@pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "a.png", "a.webp", "a.bmp", "a.tiff", "füße 足.png", "a.gif"])
def test_every_kind_is_read(tmp_path: Path, name: str) -> None:
    data = cv2.imencode(Path(name).suffix.lower(), COLOUR)[1]
    (tmp_path / name).write_bytes(data.tobytes())
    image = read_picture(tmp_path / name)
    assert image is not None and image.dtype == np.uint8 and image.shape == (48, 64, 3)
    assert np.abs(image.astype(int) - COLOUR).mean() < 20


@pytest.mark.parametrize(
    "image",
    [GREY, GREY.astype(np.uint16) * 257, cv2.merge([GREY] * 4), cv2.merge([GREY] * 3).astype(np.uint16) * 257],
)
def test_grey_deep_and_transparent_pictures_become_plain_ones(tmp_path: Path, image: np.ndarray) -> None:
    plain = read_picture(put(tmp_path / "a.png", image))
    assert plain is not None and plain.dtype == np.uint8
    assert np.array_equal(plain, cv2.merge([GREY] * 3))


@pytest.mark.parametrize(("orientation", "white"), [(1, "left"), (3, "right"), (6, "top"), (8, "bottom")])
def test_exif_turns_them_upright(tmp_path: Path, orientation: int, white: str) -> None:
    image = np.zeros((40, 80, 3), np.uint8)
    image[:, :20] = 255
    data = cv2.imencode(".jpg", image)[1].tobytes()
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes([orientation]) + bytes(6)
    (tmp_path / "a.jpg").write_bytes(data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:])
    upright = read_picture(tmp_path / "a.jpg")
    assert upright is not None
    edge = {"left": np.s_[:, :9], "right": np.s_[:, -9:], "top": np.s_[:9], "bottom": np.s_[-9:]}[white]
    assert upright[edge].mean() > 250 and upright.mean() < 70


def test_what_is_no_picture_is_none_and_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.png").write_bytes(put(tmp_path / "whole.png", COLOUR).read_bytes()[:300])
    (tmp_path / "a.jpg").write_text("no picture")
    for name in ("a.png", "a.jpg"):
        assert read_picture(tmp_path / name) is None
    assert capfd.readouterr() == ("", "")


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    for name, told in (("none.jpg", "no file"), ("empty.jpg", "0 bytes"), ("", "folder"), ("a\0b", "can't be read")):
        with pytest.raises(TrainerError, match=told):
            read_picture(tmp_path / name)


def test_pictures_are_written_as_they_are_called(tmp_path: Path) -> None:
    for name, kept in (("a.jpg", ".jpg"), ("a.PNG", ".PNG"), ("a.webp", ".png"), ("a", ".png")):
        assert kept_suffix(Path(name)) == kept
    write_picture(tmp_path / "new" / "ä.png", COLOUR)
    assert np.array_equal(read_picture(tmp_path / "new" / "ä.png"), COLOUR)
    with pytest.raises(TrainerError):
        write_picture(tmp_path / "new" / "ä.png" / "b.png", COLOUR)
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["ä.png"]
