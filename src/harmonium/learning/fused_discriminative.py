r"""The fused discriminative update: one step of a classification RBM, written out.

It is ``learning.Discriminative`` with stochastic descent for the commonest machine: Bernoulli data
x, one categorical label y, Bernoulli hidden units that see both. With
:math:`o_{yj} = c_j + U_{jy} + W_j x`, :math:`s_{yj} = \sigma(o_{yj})` and the exact
:math:`p_y = p(y \mid x) \propto \exp(d_y + \sum_j \log(1 + e^{o_{yj}}))`, each row's ascent is

.. math:: \partial d_y = t_y - p_y, \quad \partial U_{jy} = (t_y - p_y)\, s_{yj}, \quad
          \partial c_j = \delta_j = \sum_y (t_y - p_y)\, s_{yj}, \quad
          \partial W = \delta\, x^\top

(Larochelle and Bengio, 2008, https://doi.org/10.1145/1390156.1390224, appendix), so that data meet
the large weights twice, whatever the number of classes. The model of data and labels, if it is
asked for, shares the first product and the last: its rows are stacked below. Steps are added to
the weights as they are computed. The readable update is its oracle (tests/laws/test_fused.py).
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
from harmonium.learning.fused import is_heard, moves_all
from harmonium.learning.penalties import L2, Penalty
from harmonium.random import Source, bernoulli, one_hot
from harmonium.sampling import complete, mean, normalised, sample
from harmonium.units import Bernoulli, Categorical

__all__ = ["FusedDiscriminative", "fused_discriminative"]


class Wiring(NamedTuple):
    """The names of a classification RBM's groups."""

    seen: str
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
    """The fused update of this graph, or None where there is none.

    It takes flat groups of Bernoulli data, one categorical unit and Bernoulli hidden units, in
    this order, joined by ``Dense`` as in ``machines.classification_rbm``; ``torch.optim.SGD``
    without hooks; no penalty but ``L2``; for the generative part CD or PCD.
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
    """The groups by their parts, if these are all there is."""
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
    (seen,) = [name for name in others if name not in inner] if plain else [""]
    wiring = (seen, target, *inner)  # in this order: a sweep's draws are
    return Wiring(*wiring) if plain and [*kinds] == [*wiring] else None


def _speed(optimiser: Optimizer, p: Parameter) -> Tensor:
    """SGD's own buffer of a parameter's momentum."""
    state = optimiser.state[p]
    if state.get("momentum_buffer") is None:
        state["momentum_buffer"] = torch.zeros_like(p)
    buffer: Tensor = state["momentum_buffer"]
    return buffer


class _Slide:
    """SGD's steps of one parameter uphill, with L2's pull back.

    Args:
        parameter: a matrix, or a vector for a matrix of one row.
        optimiser: whose rate and momentum are taken.
        decay: L2's strength.
    """

    def __init__(self, parameter: Parameter, optimiser: Optimizer, *, decay: float = 0.0) -> None:
        self.parameter, self.optimiser, self.decay = parameter, optimiser, decay
        self.flat = parameter.detach()
        self.flat = self.flat if self.flat.ndim == 2 else self.flat.view(1, -1)
        groups = {id(p): group for group in optimiser.param_groups for p in group["params"]}
        self.group = groups[id(parameter)]

    def along(self, left: Tensor, right: Tensor) -> None:
        """Along a product ``(n, p), (n, q) -> (p, q)``, which is never stored."""
        w, rate, momentum = self.flat, self.group["lr"], self.group["momentum"]
        if momentum:
            v = _speed(self.optimiser, self.parameter).view(w.shape)
            v.addmm_(left.mT, right, beta=momentum, alpha=-1)
            w.add_(v.add_(w, alpha=self.decay) if self.decay else v, alpha=-rate)
        else:
            w.addmm_(left.mT, right, beta=1 - rate * self.decay, alpha=rate)


class FusedDiscriminative:
    """An update bound to a graph and an optimiser; ``fused_discriminative`` builds it.

    Nothing is written to ``.grad``. Momentum is where ``torch.optim.SGD`` keeps it.
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
        self.places = [found.data_ptr() for found in self._found()]
        self.space: _Space | None = None
        for p in graph.parameters():
            p.grad = None

    def stale(self) -> bool:
        """Whether somebody has moved or frozen a parameter, or listens to the optimiser."""
        places = [p.data_ptr() for p in self._found() if p.requires_grad]
        return places != self.places or is_heard(self.optimiser)

    def _found(self) -> list[Tensor]:
        """The parameters that the graph has now."""
        return [p for place, name in self.homes if (p := place[name]) is not None]

    def takes(self, batch: State) -> bool:
        """Whether these are rows of data and targets and of nothing else."""
        shapes = {name: self.graph.units[name].shape for name in self.wiring[:2]}
        return {name: x.shape[1:] for name, x in batch.items()} == shapes

    @torch.no_grad()
    def step(
        self, batch: State, *, weights: Tensor | None, chains: State, source: Source
    ) -> tuple[Tensor, State]:
        """One update; the loss before it, in nats, and the chains to hand in next time."""
        x, t = batch[self.wiring.seen], batch[self.wiring.target]
        h: Tensor | None = None
        if self.contrast is None:
            chains = {}
        elif isinstance(self.contrast, PCD):
            if not chains:
                chains = complete(self.graph, {}, rows=self.contrast.chains, source=source)
            h = chains[self.wiring.hidden]
        dreamt = 0 if self.contrast is None else len(x) if h is None else len(h)
        s = self._spaced((len(x), dreamt), classes=t.shape[1])
        seen = s.seen if weights is None else normalised(weights, x)[:, None]
        s.x_seen.copy_(x)
        s.t_seen.copy_(t)
        torch.addmm(self.c, s.x_seen, self.w_t, out=s.a)
        if self.contrast is None:
            s.slope.zero_()
        else:
            chains = self._model(s, h, seen=seen, source=source)
        loss = self._sharpen(s, seen)
        self._move(s)
        return loss, chains

    def _spaced(self, rows: tuple[int, int], *, classes: int) -> "_Space":
        """The memory for so many rows."""
        s = self.space
        if s is None or s.rows != rows:
            s = self.space = _Space(self, rows, classes=classes)
        return s

    def _model(self, s: "_Space", h: Tensor | None, *, seen: Tensor, source: Source) -> State:
        """Rows of the model of data and labels, with their shares of the slope; the chains."""
        assert self.contrast is not None
        share, dreamt = self.generative, s.rows[1]
        torch.addmm(s.a, s.t_seen, self.u_t, out=s.slope_seen).sigmoid_()  # p(h | x, t)
        rule = self.contrast.reconstruct if isinstance(self.contrast, CD) else sample
        h = bernoulli(s.slope_seen, source) if h is None else h
        for left in range(self.contrast.steps, 0, -1):
            p = torch.addmm(self.b, h, self.w, out=s.x_dreamt).sigmoid_()
            if rule is sample:
                p.copy_(bernoulli(p, source))
            logits = torch.addmm(self.d, h, self.u, out=s.t_dreamt)
            s.t_dreamt.copy_(one_hot(logits, source) if rule is sample else logits.softmax(1))
            p = torch.addmm(self.c, s.x_dreamt, self.w_t, out=s.slope_dreamt)
            p.addmm_(s.t_dreamt, self.u_t).sigmoid_()
            if left > 1 or isinstance(self.contrast, PCD):
                h = bernoulli(p, source)
        s.slope_seen.mul_(seen * share)
        s.slope_dreamt.mul_(-share * seen if isinstance(self.contrast, CD) else -share / dreamt)
        s.signs[: s.rows[0]] = seen * share
        s.signs[s.rows[0] :] = -share * seen if isinstance(self.contrast, CD) else -share / dreamt
        if isinstance(self.contrast, CD):
            return {}
        drawn = (s.x_dreamt.clone(), s.t_dreamt.clone(), h)
        return dict(zip(self.wiring, drawn, strict=True))

    def _sharpen(self, s: "_Space", seen: Tensor) -> Tensor:
        """Adds the slope of log p(t | x); the loss."""
        torch.add(s.a[:, None], self.u_t, out=s.o)
        logits = softplus(s.o).sum(2).add_(self.d)
        log_p = logits.log_softmax(1)
        loss = (s.t_seen * log_p).mul_(seen).sum().neg_()
        torch.sub(s.t_seen, log_p.exp_(), out=s.r).mul_(seen)
        s.o.sigmoid_()
        # what the model gives to U, before the slope takes up what sharpens
        torch.mm(s.t.mT, s.slope, out=s.by_u) if s.rows[1] else s.by_u.zero_()
        s.slope_seen.add_(torch.bmm(s.r[:, None], s.o)[:, 0])
        s.by_u.add_(s.o.mul_(s.r[:, :, None]).sum(0))
        return loss

    def _move(self, s: "_Space") -> None:
        """SGD's step."""
        (of_x, of_t, of_h), (w, u) = self.biases, self.weights
        w.along(*((s.x, s.slope) if self.turned[0] else (s.slope, s.x)))
        u.along(*((s.eye, s.by_u) if self.turned[1] else (s.by_u, s.eye)))
        of_h.along(s.ones, s.slope)
        by_t = s.r.sum(0, keepdim=True)
        if s.rows[1]:
            by_t.addmm_(s.signs.mT, s.t)
            of_x.along(s.signs, s.x)
        of_t.along(s.ones[:1], by_t)
        self.optimiser._opt_called = True  # type: ignore[attr-defined]  # schedules look for it


class _Space:
    """Memory of one update: the data's rows above the model's."""

    def __init__(
        self, update: FusedDiscriminative, rows: tuple[int, int], *, classes: int
    ) -> None:
        self.rows = rows
        n, hidden, width = sum(rows), len(update.c), len(update.b)
        new = update.b.new_empty
        self.x, self.t, self.slope = new(n, width), new(n, classes), new(n, hidden)
        self.x_seen, self.x_dreamt = self.x.split(rows)
        self.t_seen, self.t_dreamt = self.t.split(rows)
        self.slope_seen, self.slope_dreamt = self.slope.split(rows)
        self.a, self.o = new(rows[0], hidden), new(rows[0], classes, hidden)
        self.r, self.by_u = new(rows[0], classes), new(classes, hidden)
        self.eye = torch.eye(classes, dtype=update.b.dtype, device=update.b.device)
        self.seen = new(rows[0], 1).fill_(1 / rows[0])
        self.signs, self.ones = new(n, 1), new(n, 1).fill_(1)
        self.one = self.ones[:1]
