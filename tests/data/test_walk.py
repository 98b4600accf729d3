"""Folders below a folder, each once, also through links."""

import os

import pytest

from harmonium.data.walk import walked


def names(root):
    return [
        (place / file).relative_to(root).as_posix()
        for place, _, files in walked(root)
        for file in files
    ]


def test_files_come_in_the_order_of_their_paths_and_hidden_ones_do_not(tmp_path):
    for name in ("b/2", "b/1", "a/x/3", "0", ".hidden", ".git/4"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert names(tmp_path) == ["0", "a/x/3", "b/1", "b/2"]


def test_a_link_upwards_brings_nothing_new(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "1").touch()
    os.symlink(tmp_path, tmp_path / "a" / "root")
    os.symlink(tmp_path.parent, tmp_path / "a" / "b" / "above")
    assert names(tmp_path) == ["a/1"]


@pytest.mark.parametrize("target", ["a", "../store"])
def test_a_folder_that_would_count_twice_is_refused(tmp_path, target):
    root = tmp_path / "root"
    (root / "a").mkdir(parents=True)
    (tmp_path / "store").mkdir()
    os.symlink(target, root / "b")
    os.symlink(target, root / "c")
    with pytest.raises(ValueError, match="are one folder, by a link"):
        names(root)
