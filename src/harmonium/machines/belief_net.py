r"""The deep belief net: an undirected top, directed layers below it.

Not an energy graph: a list of RBMs, read upwards to recognise and downwards to generate,

.. math:: p(v, h_1, \dots, h_L)
          = p(v \mid h_1) \cdots p(h_{L-2} \mid h_{L-1})\; p_{top}(h_{L-1}, h_L)

(Hinton, Osindero and Teh, 2006, https://doi.org/10.1162/neco.2006.18.7.1527). Below the top, RBM
number k lends its conditional p(v | h) to generate and p(h | v) to recognise.
"""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from harmonium.bounds import NonNegative
from harmonium.graph import EnergyGraph
from harmonium.machines.rbm import rbm
from harmonium.random import Source
from harmonium.sampling.chains import run, start
from harmonium.sampling.rules import Rule, mean, sample
from harmonium.units import Units

__all__ = ["BeliefNet", "belief_net"]


class BeliefNet(nn.Module):
    """A stack of RBMs, each with groups "v" and "h", the lowest first.

    Raises:
        ValueError: the hidden shape of one is not the visible shape of the next.
    """

    def __init__(self, layers: Sequence[EnergyGraph]) -> None:
        super().__init__()
        shapes = [(tuple(g.units["v"].shape), tuple(g.units["h"].shape)) for g in layers]
        for k, ((_, below), (above, _)) in enumerate(zip(shapes, shapes[1:], strict=False)):
            if below != above:
                raise ValueError(
                    f"layer {k} has hidden units of shape {below}, but layer {k + 1} "
                    f"expects {above}"
                )
        self.layers = nn.ModuleList(layers)

    @property
    def graphs(self) -> list[EnergyGraph]:
        """The RBMs, the lowest first."""
        return list(self.layers)  # type: ignore[arg-type]

    @torch.no_grad()
    def recognise(self, v: Tensor, *, rule: Rule = mean, source: Source = None) -> list[Tensor]:
        """The hidden values upwards, ``(B, *shape)`` each: means of means, or samples.

        With ``rule`` sample it draws from q(h | v), the product of the RBMs' conditionals.
        """
        values, below = [], v
        for g in self.graphs:
            below = rule(g.units["h"], g.field("h", {"v": below}), source=source)
            values.append(below)
        return values

    @torch.no_grad()
    def generate(
        self, n: int, *, sweeps: int = 1000, state: Tensor | None = None, source: Source = None
    ) -> Tensor:
        """n visible means: chains in the top RBM, then one ancestral pass down.

        Args:
            n: the number of samples.
            sweeps: Gibbs sweeps of the top RBM.
            state: values of the top RBM's visible group to start from, ``(n, *shape)``.
            source: random numbers.

        Returns:
            ``(n, *shape)``: E[v | h_1] of the last, directed step; every step above is sampled.
        """
        *below, top = self.graphs
        chains = start(top, n, seen=None if state is None else {"v": state}, source=source)
        hidden = run(top, chains, sweeps=sweeps, source=source)
        if not below:
            return top.units["v"].mean(top.field("v", hidden))
        value = hidden["v"]
        for g in reversed(below[1:]):
            value = g.units["v"].sample(g.field("v", {"h": value}), source)
        return below[0].units["v"].mean(below[0].field("v", {"h": value}))

    @torch.no_grad()
    def bound(
        self, v: Tensor, log_z: Tensor | float, *, samples: int = 1, source: Source = None
    ) -> Tensor:
        r"""An unbiased estimate of the variational bound on log p(v), in nats, ``(B,)``, float64.

        .. math:: \mathrm{E}_{q(h|v)} \Big[ \sum_k \log p(h_{k-1} | h_k) - F_{top}(h_{L-1})
                  - \log Z_{top} - \sum_k \log q(h_k | h_{k-1}) \Big] \le \log p(v)

        The top hidden group is summed away, so a single RBM's bound is its log-likelihood.

        Args:
            v: ``(B, *shape)``.
            log_z: of the top RBM, in nats; the bound is as good as this number.
            samples: draws from q per row.
            source: random numbers.
        """
        *below, top = self.graphs
        rows = v.repeat_interleave(samples, 0)
        total = rows.new_zeros(len(rows), dtype=torch.float64)
        for g in below:
            up = g.field("h", {"v": rows})
            h = sample(g.units["h"], up, source=source)
            down = g.units["v"].log_prob(rows, g.field("v", {"h": h}))
            total += down.double() - g.units["h"].log_prob(h, up).double()
            rows = h
        total -= top.free_energy({"v": rows}, ("h",)).double() + log_z
        return total.reshape(len(v), samples).mean(1)


def belief_net(*units: int | Units, std: NonNegative = 0.01) -> BeliefNet:
    """A deep belief net of the given groups, visible first; a number means Bernoulli units.

    Args:
        *units: at least two groups.
        std: standard deviation of the initial weights.

    >>> [tuple(g.units["h"].shape) for g in belief_net(64, 100, 50).graphs]
    [(100,), (50,)]
    """
    if len(units) < 2:
        raise ValueError("a belief net needs visible units and at least one hidden group")
    graphs = [rbm(_fresh(a), _fresh(b), std=std) for a, b in zip(units, units[1:], strict=False)]
    return BeliefNet(graphs)


def _fresh(units: int | Units) -> int | Units:
    """Each RBM owns its groups: an inner family given once appears in two of them."""
    return units if isinstance(units, int) else copy.deepcopy(units)
