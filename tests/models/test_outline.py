"""The parts of a machine as rows of a table."""

from harmonium import multimodal_dbm
from harmonium.models.outline import outline_of


def test_groups_come_before_connections_and_have_their_prefix():
    rows = outline_of(multimodal_dbm({"a": [4, 3], "b": [3]}, 2), "1.")
    assert [row["part"] for row in rows] == [
        *("1.a", "1.b", "1.a_h1", "1.joint", "1.a-a_h1", "1.a_h1-joint", "1.b-joint")
    ]
    assert sum(row["parameters"] for row in rows) == 4 + 3 + 3 + 2 + 12 + 6 + 6
