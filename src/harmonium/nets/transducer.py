"""An encoder and a decoder with attention: from one sequence to another."""

from typing import Any

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.connections.matrix import linear
from harmonium.errors import UsageError
from harmonium.nets.recurrent import GRU
from harmonium.random import initial

__all__ = ["Transducer"]


@checked
class Transducer(nn.Module):
    r"""Reads a sequence of symbols in both directions and writes another, looking back at it.

    .. math:: e_s = [\overrightarrow{h}_s, \overleftarrow{h}_s], \qquad
              a_{ts} = \mathrm{softmax}_s \big( v^T \tanh(W d_{t-1} + U e_s) \big), \qquad
              c_t = \sum_s a_{ts} e_s, \\
              d_t = \mathrm{GRU}([y_{t-1}, c_t], d_{t-1}), \qquad
              p(y_t) = \mathrm{softmax}(V [d_t, c_t] + b)

    The alignment a says where in the source every output symbol comes from. (Bahdanau, Cho and
    Bengio, 2015, https://arxiv.org/abs/1409.0473.)

    Args:
        sources: number of different source symbols.
        targets: number of different target symbols; the index ``targets`` itself stands for the
            beginning of an output.
        embedding: numbers that are learned for every symbol.
        hidden: units of each direction of the encoder, and of the decoder.
    """

    def __init__(
        self, sources: Count, targets: Count, *, embedding: Count = 32, hidden: Count = 64
    ) -> None:
        super().__init__()
        self.targets, self.width = targets, hidden
        self.settings: dict[str, Any] = {
            "sources": sources,
            "targets": targets,
            "embedding": embedding,
            "hidden": hidden,
        }
        self.source_vectors = nn.Parameter(initial(sources, embedding))
        self.target_vectors = nn.Parameter(initial(targets + 1, embedding))
        self.forwards, self.backwards = GRU(embedding, hidden), GRU(embedding, hidden)
        self.decoder = GRU(embedding + 2 * hidden, hidden)
        self.begin = _layer(hidden, hidden)
        self.query = _layer(hidden, hidden)
        self.key = _layer(hidden, 2 * hidden)
        self.score = nn.Parameter(initial(hidden, std=hidden**-0.5))
        self.outputs = _layer(targets, 3 * hidden)

    def encode(self, source: Tensor) -> tuple[Tensor, Tensor]:
        """Encodings of the source symbols, and the first hidden values of the decoder.

        Args:
            source: indices ``(B, S)``, -1 after the end.

        Returns:
            ``(B, S, 2 * hidden)`` and ``(B, hidden)``.

        Raises:
            ValueError: a row has no symbol.
        """
        if not source.shape[1] or bool((source[:, 0] < 0).any()):
            raise UsageError("a source is empty: give every row at least one symbol")
        there = (source >= 0)[..., None]
        x = self.source_vectors[source.clamp(min=0)] * there
        ahead, _ = self.forwards(x)
        back, _ = self.backwards(_turned(x, there))
        both = torch.cat([ahead, _turned(back, there)], -1) * there
        return both, torch.tanh(self.begin(both[:, 0, self.width :]))

    def forward(self, source: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of every symbol of a known output, and the alignment.

        Args:
            source: indices ``(B, S)``, -1 after the end.
            target: indices ``(B, T)``.

        Returns:
            ``(B, T, targets)`` and ``(B, T, S)``.
        """
        begin = target.new_full((len(target), 1), self.targets)
        before = torch.cat([begin, target[:, :-1]], 1).clamp(min=0)
        return self._decoded(source, before.unbind(1))

    @torch.no_grad()
    def transduce(self, source: Tensor, length: int) -> tuple[Tensor, Tensor]:
        """The most probable symbol at each place, and the alignment: ``(B, T)``, ``(B, T, S)``."""
        logits, alignment = self._decoded(source, [None] * length)
        return logits.argmax(-1), alignment

    def _decoded(self, source: Tensor, before: Any) -> tuple[Tensor, Tensor]:  # noqa: ANN401
        """Logits and alignment; a symbol that is None is the most probable one before."""
        seen, d = self.encode(source)
        keys, hidden = self.key(seen), (source < 0)
        found, alignment = [], []
        last = source.new_full((len(source),), self.targets)
        for given in before:  # a step needs the one before
            last = last if given is None else given
            scores = torch.tanh(self.query(d)[:, None] + keys) @ self.score
            a = scores.masked_fill(hidden, -torch.inf).softmax(1)
            c = (a[..., None] * seen).sum(1)
            x = torch.cat([self.target_vectors[last], c], 1)
            _, (state,) = self.decoder(x[:, None], (d[:, None],))
            d = state[:, 0]
            found.append(self.outputs(torch.cat([d, c], 1)))
            alignment.append(a)
            last = found[-1].argmax(-1)
        return torch.stack(found, 1), torch.stack(alignment, 1)


def _layer(outputs: int, inputs: int) -> nn.Linear:
    return linear(initial(outputs, inputs, std=inputs**-0.5))


def _turned(x: Tensor, there: Tensor) -> Tensor:
    """Reverses every row ``(S, *)`` of ``x``; places without a symbol stay at the end."""
    n = there.sum(1)  # (B, 1)
    places = torch.arange(x.shape[1], device=x.device)
    turned = torch.where(places < n, n - 1 - places, places)
    return x.gather(1, turned[..., None].expand_as(x))
