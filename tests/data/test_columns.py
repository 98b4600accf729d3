"""Roles of columns: by name, by position, and what is left for features."""

from pathlib import Path

import pytest

from harmonium.data.columns import Places, Roles

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
