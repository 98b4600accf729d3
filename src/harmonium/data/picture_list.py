"""Reads a list of pictures and their labels from a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from harmonium.data.expand import opened_text
from harmonium.data.pictures import SUFFIXES
from harmonium.errors import DataError

__all__ = ["picture_list"]


def picture_list(path: Path, root: Path, *, files: Sequence[Path]) -> dict[Path, str]:
    """Picture -> label, from a CSV file; a first line that names no picture is a header.

    Args:
        path: the list; each line holds a picture, relative to the folder, and its label.
        root: the folder.
        files: the pictures in the folder.

    Raises:
        FileNotFoundError: there is no such list.
        ValueError: the list is damaged or empty, or names no picture, a file outside the folder, a
            file that is not among ``files``, or a picture twice; the message gives the line.
    """
    labels: dict[Path, str] = {}
    lines: dict[Path, int] = {}
    inside, known = root.resolve(), set(files)
    really = {file.resolve(): file for file in files}
    for record, (number, name, label) in enumerate(_lines(path)):
        where = f"{path}, line {number}"
        place = (root / name).resolve()
        if not place.is_relative_to(inside):
            raise DataError(f"{where}: {name!r} lies outside {root}: name files inside it")
        own = root / name  # a link beside its picture counts as a picture
        file = own if own in known else really.get(place)
        if file is None:
            if not record and not name.lower().endswith(SUFFIXES):
                continue
            raise DataError(f"{where}: {_lack(place)} {name!r} in {root}")
        if file in lines:
            raise DataError(
                f"{where}: {name!r} stands in line {lines[file]} already: leave one line for "
                "each picture"
            )
        lines[file], labels[file] = number, label
    if not labels:
        raise DataError(f"{path}: no picture in it; each line needs a picture and its label")
    return labels


def _lines(path: Path) -> Iterator[tuple[int, str, str]]:
    with opened_text(path) as text:
        reader = csv.reader(text, strict=True)
        try:
            for cells in filter(None, reader):
                number = reader.line_num
                if len(cells) != 2:
                    raise DataError(
                        f"{path}, line {number}: a picture and its label are needed, separated by "
                        f"a comma; there are {len(cells)} fields"
                    )
                if "\0" in cells[0]:
                    raise DataError(f"{path}, line {number}: {cells[0]!r} names no file")
                yield number, cells[0].strip(), cells[1]
        except csv.Error as error:
            raise DataError(f"{path}, line {reader.line_num}: {error}") from error


def _lack(place: Path) -> str:
    try:
        there = place.is_file()
    except OSError:  # name too long
        there = False
    return "not among the pictures that are read:" if there else "no file"
