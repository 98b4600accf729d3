"""Text as counts: exact on small documents, vocabulary from training rows, bad files named."""

import gzip

import pytest

from harmonium.data.text import text

LINES = "The cat saw the dog.\n\nA dog, a DOG: don't!\n"


@pytest.fixture
def saved(tmp_path):
    def write(contents, name="some.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return path

    return write


def test_words_are_counted(saved):
    data = text(saved(LINES))
    assert data.features == ("dog", "a", "the", "cat", "don't", "saw")
    assert data.train.x.tolist() == [[1, 0, 2, 1, 0, 1], [2, 2, 0, 0, 1, 0]]
    assert data.train.names == ("1", "3")
    assert data.shape == (6,)
    assert data.train.y is None


def test_only_the_most_frequent_and_as_bits(saved):
    data = text(saved(LINES), size=2, binary=True)
    assert data.features == ("dog", "a")
    assert data.train.x.tolist() == [[1, 0], [1, 1]]


def test_characters_are_counted_as_they_are(saved):
    data = text(saved("aAb a\nb\n"), unit="characters")
    assert data.features == ("a", "b", " ", "A")
    assert data.train.x.tolist() == [[2, 1, 1, 1], [0, 1, 0, 0]]


def test_the_vocabulary_is_that_of_the_training_documents(saved):
    data = text(saved(LINES), saved("new words, one dog\nnothing\n", "test.txt"))
    assert data.test.x.sum(1).tolist() == [1, 0]


def test_lines_may_begin_with_labels(saved):
    data = text(saved("pos\tgood\nneg\tbad\n\tso so\n"), labelled=True)
    assert data.classes == ("neg", "pos")
    assert data.train.y.tolist() == [1, 0, -1]
    assert data.features == ("so", "bad", "good")


def test_a_folder_holds_a_document_a_file(saved, tmp_path):
    saved("one two\nthree", "docs/b/x.txt")
    saved(gzip.compress(b"one"), "docs/a/y.gz")
    saved("four", "docs/z")
    saved("no", "docs/.hidden")
    data = text(tmp_path / "docs")
    assert data.train.names == ("z", "a/y.gz", "b/x.txt")
    assert data.classes == ("a", "b")
    assert data.train.y.tolist() == [-1, 0, 1]
    assert data.train.x.sum(1).tolist() == [1, 1, 3]


def test_a_share_is_held_out(saved):
    data = text(saved("".join(f"all w{chr(97 + i)}\n" for i in range(10))), 0.3)
    assert (len(data.train), len(data.test)) == (7, 3)
    assert len(data.features) == 8  # none that only test documents have
    assert data.test.x.sum(1).tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("contents", "settings", "message"),
    [
        ("", {}, "some.txt: no document in it"),
        ("\n \n", {}, "some.txt: no document in it"),
        ("1 2\n", {}, "some.txt: no words in any document"),
        ("a\tb\nc\n", {"labelled": True}, "some.txt, line 2: no tab after a label"),
        ("naïve".encode("latin-1"), {}, "some.txt: not text in UTF-8"),
    ],
)
def test_bad_files_are_refused(saved, contents, settings, message):
    with pytest.raises(ValueError, match=message):
        text(saved(contents), **settings)


def test_empty_test_files_and_missing_ones_are_refused(saved, tmp_path):
    with pytest.raises(ValueError, match=r"test.txt: no document"):
        text(saved(LINES), saved("", "test.txt"))
    with pytest.raises(FileNotFoundError, match=r"gone: no such file or folder"):
        text(tmp_path / "gone")


def test_counts_may_not_fill_the_memory(saved, monkeypatch):
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "1e-8")
    with pytest.raises(ValueError, match="the table of counts: .* would expand"):
        text(saved(LINES))


def test_a_table_larger_than_free_memory_is_refused(saved, monkeypatch):
    monkeypatch.setattr("harmonium.memory.free", lambda: 10.0)
    with pytest.raises(ValueError, match="the table of counts needs .* and 10 bytes is free"):
        text(saved("a b c\nb c d\n"))


def test_folders_are_classes_whatever_their_names(saved, tmp_path):
    for name in ("nan", "1.0", "1.00"):
        for k in range(4):
            saved("one two", f"docs/{name}/{k}")
    (tmp_path / "docs" / "link").symlink_to(tmp_path / "store")
    saved("three", "store/x")
    data = text(tmp_path / "docs", 0.25)
    assert data.classes == ("1.0", "1.00", "link", "nan")
    assert data.test.y.tolist() == [0, 1, 3]


def test_words_may_be_given(saved):
    data = text(saved("dog cat dog\nbird\ncat\n"), words=["cat", "fish", "bird"])
    assert data.features == ("cat", "fish", "bird")
    assert data.train.x.tolist() == [[1, 0, 0], [0, 0, 1], [1, 0, 0]]
    with pytest.warns(UserWarning, match="1 of 3 documents have none of the 1 words"):
        text(saved("dog cat dog\nbird\ncat dog\n"), words=["dog"])
