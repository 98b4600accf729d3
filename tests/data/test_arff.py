"""Sparse ARFF tables."""

import pytest

from harmonium.data.arff import sparse_arff

HEAD = "% a remark\n@relation r\n@attribute 'first one' {0,1}\n@attribute b numeric\n\n@data\n"


def test_what_a_line_leaves_out_is_zero():
    names, x = sparse_arff(HEAD + "{1 2.5}\n\n{}\n{0 1, 1 -3}\n")
    assert names == ("first one", "b")
    assert x.tolist() == [[0.0, 2.5], [0.0, 0.0], [1.0, -3.0]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "{2 1}\n", r"line 7: attribute 2; there are 0 to 1"),
        (HEAD + "{0 one}\n", r"line 7: '0 one' is no pair"),
        (HEAD + "0,1\n", r"line 7: begins with '0,1'"),
        (HEAD, r"no rows"),
        ("@attribute\n@data\n{}\n", r"line 1: an attribute without name"),
    ],
)
def test_refusals(text, said):
    with pytest.raises(ValueError, match=f"^here.*{said}"):
        sparse_arff(text, where="here")
