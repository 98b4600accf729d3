"""Connection tables."""

import pytest

from harmonium.errors import UsageError
from harmonium.nets.tables import TABLES, table_of

CYCLIC = """
100001110
110000111
111000011
011100011
001110001
000111000
000011100
"""


def test_the_table_of_seven_and_nine_maps():
    rows = [[int(x) for x in line] for line in CYCLIC.split()]
    assert [list(row) for row in TABLES["cyclic_7x9"]] == rows
    assert sum(map(sum, rows)) == 29


def test_sums_of_the_tables_of_lenet():
    columns = [sum(column) for column in zip(*TABLES["lenet_c3"], strict=True)]
    assert columns == [3] * 6 + [4] * 9 + [6]
    assert [sum(row) for row in TABLES["lenet_c3"]] == [10] * 6  # every map below is read alike
    assert sum(map(sum, TABLES["lenet1_h3"])) == 20


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("lenet_c4", "no table 'lenet_c4', did you mean 'lenet_c3'"),
        ([[1, 0], [1]], r"lengths \[2, 1\]"),
        ([], r"lengths \[\]"),
        ([[1, 2]], "other than 0 and 1"),
        ([[1, 0], [1, 0]], "column 1 of the table is 0"),
    ],
)
def test_what_is_no_table(table, message):
    with pytest.raises(UsageError, match=message):
        table_of(table)
