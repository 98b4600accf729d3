"""Log-bilinear language models: the next word from the last ones, and from a picture."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.connections.matrix import linear
from harmonium.data.vocabulary import Unit
from harmonium.errors import UsageError
from harmonium.nets.bias_map import BiasMap
from harmonium.nets.codec import Net
from harmonium.nets.sequences import written
from harmonium.nets.symbols import VocabularyNet, dense, vectors
from harmonium.random import Source
from harmonium.sampling.picking import Pick

__all__ = ["LogBilinear"]

_State: TypeAlias = tuple[Tensor, Tensor | None]
"""The last words ``(B, context)``, the oldest first, and the features of the pictures."""


@checked
class LogBilinear(VocabularyNet):
    r"""Writes captions word by word, each word from the n before it and from a picture.

    Words have vectors r. The context predicts the vector of the next word, linearly, and a word is
    the more probable the more its vector points there:

    .. math:: \hat r = \sum_{i=1}^n C_i \, r_{w_{t-i}} + C_m x, \qquad
              p(w_t = k) = \mathrm{softmax}(\hat r \cdot r_k + b_k)_k

    Without an encoder there is no x, and this is the log-bilinear language model (LBL: Mnih and
    Hinton, 2007, https://doi.org/10.1145/1273496.1273577). With one, x are the features of the
    picture, which are learned with the words (MLBL-B: Kiros, Salakhutdinov and Zemel, 2014,
    https://proceedings.mlr.press/v32/kiros14.html). In both, what the picture says of a word and
    what the context says of it are added. With ``factors`` the picture also decides which parts
    of a vector count (MLBL-F, the same paper):

    .. math:: p(w_t = k) = \mathrm{softmax}\big( (W_k \hat r) \odot (W_x x + c)
              \cdot v_k + b_k \big)_k, \qquad r_k = W_k^T v_k

    c starts at 1, so that the picture starts with no say. One more symbol stands for the edge of a
    caption: it comes before the first word and is written as the end.

    Args:
        vocabulary: number of words; or the words themselves, which a run puts here.
        encoder: net from a picture to its features x; null for none.
        context: n, words before the next one that count.
        embedding: numbers of the vector of a word.
        factors: numbers through which the picture decides; null where it only adds.
        unit: what a symbol is; None: what the data of a run say, otherwise a character.

    Raises:
        ValueError: there are factors and no encoder, or the encoder has no ``units``.

    >>> net = LogBilinear(["a", "red", "ring"], context=2, embedding=4, unit="words")
    >>> net(torch.zeros(2, 0), torch.tensor([[0, 1, 2], [0, 2, -1]])).shape
    torch.Size([2, 4, 4])
    """

    output_kind: ClassVar[str] = "captions"
    """Kind of the outputs: logits of the words of a caption."""

    longest: int = 40
    """Most words of a caption that the net does not end itself."""

    def __init__(
        self,
        vocabulary: Count | Sequence[str],
        *,
        encoder: Net | None = None,
        context: Count = 5,
        embedding: Count = 50,
        factors: Count | None = None,
        unit: Unit | None = None,
    ) -> None:
        super().__init__(
            vocabulary,
            unit=unit,
            settings={
                "encoder": encoder,
                "context": context,
                "embedding": embedding,
                "factors": factors,
            },
        )
        self.context, self.factors = context, factors
        self.encoder: Any = encoder
        features = _features(encoder, factors)
        inner = embedding if factors is None else factors
        self.vectors = vectors(self.symbols + 1, inner, std=inner**-0.5)
        self.positions = _map(embedding, context * embedding)
        if encoder is not None:
            self.picture = _map(embedding, features)
        if factors is not None:
            self.folding = _map(factors, embedding)
            self.gates = linear(torch.zeros(factors, features, dtype=torch.float32))
            nn.init.ones_(self.gates.bias)
        self.outputs = BiasMap([self.symbols + 1])

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Shape of a picture; None for flat rows, and without an encoder."""
        return getattr(self.encoder, "shape", None)

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a picture (0 without an encoder), of a vector, and of outputs."""
        first = 0 if self.encoder is None else self.encoder.units[0]
        return (first, self.positions.out_features, self.symbols + 1)

    @property
    def words(self) -> Tensor:
        """The vectors r of all words, and of the edge, ``(symbols + 1, embedding)``."""
        r = self.vectors.weight
        return r if self.factors is None else r @ self.folding.weight

    def read(self, x: Tensor) -> _State:
        """The context of the first word of captions of pictures ``(B, *shape)``."""
        edge = torch.full(
            (len(x), self.context),
            self.symbols,
            dtype=torch.int64,
            device=self.vectors.weight.device,
        )
        return edge, None if self.encoder is None else self.encoder(x)

    def write(self, state: _State, last: Tensor) -> tuple[Tensor, _State, None]:
        """Logits of one word ``(B, symbols + 1)``, and the state; ``last`` is the word before."""
        words, features = state
        words = torch.cat([words[:, 1:], last[:, None]], 1)
        logits = self._logits(words[:, None], features)[:, 0]
        return logits, (words, features), None

    def forward(self, x: Tensor, target: Tensor) -> Tensor:
        """Logits of every word of known captions, and of their ends, ``(B, T + 1, symbols + 1)``.

        Args:
            x: pictures ``(B, *shape)``; without an encoder only their number counts.
            target: words ``(B, T)``, -1 after the end.
        """
        edge, features = self.read(x)
        before = torch.cat([edge, target.clamp(min=0)], 1)
        return self._logits(before.unfold(1, self.context, 1), features)

    def written(self, x: Tensor, *, pick: Pick | None = None, source: Source = None) -> Tensor:
        """Captions of pictures ``(B, *shape)``, ``(B, T)``, -1 after the end.

        Args:
            x: the pictures.
            pick: how words are drawn; None: the most probable one.
            source: random generator.
        """
        state = self.read(x)
        return written(self, state, last=state[0][:, 0], pick=pick, source=source)[0]

    def _logits(self, before: Tensor, features: Tensor | None) -> Tensor:
        """Logits after contexts ``(B, T, context)``, the oldest word first."""
        last_first = before.flip(2)  # C_1 belongs to the last word
        predicted = self.positions(functional.embedding(last_first, self.words).flatten(2))
        if features is not None:
            predicted = predicted + self.picture(features)[:, None]
        if self.factors is not None:
            predicted = self.folding(predicted) * self.gates(features)[:, None]
        return self.outputs(predicted @ self.vectors.weight.mT)


def _map(outputs: int, inputs: int) -> nn.Linear:
    """A linear map without biases, whose weights are normal with variance 1 / inputs."""
    layer = dense(outputs, inputs)
    layer.register_parameter("bias", None)  # that of the words is enough
    return layer


def _features(encoder: Any, factors: int | None) -> int:  # noqa: ANN401
    """Number of features of pictures; 0 without an encoder."""
    if encoder is None:
        if factors is not None:
            raise UsageError(
                f"{factors} factors and no encoder: through factors a picture decides, so give an "
                "encoder, or leave factors out"
            )
        return 0
    if not hasattr(encoder, "units"):
        raise UsageError(
            f"encoder: {type(encoder).__name__} has no units: give it the values that it reads "
            "and the units of every layer (see harmonium.nets)"
        )
    return int(encoder.units[-1])
