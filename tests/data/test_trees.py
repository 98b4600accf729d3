"""Data sets of trees: columns, vocabulary, files, and what is refused."""

import gzip
import lzma

import pytest

from harmonium.data import (
    Trees,
    read_tree,
    read_trees,
    tree_rows,
    trees,
    trees_of,
    vocabulary,
)
from harmonium.errors import DataError

TRAIN = "(4 (2 A) (4 good))\n\n(0 (2 a) (0 (1 bad) (2 film)))\n(3 Good)\n"
TEST = "(? (2 a) (4 strange))\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "train.txt").write_text(TRAIN)
    (tmp_path / "test.txt").write_text(TEST)
    return tmp_path


def test_columns_hold_trees_roots_and_nodes(files):
    data = trees(files / "train.txt", files / "test.txt", longest=3, classes=range(5))
    assert data.features == ("a", "good", "bad", "film")
    assert data.classes == (0, 1, 2, 3, 4)
    assert repr(data.columns["x"]) == "Trees(4 words, up to 3 in a tree)"
    code, left, height = data.train.batch(slice(None))["x"].unbind(1)
    assert code.tolist() == [[2, 3, -1, 0, 0], [2, 4, 5, -1, -1], [3, 0, 0, 0, 0]]
    assert left.tolist() == [[0, 0, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 0]]
    assert height.tolist() == [[0, 0, 1, 0, 0], [0, 0, 0, 1, 2], [0, 0, 0, 0, 0]]
    assert data.train.y.tolist() == [4, 0, 3]
    assert data.train.columns["nodes"].tolist() == [
        [2, 4, 4, -1, -1], [2, 1, 2, 0, 0], [3, -1, -1, -1, -1],
    ]  # fmt: skip
    assert data.test.y.tolist() == [-1]
    assert data.test.x[0, :3].tolist() == [2, 1, -1]  # "strange" is not in the vocabulary


def test_classes_are_the_sorted_labels_without_the_question_mark(files):
    data = trees(files / "train.txt", files / "test.txt")
    assert data.classes == (0, 1, 2, 3, 4)
    assert data.test.columns["nodes"][0, :3].tolist() == [2, 4, -1]


def test_rows_become_the_trees_again(files):
    found = read_trees(files / "train.txt")
    kind = Trees(vocabulary(found, 9), longest=4)
    again = trees_of(tree_rows(found, kind), kind, labels=[tree.labels for tree in found])
    assert again == found


def test_the_most_frequent_words_are_known():
    found = [read_tree("(1 (0 b) (1 (0 a) (0 b)))"), read_tree("(1 c)")]
    assert vocabulary(found, 2) == ("b", "a")


@pytest.mark.parametrize(("end", "opened"), [(".gz", gzip.open), (".xz", lzma.open)])
def test_packed_files_are_read(files, end, opened):
    packed = files / f"train.txt{end}"
    with opened(packed, "wt") as stream:
        stream.write(TRAIN)
    assert read_trees(packed) == read_trees(files / "train.txt")


def test_a_damaged_file_is_refused(files):
    packed = files / "train.txt.xz"
    packed.write_bytes(lzma.compress(TRAIN.encode())[:-20])
    with pytest.raises(DataError, match="damaged xz stream"):
        read_trees(packed)


def test_case_is_kept_if_asked(files):
    assert read_trees(files / "train.txt", lower=False)[2].words == ("Good",)


def test_malformed_lines_are_refused_with_file_and_line(files):
    (files / "train.txt").write_text(TRAIN + "(3 (2 a)\n")
    with pytest.raises(DataError, match=r"train\.txt, line 5, column 1: .* not closed"):
        trees(files / "train.txt")


def test_what_does_not_fit_is_refused(files):
    with pytest.raises(DataError, match="tree 2: 3 words, and a tree may have 2: raise longest"):
        trees(files / "train.txt", longest=2)
    with pytest.raises(DataError, match="labels 4 are none of the classes 0, 1, 2, 3"):
        trees(files / "train.txt", classes=range(4))
    with pytest.raises(FileNotFoundError, match=r"absent\.txt: no such file"):
        trees(files / "absent.txt")
    (files / "empty.txt").write_text("\n")
    with pytest.raises(DataError, match="no tree in it"):
        trees(files / "empty.txt")
