"""Reads rows from any supported file or folder, by its type."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harmonium import data
from harmonium.apply.clamps import known_values
from harmonium.apply.matching import known_names, table_settings
from harmonium.apply.tagging import read_sentences
from harmonium.apply.texts import read_lines
from harmonium.apply.trained import Trained
from harmonium.data import DataSet, Examples, ImageSet
from harmonium.data.columns import listed
from harmonium.data.expand import opened_text
from harmonium.errors import UsageError
from harmonium.needs import Needs, unmet

__all__ = ["known_values", "like_training", "overview", "read", "reader", "rows_of", "sets"]

_ARRAYS = (".npy", ".npz", ".h5", ".hdf5")
_COLUMNS = (".parquet", ".arrow", ".feather")
_FASTA = (".fasta", ".fa", ".fas", ".afa", ".a2m", ".a3m")
_TABLES = (".csv", ".tsv", ".txt", ".data", *_COLUMNS)


def reader(path: Path) -> str:
    """Name of the reader for a file or folder: "arrays", "fasta", "table" or "image_folder".

    Raises:
        FileNotFoundError: there is no such file or folder.
        ValueError: no reader takes it.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file or folder")
    if path.is_dir():
        return _reader_of_folder(path)
    suffix = _suffix(path)
    if suffix in _ARRAYS:
        return "arrays"
    if suffix in _TABLES:
        return "table"
    if suffix in _FASTA:
        return "fasta"
    raise UsageError(
        f"{path}: {suffix or 'no suffix'} is not a format to read; it can be "
        f"{', '.join((*_ARRAYS, *_TABLES, *_FASTA))}, or a folder of images"
    )


def sets() -> tuple[str, ...]:
    """Names of the known sets that ``read`` takes."""
    return tuple(dict.fromkeys((*data.known_sets(), *_KNOWN)))


def read(source: str | Path, **settings: Any) -> DataSet:  # noqa: ANN401
    """Reads the data set in a file or folder, or a known one by its name.

    Args:
        source: a path, or a name such as "digits".
        **settings: of the reader, such as `label` of a table.

    Raises:
        FileNotFoundError: there is no such file, folder or set.
        ValueError: the source cannot be read; the message gives the place.
    """
    name = str(source)
    if not settings and name in _KNOWN and not Path(source).exists():
        return _KNOWN[name]()
    if not settings and name in data.known_sets() and not Path(source).exists():
        known: DataSet | ImageSet = data.load(name)
        return known.dataset() if isinstance(known, ImageSet) else known
    return _read(reader(Path(source)), Path(source), settings=settings)


_KNOWN: dict[str, Callable[[], DataSet]] = {
    "cifar10": data.cifar10,
    "co2": data.co2,
    "corel5k": data.corel5k,
    "diabetes": data.diabetes_set,
    "emoji": data.emoji,
    "frey_faces": data.frey_faces_set,
    "motions": data.motions,
    "newsgroups": data.newsgroups,
    "olivetti": data.olivetti,
    "reuters": data.reuters,
    "sst": data.sst,
    "sunspots": data.sunspots,
    "tiny_shakespeare": data.tiny_shakespeare,
    "vowels": data.vowels,
}
"""Known data sets that are not labelled pictures."""

_READERS: dict[str, Callable[..., DataSet]] = {
    "arrays": data.arrays,
    "fasta": data.fasta,
    "image_folder": data.image_folder,
    "series": data.series,
    "table": data.table,
    "text": data.text,
    "trees": data.trees,
}


_OF_TREES = {"sst", "trees"}
"""Readers of trees."""

_OF_WINDOWS = {"co2", "sunspots", "windows"}
"""Readers of windows of one series."""

_OF_SERIES = {"motions", "series", "vowels"}
"""Readers of many series."""


def _read(kind: str, path: Path, *, settings: Mapping[str, Any]) -> DataSet:
    settings = dict(settings)
    if kind == "image_folder" and settings.pop("stream", False):
        raise UsageError(f"{path}: pictures cannot be streamed: write them into an .npy file")
    of_tables: list[str] = [
        name for name in ("header", "label", "id", "ignore") if name in settings
    ]
    if not isinstance(settings.get("target", False), bool):
        of_tables.append("target")
    if kind != "table" and of_tables:
        raise UsageError(f"{path}: only tables have a {of_tables[0]}: leave it out")
    return _READERS[kind](path, **settings)


def like_training(run: Trained, source: str | Path) -> DataSet:
    """Reads rows for use with a run, with the settings of the run's own reader.

    Columns of a table are matched by name with those that the run learned from; words of
    documents are counted by the run's vocabulary. A column or array of labels is read if there is
    one. A warning names columns that the run did not learn from.

    Raises:
        ValueError: the rows differ from those of the training (the message gives both shapes, or
            the columns), or there are several splits.
    """
    if run.recipe.data.source.type in _OF_WINDOWS:
        raise UsageError(
            f"{source}: the run forecasts what follows the windows of one series: only `harmonium "
            "predict` takes a new series; other verbs take the run's own rows"
        )
    path = Path(source)
    if run.models["machine"].reads_tokens:
        return _texts(run, path)
    if not path.exists():
        dataset = read(str(source))
        run.fits(dataset)
        return _single(dataset, source)
    kind, refusal = _kind(run, path), None
    for settings in _settings(run, kind, path=path):
        try:
            dataset = _read(kind, path, settings=settings)
            run.fits(dataset)
        except ValueError as error:
            refusal = refusal or error
        else:
            _check_names(run, kind, path=path)
            return _single(dataset, source)
    assert refusal is not None
    raise refusal


def _texts(run: Trained, path: Path) -> DataSet:
    """Lines of text for a run that writes sequences, or sentences for one that tags words."""
    if unmet(Needs(model=("tags",)), run.models.values(), data=None) is None:
        return read_sentences(run, path)
    if unmet(Needs(model=("transduces",)), run.models.values(), data=None):
        raise UsageError(
            f"{path}: the run learned from texts, and takes no rows of a file: continue a text "
            "by harmonium sample --prompt, or name another test text in a new recipe"
        )
    return read_lines(run, path)


def _kind(run: Trained, path: Path) -> str:
    """The reader for a file: the run's own for text, trees or sequences, else as `reader`."""
    own = run.recipe.data.source
    if own.type in _OF_TREES and _suffix(path) not in (*_ARRAYS, *_COLUMNS):
        return "trees"
    if own.type in _OF_SERIES:
        return "series"
    if own.type not in {"fasta", "text"}:
        return reader(path)
    if path.is_dir():
        return own.type if own.type == "text" and _parts(path) == set() else reader(path)
    suffix = _suffix(path)
    like_own = suffix == _suffix(Path(str(own.settings["train"])))
    other = suffix in (*_ARRAYS, *_COLUMNS) or (suffix in {".csv", ".tsv"} and not like_own)
    return reader(path) if other else own.type


def _suffix(path: Path) -> str:
    """The suffix in lower case; of a .gz file, the suffix of its content."""
    return Path(path.name.lower().removesuffix(".gz")).suffix


def _parts(folder: Path) -> set[str]:
    """Suffixes of arrays and tables in a folder."""
    return {_suffix(file) for file in folder.iterdir()} & {".npy", *_COLUMNS}


def _reader_of_folder(folder: Path) -> str:
    parts = _parts(folder)
    if ".npy" in parts:
        return "arrays"
    return "table" if parts else "image_folder"  # `table` raises an error with a remedy for parts


def _single(dataset: DataSet, source: str | Path) -> DataSet:
    if len(dataset.splits()) > 1:
        raise UsageError(
            f"{source}: holds several splits ({', '.join(dataset.splits())}); name the file or "
            "folder of one"
        )
    return dataset


_OF_TRAINING = {"path", "train", "test", "labels", "seed"}
"""Settings of readers that select rows; the others say how to read them."""


def _settings(run: Trained, kind: str, *, path: Path) -> list[dict[str, Any]]:
    """The run's settings of this reader, then the same without labels and weights."""
    own = run.recipe.data.source
    given = {k: v for k, v in own.settings.items() if k not in _OF_TRAINING}
    if kind == "trees":
        return [_tree_settings(run)]
    if kind == "series":
        return [_series_settings(run)]
    if kind == "table":
        return table_settings(path, run.features, own=given if own.type == kind else {})
    if own.type != kind:
        return [{"target": True}, {}] if kind == "arrays" and run.targets else [{}]
    if kind == "text":
        given = {k: v for k, v in given.items() if k != "size"} | {"words": run.features}
        if given.get("labelled") and path.is_file() and not _has_labels(path):
            given["labelled"] = False
        return [given]
    if kind == "fasta":
        return [{k: v for k, v in given.items() if k != "identity"}]
    return [given, {k: v for k, v in given.items() if k not in {"y", "weights", "target"}}]


def _tree_settings(run: Trained) -> dict[str, Any]:
    """Words, classes and longest tree of the run."""
    return {
        "words": run.features,
        "classes": run.classes,
        "longest": data.longest_of(run.width),
        "lower": run.recipe.data.source.settings.get("lower", True),
    }


def _series_settings(run: Trained) -> dict[str, Any]:
    """Columns and gaps as in the run; values as they are, since the net standardises them."""
    own = run.recipe.data.source
    if own.settings.get("standardise", True):
        raise UsageError(
            f"the reader {own.type} standardised the series of the run by their own mean, which "
            "new series do not have: train with `standardise: false` in the source"
        )
    kept = {k: v for k, v in own.settings.items() if k in ("time", "channels", "missing")}
    return {**kept, "test": None, "standardise": False}


def _check_names(run: Trained, kind: str, *, path: Path) -> None:
    """Warns if the rows have no column names, but the run learned from named columns."""
    own = run.recipe.data.source
    roles = own.settings if own.type == "table" else {}
    if kind not in {own.type, "table", "trees"} and known_names(run.features, own=roles):
        warnings.warn(
            f"{path}: its values have no names, so they are matched by position with "
            f"{listed(run.features)}",
            UserWarning,
            stacklevel=3,
        )


def _has_labels(path: Path) -> bool:
    """Whether any line of a file of documents has a tab, which follows a label."""
    with opened_text(path) as lines:
        return any("\t" in line for line in lines)


def rows_of(run: Trained, source: str | Path | None) -> Examples:
    """Rows in a file or folder; by default the run's own test rows.

    Raises:
        ValueError: the run's data have no test rows, or the rows do not fit the run.
    """
    if source is not None:
        return like_training(run, source).train
    dataset = run.dataset()
    if dataset.test is None:
        raise UsageError(f"{dataset.name} has no test rows: name a file with --input")
    return dataset.test


def overview(dataset: DataSet) -> dict[str, Any]:
    """Shapes, ranges, classes or targets by split, and the warnings of ``data.inspect``."""
    return {
        "name": dataset.name,
        "shape": dataset.shape,
        "classes": dataset.classes,
        "targets": dataset.targets,
        "splits": {name: _part(dataset, name) for name in dataset.splits()},
        "warnings": data.inspect(dataset),
        "fingerprint": dataset.fingerprint(),
    }


def _part(dataset: DataSet, name: str) -> dict[str, Any]:
    split = dataset.splits()[name]
    figures: dict[str, Any] = {"rows": len(split), "range": (None, None), "mean": None}
    if dataset.vocabulary is None:  # indices of symbols have an order that means nothing
        low, high = data.extremes(split.x)
        mean = float(data.summary(split.x).mean.mean())
        figures |= {"range": (float(low), float(high)), "mean": mean}
    if dataset.targets:
        figures["targets"] = data.target_figures(dataset).get(name, {})
    if split.labels is not None:
        known = split.labels[split.labels >= 0]
        counts = known.bincount(minlength=len(dataset.classes)).tolist()
        figures["classes"] = dict(zip(map(str, dataset.classes), counts, strict=True))
        figures["unlabelled"] = len(split) - len(known)
    return figures
