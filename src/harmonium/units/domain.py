"""The domain of a family, an interval, with one tolerance for rounding errors in all families."""

import torch
from torch import Tensor

from harmonium.bounds import ROUNDING

__all__ = ["Domain", "inside", "settled", "span"]

Domain = tuple[float, float]
"""The smallest and the largest value; infinite where there is no bound."""


def inside(x: Tensor, domain: Domain) -> bool:
    """Whether all values lie in the domain, up to ``bounds.ROUNDING``; False for NaN.

    >>> inside(torch.tensor([0.0, 1.0000002]), (0, 1)), inside(torch.tensor([1.001]), (0, 1))
    (True, False)
    """
    low, high = domain
    return bool((x >= low - ROUNDING).all()) and bool((x <= high + ROUNDING).all())


def settled(x: Tensor, domain: Domain) -> Tensor:
    """Moves values that rounding left outside the domain to its boundary; others stay.

    >>> settled(torch.tensor([1.0000002, 0.5, 2.0]), (0, 1))
    tensor([1.0000, 0.5000, 2.0000])
    """
    near = x.clamp(*domain)
    return torch.where((x - near).abs() <= ROUNDING, near, x)


def span(x: Tensor, domain: Domain) -> str:
    """The range of the values as text, with enough digits to show a value outside the domain.

    >>> span(torch.tensor([0.25, 1.00002]), (0, 1))
    '0.25 to 1.00002'
    """
    return f"{_shown(float(x.min()), domain)} to {_shown(float(x.max()), domain)}"


def _shown(value: float, domain: Domain) -> str:
    low, high = domain
    fits = low <= value <= high
    texts = [f"{value:.{digits}g}" for digits in (4, 7, 10, 17)]
    return next((t for t in texts if (low <= float(t) <= high) is fits), texts[-1])
