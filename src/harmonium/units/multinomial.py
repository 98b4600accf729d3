"""Multinomial units: counts with a given total, as in a bag of words."""

import itertools
import math
from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.random import Source, uniform
from harmonium.units.base import MAX_STATES, Neuron, Units, whole

__all__ = ["Multinomial"]


class Multinomial(Units):
    r"""Counts over the last axis with a given total n per row, such as a document's length.

    .. math:: U(x) = -b \cdot x - \log \frac{n!}{\prod_k x_k!}, \qquad
              A(f) = n \log \sum_k e^{b_k + f_k}

    Bind the totals by ``graph.given(v=lengths)``; only ``energy`` does without them. The whole
    group is one unit.

    With hidden units this is the replicated softmax (Salakhutdinov and Hinton, 2009,
    https://papers.nips.cc/paper/3856). The paper multiplies the hidden bias by the length,
    :math:`-n \sum_j a_j h_j`. ``Replicated`` connections have such a bias, and the machine
    ``replicated_softmax`` uses them.

    Args:
        categories: number of things that are counted, such as the words of a vocabulary.
        total: the total of every row, if it is always the same; None: bound by ``given``.
    """

    unit_axes: ClassVar[int] = 1
    takes_context: ClassVar[bool] = True

    def __init__(self, categories: Count, *, total: Count | None = None) -> None:
        super().__init__(categories)
        self.total = None if total is None else whole(total, "Multinomial: total")

    @property
    def lengths(self) -> Tensor:
        """The totals of the rows, ``(B, 1)`` or ``(1, 1)``.

        Raises:
            ValueError: no totals are bound.
        """
        if self.context is None and self.total is not None:
            return self.bias.new_full((1, 1), self.total)
        if self.context is None:
            raise UsageError(
                "Multinomial units need the total of every row: bind it by "
                "graph.given(v=x.sum(1)), with the name of the group in place of v"
            )
        return self.context.reshape(-1, 1)

    def context_in(self, x: Tensor) -> Tensor | None:
        """The totals of some rows, ``(B,)``; None if the total is always the same."""
        return x.sum(1) if self.total is None else None

    @property
    def settings(self) -> dict[str, Any]:
        """The total, if it is always the same."""
        return {} if self.total is None else {"total": self.total}

    def theta(self) -> tuple[Tensor, ...]:
        """The bias b."""
        return (self.bias,)

    def statistics(self, x: Tensor) -> tuple[Tensor, ...]:
        """T(x) = (x)."""
        return (x,)

    def log_base(self, x: Tensor) -> Tensor:
        """The log multinomial coefficient."""
        return torch.lgamma(x.sum(1) + 1) - torch.lgamma(x + 1).sum(1)

    def log_partition(self, field: Tensor) -> Tensor:
        """n times the log-sum-exp of b + f."""
        return self.lengths[:, 0] * torch.logsumexp(self.natural()[0] + field, -1)

    def moments(self, field: Tensor) -> tuple[Tensor, ...]:
        """n times the softmax of b + f."""
        return (self.lengths * torch.softmax(self.natural()[0] + field, -1),)

    def variance(self, field: Tensor) -> Tensor:
        """n p (1 - p), without the covariances of all pairs of words."""
        p = torch.softmax(self.natural()[0] + field, -1)
        return self.lengths * p * (1 - p)

    def mode(self, field: Tensor) -> Tensor:
        """The most probable counts: floor(m p) with the multiplier m for which they sum to n.

        The mode assigns each count in turn to the largest p_k / (x_k + 1), which is Jefferson's
        method of apportionment. m is found by bisection, and ties are broken by that ratio.
        """
        p = torch.softmax(self.natural()[0] + field, -1)
        n = self.lengths.expand(len(p), 1)
        low, high = n.clone(), n + p.shape[1]
        for _ in range(60):
            middle = (low + high) / 2
            fits = (middle * p).floor().sum(1, keepdim=True) <= n
            low, high = torch.where(fits, middle, low), torch.where(fits, high, middle)
        x = (low * p).floor()
        ratio = p / (x + 1)
        rank = ratio.argsort(1, descending=True).argsort(1)
        return x + (rank < n - x.sum(1, keepdim=True)).to(x.dtype)

    def sample(self, field: Tensor, source: Source = None) -> Tensor:
        """The counts of n independent draws from the softmax."""
        logits = (self.natural()[0] + field).double()
        n = self.lengths.expand(len(logits), 1)[:, 0].round().long()
        upper = torch.softmax(logits, -1).cumsum(1)
        rows, words = upper.shape
        row = torch.arange(rows, device=upper.device)
        of_row = row.repeat_interleave(n)
        upper = upper / upper[:, -1:] + row[:, None]  # row r covers the interval from r to r + 1
        u = uniform(upper.new_empty(len(of_row)), source)
        drawn = torch.searchsorted(upper.flatten(), of_row + u, right=True)
        drawn = torch.minimum(drawn, words * (of_row + 1) - 1)  # rounding may reach the next row
        counts = torch.bincount(drawn, minlength=rows * words)
        return counts.view(rows, words).to(field.dtype)

    def count(self) -> int:
        """The number of ways to distribute n counts over k words: binomial(n + k - 1, n)."""
        n = self._common_length()
        return math.comb(n + self.shape[0] - 1, n)

    def states(self) -> Tensor | None:
        """All vectors of counts; every row must have the same total."""
        n, words = self._common_length(), self.shape[0]
        if self.count() > MAX_STATES:
            raise UsageError(f"{n} words of {words}: at most {MAX_STATES} states are enumerated")
        picks = torch.tensor(list(itertools.combinations_with_replacement(range(words), n)))
        eye = torch.eye(words, dtype=self.bias.dtype, device=self.bias.device)
        return eye[picks.long().to(eye.device)].sum(1)

    def _common_length(self) -> int:
        total = self.lengths.unique()
        if len(total) != 1:
            raise UsageError("states of Multinomial units need one common length; bind one number")
        return int(total)

    def tilt(self, mean: Tensor) -> Tensor:
        """Log relative frequencies plus 1e-3 / categories, shifted to sum to zero."""
        share = mean / mean.sum(-1, keepdim=True).clamp(min=1e-12)
        log = (share + 1e-3 / mean.shape[-1]).log()
        return log - log.mean(-1, keepdim=True)

    def start(self, moments: Sequence[Tensor]) -> dict[str, Tensor]:
        """The bias: log word frequencies."""
        return {"bias": self.tilt(moments[0])}

    def neuron(self) -> Neuron:
        """Gain 1, the bias, and the softmax: relative frequencies, since a net has no totals."""
        return torch.ones_like(self.bias), self.bias, nn.Softmax(-1)

    def outside(self, x: Tensor, *, means: bool = True) -> Tensor:
        """Whether a value is negative or not whole, or a row has another total than is bound."""
        del means  # the multinomial coefficient is defined for counts only
        inside = ((x >= 0) & (x == x.round())).flatten(1).all(1)
        if self.context is not None or self.total is not None:
            inside &= x.sum(1) == self.lengths[:, 0]
        return ~inside

    def check(self, x: Tensor) -> None:
        """Raises ValueError unless all values are whole numbers of at least 0."""
        if x.numel() and not bool(((x >= 0) & (x == x.round())).all()):
            raise UsageError(
                f"values range from {float(x.min()):.4g} to {float(x.max()):.4g}, not all whole; "
                "Multinomial units need counts: give raw counts, not tf-idf or frequencies"
            )
