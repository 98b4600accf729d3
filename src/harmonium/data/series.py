"""Time series as data sets: tables with a row for each time, and files of many series."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from harmonium.bounds import Count, Share
from harmonium.catalogue.find import find, places
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples
from harmonium.data.expand import opened_text
from harmonium.data.kinds import Classes, Kind, Numbers, Series
from harmonium.errors import DataError

__all__ = ["motions", "series"]


@dataclass(frozen=True)
class _Part:
    """Series of one split, ``(T, C)`` each, and their labels if they have any."""

    frames: list[Tensor]
    labels: list[str]


def motions(directory: Path | None = None) -> DataSet:
    """BasicMotions: 40 training and 40 test series of a wrist sensor, 100 frames of 6 channels.

    Ten frames a second of accelerometer and gyroscope while students stand, walk, run or play
    badminton; channels have mean 0 and standard deviation 1 over the training frames. From the UEA
    archive (Bagnall et al., 2018, https://arxiv.org/abs/1811.00075), also in the package sktime.

    Args:
        directory: Folder of the two files; null to look in the usual places.

    Raises:
        FileNotFoundError: files are missing; the message gives their source and place.
        ValueError: a file is damaged.
    """
    files = [f"BasicMotions_{part}.ts.xz" for part in ("TRAIN", "TEST")]
    origin = "https://www.timeseriesclassification.com, or the package sktime, packed with xz"
    found = find(files, places("timeseries", directory), title="BasicMotions", origin=origin)
    parts = [_of_archive(path) for path in found]
    channels = (*(f"acceleration {a}" for a in "xyz"), *(f"rotation {a}" for a in "xyz"))
    return _made("motions", parts[0], test=parts[1], channels=channels)


def series(  # noqa: PLR0913
    path: Path,
    test: Path | Share | None = 0.2,
    *,
    time: str | None = None,
    channels: Sequence[str] | None = None,
    length: Count | None = None,
    overlap: int = 0,
) -> DataSet:
    """One long series of a table of numbers, or many of an archive file.

    A table (.csv, plain or .gz) has a row for each time, in order, and a column for each channel.
    An archive file (.ts of the UEA archive, plain, .gz or .xz) has a series on each line and its
    label at the end. Channels have mean 0 and standard deviation 1 over the training frames. Test
    frames of a table are the last ones, because those between training frames would leak.

    Args:
        path: File with the training series.
        test: File with the test series, or the fraction of frames (of an archive file: series), at
            the end, that become test rows; null for none.
        time: Column of the time, which is no channel.
        channels: Columns that are channels, in this order; null for all but the time.
        length: Frames of a row: a long series is cut into pieces; null for whole series.
        overlap: Frames that a piece shares with the one before it.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a value is no number, a column is missing, or too few frames are left.
    """
    path = Path(path)
    archive = _is_archive(path)
    if archive:
        whole, names = _of_archive(path), None
    else:
        whole, names = _of_table(path, time, channels=channels)
    if isinstance(test, str | Path):
        other = Path(test)
        held = _of_archive(other) if archive else _of_table(other, time, channels=names)[0]
    else:
        whole, held = _apart(whole, float(test or 0), frames=not archive, where=path)
    if length is None and overlap:
        raise DataError(f"overlap {overlap}: only pieces overlap: give their length")
    tested = bool(held.frames)
    if length is not None:
        whole, held = (_cut(part, length, overlap=overlap) for part in (whole, held))
    if not whole.frames:
        raise DataError(f"{path}: no series of {length} frames: make length smaller")
    if tested and not held.frames:
        raise DataError(
            f"{path}: no test series of {length} frames: make length smaller, or the test larger"
        )
    return _made(path.name.split(".")[0], whole, test=held, channels=names)


# --- reading -----------------------------------------------------------------------------------


def _is_archive(path: Path) -> bool:
    return ".ts" in path.suffixes


def _lines(path: Path) -> Iterator[str]:
    with opened_text(path) as text:
        yield from text


def _of_archive(path: Path) -> _Part:
    """Series of a .ts file: "1,2,3:4,5,6:label" has two channels and three frames."""
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file")
    frames, labels, labelled = [], [], True
    for number, raw in enumerate(_lines(path), start=1):
        line = raw.strip()
        if not line or line[0] in "#@":
            words = line.lower().split()
            labelled = labelled and words[:2] not in _WITHOUT_LABEL
            continue
        *channels, label = line.split(":") if labelled else [*line.split(":"), ""]
        frames.append(_channels(channels, f"{path}, line {number}"))
        labels += [label] if labelled else []
    if not frames:
        raise DataError(f"{path}: no series in it; at least one is needed")
    return _Part(frames, labels)


_WITHOUT_LABEL = (["@classlabel", "false"], ["@targetlabel", "false"])
"""Words of the line that says that series have no label."""


def _channels(channels: Sequence[str], where: str) -> Tensor:
    """The channels of one line as frames, ``(T, C)``."""
    if not channels:
        raise DataError(f"{where}: no colon in it: a label follows the last channel after one")
    try:
        values = [[float(v) for v in channel.split(",")] for channel in channels]
        found = torch.tensor(values, dtype=torch.float64)
    except (ValueError, TypeError) as error:
        raise DataError(
            f"{where}: no series of numbers ({error}): channels are separated by colons, have "
            "equally many values, and the label comes last"
        ) from None
    if not bool(found.isfinite().all()):
        raise DataError(f"{where}: a value is no finite number: fill the gap in")
    return found.mT


def _of_table(
    path: Path, time: str | None, *, channels: Sequence[str] | None
) -> tuple[_Part, tuple[str, ...]]:
    """The one series of a table, and the names of its channels."""
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file")
    lines = csv.reader(_lines(path))
    head = next(lines, [])
    wanted = list(channels) if channels is not None else [name for name in head if name != time]
    _check_head(head, [*wanted, *([] if time is None else [time])], path=path)
    place = [head.index(name) for name in wanted]
    rows = []
    for number, row in enumerate(lines, start=2):
        if not row:
            continue  # an empty line
        for name, k in zip(wanted, place, strict=True):
            value = row[k] if k < len(row) else ""
            if not _is_number(value):
                raise DataError(
                    f"{path}, line {number}, column {name!r}: {value!r} is no finite number: name "
                    "the columns that are channels, or fill the gap in"
                )
        rows.append([float(row[k]) for k in place])
    if not rows:
        raise DataError(f"{path}: no rows below the first line")
    if not wanted:
        raise DataError(f"{path}: no column is left as channel: name at least one")
    return _Part([torch.tensor(rows, dtype=torch.float64)], []), tuple(wanted)


def _check_head(head: Sequence[str], needed: Sequence[str], *, path: Path) -> None:
    """Refuses a first line in which a needed column is missing, or there several times."""
    for name in needed:
        if name not in head:
            raise DataError(f"{path}: no column {name!r}; there are {', '.join(map(repr, head))}")
        if head.count(name) > 1:
            raise DataError(f"{path}: {head.count(name)} columns {name!r}: give each its own name")


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


# --- parts -------------------------------------------------------------------------------------


def _apart(part: _Part, share: float, *, frames: bool, where: Path) -> tuple[_Part, _Part]:
    """The first part for training, and the last share, of frames or of series, for the test."""
    n = len(part.frames[0]) if frames else len(part.frames)
    kept = n - round(share * n)
    if not 0 < kept <= n:
        raise DataError(f"{where}: test {share} leaves no training rows: make it smaller")
    if frames:
        (whole,) = part.frames
        rest = [whole[kept:]] if kept < n else []
        return _Part([whole[:kept]], []), _Part(rest, [])
    return (
        _Part(part.frames[:kept], part.labels[:kept]),
        _Part(part.frames[kept:], part.labels[kept:]),
    )


def _cut(part: _Part, length: int, *, overlap: int) -> _Part:
    """Pieces of whole series; a rest that is shorter is left out."""
    if not 0 <= overlap < length:
        raise DataError(f"overlap {overlap}: at least 0 and below the length {length} is needed")
    pieces, labels = [], []
    for k, whole in enumerate(part.frames):
        starts = range(0, len(whole) - length + 1, length - overlap)
        pieces += [whole[at : at + length] for at in starts]
        labels += [part.labels[k] for _ in starts] if part.labels else []
    return _Part(pieces, labels)


def _made(name: str, train: _Part, *, test: _Part, channels: Sequence[str] | None) -> DataSet:
    """The data set: standardised channels, series of unequal length filled up with zeros."""
    width = train.frames[0].shape[1]
    for frames in (*train.frames, *test.frames):
        if frames.shape[1] != width:
            raise DataError(f"{name}: series of {frames.shape[1]} and of {width} channels")
    every = torch.cat(train.frames)
    mean, std = every.mean(0), every.std(0, correction=0)
    std = std.where(std > 0, 1)
    longest = max(len(frames) for frames in (*train.frames, *test.frames))
    classes = tuple(sorted({*train.labels, *test.labels}))
    splits = {
        part: _examples(rows, classes, longest=longest, scale=(mean, std))
        for part, rows in (("train", train), ("test", test))
        if rows.frames
    }
    columns: dict[str, Kind] = {
        "x": Series(tuple(channels) if channels else width, longest),
        "length": Numbers(()),
    }
    if classes:
        columns["y"] = Classes(classes)
    return DataSet(
        name,
        splits["train"],
        test=splits.get("test"),
        columns=columns,
    )


def _examples(
    part: _Part, classes: Sequence[str], *, longest: int, scale: tuple[Tensor, Tensor]
) -> Examples:
    mean, std = scale
    scaled = [((frames - mean) / std).float() for frames in part.frames]
    x = torch.nn.utils.rnn.pad_sequence(scaled, batch_first=True)
    rows = torch.zeros(len(x), longest, x.shape[2], dtype=torch.float32)
    rows[:, : x.shape[1]] = x
    columns = {
        "x": rows.flatten(1),
        "length": torch.tensor([len(frames) for frames in scaled], dtype=torch.float32),
    }
    if part.labels:
        columns["y"] = torch.tensor([classes.index(label) for label in part.labels])
    return Examples(columns)
