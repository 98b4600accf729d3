"""Windows of one long series: frames that are known, and those that follow, to be predicted."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from harmonium.bounds import Count, Share
from harmonium.catalogue.find import find, places
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples
from harmonium.data.kinds import Kind, Numbers, Series
from harmonium.data.series_files import Missing, Tabled, of_table
from harmonium.errors import DataError

__all__ = ["co2", "cut", "frames_of", "sunspots", "table_settings_of", "tabled", "windows"]

_KNOWN: dict[str, dict[str, Any]] = {
    "co2": {"time": "date", "channels": ["co2"], "missing": "interpolate"},
    "sunspots": {"time": "YEAR", "channels": ["SUNACTIVITY"]},
}
"""Known set -> how its table is read."""


def windows(  # noqa: PLR0913
    path: Path,
    test: Share | None = 0.2,
    *,
    context: Count,
    horizon: Count,
    time: str | None = None,
    channels: Sequence[str] | None = None,
    validation: Share | None = 0.15,
    missing: Missing = "refuse",
) -> DataSet:
    """Windows of a table with a row for each time, to forecast the frames that follow.

    The row of an origin t has the column "x", the last `context` frames up to t, and "y", the
    `horizon` frames after it, one frame after the other. Every time with enough frames around it
    is an origin. Splits follow each other in time: frames that are predicted in one split are in
    no other, and known frames may reach back into the split before, as they would in use. The
    name of a row is the time of its last known frame.

    Args:
        path: A .csv file, plain or .gz.
        test: Fraction of the frames, the last ones, whose forecasts are tested.
        context: Known frames of a window.
        horizon: Frames to predict.
        time: Column of the times, numbers or dates in equal steps, which is no channel.
        channels: Columns that are channels, in this order; null for all but the time.
        validation: Fraction of the frames, before those of the test, that is not learned from.
        missing: Whether missing values, and times that are left out, are refused, or filled in by
            the line between their neighbours.

    Raises:
        FileNotFoundError: the file is missing.
        ValueError: a value is no number, times do not go on in equal steps, or a part has too few
            frames for one window.
    """
    path = Path(path)
    found = of_table(path, time, channels=channels, missing=missing)
    return cut(
        path.name.split(".")[0],
        found,
        context=context,
        horizon=horizon,
        held=(float(validation or 0), float(test or 0)),
    )


def sunspots(
    directory: Path | None = None,
    *,
    context: Count = 44,
    horizon: Count = 11,
    validation: Share | None = 0.2,
    test: Share | None = 0.2,
) -> DataSet:
    """Sunspots of the years 1700 to 2008, in windows: one channel, cycles of about 11 years.

    In the package statsmodels; from the SIDC, Brussels (https://www.sidc.be).

    Args:
        directory: Folder of sunspots.csv; null to look in the usual places.
        context: Known years of a window.
        horizon: Years to predict.
        validation: Fraction of the years, before those of the test, that is not learned from.
        test: Fraction of the years, the last ones, whose forecasts are tested.

    Raises:
        FileNotFoundError: the file is missing; the message gives its source and place.
    """
    path = _packaged("sunspots", directory)
    found = tabled(path, _KNOWN["sunspots"])
    held = (float(validation or 0), float(test or 0))
    return cut("sunspots", found, context=context, horizon=horizon, held=held)


def co2(
    directory: Path | None = None,
    *,
    context: Count = 104,
    horizon: Count = 52,
    validation: Share | None = 0.15,
    test: Share | None = 0.2,
) -> DataSet:
    """Carbon dioxide of the air on Mauna Loa, weekly from 1958 to 2001, in windows.

    One channel, in parts per million, which rises and has a season of 52 weeks; 59 of the 2284
    weeks are missing, and filled in by the line between their neighbours. In the package
    statsmodels; from Keeling and Whorf (https://doi.org/10.3334/CDIAC/ATG.001).

    Args:
        directory: Folder of co2.csv; null to look in the usual places.
        context: Known weeks of a window.
        horizon: Weeks to predict.
        validation: Fraction of the weeks, before those of the test, that is not learned from.
        test: Fraction of the weeks, the last ones, whose forecasts are tested.

    Raises:
        FileNotFoundError: the file is missing; the message gives its source and place.
    """
    path = _packaged("co2", directory)
    found = tabled(path, _KNOWN["co2"])
    held = (float(validation or 0), float(test or 0))
    return cut("co2", found, context=context, horizon=horizon, held=held)


def tabled(path: Path, settings: Mapping[str, Any]) -> Tabled:
    """Reads a table with the settings "time", "channels" and "missing" of a reader."""
    return of_table(
        path,
        settings.get("time"),
        channels=settings.get("channels"),
        missing=settings.get("missing", "refuse"),
    )


def table_settings_of(reader: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """How a reader with these settings reads its table: "time", "channels", "missing"."""
    names = ("time", "channels", "missing")
    return {**_KNOWN.get(reader, {}), **{k: settings[k] for k in names if k in settings}}


def _packaged(name: str, directory: Path | None) -> Path:
    """The file of a set in the usual places, or in the installed package statsmodels."""
    known = importlib.util.find_spec("statsmodels")
    own = [] if known is None else [Path(p) for p in known.submodule_search_locations or ()]
    inside = [folder / "datasets" / name for folder in own]
    origin = f"statsmodels/datasets/{name} of the package statsmodels, which may also be installed"
    folders = [*places("timeseries", directory), *inside]
    (path,) = find([f"{name}.csv"], folders, title=name, origin=origin)
    return path


def cut(
    name: str, table: Tabled, *, context: int, horizon: int, held: tuple[float, float]
) -> DataSet:
    """Cuts a series into windows, for training, validation and test in the order of time.

    Args:
        name: of the set.
        table: the series.
        context: known frames of a window.
        horizon: frames to predict.
        held: fractions of the frames for validation and test.

    Raises:
        ValueError: a part has too few frames for one window.
    """
    n = len(table.frames)
    tested, validated = round(held[1] * n), round(held[0] * n)
    bounds = {
        "train": (context, n - tested - validated),
        "validation": (n - tested - validated, n - tested),
        "test": (n - tested, n),
    }
    used = {"train": True, "validation": held[0] > 0, "test": held[1] > 0}
    parts = {}
    for part, (begin, end) in bounds.items():
        if not used[part]:
            continue
        first, last = max(begin, context), end - horizon
        if last < first:
            raise DataError(
                f"{name}, {part}: {max(end - begin, 0)} of {n} frames are left to be predicted, "
                f"and a window of {context} known frames predicts {horizon}: make context or "
                "horizon smaller, or this part larger"
            )
        parts[part] = _part(table, torch.arange(first, last + 1), context=context, horizon=horizon)
    columns: dict[str, Kind] = {
        "x": Series(table.channels, context),
        "y": Numbers(
            (horizon * len(table.channels),),
            tuple(f"{c} +{h}" for h in range(1, horizon + 1) for c in table.channels),
        ),
    }
    return DataSet(
        name,
        parts["train"],
        validation=parts.get("validation"),
        test=parts.get("test"),
        columns=columns,
    )


def _part(table: Tabled, origins: Tensor, *, context: int, horizon: int) -> Examples:
    """Windows with these numbers of known frames before the first one to predict."""
    frames = table.frames.float()
    known = frames[origins[:, None] + torch.arange(-context, 0)]
    after = frames[origins[:, None] + torch.arange(horizon)]
    times = table.times
    names = None if times is None else tuple(times.text(o - 1) for o in origins.tolist())
    return Examples({"x": known.flatten(1), "y": after.flatten(1)}, names)


def frames_of(x: Tensor, y: Tensor) -> Tensor:
    """The series ``(T, C)`` of which windows at consecutive origins were cut.

    Args:
        x: known frames ``(N, context, C)``.
        y: frames that follow, ``(N, horizon, C)``.

    >>> frames = torch.arange(6.0)[:, None]
    >>> frames_of(frames.unfold(0, 2, 1)[:3].mT, frames.unfold(0, 2, 1)[2:].mT).flatten().tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    """
    return torch.cat([x[0], y[:-1, 0], y[-1]])
