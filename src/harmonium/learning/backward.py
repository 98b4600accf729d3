"""Backpropagation through a dense net, written as formulas and independent of autograd."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonium.errors import UsageError

__all__ = ["LayerPass", "Loss", "loss_of", "passes"]

Loss: TypeAlias = Literal["squared_error", "bernoulli", "cross_entropy"]
"""Names of the losses, as in recipes."""


@dataclass(frozen=True)
class LayerPass:
    r"""Values of one dense layer in the forward and the backward pass.

    Args:
        name: of the layer.
        weight: W, ``(K, D)``. Its entry [j, i] is the lecture notation's :math:`w_{ij}`, the
            weight from unit i of the layer below to unit j.
        bias: b, ``(K,)``, or None for a layer without biases.
        inputs: values of the layer below, ``(B, D)``.
        z: :math:`z_j = b_j + \sum_i w_{ij} x_i`, ``(B, K)``.
        y: outputs of the units, :math:`y_j = f(z_j)`, ``(B, K)``. In the last layer these are
            the net's predictions: probabilities for the losses of probabilities.
        slope: :math:`f'(z_j)`, ``(B, K)``.
        delta: :math:`\delta_j = \partial E / \partial z_j`, ``(B, K)``.
        gradient: :math:`\partial E / \partial w_{ij} = \sum_b x_i \delta_j`, ``(K, D)``.
        bias_gradient: :math:`\partial E / \partial b_j = \sum_b \delta_j`, or None.
    """

    name: str
    weight: Tensor
    bias: Tensor | None
    inputs: Tensor
    z: Tensor
    y: Tensor
    slope: Tensor
    delta: Tensor
    gradient: Tensor
    bias_gradient: Tensor | None


@dataclass(frozen=True)
class _Forward:
    """The forward half of a layer: its module, its inputs, z, y and f'(z)."""

    name: str
    layer: nn.Linear
    inputs: Tensor
    z: Tensor
    y: Tensor
    slope: Tensor


@torch.no_grad()
def passes(net: nn.Sequential, x: Tensor, *, t: Tensor, loss: Loss) -> list[LayerPass]:
    r"""Both passes through a dense net: values upwards, errors downwards.

    Forward, for layers n = 1 ... L with :math:`y^{(0)} = x`:

    .. math:: z_j^{(n)} = b_j^{(n)} + \sum_i w_{ij}^{(n)} y_i^{(n-1)}, \qquad
              y_j^{(n)} = f(z_j^{(n)})

    Backward, with :math:`\delta_j^{(n)} = \partial E / \partial z_j^{(n)}`:

    .. math:: \delta_j^{(n)} = f'(z_j^{(n)}) \sum_k w_{jk}^{(n+1)} \delta_k^{(n+1)}, \qquad
              \frac{\partial E}{\partial w_{ij}^{(n)}} = y_i^{(n-1)} \delta_j^{(n)}

    and in the last layer :math:`\delta_j = (y_j - t_j) f'(z_j)` for the squared error, and
    :math:`\delta_j = y_j - t_j` for logistic units with the Bernoulli loss and for softmax units
    with the cross-entropy. E is the sum over the rows (``loss_of``). (Rumelhart, Hinton and
    Williams, 1986, https://doi.org/10.1038/323533a0.) Lectures often print the weight in the sum
    for :math:`\delta` as :math:`w_{ik}` and the error as that of layer n; both belong to the
    layer above.

    Args:
        net: ``nn.Linear`` layers, each with or without an activation function after it. Dropout
            is allowed in evaluation mode, where it changes nothing.
        x: rows, ``(B, D)``.
        t: targets ``(B, K)``, or classes ``(B,)``, int64.
        loss: the squared error takes the net's outputs as they are. The two others take them as
            z of a last activation, logistic or softmax, which belongs to the loss.

    Returns:
        The layers from the lowest to the highest.

    Raises:
        ValueError: the net has a module that is neither a dense layer nor a known activation
            function, or targets do not fit its outputs.

    >>> net = nn.Sequential(nn.Linear(1, 1, bias=False, dtype=torch.float64))
    >>> _ = net[0].weight.data.fill_(3)
    >>> x, t = torch.tensor([[2.0]]).double(), torch.tensor([[5.0]]).double()
    >>> [layer] = passes(net, x, t=t, loss="squared_error")
    >>> layer.delta.item(), layer.gradient.item()
    (1.0, 2.0)
    """
    layers = _forward(net, x)
    prediction = _prediction(layers[-1].y, loss)
    target = _targets(t, prediction)
    delta = prediction - target
    if loss == "squared_error":
        delta = delta * layers[-1].slope / _spread(net, prediction).square()
    above: list[LayerPass] = []
    for index in reversed(range(len(layers))):
        own = layers[index]
        if above:
            delta = own.slope * (above[0].delta @ above[0].weight)
        last = index == len(layers) - 1
        above.insert(0, _layer(own, delta, y=prediction if last else own.y))
    return above


def loss_of(net: nn.Sequential, x: Tensor, *, t: Tensor, loss: Loss) -> Tensor:
    r"""The loss E whose gradients ``passes`` gives: a scalar, summed over rows and outputs.

    .. math:: \frac12 \sum_j \Big(\frac{y_j - t_j}{s_j}\Big)^2, \qquad
              -\sum_j t_j \log y_j + (1 - t_j) \log (1 - y_j), \qquad -\sum_j t_j \log y_j

    in the order of ``Loss``; s is 1, or ``net.scale`` where the net knows the spread of its
    targets.

    Args:
        net: as in ``passes``.
        x: rows, ``(B, D)``.
        t: targets ``(B, K)``, or classes ``(B,)``, int64.
        loss: name of the loss.
    """
    outputs = net(x)
    target = _targets(t, outputs)
    if loss == "squared_error":
        return 0.5 * ((outputs - target) / _spread(net, outputs)).square().sum()
    if loss == "bernoulli":
        return functional.binary_cross_entropy_with_logits(outputs, target, reduction="sum")
    return -(target * outputs.log_softmax(1)).sum()


# --- the forward pass ------------------------------------------------------------------------


def _forward(net: nn.Sequential, x: Tensor) -> list[_Forward]:
    """Every dense layer with the activation functions that follow it."""
    layers: list[_Forward] = []
    for name, part in net.named_children():
        if isinstance(part, nn.Linear):
            z = functional.linear(x, part.weight, part.bias)
            layers.append(_Forward(name, part, x, z, y=z, slope=torch.ones_like(z)))
        elif type(part).__name__ == "Dropout" and not part.training:
            continue
        elif layers and type(part).__name__ in _DERIVATIVES:
            below = layers[-1]
            y = part(below.y)
            slope = below.slope * _DERIVATIVES[type(part).__name__](part, below.y, y)
            layers[-1] = _Forward(below.name, below.layer, below.inputs, below.z, y, slope)
        else:
            mode = " in training mode" if type(part).__name__ == "Dropout" else ""
            raise UsageError(
                f"{name}: both passes are written for dense layers followed by "
                f"{', '.join(_DERIVATIVES)}, not for {type(part).__name__}{mode}"
            )
        x = layers[-1].y
    if not layers:
        raise UsageError("the net has no layers: give at least one nn.Linear")
    return layers


def _gelu_slope(z: Tensor) -> Tensor:
    share = 0.5 * (1 + torch.erf(z / math.sqrt(2)))
    return share + z * torch.exp(-z.square() / 2) / math.sqrt(2 * math.pi)


_DERIVATIVES: dict[str, Callable[[Any, Tensor, Tensor], Tensor]] = {
    "ELU": lambda part, z, y: (z > 0).to(z) + (z <= 0).to(z) * (y + part.alpha),
    "GELU": lambda _, z, __: _gelu_slope(z),
    "Identity": lambda _, z, __: torch.ones_like(z),
    "LeakyReLU": lambda part, z, _: (z > 0).to(z) + part.negative_slope * (z <= 0).to(z),
    "Logistic": lambda part, _, y: part.slope * y * (1 - y),
    "ReLU": lambda _, z, __: (z > 0).to(z),
    "Rescaled": lambda part, z, _: part.scale.expand_as(z),
    "Sigmoid": lambda _, __, y: y * (1 - y),
    "Softsign": lambda part, _, y: getattr(part, "slope", 1.0) * (1 - y.abs()).square(),
    "Tanh": lambda part, _, y: getattr(part, "slope", 1.0) * (1 - y.square()),
}
"""Class of an activation function -> f'(z) from the module, z and y = f(z)."""


# --- the error at the outputs ----------------------------------------------------------------


def _prediction(outputs: Tensor, loss: Loss) -> Tensor:
    """Outputs of the last units, whose activation function belongs to the loss."""
    if loss == "squared_error":
        return outputs
    return outputs.sigmoid() if loss == "bernoulli" else outputs.softmax(1)


def _targets(t: Tensor, outputs: Tensor) -> Tensor:
    """Targets of the outputs' shape and type; classes become 0 and 1."""
    if not t.is_floating_point():
        t = functional.one_hot(t, outputs.shape[1])
    if t.shape != outputs.shape:
        raise UsageError(
            f"targets of shape {tuple(t.shape)} for outputs of shape {tuple(outputs.shape)}: "
            "give a number for every output of every row"
        )
    return t.to(outputs)


def _spread(net: nn.Module, outputs: Tensor) -> Tensor:
    """Standard deviations of the targets, where the net has them as ``scale``, otherwise 1."""
    scale = getattr(net, "scale", None)
    return outputs.new_ones(1) if scale is None else scale


def _layer(own: _Forward, delta: Tensor, *, y: Tensor) -> LayerPass:
    """A layer with its error and its gradients."""
    has_bias = own.layer.bias is not None
    return LayerPass(
        name=own.name,
        weight=own.layer.weight.detach(),
        bias=own.layer.bias.detach() if has_bias else None,
        inputs=own.inputs,
        z=own.z,
        y=y,
        slope=own.slope,
        delta=delta,
        gradient=delta.mT @ own.inputs,
        bias_gradient=delta.sum(0) if has_bias else None,
    )
