"""Files of tagged sentences: words, tags, what is unknown, refusals."""

import pytest

from harmonium.data.tagged import read_tagged, tag_set, tagged, word_rows
from harmonium.errors import DataError

TEXT = """-DOCSTART- -X- O

Ann NNP B-NAME
saw VBD O

saw\tO
Ann\tB-NAME
Lee\tI-NAME
"""


def test_sentences_of_a_file(tmp_path):
    path = tmp_path / "train.conll"
    path.write_text(TEXT)
    found = read_tagged(path)
    assert found == [
        (["Ann", "saw"], ["B-NAME", "O"]),
        (["saw", "Ann", "Lee"], ["O", "B-NAME", "I-NAME"]),
    ]
    data = tagged(path, None)
    assert data.vocabulary.symbols == ("<unknown>", "ann", "saw")
    assert data.written.symbols == ("B-NAME", "I-NAME", "O")
    assert data.train.x.tolist() == [[1, 2, -1], [2, 1, 0]]
    assert data.train.columns["target"].tolist() == [[0, 2, -1], [2, 0, 1]]
    assert data.train.names == ("Ann saw", "saw Ann Lee")
    assert tagged(path, None, lower=False, size=1).vocabulary.symbols == ("<unknown>", "Ann")


def test_parts(tmp_path):
    (tmp_path / "train.conll").write_text(TEXT * 10)
    assert len(tagged(tmp_path / "train.conll", 0.2).test) == 4
    with pytest.raises(DataError, match="toy, test: the tag 'B-PLACE' occurs in no training"):
        tag_set("toy", {"train": [(["a"], ["O"])], "test": [(["b"], ["B-PLACE"])]})


def test_words_alone(tmp_path):
    path = tmp_path / "in.txt"
    path.write_text("ann\nsaw\n\n\nlee\n")
    found = read_tagged(path, tags=False)
    assert [words for words, _ in found] == [["ann", "saw"], ["lee"]]
    known = tag_set("toy", {"train": [(["ann", "ann"], ["N", "N"])]}).vocabulary
    rows = word_rows([["Ann", "lee"], ["ann"]], known, lower=True)
    assert rows.tolist() == [[1, 0], [1, -1]]
    with pytest.raises(DataError, match="in.txt, line 1: 'ann' has no tag"):
        read_tagged(path)
    path.write_text("\n\n")
    with pytest.raises(DataError, match="no sentence in it"):
        read_tagged(path)
