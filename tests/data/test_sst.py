"""The Stanford Sentiment Treebank: its files, and its published counts."""

import os

import pytest

from harmonium.data import sst
from harmonium.errors import DataError


def test_missing_files_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("HARMONIUM_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"(?s)Stanford Sentiment Treebank .*dev\.txt"):
        sst()


def test_files_with_another_number_of_trees_are_refused(tmp_path):
    for name in ("train", "dev", "test"):
        (tmp_path / f"{name}.txt").write_text("(3 (2 a) (4 b))\n")
    with pytest.raises(DataError, match=r"train\.txt: 1 trees; the official train part has 8544"):
        sst(tmp_path)


@pytest.mark.skipif(not os.environ.get("HARMONIUM_DATA"), reason="HARMONIUM_DATA not set")
@pytest.mark.data
def test_the_treebank_has_its_published_counts():
    data = sst()
    assert [len(split) for split in data.splits().values()] == [8544, 1101, 2210]
    assert data.train.y.bincount().tolist() == [1092, 2218, 1624, 2322, 1288]
    assert data.test.y.bincount().tolist() == [279, 633, 389, 510, 399]
    assert int((data.train.columns["nodes"] >= 0).sum()) == 318582
