r"""Nets without an energy: asymmetric couplings and gain, and how fast two trajectories part.

If what i says to j is not what j says to i, there is no energy, hence no energy graph: the net

.. math:: x_{t+1} = \tanh(g J x_t)

is only a map. With independent couplings of variance 1/N it falls silent for gains :math:`g < 1`
and is chaotic above (Sompolinsky, Crisanti and Sommers, 1988,
https://doi.org/10.1103/PhysRevLett.61.259); with symmetric couplings it comes to rest.
"""

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.random import Source, normal

__all__ = ["lyapunov", "trajectory"]


@torch.no_grad()
def trajectory(weights: Tensor, x: Tensor, *, gain: float = 1.0, steps: int = 100) -> Tensor:
    r"""The states of :math:`x_{t+1} = \tanh(g J x_t)`, the start first, ``(steps + 1, B, N)``.

    Args:
        weights: J, ``(N, N)``: row i is what unit i hears. Any matrix; none is symmetrised.
        x: where to start, ``(B, N)``.
        gain: g.
        steps: how many.

    Raises:
        ValueError: shapes do not fit.
    """
    _check(weights, x)
    states = [x]
    for _ in range(steps):
        states.append(torch.tanh(gain * states[-1] @ weights.mT))
    return torch.stack(states)


@torch.no_grad()
def lyapunov(
    weights: Tensor,
    x: Tensor,
    *,
    gain: float = 1.0,
    steps: int = 1000,
    transient: int = 200,
    source: Source = None,
) -> Tensor:
    r"""The largest Lyapunov exponent of :math:`x_{t+1} = \tanh(g J x_t)`, in nats per step.

    A small difference grows like :math:`e^{\lambda t}`: positive means chaos. A tangent vector is
    carried along and brought back to length one (Benettin, Galgani, Giorgilli and Strelcyn, 1980,
    https://doi.org/10.1007/BF02128236).

    Args:
        weights: J, ``(N, N)``: row i is what unit i hears. Any matrix; none is symmetrised.
        x: where to start, ``(B, N)``.
        gain: g.
        steps: over which growth is averaged.
        transient: steps before those, in which the net finds its attractor.
        source: of the first tangent vectors.

    Returns:
        One estimate per start, ``(B,)``; -inf where differences vanish altogether.

    Raises:
        ValueError: shapes do not fit.
    """
    _check(weights, x)
    tangent = normal(x, source)
    tangent = tangent / tangent.norm(dim=1, keepdim=True)
    total = x.new_zeros(len(x))
    for t in range(transient + steps):
        x = torch.tanh(gain * x @ weights.mT)
        tangent = (1 - x.square()) * (gain * tangent @ weights.mT)
        length = tangent.norm(dim=1)
        tangent = tangent / length.clamp(min=torch.finfo(x.dtype).tiny)[:, None]
        if t >= transient:
            total += length.log()
    return total / steps


def _check(weights: Tensor, x: Tensor) -> None:
    if weights.shape != (x.shape[-1], x.shape[-1]) or x.ndim != 2:
        raise UsageError(
            f"weights {tuple(weights.shape)} and starts {tuple(x.shape)} do not fit: "
            "give (N, N) and (B, N)"
        )
