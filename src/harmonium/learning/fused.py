r"""The fused update: one step of a Bernoulli RBM with nothing between its matrix products.

It is ``contrast``, ``gradient``, ``geometry`` and the optimiser's step written out for the
commonest case: the same parameters up to rounding, from the same draws (less one of CD's that
nobody looks at). They are its oracle (tests/laws/test_fused.py). What it saves:

* data and chains share the upward product, as they share the correlation: three products;
* the correlation is added to the weights, or to their momentum, as it is computed: no gradient
  is ever stored, and large weights are read and written once;
* a bias's share of the centring comes from the rows, not from a stored gradient:
  :math:`g_W^\top \lambda = \sum_i w_i\, x_i\, (y_i \cdot \lambda)`;
* everything is computed in memory that is kept, and bound once.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import Parameter
from torch.optim import SGD, Optimizer

from harmonium.connections import Dense
from harmonium.graph import EnergyGraph, State
from harmonium.learning.contrast import CD, PCD, Contrast
from harmonium.learning.penalties import L2, Penalty
from harmonium.random import Dither, Source
from harmonium.sampling import complete, mean, normalised, sample
from harmonium.units import Bernoulli

__all__ = ["Fused", "Space", "fused", "is_heard", "moves_all"]


def fused(
    graph: EnergyGraph,
    optimiser: Optimizer,
    *,
    contrast: Contrast,
    penalties: Sequence[Penalty] = (),
) -> "Fused | None":
    """The fused update of this graph, or None where there is none.

    It takes two groups of Bernoulli units with untied biases, joined by ``Dense``; CD or PCD;
    ``torch.optim.SGD``, with or without momentum, without hooks; and no penalty but ``L2``.
    """
    plain = (
        _is_bernoulli_rbm(graph)
        and moves_all(graph, optimiser)
        and (type(contrast) is PCD or (type(contrast) is CD and contrast.reconstruct in _RULES))
        and all(type(penalty) is L2 for penalty in penalties)
    )
    if not plain or not isinstance(contrast, CD | PCD):
        return None
    return Fused(graph, optimiser, contrast=contrast, penalties=penalties)


_RULES = (sample, mean)


def _is_bernoulli_rbm(graph: EnergyGraph) -> bool:
    return (
        type(graph) is EnergyGraph
        and [type(units) for units in graph.units.values()] == [Bernoulli, Bernoulli]
        and not any(units.tied for units in graph.units.values())
        and [type(e.connection) for e in graph.edges] == [Dense]
        and graph.edges[0].source != graph.edges[0].target
        and len({(p.dtype, p.device) for p in graph.parameters()}) == 1
        and all(p.is_contiguous() for p in graph.parameters())
    )


def moves_all(graph: EnergyGraph, optimiser: Optimizer) -> bool:
    """Whether plain descent moves every parameter and nobody listens in."""
    if type(optimiser) is not SGD:
        return False
    moved = {id(p) for group in optimiser.param_groups for p in group["params"]}
    odd = ("dampening", "nesterov", "maximize", "weight_decay", "differentiable")
    return (
        all(p.requires_grad and id(p) in moved for p in graph.parameters())
        and not any(group[name] for group in optimiser.param_groups for name in odd)
        and not any(isinstance(group["lr"], Tensor) for group in optimiser.param_groups)
        and not is_heard(optimiser)
    )


def is_heard(optimiser: Optimizer) -> bool:
    """Whether somebody has hooked onto the optimiser's steps."""
    return bool(optimiser._optimizer_step_pre_hooks or optimiser._optimizer_step_post_hooks)


class Fused:
    """An update bound to a graph and an optimiser; ``fused`` builds it where there is one.

    Nothing is written to ``.grad``. Momentum is where ``torch.optim.SGD`` keeps it.
    """

    def __init__(
        self,
        graph: EnergyGraph,
        optimiser: Optimizer,
        *,
        contrast: CD | PCD,
        penalties: Sequence[Penalty],
    ) -> None:
        (x, y), (edge,) = graph.units.values(), graph.edges
        owners = (edge.connection, "weight"), (x, "bias"), (y, "bias")
        self.homes = [(owner._parameters, name) for owner, name in owners]
        self.graph, self.optimiser, self.contrast = graph, optimiser, contrast
        self.names, self.shapes = tuple(graph.units), (x.shape, y.shape)
        self.listed = all(len(shape) == 1 for shape in self.shapes)
        self.decay = sum(penalty.strength for penalty in penalties if isinstance(penalty, L2))
        self.parameters = (edge.connection.get_parameter("weight"), x.bias, y.bias)
        groups = {id(p): g for g in optimiser.param_groups for p in g["params"]}
        self.groups = tuple(groups[id(p)] for p in self.parameters)
        self.places = [p.data_ptr() for p in self.parameters]
        self.b, self.c = x.bias.detach().view(-1), y.bias.detach().view(-1)
        w = self.parameters[0].detach()
        self.flat = (w, self.b, self.c)
        self.turned = edge.source != self.names[0]
        self.up, self.down = (w, w.mT) if self.turned else (w.mT, w)
        self.space: Space | None = None
        for p in self.parameters:
            p.grad = None

    def stale(self) -> bool:
        """Whether somebody has moved or frozen a parameter, or listens to the optimiser."""
        now = [place[name] for place, name in self.homes]
        places = [p.data_ptr() for p in now if p is not None and p.requires_grad]
        return places != self.places or is_heard(self.optimiser)

    def takes(self, batch: State) -> bool:
        """Whether these are rows of the first group and of it alone."""
        first = batch.get(self.names[0])
        return len(batch) == 1 and first is not None and first.shape[1:] == self.shapes[0]

    def step(
        self,
        batch: State,
        *,
        weights: Tensor | None,
        chains: State,
        offsets: Mapping[str, Tensor],
        centring: float | None,
        source: Source,
    ) -> tuple[State, Mapping[str, Tensor]]:
        """One update; the chains and offsets to hand in next time."""
        v = batch[self.names[0]]
        v = v if self.listed else v.flatten(1)
        if isinstance(self.contrast, CD):
            s, chains = self._spaced(v, v.shape[0], weights=weights), {}
            self._reconstruct(s, source=source)
        else:
            if not chains:
                chains = complete(self.graph, {}, rows=self.contrast.chains, source=source)
            h = chains[self.names[1]]
            h = h if self.listed else h.flatten(1)
            s = self._spaced(v, h.shape[0], weights=weights)
            chains = self._sweep(s, h, source=source)
        offsets = self._move(s, offsets, centring=centring)
        self.optimiser._opt_called = True  # type: ignore[attr-defined]  # schedules look for it
        return chains, offsets

    # --- products --------------------------------------------------------------------------

    def _space(self, rows: tuple[int, int]) -> "Space":
        return Space(self, rows)

    def _up(self, s: "Space", rows: str) -> Tensor:
        """Expectations of the second group given the first, of the "seen", "dreamt" or "all"."""
        x, y = s.parts[rows]
        return torch.addmm(self.c, x, self.up, out=y).sigmoid_()

    def _down(self, s: "Space", h: Tensor) -> Tensor:
        """Expectations of the first group given the second, in the dreamt rows."""
        return torch.addmm(self.b, h, self.down, out=s.x_dreamt).sigmoid_()

    def _correlate(self, s: "Space", w: Tensor, *, beta: float, alpha: float) -> None:
        """Adds alpha times the rows' correlation to beta times a tensor like the weights."""
        left, right = (s.x, s.y) if self.turned else (s.y, s.x)
        w.addmm_(left.mT, right, beta=beta, alpha=alpha)

    # --- rows ------------------------------------------------------------------------------

    def _spaced(self, v: Tensor, dreamt: int, *, weights: Tensor | None) -> "Space":
        """The memory for so many rows, the data in their place."""
        s = self.space
        rows = (v.shape[0], dreamt)
        if s is None or s.rows != rows:
            s = self.space = self._space(rows)
        if weights is not None or s.weighted:
            s.weighted = weights is not None
            seen = normalised(weights, v)
            s.weigh(seen, seen if isinstance(self.contrast, CD) else 1 / dreamt)
        s.x_seen.copy_(v)
        return s

    def _reconstruct(self, s: "Space", *, source: Source) -> None:
        p = self._up(s, "seen")
        for _ in range(self.contrast.steps):
            draws = s.dither(source)
            torch.lt(draws[0], p, out=s.h)
            self._down(s, s.h)
            if len(draws) > 1:
                torch.lt(draws[1], s.x_dreamt, out=s.x_dreamt)
            p = self._up(s, "dreamt")

    def _sweep(self, s: "Space", h: Tensor, *, source: Source) -> State:
        for left in range(self.contrast.steps, 0, -1):
            first, second = s.dither(source)
            torch.lt(first, self._down(s, h), out=s.x_dreamt)
            self._up(s, "dreamt" if left > 1 else "all")  # the data go up with the last
            h = torch.lt(second, s.y_dreamt, out=torch.empty_like(h))
        new = dict(zip(self.names, (s.x_dreamt.clone(), h), strict=True))  # never changed
        if self.listed:
            return new
        return {k: x.view(-1, *to) for (k, x), to in zip(new.items(), self.shapes, strict=True)}

    # --- moves -----------------------------------------------------------------------------

    def _move(
        self, s: "Space", offsets: Mapping[str, Tensor], *, centring: float | None
    ) -> Mapping[str, Tensor]:
        """Moves the parameters; the new offsets."""
        if centring is None:
            s.y.mul_(s.column)
            self._move_bias(1, (s.x_t, s.signs))
            self._move_bias(2, (s.y_t, s.ones))
        else:
            offsets = self._centre(s, offsets, rate=centring if offsets else 1.0)
        self._move_weight(s)
        return offsets

    def _centre(
        self, s: "Space", offsets: Mapping[str, Tensor], *, rate: float
    ) -> Mapping[str, Tensor]:
        """Centres the rows, and moves the biases by what the weights' step leaves to them."""
        if offsets is not s.offsets:  # not those that were handed out last time
            for k, mine in s.offsets.items():
                mine.copy_(offsets.get(k, mine))
        torch.addmm(s.mu, s.seen, s.x_seen, beta=1 - rate, alpha=rate, out=s.mu)
        torch.addmm(s.nu, s.seen, s.y_seen, beta=1 - rate, alpha=rate, out=s.nu)
        mu = s.middle()
        s.x.sub_(mu)
        mu_t = mu.view(-1)
        s.y.sub_(s.nu).mul_(s.column)
        torch.addmv(s.signs, s.y, s.nu_t, alpha=-1, out=s.by_x)
        torch.addmv(s.ones, s.x, mu_t, alpha=-1, out=s.by_y)
        self._move_bias(1, (s.x_t, s.by_x), pull=(self.up, s.nu_t))
        self._move_bias(2, (s.y_t, s.by_y), pull=(self.down, mu_t))
        return s.offsets

    def _move_weight(self, s: "Space") -> None:
        """SGD's step along the correlation, which is never stored, and L2's pull."""
        w, rate, momentum = self.flat[0], self.groups[0]["lr"], self.groups[0]["momentum"]
        if momentum:
            speed = self._speed(self.parameters[0])
            self._correlate(s, speed, beta=momentum, alpha=-1)
            w.add_(speed.add_(w, alpha=self.decay) if self.decay else speed, alpha=-rate)
        else:
            self._correlate(s, w, beta=1 - rate * self.decay, alpha=rate)

    def _move_bias(
        self, i: int, slope: tuple[Tensor, Tensor], *, pull: tuple[Tensor, Tensor] | None = None
    ) -> None:
        """The same along a weighted sum of rows, and by what L2 makes the weights send."""
        rate, momentum = self.groups[i]["lr"], self.groups[i]["momentum"]
        p = self.flat[i]
        moved, sign = (self._speed(self.parameters[i]).view(-1), -1) if momentum else (p, rate)
        moved.addmv_(*slope, beta=momentum or 1, alpha=sign)
        if self.decay and pull is not None:
            moved.addmv_(*pull, alpha=sign * self.decay)
        if momentum:
            p.add_(moved, alpha=-rate)

    def _speed(self, p: Parameter) -> Tensor:
        """SGD's own buffer of a parameter's momentum."""
        state = self.optimiser.state[p]
        if state.get("momentum_buffer") is None:
            state["momentum_buffer"] = torch.zeros_like(p)
        speed: Tensor = state["momentum_buffer"]
        return speed


class Space:
    """Memory of one update: rows of both groups (x, y), the data's above the model's."""

    def __init__(self, update: Fused, rows: tuple[int, int]) -> None:
        self.rows, self.weighted = rows, False
        x, y, n = len(update.b), len(update.c), sum(rows)
        new = update.b.new_empty
        self.x, self.y, self.h = new(n, x), new(n, y), new(rows[1], y)
        self.x_seen, self.x_dreamt = self.x.split(rows)
        self.y_seen, self.y_dreamt = self.y.split(rows)
        self.parts = {
            "seen": (self.x_seen, self.y_seen),
            "dreamt": (self.x_dreamt, self.y_dreamt),
            "all": (self.x, self.y),
        }
        self.mu, self.nu = new(1, x), new(1, y)
        self.nu_t = self.nu.view(-1)
        means = zip(update.names, (self.mu, self.nu), update.shapes, strict=True)
        self.offsets = {name: mean.view(shape) for name, mean, shape in means}
        self.by_x, self.by_y, self.ones, self.signs = new(n), new(n), new(n).fill_(1), new(n)
        self.x_t, self.y_t = self.x.mT, self.y.mT
        self.seen, self.column = self.signs[None, : rows[0]], self.signs[:, None]
        self.weigh(1 / rows[0], 1 / rows[1])
        drawn = [self.x_dreamt, self.y_dreamt]
        if isinstance(update.contrast, CD):
            drawn = drawn[::-1] if update.contrast.reconstruct is sample else drawn[1:]
        self.dither = Dither(drawn)

    def middle(self) -> Tensor:
        """What the rows of the first group are centred on, ``(1, X)``: their running mean."""
        return self.mu

    def weigh(self, seen: Tensor | float, dreamt: Tensor | float) -> None:
        """Weights with which the rows make the data's mean less the model's."""
        self.signs[: self.rows[0]] = seen
        self.signs[self.rows[0] :] = -dreamt
