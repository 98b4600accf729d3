"""The choice of one symbol from its probabilities: temperature, top-k and top-p."""

from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative
from harmonium.errors import UsageError
from harmonium.random import Source, one_hot

__all__ = ["Pick"]


@checked
@dataclass(frozen=True)
class Pick:
    r"""Draws symbols from logits.

    .. math:: p_k \propto e^{z_k / \tau} \; [k \in K]

    where K are the symbols that are kept: the ``top_k`` most probable ones, of these the fewest
    most probable ones whose sum is at least ``top_p``, after the division by the temperature
    (nucleus sampling: Holtzman et al., 2020, https://arxiv.org/abs/1904.09751).

    Args:
        temperature: :math:`\tau`; below 1 likely symbols become more likely, and at 0 the most
            probable one is always taken.
        top_k: most symbols to choose from; None: all.
        top_p: sum of the probabilities of the symbols to choose from, above 0; None: 1.

    Raises:
        ValueError: top_p is not above 0 and at most 1.

    >>> z = torch.tensor([[2.0, 1.0, 0.0]])
    >>> Pick(temperature=0)(z).item(), Pick(top_p=0.6).kept(z).tolist()
    (0, [[True, False, False]])
    """

    temperature: NonNegative = 1.0
    top_k: Count | None = None
    top_p: float | None = None

    def __post_init__(self) -> None:
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise UsageError(f"top_p is {self.top_p}: give a sum above 0 and at most 1")

    def log_probs(self, logits: Tensor) -> Tensor:
        """Log-probabilities of the draws, ``(n, K) -> (n, K)``; -inf where a symbol is left out.

        At temperature 0 the most probable symbol has probability 1.
        """
        if not self.temperature:
            best = logits.argmax(-1, keepdim=True)
            return torch.full_like(logits, -torch.inf).scatter_(-1, best, 0.0)
        scaled = (logits / self.temperature).log_softmax(-1)
        return scaled.masked_fill(~self.kept(logits), -torch.inf).log_softmax(-1)

    def kept(self, logits: Tensor) -> Tensor:
        """Which symbols may be drawn, bool ``(n, K)``."""
        scaled = logits / (self.temperature or 1.0)
        ordered, order = scaled.sort(stable=True, dim=-1, descending=True)
        keep = torch.ones_like(ordered, dtype=torch.bool)
        if self.top_k is not None:
            keep[..., self.top_k :] = False
        if self.top_p is not None:
            p = ordered.masked_fill(~keep, -torch.inf).softmax(-1)
            keep &= p.cumsum(-1) - p < self.top_p  # the sum of those before is too small
        return torch.zeros_like(keep).scatter_(-1, order, keep)

    def __call__(self, logits: Tensor, source: Source = None) -> Tensor:
        """One index for each row, ``(n, K) -> (n,)``, int64."""
        if not self.temperature:
            return logits.argmax(-1)
        return one_hot(self.log_probs(logits), source).argmax(-1)
