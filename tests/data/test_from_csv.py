"""CSV: what is a title, what is a number, and where exactly a file is wrong."""

import gzip

import pytest
import torch

from harmonium.data.columns import Roles
from harmonium.data.from_csv import csv_names, read_csv

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
        ("sep=;\na;b\n1;2\n", NONE, ("a", "b"), [[1, 2]]),
        ('"sep=\t"\n1\t2\n', NONE, ("0", "1"), [[1, 2]]),
        ('"a, b";c\n1;2\n', NONE, ("a, b", "c"), [[1, 2]]),
        ("1,2\n3,4\n", Roles(None, None, (), header=True), ("1", "2"), [[3, 4]]),
        ("0,1\n1,0\n", Roles(None, None, (), header=False), ("0", "1"), [[0, 1], [1, 0]]),
        ("a,b,c\n1,2,3\n", Roles(None, None, (), ("c", "a")), ("c", "a"), [[3, 1]]),
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
        ("s,a\n100_1,.5\n", ", line 2, column 's': '100_1' is no number"),
        ("s,a\n\uff11,.5\n", ", line 2, column 's': '\uff11' is no number"),
        ("a,b\n\u0661,.5\n", ", line 2, column 'a': '\u0661' is no number"),
        ("a;b\n1,5;2,5\n", ", line 2, column 'a': '1,5' .* decimal comma: write decimal points"),
        ("a;b\n1.234,5;2\n", ", line 2, column 'a': .* decimal comma"),
        ("3;4\n1,5;2,5\n", ", line 2, column '0': .* decimal comma"),
        ("5,5;2,5\n3,1;4,2\n", ", line 1, column '1': .* not decimal commas"),
        ("8 3 5\n9 2 4\n", ", line 2, .* fields are separated by white space; .* comma"),
        ("a b\n1 2\n", ", line 2, column 'a b': .* separated by white space"),
        ("a|b\n1|2\n", ", line 2, column 'a|b': .* separated by another mark"),
        ("sep=;\na;b\n1;x\n", ", line 3, column 'b': 'x' is no number"),
        ("sep=;\n", ": the file is empty"),
        ("0,1\n1,0\n", ": the first line, 0, 1, may hold names of columns or values"),
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


def test_a_header_as_pandas_writes_it_is_no_row(rows):
    with pytest.warns(UserWarning, match="some.csv: the first line, 0, 1, 2, is read as names"):
        found = rows("0,1,2\n.1,.9,.3\n.2,.8,.4\n")
    assert (found.features, len(found.x)) == (("0", "1", "2"), 2)
    with pytest.warns(UserWarning, match="is read as names"):
        labelled = rows("0,1,2\n.1,.9,x\n.2,.8,y\n", Roles(-1, None, ()))
    assert labelled.labels == ["x", "y"]


def test_the_index_beside_a_header_of_numbers_is_no_feature(rows):
    with pytest.warns(UserWarning, match="as the index|as names") as told:
        found = rows(",0,1\n0,.1,.9\n1,.2,.8\n")
    assert found.features == ("0", "1")
    assert torch.equal(found.x, torch.tensor([[0.1, 0.9], [0.2, 0.8]]))
    assert ["names" in str(told[0].message), "index" in str(told[1].message)] == [True, True]


def test_names_alone(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    (tmp_path / "b.csv").write_text("5,2\n1,2\n")
    assert csv_names(tmp_path / "a.csv", NONE) == ("a", "b")
    assert csv_names(tmp_path / "b.csv", NONE) is None
