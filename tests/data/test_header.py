"""What the first line of a table is: names, values, or not to be known."""

import pytest

from harmonium.data.header import title

FLOATS = ".1,.9,.3\n.2,.7,.4"
WHOLE = "5,0,1\n3,9,2"
KINDS = "5,1,cat\n3,9,dog\n4,4,cat\n4,2,dog"
REAL_KINDS = "5.1,.1,cat\n.3,.9,dog\n.4,.4,cat\n.4,.2,dog"


def read(first, below, named=()):
    return title(first.split(","), [line.split(",") for line in below.split("\n")], named=named)


@pytest.mark.parametrize(
    ("first", "below", "names"),
    [
        ("a,b,c", FLOATS, True),
        ("a,2,c", FLOATS, True),  # a name above a number
        ("5,3,1", WHOLE, False),
        ("5,1,cat", KINDS, False),  # text that comes again below
        ("0,1,cat", KINDS, False),
        ("0,1,label", KINDS, True),
        ("2019,2020,Species", KINDS, True),
        ("?,3,1", WHOLE, False),  # a missing value, no name
        ("NA,3,1", FLOATS, False),
        (",3,1", WHOLE, False),
        ("1,2,3", "4,5,6\n7,8,9", False),
        ("0.5,1,2", FLOATS, False),
    ],
)
def test_certain_cases_are_decided_without_a_word(first, below, names):
    assert read(first, below) == (names, None)


@pytest.mark.parametrize(
    ("first", "below", "names", "word"),
    [
        ("0,1,2", FLOATS, True, "it counts the columns"),
        ("0,1,2", WHOLE, True, "it counts the columns"),
        (",0,1", FLOATS, True, "it counts the columns"),
        (",0,1", WHOLE, True, "it counts the columns"),
        ("0,1,2", KINDS, True, "it counts the columns"),
        ("0,1,animal", REAL_KINDS, True, "it counts the columns"),
        ("2019,2020,2021", FLOATS, True, "only the lines below have decimal points"),
        ("3,7,12", FLOATS, True, "only the lines below have decimal points"),
        ("2019,2020,2021", WHOLE, False, "is read as values: set header to true"),
        ("400.5,401.5,402.5", WHOLE, False, "is read as values"),
        ("2019,2020,animal", KINDS, False, "is read as values"),
        ("5,3,animal", KINDS, False, "is read as values"),
    ],
)
def test_what_is_assumed_is_said(first, below, names, word):
    found = read(first, below)
    assert found.names is names
    assert found.assumed.startswith(f"the first line, {first.split(',')[0]}, ")
    assert word in found.assumed
    assert "set header to" in found.assumed


@pytest.mark.parametrize(
    ("first", "below"),
    [
        ("0,1", "1,0\n1,1"),
        ("0", "1\n0"),
        ("0,1,2", "3,4,5\n6,7,8"),
        ("0,1,animal", KINDS),
    ],
)
def test_what_cannot_be_known_is_refused(first, below):
    with pytest.raises(ValueError, match="may hold names of columns or values: set header"):
        read(first, below)


def test_columns_that_settings_name_tell_names():
    assert read("2019,2020,2021", WHOLE, named=["2021"]) == (True, None)
    assert not read("5,3,1", WHOLE, named=["1"]).names  # a position, which has that name too
