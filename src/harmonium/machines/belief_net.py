r"""The deep belief net: an undirected top with directed layers below it.

It is not an energy graph but a list of graphs, used upwards to recognise and downwards to
generate:

.. math:: p(v, h_1, \dots, h_L)
          = p(v \mid h_1) \cdots p(h_{L-2} \mid h_{L-1})\; p_{top}(h_{L-1}, h_L)

(Hinton, Osindero and Teh, 2006, https://doi.org/10.1162/neco.2006.18.7.1527). Below the top, only
the conditionals of each RBM are used: p(v | h) to generate and p(h | v) to recognise. An untied
net has two RBMs per layer, one for each direction. The top graph can have more groups than h_{L-1}
and h_L: with a label group "y" it is an associative memory of features and labels.
"""

import copy
from collections.abc import Sequence
from typing import Self

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, State
from harmonium.machines.classification_rbm import classification_rbm
from harmonium.machines.rbm import rbm
from harmonium.random import Source
from harmonium.sampling.chains import run, start
from harmonium.sampling.conditional import log_conditional, log_marginal
from harmonium.sampling.directed import ascend, descend
from harmonium.sampling.rules import Rule, mean, sample
from harmonium.sampling.sweep import Hold
from harmonium.units import Units

__all__ = ["BeliefNet", "belief_net"]

_ROWS = 1000
"""Rows whose class probabilities are computed at once."""


class BeliefNet(nn.Module):
    """A deep belief net: a stack of graphs with groups "v" and "h", lowest first.

    The top graph may have another group, such as the label "y" of a ``classification_rbm``.

    Args:
        layers: the generative layers: RBMs of which p(v | h) is used, and last the top graph.
        recognition: RBMs of which p(h | v) is used, one for each layer below the top; None: the
            generative RBMs (tied weights), as after greedy pre-training.

    Raises:
        ValueError: the hidden shape of a layer is not the visible shape of the next, or the
            recognition layers do not have the shapes of the generative ones.
    """

    def __init__(
        self, layers: Sequence[EnergyGraph], recognition: Sequence[EnergyGraph] | None = None
    ) -> None:
        super().__init__()
        shapes = [_ends(g) for g in layers]
        for k, ((_, below), (above, _)) in enumerate(zip(shapes, shapes[1:], strict=False)):
            if below != above:
                raise UsageError(
                    f"layer {k} has hidden units of shape {below}, but layer {k + 1} "
                    f"expects {above}"
                )
        if recognition is not None and [_ends(g) for g in recognition] != shapes[:-1]:
            raise UsageError(
                f"recognition layers of shapes {[_ends(g) for g in recognition]} do not mirror "
                f"the directed ones {shapes[:-1]}: give one for each layer below the top"
            )
        self.layers = nn.ModuleList(layers)
        self.recognition = nn.ModuleList(recognition or [])

    @property
    def graphs(self) -> list[EnergyGraph]:
        """The generative layers, lowest first; the last one is the top graph."""
        return list(self.layers)  # type: ignore[arg-type]

    @property
    def upwards(self) -> list[EnergyGraph]:
        """The recognition layers, lowest first: one RBM for each layer below the top."""
        return list(self.recognition) or self.graphs[:-1]  # type: ignore[arg-type]

    def untie(self) -> Self:
        """Gives the recognition layers their own parameters, as copies; returns the net itself.

        An untied net is left as it is.
        """
        if not self.recognition:
            self.recognition.extend(copy.deepcopy(self.graphs[:-1]))
        return self

    @property
    def labelled(self) -> bool:
        """Whether the top graph has a label group "y"."""
        return "y" in self.graphs[-1].units

    @torch.no_grad()
    def features(self, v: Tensor, *, rule: Rule = mean, source: Source = None) -> Tensor:
        """The top graph's "v" for some rows: means of means, or samples, ``(B, *shape)``."""
        return [v, *ascend(self.upwards, v, rule=rule, source=source)][-1]

    @torch.no_grad()
    def recognise(self, v: Tensor, *, rule: Rule = mean, source: Source = None) -> list[Tensor]:
        """The hidden values of all layers, lowest first, ``(B, *shape)`` each.

        By default each layer is the mean given the means below it. With the rule ``sample`` the
        values are drawn from q(h | v), the product of the RBMs' conditionals. A label at the top
        is replaced by its mean given the features.
        """
        values, top = ascend(self.upwards, v, rule=rule, source=source), self.graphs[-1]
        state = {"v": [v, *values][-1]}
        if self.labelled:
            state["y"] = self._labels(state["v"]).exp().reshape(-1, *top.units["y"].shape)
        return [*values, rule(top.units["h"], top.field("h", state), source=source)]

    @torch.no_grad()
    def log_label_prob(self, v: Tensor) -> Tensor:
        r"""log p(y | features of v) of every class, in nats, ``(B, classes)``.

        .. math:: p(y \mid h_{L-1}) \propto e^{-F_{top}(h_{L-1}, y)}

        Exact given the features, which are means of means.

        Raises:
            ValueError: the top graph has no labels.
        """
        self._ask_for_labels()
        return self._labels(self.features(v))

    @torch.no_grad()
    def generate(
        self,
        n: int,
        *,
        sweeps: int = 1000,
        seen: State | None = None,
        hold: Hold | None = None,
        source: Source = None,
    ) -> Tensor:
        """Generates n visible means: Gibbs sweeps of the top graph, then one ancestral pass down.

        Samples of given classes are ``generate(len(y), seen={"y": y}, hold={"y": True})``.

        Args:
            n: the number of samples.
            sweeps: Gibbs sweeps of the top graph.
            seen: initial values of groups of the top graph, name -> ``(n, *shape)``.
            hold: which of them keep their values, as in ``sampling.sweep``.
            source: random generator.

        Returns:
            ``(n, *shape)``: E[v | h_1]; every layer above "v" is sampled.
        """
        *below, top = self.graphs
        chains = start(top, n, seen=seen, source=source)
        state = run(top, chains, sweeps=sweeps, hold=hold, source=source)
        if not below:
            return top.units["v"].mean(top.field("v", state))
        values = [*descend(below[1:], state["v"], source=source), state["v"]]
        return descend(below[:1], values[0], rule=mean)[0]

    @torch.no_grad()
    def bound(
        self,
        v: Tensor,
        log_z: Tensor | float,
        *,
        y: Tensor | None = None,
        samples: int = 1,
        source: Source = None,
    ) -> Tensor:
        r"""An unbiased estimate of the variational bound on log p(v), in nats, ``(B,)``, float64.

        .. math:: \mathrm{E}_{q(h|v)} \Big[ \sum_k \log p(h_{k-1} | h_k) - F_{top}(h_{L-1})
                  - \log Z_{top} - \sum_k \log q(h_k | h_{k-1}) \Big] \le \log p(v)

        The top hidden group, and labels that are not given, are summed out. So the bound of a
        single RBM is its log-likelihood.

        Args:
            v: ``(B, *shape)``.
            log_z: log Z of the top graph in nats; its error is also an error of the bound.
            y: one-hot labels ``(B, classes)``; if given, the bound is on log p(v, y).
            samples: draws from q per row.
            source: random generator.
        """
        if y is not None:
            self._ask_for_labels()
            y = y.repeat_interleave(samples, 0)
        rows = v.repeat_interleave(samples, 0)
        total = rows.new_zeros(len(rows), dtype=torch.float64)
        for g, up in zip(self.graphs, self.upwards, strict=False):
            field = up.field("h", {"v": rows})
            h = sample(up.units["h"], field, source=source)
            down = g.units["v"].log_prob(rows, g.field("v", {"h": h}))
            total += down.double() - up.units["h"].log_prob(h, field).double()
            rows = h
        total += self._log_weight(rows, y).double() - log_z
        return total.reshape(len(v), samples).mean(1)

    def _log_weight(self, features: Tensor, y: Tensor | None) -> Tensor:
        """log p(features) or log p(features, y) of the top graph, plus its log Z, ``(B,)``."""
        top = self.graphs[-1]
        if y is None and self.labelled:
            parts = (log_marginal(top, "y", given={"v": x}) for x in features.split(_ROWS))
            return torch.cat([*parts])
        return -top.free_energy({"v": features} | ({} if y is None else {"y": y}), ("h",))

    def _labels(self, features: Tensor) -> Tensor:
        top = self.graphs[-1]
        parts = (log_conditional(top, "y", given={"v": x}) for x in features.split(_ROWS))
        return torch.cat([*parts])

    def _ask_for_labels(self) -> None:
        if not self.labelled:
            raise UsageError(
                f"the top graph has groups {[*self.graphs[-1].units]}, no labels 'y': build the "
                "net with belief_net(..., classes=10)"
            )


def _ends(graph: EnergyGraph) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(graph.units["v"].shape), tuple(graph.units["h"].shape)


@checked
def belief_net(
    *units: int | Units, classes: Count | None = None, std: NonNegative = 0.01
) -> BeliefNet:
    """Builds a deep belief net from its groups, visible first; a number means Bernoulli units.

    Args:
        *units: at least two groups.
        classes: number of classes of a label group "y" in the top graph, which then is a
            ``classification_rbm``; None: no labels.
        std: standard deviation of the initial weights.

    Raises:
        ValueError: fewer than two groups.

    >>> [tuple(g.units["h"].shape) for g in belief_net(64, 100, 50).graphs]
    [(100,), (50,)]
    >>> [*belief_net(64, 100, 50, classes=10).graphs[-1].units]
    ['v', 'y', 'h']
    """
    if len(units) < 2:
        raise UsageError("a belief net needs visible units and at least one hidden group")
    pairs = [(_fresh(a), _fresh(b)) for a, b in zip(units, units[1:], strict=False)]
    layers = [rbm(a, b, std=std) for a, b in pairs]
    if classes is not None:
        a, b = pairs[-1]
        layers[-1] = classification_rbm(a, b, classes=classes, std=std)
    return BeliefNet(layers)


def _fresh(units: int | Units) -> int | Units:
    """A copy of the units: inner groups are in two RBMs, which must not share parameters."""
    return copy.deepcopy(units) if isinstance(units, Units) else units
