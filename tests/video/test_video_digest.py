from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from trainer.errors import VideoError
from trainer.video.digest import sha256_of


def test_it_is_the_standard_digest(tmp_path: Path) -> None:
    path = tmp_path / "füße.bin"
    data = bytes(range(256)) * 5000
    path.write_bytes(data)
    assert sha256_of(path) == sha256_of(str(path)) == hashlib.sha256(data).hexdigest()


def test_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert sha256_of(tmp_path / "empty") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("name", ["missing", "."])
def test_what_cannot_be_read_is_one_line(name: str, tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="Expected a readable file") as caught:
        sha256_of(tmp_path / name)
    assert "\n" not in str(caught.value)
