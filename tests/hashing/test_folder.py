import json

import numpy as np
import pytest

from harmonium.errors import DataError
from harmonium.hashing import HammingIndex, packed


@pytest.fixture
def codes():
    return packed(np.random.default_rng(0).integers(0, 2, (6000, 100)))


@pytest.fixture
def folder(codes, tmp_path):
    index = HammingIndex(100)
    index.add(codes)
    return index.save(tmp_path / "index")


def test_an_opened_index_answers_as_the_saved_one(codes, folder):
    again = HammingIndex.open(folder)
    assert np.array_equal(again.codes, codes)
    before = HammingIndex(100)
    before.add(codes)
    for a, b in zip(again.within(codes[:9], 7), before.within(codes[:9], 7), strict=True):
        assert np.array_equal(a, b)
    for a, b in zip(again.nearest(codes[:9], 5), before.nearest(codes[:9], 5), strict=True):
        assert np.array_equal(a, b)
    HammingIndex.verify(folder)


@pytest.mark.parametrize("bits", [1, 8, 12, 30, 64, 300])
def test_codes_of_every_width_come_back(bits, tmp_path):
    codes = packed(np.random.default_rng(1).integers(0, 2, (70, bits)))
    index = HammingIndex(bits)
    index.add(codes)
    assert np.array_equal(HammingIndex.open(index.save(tmp_path / "index")).codes, codes)


def test_the_files_are_mapped_not_read(folder):
    base = HammingIndex.open(folder)._words
    while base is not None and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)


def test_an_opened_index_takes_more_codes_and_is_saved_again(codes, folder):
    index = HammingIndex.open(folder)
    reader = HammingIndex.open(folder)
    index.add(codes[:100])
    index.save(folder)
    assert len(HammingIndex.open(folder)) == 6100
    assert len(reader.within(codes[:1], 0).row) == 1  # the older map is still readable
    assert len(HammingIndex.open(folder).within(codes[:1], 0).row) == 2
    assert sum(path.name.startswith("words-") for path in folder.iterdir()) == 1


def test_an_empty_index_can_be_saved(tmp_path):
    HammingIndex(12).save(tmp_path / "none")
    again = HammingIndex.open(tmp_path / "none")
    assert (len(again), again.bits) == (0, 12)


def test_other_folders_are_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(DataError, match="holds other things"):
        HammingIndex(12).save(tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "dear"
    with pytest.raises(FileNotFoundError, match="no index in it"):
        HammingIndex.open(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "\udcff",
        '{"format": "harmonium Hamming index 1"}',
        '{"format": "harmonium Hamming index 2", "bits": 1, "codes": 0, "files": {}}',
        "[" * 60_000,
    ],
)
def test_a_damaged_head_is_refused(folder, content):
    (folder / "index.json").write_text(content, errors="surrogateescape")
    with pytest.raises(DataError, match="head of an index"):
        HammingIndex.open(folder)


def test_a_head_cannot_name_files_elsewhere(folder, tmp_path):
    head = json.loads((folder / "index.json").read_text())
    head["files"]["words"]["name"] = "../" + head["files"]["words"]["name"]
    (folder / "index.json").write_text(json.dumps(head))
    with pytest.raises(DataError, match="head of an index"):
        HammingIndex.open(folder)


@pytest.mark.parametrize("part", ["words", "bits", "start", "low"])
def test_damaged_files_are_refused(folder, part):
    (path,) = folder.glob(f"{part}-*.npy")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError):
        HammingIndex.open(folder)
    array = np.load(_written(path, whole))
    np.save(path, array[:, :-1])
    with pytest.raises(DataError, match="belong there|bits that|share bits"):
        HammingIndex.open(folder)
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="unreadable array"):
        HammingIndex.open(folder)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        HammingIndex.open(folder)


def test_a_directory_that_is_no_directory_is_refused(folder):
    (path,) = folder.glob("start-*.npy")
    start = np.load(path)
    start[0, 1:-1] = start[0, 1:-1][::-1]
    np.save(path, start)
    with pytest.raises(DataError, match="directory of buckets is damaged"):
        HammingIndex.open(folder)


def test_rows_that_do_not_exist_are_refused_when_met(folder, codes):
    (path,) = folder.glob("low-*.npy")
    low = np.load(path)
    low[:] = 65_535
    np.save(path, low)
    index = HammingIndex.open(folder)
    with pytest.raises(DataError, match="the index is damaged"):
        index.within(codes[:1], 0)
    with pytest.raises(DataError, match="the index is damaged"):
        index.probe(codes[:1], np.ones((1, 100)), k=1)
    with pytest.raises(DataError, match="does not fit its checksum"):
        HammingIndex.verify(folder)


def _written(path, content):
    path.write_bytes(content)
    return path
