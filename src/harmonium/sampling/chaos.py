r"""Nets with asymmetric couplings, which have no energy: trajectories and Lyapunov exponents.

If the couplings are not symmetric there is no energy, hence no energy graph. The net is the map

.. math:: x_{t+1} = \tanh(g J x_t)

With independent couplings of variance 1/N, activity decays to zero for gains :math:`g < 1` and is
chaotic for larger gains (Sompolinsky, Crisanti and Sommers, 1988,
https://doi.org/10.1103/PhysRevLett.61.259, in continuous time).
"""

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.random import Source, normal

__all__ = ["lyapunov", "trajectory"]


@torch.no_grad()
def trajectory(weights: Tensor, x: Tensor, *, gain: float = 1.0, steps: int = 100) -> Tensor:
    r"""The states of :math:`x_{t+1} = \tanh(g J x_t)`, initial state first, ``(steps + 1, B, N)``.

    Args:
        weights: J, ``(N, N)``: row i has the couplings into unit i; it need not be symmetric.
        x: the initial states, ``(B, N)``.
        gain: g.
        steps: number of steps.

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

    A small difference grows like :math:`e^{\lambda t}`; a positive exponent means chaos. It is the
    mean growth rate of a tangent vector that is rescaled to length 1 after every step (Benettin,
    Galgani, Giorgilli and Strelcyn, 1980, https://doi.org/10.1007/BF02128236).

    Args:
        weights: J, ``(N, N)``: row i has the couplings into unit i; it need not be symmetric.
        x: the initial states, ``(B, N)``.
        gain: g.
        steps: steps over which growth is averaged.
        transient: steps before those, in which the net reaches its attractor.
        source: random generator, for the initial tangent vectors.

    Returns:
        One estimate per initial state, ``(B,)``; -inf if the tangent vector becomes zero.

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
            f"weights {tuple(weights.shape)} and states {tuple(x.shape)} do not fit: "
            "give (N, N) and (B, N)"
        )
