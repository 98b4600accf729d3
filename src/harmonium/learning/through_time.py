"""How gradients pass back through the steps of a recurrent layer."""

from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["gradients_by_lag", "is_recurrent", "spectral_radius"]


def is_recurrent(module: nn.Module) -> bool:
    """Whether a module is a recurrent layer (``nets.recurrent``)."""
    return all(hasattr(module, name) for name in ("inputs", "hidden", "layers", "settings"))


def gradients_by_lag(layer: nn.Module, x: Tensor, *, direction: Tensor | None = None) -> Tensor:
    r"""Norms of the gradient of the last output with respect to the state k steps before.

    .. math:: \frac{\partial \langle g, h_T \rangle}{\partial s_{T-k}}
              = J_{T-k+1}^T \cdots J_T^T g, \qquad J_t = \partial s_t / \partial s_{t-1}

    so that it shrinks or grows like the product of k Jacobians. For h_t = tanh(U h_{t-1} + ...)
    the factors are :math:`J_t = \mathrm{diag}(1 - h_t^2) \, U`: where the units are not saturated,
    the gradient grows by the spectral radius of U with every step. (Hochreiter, 1991; Bengio,
    Simard and Frasconi, 1994, https://doi.org/10.1109/72.279181; Pascanu, Mikolov and Bengio,
    2013, https://arxiv.org/abs/1211.5063.)

    Args:
        layer: from inputs and a state to outputs and the state.
        x: inputs ``(B, T, inputs)``.
        direction: g ``(B, hidden)``; None: all ones.

    Returns:
        ``(T,)``, for the lags 0, 1, ..., T - 1: the mean over rows of the norm, float64.
    """
    states: list[tuple[Tensor, ...]] = []
    state: Any = None
    with torch.enable_grad():
        x = x.detach().requires_grad_()  # so that layers with fixed weights have a graph
        for t in range(x.shape[1]):
            _, state = layer(x[:, t : t + 1], state)
            states.append(state)
        last = state[0][:, -1]
        g = torch.ones_like(last) if direction is None else direction
        parts = [part for state in reversed(states) for part in state]
        found = torch.autograd.grad((last * g).sum(), parts, allow_unused=True)
    each = len(states[0])
    squares = [
        torch.zeros(len(x), dtype=torch.float64)
        if grad is None
        else grad.double().flatten(1).square().sum(1).cpu()
        for grad in found
    ]
    norms = torch.stack(squares).view(-1, each, len(x)).sum(1).sqrt()
    return norms.mean(1)


def spectral_radius(weight: Tensor) -> float:
    """Largest absolute value of the eigenvalues of a square matrix.

    >>> spectral_radius(torch.tensor([[0.0, 2.0], [-2.0, 0.0]]))
    2.0
    """
    return float(torch.linalg.eigvals(weight.detach().double()).abs().max())
