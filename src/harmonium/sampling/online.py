r"""log Z while the machine learns: the models along the way are the rungs of the ladder.

Chains of its own follow the machine. Whenever the parameters have moved from :math:`\theta_{t-1}`
to :math:`\theta_t`, each chain gathers

.. math:: \log w \mathrel{+}= F_{\theta_{t-1}}(x) - F_{\theta_t}(x), \qquad
          \mathrm{E}[w] = Z_{\theta_t} / Z_0

and only then takes a sweep under :math:`\theta_t`: annealed importance sampling (Neal, 2001,
https://doi.org/10.1023/A:1008923215028) along the trajectory of training, begun at independent
units. The mean weight is unbiased however fast the machine moves, because the chains are not those
that it learns from; slow moves keep its spread, and with it the bias of its logarithm, small. When
fewer than half of the chains are effective they are resampled (Del Moral, Doucet and Jasra, 2006,
https://doi.org/10.1111/j.1467-9868.2006.00553.x).
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
    """Follows a machine through training; call it after every update, or every few.

    A call costs about ``sweeps`` of ``chains`` rows and two free energies of them.

    Args:
        graph: the machine, as it is when following begins.
        chains: independent weights.
        betas: steps from independent units to the machine at the beginning.
        sweeps: after each move.
        base: means of the independent units to begin from, by group (the data's base rates).
        source: random numbers; one of its own leaves the learner's draws as they are.

    >>> from harmonium import rbm
    >>> from harmonium.random import generator
    >>> graph = rbm(3, 2, std=0.0)
    >>> follow = OnlineLogZ(graph, chains=10, betas=2, source=generator(0))
    >>> float(follow().log_z) / math.log(2)  # five independent coins
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
        self._here = copy.deepcopy(graph)  # the parameters that the chains are at
        self._there = copy.deepcopy(graph)  # and those that they move to
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
        """Follows the machine to its present parameters; the estimate of its log Z.

        ``stderr`` takes chains after a resampling for independent again, so it is a little low
        where they mix slowly.

        Raises:
            ValueError: the parameters are not finite any more, or give no distribution.
        """
        self.graph.check_normalisable()
        self._there.load_state_dict(self.graph.state_dict())
        self._weigh(self._here, self._there)
        self._here, self._there = self._there, self._here
        if not bool(torch.isfinite(self.log_w).all()):
            raise UsageError(
                "log Z cannot be followed: the weights are not finite, as the parameters are "
                "infinite or moved too far at once; lower the learning rate, or call it after "
                "every update"
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
        spread = w.var() if m > 1 else torch.full_like(log_mean, torch.inf)  # one tells nothing
        relative = spread / w.mean().square() / m
        ess = w.sum().square() / w.square().sum()
        error = (self._variance + relative).sqrt()
        return Estimate(self._log_z + log_mean, error, ess, self.log_w.clone())

    def state_dict(self) -> dict[str, Any]:
        """Chains, weights, the parameters they are at, and the position of the source."""
        return {
            "graph": {name: t.clone() for name, t in self._here.state_dict().items()},
            "state": dict(self.state),
            "log_w": self.log_w.clone(),
            "log_z": self._log_z.clone(),
            "variance": self._variance.clone(),
            "source": None if self.source is None else self.source.get_state(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from a saved state."""
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
        """Systematic resampling: chain i stays floor or ceil of chains x weight times."""
        m = len(self.log_w)
        self._log_z, self._variance = estimate.log_z, estimate.stderr.square()
        share = torch.softmax(self.log_w, 0).cumsum(0)
        offset = torch.rand(1, generator=self.source, dtype=share.dtype, device=share.device)
        places = (torch.arange(m, device=share.device) + offset) / m
        picks = torch.searchsorted(share, places).clamp(max=m - 1)
        self.state = {name: x[picks] for name, x in self.state.items()}
        self.log_w = torch.zeros_like(self.log_w)
