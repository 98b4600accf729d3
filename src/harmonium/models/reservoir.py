"""Reservoirs with a readout as models: of the class of a series, or of values."""

from typing import Any

from torch import Tensor

from harmonium.models.readout import ReadoutClassifier, ReadoutRegressor
from harmonium.models.series import SeriesModel
from harmonium.nets.reservoir import ReservoirNet

__all__ = ["ReservoirClassifier", "ReservoirRegressor", "reservoir"]


class ReservoirClassifier(SeriesModel, ReadoutClassifier):
    """Decides for the class of a series with the largest output.

    Args:
        net: ``(B, T, channels) -> (B, classes)``; shared, not copied.
    """

    net: Any

    def unfold(self, x: Tensor) -> dict[str, Tensor]:
        """Units and outputs after every frame of one series (``ReservoirNet.unfold``)."""
        return self.net.unfold(x)


class ReservoirRegressor(SeriesModel, ReadoutRegressor):
    """Predicts values from a series.

    Args:
        net: ``(B, T, channels) -> (B, values)``; shared, not copied.
    """

    net: Any

    def unfold(self, x: Tensor) -> dict[str, Tensor]:
        """Units and outputs after every frame of one series (``ReservoirNet.unfold``)."""
        return self.net.unfold(x)


def reservoir(net: ReservoirNet) -> ReservoirClassifier | ReservoirRegressor:
    """The model of a reservoir, by its outputs."""
    return ReservoirRegressor(net) if net.output_kind == "values" else ReservoirClassifier(net)
