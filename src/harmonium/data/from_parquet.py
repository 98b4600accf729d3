"""Columns of a Parquet file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor

from harmonium.data.columns import Contents, Roles
from harmonium.data.expand import check_expansion
from harmonium.extras import need

__all__ = ["read_parquet"]


def read_parquet(path: Path, roles: Roles) -> Contents:
    """Read a Parquet file with pyarrow; columns that no role needs are not read.

    Raises:
        ImportError: where pyarrow is missing.
        ValueError: where the file is damaged, empty, or expands too far; where a feature or
            weight is of another type than numbers, or has empty cells.
    """
    parquet, arrow = (need(m, "Parquet files need") for m in ("pyarrow.parquet", "pyarrow"))
    try:
        file = parquet.ParquetFile(path)
        about, names = file.metadata, file.schema_arrow.names
        places = roles.places(names, path)
        used = [i for i in (*places.features, places.label, places.weight) if i is not None]
        check_expansion(
            str(path), packed=path.stat().st_size, unpacked=4 * about.num_rows * len(used)
        )
        data = file.read(columns=[names[i] for i in used])
    except (arrow.ArrowException, OSError, OverflowError) as error:
        raise ValueError(f"{path}: not a whole Parquet file ({error})") from error
    rows = data.num_rows
    if rows == 0:
        raise ValueError(f"{path}: no rows; at least one is needed")
    numbers = (_numbers(data.column(names[i]), names[i], path=path) for i in places.features)
    weight = places.weight
    return Contents(
        path,
        tuple(names[i] for i in places.features),
        _stacked(numbers, rows, width=len(places.features)),
        None if places.label is None else data.column(names[places.label]).to_pylist(),
        None if weight is None else _numbers(data.column(names[weight]), names[weight], path=path),
    )


def _stacked(columns: Iterable[Tensor], rows: int, *, width: int) -> Tensor:
    x = torch.empty(rows, width)
    for i, column in enumerate(columns):
        x[:, i] = column
    return x


def _numbers(column: object, name: str, *, path: Path) -> Tensor:
    types, compute = (need(m) for m in ("pyarrow.types", "pyarrow.compute"))
    kind = column.type  # type: ignore[attr-defined]
    if not (types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)):
        raise ValueError(
            f"{path}, column {name!r}: of type {kind}, not numbers: convert it, name it as label, "
            "or put it under ignore"
        )
    if missing := column.null_count:  # type: ignore[attr-defined]
        row = compute.index(compute.is_null(column), value=True).as_py()
        raise ValueError(
            f"{path}, column {name!r}: {missing} empty cells, the first at row {row} (from 0): "
            "fill them in, or put the column under ignore"
        )
    return torch.from_numpy(column.to_numpy().astype("float32"))  # type: ignore[attr-defined]
