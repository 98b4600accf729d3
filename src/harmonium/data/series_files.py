"""Files of time series: tables with a row for each time, and archive files with many series."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from harmonium.data.expand import opened_text
from harmonium.data.times import Times, times_of
from harmonium.errors import DataError

__all__ = ["Missing", "Part", "Tabled", "is_archive", "of_archive", "of_table"]

Missing = Literal["refuse", "interpolate"]
"""What happens where values are missing."""

_MISSING = {"", "?", "na", "nan", "null", "none", "-", "n/a"}
"""Cells, in lower case, that stand for no value."""


@dataclass(frozen=True)
class Part:
    """Series of one split, ``(T, C)`` each, and their labels if they have any."""

    frames: list[Tensor]
    labels: list[str]


@dataclass(frozen=True)
class Tabled:
    """The one series of a table, the names of its channels, and its times if it has any."""

    frames: Tensor
    channels: tuple[str, ...]
    times: Times | None = None


def is_archive(path: Path) -> bool:
    """Whether a file is one of the UEA archive, by its suffix."""
    return ".ts" in path.suffixes


def _lines(path: Path) -> Iterator[str]:
    with opened_text(path) as text:
        yield from text


# --- archive files -------------------------------------------------------------------------------


def of_archive(path: Path, missing: Missing = "refuse") -> Part:
    """Series of a .ts file: "1,2,3:4,5,6:label" has two channels and three frames.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line is no series, values are missing and not to be filled in, or series
            have time stamps.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file")
    frames, labels, labelled = [], [], True
    for number, raw in enumerate(_lines(path), start=1):
        line = raw.strip()
        if not line or line[0] in "#@":
            words = line.lower().split()
            labelled = labelled and words[:2] not in _WITHOUT_LABEL
            if words[:2] == ["@timestamps", "true"]:
                raise DataError(
                    f"{path}, line {number}: series with time stamps are not read: write values "
                    "in equal steps, without stamps"
                )
            continue
        *channels, label = line.split(":") if labelled else [*line.split(":"), ""]
        where = f"{path}, line {number}"
        frames.append(_whole(_channels(channels, where), missing, where=where))
        labels += [label] if labelled else []
    if not frames:
        raise DataError(f"{path}: no series in it; at least one is needed")
    return Part(frames, labels)


_WITHOUT_LABEL = (["@classlabel", "false"], ["@targetlabel", "false"])
"""Words of the line that says that series have no label."""


def _channels(channels: Sequence[str], where: str) -> Tensor:
    """The channels of one line as frames, ``(T, C)``, NaN where a value is missing."""
    if not channels:
        raise DataError(f"{where}: no colon in it: a label follows the last channel after one")
    try:
        values = [
            [float("nan") if v.strip() == "?" else float(v) for v in channel.split(",")]
            for channel in channels
        ]
        found = torch.tensor(values, dtype=torch.float64)
    except (ValueError, TypeError) as error:
        raise DataError(
            f"{where}: no series of numbers ({error}): channels are separated by colons, have "
            "equally many values, and the label comes last"
        ) from None
    return found.mT


def _whole(frames: Tensor, missing: Missing, *, where: str) -> Tensor:
    """Frames whose missing values are filled in."""
    if bool(frames.isinf().any()) or (missing == "refuse" and bool(frames.isnan().any())):
        raise DataError(
            f"{where}: a value is no finite number: fill the gap in, or set `missing` to "
            "interpolate"
        )
    return interpolated(frames, where=where)


# --- tables --------------------------------------------------------------------------------------


def of_table(
    path: Path,
    time: str | None,
    *,
    channels: Sequence[str] | None = None,
    missing: Missing = "refuse",
) -> Tabled:
    """The one series of a table; a step of the times that is left out is a gap.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a column is missing, a value is no number, times do not go on in equal steps,
            or values are missing and not to be filled in.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file")
    lines = csv.reader(_lines(path))
    head = next(lines, [])
    wanted = list(channels) if channels is not None else [name for name in head if name != time]
    _check_head(head, [*wanted, *([] if time is None else [time])], path=path)
    place = {name: head.index(name) for name in wanted}
    clock = None if time is None else head.index(time)
    rows, stamps, numbers = [], [], []
    for number, row in enumerate(lines, start=2):
        if not row:
            continue  # an empty line
        rows.append(_values(row, place, missing=missing, where=f"{path}, line {number}"))
        stamps.append("" if clock is None or clock >= len(row) else row[clock])
        numbers.append(number)
    if not rows:
        raise DataError(f"{path}: no rows below the first line")
    if not wanted:
        raise DataError(f"{path}: no column is left as channel: name at least one")
    frames, times = torch.tensor(rows, dtype=torch.float64), None
    if time is not None:
        times, numbered = times_of(stamps, time, lines=numbers, where=str(path))
        _check_gaps(numbered, times, missing=missing, stamps=stamps, lines=numbers, path=path)
        spread = torch.full((numbered[-1] + 1, len(wanted)), torch.nan, dtype=torch.float64)
        spread[torch.tensor(numbered)] = frames
        frames = spread
    return Tabled(interpolated(frames, where=str(path)), tuple(wanted), times)


def _values(
    row: Sequence[str], place: dict[str, int], *, missing: Missing, where: str
) -> list[float]:
    """The channels of one line, NaN where a value is missing."""
    found = []
    for name, k in place.items():
        text = row[k] if k < len(row) else ""
        if missing == "interpolate" and text.strip().lower() in _MISSING:
            found.append(float("nan"))
        elif _is_number(text):
            found.append(float(text))
        else:
            gap = ", or set `missing` to interpolate" if text.strip().lower() in _MISSING else ""
            raise DataError(
                f"{where}, column {name!r}: {text!r} is no finite number: name the columns that "
                f"are channels, or fill the gap in{gap}"
            )
    return found


def _check_gaps(  # noqa: PLR0913
    numbered: Sequence[int],
    times: Times,
    *,
    missing: Missing,
    stamps: Sequence[str],
    lines: Sequence[int],
    path: Path,
) -> None:
    """Refuses times that are left out, unless they are to be filled in."""
    gaps = [
        (k, after - before - 1)
        for k, (before, after) in enumerate(zip(numbered, numbered[1:], strict=False), start=1)
        if after > before + 1
    ]
    if not gaps or missing == "interpolate":
        return
    listed = "; ".join(
        f"line {lines[k]}, {stamps[k]} follows {stamps[k - 1]}, {n} left out" for k, n in gaps[:3]
    )
    more = f", and {len(gaps) - 3} more" if len(gaps) > 3 else ""
    raise DataError(
        f"{path}: {len(gaps)} gap{'s' * (len(gaps) > 1)} between times in steps of {times.words}: "
        f"{listed}{more}: fill them in, or set `missing` to interpolate"
    )


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


# --- gaps ----------------------------------------------------------------------------------------


def interpolated(frames: Tensor, *, where: str) -> Tensor:
    """Frames ``(T, C)`` with NaN replaced by the line between the neighbours in time.

    Raises:
        ValueError: a channel begins or ends with missing values.

    >>> interpolated(torch.tensor([[1.0], [torch.nan], [5.0]]), where="x").flatten().tolist()
    [1.0, 3.0, 5.0]
    """
    known = ~frames.isnan()
    if bool(known.all()):
        return frames
    for end, at in (("begins", 0), ("ends", -1)):
        if not bool(known[at].all()):
            raise DataError(
                f"{where}: a channel {end} with a missing value, beside which there is nothing to "
                "interpolate from: leave these frames out"
            )
    place = torch.arange(len(frames), device=frames.device)[:, None].expand_as(frames)
    before = torch.where(known, place, 0).cummax(0).values
    after = torch.where(known, place, len(frames)).flip(0).cummin(0).values.flip(0)
    low, high = frames.gather(0, before), frames.gather(0, after)
    share = (place - before).to(low) / (after - before).clamp(min=1)
    return low + share * (high - low)
