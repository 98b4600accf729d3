"""Output: results go to standard output, everything else to standard error.

Of several processes started by ``torchrun``, only the first prints results; each prints its
errors. If standard error cannot be written, the work continues without messages. All output passes
through `harmonium.printable`, because names and cells come from files.
"""

import json
import math
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer

from harmonium.printable import json_printable, printable
from harmonium.progress import ABOVE
from harmonium.stream import unfailing

__all__ = ["AsJson", "emit", "note", "plain", "say", "table"]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
"""Option of every command that reads."""


def say(text: str) -> None:
    """Prints a result on standard output."""
    if _speaks():
        typer.echo(printable(text))


def note(text: str) -> None:
    """Prints a message on standard error; if it cannot be written, it is dropped."""
    text, above = printable(text), ABOVE.get()
    if above is not None:
        above(text)
    elif sys.stderr is not None:
        stream = unfailing(sys.stderr)
        stream.write(f"{text}\n")
        stream.flush()


def emit(document: object) -> None:
    """Prints one JSON document on standard output; NaN and infinities become null."""
    text = json.dumps(plain(document), indent=2, ensure_ascii=False, allow_nan=False)
    if _speaks():
        typer.echo(json_printable(text))


def plain(value: object) -> Any:  # noqa: ANN401
    """Converts a value for JSON: paths to text, NaN and infinities to null, tuples to lists.

    >>> plain({"loss": float("nan"), 3: (1, 2)})
    {'loss': None, '3': [1, 2]}
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Formats rows as columns of minimum width; numbers are aligned to the right.

    >>> print(table(["name", "rows"], [["digits", 1797], ["mnist", 70000]]))
    name     rows
    digits   1797
    mnist   70000
    """
    body = [list(row) for row in rows]
    texts = [
        [printable(name, lines=False) for name in head],
        *([_cell(value) for value in row] for row in body),
    ]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    right = [
        any(isinstance(row[i], int | float) for row in body)
        and all(row[i] is None or isinstance(row[i], int | float) for row in body)
        for i in range(len(head))
    ]
    lines = (
        "  ".join(
            text.rjust(width) if r else text.ljust(width)
            for text, width, r in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in texts
    )
    return "\n".join(lines)


def _speaks() -> bool:
    rank = os.environ.get("RANK", "0")
    return not (rank.isascii() and rank.isdigit() and rank.strip("0"))


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.5g}" if isinstance(value, float) else printable(str(value), lines=False)
