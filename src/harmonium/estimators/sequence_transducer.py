"""An encoder and a decoder with attention, fitted to pairs of strings."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, StrOptions

from harmonium import nets
from harmonium.ambient import neutrally
from harmonium.data import Batches, Vocabulary, pair_set
from harmonium.data.tokens import padded, trimmed
from harmonium.errors import UsageError, UsageTypeError
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.learning import Descent, Training
from harmonium.learning.objectives import Symbols
from harmonium.learning.schedules import cosine
from harmonium.random import generator, seeded

__all__ = ["SequenceTransducer"]

_ROWS = 1000
"""Rows that are written at once."""


@dataclass(eq=False, repr=False)
class SequenceTransducer(Trained):
    """A net that writes a text for each text that it reads; see ``nets.Transducer``.

    Args:
        hidden_size: units of each direction of the encoder, and of the decoder.
        embedding_size: numbers that are learned for every symbol.
        unit: what a symbol is: "characters" or "words".
        longest: most symbols of an output that the net does not end itself.
        batch_size: pairs per update.
        n_epochs: passes over the pairs.
        learning_rate: of Adam; it falls to zero along a cosine.
        clip: largest norm of the gradient; None for no limit.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        net_: the ``nets.Transducer``.
        loss_curve_: mean cost of a symbol in each epoch, nats.
        history_: one mapping per epoch, with losses and learning rate.

    >>> X = ["ab", "ba", "aab", "bb", "a", "b"] * 20
    >>> y = [text.upper() for text in X]
    >>> model = SequenceTransducer(16, embedding_size=8, n_epochs=20, batch_size=10,
    ...     learning_rate=0.02, random_state=0).fit(X, y)
    >>> model.predict(["ab", "aab"]).tolist(), model.score(X, y)
    (['AB', 'AAB'], 1.0)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "embedding_size": [Interval(Integral, 1, None, closed="left")],
        "unit": [StrOptions({"characters", "words"})],
        "longest": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "n_epochs": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "clip": [Interval(Real, 0, None, closed="neither"), None],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    hidden_size: int = 64
    _: KW_ONLY
    embedding_size: int = 32
    unit: Literal["characters", "words"] = "characters"
    longest: int = 100
    batch_size: int = 128
    n_epochs: int = 10
    learning_rate: float = 5e-3
    clip: float | None = 1.0
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Sequence[str], y: Sequence[str]) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: texts to read, each with at least one symbol.
            y: texts to write, one for each.

        Raises:
            TypeError: X or y is no list of strings.
            ValueError: their lengths differ, or a text to read is empty.
        """
        sources, targets = _texts(X, "X"), _texts(y, "y")
        _check_pairs(sources, targets)
        rows = pair_set("X and y", {"train": (sources, targets)}, unit=self.unit)
        read, write = rows.vocabulary, rows.written
        assert read is not None
        assert write is not None
        seed = fresh_seed(self.random_state)
        source = generator(seed)
        with seeded(seed):
            net = nets.Transducer(
                [*read.symbols],
                [*write.symbols],
                embedding=int(self.embedding_size),
                hidden=int(self.hidden_size),
                unit=self.unit,
                longest=int(self.longest),
            )
        self.net_ = net
        size = min(int(self.batch_size), len(rows.train))
        batches = Batches(rows.train, size=size, source=source)
        optimiser = torch.optim.Adam(net.parameters(), lr=float(self.learning_rate))
        clip = None if self.clip is None else float(self.clip)
        learner = Descent(net, optimiser, Symbols(), clip=clip)
        schedule = cosine(optimiser, int(self.n_epochs) * len(batches))
        training = Training(learner, batches, int(self.n_epochs), [schedule], source=source)
        self._forget()
        self.n_epochs_ = self._train(training)
        self.loss_curve_ = [row["train/symbol_nats"] for row in self.history_]
        return self

    @neutrally
    def predict(self, X: Sequence[str]) -> NDArray[Any]:
        """The text that the net writes for each text, ``(n,)``.

        Raises:
            TypeError: X is no list of strings.
            ValueError: a text is empty, or has a symbol that is not known.
        """
        return np.array([self._written.decode(row) for row in self._transduced(X)], dtype=object)

    @neutrally
    def alignment(self, text: str) -> tuple[str, NDArray[Any]]:
        """What the net writes for a text, and where each symbol looked, ``(written, read)``.

        Raises:
            ValueError: the text is empty, or has a symbol that is not known.
        """
        written, looked = self.net_.transduce(self._encoded([text]))
        assert looked is not None
        return self._written.decode(written[0]), looked[0].numpy()

    @neutrally
    def score(self, X: Sequence[str], y: Sequence[str]) -> float:
        """Share of the texts that are written without a mistake.

        Raises:
            TypeError: X or y is no list of strings.
            ValueError: their lengths differ, or a text to read is empty or has an unknown symbol.
        """
        targets = _texts(y, "y")
        found = self.predict(X)
        if len(found) != len(targets):
            raise UsageError(f"{len(found)} texts in X and {len(targets)} in y: give as many")
        return float(np.mean([a == b for a, b in zip(found, targets, strict=True)]))

    @property
    def _written(self) -> Vocabulary:
        return self.net_.vocabularies[1]

    def _transduced(self, X: Sequence[str]) -> list[torch.Tensor]:
        rows = self._encoded(_texts(X, "X"))
        parts = [self.net_.transduce(trimmed(part))[0] for part in rows.split(_ROWS)]
        return [row for part in parts for row in part]

    def _encoded(self, texts: Sequence[str]) -> torch.Tensor:
        known = self.net_.vocabularies[0]
        found = [known.encode(text, name=f"text {k} of X") for k, text in enumerate(texts)]
        if empty := [k for k, row in enumerate(found) if not len(row)]:
            raise UsageError(f"text {empty[0]} of X is empty: give at least one symbol")
        return padded(found)

    def __sklearn_tags__(self) -> Tags:
        """Tags: X is text."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        tags.target_tags.required = True
        tags.no_validation = True
        return tags


def _texts(given: Sequence[str], name: str) -> list[str]:
    if isinstance(given, str):
        raise UsageTypeError(f"{name} is a string: give a list of strings")
    texts = [*given]
    wrong = next((x for x in texts if not isinstance(x, str)), None)
    if wrong is not None or not texts:
        what = "an empty list" if not texts else f"a list with {type(wrong).__name__}"
        raise UsageTypeError(f"{name} is {what}: give a list of strings")
    return texts


def _check_pairs(sources: Sequence[str], targets: Sequence[str]) -> None:
    if len(sources) != len(targets):
        raise UsageError(f"{len(sources)} texts in X and {len(targets)} in y: give as many")
    if "" in sources:
        raise UsageError(f"text {sources.index('')} of X is empty: give at least one symbol")
    if not any(targets):
        raise UsageError("all texts of y are empty: give at least one that is not")
