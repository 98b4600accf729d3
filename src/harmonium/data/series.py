"""Time series as data sets: tables with a row for each time, and files of many series."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from harmonium.bounds import Count, Share
from harmonium.catalogue.find import find, places
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples
from harmonium.data.kinds import Classes, Kind, Numbers, Series
from harmonium.data.series_files import Missing, Part, is_archive, of_archive, of_table
from harmonium.errors import DataError

__all__ = ["motions", "series", "vowels"]


def motions(directory: Path | None = None, *, standardise: bool = True) -> DataSet:
    """BasicMotions: 40 training and 40 test series of a wrist sensor, 100 frames of 6 channels.

    Ten frames a second of accelerometer and gyroscope while students stand, walk, run or play
    badminton. From the UEA archive (Bagnall et al., 2018, https://arxiv.org/abs/1811.00075), also
    in the package sktime.

    Args:
        directory: Folder of the two files; null to look in the usual places.
        standardise: Whether channels have mean 0 and standard deviation 1 in the training frames.

    Raises:
        FileNotFoundError: files are missing; the message gives their source and place.
        ValueError: a file is damaged.
    """
    channels = (*(f"acceleration {a}" for a in "xyz"), *(f"rotation {a}" for a in "xyz"))
    train, test = _archived("BasicMotions", directory)
    return _made("motions", train, test=test, channels=channels, standardise=standardise)


def vowels(directory: Path | None = None, *, standardise: bool = True) -> DataSet:
    """JapaneseVowels: 270 training and 370 test utterances, 7 to 29 frames of 12 coefficients.

    Nine men say "ae"; the class is the speaker. Channels are LPC cepstrum coefficients. (Kudo,
    Toyama and Shimbo, 1999, https://doi.org/10.1016/S0167-8655(99)00077-X.) From the UEA archive,
    also in the package sktime.

    Args:
        directory: Folder of the two files; null to look in the usual places.
        standardise: Whether channels have mean 0 and standard deviation 1 in the training frames.

    Raises:
        FileNotFoundError: files are missing; the message gives their source and place.
        ValueError: a file is damaged.
    """
    train, test = _archived("JapaneseVowels", directory)
    channels = tuple(f"coefficient {k}" for k in range(1, 13))
    return _made("vowels", train, test=test, channels=channels, standardise=standardise)


def series(  # noqa: PLR0913
    path: Path,
    test: Path | Share | None = 0.2,
    *,
    time: str | None = None,
    channels: Sequence[str] | None = None,
    length: Count | None = None,
    overlap: int = 0,
    missing: Missing = "refuse",
    standardise: bool = True,
) -> DataSet:
    """One long series of a table of numbers, or many of an archive file.

    A table (.csv, plain or .gz) has a row for each time, in order, and a column for each channel.
    An archive file (.ts of the UEA archive, plain, .gz or .xz) has a series on each line and its
    label at the end. Test frames of a table are the last ones, because those between training
    frames would leak.

    Args:
        path: File with the training series.
        test: File with the test series, or the fraction of frames (of an archive file: series), at
            the end, that become test rows; null for none.
        time: Column of the times, numbers or dates in equal steps, which is no channel.
        channels: Columns that are channels, in this order; null for all but the time.
        length: Frames of a row: a long series is cut into pieces; null for whole series.
        overlap: Frames that a piece shares with the one before it. Validation rows are then the
            last pieces, without those that share a frame with a training row.
        missing: Whether missing values, and times that are left out, are refused, or filled in by
            the line between their neighbours.
        standardise: Whether channels have mean 0 and standard deviation 1 over the training
            frames; nets of series (model `series`) do so themselves.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a value is no number, a column is missing, times do not go on in equal steps,
            or too few frames are left.
    """
    path = Path(path)
    archive = is_archive(path)
    names: Sequence[str] | None = None
    if archive:
        whole = of_archive(path, missing)
    else:
        read = of_table(path, time, channels=channels, missing=missing)
        whole, names = Part([read.frames], []), read.channels
    if isinstance(test, str | Path):
        held = _read(Path(test), time, channels=names, missing=missing, archive=archive)
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
    name, pieces = path.name.split(".")[0], None if length is None else overlap
    return _made(name, whole, test=held, channels=names, standardise=standardise, overlap=pieces)


def _read(
    path: Path,
    time: str | None,
    *,
    channels: Sequence[str] | None,
    missing: Missing,
    archive: bool,
) -> Part:
    """The series of a second file, which is like the first one."""
    if archive:
        return of_archive(path, missing)
    return Part([of_table(path, time, channels=channels, missing=missing).frames], [])


def _archived(title: str, directory: Path | None) -> list[Part]:
    """Training and test part of a set of the UEA archive."""
    files = [f"{title}_{part}.ts.xz" for part in ("TRAIN", "TEST")]
    origin = "https://www.timeseriesclassification.com, or the package sktime, packed with xz"
    found = find(files, places("timeseries", directory), title=title, origin=origin)
    return [of_archive(path) for path in found]


# --- parts -------------------------------------------------------------------------------------


def _apart(part: Part, share: float, *, frames: bool, where: Path) -> tuple[Part, Part]:
    """The first part for training, and the last share, of frames or of series, for the test."""
    n = len(part.frames[0]) if frames else len(part.frames)
    kept = n - round(share * n)
    if not 0 < kept <= n:
        raise DataError(f"{where}: test {share} leaves no training rows: make it smaller")
    if frames:
        (whole,) = part.frames
        rest = [whole[kept:]] if kept < n else []
        return Part([whole[:kept]], []), Part(rest, [])
    return (
        Part(part.frames[:kept], part.labels[:kept]),
        Part(part.frames[kept:], part.labels[kept:]),
    )


def _cut(part: Part, length: int, *, overlap: int) -> Part:
    """Pieces of whole series; a rest that is shorter is left out."""
    if not 0 <= overlap < length:
        raise DataError(f"overlap {overlap}: at least 0 and below the length {length} is needed")
    pieces, labels = [], []
    for k, whole in enumerate(part.frames):
        starts = range(0, len(whole) - length + 1, length - overlap)
        pieces += [whole[at : at + length] for at in starts]
        labels += [part.labels[k] for _ in starts] if part.labels else []
    return Part(pieces, labels)


def _made(
    name: str,
    train: Part,
    *,
    test: Part,
    channels: Sequence[str] | None,
    standardise: bool,
    overlap: int | None = None,
) -> DataSet:
    """The data set, with series of unequal length filled up with zeros."""
    width = train.frames[0].shape[1]
    for frames in (*train.frames, *test.frames):
        if frames.shape[1] != width:
            raise DataError(f"{name}: series of {frames.shape[1]} and of {width} channels")
    every = torch.cat(train.frames)
    mean, std = every.mean(0), every.std(0, correction=0)
    std = std.where(std > 0, 1)
    if not standardise:
        mean, std = torch.zeros_like(mean), torch.ones_like(std)
    longest = max(len(frames) for frames in (*train.frames, *test.frames))
    classes = tuple(sorted({*train.labels, *test.labels}))
    splits = {
        part: _examples(rows, classes, longest=longest, scale=(mean, std))
        for part, rows in (("train", train), ("test", test))
        if rows.frames
    }
    columns: dict[str, Kind] = {
        "x": Series(tuple(channels) if channels else width, longest, overlap),
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
    part: Part, classes: Sequence[str], *, longest: int, scale: tuple[Tensor, Tensor]
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
