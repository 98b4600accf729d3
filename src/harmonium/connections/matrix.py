"""Conversion between the linear part of a connection and a matrix."""

import torch
from torch import Tensor, nn

from harmonium.connections.base import Connection
from harmonium.errors import UsageError

__all__ = ["linear", "matrix", "set_matrix"]


@torch.no_grad()
def linear(weight: Tensor) -> nn.Linear:
    """An ``nn.Linear`` with a copy of these weights, ``(outputs, inputs)``, and a zero bias.

    It draws no random numbers, which would change the state of a generator.
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
    """Sets the parameters so that ``matrix`` returns this value, ``(target units, source units)``.

    Raises:
        ValueError: no parameters give this matrix (because weights are shared, for example), or it
            is not finite; the parameters are unchanged.
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
    if not connection.linear:  # weights of both signs cancel the offsets of an affine connection
        basis = torch.cat([basis, basis, 0 * basis, 0 * basis])
        image = torch.cat([image, 0 * image, image, 0 * image])
        weights = torch.cat([weights, -weights, -weights, weights])
    solution = connection.correlate(basis, image, weights=weights)
    before = {name: connection.get_parameter(name).clone() for name in solution}
    for name, parameter in solution.items():
        connection.get_parameter(name).copy_(parameter)
    error = (matrix(connection) - value).abs().max()
    if not float(error) <= 1e-5 * float(value.abs().max()):
        for name, parameter in before.items():
            connection.get_parameter(name).copy_(parameter)
        raise UsageError(
            f"{type(connection).__name__}({connection.extra_repr()}): no parameters give this "
            "matrix; Dense takes every matrix, Lateral every symmetric one with a zero diagonal"
        )
