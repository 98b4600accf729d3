"""Tables as a data set: CSV (plain or .gz), Parquet and Arrow, one row per example."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harmonium.bounds import Share
from harmonium.data.columns import Contents, Roles, check_identifiers, several
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.from_csv import csv_names, read_csv
from harmonium.data.from_parquet import parquet_names, read_parquet
from harmonium.data.kinds import Classes, Kind, Numbers
from harmonium.data.labels import encode
from harmonium.data.split import with_test
from harmonium.errors import DataError

__all__ = ["column_names", "table"]


def table(  # noqa: PLR0913
    train: Path,
    test: Path | Share | None = None,
    *,
    label: str | int | None = None,
    target: str | int | Sequence[str | int] | None = None,
    weight: str | int | None = None,
    id: str | int | Sequence[str | int] | None = None,
    ignore: Sequence[str | int] = (),
    features: Sequence[str | int] | None = None,
    header: bool | None = None,
    unlabelled: int | str | None = None,
    stream: bool = False,
) -> DataSet:
    """Rows of a CSV, Parquet or Arrow file; columns are features unless a setting names them.

    The prediction target is a class, `label`, or one or several real numbers, `target`.

    CSV: the separator of fields is the most frequent of comma, semicolon and tab in the first
    line, or as a first line such as "sep=;" says. Without `header`, the next line holds names if
    it contains a column of the settings, no numbers, or a name above a number; if its numbers
    count the columns from 0, as pandas writes them; or if it has whole numbers and all values
    below have decimal points. A warning says how a first line with numbers was read. Without
    names, columns count from 0 ("0", "1", ...); a whole number in a setting always is a position,
    -1 the last column. Features and weights must be numbers, in ASCII digits with a decimal point.
    The index that pandas writes beside the columns is left out, with a warning.

    Args:
        train: .csv, .data, .tsv, .txt (also with .gz), .parquet, .arrow or .feather with the
            training rows.
        test: File with the test rows and the same columns, or a fraction of the training rows to
            hold out; null for none.
        label: Name or position of the column of labels; null for no labels.
        target: Name or position of one or several columns of numbers to predict; null for none. It
            excludes `label`.
        weight: Name or position of the column of sample weights; null for equal weights.
        id: Name or position of the column of ids, which become the names of the rows; of several
            columns, ids are joined by "/"; null for rows without names.
        ignore: Names or positions of columns to leave out.
        features: Names or positions of the columns that are features, in their order; null for all
            columns without another role.
        header: Whether the first line of a text file holds names; null to decide by its content.
        unlabelled: Label that means no label, like empty and NaN; null for -1, with a warning.
        stream: Leave the features of a Parquet or Arrow file in the file and read them in row
            groups or record batches when they are needed.

    Raises:
        FileNotFoundError: a file is missing.
        ImportError: pyarrow is missing, for Parquet or Arrow.
        ValueError: a file is damaged, empty or cannot be streamed; rows have unequal length; a
            column is missing or occurs twice; a cell is not a number; or a first line may hold
            either names or values. The message gives file, line and column.
    """
    chosen = None if features is None else tuple(features)
    wanted = Roles(label, weight, tuple(ignore), chosen, header, several(target), several(id))
    if wanted.targets and label is not None:
        raise DataError(
            f"{train}: label {label!r} and target {target!r}: a row has a class or real targets; "
            "give one of them, and put the other under ignore"
        )
    parts = {"train": _read(Path(train), wanted, stream=stream)}
    if isinstance(test, str | Path):
        parts["test"] = _read(Path(test), wanted, stream=stream)
        _check_columns(parts["train"], parts["test"])
    if features is None:
        check_identifiers(parts["train"].features, parts["train"].x, path=Path(train))
    dataset = _dataset(parts, Path(train), unlabelled=unlabelled)
    return with_test(dataset, test) if isinstance(test, int | float) else dataset


def _dataset(
    parts: Mapping[str, Contents], path: Path, *, unlabelled: int | str | None
) -> DataSet:
    """Data set of the files' content, with all labels encoded together."""
    labels = {part: rows.labels for part, rows in parts.items() if rows.labels is not None}
    try:
        codes, classes = encode(labels, unlabelled=unlabelled)
    except DataError as error:
        raise DataError(f"{path}, column {parts['train'].others[0]!r}: {error}") from None
    splits: dict[str, Any] = {
        part: Split(
            rows.x,
            codes.get(part) if rows.targets is None else rows.targets,
            weights=rows.weights,
            names=rows.names,
        )
        for part, rows in parts.items()
    }
    first = parts["train"]
    columns: dict[str, Kind] = {"x": Numbers((len(first.features),), first.features)}
    if first.targets is not None:
        columns["y"] = Numbers((len(first.target_names),), first.target_names)
    elif classes:
        columns["y"] = Classes(classes)
    return DataSet(path.name.split(".")[0], **splits, columns=columns)


def column_names(
    path: Path, *, header: bool | None = None, known: Sequence[str] = ()
) -> tuple[str, ...] | None:
    """Names of a table's columns, in order; None if it has none.

    Args:
        path: as for `table`.
        header: as for `table`.
        known: names that show, if they occur in the first line, that it holds names.

    Raises:
        FileNotFoundError: the file is missing.
        ImportError: pyarrow is missing, for Parquet or Arrow.
        ValueError: as `table`.
    """
    roles = Roles(None, None, (), tuple(known), header)
    return parquet_names(path) if _is_arrow(path) else csv_names(path, roles)


def _read(path: Path, roles: Roles, *, stream: bool) -> Contents:
    if _is_arrow(path):
        if roles.header is False:
            raise DataError(f"{path}: its columns have names: leave header out")
        return read_parquet(path, roles, stream=stream)
    if stream:
        raise DataError(f"{path}: text cannot be streamed: write it as Parquet or Arrow first")
    return read_csv(path, roles)


_ARROW, _TEXT = ("parquet", "arrow", "feather"), ("csv", "tsv", "txt", "data")


def _is_arrow(path: Path) -> bool:
    """Whether it is a Parquet or Arrow file, not text.

    Raises:
        FileNotFoundError: the file is missing.
        ValueError: it is neither.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file")
    if path.is_dir():
        raise DataError(
            f"{path}: a folder, and tables are single files: write its parts into one, such as "
            f"with pandas.read_parquet(folder).to_parquet({path.stem + '-whole.parquet'!r})"
        )
    kind = path.name.lower().removesuffix(".gz").rsplit(".", 1)[-1]
    if kind not in _ARROW + _TEXT:
        raise DataError(
            f"{path}: tables are read from .csv, .tsv, .txt, .data (also with .gz), "
            ".parquet, .arrow and .feather; "
            "arrays with `arrays`"
        )
    return kind in _ARROW


def _check_columns(train: Contents, test: Contents) -> None:
    if train.features != test.features:
        pairs = zip(train.features, test.features, strict=False)
        place = next((f"{a!r} and {b!r}" for a, b in pairs if a != b), "some that are missing")
        raise DataError(
            f"{train.path} has {len(train.features)} features, {test.path} has "
            f"{len(test.features)}; they differ at {place}: both need the same columns in order"
        )
    pairs_of = [*zip(("labels", "weights"), train.others, test.others, strict=True)]
    targets = (", ".join(names.target_names) for names in (train, test))
    for role, a, b in (*pairs_of, ("targets", *targets)):
        if a != b:
            warnings.warn(
                f"{train.path} has its {role} in column {a!r}, {test.path} in {b!r}: give the "
                "column by name if one of them is wrong",
                UserWarning,
                stacklevel=3,
            )
