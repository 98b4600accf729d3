"""A Markov chain over the symbols of a text, whose probabilities follow from counts."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive, Size
from harmonium.data.vocabulary import Unit
from harmonium.errors import UsageError
from harmonium.nets.symbols import VocabularyNet

__all__ = ["MarkovChain", "State", "entropy_rate", "stationary"]

State = Tensor
"""The last symbols that were read, ``(B, order)``, -1 before the beginning of the text."""

_CELLS = 2**26
"""Maximum number of counts of the longest contexts."""


@checked
class MarkovChain(VocabularyNet):
    r"""The next symbol given the last n, ``(B, T) -> (B, T, symbols)``.

    .. math:: p_m(k \mid c) = \frac{n(c, k) + \alpha \, p_{m-1}(k \mid c')}{n(c) + \alpha},
              \qquad p_{-1}(k) = 1 / S

    where n(c, k) counts how often symbol k follows the context c of the last m symbols, and c' is
    c without its first symbol. With alpha near 0 these are the relative frequencies, the maximum
    of the likelihood; larger values trust short contexts where long ones are rare. (Markov, 1913,
    https://doi.org/10.1017/S0269889706001074; the smoothing: MacKay and Peto, 1995,
    https://doi.org/10.1017/S1351324900000218.)

    There is no gradient: ``count`` is all that it learns.

    Args:
        vocabulary: number of symbols S; or the symbols themselves, which a run puts here.
        order: n, number of symbols on which the next one depends; 0 for none.
        smoothing: alpha, in symbols.
        unit: what a symbol is: a character or a word.

    Raises:
        ValueError: there are fewer than two symbols, one is there twice, or the counts of all
            contexts would have more than 67 million numbers.

    >>> chain = MarkovChain(["a", "b"], order=1, smoothing=1e-6)
    >>> chain.count(chain.vocabulary.encode("aabab")[None])
    >>> chain.transitions().round(decimals=3).tolist()
    [[0.333, 0.667], [1.0, 0.0]]
    """

    output_kind = "tokens"
    """Kind of the outputs: logits of the next token."""

    def __init__(
        self,
        vocabulary: Count | Sequence[str],
        *,
        order: Size = 1,
        smoothing: Positive = 0.5,
        unit: Unit = "characters",
    ) -> None:
        super().__init__(
            vocabulary,
            unit=unit,
            settings={"order": int(order), "smoothing": float(smoothing)},
        )
        self.order, self.smoothing = int(order), float(smoothing)
        cells = self.symbols ** (self.order + 1)
        if cells > _CELLS:
            raise UsageError(
                f"order {order} of {self.symbols} symbols needs {cells:.3g} counts, of which "
                f"{_CELLS:.3g} are the limit: make the order smaller, or give fewer symbols"
            )
        for m in range(self.order + 1):
            zeros = torch.zeros(self.symbols**m, self.symbols, dtype=torch.float32)
            self.register_parameter(f"counts{m}", nn.Parameter(zeros, requires_grad=False))

    @property
    def units(self) -> tuple[int, ...]:
        """Number of symbols, twice: of the last one and of the next."""
        return (self.symbols, self.symbols)

    @torch.no_grad()
    def count(self, tokens: Tensor) -> None:
        """Counts what follows what; earlier counts are lost.

        Args:
            tokens: texts ``(B, T)``, -1 after the end of a text.
        """
        for m in range(self.order + 1):
            counts = self.get_parameter(f"counts{m}")
            counts.zero_()
            if tokens.shape[1] <= m:
                continue
            windows = tokens.unfold(1, m + 1, 1)
            windows = windows[(windows >= 0).all(-1)]
            found = torch.bincount(self._codes(windows), minlength=counts.numel())
            counts.copy_(found.view_as(counts))

    def forward(self, tokens: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """log p of the next symbol after each step ``(B, T, symbols)``, and the state.

        Args:
            tokens: indices of symbols ``(B, T)``.
            state: the symbols before; None for the beginning of a text.
        """
        before = tokens.new_full((len(tokens), self.order), -1) if state is None else state
        whole = torch.cat([before, tokens], 1)
        alone = self.get_parameter("counts0")
        probs = alone.new_full((*tokens.shape, self.symbols), 1 / self.symbols)
        for m in range(self.order + 1):
            contexts = self._contexts(whole, m, steps=tokens.shape[1])
            known = (contexts >= 0).all(-1)
            rows = self.get_parameter(f"counts{m}")[self._codes(contexts.clamp(min=0))]
            probs = torch.where(known[..., None], self._smoothed(rows, probs), probs)
        return probs.log(), whole[:, whole.shape[1] - self.order :]

    def transitions(self) -> Tensor:
        """p(next symbol | symbol) of single symbols, ``(symbols, symbols)``, rows sum to 1.

        Of an order above 1 it is the first-order chain of the same counts.

        Raises:
            ValueError: the order is 0.
        """
        if not self.order:
            raise UsageError("a chain of order 0 has no transitions: make its order at least 1")
        alone = self.get_parameter("counts0")
        shorter = self._smoothed(alone, torch.full_like(alone, 1 / self.symbols))
        return self._smoothed(self.get_parameter("counts1"), shorter)

    def extra_repr(self) -> str:
        """Settings, for ``repr``."""
        return f"symbols={self.symbols}, order={self.order}, smoothing={self.smoothing:g}"

    def _smoothed(self, counts: Tensor, shorter: Tensor) -> Tensor:
        total = counts.sum(-1, keepdim=True) + self.smoothing
        return (counts + self.smoothing * shorter) / total

    def _contexts(self, whole: Tensor, m: int, *, steps: int) -> Tensor:
        """The last m symbols at each of the last steps, ``(B, steps, m)``."""
        if not m:
            return whole.new_zeros(len(whole), steps, 0)
        first = whole.shape[1] - steps - m + 1
        return pad(whole, (max(0, -first), 0), value=-1).unfold(1, m, 1)[:, -steps:]

    def _codes(self, windows: Tensor) -> Tensor:
        """Windows of symbols ``(..., m)`` as numbers to the base of the vocabulary."""
        m = windows.shape[-1]
        powers = self.symbols ** torch.arange(m - 1, -1, -1, device=windows.device)
        return (windows * powers).sum(-1)


def stationary(transitions: Tensor) -> Tensor:
    r"""The distribution that a step of the chain leaves as it is, ``(S,)``.

    .. math:: \pi P = \pi, \qquad \sum_k \pi_k = 1

    It is unique where every symbol can follow every other one after some steps, as with any
    smoothing.

    Args:
        transitions: P, ``(S, S)``, rows sum to 1.

    >>> stationary(torch.tensor([[0.5, 0.5], [1.0, 0.0]])).round(decimals=3).tolist()
    [0.667, 0.333]
    """
    count = len(transitions)
    whole = transitions.double()
    fixed = whole.mT - torch.eye(count, dtype=torch.float64, device=whole.device)
    ones = whole.new_ones(1, count)
    right = whole.new_zeros(count + 1)
    right[-1] = 1
    found: Tensor = torch.linalg.lstsq(torch.cat([fixed, ones]), right[:, None]).solution
    return found[:, 0].clamp(min=0).to(transitions.dtype)


def entropy_rate(transitions: Tensor) -> Tensor:
    r"""Uncertainty of the next symbol of a long text that the chain draws, in nats.

    .. math:: H = -\sum_j \pi_j \sum_k P_{jk} \log P_{jk}

    Args:
        transitions: P, ``(S, S)``, rows sum to 1.

    >>> round(float(entropy_rate(torch.full((2, 2), 0.5)) / torch.tensor(2.0).log()), 3)
    1.0
    """
    return torch.special.entr(transitions).sum(1) @ stationary(transitions)
