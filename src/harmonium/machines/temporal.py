r"""RBMs of time series: at each time an RBM whose biases depend on what came before.

.. math:: E(v_t, h_t \mid past) = U(v_t) + U(h_t) - v_t \cdot W h_t
          - v_t \cdot f_v(past) - h_t \cdot f_h(past)

The past is always held, so that it only adds fields to the two groups: for a given past the
machine is a *view* of one RBM (``sampling.shifted``), and everything that works on a graph works
on it. The likelihood of a series is the product of those of its frames, each given the ones
before it.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, View
from harmonium.learning.ceiling import Ceiling, ceilings
from harmonium.machines.rbm import rbm
from harmonium.random import Source, initial
from harmonium.sampling import ais, reverse_ais, shifted, swept
from harmonium.sampling.ais import Estimate
from harmonium.units import Bernoulli, Gaussian

__all__ = ["TemporalRBM", "past_of"]

Fields = Mapping[str, Tensor]
"""The fields that the past adds to the groups "v" and "h", ``(n, units)`` each."""

_ROWS = 50_000
"""Chains that run at the same time."""


class TemporalRBM(nn.Module):
    """Base class of RBMs whose biases depend on the past of a series.

    Args:
        channels: C, values of a frame.
        hidden: H, binary hidden units.
        lags: L, frames of the past that act directly on a frame.
        values: gaussian real values with learned precisions, or binary ones.
        std: standard deviation of the initial weights.

    Attributes:
        source: random generator of draws in training. Copies and files do not keep it.
    """

    def __init__(  # noqa: PLR0917
        self,
        channels: int,
        hidden: int,
        *,
        lags: int,
        values: Literal["gaussian", "binary"],
        std: float,
    ) -> None:
        super().__init__()
        visible = Gaussian(channels) if values == "gaussian" else Bernoulli(channels)
        self.graph: EnergyGraph = rbm(visible, hidden, std=std)
        self.to_visible = nn.Parameter(torch.zeros(channels, lags * channels, dtype=torch.float32))
        self.to_hidden = nn.Parameter(initial(hidden, lags * channels, std=std))
        self.settings: dict[str, Any] = {
            "channels": int(channels),
            "hidden": int(hidden),
            "lags": int(lags),
            "values": values,
            "std": float(std),
        }
        self.source: Source = None

    @property
    def lags(self) -> int:
        """L, frames of the past that act directly on a frame."""
        return int(self.settings["lags"])

    @property
    def channels(self) -> int:
        """C, values of a frame."""
        return int(self.settings["channels"])

    # --- the past --------------------------------------------------------------------------------

    @abstractmethod
    def contexts(self, x: Tensor) -> tuple[Fields, Tensor]:
        """The fields of the frames L, ..., T - 1 of whole series, and the memory after the last.

        Args:
            x: ``(B, T, C)``.

        Returns:
            "v" ``(B, T - L, C)`` and "h" ``(B, T - L, H)``; what ``fields`` needs for frame T.
        """

    @abstractmethod
    def fields(self, past: Tensor, memory: Tensor) -> Fields:
        """The fields of the next frame from the last L frames ``(n, L, C)`` and the memory."""

    @abstractmethod
    def remembered(self, frame: Tensor, fields: Fields) -> Tensor:
        """The memory after a frame ``(n, C)`` that had these fields."""

    def given(self, fields: Fields) -> View:
        """The RBM of frames with these fields: a view of ``graph`` with rows of its own."""
        return shifted(self.graph, fields)

    def frames(self, x: Tensor) -> tuple[Tensor, Fields]:
        """Frames that have a past, and their fields, as rows: ``(B (T - L), units)``.

        Args:
            x: series ``(B, T, C)``.

        Raises:
            ValueError: the series are not longer than the past, or have other channels.
        """
        self.check(x)
        fields, _ = self.contexts(x)
        return x[:, self.lags :].flatten(0, 1), {n: f.flatten(0, 1) for n, f in fields.items()}

    def check(self, x: Tensor) -> None:
        """Raises ValueError unless the series ``(B, T, C)`` fit the machine."""
        if x.ndim != 3 or x.shape[2] != self.channels:
            raise UsageError(
                f"series of shape {tuple(x.shape)}: (B, T, {self.channels}) is needed, one value "
                "for each channel of the machine"
            )
        if x.shape[1] <= self.lags:
            raise UsageError(
                f"series of {x.shape[1]} frames, and the machine reads {self.lags} before the "
                "first that it predicts: give longer series, or take fewer lags"
            )

    # --- using -----------------------------------------------------------------------------------

    @torch.no_grad()
    def expected(
        self, fields: Fields, *, chains: int = 20, sweeps: int = 20, source: Source = None
    ) -> Tensor:
        r"""The expected frame, :math:`E[v_t \mid past]`, ``(n, C)``, estimated by Gibbs chains.

        The mean of E[v | h] over the second half of several chains for each row.

        Args:
            fields: of the past, ``(n, units)`` each.
            chains: for each row.
            sweeps: of each chain.
            source: random generator.
        """
        rows = max(1, _ROWS // chains)
        n = len(fields["v"])
        parts = [
            self._expected({name: f[at : at + rows] for name, f in fields.items()}, chains=chains,
                           sweeps=sweeps, source=source)
            for at in range(0, n, rows)
        ]  # fmt: skip
        return torch.cat(parts)

    def _expected(self, fields: Fields, *, chains: int, sweeps: int, source: Source) -> Tensor:
        view = self.given({name: f.repeat(chains, 1) for name, f in fields.items()})
        state = {"h": torch.zeros_like(view.extras["h"])}
        total = torch.zeros_like(fields["v"])
        for k in range(sweeps):
            new, seen = swept(view, state, source=source)
            state = {**new}
            if k >= sweeps // 2:
                means = view.units["v"].mean(seen["v"])
                total += means.view(chains, -1, self.channels).mean(0)
        return total / (sweeps - sweeps // 2)

    @torch.no_grad()
    def forecast(
        self,
        x: Tensor,
        *,
        known: Tensor | None = None,
        chains: int = 20,
        sweeps: int = 20,
        source: Source = None,
    ) -> Tensor:
        """One-step predictions of the frames L, ..., T - 1, each from the true frames before it.

        Args:
            x: series ``(B, T, C)``.
            known: which frames are predicted, ``(B, T - L)``; others are 0. None: all.
            chains: as in ``expected``.
            sweeps: as in ``expected``.
            source: random generator.

        Returns:
            ``(B, T - L, C)``.
        """
        v, fields = self.frames(x)
        there = _rows_of(known, v)
        own = {name: f[there] for name, f in fields.items()}
        found = torch.zeros_like(v)
        found[there] = self.expected(own, chains=chains, sweeps=sweeps, source=source)
        return found.view(len(x), -1, self.channels)

    @torch.no_grad()
    def log_frames(
        self,
        x: Tensor,
        *,
        known: Tensor | None = None,
        betas: int = 300,
        chains: int = 10,
        sweeps: int = 100,
        source: Source = None,
    ) -> dict[str, Tensor]:
        r"""log p of the frames L, ..., T - 1, each given the true frames before it, in nats.

        .. math:: \log p(v_t \mid past) = -F(v_t \mid past) - \log Z(past)

        Each frame has its own log Z, estimated by annealed importance sampling from both sides.
        The runs begin at independent units with the means of short chains, the reverse runs at
        draws of chains that start at the true frame.

        Args:
            x: series ``(B, T, C)``.
            known: which frames are scored, ``(B, T - L)``; others are 0. None: all.
            betas: annealing steps.
            chains: runs for each frame, in each direction.
            sweeps: of the chains that start the reverse runs.
            source: random generator.

        Returns:
            "forward", too high on average, and "reverse", too low if the chains are at
            equilibrium: ``(B, T - L)``, float64.
        """
        v, fields = self.frames(x)
        places = _rows_of(known, v)
        found = {side: v.new_zeros(len(v), dtype=torch.float64) for side in ("forward", "reverse")}
        for at in places.split(max(1, _ROWS // chains)):
            seen, own = v[at], {n: f[at] for n, f in fields.items()}
            view = self.given(own)
            score = -view.free_energy({"v": seen}, ("h",)).double()
            mean = self._expected(own, chains=chains, sweeps=10, source=source)
            base = {"v": mean, "h": view.units["h"].mean(view.field("h", {"v": mean}))}
            common: Any = {"betas": betas, "base": base, "source": source}
            found["forward"][at] = score - _each(ais(view, chains=chains, **common))
            every = self.given({n: f.repeat_interleave(chains, 0) for n, f in own.items()})
            state: Any = {"v": seen.repeat_interleave(chains, 0)}
            state["h"] = every.units["h"].sample(every.field("h", state), source)
            for _ in range(sweeps):
                state, _ = swept(every, state, source=source)
            found["reverse"][at] = score - _each(reverse_ais(view, state, **common))
        return {side: log_p.view(len(x), -1) for side, log_p in found.items()}

    @torch.no_grad()
    def continued(
        self, x: Tensor, frames: int, *, sweeps: int = 50, source: Source = None
    ) -> Tensor:
        """Draws frames that follow given series, each from its distribution given the past.

        Args:
            x: what is known, ``(B, T, C)`` with T > L.
            frames: number of new frames.
            sweeps: of the chain that draws a frame.
            source: random generator.

        Returns:
            ``(B, frames, C)``.

        Raises:
            ValueError: no more frames are known than the machine reads.
        """
        self.check(x)
        _, memory = self.contexts(x)
        past, drawn = x[:, x.shape[1] - self.lags :], []
        for _ in range(frames):
            fields = self.fields(past, memory)
            view = self.given(fields)
            state = {"h": torch.zeros_like(fields["h"])}
            for _ in range(sweeps):
                new, _ = swept(view, state, source=source)
                state = {**new}
            frame = state["v"]
            memory = self.remembered(frame, fields)
            past = torch.cat([past, frame[:, None]], 1)[:, 1:]
            drawn.append(frame)
        return torch.stack(drawn, 1)

    # --- learning --------------------------------------------------------------------------------

    @torch.no_grad()
    def start(self, x: Tensor, known: Tensor, *, ridge: float = 1.0) -> None:
        r"""Starts real values as the linear autoregression of the training series.

        With small weights to the hidden units the machine then *is* that autoregression, and
        learning adds what is not linear. Binary values start with the logits of their means.

        Args:
            x: series ``(B, T, C)``.
            known: whether a frame exists, ``(B, T)``.
            ridge: squared penalty on the coefficients.
        """
        units = self.graph.units["v"]
        if self.settings["values"] == "binary":
            mean = x[:, self.lags :][known[:, self.lags :]].double().mean(0)
            units.bias.copy_(torch.logit(mean, eps=1e-3))
            return
        solution, variance = self._autoregression(x, known, ridge=ridge)
        self.to_visible.copy_((solution[:-1] / variance).mT)
        units.load(bias=solution[-1] / variance, log_precision=-variance.log())

    def residual_variance(self, x: Tensor, known: Tensor, *, ridge: float = 1.0) -> Tensor:
        """Variance that the linear autoregression leaves of each channel, ``(C,)``.

        At least 1e-4 of the channel's own variance; of a constant channel, of the mean of all.

        Args:
            x: series ``(B, T, C)``.
            known: whether a frame exists, ``(B, T)``.
            ridge: as in ``start``.
        """
        return self._autoregression(x, known, ridge=ridge)[1]

    def limiter(self, x: Tensor, known: Tensor) -> Callable[[], None]:
        """A function, to be called after every update, that keeps precisions below their ceiling.

        The ceiling follows from the steps between values of a channel, and from what a linear
        autoregression leaves of it (``learning.ceiling``). Binary values have none.

        Args:
            x: training series ``(B, T, C)``.
            known: whether a frame exists, ``(B, T)``.
        """
        if not self.graph.units["v"].log_precisions:
            return partial(_limited, self.graph, [])
        left = self.residual_variance(x, known)
        return partial(_limited, self.graph, ceilings(self.graph, x[known], variance=left))

    def _autoregression(self, x: Tensor, known: Tensor, *, ridge: float) -> tuple[Tensor, Tensor]:
        """Coefficients, the intercept last, ``(L C + 1, C)``, and variances of the residuals."""
        frames = x[:, self.lags :][known[:, self.lags :]].double()
        past = past_of(x, self.lags)[known[:, self.lags :]].double()
        design = torch.cat([past, past.new_ones(len(past), 1)], 1)
        penalty = design.new_full((design.shape[1],), ridge)
        penalty[-1] = 0  # the intercept
        gram = design.mT @ design + penalty.diag()
        solution = torch.linalg.solve(gram, design.mT @ frames)
        left = (frames - design @ solution).square().mean(0)
        return solution, torch.maximum(left, 1e-4 * _variances(frames))

    def __getstate__(self) -> dict[str, Any]:
        """The state for copies and files, without the generator."""
        return {**self.__dict__, "source": None}


def _rows_of(known: Tensor | None, rows: Tensor) -> Tensor:
    """Indices of the rows that are known; of all without a word about it."""
    if known is None:
        return torch.arange(len(rows), device=rows.device)
    return known.flatten().nonzero().flatten()


def _each(estimate: Estimate) -> Tensor:
    """log Z of each row, ``(B,)``; a single row has a scalar."""
    return estimate.log_z.reshape(-1)


def _limited(graph: EnergyGraph, limits: Sequence[Ceiling]) -> None:
    for limit in limits:
        limit.project(graph)


def past_of(x: Tensor, lags: int) -> Tensor:
    """The L frames before each of the frames L, ..., T - 1, oldest first, ``(B, T - L, L C)``.

    >>> past_of(torch.arange(4.0).reshape(1, 4, 1), 2).tolist()
    [[[0.0, 1.0], [1.0, 2.0]]]
    """
    if not lags:
        return x.new_zeros(*x.shape[:2], 0)
    windows = x[:, :-1].unfold(1, lags, 1)  # (B, T - L, C, L)
    return windows.transpose(2, 3).flatten(2)


def _variances(x: Tensor) -> Tensor:
    """Variances of columns ``(N, D)``; of constant ones the mean of all, or 1 if all are."""
    variance = x.var(0, correction=0)
    flat = variance <= 1e-12 * x.square().mean(0)  # no more than rounding
    spread = variance.mean() if not bool(flat.all()) else variance.new_ones(())
    return torch.where(flat, spread, variance)
