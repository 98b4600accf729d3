r"""The fused update: one fast step of a Bernoulli RBM, with little besides its matrix products.

It combines ``contrast``, ``gradient``, ``geometry`` and the optimiser's step for the most common
case. The parameters are the same up to rounding, with the same draws (except one of CD that is
never used); tests/laws/test_fused.py compares the two. It saves time because

* data and model rows share the upward product and the correlation, so an update with one sweep has
  three products;
* the correlation is added to the weights, or to their momentum, as it is computed: the gradient
  is not stored, and large weights are read and written once;
* the corrections of the biases for centring come from the rows, not from a stored gradient:
  :math:`g_W^\top \lambda = \sum_i w_i\, x_i\, (y_i \cdot \lambda)`;
* the memory of all intermediate results is allocated once.
"""

from collections.abc import Callable, Mapping, Sequence

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

__all__ = ["Fused", "Products", "Space", "fused", "has_hooks", "momentum_of", "moves_all"]


def fused(
    graph: EnergyGraph,
    optimiser: Optimizer,
    *,
    contrast: Contrast,
    penalties: Sequence[Penalty] = (),
) -> "Fused | None":
    """Builds the fused update of a graph; None if it does not apply.

    It needs two groups of Bernoulli units with untied biases, joined by ``Dense``; CD or PCD;
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
    """Whether the optimiser is plain SGD without hooks and moves every parameter."""
    if type(optimiser) is not SGD:
        return False
    moved = {id(p) for group in optimiser.param_groups for p in group["params"]}
    unsupported = ("dampening", "nesterov", "maximize", "weight_decay", "differentiable")
    return (
        all(p.requires_grad and id(p) in moved for p in graph.parameters())
        and not any(group[name] for group in optimiser.param_groups for name in unsupported)
        and not any(isinstance(group["lr"], Tensor) for group in optimiser.param_groups)
        and not has_hooks(optimiser)
    )


def has_hooks(optimiser: Optimizer) -> bool:
    """Whether hooks are registered for the optimiser's steps."""
    return bool(optimiser._optimizer_step_pre_hooks or optimiser._optimizer_step_post_hooks)


def momentum_of(optimiser: Optimizer, p: Parameter) -> Tensor:
    """SGD's momentum buffer of a parameter."""
    state = optimiser.state[p]
    if state.get("momentum_buffer") is None:
        state["momentum_buffer"] = torch.zeros_like(p)
    buffer: Tensor = state["momentum_buffer"]
    return buffer


class Fused:
    """The fused update of one graph by one optimiser; use ``fused`` to build it.

    It does not write to ``.grad``. The momentum is kept in the state of the ``torch.optim.SGD``.
    """

    def __init__(
        self,
        graph: EnergyGraph,
        optimiser: Optimizer,
        *,
        contrast: CD | PCD,
        penalties: Sequence[Penalty],
        products: Callable[["Fused"], "Products"] | None = None,
    ) -> None:
        (x, y), (edge,) = graph.units.values(), graph.edges
        owners = (edge.connection, "weight"), (x, "bias"), (y, "bias")
        self.homes = [(owner._parameters, name) for owner, name in owners]
        self.graph, self.optimiser, self.contrast = graph, optimiser, contrast
        self.names, self.shapes = tuple(graph.units), (x.shape, y.shape)
        self.one_axis = all(len(shape) == 1 for shape in self.shapes)
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
        self.plain: Products = Products(self)
        self.products = self.plain if products is None else products(self)
        for p in self.parameters:
            p.grad = None

    def stale(self) -> bool:
        """Whether since then a parameter was replaced or frozen, or hooks were registered."""
        now = [place[name] for place, name in self.homes]
        places = [p.data_ptr() for p in now if p is not None and p.requires_grad]
        return places != self.places or has_hooks(self.optimiser)

    def takes(self, batch: State) -> bool:
        """Whether the batch has values of the first group and of no other."""
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
        """Makes one update; returns the chains and offsets for the next one."""
        v = batch[self.names[0]]
        v = v if self.one_axis else v.flatten(1)
        products = self.products if self.products.take(v) else self.plain
        if isinstance(self.contrast, CD):
            s, chains = self._spaced(v, products, model=v.shape[0], weights=weights), {}
            self._reconstruct(s, source=source)
        else:
            if not chains:
                chains = complete(self.graph, {}, rows=self.contrast.chains, source=source)
            h = chains[self.names[1]]
            h = h if self.one_axis else h.flatten(1)
            s = self._spaced(v, products, model=h.shape[0], weights=weights)
            chains = self._sweep(s, h, source=source)
        offsets = self._move(s, offsets, centring=centring)
        self.optimiser._opt_called = True  # type: ignore[attr-defined]  # for schedules
        return chains, offsets

    # --- rows ------------------------------------------------------------------------------

    def _spaced(
        self, v: Tensor, products: "Products", *, model: int, weights: Tensor | None
    ) -> "Space":
        """The memory for these data and a number of model rows, with the data copied into it."""
        s = products.space
        rows = (v.shape[0], model)
        if s is None or s.rows != rows:
            s = products.space = products.new_space(rows)
        if weights is not None or s.weighted:
            s.weighted = weights is not None
            data = normalised(weights, v)
            s.weigh(data, data if isinstance(self.contrast, CD) else 1 / model)
        s.x_data.copy_(v)
        return s

    def _reconstruct(self, s: "Space", *, source: Source) -> None:
        p = s.products.up(s, "data")
        for _ in range(self.contrast.steps):
            draws = s.dither(source)
            torch.lt(draws[0], p, out=s.h)
            s.products.down(s, s.h)
            if len(draws) > 1:
                torch.lt(draws[1], s.x_model, out=s.x_model)
            p = s.products.up(s, "model")

    def _sweep(self, s: "Space", h: Tensor, *, source: Source) -> State:
        for left in range(self.contrast.steps, 0, -1):
            first, second = s.dither(source)
            torch.lt(first, s.products.down(s, h), out=s.x_model)
            s.products.up(s, "model" if left > 1 else "all")  # the last product includes the data
            h = torch.lt(second, s.y_model, out=torch.empty_like(h))
        new = dict(zip(self.names, (s.x_model.clone(), h), strict=True))
        if self.one_axis:
            return new
        return {k: x.view(-1, *to) for (k, x), to in zip(new.items(), self.shapes, strict=True)}

    # --- moves -----------------------------------------------------------------------------

    def _move(
        self, s: "Space", offsets: Mapping[str, Tensor], *, centring: float | None
    ) -> Mapping[str, Tensor]:
        """Moves the parameters and returns the new offsets."""
        if centring is None:
            s.uncentre()
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
        """Centres the rows and moves the biases, with their corrections for centring."""
        if offsets is not s.offsets:  # not the tensors returned by the last update
            for k, kept in s.offsets.items():
                kept.copy_(offsets.get(k, kept))
        torch.addmm(s.mu, s.data, s.x_data, beta=1 - rate, alpha=rate, out=s.mu)
        torch.addmm(s.nu, s.data, s.y_data, beta=1 - rate, alpha=rate, out=s.nu)
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
        """SGD's step of the weights along the correlation, with L2 decay."""
        w, rate, momentum = self.flat[0], self.groups[0]["lr"], self.groups[0]["momentum"]
        if momentum:
            speed = momentum_of(self.optimiser, self.parameters[0])
            s.products.correlate(s, speed, beta=momentum, alpha=-1)
            w.add_(speed.add_(w, alpha=self.decay) if self.decay else speed, alpha=-rate)
        else:
            s.products.correlate(s, w, beta=1 - rate * self.decay, alpha=rate)

    def _move_bias(
        self, i: int, slope: tuple[Tensor, Tensor], *, pull: tuple[Tensor, Tensor] | None = None
    ) -> None:
        """SGD's step of a bias along a weighted sum of rows, corrected for the L2 decay."""
        rate, momentum = self.groups[i]["lr"], self.groups[i]["momentum"]
        p = self.flat[i]
        moved, sign = (
            (momentum_of(self.optimiser, self.parameters[i]).view(-1), -1)
            if momentum
            else (p, rate)
        )
        moved.addmv_(*slope, beta=momentum or 1, alpha=sign)
        if self.decay and pull is not None:
            moved.addmv_(*pull, alpha=sign * self.decay)
        if momentum:
            p.add_(moved, alpha=-rate)


class Products:
    """The matrix products of a fused update, in the floating-point type of the parameters.

    Args:
        update: the update that takes them.
    """

    def __init__(self, update: Fused) -> None:
        self.update = update
        self.space: Space | None = None

    def take(self, v: Tensor) -> bool:
        """Whether these products take such data ``(B, X)``; called once before an update."""
        del v
        return True

    def new_space(self, rows: tuple[int, int]) -> "Space":
        """Memory for so many data rows and model rows."""
        return Space(self, rows)

    def up(self, s: "Space", rows: str) -> Tensor:
        """Means of the second group given the first, in the "data", "model" or "all" rows."""
        x, y = s.parts[rows]
        return torch.addmm(self.update.c, x, self.update.up, out=y).sigmoid_()

    def down(self, s: "Space", h: Tensor) -> Tensor:
        """Means of the first group given the second, in the model rows."""
        return torch.addmm(self.update.b, h, self.update.down, out=s.x_model).sigmoid_()

    def correlate(self, s: "Space", w: Tensor, *, beta: float, alpha: float) -> None:
        """Sets w to beta w + alpha C, with C the weighted correlation of the rows."""
        left, right = (s.x, s.y) if self.update.turned else (s.y, s.x)
        w.addmm_(left.mT, right, beta=beta, alpha=alpha)


class Space:
    """Memory of one update: rows of both groups (x and y), data rows first, then model rows."""

    def __init__(self, products: Products, rows: tuple[int, int]) -> None:
        self.products, update = products, products.update
        self.rows, self.weighted = rows, False
        x, y, n = len(update.b), len(update.c), sum(rows)
        new = update.b.new_empty
        self.x, self.y, self.h = new(n, x), new(n, y), new(rows[1], y)
        self.x_data, self.x_model = self.x.split(rows)
        self.y_data, self.y_model = self.y.split(rows)
        self.parts = {
            "data": (self.x_data, self.y_data),
            "model": (self.x_model, self.y_model),
            "all": (self.x, self.y),
        }
        self.mu, self.nu = new(1, x), new(1, y)
        self.nu_t = self.nu.view(-1)
        means = zip(update.names, (self.mu, self.nu), update.shapes, strict=True)
        self.offsets = {name: mean.view(shape) for name, mean, shape in means}
        self.by_x, self.by_y, self.ones, self.signs = new(n), new(n), new(n).fill_(1), new(n)
        self.x_t, self.y_t = self.x.mT, self.y.mT
        self.data, self.column = self.signs[None, : rows[0]], self.signs[:, None]
        self.weigh(1 / rows[0], 1 / rows[1])
        drawn = [self.x_model, self.y_model]
        if isinstance(update.contrast, CD):
            drawn = drawn[::-1] if update.contrast.reconstruct is sample else drawn[1:]
        self.dither = Dither(drawn)

    def uncentre(self) -> None:
        """Called instead of ``middle`` where rows are not centred."""

    def middle(self) -> Tensor:
        """The offset of the first group, the running mean of its data rows, ``(1, X)``."""
        return self.mu

    def weigh(self, data: Tensor | float, model: Tensor | float) -> None:
        """Sets the weights of the rows: positive for data rows, negative for model rows."""
        self.signs[: self.rows[0]] = data
        self.signs[self.rows[0] :] = -model
