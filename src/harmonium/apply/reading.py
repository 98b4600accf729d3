"""Any input that a reader takes, by what it looks like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harmonium import data
from harmonium.apply.trained import Trained
from harmonium.data import DataSet, ImageSet, Split

__all__ = ["known_values", "like_training", "overview", "read", "reader", "rows_of"]

_ARRAYS = (".npy", ".npz", ".h5", ".hdf5")
_TABLES = (".csv", ".tsv", ".txt", ".data", ".parquet", ".arrow", ".feather")


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
    kind = reader(Path(source))
    if kind == "image_folder" and settings.pop("stream", False):
        raise ValueError(f"{source}: pictures cannot be streamed: write them into an .npy file")
    return readers[kind](Path(source), **settings)


def like_training(run: Trained, source: str | Path) -> DataSet:
    """Rows for a run to be used on, read with the settings of the run's own reader.

    A column or array of labels is read where there is one; columns that the run did not learn
    from are named in the message.

    Raises:
        ValueError: the rows are not like those of the training (both shapes are named), or there
            are several splits.
    """
    path = Path(source)
    attempts = _settings(run, reader(path)) if path.exists() else [{}]
    refusal: ValueError | None = None
    for settings in attempts:
        try:
            found = read(path if path.exists() else str(source), **settings)
            run.fits(found)
        except ValueError as error:
            refusal = refusal or error
        else:
            return _single(found, source)
    assert refusal is not None
    raise refusal


def _single(dataset: DataSet, source: str | Path) -> DataSet:
    if len(dataset.splits()) > 1:
        raise ValueError(
            f"{source}: holds several splits ({', '.join(dataset.splits())}); name the file or "
            "folder of one"
        )
    return dataset


_OF_TRAINING = {"path", "train", "test", "labels", "seed"}
"""Settings of readers that say which rows, not how to read them."""


def _settings(run: Trained, kind: str) -> list[dict[str, Any]]:
    """The run's own settings of this reader, then those without labels and weights."""
    own = run.recipe.data.source
    if own.type != kind:
        return [{}]
    given = {k: v for k, v in own.settings.items() if k not in _OF_TRAINING}
    bare = {k: v for k, v in given.items() if k not in {"label", "weight", "y", "weights"}}
    return [given, bare]


def rows_of(run: Trained, source: str | Path | None) -> Split:
    """The rows in a file or folder; without one the run's own test rows.

    Raises:
        ValueError: the run's data have no test rows, or the rows do not fit.
    """
    if source is not None:
        return like_training(run, source).train
    dataset = run.dataset()
    if dataset.test is None:
        raise ValueError(f"{dataset.name} has no test rows: name a file with --input")
    return dataset.test


def known_values(spec: str, width: int) -> Tensor:
    """Known values ``(width,)`` or ``(n, width)``, NaN where free, from a file or a text.

    Args:
        spec: a .npy or .csv file, NaN or nothing where free; or "0=1,10:20=0", positions from 0
            and what they are.
        width: number of visible values.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: what is there does not make sense; it says what.

    >>> known_values("0=1,2:4=0", 5)
    tensor([1., nan, 0., 0., nan])
    """
    path = Path(spec)
    if path.suffix in {".npy", ".csv"} or path.exists():
        return _known_from_file(path)
    known = torch.full((width,), torch.nan, dtype=torch.float32)
    for item in spec.split(","):
        place, _, value = item.partition("=")
        first, _, last = place.partition(":")
        try:
            begin = int(first)
            end = int(last) if last else begin + 1
            number = float(value)
        except ValueError:
            raise ValueError(
                f"known values {item!r}: give position=value or first:end=value, such as 10:20=0, "
                "or a .npy or .csv file"
            ) from None
        if not 0 <= begin < end <= width:
            raise ValueError(f"known values {item!r}: positions are from 0 to {width - 1}")
        known[begin:end] = number
    return known


def _known_from_file(path: Path) -> Tensor:
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        if path.suffix == ".npy":
            values = np.load(path, allow_pickle=False)
        else:
            values = np.genfromtxt(path, delimiter=",")
        return torch.from_numpy(np.asarray(values, dtype=np.float32))
    except (ValueError, EOFError, OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: no array of numbers ({error})") from error


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
    low, high = data.extremes(split.x)
    found: dict[str, Any] = {
        "rows": len(split),
        "range": (float(low), float(high)),
        "mean": float(data.summary(split.x).mean.mean()),
    }
    if split.y is not None:
        known = split.y[split.y >= 0]
        counts = known.bincount(minlength=len(dataset.classes)).tolist()
        found["classes"] = dict(zip(map(str, dataset.classes), counts, strict=True))
        found["unlabelled"] = len(split) - len(known)
    return found
