"""Arrays in files as a data set: .npy, .npz, folders of .npy, HDF5. Never pickles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from harmonium.bounds import Share
from harmonium.data.archive import Archive, Array, opened_archive
from harmonium.data.dataset import DataSet, Split
from harmonium.data.labels import encode
from harmonium.data.split import with_test

__all__ = ["arrays"]


def arrays(
    train: Path,
    test: Path | Share | None = None,
    *,
    x: str = "x",
    y: str = "y",
    weights: str = "weights",
    unlabelled: int | str = -1,
) -> DataSet:
    """Rows, labels and weights from arrays in files.

    A file is an archive of named arrays: .npz, HDF5 (.h5, .hdf5), or a folder of .npy files named
    by their stems; a single .npy holds the rows alone. Array `x` holds the rows (N, ...), the
    axes after the first are the shape of one; `y` the labels (N,), or one-hot (N, K); `weights`
    (N,) their importance. The default names may be missing, but for `x`. Of training rows the
    names x_train, train_x and train/x come first, so one archive may hold several splits:
    without `test`, x_test is looked for in `train`, and x_validation too. Values become float32
    as they are; a single .npy of float32 is mapped, not read. Nothing is ever unpickled.

    Args:
        train: File or folder with the training rows.
        test: File or folder with the test rows, or a share of the training rows to hold out;
            null to look for x_test in `train`.
        x: Name of the array of rows.
        y: Name of the array of labels.
        weights: Name of the array of sample weights.
        unlabelled: Label that means none, beside empty and NaN.

    Raises:
        FileNotFoundError: where a file is missing.
        ImportError: for HDF5 without h5py.
        ValueError: for a damaged, pickled, or too far expanding file, an array that is missing,
            of objects, complex, or empty, or that does not fit the others; the file is named.
    """
    names = {"x": x, "y": y, "weights": weights}
    optional = {name for name in ("y", "weights") if names[name] == name}
    with opened_archive(Path(train)) as archive:
        parts = {"train": _part(archive, "train", names=names, optional=optional)}
        for split in ("validation", "test"):
            if (split == "validation" or not isinstance(test, str | Path)) and _named(
                archive, split, name=x
            ):
                parts[split] = _part(archive, split, names=names, optional=optional)
    if isinstance(test, str | Path):
        with opened_archive(Path(test)) as archive:
            parts["test"] = _part(archive, "test", names=names, optional=optional)
    labels = {split: part["y"] for split, part in parts.items() if part["y"] is not None}
    codes, classes = encode(labels, unlabelled=unlabelled)
    splits = {split: _split(part, codes.get(split)) for split, part in parts.items()}
    dataset = DataSet(
        Path(train).stem,
        splits["train"],
        validation=splits.get("validation"),
        test=splits.get("test"),
        shape=_shape(parts, Path(train)),
        classes=classes,
    )
    return with_test(dataset, test) if isinstance(test, int | float) else dataset


def _part(
    archive: Archive, split: str, *, names: Mapping[str, str], optional: Collection[str]
) -> dict[str, Array | None]:
    part: dict[str, Array | None] = {}
    for kind, name in names.items():
        found = _named(archive, split, name=name) or (name if name in archive.names else None)
        if found is None and kind not in optional:
            raise ValueError(
                f"{archive.path}: no array {name!r} or {name + '_' + split!r}; it holds "
                f"{', '.join(archive.names) or 'none'}: set `{kind}` to the name of one"
            )
        part[kind] = None if found is None else archive.read(found)
    rows = part["x"]
    if rows is None or rows.size == 0 or rows.ndim == 0:
        raise ValueError(f"{archive.path}: {split} rows are empty; at least one row is needed")
    if rows.dtype.kind not in "buif":
        raise ValueError(
            f"{archive.path}: {split} rows are of type {rows.dtype}; real numbers are needed"
        )
    y, weights = part["y"], part["weights"]
    if y is not None and (y.ndim not in (1, 2) or len(y) != len(rows)):
        raise ValueError(
            f"{archive.path}: {len(rows)} {split} rows, but y has shape {y.shape}: one label per "
            "row, or one one-hot row per row, is needed"
        )
    one_each = {(len(rows),), (len(rows), 1)}
    if weights is not None and (weights.shape not in one_each or weights.dtype.kind not in "buif"):
        raise ValueError(
            f"{archive.path}: {len(rows)} {split} rows, but weights are {weights.dtype} of shape "
            f"{weights.shape}: one number per row is needed"
        )
    return part


def _named(archive: Archive, split: str, *, name: str) -> str | None:
    """The name of an array that is of this split alone."""
    candidates = (f"{name}_{split}", f"{split}_{name}", f"{split}/{name}")
    return next((c for c in candidates if c in archive.names), None)


def _split(part: dict[str, Array | None], y: Tensor | None) -> Split:
    rows, weights = part["x"], part["weights"]
    assert rows is not None
    return Split(
        _floats(rows).reshape(len(rows), -1),
        y,
        None if weights is None else _floats(weights).reshape(len(rows)),
    )


def _floats(array: Array) -> Tensor:
    with np.errstate(over="ignore"):  # what does not fit becomes infinite, which checks refuse
        native = array if array.dtype == np.float32 else array.astype(np.float32)
    return torch.from_numpy(np.require(native, requirements=["C", "W"]))


def _shape(parts: dict[str, dict[str, Array | None]], path: Path) -> tuple[int, ...]:
    shapes = {s: p["x"].shape[1:] or (1,) for s, p in parts.items() if p["x"] is not None}
    for split, shape in shapes.items():
        if shape != shapes["train"]:
            raise ValueError(
                f"{path}: training rows have shape {shapes['train']}, {split} rows {shape}: both "
                "must have the same features"
            )
    return tuple(shapes["train"])
