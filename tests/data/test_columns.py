"""Roles of columns: by name, by position, and what is left for features."""

from pathlib import Path

import pytest
import torch

from harmonium.data.columns import Places, Roles, check_identifiers

NAMES = ["a", "b", "c", "d"]
FILE = Path("some.csv")


def test_what_has_no_role_is_a_feature():
    assert Roles(None, None, ()).places(NAMES, FILE) == Places(None, None, [0, 1, 2, 3])
    assert Roles("b", -1, (0,)).places(NAMES, FILE) == Places(1, 3, [2])
    assert Roles("b", 3, ("c", 1)).named() == {"b", "c"}


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        (Roles("z", None, ()), "some.csv: no column 'z'; there are a, b, c, d"),
        (Roles(None, 4, ()), "some.csv: no column 4; there are 4, from 0"),
        (Roles(None, None, (-5,)), "no column -5"),
        (Roles("a", "b", ("c", "d")), "no column is left for features, of a, b, c, d"),
    ],
)
def test_columns_that_are_not_there_are_refused(roles, message):
    with pytest.raises(ValueError, match=message):
        roles.places(NAMES, FILE)


def test_many_names_are_cut_short():
    with pytest.raises(ValueError, match="there are 0, 1, .*, 19 and 5 more$"):
        Roles("z", None, ()).places([str(i) for i in range(25)], FILE)


def test_features_may_be_chosen_and_ordered():
    assert Roles("b", None, (), ("d", 0)).places(NAMES, FILE) == Places(1, None, [3, 0])
    assert Roles(None, None, (), ("d", "a")).named() == {"a", "d"}


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        (Roles("a", "a", ()), "column 'a' is given twice among label, weight, features"),
        (Roles("a", None, (), (0, 1)), "column 'a' is given twice"),
        (Roles(None, None, ("b",), ("b",)), "column 'b' is given twice"),
        (Roles(None, None, (), ("c", "c")), "column 'c' is given twice"),
        (Roles(True, None, ()), "column True: give the name or the position"),
    ],
)
def test_a_column_has_one_role(roles, message):
    with pytest.raises(ValueError, match=message):
        roles.places(NAMES, FILE)


def test_what_is_ignored_may_be_the_label():
    assert Roles("b", None, ("b",)).places(NAMES, FILE) == Places(1, None, [0, 2, 3])


def test_a_name_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="two columns are named 'a'"):
        Roles(None, None, ("a",)).places(["a", "b", "a"], FILE)


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "Unnamed: 0.1", "__index_level_0__"])
def test_the_index_of_pandas_is_left_out_and_said(name):
    with pytest.warns(UserWarning, match="read as the index of a pandas frame and left out"):
        assert Roles(None, None, ()).places([name, "a"], FILE).features == [1]
    assert Roles(0, None, ()).places([name, "a"], FILE) == Places(0, None, [1])
    assert Roles(None, None, (name,)).places([name, "a"], FILE).features == [1]


def test_an_index_that_the_file_knows_is_left_out():
    with pytest.warns(UserWarning, match="'b' is read as the index"):
        assert Roles(None, None, ()).places(NAMES, FILE, index={"b"}).features == [0, 2, 3]


def test_columns_that_number_the_rows_are_warned_about():
    x = torch.tensor([[7.0, 0.0], [3.0, 0.0], [5.0, 1.0]])
    with pytest.warns(UserWarning, match="'Id' has another whole number in every row"):
        check_identifiers(("Id", "a"), x, path=FILE)
    check_identifiers(("a", "id"), x, path=FILE)
    check_identifiers(("id", "a"), x / 2, path=FILE)


def test_ids_are_no_features():
    assert Roles(None, None, (), ids=("b", -1)).places(NAMES, FILE) == Places(
        None, None, [0, 2], [], [1, 3]
    )
    assert Roles(None, None, (), ids=("b", 0)).named() == {"b"}
    with pytest.raises(ValueError, match="column 'b' is given twice among label.*, id and"):
        Roles("b", None, (), ids=("b",)).places(NAMES, FILE)


def test_remedies_are_those_of_the_column_s_role():
    places = Places(0, 1, [2], [3])
    assert "put it under ignore" in places.remedy(2, "cell")
    assert "put the column under ignore" in places.remedy(2, "empty")
    for fault in ("cell", "empty", "type"):
        assert "leave weight out" in places.remedy(1, fault)
        assert "ignore" not in places.remedy(3, fault)
    assert "as label if it holds classes" in places.remedy(3, "cell")
