"""Lower bounds on the log-likelihood of rows under a codec whose code has a prior."""

import math
from typing import Any

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.learning.bounds_of_codes import elbo
from harmonium.nets.codec import Codec
from harmonium.nets.outputs import log_likelihood
from harmonium.random import Source

__all__ = ["bounds"]

_AT_ONCE, _SAMPLES = 4_000_000, 100
"""Values of decoded rows in memory at the same time; samples of a row at the same time."""


def bounds(net: Codec, x: Tensor, *, samples: int, source: Source = None) -> dict[str, Tensor]:
    """Lower bounds on log p(x), ``(B,)``, in nats: "elbo" and "importance_weighted".

    Both come from the same codes; the divergence in the ELBO is that in closed form, which is
    "code_cost". See ``learning.bounds_of_codes``.

    Args:
        net: its code is a ``codes.Drawn``.
        x: rows, ``(B, *shape)``.
        samples: of the code, for each row.
        source: random generator.

    Raises:
        ValueError: samples is below 1.
    """
    if samples < 1:
        raise UsageError(f"samples is {samples}: at least 1 is needed")
    parts = x.split(max(1, _AT_ONCE // (x.flatten(1).shape[1] * min(samples, _SAMPLES))))
    found = [_bounds(net, part, samples=samples, source=source) for part in parts]
    return {
        "elbo": torch.cat([lower for lower, _, _ in found]),
        "importance_weighted": torch.cat([upper for _, upper, _ in found]),
        "code_cost": torch.cat([cost for _, _, cost in found]),
    }


def _bounds(
    net: Codec, x: Tensor, *, samples: int, source: Source
) -> tuple[Tensor, Tensor, Tensor]:
    """Both bounds of a few rows, and the divergence of their codes."""
    code: Any = net.code
    z, flat = net.encoder(x), x.flatten(1)
    likelihoods, log_weight = z.new_zeros(len(z)), z.new_full((len(z),), -math.inf)
    for start in range(0, samples, _SAMPLES):
        k = min(_SAMPLES, samples - start)
        many, rows = z.repeat(k, 1), flat.repeat(k, 1)
        c = code.draw(many, source)
        log_p = log_likelihood(net.decoder, c, rows=rows, kind=net.output_kind)
        ratio = code.log_ratio(many, c)
        likelihoods += log_p.view(k, -1).sum(0)
        log_weight = log_weight.logaddexp((log_p + ratio).view(k, -1).logsumexp(0))
    cost = code.cost(z)
    return elbo(likelihoods[None] / samples, cost), log_weight - math.log(samples), cost
