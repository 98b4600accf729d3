"""The data section of a starting recipe, for every kind of data."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from harmonium.catalogue import known_sets
from harmonium.catalogue.find import nearest
from harmonium.catalogue.known import known_set
from harmonium.errors import UsageError

__all__ = ["DATA", "Facts", "Holds", "Source", "cell", "predicted", "quoted", "source_of"]

Holds: TypeAlias = Literal["counts", "pictures", "rows", "sequences", "series", "tokens", "trees"]
"""What a row of the data is."""


@dataclass(frozen=True)
class Facts:
    """What a starting recipe says of its data.

    Args:
        holds: what a row is.
        path: file, folder or name of a known set.
        shape: of a row: (D,), (height, width) or (channels, height, width); of series the
            channels alone; of aligned sequences (sites, letters).
        classes: number of classes; 0 without labels.
        targets: number of real targets; 0 without any.
        symbols: different characters or words; 0 where data have none.
        longest: words of the longest tree.
        label: column of a table with the classes.
        target: column of a table with the real target.
        time: column of a table with the time.
        length: frames of a piece of a long series; None for whole series.
        test: share of the rows, or the file, to test on; None where the data have their own.
        streams: parallel streams of a long text.
        alphabet: letters of aligned sequences, or their name.
        unknown: what is done with sequences that have other letters.
    """

    holds: Holds
    path: str
    shape: tuple[int, ...] = ()
    classes: int = 0
    targets: int = 0
    symbols: int = 0
    longest: int = 64
    label: str | int | None = None
    target: str | int | None = None
    time: str | None = None
    length: int | None = None
    test: str | float | None = 0.2
    streams: int = 32
    alphabet: str = "protein"
    unknown: Literal["error", "gap"] = "error"


@dataclass(frozen=True)
class Source:
    """A kind of data: its title, its part of a recipe, and the data that the part expects."""

    title: str
    part: str
    facts: Facts


_IMAGES = """\
data:
  source:
    type: image_folder        # images/cat/1.png, images/dog/7.png: folders are the classes
    path: {path:19} # relative to this file
    size: {size:19} # height and width of every picture; grey pixels in [0, 1]
    test: {test:19} # a share of the pictures is held out to test on
  validation: 0.1             # a share of the rest is set aside to watch the learning
{labels}"""

_ARRAYS = """\
data:
  source:
    type: arrays              # .npy, .npz, a folder of .npy, or HDF5
    train: {path:18} # arrays x (rows) and y (labels, if any), relative to this file
    test: {test:19} # another file or a share; null: x_test and y_test in the first
{predicted}\
{transforms}\
  validation: 0.1             # a share of the rows is set aside to watch the learning
{labels}"""

_TABLE = """\
data:
  source:
    type: table               # .csv, .tsv or Parquet, one row per line
    train: {path:18} # relative to this file
    test: {test:19} # a file with the same columns, or a share of the rows
{predicted}\
    id: null                  # the column that names the rows; it is no feature
{transforms}\
  validation: 0.1             # a share of the rows is set aside to watch the learning
{labels}"""

_KNOWN = """\
data:
  source: {path:19} # a known set: `harmonium data info` says what it is
{transforms}\
{held}\
{labels}"""

_STREAM = """\
data:
  source:
    type: {unit:19} # one long text, to be continued
    train: {path:18} # relative to this file
    test: 0.1                 # the last part of the text is held out to test on
    length: 64                # symbols of a row, through which gradients flow back
"""

_TEXT = """\
data:
  source:
    type: text                # documents as counts of their words, one a line or one a file
    train: {path:18} # relative to this file
    test: {test:19} # a share of the documents is held out to test on
    size: {symbols:<19} # so many of the most frequent words are counted
    labelled: {labelled:15} # whether a label and a tab come before each document
{transforms}"""

_TREES = """\
data:
  source:
    type: trees               # a line is a tree: (3 (2 It) (4 (2 is) (4 great))), ? for no label
    train: {path:18} # relative to this file
    test: 0.2                 # a share of the trees is held out to test on
    size: {symbols:<19} # so many of the most frequent words are known
    longest: {longest:<16} # words of the longest tree
  validation: 0.1             # a share of the rest is set aside to watch the learning
"""

_SERIES = """\
data:
  source:
    type: series              # .csv with a row for each time, or .ts with a series on each line
    path: {path:19} # relative to this file
    test: 0.2                 # a share of the frames, or series, at the end is held out
    time: {time:19} # the column of the time; it is no channel
    length: {length:17} # frames of a piece of one long series; null for whole series
"""

_FASTA = """\
data:
  source:
    type: fasta               # aligned sequences, all of one length
    train: {path:18} # relative to this file
    test: null                # another file of the same alignment, to test on
    alphabet: {alphabet:15} # protein, rna, dna, or the letters themselves
    unknown: {unknown:16} # other letters: error, gap, or drop to leave such sequences out
    identity: 0.8             # sequences that agree on so many sites share one weight
  validation: 0.1             # a share of the sequences is set aside to watch the learning
"""

DATA: dict[str, Source] = {
    "arrays": Source(
        "Your arrays",
        _ARRAYS,
        Facts("pictures", "train.npz", (28, 28), classes=2, targets=1, test=None),
    ),
    "characters": Source(
        "Your text, character by character", _STREAM, Facts("tokens", "text.txt", symbols=100)
    ),
    "fasta": Source(
        "Your aligned sequences",
        _FASTA,
        Facts("sequences", "alignment.fasta", (50, 21), symbols=21, test=None),
    ),
    "image_folder": Source(
        "Your own pictures in folders", _IMAGES, Facts("pictures", "images", (28, 28), classes=2)
    ),
    "series": Source("Your time series", _SERIES, Facts("series", "series.csv", (3,), length=50)),
    "table": Source(
        "Your table",
        _TABLE,
        Facts(
            "rows",
            "train.csv",
            (10,),
            classes=2,
            targets=1,
            label="class",
            target="y",
            test="test.csv",
        ),
    ),
    "text": Source("Your documents", _TEXT, Facts("counts", "documents.txt", symbols=2000)),
    "trees": Source(
        "Your trees in brackets", _TREES, Facts("trees", "trees.txt", classes=5, symbols=10000)
    ),
    "words": Source(
        "Your text, word by word", _STREAM, Facts("tokens", "text.txt", symbols=10000)
    ),
}
"""Kind of data -> its part of a recipe."""


def source_of(data: str, facts: Facts | None = None) -> Source:
    """The kind of data of this name, or a known set, with its facts.

    Raises:
        ValueError: there is neither (the message gives the nearest), or only reading the set tells
            what a row of it is.
    """
    if data in DATA:
        return DATA[data] if facts is None else replace(DATA[data], facts=facts)
    if facts is not None:
        return Source(f"The known set {data}", _KNOWN, facts)
    if data not in known_sets():
        raise UsageError(f"no data {data!r}{nearest(data, [*DATA, *known_sets()])}")
    known = known_set(data)
    if len(known.shape) == 1 and not known.targets:
        raise UsageError(f"data {data!r}: harmonium suggest {data} reads them and writes a recipe")
    holds: Holds = "pictures" if len(known.shape) > 1 else "rows"
    facts = Facts(holds, data, known.shape, len(known.classes), len(known.targets))
    return Source(known.title, _KNOWN, facts)


def predicted(data: str, facts: Facts, *, real: bool, labelled: bool) -> str:
    """The setting of a source that names the column to be predicted."""
    if real:
        return {"arrays": _TRUE, "table": _TARGET.format(target=cell(facts.target))}.get(data, "")
    if data == "table":
        return _LABEL.format(label=cell(facts.label) if labelled else "null")
    return ""


_LABEL = """\
    label: {label:18} # the column with the classes; null if there is none
"""
_TARGET = """\
    target: {target:17} # the column of real numbers to predict; [y, z] for several
"""
_TRUE = """\
    target: true              # y holds real numbers, not classes
"""


def quoted(value: str) -> str:
    """A text as YAML, in quotes where it needs them.

    >>> quoted("data/my file.csv"), quoted("data/a.csv")
    ('"data/my file.csv"', 'data/a.csv')
    """
    plain = re.fullmatch(r"[A-Za-z_./][\w./-]*", value, re.ASCII)
    number = re.fullmatch(r"\.+(inf|nan)?", value, re.IGNORECASE)
    words = {"false", "null", "true"}
    return value if plain and not number and value.lower() not in words else json.dumps(value)


def cell(value: str | float | None) -> str:
    """A setting as YAML."""
    return "null" if value is None else quoted(value) if isinstance(value, str) else str(value)
