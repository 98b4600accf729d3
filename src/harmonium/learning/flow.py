"""Measures how gradients and activities pass through the layers of a net, on one batch."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from harmonium.errors import UsageError
from harmonium.learning.descent import Objective
from harmonium.learning.through_time import gradients_by_lag, is_recurrent
from harmonium.units.max_pooled import BlockSoftmax

__all__ = ["Flow", "LayerFlow", "flow", "has_layers"]

FLAT = 1e-7
"""A slope of an activation below this lets no gradient through in single precision."""

SATURATED = 0.05
"""A bounded unit is saturated where its slope is below this share of the slope at 0."""

LAGGED = 100
"""Rows whose gradients are followed through time."""

_SHAPES = (nn.Flatten, nn.Identity, nn.PixelShuffle, nn.Unflatten)
"""Modules without parameters that are no activation functions."""

_JOINT = (nn.LogSoftmax, nn.Softmax, BlockSoftmax)
"""Activations of all units together, which have no slope of their own for each unit."""


@dataclass(frozen=True, kw_only=True)
class LayerFlow:
    r"""One layer of a net, :math:`z = W x + b, \; y = f(z)`, on one batch.

    E is the mean loss of the rows, and norms of matrices are roots of sums of squares.

    Args:
        name: such as "h1"; the last layer is "outputs" in a net that names its layers.
        activation: name of the class of f; "linear" for none.
        units: number of values y of a row.
        gradient: norm of dE/dW.
        rms: root mean square of the entries of dE/dW.
        ratio: ``gradient`` relative to that of the last layer.
        delta: norm of dE/dz of a row's own loss, mean over the rows.
        slope: mean of \|f'(z)\| over rows and units; None where units have no slope of their own.
        weight: norm of W.
        update: change of W by the optimiser's next step on this batch, relative to W; None
            without optimiser, at a learning rate of 0, or where all weights are 0.
        mean: mean of y.
        active: share of the values y above 0.
        dead: number of units whose slope is 0 on every row, so that no gradient reaches their
            weights. Other rows may wake them.
        saturated: share of the values y of a bounded function in its flat parts, where the slope
            is below 5 % of that at 0; None for functions that are not bounded.
    """

    name: str
    activation: str
    units: int
    gradient: float
    rms: float
    ratio: float
    delta: float
    slope: float | None
    weight: float
    update: float | None
    mean: float
    active: float
    dead: int | None
    saturated: float | None


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Gradients and activities of every layer of a net on one batch.

    Args:
        loss: mean over the rows.
        constant: the lowest mean loss of outputs that ignore the rows; None if it is not known
            for this objective.
        rows: number of rows.
        layers: from the first to the last.
        activities: layer -> values y, ``(B, units)``; of sequences ``(B * T, units)``.
        lags: recurrent layer -> norms of the gradient of the last step's loss with respect to the
            state 0, 1, 2, ... steps before, relative to the first (``through_time``).
    """

    loss: float
    constant: float | None
    rows: int
    layers: tuple[LayerFlow, ...]
    activities: Mapping[str, Tensor] = field(repr=False)
    lags: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Norm of the gradient of the first layer, relative to that of the last."""
        return self.layers[0].ratio

    @property
    def hidden(self) -> tuple[LayerFlow, ...]:
        """All layers but the last."""
        return self.layers[:-1]


@dataclass
class _Call:
    """One use of a module with a weight matrix, and of the activation that follows."""

    name: str
    module: nn.Module
    z: Tensor
    activation: nn.Module | None = None
    entered: Tensor | None = None
    y: Tensor | None = None

    @property
    def weight(self) -> Tensor:
        recurrent = is_recurrent(self.module)
        weight: Any = self.module.recurrent_weight if recurrent else self.module.weight
        found: Tensor = weight
        return found

    @property
    def last(self) -> bool:
        """Whether the units of its values are the last axis, so that others may be steps."""
        return isinstance(self.module, nn.Embedding | nn.Linear) or is_recurrent(self.module)


def flow(
    net: nn.Module,
    batch: Mapping[str, Tensor],
    *,
    objective: Objective,
    optimiser: torch.optim.Optimizer | None = None,
) -> Flow:
    r"""Measures the gradients and activities of every layer of a net on one batch.

    A layer is a module with a weight matrix, followed by at most one activation function. By
    backpropagation :math:`\delta^{(n)} = (W^{(n+1)})^T \delta^{(n+1)} \odot f'(z^{(n)})`, so that
    the gradient of a low layer is a product of weights and slopes: it vanishes where they are
    small on average, and explodes where they are large.

    A module that is used several times, such as once for every symbol, is measured at its last
    use; its gradient is that of all uses.

    A copy of the net is measured. Parameters, gradients, buffers, mode and random generators of
    the net are not changed. Dropout is off, and batch norm takes its statistics from the batch,
    as in training.

    Args:
        net: ``(B, *shape) -> (B, outputs)``.
        batch: "x", "y", and perhaps "weights", the importance of the rows.
        objective: gives the loss of each row.
        optimiser: of the net's parameters, whose next step is measured; None to leave this out.

    Raises:
        ValueError: the net has no layer with a weight matrix.

    >>> from harmonium.learning.objectives import cross_entropy
    >>> from harmonium.nets import MLP
    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     net = MLP([4, 3, 3, 2], activation="logistic")
    >>> batch = {"x": torch.ones(5, 4, dtype=torch.float32), "y": torch.tensor([0, 1, 1, 0, 1])}
    >>> [layer.name for layer in flow(net, batch, objective=cross_entropy).layers]
    ['h1', 'h2', 'outputs']
    """
    studied, stepper = copy.deepcopy((net, optimiser))
    studied.requires_grad_()  # layers that are kept as they are have a gradient as well
    rows = len(batch["x"])
    calls, handles = _watched(studied, batch_norm=rows > 1)
    # recurrent layers of cuDNN have no gradients in evaluation mode
    with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
        losses, weights = objective(studied, batch), batch.get("weights")
        loss = losses.mean() if weights is None else (losses * weights).sum() / weights.sum()
        studied.zero_grad()
        loss.backward()
    for handle in handles:
        handle.remove()
    last_use = {call.module: k for k, call in enumerate(calls)}
    calls = [call for k, call in enumerate(calls) if k == last_use[call.module]]
    if not calls:
        raise UsageError(
            f"the net {type(net).__name__} has no layer with a weight matrix to measure"
        )
    before = [call.weight.detach().clone() for call in calls]
    lags = [_lags(call) if is_recurrent(call.module) else () for call in calls]
    moves = _step(stepper)
    last = _norm(calls[-1].weight.grad)
    names = _names(calls)
    layers = [
        _layer(call, name=name, last=last, before=weight, moves=moves)
        for call, name, weight in zip(calls, names, before, strict=True)
    ]
    return Flow(
        loss=float(loss.detach()),
        constant=_constant(objective, net, batch=batch),
        rows=rows,
        layers=tuple(layers),
        activities={n: _activity(call) for n, call in zip(names, calls, strict=True)},
        lags={n: x for n, x in zip(names, lags, strict=True) if x},
    )


def has_layers(net: nn.Module) -> bool:
    """Whether a net has a layer with a weight matrix, so that ``flow`` can measure it."""
    weights = (getattr(module, "weight", None) for module in net.modules())
    found = any(isinstance(w, nn.Parameter) and w.ndim > 1 for w in weights)
    return found or any(is_recurrent(module) for module in net.modules())


def _step(optimiser: torch.optim.Optimizer | None) -> bool:
    """Makes the optimiser's step; returns whether there is one, at a learning rate above 0."""
    if optimiser is None or not any(group["lr"] for group in optimiser.param_groups):
        return False
    optimiser.step()
    return True


def _watched(net: nn.Module, *, batch_norm: bool) -> tuple[list[_Call], list[RemovableHandle]]:
    """Sets the mode of a copy; returns the list that a forward pass fills, and its hooks."""
    calls: list[_Call] = []
    handles: list[RemovableHandle] = []

    def note(module: nn.Module, inputs: tuple[Any, ...], *output: Any, name: str) -> None:  # noqa: ANN401
        if is_recurrent(module):
            output[0][0].retain_grad()
            calls.append(_Call(name, module, output[0][0], entered=inputs[0].detach()))
        elif isinstance(output[0], Tensor) and len(inputs) == 1:  # no join of branches
            _add(calls, name, made=(module, inputs[0], output[0]))

    net.eval()
    for name, module in net.named_modules():
        if name and not isinstance(module, nn.Sequential):
            handles.append(module.register_forward_hook(partial(note, name=name)))
        if batch_norm and isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.train()
    return calls, handles


def _add(calls: list[_Call], name: str, *, made: tuple[nn.Module, Tensor, Tensor]) -> None:
    """Adds a layer or its activation, which may be a module around the layer."""
    module, entered, output = made
    if next(module.children(), None) is not None:
        if calls and calls[-1].activation is None and calls[-1].name.startswith(f"{name}."):
            calls[-1].activation, calls[-1].y = module, output.detach()
        return
    weight = getattr(module, "weight", None)
    if isinstance(weight, nn.Parameter):
        if weight.ndim > 1:
            if output.requires_grad:
                output.retain_grad()
            calls.append(_Call(name, module, output))
        return
    own = next(module.parameters(), None) is not None or next(module.buffers(), None) is not None
    if not calls or own or isinstance(module, _SHAPES) or output is entered:
        return
    call = calls[-1]
    if call.activation is None and output.numel() == entered.numel():  # no pooling, no resizing
        call.activation, call.entered, call.y = module, entered.detach(), output.detach()


def _names(calls: Sequence[_Call]) -> list[str]:
    """Names of the modules, or "h1", "h2", ..., "outputs" where modules have only numbers."""
    first, last = ([call.name.split(".")[at] for call in calls] for at in (0, -1))
    if any(name.isdigit() or not name for name in last):
        return [*(f"h{k + 1}" for k in range(len(calls) - 1)), "outputs"]
    unique = (names for names in (first, last) if len(set(names)) == len(calls))
    return next(unique, [call.name for call in calls])


def _layer(call: _Call, *, name: str, last: float, before: Tensor, moves: bool) -> LayerFlow:
    """The figures of one layer, after the backward pass and perhaps the optimiser's step."""
    gradient, norm = _norm(call.weight.grad), _norm(before)
    change = _norm(call.weight.detach() - before)
    y, slopes = _activity(call), _slopes(call)
    delta = call.z.grad
    return LayerFlow(
        name=name,
        activation=_function(call),
        units=y.shape[1],
        gradient=gradient,
        rms=gradient / before.numel() ** 0.5,
        ratio=gradient / last if last else float("nan"),
        delta=0.0 if delta is None else _row_norms(delta * len(delta)),
        slope=None if slopes is None else float(slopes.double().abs().mean()),
        weight=norm,
        update=change / norm if moves and norm else None,
        mean=float(y.double().mean()),
        active=float((y > 0).double().mean()),
        dead=None if slopes is None else int((slopes.abs() < FLAT).all(0).sum()),
        saturated=_saturated(call, slopes),
    )


def _function(call: _Call) -> str:
    if is_recurrent(call.module):
        return type(call.module).__name__
    return "linear" if call.activation is None else type(call.activation).__name__


def _lags(call: _Call) -> tuple[float, ...]:
    """Norms of the gradient by lag, relative to lag 0, on some of the rows with a last step.

    Sequences that end earlier have no gradient there. Empty without such rows.
    """
    assert call.entered is not None
    assert call.z.grad is not None
    ended = call.z.grad[:, -1].any(1).nonzero()[:LAGGED, 0]
    if not len(ended):
        return ()
    x, g = call.entered[ended], call.z.grad[ended, -1]
    norms = gradients_by_lag(call.module, x, direction=g)
    return tuple((norms / norms[0].clamp(min=1e-300)).tolist())


def _activity(call: _Call) -> Tensor:
    values = call.z.detach() if call.y is None else call.y
    return values.flatten(0, -2) if call.last else values.flatten(1)


def _slopes(call: _Call) -> Tensor | None:
    """f'(z) of every row and unit; None where there is none for each unit."""
    if is_recurrent(call.module):
        return None  # its nonlinearities are inside
    if call.activation is None:
        return torch.ones_like(_activity(call))
    if call.entered is None or isinstance(call.activation, _JOINT):
        return None
    slopes = _derivative(call.activation, call.entered).flatten(1)
    return slopes if slopes.shape == _activity(call).shape else None


def _derivative(function: nn.Module, z: Tensor) -> Tensor:
    z = z.clone().requires_grad_()
    with torch.enable_grad():
        total = function(z).sum()
    (slopes,) = torch.autograd.grad(total, z)
    return slopes


def _saturated(call: _Call, slopes: Tensor | None) -> float | None:
    """Share of values in the flat parts of a bounded function; None if it is not bounded."""
    if call.activation is None or call.entered is None or slopes is None:
        return None
    ends = call.entered.new_tensor([[-1e4, 0.0, 1e4]])
    low, middle, high = _derivative(call.activation, ends)[0].abs().tolist()
    if not middle or max(low, high) > 1e-6 * middle:
        return None
    return float((slopes.abs() < SATURATED * middle).double().mean())


def _constant(
    objective: Objective, net: nn.Module, *, batch: Mapping[str, Tensor]
) -> float | None:
    """The lowest mean loss of outputs that are the same for all rows."""
    y, w, figure = batch.get("y"), batch.get("weights"), getattr(objective, "figure", None)
    if figure == "token_nats":
        wanted = batch["x"][:, 1:]
        p = wanted[wanted >= 0].bincount().double()
        return float(-torch.special.xlogy(p / p.sum(), p / p.sum()).sum())
    if y is None:
        return None
    share = torch.full((len(y),), 1 / len(y), dtype=torch.float64) if w is None else w.double()
    share = (share / share.sum()).to(y.device)
    if figure == "loss" and not y.is_floating_point():
        p = torch.zeros(int(y.max()) + 1, dtype=torch.float64, device=y.device)
        p = p.index_add(0, y, share)
        return float(-torch.special.xlogy(p, p).sum())
    if figure == "squared_error":
        scale = getattr(net, "scale", None)
        t = y.double() if scale is None else y.double() / scale
        return float(0.5 * (share @ (t - share @ t).square()).sum())
    return None


def _norm(x: Tensor | None) -> float:
    return 0.0 if x is None else float(x.double().norm())


def _row_norms(x: Tensor) -> float:
    """Mean over the rows of the norm of a row."""
    return float(x.double().flatten(1).norm(dim=1).mean())
