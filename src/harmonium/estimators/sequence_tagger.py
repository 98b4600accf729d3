"""A bidirectional recurrent net that tags words, fitted to lists of sentences."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from sklearn.base import _fit_context
from sklearn.utils import Tags as SklearnTags
from sklearn.utils._param_validation import Interval

from harmonium import nets
from harmonium.ambient import neutrally
from harmonium.data import Batches
from harmonium.data.tagged import tag_set, word_rows
from harmonium.errors import UsageError, UsageTypeError
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.learning import Descent, Training
from harmonium.learning.objectives import Tags
from harmonium.learning.schedules import cosine
from harmonium.nets.dropout import set_source
from harmonium.random import generator, seeded

__all__ = ["SequenceTagger"]

_ROWS = 1000
"""Sentences that are tagged at once."""


@dataclass(eq=False, repr=False)
class SequenceTagger(Trained):
    """A net that gives each word of a sentence a tag; see ``nets.Tagger``.

    Args:
        hidden_size: cells of each direction.
        embedding_size: numbers that are learned for every word.
        vocabulary_size: number of different words to know, the most frequent that occur twice or
            more; others share one vector.
        lower: whether words are read in lower case.
        dropout: share of the values that are switched off at random while it learns.
        batch_size: sentences per update.
        n_epochs: passes over the sentences.
        learning_rate: of Adam; it falls to zero along a cosine.
        clip: largest norm of the gradient; None for no limit.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        net_: the ``nets.Tagger``.
        classes_: the tags.
        loss_curve_: mean cost of a tag in each epoch, nats.
        history_: one mapping per epoch, with losses and learning rate.

    >>> X = [["see", "ann"], ["ann", "and", "bo"], ["bo", "see"]] * 10
    >>> y = [["O", "NAME"], ["NAME", "O", "NAME"], ["NAME", "O"]] * 10
    >>> model = SequenceTagger(8, embedding_size=6, batch_size=5, random_state=0).fit(X, y)
    >>> model.predict([["bo", "and", "ann"]]), model.score(X, y)
    ([['NAME', 'O', 'NAME']], 1.0)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "embedding_size": [Interval(Integral, 1, None, closed="left")],
        "vocabulary_size": [Interval(Integral, 1, None, closed="left")],
        "lower": ["boolean"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "n_epochs": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "clip": [Interval(Real, 0, None, closed="neither"), None],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    hidden_size: int = 64
    _: KW_ONLY
    embedding_size: int = 64
    vocabulary_size: int = 10_000
    lower: bool = True
    dropout: float = 0.2
    batch_size: int = 64
    n_epochs: int = 10
    learning_rate: float = 1e-2
    clip: float | None = 1.0
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Sequence[Sequence[str]], y: Sequence[Sequence[str]]) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: sentences, each a list of words.
            y: a list of tags for each, one a word.

        Raises:
            TypeError: X or y is no list of lists of strings.
            ValueError: a sentence is empty, or has another number of tags.
        """
        sentences, tags = _lists(X, "X"), _lists(y, "y")
        _check_tags(sentences, tags)
        rows = tag_set(
            "X and y",
            {"train": [*zip(sentences, tags, strict=True)]},
            size=int(self.vocabulary_size),
            lower=self.lower,
        )
        read, write = rows.vocabulary, rows.written
        assert read is not None
        assert write is not None
        seed = fresh_seed(self.random_state)
        source = generator(seed)
        with seeded(seed):
            net = nets.Tagger(
                [*read.symbols],
                [*write.symbols],
                embedding=int(self.embedding_size),
                hidden=int(self.hidden_size),
                dropout=float(self.dropout),
            )
        set_source(net, source)
        self.net_, self.classes_ = net, np.array(write.symbols)
        size = min(int(self.batch_size), len(rows.train))
        batches = Batches(rows.train, size=size, source=source)
        optimiser = torch.optim.Adam(net.parameters(), lr=float(self.learning_rate))
        clip = None if self.clip is None else float(self.clip)
        learner = Descent(net, optimiser, Tags(), clip=clip)
        schedule = cosine(optimiser, int(self.n_epochs) * len(batches))
        training = Training(learner, batches, int(self.n_epochs), [schedule], source=source)
        self._forget()
        self.n_epochs_ = self._train(training)
        self.loss_curve_ = [row["train/tag_nats"] for row in self.history_]
        return self

    @neutrally
    def predict(self, X: Sequence[Sequence[str]]) -> list[list[str]]:
        """The most probable tag of each word.

        Raises:
            TypeError: X is no list of lists of strings.
            ValueError: a sentence is empty.
        """
        sentences = _lists(X, "X")
        read, write = self.net_.vocabularies
        rows = word_rows(sentences, read, lower=self.lower)
        with torch.no_grad():
            parts = [self.net_(part).argmax(2) for part in rows.split(_ROWS)]
        found = torch.cat(parts).tolist()
        return [
            [write.symbols[k] for k in row[: len(words)]]
            for row, words in zip(found, sentences, strict=True)
        ]

    def score(self, X: Sequence[Sequence[str]], y: Sequence[Sequence[str]]) -> float:
        """Share of the words with the right tag.

        Raises:
            TypeError: X or y is no list of lists of strings.
            ValueError: a sentence is empty, or has another number of tags.
        """
        sentences, tags = _lists(X, "X"), _lists(y, "y")
        _check_tags(sentences, tags)
        pairs = zip(self.predict(sentences), tags, strict=True)
        right = [a == b for one, other in pairs for a, b in zip(one, other, strict=True)]
        return float(np.mean(right))

    def __sklearn_tags__(self) -> SklearnTags:
        """Tags: X is text."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        tags.target_tags.required = True
        tags.no_validation = True
        return tags


def _lists(given: Sequence[Sequence[str]], name: str) -> list[list[str]]:
    if isinstance(given, str) or any(isinstance(row, str) for row in given):
        raise UsageTypeError(f"{name} has a string for a sentence: give lists of words")
    rows = [[*row] for row in given]
    wrong = next((w for row in rows for w in row if not isinstance(w, str)), None)
    if wrong is not None:
        raise UsageTypeError(f"{name} has a {type(wrong).__name__} for a word: give strings")
    if not rows or not all(rows):
        what = f"sentence {rows.index([])} of {name} is empty" if rows else f"{name} is empty"
        raise UsageError(f"{what}: give at least one word")
    return rows


def _check_tags(sentences: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> None:
    if len(sentences) != len(tags):
        raise UsageError(f"{len(sentences)} sentences and {len(tags)} lists of tags: give as many")
    for k, (words, row) in enumerate(zip(sentences, tags, strict=True)):
        if len(words) != len(row):
            raise UsageError(f"sentence {k} has {len(words)} words and {len(row)} tags")
