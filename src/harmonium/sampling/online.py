r"""Estimates of log Z during training, by annealing along the changing parameters.

A separate set of chains follows the machine. When the parameters have changed from
:math:`\theta_{t-1}` to :math:`\theta_t`, each chain first updates its log-weight,

.. math:: \log w \mathrel{+}= F_{\theta_{t-1}}(x) - F_{\theta_t}(x), \qquad
          \mathrm{E}[w] = Z_{\theta_t} / Z_0

and then makes sweeps under :math:`\theta_t`. This is annealed importance sampling (Neal, 2001,
https://doi.org/10.1023/A:1008923215028) along the trajectory of training, which starts at
independent units. The mean weight is unbiased at any speed of learning, because learning does not
use these chains. Small changes of the parameters keep the variance of the weights small, and with
it the bias of log Z. If fewer than half of the chains are effective, they are resampled (Del
Moral, Doucet and Jasra, 2006, https://doi.org/10.1111/j.1467-9868.2006.00553.x).
"""

import copy
import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, Size
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, Graph, State
from harmonium.random import Source
from harmonium.sampling.ais import Estimate, alone, base_fields, widest
from harmonium.sampling.sweep import complete, swept
from harmonium.sampling.views import tempered

__all__ = ["OnlineLogZ"]


class OnlineLogZ:
    """Estimates log Z of a machine while it learns; call it after every update or every few.

    A call costs about ``sweeps`` sweeps of the chains and two evaluations of their free energy.

    Args:
        graph: the machine, with its parameters before training.
        chains: number of chains.
        betas: annealing steps from independent units to the machine before training.
        sweeps: sweeps after each change of the parameters.
        base: means of the independent units at the start, by group: give the means of the data.
        source: random generator; give a separate one so that the learner's draws do not change.

    >>> from harmonium import rbm
    >>> from harmonium.random import generator
    >>> graph = rbm(3, 2, std=0.0)
    >>> follow = OnlineLogZ(graph, chains=10, betas=2, source=generator(0))
    >>> float(follow().log_z) / math.log(2)  # five independent fair bits
    5.0
    """

    @checked
    def __init__(
        self,
        graph: EnergyGraph,
        *,
        chains: Count = 100,
        betas: Count = 100,
        sweeps: Size = 1,
        base: Mapping[str, Tensor] | None = None,
        source: Source = None,
    ) -> None:
        graph.check_proper()
        self.graph, self.sweeps, self.source = graph, sweeps, source
        self._here = copy.deepcopy(graph)  # parameters at which the chains are
        self._there = copy.deepcopy(graph)  # parameters to which they move next
        extra = base_fields(graph, base or {})
        now: Graph = tempered(self._here, 0.0, base=extra)
        self.state: State = complete(now, {}, rows=chains, source=source)
        first = next(iter(self.state.values()))
        self._log_z = alone(self._here, extra)[0].to(first.device)
        self._variance = torch.zeros_like(self._log_z)
        self.log_w = first.new_zeros(chains, dtype=torch.float64)
        for k in range(1, betas + 1):
            then = tempered(self._here, k / betas, base=extra)
            self._weigh(now, then)
            self._move(then)
            now = then

    @torch.no_grad()
    def __call__(self) -> Estimate:
        """Moves the chains to the present parameters and returns the estimate of log Z.

        ``stderr`` assumes that chains are independent again after a resampling, so it is a little
        too small if they mix slowly.

        Raises:
            ValueError: the parameters are not finite, or the energy cannot be normalised.
        """
        self.graph.check_normalisable()
        self._there.load_state_dict(self.graph.state_dict())
        self._weigh(self._here, self._there)
        self._here, self._there = self._there, self._here
        if not bool(torch.isfinite(self.log_w).all()):
            raise UsageError(
                "log Z cannot be followed: the weights of the chains are not finite, because the "
                "parameters are infinite or changed too much at once; lower the learning rate, or "
                "call it after every update"
            )
        estimate = self.estimate()
        if float(estimate.ess) < len(self.log_w) / 2:
            self._resample(estimate)
        self._move(self._here)
        return estimate

    def estimate(self) -> Estimate:
        """log Z of the parameters at the last call."""
        m = len(self.log_w)
        w = torch.exp(self.log_w - self.log_w.max())
        log_mean = torch.logsumexp(self.log_w, 0) - math.log(m)
        spread = w.var() if m > 1 else torch.full_like(log_mean, torch.inf)  # unknown for 1 chain
        relative = spread / w.mean().square() / m
        ess = w.sum().square() / w.square().sum()
        error = (self._variance + relative).sqrt()
        return Estimate(self._log_z + log_mean, error, ess, self.log_w.clone())

    def state_dict(self) -> dict[str, Any]:
        """Chains, weights, their parameters, and the state of the random generator."""
        return {
            "graph": {name: t.clone() for name, t in self._here.state_dict().items()},
            "state": dict(self.state),
            "log_w": self.log_w.clone(),
            "log_z": self._log_z.clone(),
            "variance": self._variance.clone(),
            "source": None if self.source is None else self.source.get_state(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        self._here.load_state_dict(state["graph"])
        self.state = {name: x.clone() for name, x in state["state"].items()}
        self.log_w = state["log_w"].clone()
        self._log_z, self._variance = state["log_z"].clone(), state["variance"].clone()
        if self.source is not None and state["source"] is not None:
            self.source.set_state(state["source"])

    @torch.no_grad()
    def _weigh(self, here: Graph, there: Graph) -> None:
        out = widest(here)
        before, after = (g.potential(self.state, out).double() for g in (here, there))
        self.log_w = self.log_w + before - after

    def _move(self, graph: Graph) -> None:
        for _ in range(self.sweeps):
            self.state, _ = swept(graph, self.state, source=self.source)

    def _resample(self, estimate: Estimate) -> None:
        """Systematic resampling: chain i is kept floor or ceil of chains x weight times."""
        m = len(self.log_w)
        self._log_z, self._variance = estimate.log_z, estimate.stderr.square()
        share = torch.softmax(self.log_w, 0).cumsum(0)
        offset = torch.rand(1, generator=self.source, dtype=share.dtype, device=share.device)
        places = (torch.arange(m, device=share.device) + offset) / m
        picks = torch.searchsorted(share, places).clamp(max=m - 1)
        self.state = {name: x[picks] for name, x in self.state.items()}
        self.log_w = torch.zeros_like(self.log_w)
