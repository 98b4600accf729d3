"""Connection tables: which maps below each map of a layer reads."""

from collections.abc import Sequence

from harmonium.catalogue.find import nearest
from harmonium.errors import UsageError

__all__ = ["TABLES", "table_of"]

_C3 = (
    *("012", "123", "234", "345", "045", "015"),
    *("0123", "1234", "2345", "0345", "0145", "0125", "0134", "1245", "0235", "012345"),
)
"""Map of layer C3 of LeNet-5 -> maps of S2 that it reads (LeCun et al., 1998, table I)."""

_LENET1 = ("0", "01", "01", "1", "01", "01", "2", "23", "23", "3", "23", "23")
"""The same for LeNet-1 (LeCun et al., 1990): two halves that do not meet, of 20 kernels."""

_CYCLIC = ("012", "123", "234", "345", "456", "056", "016", "0123", "1234")
"""Seven triples of neighbours on a ring, and two runs of four."""


def _rows(columns: Sequence[str], inputs: int) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(int(str(i) in column) for column in columns) for i in range(inputs))


TABLES: dict[str, tuple[tuple[int, ...], ...]] = {
    "cyclic_7x9": _rows(_CYCLIC, 7),
    "lenet1_h3": _rows(_LENET1, 4),
    "lenet_c3": _rows(_C3, 6),
}
"""Name -> rows for the maps below, columns for the maps above; 1 where there is a kernel."""


def table_of(table: str | Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """A table by its name, or the rows themselves.

    Raises:
        ValueError: there is no such name, rows are not equally long, an entry is neither 0 nor 1,
            or a map would read nothing.

    >>> sum(map(sum, table_of("lenet_c3")))
    60
    """
    if isinstance(table, str):
        if table not in TABLES:
            raise UsageError(f"there is no table {table!r}{nearest(table, TABLES)}")
        return TABLES[table]
    rows = tuple(tuple(row) for row in table)
    if not rows or not rows[0] or len({len(row) for row in rows}) > 1:
        lengths = [len(row) for row in rows]
        raise UsageError(f"rows of a table have the lengths {lengths}: give equal ones, above 0")
    if any(entry not in (0, 1) for row in rows for entry in row):
        raise UsageError("a table has entries other than 0 and 1")
    for k, column in enumerate(zip(*rows, strict=True)):
        if not any(column):
            raise UsageError(f"column {k} of the table is 0: its map would read nothing")
    return rows
