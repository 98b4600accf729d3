"""A net that predicts the next character or word of a text."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, Share
from harmonium.connections.matrix import linear
from harmonium.data.vocabulary import Unit
from harmonium.nets.dropout import Dropout
from harmonium.nets.recurrent import State
from harmonium.nets.symbols import VocabularyNet
from harmonium.random import initial

__all__ = ["LanguageNet", "Recurrent"]

Recurrent: TypeAlias = nn.Module
"""A layer of ``nets.recurrent``."""


@checked
class LanguageNet(VocabularyNet):
    r"""A recurrent net over the symbols of a text, ``(B, T) -> (B, T, symbols)``.

    .. math:: h_t, s_t = f(e_{x_t}, s_{t-1}), \qquad
              p(x_{t+1} = k \mid x_1, \dots, x_t) = \mathrm{softmax}(V h_t + c)_k

    where e are vectors that are learned for every symbol, f is a recurrent layer and s its state.

    Args:
        vocabulary: number of symbols; or the symbols themselves, which a run puts here.
        recurrent: layer that reads the vectors of the symbols.
        unit: what a symbol is; None: what the data of a run say, otherwise a character.
        dropout: share of the outputs of the recurrent layer that are switched off at random in
            training mode. The vectors of the symbols stay whole: what is lost of a character
            cannot be made good by its neighbours.

    Raises:
        ValueError: there are fewer than two symbols, or one is there twice.

    >>> import torch
    >>> from harmonium.nets.recurrent import GRU
    >>> net = LanguageNet(["a", "b", " "], GRU(4, 8))
    >>> logits, state = net(net.vocabulary.encode("ab ba")[None])
    >>> logits.shape, [part.shape for part in state]
    (torch.Size([1, 5, 3]), [torch.Size([1, 1, 8])])
    """

    output_kind = "tokens"
    """Kind of the outputs: logits of the next token."""

    def __init__(
        self,
        vocabulary: Count | Sequence[str],
        recurrent: Recurrent,
        *,
        unit: Unit | None = None,
        dropout: Share = 0.0,
    ) -> None:
        core: Any = recurrent
        super().__init__(
            vocabulary,
            unit=unit,
            settings={"recurrent": recurrent, "dropout": float(dropout)},
        )
        self.embedding = nn.Embedding.from_pretrained(
            initial(self.symbols, core.inputs), freeze=False
        )
        self.leaving = Dropout(dropout)
        self.recurrent = core
        weight = initial(self.symbols, core.hidden, std=core.hidden**-0.5)
        self.outputs = linear(weight)

    @property
    def units(self) -> tuple[int, ...]:
        """Number of symbols, units of every layer, number of outputs."""
        core = self.recurrent
        return (self.symbols, core.inputs, *[core.hidden] * core.layers, self.symbols)

    def hidden(self, tokens: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Outputs of the recurrent layer ``(B, T, hidden)``, and its state after the last step.

        Args:
            tokens: indices of symbols ``(B, T)``.
            state: after the step before; None: zeros.
        """
        outputs, after = self.recurrent(self.embedding(tokens), state)
        return outputs, after

    def forward(self, tokens: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Logits of the next symbol after each step ``(B, T, symbols)``, and the state."""
        outputs, after = self.hidden(tokens, state)
        return self.outputs(self.leaving(outputs)), after
