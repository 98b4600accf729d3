r"""Lower bounds on the log-likelihood of rows that have a drawn code: pure functions on tensors.

A code c has the prior p(c), a row given its code has the probability p(x | c), and q(c | x) is the
distribution that the encoder gives. With :math:`w = p(x, c) / q(c | x)` and K codes drawn from q,

.. math:: \langle \log w \rangle
          \le \Big\langle \log \frac1K \sum_{k=1}^K w_k \Big\rangle \le \log p(x)

The left side is the ELBO (Kingma and Welling, 2014, https://arxiv.org/abs/1312.6114), the middle
the importance-weighted bound, which rises with K (Burda, Grosse and Salakhutdinov, 2016,
https://arxiv.org/abs/1509.00519). Both are tight if q is the exact posterior.
"""

import math

import torch
from torch import Tensor

__all__ = ["divergence", "elbo", "importance_weighted", "log_normal"]


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    r"""KL divergence of normal distributions from the standard normal one, ``(B,)``, in nats.

    .. math:: \mathrm{KL}\big( N(m, e^l) \,\|\, N(0, 1) \big)
              = \tfrac12 \sum_j \big( m_j^2 + e^{l_j} - 1 - l_j \big)

    Args:
        mean: m, ``(B, k)``.
        log_variance: l, ``(B, k)``.

    >>> divergence(torch.zeros(1, 3, dtype=torch.float32), torch.zeros(1, 3, dtype=torch.float32))
    tensor([0.])
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1)


def log_normal(values: Tensor, mean: Tensor, *, log_std: Tensor) -> Tensor:
    r"""Log density of independent normal values, ``(B,)``, in nats.

    .. math:: -\sum_j \tfrac12 \log 2\pi + \log s_j + \tfrac12 \Big( \frac{v_j - m_j}{s_j} \Big)^2

    Args:
        values: v, ``(B, D)``.
        mean: m, of the same shape.
        log_std: log s, of a shape that is broadcast to it.
    """
    gap = (values - mean) * (-log_std).exp()
    return -(0.5 * math.log(2 * math.pi) + log_std + 0.5 * gap.square()).sum(1)


def elbo(log_likelihoods: Tensor, divergences: Tensor) -> Tensor:
    r"""The evidence lower bound, ``(B,)``: mean of :math:`\log p(x | c)`, minus the divergence.

    Args:
        log_likelihoods: log p(x | c) of K codes drawn from q, ``(K, B)``.
        divergences: KL(q(c | x) || p(c)), ``(B,)``.
    """
    return log_likelihoods.mean(0) - divergences


def importance_weighted(log_weights: Tensor) -> Tensor:
    r"""The importance-weighted bound :math:`\log \frac1K \sum_k w_k`, ``(B,)``.

    Args:
        log_weights: log w = log p(x | c) + log p(c) - log q(c | x), of K codes drawn from q,
            ``(K, B)``.

    >>> importance_weighted(torch.tensor([[0.0], [float("-inf")]], dtype=torch.float64)).exp()
    tensor([0.5000], dtype=torch.float64)
    """
    return torch.logsumexp(log_weights, 0) - math.log(len(log_weights))
