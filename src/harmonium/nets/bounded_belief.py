"""Lower bounds on the log-likelihood of rows under a sigmoid belief net."""

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.nets.sigmoid_belief import SigmoidBeliefNet
from harmonium.random import Source

__all__ = ["bounds"]

Draw = Callable[..., tuple[list[Tensor], Tensor]]
"""Rows and a number of samples -> values of all layers, and their log q."""

_AT_ONCE = 1_000_000
"""Values of generated rows in memory at the same time."""


@torch.no_grad()
def bounds(
    net: SigmoidBeliefNet,
    x: Tensor,
    *,
    samples: int,
    shared: bool = False,
    source: Source = None,
) -> dict[str, Tensor]:
    r"""Lower bounds on log p(x), ``(B,)``, in nats: "elbo" and "importance_weighted".

    .. math:: \frac1K \sum_k \log w_k \quad \text{and} \quad \log \frac1K \sum_k w_k, \qquad
              w_k = p(x, h_k) / q(h_k \mid x), \quad h_k \sim q

    Both come from the same samples of the hidden layers. See ``learning.bounds_of_codes``.

    Args:
        net: the net.
        x: rows, ``(B, D)``.
        samples: K, of the hidden layers for each row.
        shared: whether rows share their random numbers (``SigmoidBeliefNet.recognise``), at least
            64 in a piece.
        source: random generator.

    Raises:
        ValueError: samples is below 1.
    """
    if samples < 1:
        raise UsageError(f"samples is {samples}: at least 1 is needed")
    many = max(1, min(samples, _AT_ONCE // max(net.units) // 64))
    parts = x.flatten(1).split(max(1, _AT_ONCE // (max(net.units) * many)))
    draw = partial(net.recognise, shared=shared, source=source)
    found = [_bounds(net, part, samples=samples, many=many, draw=draw) for part in parts]
    return {
        "elbo": torch.cat([lower for lower, _ in found]),
        "importance_weighted": torch.cat([upper for _, upper in found]),
    }


def _bounds(
    net: SigmoidBeliefNet, x: Tensor, *, samples: int, many: int, draw: Draw
) -> tuple[Tensor, Tensor]:
    """Both bounds of a few rows, from ``many`` samples at a time."""
    mean, log_weight = x.new_zeros(len(x)), x.new_full((len(x),), -math.inf)
    for start in range(0, samples, many):
        k = min(many, samples - start)
        values, log_q = draw(x, samples=k)
        log_w = (net.log_joint(values) - log_q).view(k, -1)
        mean += log_w.sum(0) / samples
        log_weight = log_weight.logaddexp(log_w.logsumexp(0))
    return mean, log_weight - math.log(samples)
