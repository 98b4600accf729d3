"""Tables as a data set: CSV (plain or .gz), Parquet and Arrow, one row per example."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harmonium.bounds import Share
from harmonium.data.columns import Contents, Roles
from harmonium.data.dataset import DataSet, Split
from harmonium.data.from_csv import read_csv
from harmonium.data.from_parquet import read_parquet
from harmonium.data.labels import encode
from harmonium.data.split import with_test

__all__ = ["table"]


def table(  # noqa: PLR0913
    train: Path,
    test: Path | Share | None = None,
    *,
    label: str | int | None = None,
    weight: str | int | None = None,
    ignore: Sequence[str | int] = (),
    unlabelled: int | str = -1,
    stream: bool = False,
) -> DataSet:
    """Rows of a CSV, Parquet or Arrow file; every column is a feature, but those named below.

    CSV: fields are separated by whichever of comma, semicolon and tab the first line has most of;
    the first line holds names where it has a named column of the settings, no numbers, or a name
    above a number. Without names, columns count from 0 ("0", "1", ...); a whole number
    always means a position, -1 the last column. Features and weights must be numbers.

    Args:
        train: .csv, .tsv, .txt (also with .gz), .parquet, .arrow or .feather with the training
            rows.
        test: File with the test rows and the same columns, or a share of the training rows to
            hold out; null for none.
        label: Name or position of the column of labels; null for no labels.
        weight: Name or position of the column of sample weights; null for equal weights.
        ignore: Names or positions of columns to leave out.
        unlabelled: Label that means none, beside empty and NaN.
        stream: Leave the features of a Parquet or Arrow file in it and read them in row groups
            or record batches, whenever they are needed.

    Raises:
        FileNotFoundError: where a file is missing.
        ImportError: for Parquet or Arrow without pyarrow.
        ValueError: for a damaged or empty file, rows of unequal length, a column that is missing,
            a cell that is no number, and a file that cannot be streamed; file, line and column
            are named.
    """
    wanted = Roles(label, weight, tuple(ignore))
    parts = {"train": _read(Path(train), wanted, stream=stream)}
    if isinstance(test, str | Path):
        parts["test"] = _read(Path(test), wanted, stream=stream)
        _check_columns(parts["train"], parts["test"])
    labels = {part: rows.labels for part, rows in parts.items() if rows.labels is not None}
    codes, classes = encode(labels, unlabelled=unlabelled)
    splits = {part: Split(rows.x, codes.get(part), rows.weights) for part, rows in parts.items()}
    features = parts["train"].features
    dataset = DataSet(
        Path(train).name.split(".")[0],
        splits["train"],
        test=splits.get("test"),
        shape=(len(features),),
        classes=classes,
        features=features,
    )
    return with_test(dataset, test) if isinstance(test, int | float) else dataset


def _read(path: Path, roles: Roles, *, stream: bool) -> Contents:
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file")
    kind = path.name.removesuffix(".gz").rsplit(".", 1)[-1].lower()
    if kind in ("parquet", "arrow", "feather"):
        return read_parquet(path, roles, stream=stream)
    if stream:
        raise ValueError(f"{path}: text cannot be streamed: write it as Parquet or Arrow first")
    if kind in ("csv", "tsv", "txt", "data"):
        return read_csv(path, roles)
    raise ValueError(
        f"{path}: tables are read from .csv, .tsv, .txt, .data (also with .gz), "
        ".parquet, .arrow and .feather; "
        "arrays with `arrays`"
    )


def _check_columns(train: Contents, test: Contents) -> None:
    if train.features != test.features:
        pairs = zip(train.features, test.features, strict=False)
        place = next((f"{a!r} and {b!r}" for a, b in pairs if a != b), "some that are missing")
        raise ValueError(
            f"{train.path} has {len(train.features)} features, {test.path} has "
            f"{len(test.features)}; they differ at {place}: both need the same columns in order"
        )
