"""Tables of forecasts with their intervals: what follows a file, or the run's own test origins."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harmonium.apply.reading import rows_of
from harmonium.apply.tables import Chunk, Columns
from harmonium.apply.trained import Trained
from harmonium.data import Examples, Series, Times, table_settings_of, tabled
from harmonium.errors import UsageError
from harmonium.needs import Needs, unmet

__all__ = ["forecast_rows", "forecasts"]

_PARTS = ("value", "lower", "upper")


def forecasts(trained: Trained) -> bool:
    """Whether the run has a model that forecasts with intervals."""
    return unmet(Needs(model=("intervals",)), trained.models.values(), data=None) is None


def forecast_rows(trained: Trained, source: Path | None) -> tuple[Columns, Iterator[Chunk]]:
    """Layout of a table of forecasts, and its blocks: a row for each step, in order.

    Columns are the time of the last known frame ("origin") and that of the step ("time") where
    they are known, the number of the "step", and for each channel the median of what is expected
    and both ends of its interval.

    Args:
        trained: a run whose model forecasts.
        source: a table like that of the run, of which the frames after the end are forecast; None
            for every origin of the run's own test rows.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file has too few frames, or is not like that of the run.
    """
    model, times = trained.able("intervals"), None
    channels = [name.rpartition(" +")[0] for name in trained.targets[: model.channels]]
    if source is None:
        rows = rows_of(trained, None)
    else:
        rows, times = _latest(trained, source, channels=channels)
    steps = len(trained.targets) // len(channels)
    names = {
        part: [name if part == "value" else f"{name} {part}" for name in channels]
        for part in _PARTS
    }
    columns = Columns(len(rows) * steps, "value", names)
    return columns, _chunks(trained, rows, steps=steps, times=times)


def _latest(
    trained: Trained, source: Path, *, channels: list[str]
) -> tuple[Examples, Times | None]:
    """The last frames of a file as one window, and its times."""
    own = trained.recipe.data.source
    found = tabled(source, {**table_settings_of(own.type, own.settings), "channels": channels})
    context = math.prod(trained.shape) // len(channels)
    if len(found.frames) < context:
        raise UsageError(
            f"{source}: {len(found.frames)} frames, and the run forecasts from the last "
            f"{context}: give a longer series"
        )
    x = found.frames[-context:].float().reshape(1, -1)
    times, n = found.times, len(found.frames)
    names = None if times is None else (times.text(n - 1),)
    rows = Examples({"x": x}, names, kinds={"x": Series(found.channels, context)})
    return rows, None if times is None else times.after(n)


def _chunks(
    trained: Trained, rows: Examples, *, steps: int, times: Times | None
) -> Iterator[Chunk]:
    model = trained.able("intervals")
    for at, batch in trained.batches(rows, model):
        found = model.intervals(batch)
        n = len(found["value"])
        chunk: dict[str, Any] = {}
        if rows.names is not None:
            chunk["origin"] = np.repeat(np.array(rows.names[at]), steps)
        if times is not None:
            chunk["time"] = np.array([times.text(k) for k in range(steps)])
        chunk["step"] = np.tile(np.arange(1, steps + 1), n)
        chunk |= {part: _in_units(trained, found[part]) for part in _PARTS}
        yield chunk


def _in_units(trained: Trained, values: Tensor) -> np.ndarray[Any, Any]:
    """Values ``(B, H, C)`` in the units of the data, ``(B * H, C)``."""
    with torch.no_grad():
        back = trained.chain.back(values.flatten(1))
    return back.reshape(-1, values.shape[2]).cpu().numpy()
