"""Files of pairs: columns, vocabularies, refusals with their place."""

import gzip

import pytest

from harmonium.data import Tokens, pair_set, pairs
from harmonium.errors import DataError


def test_a_file_with_tabs(tmp_path):
    path = tmp_path / "train.tsv"
    path.write_text("ab c\tX\n\nb\tYX\nc\t\n")
    data = pairs(path, None)
    assert data.vocabulary.symbols == (" ", "a", "b", "c")
    assert data.written.symbols == ("X", "Y")
    assert data.train.x.tolist() == [[1, 2, 0, 3], [2, -1, -1, -1], [3, -1, -1, -1]]
    assert data.train.columns["target"].tolist() == [[0, -1], [1, 0], [-1, -1]]
    assert data.train.names == ("ab c", "b", "c")
    assert data.columns["target"] == Tokens(data.written, 2)
    assert repr(data) == "DataSet('train': 3 train, each 4, 4 characters to 2)"


def test_csv_with_a_header_words_and_splits(tmp_path):
    path = tmp_path / "train.csv.gz"
    path.write_bytes(gzip.compress(b'in,out\n"one, two",1 2\ntwo,2\n'))
    (tmp_path / "test.csv").write_text("in,out\ntwo one,2 1\n")
    data = pairs(path, tmp_path / "test.csv", unit="words", header=True)
    assert data.vocabulary.symbols == ("two", ",", "one")
    assert data.train.x.tolist() == [[2, 1, 0], [0, -1, -1]]
    assert data.test.x.tolist() == [[0, 2, -1]]
    (tmp_path / "ten.tsv").write_text("a\tb\n" * 10)
    held = pairs(tmp_path / "ten.tsv", 0.3)
    assert (len(held.train), len(held.test)) == (7, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\tb\nc\n", "train.tsv, line 2: 1 columns; a text to read, a tab and a text to write"),
        ("a\tb\tc\n", "train.tsv, line 1: 3 columns"),
        ("a\tb\n\tc\n", "train.tsv, line 2: nothing to read"),
        ("\n", "train.tsv: no pair in it"),
    ],
)
def test_what_is_no_pair_is_refused(tmp_path, text, message):
    path = tmp_path / "train.tsv"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        pairs(path, None)


def test_unknown_symbols_of_a_test_text_are_refused():
    found = {"train": (["ab"], ["x"]), "test": (["a", "b"], ["x", "z"])}
    with pytest.raises(DataError, match=r"toy, test, row 1 \(from 0\): 'z' at place 0"):
        pair_set("toy", found)


def test_the_fingerprint_knows_both_vocabularies():
    one, two = (pair_set("a", {"train": (["ab"], [text])}) for text in ("xy", "xz"))
    assert one.fingerprint() != two.fingerprint()
