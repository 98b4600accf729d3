"""Finds what a file or folder holds, and which nets the guide names for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from harmonium import data
from harmonium.apply.reading import read, reader, sets
from harmonium.catalogue.find import nearest
from harmonium.data import Counts, DataSet, Picture, Series, Tokens, Trees
from harmonium.data.expand import opened_text
from harmonium.data.header import LABELS
from harmonium.data.table import column_names
from harmonium.describe.guide import GUIDE, task_of
from harmonium.describe.starter_data import Facts, Holds
from harmonium.errors import DataError, UsageError

__all__ = ["Wanted", "found"]

_SMALL = 64
"""Height and width up to which pictures of one size keep it."""

_RESIZED = (28, 28)
_STREAMS = 32
"""Most parallel streams of a text."""

_PIECE = 50
"""Frames of a piece of a long series."""

_TIMES = {"date", "datetime", "t", "time", "timestamp"}
"""Usual names of a column of times, in lower case."""

_UNSURE = {*"BJOUXZ"}
"""Letters in proteins that stand for one of several amino acids, or for a rare one."""

_TREE = re.compile(r"\(\S+ ")
_LABELLED = re.compile(r"[^\t]{1,40}\t\S")


@dataclass(frozen=True)
class Wanted:
    """What the user says of data beyond the data themselves.

    Args:
        task: a key of ``describe.guide.GUIDE``; None to decide by the data.
        data: kind of data, a key of ``describe.starter_data.DATA``; None to decide by the file.
        label: column of a table with the classes.
        target: column of a table with real numbers to predict.
    """

    task: str | None = None
    data: str | None = None
    label: str | None = None
    target: str | None = None


def found(source: str, wanted: Wanted) -> tuple[str, str, Facts]:
    """The task, the kind of data, and the facts of a file, folder or known set.

    Data are read as a recipe would read them, by the reader of their kind.

    Raises:
        FileNotFoundError: there is no such file, folder or set.
        ValueError: no reader takes the data, or their reader refuses them.
    """
    path = Path(source)
    if not path.exists() and source in sets():
        facts = _of_columns(read(source), source)
        return wanted.task or task_of(source, facts), source, facts
    if not path.exists():
        advice = nearest(source, sets())
        raise FileNotFoundError(f"no file, folder or known set {source!r}{advice}")
    kind = wanted.data or _chosen(_kinds(path), wanted.task)
    facts = _READ[kind](path, wanted)
    return wanted.task or task_of(kind, facts), kind, facts


def _chosen(kinds: tuple[str, ...], task: str | None) -> str:
    """The kind that a task has most often; without a task, the most likely one."""
    if task is None:
        return kinds[0]
    suited = [kind for kind in GUIDE[task].data if kind in kinds]
    if not suited:
        raise UsageError(
            f"the data can be read as {' or '.join(kinds)}, but the task {task} is for "
            f"{' or '.join(GUIDE[task].data)}: give other data, or another task"
        )
    return suited[0]


# --- the kind of data ---------------------------------------------------------------------------


def _kinds(path: Path) -> tuple[str, ...]:
    """Kinds of data as which a file or folder can be read, the most likely first."""
    if path.is_dir():
        texts = any(file.suffix == ".txt" for file in path.rglob("*"))
        kind = reader(path)
        return ("text",) if texts and kind == "image_folder" else (kind,)
    suffixes = path.name.lower().removesuffix(".gz").removesuffix(".xz")
    if suffixes.endswith(".ts"):
        return ("series",)
    if suffixes.endswith(".csv"):
        return ("series", "table") if _time(path) else ("table", "series")
    return _of_text(path) if suffixes.endswith(".txt") else (reader(path),)


def _of_text(path: Path) -> tuple[str, ...]:
    with opened_text(path) as lines:
        first = [line for _, line in zip(range(20), lines, strict=False) if line.strip()]
    if first and all(map(_TREE.match, first)):
        return ("trees", "characters")
    if first and all(map(_LABELLED.match, first)):
        return ("words", "text", "characters")
    return ("characters", "words", "text")


def _time(path: Path) -> str | None:
    """The first column of a table if it has the name of a time."""
    names = column_names(path) or ("",)
    return names[0] if names[0].lower() in _TIMES else None


# --- what the data hold -------------------------------------------------------------------------


def _of_columns(dataset: DataSet, path: str) -> Facts:
    """Facts that the columns of a data set tell."""
    column = dataset.columns["x"]
    classes, targets = len(dataset.classes), len(dataset.targets)
    shape = tuple(column.shape)
    test = None if dataset.test is not None else 0.2
    facts = Facts("rows", path, shape, classes=classes, targets=targets, test=test)
    if isinstance(column, Trees):
        symbols, longest = len(column.words), column.longest
        return replace(facts, holds="trees", symbols=symbols, longest=longest)
    if isinstance(column, Tokens):
        streams = min(_STREAMS, max(1, len(dataset.train) // 4))
        return replace(facts, holds="tokens", symbols=len(column.vocabulary), streams=streams)
    if isinstance(column, Series):
        return replace(facts, holds="series", shape=shape[-1:])
    if isinstance(column, Counts):
        return replace(facts, holds="counts", symbols=shape[0])
    holds: Holds = "pictures" if isinstance(column, Picture) else "rows"
    return replace(facts, holds=holds)


def _of_arrays(path: Path, wanted: Wanted) -> Facts:
    try:
        dataset = data.arrays(path, target=wanted.target is not None)
    except DataError:
        dataset = data.arrays(path, target=True)  # raises again where y is not the reason
    return _of_columns(dataset, str(path))


def _of_pictures(path: Path, _: Wanted) -> Facts:
    try:
        facts = _of_columns(data.image_folder(path), str(path))
    except DataError:  # of several sizes
        facts = _of_columns(data.image_folder(path, size=_RESIZED), str(path))
    large = max(facts.shape) > _SMALL
    test = 0.0 if facts.test is None else facts.test
    size = _RESIZED if large else facts.shape[-2:]
    return replace(facts, shape=size, test=test)


def _of_alignment(path: Path, _: Wanted) -> Facts:
    """Facts of aligned sequences, in the smallest alphabet that has all their letters."""
    used = {c.upper() for text in data.read_fasta(path)[1] for c in text.replace(".", "-")}
    fitting = [name for name in ("dna", "rna") if used <= {*data.letters(name)}]
    alphabet = fitting[0] if fitting else "protein"
    other = used - {*data.letters(alphabet)}
    unknown: Literal["error", "gap"] = "gap" if other and other <= _UNSURE else "error"
    shape = data.fasta(path, alphabet=alphabet, unknown=unknown).columns["x"].shape
    facts = Facts("sequences", str(path), tuple(shape), symbols=shape[-1], test=None)
    return replace(facts, alphabet=alphabet, unknown=unknown)


def _of_documents(path: Path, _: Wanted) -> Facts:
    labelled = path.is_file() and _of_text(path)[0] == "words"
    facts = _of_columns(data.text(path, labelled=labelled), str(path))
    return replace(facts, classes=facts.classes if labelled else 0)


def _of_series(path: Path, _: Wanted) -> Facts:
    time = _time(path) if ".csv" in path.suffixes else None
    dataset = data.series(path, time=time)
    facts = _of_columns(dataset, str(path))
    long = len(dataset.train) == 1
    column = dataset.columns["x"]
    assert isinstance(column, Series)
    piece = min(_PIECE, max(2, column.length // 10)) if long else None
    return replace(facts, time=time, length=piece)


def _of_table(path: Path, wanted: Wanted) -> Facts:
    if wanted.target is not None:
        dataset = data.table(path, target=_column(wanted.target))
        return replace(_of_columns(dataset, str(path)), target=_column(wanted.target))
    if wanted.label is None:
        label = next((n for n in column_names(path) or () if n.lower() in LABELS), None)
        dataset, column = _read_table(path, label)
    else:
        column = _column(wanted.label)
        dataset = data.table(path, label=column)
    return replace(_of_columns(dataset, str(path)), label=column)


def _read_table(path: Path, label: str | None) -> tuple[DataSet, str | int | None]:
    """Reads a table by a column with a usual name of labels; without, by texts in the last."""
    try:
        return data.table(path, label=label), label
    except DataError:
        if label is not None:
            raise
    return data.table(path, label=-1), -1


def _column(text: str) -> str | int:
    return int(text) if text.removeprefix("-").isdecimal() else text


_READ: Mapping[str, Callable[[Path, Wanted], Facts]] = {
    "arrays": _of_arrays,
    "characters": lambda path, _: _of_columns(data.characters(path), str(path)),
    "fasta": _of_alignment,
    "image_folder": _of_pictures,
    "series": _of_series,
    "table": _of_table,
    "text": _of_documents,
    "trees": lambda path, _: _of_columns(data.trees(path), str(path)),
    "words": lambda path, _: _of_columns(data.words(path), str(path)),
}
"""Kind of data -> finds the facts of its file or folder."""
