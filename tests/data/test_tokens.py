"""The kind of columns of texts."""

import pytest
import torch

from harmonium.data import DataSet, Examples
from harmonium.data.tokens import Tokens
from harmonium.data.vocabulary import Vocabulary
from harmonium.errors import DataError

KNOWN = Vocabulary(tuple("abc"))


def test_rows_of_a_stream_share_a_symbol():
    kind = Tokens(KNOWN, 3, stream=True)
    rows = torch.tensor([[0, 1, 2], [2, 0, -1]])
    assert kind.joined(rows).tolist() == [0, 1, 2, 0]
    assert kind.text(rows) == "abca"
    assert Tokens(KNOWN, 3).text(rows) == "abcca"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (torch.zeros(2, 3), "int64"),
        (torch.zeros(2, 4, dtype=torch.int64), r"\(N, 3\)"),
        (torch.full((1, 3), 3), "3 symbols need 0 to 2"),
        (torch.full((1, 3), -2), "indices from -2"),
    ],
)
def test_what_are_no_texts(values, words):
    with pytest.raises(DataError, match=words):
        Tokens(KNOWN, 3).check(values)


def test_a_data_set_of_texts_knows_its_vocabulary():
    rows = Examples({"x": torch.tensor([[0, 1, 2]])})
    data = DataSet("toy", rows, columns={"x": Tokens(KNOWN, 3)})
    assert data.vocabulary == KNOWN
    assert repr(data) == "DataSet('toy': 1 train, each 3, 3 characters)"
    other = DataSet("toy", rows, columns={"x": Tokens(Vocabulary(tuple("abd")), 3)})
    assert data.fingerprint() != other.fingerprint()
    with pytest.raises(DataError, match="indices from 0 to 2"):
        DataSet("toy", rows, columns={"x": Tokens(Vocabulary(tuple("ab")), 3)})
