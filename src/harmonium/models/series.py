"""A recurrent net that classifies series, as a model."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.data import DataSet, Examples, Rows, Series
from harmonium.errors import UsageError
from harmonium.learning.objectives.series import known_frames
from harmonium.models.abilities import Batch
from harmonium.models.deciding import MostProbable
from harmonium.models.net import NetModel

__all__ = ["ForecastModel", "SeriesClassifierModel", "SeriesModel"]


class SeriesModel(NetModel):
    """A net that reads series of any length in the column "x".

    Args:
        net: it reads ``(B, T, channels)``, NaN after the end of a series; shared, not copied.
    """

    net: Any

    def __init__(self, net: nn.Module) -> None:
        super().__init__(net)
        self.channels = self.net.channels

    @property
    def width(self) -> int:
        """0, since it reads rows of any length."""
        return 0

    def meet(self, data: DataSet) -> None:
        """Raises ValueError where the data hold no series, or series of other channels."""
        kind = data.columns["x"]
        if not isinstance(kind, Series):
            raise UsageError(
                f"model: it reads series, and the column x holds {kind!r}: take a reader of "
                "series, such as series, motions or vowels"
            )
        if kind.width != self.channels:
            raise UsageError(
                f"model: its layer has {self.channels} inputs, and the series of {data.name} "
                f"have {kind.width} channels: make inputs {kind.width}"
            )

    def reads(self, rows: Examples) -> Examples:
        """Returns the rows with NaN after the end of each series."""
        length = rows.columns.get("length")
        if length is None or not isinstance(rows.x, Tensor):
            return rows
        x = rows.x.reshape(len(rows), -1, self.channels)
        inside = known_frames(x, length[:])[..., None]
        return rows.with_columns(x=torch.where(inside, x, torch.nan).flatten(1))

    def check(self, batch: Batch) -> None:
        """Raises ValueError where series do not fit the net."""
        x = batch["x"]
        if x.ndim != 3 or x.shape[2] != self.channels:
            raise UsageError(
                f"series of shape {tuple(x.shape[1:])}, but the net reads (frames, "
                f"{self.channels} channels)"
            )

    def take_units(self, columns: Mapping[str, Rows]) -> None:
        """Sets mean and scale of the channels from the training series."""
        x = columns["x"][:].reshape(len(columns["x"]), -1, self.channels)
        length = columns.get("length")
        known = known_frames(x, None if length is None else length[:])
        self.net.standardised.fit(x[known])


class SeriesClassifierModel(MostProbable, SeriesModel):
    """A net from series to logits of their classes.

    Args:
        net: ``(B, T, channels) -> (B, classes)``; shared, not copied.
    """

    @torch.no_grad()
    def log_probs(self, batch: Batch) -> Tensor:
        """log p(class | series), ``(B, classes)``, in nats."""
        return self.net(batch["x"]).log_softmax(1)

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Summary of each series, ``(B, hidden)``, named "summary"."""
        found: dict[str, Tensor] = self.net.activities(batch["x"])
        return found


class ForecastModel(SeriesModel):
    """A net from known frames to quantiles of those that follow, the column "y".

    Args:
        net: ``(B, T, channels) -> (B, 3, horizon, channels)``; shared, not copied.
    """

    def take_units(self, columns: Mapping[str, Rows]) -> None:
        """Sets the units of known and of future frames from the training windows."""
        x, y = (columns[name][:] for name in ("x", "y"))
        self.net.fit_units(*(rows.reshape(len(rows), -1, self.channels) for rows in (x, y)))

    @torch.no_grad()
    def predict(self, batch: Batch) -> Tensor:
        """Medians of the frames that follow, one frame after the other, ``(B, H * channels)``."""
        return self.net.intervals(batch["x"])[1].flatten(1)

    @torch.no_grad()
    def intervals(self, batch: Batch) -> dict[str, Tensor]:
        """Returns "lower", "value" (the median) and "upper", ``(B, H, channels)`` each."""
        lower, value, upper = self.net.intervals(batch["x"])
        return {"lower": lower, "value": value, "upper": upper}

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Values after the last known frame, ``(B, hidden)``, named "summary"."""
        found: dict[str, Tensor] = self.net.activities(batch["x"])
        return found
