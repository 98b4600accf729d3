"""Numbers in text: recognises and reads them."""

from __future__ import annotations

from collections.abc import Sequence

from harmonium.errors import DataError

__all__ = ["is_number", "number", "numbers"]


def number(cell: str) -> float:
    """Reads the number in a cell: ASCII digits, a decimal point, an exponent, nan or inf.

    Python's own ``float`` also reads "100_1" as 1001, and digits of other scripts. Such cells are
    identifiers or damaged, and refused.

    Raises:
        ValueError: the cell is not a number.

    >>> number(" -1.5e2 ")
    -150.0
    >>> number("100_1")
    Traceback (most recent call last):
    harmonium.errors.DataError: '100_1' is no number
    """
    if not _is_plain(cell):
        raise DataError(f"{cell!r} is no number")
    try:
        return float(cell)
    except ValueError:
        raise DataError(f"{cell!r} is no number") from None


def is_number(cell: str) -> bool:
    """Whether `number` can read the cell."""
    try:
        number(cell)
    except ValueError:
        return False
    return True


def numbers(cells: Sequence[str]) -> list[float]:
    """Reads the numbers of many cells, each as `number` does.

    Raises:
        ValueError: a cell is not a number.
    """
    return list(map(float if _is_plain("".join(cells)) else number, cells))


def _is_plain(text: str) -> bool:
    return "_" not in text and text.isascii()
