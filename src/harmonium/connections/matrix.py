"""The linear part of a connection as one matrix, and back."""

import torch
from torch import Tensor, nn

from harmonium.connections.base import Connection
from harmonium.errors import UsageError

__all__ = ["linear", "matrix", "set_matrix"]


@torch.no_grad()
def linear(weight: Tensor) -> nn.Linear:
    """A layer with a copy of these weights, ``(outputs, inputs)``, and a zero bias.

    Nothing is drawn for it, neither from torch's global source nor from another.
    """
    outputs, inputs = weight.shape
    layer = nn.Linear(inputs, outputs, device="meta", dtype=weight.dtype)
    layer = layer.to_empty(device=weight.device)
    layer.weight.copy_(weight)
    layer.bias.zero_()
    return layer


@torch.no_grad()
def matrix(connection: Connection) -> Tensor:
    """The matrix of ``forward`` between the flattened groups, ``(target units, source units)``."""
    like = next(connection.parameters())
    size = connection.source.numel()
    basis = torch.eye(size, dtype=like.dtype, device=like.device).unflatten(1, connection.source)
    nothing = torch.zeros_like(basis[:1])
    return (connection(basis) - connection(nothing)).flatten(1).mT


@torch.no_grad()
def set_matrix(connection: Connection, value: Tensor) -> None:
    """Sets the parameters so that ``matrix`` is this one, ``(target units, source units)``.

    Raises:
        ValueError: no parameters give this matrix (shared weights, say), or it is not finite;
            nothing is changed.
    """
    if not bool(torch.isfinite(value).all()):
        raise UsageError(
            f"{type(connection).__name__}({connection.extra_repr()}): the matrix has values that "
            "are not finite: training diverged, so start again with a lower learning rate"
        )
    size = connection.source.numel()
    basis = torch.eye(size, dtype=value.dtype, device=value.device).unflatten(1, connection.source)
    image = value.mT.unflatten(1, connection.target)
    weights = value.new_ones(size)
    if not connection.linear:  # the offsets of an affine one cancel
        basis = torch.cat([basis, basis, 0 * basis, 0 * basis])
        image = torch.cat([image, 0 * image, image, 0 * image])
        weights = torch.cat([weights, -weights, -weights, weights])
    found = connection.correlate(basis, image, weights=weights)
    before = {name: connection.get_parameter(name).clone() for name in found}
    for name, parameter in found.items():
        connection.get_parameter(name).copy_(parameter)
    error = (matrix(connection) - value).abs().max()
    if not float(error) <= 1e-5 * float(value.abs().max()):
        for name, parameter in before.items():
            connection.get_parameter(name).copy_(parameter)
        raise UsageError(
            f"{type(connection).__name__}({connection.extra_repr()}): no parameters give this "
            "matrix; only connections whose weights are all free (Dense, Lateral) take any"
        )
