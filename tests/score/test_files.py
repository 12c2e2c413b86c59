from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from trainer import files
from trainer.errors import ModelFileError
from trainer.files import WriteError, data_dir, make_folder, write_atomically, write_bytes, write_text


def test_writes_whole(tmp_path: Path) -> None:
    path = tmp_path / "ünder a" / "b c.txt"
    write_text(path, "größe\n")
    assert path.read_bytes() == "größe\n".encode()
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in path.parent.iterdir()] == ["b c.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(error), write_atomically(path) as temporary:
        temporary.write_text("half")
        assert temporary.suffix == ".txt"
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with pytest.raises(WriteError) as caught, write_atomically(path) as temporary:
        temporary.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(caught.value).startswith(f"Expected to write '{path}', but the disk is full:")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder_is_one_clear_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(WriteError, match="not allowed"):
            write_text(tmp_path / "a.txt", "x")
    finally:
        tmp_path.chmod(0o700)


def test_a_file_in_the_way_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="choose another folder"):
        write_text(tmp_path / "file" / "a.txt", "x")
    with pytest.raises(WriteError, match="a folder is needed"):
        make_folder(tmp_path / "file")
    (tmp_path / "folder").mkdir()
    with pytest.raises(WriteError, match="in the way"):
        write_text(tmp_path / "folder", "x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


def test_a_block_that_writes_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(WriteError), write_atomically(tmp_path / "a.txt"):
        pass


def test_data_is_found_in_the_checkout_and_in_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (data_dir() / "models").is_dir()
    package = tmp_path / "site-packages" / "trainer"
    monkeypatch.setattr(files, "_PACKAGE", package)
    with pytest.raises(ModelFileError, match="install the program again"):
        data_dir()
    (package / "_data" / "models").mkdir(parents=True)
    assert data_dir() == package / "_data"
