r"""The fused discriminative update: one fast step of a classification RBM.

It is ``learning.Discriminative`` with SGD for the most common machine: Bernoulli data x, one
categorical label y with one-hot value t, and Bernoulli hidden units connected to both. With
:math:`o_{yj} = c_j + U_{jy} + W_j x`, :math:`s_{yj} = \sigma(o_{yj})` and the exact
:math:`p_y = p(y \mid x) \propto \exp(d_y + \sum_j \log(1 + e^{o_{yj}}))`, the gradient of
:math:`\log p(t \mid x)` of a row is

.. math:: \partial d_y = t_y - p_y, \quad \partial U_{jy} = (t_y - p_y)\, s_{yj}, \quad
          \partial c_j = \delta_j = \sum_y (t_y - p_y)\, s_{yj}, \quad
          \partial W = \delta\, x^\top

(Larochelle and Bengio, 2008, https://doi.org/10.1145/1390156.1390224, appendix). So there are two
products with the large weights, whatever the number of classes. The generative part, if its weight
is above 0, shares the first and the last product: its model rows are stacked below the data rows.
Steps are added to the weights as they are computed. tests/laws/test_fused.py compares this update
with the general one.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import Parameter
from torch.nn.functional import softplus
from torch.optim import Optimizer

from harmonium.connections import Dense
from harmonium.graph import EnergyGraph, State
from harmonium.learning.contrast import CD, PCD, Contrast
from harmonium.learning.fused import has_hooks, momentum_of, moves_all
from harmonium.learning.penalties import L2, Penalty
from harmonium.random import Source, bernoulli, one_hot
from harmonium.sampling import complete, mean, normalised, sample
from harmonium.units import Bernoulli, Categorical

__all__ = ["FusedDiscriminative", "fused_discriminative"]


class Wiring(NamedTuple):
    """The names of the groups of a classification RBM."""

    data: str
    target: str
    hidden: str


def fused_discriminative(
    graph: EnergyGraph,
    optimiser: Optimizer,
    *,
    target: str,
    generative: float,
    contrast: Contrast,
    penalties: Sequence[Penalty] = (),
) -> "FusedDiscriminative | None":
    """Builds the fused discriminative update of a graph; None if it does not apply.

    It needs groups of Bernoulli data, one categorical unit and Bernoulli hidden units, in this
    order and each with a one-axis shape, joined by ``Dense`` as in
    ``machines.classification_rbm``; ``torch.optim.SGD`` without hooks; no penalty but ``L2``; and
    for the generative part CD or PCD.
    """
    wiring = _wiring(graph, target)
    plain = (
        wiring is not None
        and moves_all(graph, optimiser)
        and all(type(penalty) is L2 for penalty in penalties)
        and (generative == 0 or type(contrast) in (CD, PCD))
        and (type(contrast) is not CD or contrast.reconstruct in (sample, mean))
    )
    if wiring is None or not plain:
        return None
    decay = sum(penalty.strength for penalty in penalties if isinstance(penalty, L2))
    update = FusedDiscriminative(graph, optimiser, wiring=wiring, decay=decay)
    update.generative = generative
    update.contrast = contrast if generative and isinstance(contrast, CD | PCD) else None
    return update


def _wiring(graph: EnergyGraph, target: str) -> Wiring | None:
    """The roles of the groups, or None if the graph is not such a machine."""
    kinds = {name: type(units) for name, units in graph.units.items()}
    others = [name for name in kinds if name != target]
    if type(graph) is not EnergyGraph or len(others) != 2 or kinds.get(target) is not Categorical:
        return None
    inner = [name for name in others if graph.neighbours(name) == {*kinds} - {name}]
    uniform = len({(p.dtype, p.device) for p in graph.parameters()}) == 1
    plain = (
        uniform
        and len(inner) == 1
        and all(kinds[name] is Bernoulli for name in others)
        and not any(units.tied for units in graph.units.values())
        and all(len(units.shape) == 1 for units in graph.units.values())
        and [type(e.connection) for e in graph.edges] == [Dense, Dense]
        and all(p.is_contiguous() for p in graph.parameters())
    )
    (data,) = [name for name in others if name not in inner] if plain else [""]
    wiring = (data, target, *inner)  # a sweep draws in this order, so the graph must have it
    return Wiring(*wiring) if plain and [*kinds] == [*wiring] else None


class _Slide:
    """SGD's ascent steps of one parameter, with L2 decay.

    Args:
        parameter: a matrix, or a vector, which is used as a matrix of one row.
        optimiser: the optimiser that gives learning rate and momentum.
        decay: strength of L2.
    """

    def __init__(self, parameter: Parameter, optimiser: Optimizer, *, decay: float = 0.0) -> None:
        self.parameter, self.optimiser, self.decay = parameter, optimiser, decay
        self.flat = parameter.detach()
        self.flat = self.flat if self.flat.ndim == 2 else self.flat.view(1, -1)
        groups = {id(p): group for group in optimiser.param_groups for p in group["params"]}
        self.group = groups[id(parameter)]

    def along(self, left: Tensor, right: Tensor) -> None:
        """A step along ``left.T @ right``, ``(n, p), (n, q) -> (p, q)``, which is not stored."""
        w, rate, momentum = self.flat, self.group["lr"], self.group["momentum"]
        if momentum:
            v = momentum_of(self.optimiser, self.parameter).view(w.shape)
            v.addmm_(left.mT, right, beta=momentum, alpha=-1)
            w.add_(v.add_(w, alpha=self.decay) if self.decay else v, alpha=-rate)
        else:
            w.addmm_(left.mT, right, beta=1 - rate * self.decay, alpha=rate)


class FusedDiscriminative:
    """The fused discriminative update; use ``fused_discriminative`` to build it.

    It does not write to ``.grad``. The momentum is kept in the state of the ``torch.optim.SGD``.
    """

    generative: float
    contrast: CD | PCD | None

    def __init__(
        self, graph: EnergyGraph, optimiser: Optimizer, *, wiring: Wiring, decay: float
    ) -> None:
        self.graph, self.optimiser, self.wiring = graph, optimiser, wiring
        self.b, self.d, self.c = (graph.units[name].bias.detach() for name in wiring)
        self.biases = [_Slide(graph.units[name].bias, optimiser) for name in wiring]
        self.weights, self.turned = [], []
        for name in wiring[:2]:
            e = next(e for e in graph.edges if name in (e.source, e.target))
            weight = e.connection.get_parameter("weight")
            self.weights.append(_Slide(weight, optimiser, decay=decay))
            self.turned.append(e.source == wiring.hidden)
        pairs = zip(self.weights, self.turned, strict=True)
        self.w, self.u = (w.flat.mT if turned else w.flat for w, turned in pairs)  # hidden first
        self.w_t, self.u_t = self.w.mT, self.u.mT
        owners: list[tuple[torch.nn.Module, str]] = [
            (graph.units[name], "bias") for name in wiring
        ]
        owners += [(e.connection, "weight") for e in graph.edges]
        self.homes = [(owner._parameters, name) for owner, name in owners]
        self.places = [p.data_ptr() for p in self._parameters()]
        self.space: _Space | None = None
        for p in graph.parameters():
            p.grad = None

    def stale(self) -> bool:
        """Whether since then a parameter was replaced or frozen, or hooks were registered."""
        places = [p.data_ptr() for p in self._parameters() if p.requires_grad]
        return places != self.places or has_hooks(self.optimiser)

    def _parameters(self) -> list[Tensor]:
        """The present parameters of the graph."""
        return [p for place, name in self.homes if (p := place[name]) is not None]

    def takes(self, batch: State) -> bool:
        """Whether the batch has values of data and target, and of no other group."""
        shapes = {name: self.graph.units[name].shape for name in self.wiring[:2]}
        return {name: x.shape[1:] for name, x in batch.items()} == shapes

    @torch.no_grad()
    def step(
        self, batch: State, *, weights: Tensor | None, chains: State, source: Source
    ) -> tuple[Tensor, State]:
        """Makes one update; returns the loss before it, in nats per row, and the next chains."""
        x, t = batch[self.wiring.data], batch[self.wiring.target]
        h: Tensor | None = None
        if self.contrast is None:
            chains = {}
        elif isinstance(self.contrast, PCD):
            if not chains:
                chains = complete(self.graph, {}, rows=self.contrast.chains, source=source)
            h = chains[self.wiring.hidden]
        model = 0 if self.contrast is None else len(x) if h is None else len(h)
        s = self._spaced((len(x), model), classes=t.shape[1])
        shares = s.shares if weights is None else normalised(weights, x)[:, None]
        s.x_data.copy_(x)
        s.t_data.copy_(t)
        torch.addmm(self.c, s.x_data, self.w_t, out=s.a)
        if self.contrast is None:
            s.slope.zero_()
        else:
            chains = self._model(s, h, shares=shares, source=source)
        loss = self._sharpen(s, shares)
        self._move(s)
        return loss, chains

    def _spaced(self, rows: tuple[int, int], *, classes: int) -> "_Space":
        """The memory for these numbers of data and model rows."""
        s = self.space
        if s is None or s.rows != rows:
            s = self.space = _Space(self, rows, classes=classes)
        return s

    def _model(self, s: "_Space", h: Tensor | None, *, shares: Tensor, source: Source) -> State:
        """Samples the model rows, and weighs all rows for the generative part; the new chains."""
        assert self.contrast is not None
        alpha, model = self.generative, s.rows[1]
        torch.addmm(s.a, s.t_data, self.u_t, out=s.slope_data).sigmoid_()  # p(h | x, t)
        rule = self.contrast.reconstruct if isinstance(self.contrast, CD) else sample
        h = bernoulli(s.slope_data, source) if h is None else h
        for left in range(self.contrast.steps, 0, -1):
            p = torch.addmm(self.b, h, self.w, out=s.x_model).sigmoid_()
            if rule is sample:
                p.copy_(bernoulli(p, source))
            logits = torch.addmm(self.d, h, self.u, out=s.t_model)
            s.t_model.copy_(one_hot(logits, source) if rule is sample else logits.softmax(1))
            p = torch.addmm(self.c, s.x_model, self.w_t, out=s.slope_model)
            p.addmm_(s.t_model, self.u_t).sigmoid_()
            if left > 1 or isinstance(self.contrast, PCD):
                h = bernoulli(p, source)
        s.slope_data.mul_(shares * alpha)
        s.slope_model.mul_(-alpha * shares if isinstance(self.contrast, CD) else -alpha / model)
        s.signs[: s.rows[0]] = shares * alpha
        s.signs[s.rows[0] :] = -alpha * shares if isinstance(self.contrast, CD) else -alpha / model
        if isinstance(self.contrast, CD):
            return {}
        drawn = (s.x_model.clone(), s.t_model.clone(), h)
        return dict(zip(self.wiring, drawn, strict=True))

    def _sharpen(self, s: "_Space", shares: Tensor) -> Tensor:
        """Adds the gradient of log p(t | x) and returns the loss, in nats per row."""
        torch.add(s.a[:, None], self.u_t, out=s.o)
        logits = softplus(s.o).sum(2).add_(self.d)
        log_p = logits.log_softmax(1)
        loss = (s.t_data * log_p).mul_(shares).sum().neg_()
        torch.sub(s.t_data, log_p.exp_(), out=s.r).mul_(shares)
        s.o.sigmoid_()
        # the generative gradient of U, computed before the discriminative part is added to slope
        torch.mm(s.t.mT, s.slope, out=s.by_u) if s.rows[1] else s.by_u.zero_()
        s.slope_data.add_(torch.bmm(s.r[:, None], s.o)[:, 0])
        s.by_u.add_(s.o.mul_(s.r[:, :, None]).sum(0))
        return loss

    def _move(self, s: "_Space") -> None:
        """SGD's step of all parameters."""
        (of_x, of_t, of_h), (w, u) = self.biases, self.weights
        w.along(*((s.x, s.slope) if self.turned[0] else (s.slope, s.x)))
        u.along(*((s.eye, s.by_u) if self.turned[1] else (s.by_u, s.eye)))
        of_h.along(s.ones, s.slope)
        by_t = s.r.sum(0, keepdim=True)
        if s.rows[1]:
            by_t.addmm_(s.signs.mT, s.t)
            of_x.along(s.signs, s.x)
        of_t.along(s.ones[:1], by_t)
        self.optimiser._opt_called = True  # type: ignore[attr-defined]  # schedules check it


class _Space:
    """Memory of one update: data rows first, then model rows."""

    def __init__(
        self, update: FusedDiscriminative, rows: tuple[int, int], *, classes: int
    ) -> None:
        self.rows = rows
        n, hidden, width = sum(rows), len(update.c), len(update.b)
        new = update.b.new_empty
        self.x, self.t, self.slope = new(n, width), new(n, classes), new(n, hidden)
        self.x_data, self.x_model = self.x.split(rows)
        self.t_data, self.t_model = self.t.split(rows)
        self.slope_data, self.slope_model = self.slope.split(rows)
        self.a, self.o = new(rows[0], hidden), new(rows[0], classes, hidden)
        self.r, self.by_u = new(rows[0], classes), new(classes, hidden)
        self.eye = torch.eye(classes, dtype=update.b.dtype, device=update.b.device)
        self.shares = new(rows[0], 1).fill_(1 / rows[0])
        self.signs, self.ones = new(n, 1), new(n, 1).fill_(1)
