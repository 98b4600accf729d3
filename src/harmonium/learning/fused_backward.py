"""Updates of a dense net by the formulas of backpropagation, without autograd."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonium.errors import UsageTypeError
from harmonium.learning.objectives import Bernoulli, CrossEntropy, SquaredError

__all__ = ["FlatParameters", "FusedDescent", "is_fusible"]

Loss = Callable[..., tuple[Tensor, Tensor]]
"""(outputs z of the last dense layer, targets, net=) -> loss of each row, and dE/dz of each row;
z may be overwritten."""


def is_fusible(net: nn.Module, objective: Any) -> bool:  # noqa: ANN401
    """Whether ``FusedDescent`` can train a net on an objective.

    The net consists of dense layers with activations whose derivative follows from their value,
    and perhaps the units of its targets. Dropout and other layers need autograd.
    """
    *body, last = list(net.children()) or [net]
    if hasattr(last, "scale"):  # nets.Rescaled
        last = body.pop() if body else last
    dense = all(isinstance(part, nn.Linear) or _has_derivative(part) for part in body)
    plain = type(objective) in _LOSSES and not getattr(objective, "smoothing", 0.0)
    return dense and isinstance(last, nn.Linear) and plain


def _has_derivative(part: nn.Module) -> bool:
    return isinstance(part, nn.ReLU | nn.LeakyReLU | nn.ELU) or hasattr(part, "derivative")


class FlatParameters:
    """All parameters of a net in one vector, weights first, so that an optimiser has one tensor.

    Args:
        net: the net, whose parameters become views of the vector.

    Attributes:
        vector: the vector; its gradient is a vector of the same layout.
        weights: number of values that belong to weights; biases follow.
    """

    def __init__(self, net: nn.Module) -> None:
        self.parameters = sorted(net.parameters(), key=lambda p: p.ndim, reverse=True)
        flat = torch.cat([p.detach().flatten() for p in self.parameters])
        self.vector = nn.Parameter(flat)
        self.vector.grad = torch.zeros_like(flat)
        self.weights = sum(p.numel() for p in self.parameters if p.ndim > 1)
        self.views: dict[int, tuple[Tensor, Tensor]] = {}
        sizes = [p.numel() for p in self.parameters]
        parts = zip(flat.split(sizes), self.vector.grad.split(sizes), strict=True)
        for p, (value, grad) in zip(self.parameters, parts, strict=True):
            self.views[id(p)] = value.view_as(p), grad.view_as(p)
        self.attach()

    def attach(self) -> None:
        """Makes the net's parameters views of the vector, with their present values."""
        for p in self.parameters:
            value, _ = self.views[id(p)]
            if p.data_ptr() != value.data_ptr():
                value.copy_(p.detach())
                p.data = value

    def detach(self) -> None:
        """Gives the parameters memory of their own, as files and copies of the net need it."""
        for p in self.parameters:
            p.data = p.detach().clone()


class FusedDescent:
    r"""The updates of ``Descent`` for dense nets, with the gradients in closed form.

    With :math:`z_k = W_k h_{k-1} + b_k` and :math:`h_k = g(z_k)`:

    .. math:: \delta_L = \frac{\partial E}{\partial z_L}, \qquad
              \delta_k = g'(z_k) \odot W_{k+1}^T \delta_{k+1}, \qquad
              \frac{\partial E}{\partial W_k} = \delta_k h_{k-1}^T, \quad
              \frac{\partial E}{\partial b_k} = \delta_k

    Each objective has the output units for which :math:`\partial E / \partial z_L` is output
    minus target: softmax with the cross-entropy, logistic units with the Bernoulli loss, linear
    units with the squared error. The gradients are those of autograd, at about half the time of
    an update of a small net.

    Args:
        module: a net for which ``is_fusible`` holds.
        objective: ``CrossEntropy``, ``Bernoulli`` or ``SquaredError``.
        optimiser: makes the optimiser from the list of its only parameter, all parameters in one
            vector.
        l2: strength :math:`\alpha` of the penalty :math:`\alpha |W|^2 / 2n` on the weights, where
            n is the sum of the weights of the rows of a batch.
        project: called after every step of the optimiser, such as ``max_norm``; None: nothing.
    """

    def __init__(
        self,
        module: nn.Module,
        objective: Any,  # noqa: ANN401
        *,
        optimiser: Callable[[list[nn.Parameter]], torch.optim.Optimizer],
        l2: float = 0.0,
        project: Callable[[], None] | None = None,
    ) -> None:
        self.module, self.objective, self.l2, self.project = module, objective, l2, project
        self.flat = FlatParameters(module)
        self.optimiser = optimiser([self.flat.vector])
        self._loss = _LOSSES[type(objective)]
        self._layers = [_Layer(part, self.flat) for part in _dense(module)]
        for layer, part in _activations(module).items():
            self._layers[layer].activation = part

    def __deepcopy__(self, memo: dict[int, Any]) -> "FusedDescent":
        """Raises TypeError: a copy's parameters would no longer be views of its vector."""
        raise UsageTypeError(
            "FusedDescent is not copied, since the net's parameters are views of its vector: copy "
            "the net, and make another FusedDescent of the copy"
        )

    @property
    def optimisers(self) -> list[torch.optim.Optimizer]:
        """The optimiser, in a list."""
        return [self.optimiser]

    @torch.no_grad()
    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Makes one update and returns the mean loss before it, under the objective's ``figure``.

        Weights of rows, if there are any, are valid: finite, at least 0 and not all 0.
        """
        loss = self.backward(batch)
        self.optimiser.step()
        if self.project is not None:
            self.project()
        return {self.objective.figure: loss}

    @torch.no_grad()
    def backward(self, batch: Mapping[str, Tensor]) -> Tensor:
        """Sets the gradient of the vector, penalty included; returns the mean loss without it."""
        values, h = [], batch["x"]
        for layer in self._layers:
            values.append(h)
            h = layer.forward(h)
        losses, delta = self._loss(h, batch["y"], net=self.module)
        weights = batch.get("weights")
        if weights is None:
            total: Any = len(losses)
            loss = losses.mean()
            delta = delta.div_(total)
        else:
            total = weights.sum()
            share = weights / total
            loss = losses @ share
            delta = delta.mul_(share[:, None])
        for k in range(len(self._layers) - 1, -1, -1):
            before = self._layers[k - 1].activation if k else None
            delta = self._layers[k].backward(values[k], delta, before=before, last=not k)
        if self.l2:
            grad, n = self.flat.vector.grad, self.flat.weights
            assert grad is not None
            grad[:n].add_(self.flat.vector.detach()[:n], alpha=self.l2 / float(total))
        return loss

    def penalty(self, total: float) -> Tensor:
        """The penalty of a batch whose rows have weights of this sum."""
        weights = self.flat.vector.detach()[: self.flat.weights]
        return 0.5 * self.l2 / total * weights.square().sum()

    def state_dict(self) -> dict[str, Any]:
        """The net's parameters and the optimiser's state."""
        return {"net": self.module.state_dict(), "optimiser": self.optimiser.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        self.module.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])


class _Layer:
    """A dense layer: views of its parameters and gradients, and its activation."""

    def __init__(self, dense: nn.Linear, flat: FlatParameters) -> None:
        self.weight, self.weight_grad = flat.views[id(dense.weight)]
        self.bias, self.bias_grad = flat.views[id(dense.bias)]
        self.across = self.weight.t()
        self.activation: nn.Module | None = None

    def forward(self, x: Tensor) -> Tensor:
        z = torch.addmm(self.bias, x, self.across)
        if self.activation is None:
            return z
        if isinstance(self.activation, nn.ReLU):
            return z.relu_()
        h: Tensor = self.activation(z)
        return h

    def backward(
        self, x: Tensor, delta: Tensor, *, before: nn.Module | None, last: bool
    ) -> Tensor:
        """Sets the gradients; returns delta of the layer below, whose values are ``x``."""
        torch.mm(delta.t(), x, out=self.weight_grad)
        torch.sum(delta, 0, out=self.bias_grad)
        if last:
            return delta
        below = delta.mm(self.weight)
        return below if before is None else _through(before, x, d=below)


def _through(activation: nn.Module, h: Tensor, *, d: Tensor) -> Tensor:
    """d times the derivative of an activation with the values h."""
    if isinstance(activation, nn.ReLU):
        return torch.ops.aten.threshold_backward(d, h, 0)  # half the time of d * (h > 0)
    if isinstance(activation, nn.LeakyReLU):
        return torch.where(h > 0, d, activation.negative_slope * d)
    if isinstance(activation, nn.ELU):
        return d.mul_(torch.where(h > 0, 1.0, h + activation.alpha))
    derivative: Any = activation.derivative
    return d.mul_(derivative(h))


def _dense(net: nn.Module) -> list[nn.Linear]:
    return [part for part in net.modules() if isinstance(part, nn.Linear)]


def _activations(net: nn.Module) -> dict[int, nn.Module]:
    """Index of a dense layer -> the activation that follows it."""
    of: dict[int, nn.Module] = {}
    count = 0
    for part in net.children():
        if isinstance(part, nn.Linear):
            count += 1
        elif _has_derivative(part):
            of[count - 1] = part
    return of


def _softmax(z: Tensor, y: Tensor, *, net: nn.Module) -> tuple[Tensor, Tensor]:
    del net
    index = y[:, None]
    z = z.sub_(z.amax(1, keepdim=True))  # by hand: half the time of log_softmax for few classes
    losses = z.gather(1, index)
    delta = z.exp_()
    total = delta.sum(1, keepdim=True)
    losses = (total.log() - losses).squeeze(1)
    delta.div_(total)
    return losses, delta.scatter_add_(1, index, delta.new_full((1, 1), -1.0).expand(len(y), 1))


def _logistic(z: Tensor, y: Tensor, *, net: nn.Module) -> tuple[Tensor, Tensor]:
    del net
    target = y if y.is_floating_point() else functional.one_hot(y, z.shape[1]).to(z)
    losses = functional.binary_cross_entropy_with_logits(z, target, reduction="none").sum(1)
    return losses, z.sigmoid().sub_(target)


def _linear(z: Tensor, y: Tensor, *, net: nn.Module) -> tuple[Tensor, Tensor]:
    rescaled: Any = getattr(net, "rescaled", None)
    delta = z - y if rescaled is None else (rescaled(z) - y).div_(rescaled.scale)
    return 0.5 * delta.square().sum(1), delta


_LOSSES: dict[type, Loss] = {
    Bernoulli: _logistic,
    CrossEntropy: _softmax,
    SquaredError: _linear,
}
"""Objective -> its loss and the derivative of it by the outputs of the last dense layer."""
