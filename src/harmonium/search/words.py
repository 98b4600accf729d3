"""The figure of a search in words: shares in per cent, as everywhere."""

from collections.abc import Iterable, Sequence
from typing import Any

from harmonium.figures import figure
from harmonium.printable import printable
from harmonium.search.study import Attempt, Study

__all__ = ["best_first", "columns_of", "in_units", "said"]


def in_units(name: str, value: float | None) -> float | None:
    """The value of a figure in the unit of its axis: a share in per cent.

    >>> in_units("error", 0.0456), in_units("loss", 0.0456)
    (4.56, 0.0456)
    """
    if value is None or not figure(name).is_share:
        return value
    return round(100 * value, 10)


def said(name: str, value: float) -> str:
    """The value of a figure as text.

    >>> said("error", 0.045678), said("loss", 1.45678)
    ('4.57 %', '1.457')
    """
    return f"{100 * value:.2f} %" if figure(name).is_share else f"{value:.4g}"


def best_first(study: Study) -> list[Attempt]:
    """The attempts that have a figure, the best one first."""
    sign = 1 if study.about["direction"] == "min" else -1
    done = [attempt for attempt in study.attempts if attempt.figure is not None]
    return sorted(done, key=lambda attempt: sign * float(attempt.figure or 0))


def columns_of(
    study: Study, *, most: int, width: int, name_width: int = 36
) -> tuple[list[str], list[list[Any]]]:
    """Head and rows of a table of the best attempts that is at most ``width`` letters wide.

    Rows are attempts where that fits; otherwise rows are settings and columns are attempts, as
    many as fit.

    Args:
        study: the study.
        most: number of attempts.
        width: of the table, with two spaces between columns.
        name_width: letters of the name of a setting; longer ones lose their beginning.
    """
    name, paths = str(study.about["figure"]), [*study.space.ranges]
    tried = best_first(study)[:most]
    columns: list[list[Any]] = [
        [a.number, in_units(name, a.figure), *(_plain(a.values.get(path)) for path in paths)]
        for a in tried
    ]
    head = ["attempt", figure(name).axis, *paths]
    if _wide(head, columns) <= width:
        return head, columns
    names = [path if len(path) <= name_width else f"…{path[1 - name_width :]}" for path in head]
    shown = [[_cell(value) for value in column] for column in columns]
    sizes = [max(map(len, column)) for column in shown]
    room, count = width - max(map(len, names)), 0
    while count < len(sizes) and room >= sizes[count] + 2:
        room, count = room - sizes[count] - 2, count + 1
    chosen = columns[: max(count, 1)]
    first, *rest = zip(names, *chosen, strict=True)
    return [str(cell) for cell in first], [[*row] for row in rest]


def _wide(head: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Letters of the widest line of a table."""
    texts = [list(head), *([_cell(value) for value in row] for row in rows)]
    return sum(max(map(len, column)) + 2 for column in zip(*texts, strict=True)) - 2


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.5g}" if isinstance(value, float) else printable(str(value), lines=False)


def _plain(value: object) -> object:
    text = value if value is None or isinstance(value, bool | int | float) else str(value)
    return f"{text[:19]}…" if isinstance(text, str) and len(text) > 20 else text
