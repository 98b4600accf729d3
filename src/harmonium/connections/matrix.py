"""Conversion between the linear part of a connection and a matrix."""

import torch
from torch import Tensor, nn

from harmonium.connections.base import Connection
from harmonium.errors import UsageError
from harmonium.memory import need

__all__ = ["largest", "linear", "matrix", "set_matrix"]

_BLOCK = 1024
"""Unit vectors that are sent through a connection at once."""

_PAIRS = 2**26
"""Pairs of units up to which the matrix of a connection with shared weights is made."""


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
    """The matrix of ``forward`` between the flattened groups, ``(target units, source units)``.

    It is read off unit vectors of the smaller group, some at a time: memory is that of the matrix.

    Raises:
        ValueError: the matrix does not fit into free memory.
    """
    like = next(connection.parameters(), torch.empty(0, dtype=torch.float32))
    places = connection.source.numel() * connection.target.numel()
    need(
        2 * places * like.element_size(),
        f"the full matrix of {type(connection).__name__}({connection.extra_repr()})",
        remedy="take smaller groups; a connection with shared weights is used without its matrix",
    )
    back = connection.target.numel() < connection.source.numel()
    side, send = (
        (connection.target, connection.adjoint) if back else (connection.source, connection)
    )
    size, parts = side.numel(), []
    nothing = send(torch.zeros(1, *side, dtype=like.dtype, device=like.device))
    for first in range(0, size, _BLOCK):
        rows = torch.arange(first, min(first + _BLOCK, size), device=like.device)
        basis = torch.zeros(len(rows), size, dtype=like.dtype, device=like.device)
        basis.scatter_(1, rows[:, None], 1)
        parts.append((send(basis.unflatten(1, side)) - nothing).flatten(1))
    columns = torch.cat(parts)
    return columns if back else columns.mT


@torch.no_grad()
def largest(connection: Connection, source: Tensor, *, target: Tensor) -> float:
    r"""The largest :math:`|M_{ji}| s_i t_j` of the matrix M, for scales s and t of the units.

    Where few weights are shared by very many pairs of units, it is the bound
    :math:`\max |W| \max s \max t`, because the matrix might not fit into memory.

    Args:
        connection: the connection.
        source: s, not negative, ``(source units,)``.
        target: t, not negative, ``(target units,)``.
    """
    if connection.full or len(source) * len(target) <= _PAIRS:
        return float((matrix(connection).abs() * target[:, None] * source).max())
    weight = max((float(p.abs().max()) for p in connection.parameters()), default=1.0)
    return weight * float(source.max() * target.max())


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
    solution = _collected(connection, value)
    before = {name: connection.get_parameter(name).clone() for name in solution}
    means = {name: _mean(connection, name, total=total) for name, total in solution.items()}
    first = next(iter(means), None)  # where parameters overlap, one of them gives every matrix
    for only in (False, True):
        for name, parameter in means.items():
            keep = not only or name == first
            connection.get_parameter(name).copy_(parameter if keep else 0 * parameter)
        error = (matrix(connection) - value).abs().max()
        if float(error) <= 1e-5 * float(value.abs().max()):
            break
    else:
        for name, parameter in before.items():
            connection.get_parameter(name).copy_(parameter)
        raise UsageError(
            f"{type(connection).__name__}({connection.extra_repr()}): no parameters give this "
            "matrix; Dense takes every matrix, Lateral every symmetric one with a zero diagonal"
        )


def _mean(connection: Connection, name: str, *, total: Tensor) -> Tensor:
    """The mean of the matrix's values at the places of a parameter, from their sums; 0 if none."""
    for other, parameter in connection.named_parameters():
        parameter.fill_(float(other == name))
    places = _collected(connection, matrix(connection))[name]
    return torch.where(places != 0, total / places, 0)


def _collected(connection: Connection, value: Tensor) -> dict[str, Tensor]:
    """For each parameter the sum of the matrix's values at its places."""
    size = min(value.shape)
    basis = torch.eye(size, dtype=value.dtype, device=value.device)  # of the smaller group
    back = connection.target.numel() < connection.source.numel()
    x, y = (value, basis) if back else (basis, value.mT)
    x, y = x.unflatten(1, connection.source), y.unflatten(1, connection.target)
    weights = value.new_ones(size)
    if not connection.linear:  # weights of both signs cancel the offsets of an affine connection
        x, y = torch.cat([x, x, 0 * x, 0 * x]), torch.cat([y, 0 * y, y, 0 * y])
        weights = torch.cat([weights, -weights, -weights, weights])
    return connection.correlate(x, y, weights=weights)
