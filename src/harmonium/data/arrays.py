"""Arrays in files as a data set: .npy, .npz, folders of .npy, HDF5; pickles are refused."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from harmonium.bounds import Share
from harmonium.data.archive import Array, opened_archive
from harmonium.data.blocks import Blocks
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples, Split
from harmonium.data.kinds import Classes, Counts, Joined, Kind, Numbers, check_counts, of_shape
from harmonium.data.labels import encode
from harmonium.data.sparse import SparseBlocks
from harmonium.data.sparse_files import SparseArchive, with_sparse
from harmonium.data.split import with_test
from harmonium.data.streamed import Rows, Streamed
from harmonium.errors import DataError

__all__ = ["arrays"]


def arrays(  # noqa: PLR0913
    train: Path,
    test: Path | Share | None = None,
    *,
    x: str = "x",
    y: str = "y",
    weights: str = "weights",
    target: bool = False,
    unlabelled: int | str | None = None,
    stream: bool = False,
    joined: Mapping[str, Sequence[int]] | None = None,
    counts: bool | None = None,
    names: str | None = None,
) -> DataSet:
    """Rows, labels and weights from arrays in files.

    A file is an archive of named arrays: .npz, HDF5 (.h5, .hdf5), or a folder of .npy and .npz
    files, named by their stems; a single .npy holds only the rows. A sparse matrix, as
    scipy.sparse.save_npz writes it, is one array: "x" of its file, or named by its stem in a
    folder, or by the prefix of its parts, such as x_train/data. It stays sparse in memory.

    Array `x` holds the rows (N, ...), where the axes after the first are the shape of a row; `y`
    the labels (N,), or one-hot (N, K), or with `target` real numbers to predict, (N,) or (N, K);
    `weights` (N,) the importance of the rows. All but `x` may be missing under their default
    names.

    For training rows, the names x_train, train_x and train/x come first, so that one archive may
    hold several splits: without `test`, x_test is looked for in `train`, as is x_validation.
    Their labels and weights are y_test and so on, never `y`, which belongs to the training rows.
    Values are converted to float32 unchanged; a single .npy of float32 is mapped, not read.
    Pickles are never loaded.

    Args:
        train: File or folder with the training rows.
        test: File or folder with the test rows, or a fraction of the training rows to hold out;
            null to look for x_test in `train`.
        x: Name of the array of rows.
        y: Name of the array of labels, or of real targets.
        weights: Name of the array of sample weights.
        target: Whether `y` holds real numbers to predict, not labels of classes.
        unlabelled: Label that means no label, like empty and NaN; null for -1, with a warning.
        stream: Leave the rows in their file and read them in blocks when they are needed.
        joined: Names and shapes of several kinds of data that lie side by side in a row, in their
            order, such as a picture and its words; null for one kind.
        counts: Whether `x` counts things, as words in documents; null if it is a sparse matrix
            of whole numbers.
        names: Name of an array of texts (D,) that names the columns of `x`, such as words.

    Raises:
        FileNotFoundError: a file is missing.
        ImportError: h5py is missing, for an HDF5 file.
        ValueError: a file is damaged, pickled or expands too far; or an array is missing, of
            objects, complex, empty, does not fit the others, or cannot be streamed. The message
            names the file.
    """
    own = {"x": x, "y": y, "weights": weights}
    optional = {name for name in ("y", "weights") if own[name] == name}
    part = partial(_part, names=own, optional=optional, stream=stream)
    with opened_archive(Path(train)) as opened:
        archive = with_sparse(opened)
        features = () if names is None else _features(archive, names)
        parts = {"train": part(archive, "train")}
        for split in ("validation", "test"):
            if (split == "validation" or not isinstance(test, str | Path)) and _named(
                archive, split, name=x
            ):
                parts[split] = part(archive, split)
    if isinstance(test, str | Path):
        with opened_archive(Path(test)) as opened:
            parts["test"] = part(with_sparse(opened), "test")
    if target and unlabelled is not None:
        raise DataError(
            f"{train}: unlabelled {unlabelled!r} is of labels: leave it out with target"
        )
    codes, kind = _targets(parts, Path(train)) if target else _labels(parts, unlabelled)
    shape = _shape(parts, Path(train))
    if counts is None:
        counts = joined is None and _whole_sparse(parts["train"].x)
    rows = _kind(shape, Path(train), joined=joined, counts=counts, features=features)
    splits: dict[str, Any] = {
        name: _split(contents, codes.get(name), counts=counts) for name, contents in parts.items()
    }
    dataset = DataSet(Path(train).stem, **splits, columns={"x": rows, **kind})
    return with_test(dataset, test) if isinstance(test, int | float) else dataset


class _Part(NamedTuple):
    """The arrays of one split."""

    x: Array | Blocks | SparseBlocks
    y: Array | None
    weights: Array | None


def _part(
    archive: SparseArchive,
    split: str,
    *,
    names: Mapping[str, str],
    optional: Collection[str],
    stream: bool,
) -> _Part:
    array_names: dict[str, str] = {}
    apart = split != "train" and _named(archive, split, name=names["x"]) is not None
    for kind, name in names.items():
        plain = name if name in archive.names and not apart else None  # else of other rows
        own = _named(archive, split, name=name) or plain
        if own is not None:
            array_names[kind] = own
        elif kind not in optional and not apart:
            raise DataError(
                f"{archive.path}: no array {name!r} or {name + '_' + split!r}; it holds "
                f"{', '.join(archive.names) or 'none'}: set `{kind}` to the name of one"
            )
    x = archive.rows(array_names["x"], stream=stream)
    y, weights = (
        archive.read(array_names[k]) if k in array_names else None for k in ("y", "weights")
    )
    if x.size == 0 or x.ndim == 0:
        raise DataError(f"{archive.path}: {split} rows are empty; at least one row is needed")
    if x.dtype.kind not in "buif":
        raise DataError(
            f"{archive.path}: {split} rows are of type {x.dtype}; real numbers are needed"
        )
    if y is not None and (y.ndim not in (1, 2) or len(y) != len(x)):
        raise DataError(
            f"{archive.path}: {len(x)} {split} rows, but y has shape {y.shape}: one label per "
            "row, or one one-hot row per row, is needed"
        )
    one_each = {(len(x),), (len(x), 1)}
    if weights is not None and (weights.shape not in one_each or weights.dtype.kind not in "buif"):
        raise DataError(
            f"{archive.path}: {len(x)} {split} rows, but weights are {weights.dtype} of shape "
            f"{weights.shape}: one number per row is needed"
        )
    return _Part(x, y, weights)


def _named(archive: SparseArchive, split: str, *, name: str) -> str | None:
    """Name of an array that belongs to this split alone, or None."""
    candidates = (f"{name}_{split}", f"{split}_{name}", f"{split}/{name}")
    return next((c for c in candidates if c in archive.names), None)


def _labels(
    parts: Mapping[str, _Part], unlabelled: int | str | None
) -> tuple[dict[str, Tensor], dict[str, Kind]]:
    """Codes of the labels by split, and the kind of their column if there are labels."""
    labels = {split: part.y for split, part in parts.items() if part.y is not None}
    try:
        codes, classes = encode(labels, unlabelled=unlabelled)
    except DataError as error:
        if not any(y.dtype.kind == "f" for y in labels.values()):
            raise
        raise DataError(f"{error}; or set target to true if y holds real targets") from None
    return codes, {"y": Classes(classes)} if classes else {}


def _targets(parts: Mapping[str, _Part], path: Path) -> tuple[dict[str, Tensor], dict[str, Kind]]:
    """Real targets (N, K) by split, and the kind of their column."""
    targets: dict[str, Tensor] = {}
    for split, part in parts.items():
        if part.y is None:
            continue
        if part.y.dtype.kind not in "buif":
            raise DataError(f"{path}: {split} targets are {part.y.dtype}; numbers are needed")
        targets[split] = _floats(part.y).reshape(len(part.y), -1)
    if "train" not in targets:
        raise DataError(f"{path}: no array y of targets: set `y` to the name of one")
    return targets, {"y": Numbers(tuple(targets["train"].shape[1:]))}


def _split(part: _Part, y: Tensor | None, *, counts: bool) -> Examples:
    weights = None if part.weights is None else _floats(part.weights).reshape(len(part.x))
    return Split(_rows(part.x, counts=counts), y, weights=weights)


def _rows(x: Array | Blocks | SparseBlocks, *, counts: bool) -> Rows:
    """Flat rows; counts that stay in a file are checked when they are read."""
    if isinstance(x, SparseBlocks):
        if counts:
            _checked_counts(x.stored, x.where)
        return Streamed.of(x)
    if isinstance(x, Blocks):
        rows = Streamed.of(x)
        return rows.map(partial(_checked_counts, where=x.where), rows.each) if counts else rows
    return _floats(x).reshape(len(x), -1)


def _checked_counts(x: Tensor, where: str) -> Tensor:
    try:
        check_counts(x)
    except DataError as error:
        raise DataError(f"{where}: {error}; or set counts to false") from None
    return x


def _floats(array: Array) -> Tensor:
    with np.errstate(over="ignore"):  # overflow gives infinity, which checks refuse
        native = array if array.dtype == np.float32 else array.astype(np.float32)
    return torch.from_numpy(np.require(native, requirements=["C", "W"]))


def _whole_sparse(x: Array | Blocks | SparseBlocks) -> bool:
    return isinstance(x, SparseBlocks) and x.dtype.kind in "bui"


def _features(archive: SparseArchive, name: str) -> tuple[str, ...]:
    """Names of the columns of x."""
    if name not in archive.names:
        raise DataError(
            f"{archive.path}: no array {name!r}; it holds {', '.join(archive.names) or 'none'}: "
            "set `names` to the name of one, or leave it out"
        )
    found = archive.read(name)
    if found.ndim != 1 or found.dtype.kind not in "SUO":
        raise DataError(
            f"{archive.path}, {name}: {found.dtype} of shape {tuple(found.shape)}; one text for "
            "each column of the rows is needed"
        )
    texts = found.tolist()
    return tuple(t.decode(errors="replace") if isinstance(t, bytes) else str(t) for t in texts)


def _kind(
    shape: tuple[int, ...],
    path: Path,
    *,
    joined: Mapping[str, Sequence[int]] | None,
    counts: bool,
    features: tuple[str, ...],
) -> Kind:
    """The kind of the rows."""
    if joined is not None:
        if counts or features:
            raise DataError(f"{path}: counts and names are of one kind of data: leave joined out")
        return _joined(joined, shape, path=path)
    if features and len(features) != math.prod(shape):
        raise DataError(
            f"{path}: {len(features)} names for rows of {math.prod(shape)} values: name each "
            "column, or leave `names` out"
        )
    return Counts((math.prod(shape),), features) if counts else of_shape(shape, features)


def _joined(joined: Mapping[str, Sequence[int]], shape: Sequence[int], *, path: Path) -> Joined:
    """The kind of rows that hold several kinds of data side by side."""
    for name, each in joined.items():
        sizes = [] if isinstance(each, int | str) else [*each]
        if not sizes or not all(isinstance(n, int) and n > 0 for n in sizes):
            raise DataError(
                f"{path}: joined says {each!r} of {name}: give the shape of this part as a list "
                "of whole numbers of at least 1, such as [3, 32, 32]"
            )
    kind = Joined({name: of_shape(each) for name, each in joined.items()})
    if kind.shape != (math.prod(shape),):
        raise DataError(
            f"{path}: rows of shape {tuple(shape)}, but the parts in joined have {kind.shape[0]} "
            "values together: give the shape of every part of a row, in their order"
        )
    return kind


def _shape(parts: dict[str, _Part], path: Path) -> tuple[int, ...]:
    shapes = {split: part.x.shape[1:] or (1,) for split, part in parts.items()}
    for split, shape in shapes.items():
        if shape != shapes["train"]:
            raise DataError(
                f"{path}: training rows have shape {shapes['train']}, {split} rows {shape}: both "
                "must have the same features"
            )
    return tuple(shapes["train"])
