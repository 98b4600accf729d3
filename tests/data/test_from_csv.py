"""CSV: what is a title, what is a number, and where exactly a file is wrong."""

import gzip

import pytest
import torch

from harmonium.data.columns import Roles
from harmonium.data.from_csv import read_csv

NONE = Roles(None, None, ())


@pytest.fixture
def rows(tmp_path):
    def read(text, roles=NONE, name="some.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_csv(path, roles)

    return read


def refused(rows, text, message, roles=NONE):
    with pytest.raises(ValueError, match="some.csv" + message):
        rows(text, roles)


@pytest.mark.parametrize(
    ("text", "roles", "names", "values"),
    [
        ("a,b\n1,2\n3,4\n", NONE, ("a", "b"), [[1, 2], [3, 4]]),
        ("1,2\n3,4", NONE, ("0", "1"), [[1, 2], [3, 4]]),
        ("a;b\r\n1;2,5e1", Roles(None, None, ("b",)), ("a",), [[1]]),
        ("\ufeffa\tb\n1\t 2 \n\n\n", NONE, ("a", "b"), [[1, 2]]),
        ('"a, b",c\n"1",2\n', NONE, ("a, b", "c"), [[1, 2]]),
        ("5.1,3,setosa\n4,2,other\n", Roles(-1, None, ()), ("0", "1"), [[5.1, 3], [4, 2]]),
        ("label,0,1\ncat,5,6\n", Roles("label", None, ()), ("0", "1"), [[5, 6]]),
        ("id,0,1\n7,5,6\n", Roles(0, None, ()), ("0", "1"), [[5, 6]]),
        ("a\n1\n", NONE, ("a",), [[1]]),
        ("1\n", NONE, ("0",), [[1]]),
    ],
)
def test_titles_separators_and_numbers(rows, text, roles, names, values):
    found = rows(text, roles)
    assert found.features == names
    assert torch.equal(found.x, torch.tensor(values, dtype=torch.float32))


def test_labels_and_weights_have_columns_of_their_own(rows):
    found = rows("y,a,w\ncat,1,0.5\n,2,2\n", Roles("y", "w", ()))
    assert found.labels == ["cat", ""]
    assert found.weights.tolist() == [0.5, 2]
    assert found.x.tolist() == [[1], [2]]
    assert rows("a\n1\n").labels is None


def test_a_packed_table_reads_like_a_plain_one(rows):
    packed = rows(gzip.compress(b"a,b\n1,2\n"), name="some.csv.gz")
    assert packed.x.tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ": the file is empty"),
        ("\n\n", ": the file is empty"),
        ("a,b\n", ": names of columns but no rows"),
        ("a,b\n1,2\n3,x\n", ", line 3, column 'b': 'x' is no number: fill it in, .*ignore"),
        ("a,b\n1,2\n\n,4\n", ", line 4, column 'a': '' is no number"),
        ("a,b\n1,2\n3\n", ", line 3: 1 fields; 2 are needed"),
        ("a,b\n1,2\n3,4,5\n", ", line 3: 3 fields; 2 are needed"),
        ("a,a\n1,2\n", ": two columns are named 'a'"),
        ('a,b\n1,"2\n', ", line 2: unexpected end of data"),
        ('a,b\n1,"2"3\n', ", line 2: ',' expected after '\"'"),
        ("a,b\n1,2\0\n", ", line 2"),
        (b"a,b\n1,\xe9\n", ": not text in UTF-8"),
        (b"PK\x03\x04\xff\xfe\x00", ": not text in UTF-8"),
    ],
)
def test_bad_files_are_refused_by_line_and_column(rows, text, message):
    refused(rows, text, message)


def test_a_weight_must_be_a_number_too(rows):
    refused(rows, "a,w\n1,2\n1,two\n", ", line 3, column 'w': 'two'", Roles(None, "w", ()))


def test_an_endless_field_is_refused(rows):
    refused(rows, "a,b\n1," + "1" * 200_000 + "\n", ", line 2: field larger than field limit")


def test_a_bomb_is_refused(rows, monkeypatch):
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "0.005")
    bomb = gzip.compress(b"a,b\n" + b"0,0\n" * 2_000_000)
    with pytest.raises(ValueError, match=r"some.csv.gz: .* would expand to 0.01 GiB"):
        rows(bomb, name="some.csv.gz")
