"""Any input that a reader takes, by what it looks like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from harmonium import data
from harmonium.data import DataSet, ImageSet

__all__ = ["overview", "read", "reader"]

_ARRAYS = (".npy", ".npz", ".h5", ".hdf5")
_TABLES = (".csv", ".tsv", ".txt", ".data", ".parquet")


def reader(path: Path) -> str:
    """Name of the reader for a file or folder: "arrays", "table" or "image_folder".

    Raises:
        FileNotFoundError: there is no such file or folder.
        ValueError: no reader takes it.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file or folder")
    if path.is_dir():
        return "arrays" if any(path.glob("*.npy")) else "image_folder"
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if suffix in _ARRAYS:
        return "arrays"
    if suffix in _TABLES:
        return "table"
    raise ValueError(
        f"{path}: {suffix or 'no suffix'} is not a format to read; it can be "
        f"{', '.join((*_ARRAYS, *_TABLES))}, or a folder of images"
    )


def read(source: str | Path, **settings: Any) -> DataSet:  # noqa: ANN401
    """The data set in a file or folder; or a known one, by its name.

    Args:
        source: a path, or a name such as "digits".
        **settings: of the reader, such as `label` of a table.

    Raises:
        FileNotFoundError: there is no such file, folder or set.
        ValueError: what is there cannot be read; the message has the place.
    """
    name = str(source)
    if not settings and name in data.known_sets() and not Path(source).exists():
        found: DataSet | ImageSet = data.load(name)
        return found.dataset() if isinstance(found, ImageSet) else found
    readers: dict[str, Callable[..., DataSet]] = {
        "arrays": data.arrays,
        "table": data.table,
        "image_folder": data.image_folder,
    }
    return readers[reader(Path(source))](Path(source), **settings)


def overview(dataset: DataSet) -> dict[str, Any]:
    """Shapes, ranges, classes and their counts by split, and the warnings of ``data.inspect``."""
    return {
        "name": dataset.name,
        "shape": dataset.shape,
        "classes": dataset.classes,
        "splits": {name: _part(dataset, name) for name in dataset.splits()},
        "warnings": data.inspect(dataset),
        "fingerprint": dataset.fingerprint(),
    }


def _part(dataset: DataSet, name: str) -> dict[str, Any]:
    split = dataset.splits()[name]
    low, high = torch.aminmax(split.x)
    found: dict[str, Any] = {
        "rows": len(split),
        "range": (float(low), float(high)),
        "mean": float(split.x.mean(dtype=torch.float64)),
    }
    if split.y is not None:
        known = split.y[split.y >= 0]
        counts = known.bincount(minlength=len(dataset.classes)).tolist()
        found["classes"] = dict(zip(map(str, dataset.classes), counts, strict=True))
        found["unlabelled"] = len(split) - len(known)
    return found
