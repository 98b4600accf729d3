"""Reuters-21578: documents of the split ModApte, their topics and their words."""

import os
import tarfile

import pytest

from harmonium.data import reuters
from harmonium.data.reuters import _FILES, _entries
from harmonium.errors import DataError

real = pytest.mark.skipif(not os.environ.get("HARMONIUM_DATA"), reason="HARMONIUM_DATA not set")

ENTRY = """<REUTERS TOPICS="{topics}" LEWISSPLIT="{split}" CGISPLIT="TRAINING-SET" NEWID="{id}">
<DATE>26-FEB-1987</DATE><TOPICS>{marks}</TOPICS><PLACES><D>usa</D></PLACES>
<TEXT>&#2;<TITLE>COCOA &amp; rain</TITLE><BODY>Cocoa rose.</BODY></TEXT></REUTERS>
"""


def entry(*, topics="YES", split="TRAIN", number=1, marks="<D>cocoa</D>"):
    return ENTRY.format(topics=topics, split=split, id=number, marks=marks)


@real
@pytest.mark.data
def test_the_split_modapte_and_its_topics():
    data = reuters()
    assert repr(data) == "DataSet('reuters': 9603 train, 3299 test, each 2000, 59 classes)"
    assert (data.train.labelled_rows, data.test.labelled_rows) == (6552, 2568)
    counts = data.test.labels[data.test.labels >= 0].bincount()
    assert int(counts[data.classes.index("earn")]) == 1083
    assert int(counts[data.classes.index("acq")]) == 696
    assert data.features[:3] == ("the", "of", "to")
    oil = data.features.index("crude")
    crude = data.test.labels == data.classes.index("crude")
    assert (data.test.x[crude, oil] > 0).double().mean() > 0.4
    assert (data.test.x[~crude, oil] > 0).double().mean() < 0.1


@real
@pytest.mark.data
def test_unpacked_files_are_read_too(tmp_path):
    root = os.environ["HARMONIUM_DATA"]
    with tarfile.open(f"{root}/reuters21578/reuters21578.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    again, packed = reuters(tmp_path, size=50), reuters(size=50)
    assert again.fingerprint() == packed.fingerprint()


def test_words_and_topics_of_an_entry():
    ((part, document),) = _entries(entry())
    assert (part, document.name, document.label) == ("train", "1", "cocoa")
    assert dict(document.counts) == {"cocoa": 2, "rain": 1, "rose": 1}


@pytest.mark.parametrize("marks", ["", "<D>cocoa</D><D>ship</D>"])
def test_several_topics_or_none_are_no_label(marks):
    ((_, document),) = _entries(entry(marks=marks))
    assert document.label == ""


@pytest.mark.parametrize("change", [{"topics": "BYPASS"}, {"topics": "NO"}, {"split": "NOT-USED"}])
def test_entries_outside_the_split_are_left_out(change):
    assert not list(_entries(entry(**change)))


def test_another_number_of_documents_is_refused(tmp_path):
    for file in _FILES:
        (tmp_path / file).write_text(entry())
    with pytest.raises(DataError, match=r"22 training and 0 test documents; the split ModApte"):
        reuters(tmp_path)


def test_damaged_archives_are_refused(tmp_path):
    path = tmp_path / "reuters21578.tar.xz"
    path.write_bytes(b"no archive")
    with pytest.raises(DataError, match="not a whole archive"):
        reuters(tmp_path)
    (tmp_path / "other.txt").write_text("x")
    with tarfile.open(path, "w:xz") as archive:
        archive.add(tmp_path / "other.txt", "other.txt")
    with pytest.raises(DataError, match=r"reut2-000\.sgm is not in it"):
        reuters(tmp_path)


def test_missing_files_are_named(monkeypatch, tmp_path):
    monkeypatch.delenv("HARMONIUM_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"reuters21578\.tar\.xz"):
        reuters(tmp_path / "given")
