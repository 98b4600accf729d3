"""Sparse ARFF tables of numbers, the format of Weka and Mulan."""

from __future__ import annotations

import torch
from torch import Tensor

from harmonium.data.numerals import number
from harmonium.errors import DataError
from harmonium.memory import need

__all__ = ["sparse_arff"]


def sparse_arff(text: str, *, where: str = "ARFF") -> tuple[tuple[str, ...], Tensor]:
    r"""Reads a sparse ARFF table: names of its attributes and rows ``(N, attributes)``, float32.

    A line of data is a list of "index value" in braces; attributes that it leaves out are 0.

    Args:
        text: content of the file.
        where: name of the file, for messages.

    Raises:
        ValueError: a line is not of this format; the message gives its number.

    >>> names, x = sparse_arff("@relation r\n@attribute a {0,1}\n@attribute b numeric\n"
    ...                        "@data\n{1 2.5}\n{0 1,1 3}\n")
    >>> names, x.tolist()
    (('a', 'b'), [[0.0, 2.5], [1.0, 3.0]])
    """
    names: list[str] = []
    places: list[tuple[int, int]] = []
    values: list[float] = []
    rows, begun = 0, False
    for line, raw in enumerate(text.splitlines(), 1):
        content = raw.strip()
        word = content.split(None, 1)[0].lower() if content else ""
        if not content or content.startswith("%") or word == "@relation":
            continue
        if word == "@attribute" and not begun:
            names.append(_name(content, where=f"{where}, line {line}"))
        elif word == "@data":
            begun = True
        elif begun and content.startswith("{") and content.endswith("}"):
            for item in filter(None, (part.strip() for part in content[1:-1].split(","))):
                place, value = _entry(item, len(names), where=f"{where}, line {line}")
                places.append((rows, place))
                values.append(value)
            rows += 1
        else:
            raise DataError(
                f"{where}, line {line}: begins with {content[:20]!r}; attributes, @data, and then "
                'rows such as "{0 1, 7 1}" are needed'
            )
    if not rows:
        raise DataError(f"{where}: no rows: a table of at least one row is needed")
    need(4 * rows * len(names), f"{rows:,d} rows of {len(names):,d} values", remedy="read fewer")
    x = torch.zeros(rows, len(names), dtype=torch.float32)
    if places:
        x[tuple(torch.tensor(places).mT)] = torch.tensor(values)
    return tuple(names), x


def _name(line: str, *, where: str) -> str:
    _, *parts = line.split(None, 1)
    if not parts:
        raise DataError(f"{where}: an attribute without name: give its name and type")
    rest = parts[0]
    quote = rest[0] if rest[0] in "'\"" else ""
    return rest[1:].partition(quote)[0] if quote else rest.split(None, 1)[0]


def _entry(item: str, width: int, *, where: str) -> tuple[int, float]:
    place, _, value = item.partition(" ")
    try:
        index, read = int(place), number(value.strip())
    except ValueError:
        raise DataError(f"{where}: {item!r} is no pair of an index and a number") from None
    if not 0 <= index < width:
        raise DataError(f"{where}: attribute {index}; there are 0 to {width - 1}")
    return index, read
