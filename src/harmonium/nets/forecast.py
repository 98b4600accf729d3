"""A recurrent net that forecasts several frames of a series, with intervals."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from harmonium.arguments import checked
from harmonium.bounds import ROUNDING, Count, Share, Size
from harmonium.connections.matrix import linear
from harmonium.errors import UsageError
from harmonium.nets.dropout import Dropout
from harmonium.nets.rescaled import Rescaled
from harmonium.nets.series import Recurrent
from harmonium.random import initial

__all__ = ["ForecastNet", "seasonal_naive"]


def seasonal_naive(x: Tensor, horizon: int, *, season: int) -> Tensor:
    """The frame one season before each future frame, ``(B, T, C) -> (B, horizon, C)``.

    Beyond one season the last one is repeated.

    Raises:
        ValueError: fewer frames than a season are known.

    >>> seasonal_naive(torch.arange(4.0)[None, :, None], 5, season=3).flatten().tolist()
    [1.0, 2.0, 3.0, 1.0, 2.0]
    """
    if x.shape[1] < season:
        raise UsageError(
            f"{x.shape[1]} known frames, and a season has {season}: give at least one season"
        )
    place = torch.arange(horizon, device=x.device) % season
    return x[:, x.shape[1] - season :][:, place]


@checked
class ForecastNet(nn.Module):
    r"""A recurrent net from known frames to quantiles of those that follow.

    .. math:: u_t = (x_t - \mu) / \sigma, \qquad h_t = f(u_t, h_{t-1}), \qquad
              q_k(x_{T+i}) = r_i + \sigma (m_i + s_i z_{ki}), \qquad
              z = V h_T + A [u_{T-L+1}, \dots, u_T] + c

    for the steps i = 1, ..., H, where mu and sigma are mean and standard deviation of each channel
    over the known frames. So a series of another level or size has the same forecast in its own
    units (Kim et al., 2022, https://openreview.net/forum?id=cGDAkQo1C0p). The reference r is the
    *seasonal naive* forecast, the frame one season before; with a season of 1 it is the last
    frame, and without season mu. m and s are mean and standard deviation of what it misses in the
    training windows, in units of sigma: the net begins near the seasonal naive forecast with
    drift, and learns what is left. A is a linear autoregression beside the recurrent layer (Lai et
    al., 2018, https://arxiv.org/abs/1703.07015); it starts at 0.

    The quantiles are the lower end of a central interval, the median, and its upper end. They
    never cross: :math:`z_{lower} = z_{median} - \mathrm{softplus}(a)`, and the upper end likewise.
    They are learned by the objective ``pinball``. ``margin`` widens the intervals (``learning.
    conformal``).

    Args:
        recurrent: layer that reads the frames; its inputs are the channels.
        horizon: H, steps to predict.
        season: frames of a season; null for no reference.
        lags: L, frames that the autoregression reads; 0 for none.
        coverage: probability of the interval.
        dropout: share of the numbers of h that are switched off at random in training mode.

    >>> from harmonium.nets.recurrent import GRU
    >>> net = ForecastNet(GRU(2, 8), 5, season=1)
    >>> net(torch.zeros(4, 10, 2, dtype=torch.float32)).shape
    torch.Size([4, 3, 5, 2])
    """

    output_kind = "quantiles"
    """Kind of the outputs: quantiles of future frames."""

    margin: Tensor

    def __init__(
        self,
        recurrent: Recurrent,
        horizon: Count,
        *,
        season: Count | None = None,
        lags: Size = 0,
        coverage: Share = 0.9,
        dropout: Share = 0.0,
    ) -> None:
        super().__init__()
        core: Any = recurrent
        self.horizon, self.season, self.coverage = int(horizon), season, float(coverage)
        self.recurrent = core
        self.dropout = Dropout(dropout)
        width = self.horizon * core.inputs
        self.rescaled = Rescaled(width)
        self.register_buffer("margin", torch.zeros(self.horizon, core.inputs, dtype=torch.float32))
        self.lags = int(lags)
        self.autoregression = (
            linear(initial(3 * width, self.lags * core.inputs, std=0)) if self.lags else None
        )
        self.outputs = linear(initial(3 * width, core.hidden, std=0.1 * core.hidden**-0.5))
        self.settings: dict[str, Any] = {
            "recurrent": recurrent,
            "horizon": self.horizon,
            "season": season,
            "lags": self.lags,
            "coverage": self.coverage,
            "dropout": float(dropout),
        }

    @property
    def channels(self) -> int:
        """Values of a frame."""
        return int(self.recurrent.inputs)

    @property
    def levels(self) -> tuple[float, float, float]:
        """Probabilities of the three quantiles."""
        return (1 - self.coverage) / 2, 0.5, (1 + self.coverage) / 2

    @property
    def units(self) -> tuple[int, ...]:
        """Values of a frame, units of every layer, number of predicted values."""
        core = self.recurrent
        return (core.inputs, *[core.hidden] * core.layers, self.horizon * core.inputs)

    @torch.no_grad()
    def fit_units(self, x: Tensor, y: Tensor) -> None:
        """Sets m and s from training windows.

        Args:
            x: known frames ``(N, T, channels)``.
            y: frames that follow, ``(N, horizon, channels)``.
        """
        mean, spread = _own_units(x)
        self.rescaled.fit(((y - self._reference(x, mean)) / spread).flatten(1))

    def forward(self, x: Tensor) -> Tensor:
        """Lower end, median and upper end of the interval, ``(B, 3, horizon, channels)``.

        Args:
            x: known frames ``(B, T, channels)``.

        Raises:
            ValueError: x has another number of axes or channels, or less than a season is known.
        """
        z = self.outputs(self.dropout(self.activities(x)["summary"]))
        if self.autoregression is not None:
            z = z + self.autoregression(self._last(x))
        low, middle, high = z.view(len(x), 3, self.horizon, self.channels).unbind(1)
        z = torch.stack([middle - softplus(low), middle, middle + softplus(high)], 1)
        mean, spread = _own_units(x)
        found: Tensor = self.rescaled(z.flatten(2)).view(z.shape)
        return spread[:, None] * found + self._reference(x, mean)[:, None]

    def unit(self, x: Tensor) -> Tensor:
        """Standard deviation of what the reference misses, ``(B, horizon, channels)``."""
        _, spread = _own_units(x)
        return spread * self.rescaled.scale.view(self.horizon, self.channels)

    def intervals(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Lower end, median and upper end with the margin, ``(B, horizon, channels)`` each.

        The median stays inside the interval.
        """
        low, middle, high = self(x).unbind(1)
        margin = self.margin * self.unit(x)
        return (low - margin).minimum(middle), middle, (high + margin).maximum(middle)

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Values h after the last known frame, ``(B, hidden)``, named "summary"."""
        if x.ndim != 3 or x.shape[2] != self.channels or not x.shape[1]:
            raise UsageError(
                f"series of shape {tuple(x.shape)}: (series, frames, {self.channels} channels) is "
                "needed"
            )
        mean, spread = _own_units(x)
        outputs, _ = self.recurrent((x - mean) / spread)
        return {"summary": outputs[:, -1]}

    def _last(self, x: Tensor) -> Tensor:
        """The last frames in their own units, flat, ``(B, lags * channels)``."""
        if x.shape[1] < self.lags:
            raise UsageError(
                f"{x.shape[1]} known frames, and the autoregression reads {self.lags}: give more, "
                "or make lags smaller"
            )
        mean, spread = _own_units(x)
        return ((x[:, -self.lags :] - mean) / spread).flatten(1)

    def _reference(self, x: Tensor, mean: Tensor) -> Tensor:
        if self.season is None:
            return mean.expand(-1, self.horizon, -1)
        return seasonal_naive(x, self.horizon, season=self.season)


def _own_units(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each channel of windows, ``(B, 1, C)``; 1 for a constant."""
    spread, mean = torch.std_mean(x, 1, correction=0, keepdim=True)
    moves = spread > ROUNDING * x.abs().amax(1, keepdim=True)
    return mean, torch.where(moves, spread, 1.0)
