"""An encoder and a decoder with attention: from one sequence to another."""

from collections.abc import Sequence
from typing import TypeAlias

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.data.vocabulary import Unit
from harmonium.nets.recurrent import GRU, Bidirectional
from harmonium.nets.sequences import SequenceNet
from harmonium.nets.symbols import dense, vectors

__all__ = ["Transducer"]

_State: TypeAlias = tuple[Tensor, Tensor, Tensor, Tensor]
"""Encodings ``(B, S, 2 * hidden)``, their keys ``(B, S, hidden)``, which places hold no symbol
``(B, S)``, and the hidden values of the decoder ``(B, hidden)``."""


@checked
class Transducer(SequenceNet):
    r"""Reads a sequence of symbols in both directions and writes another, looking back at it.

    .. math:: e_s = [\overrightarrow{h}_s, \overleftarrow{h}_s], \qquad
              a_{ts} = \mathrm{softmax}_s \big( v^T \tanh(W d_{t-1} + U e_s) \big), \qquad
              c_t = \sum_s a_{ts} e_s, \\
              d_t = \mathrm{GRU}([y_{t-1}, c_t], d_{t-1}), \qquad
              p(y_t) = \mathrm{softmax}(V [d_t, c_t] + b)

    The alignment a says where in the source every output symbol comes from. (Bahdanau, Cho and
    Bengio, 2015, https://arxiv.org/abs/1409.0473.)

    Args:
        sources: number of different source symbols; or the symbols, which a run puts here.
        targets: number of different target symbols; or the symbols.
        embedding: numbers that are learned for every symbol.
        hidden: units of each direction of the encoder, and of the decoder.
        unit: what a symbol is: a character or a word.
        longest: most symbols of an output that the net does not end itself.
    """

    def __init__(
        self,
        sources: Count | Sequence[str],
        targets: Count | Sequence[str],
        *,
        embedding: Count = 32,
        hidden: Count = 64,
        unit: Unit = "characters",
        longest: Count = 100,
    ) -> None:
        super().__init__(
            sources,
            targets,
            unit=unit,
            settings={"embedding": embedding, "hidden": hidden, "longest": longest},
        )
        self.hidden, self.longest = hidden, longest
        self.source_vectors = vectors(self.sources, embedding)
        self.target_vectors = vectors(self.targets + 1, embedding)
        self.encoder = Bidirectional(GRU(embedding, hidden), GRU(embedding, hidden))
        self.decoder = GRU(embedding + 2 * hidden, hidden)
        self.begin = dense(hidden, hidden)
        self.query = dense(hidden, hidden)
        self.key = dense(hidden, 2 * hidden)
        self.score = dense(1, hidden)
        self.score.register_parameter("bias", None)  # a softmax would not see it
        self.outputs = dense(self.targets + 1, 3 * hidden)

    @property
    def units(self) -> tuple[int, ...]:
        """Number of source symbols, units of encoder and decoder, number of outputs."""
        return (self.sources, 2 * self.hidden, self.hidden, self.targets + 1)

    def read(self, source: Tensor) -> _State:
        """Encodings of the sources, and the first hidden values of the decoder."""
        there = source >= 0
        seen = self.encoder(self.source_vectors(source.clamp(min=0)), there)
        first = torch.tanh(self.begin(seen[:, 0, self.hidden :]))
        return seen, self.key(seen), ~there, first

    def write(self, state: _State, last: Tensor) -> tuple[Tensor, _State, Tensor]:
        """Logits ``(B, targets + 1)``, the state, and the alignment of one step ``(B, S)``."""
        seen, keys, missing, d = state
        scores = self.score(torch.tanh(self.query(d)[:, None] + keys))[..., 0]
        looked = scores.masked_fill(missing, -torch.inf).softmax(1)
        context = (looked[:, None] @ seen)[:, 0]
        x = torch.cat([self.target_vectors(last), context], 1)
        d = self.decoder(x[:, None], (d[:, None],))[0][:, 0]
        return self.outputs(torch.cat([d, context], 1)), (seen, keys, missing, d), looked
