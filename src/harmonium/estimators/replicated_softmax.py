"""The replicated softmax as a scikit-learn transformer of documents."""

from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin, _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from harmonium.ambient import neutrally
from harmonium.data import Batches, Rows
from harmonium.data.sparse import sparse_rows
from harmonium.documents import log_words
from harmonium.errors import UsageError
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.frames import FLOATS, validate_data
from harmonium.learning import CD, GraphLearner, Learner, Training, linear_decay, start_from
from harmonium.likelihood import Ladder
from harmonium.machines import replicated_softmax
from harmonium.random import generator, seeded

__all__ = ["ReplicatedSoftmax"]

_PIECE = 1000
"""Rows that are dense at the same time."""


@dataclass(eq=False, repr=False)
class ReplicatedSoftmax(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Trained):
    """Topics of documents, from counts of words such as those of ``CountVectorizer``.

    An RBM of documents of any length (Salakhutdinov and Hinton, 2009,
    https://papers.nips.cc/paper/3856), trained by contrastive divergence whose steps grow from 1
    to ``n_steps``. Sparse matrices stay sparse: only the rows of a batch are made dense.

    Args:
        n_components: binary hidden units, the topics.
        n_epochs: passes over the documents.
        n_steps: steps of contrastive divergence in the last passes.
        learning_rate: of Adam; it falls to zero.
        batch_size: documents per update.
        n_betas: annealing steps of the likelihood.
        n_chains: annealing runs of the likelihood for each length of a document.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        graph_: the trained machine, an ``EnergyGraph`` with groups "v" and "h".
        components_: weights of each topic and word, ``(n_components, n_features)``; the words of
            a topic are those of its largest weights.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch.

    ``transform`` gives the probability that each topic is active. ``score_samples`` is log p of
    the words of each document in their order, in nats; ``score`` the mean of log p **per word**,
    each document counting the same, so that ``perplexity`` is exp(-score).

    >>> X = np.array([[3, 2, 0, 0], [0, 0, 4, 1]] * 50)
    >>> topics = ReplicatedSoftmax(2, n_epochs=5, random_state=0).fit_transform(X)
    >>> topics.shape
    (100, 2)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "n_epochs": [Interval(Integral, 1, None, closed="left")],
        "n_steps": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "n_betas": [Interval(Integral, 1, None, closed="left")],
        "n_chains": [Interval(Integral, 1, None, closed="left")],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    n_components: int = 50
    _: KW_ONLY
    n_epochs: int = 10
    n_steps: int = 5
    learning_rate: float = 3e-3
    batch_size: int = 100
    n_betas: int = 200
    n_chains: int = 20
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Fits a new model.

        Args:
            X: counts, ``(n_samples, n_features)``, dense or sparse.
            y: not used.

        Raises:
            ValueError: a value is negative or not whole, or no document has a word.
        """
        del y
        x = self._rows(X, reset=True)
        self._forget()
        self._seed = fresh_seed(self.random_state)
        source = generator(self._seed)
        with seeded(self._seed):
            graph = replicated_softmax(x.shape[1], int(self.n_components))
        start_from(graph, {"v": x})
        adam = torch.optim.Adam(graph.parameters(), lr=float(self.learning_rate))
        epochs, batches = (
            int(self.n_epochs),
            Batches({"x": x}, size=self.batch_size, source=source),
        )
        decay = linear_decay(adam, epochs * len(batches))
        self.n_epochs_ = 0
        for steps, passes in _growing(epochs, int(self.n_steps)):
            learner = Learner(graph, adam, contrast=CD(steps), centring=None, source=source)
            update = GraphLearner(learner, lambda batch: {"v": batch["x"]})
            self.n_epochs_ += self._train(Training(update, batches, passes, [decay]))
        self.graph_ = graph
        self.components_ = graph.connections["v-h"].get_parameter("weight").detach().numpy().copy()
        self._train_rows = x[:_PIECE]
        return self

    @neutrally
    @torch.no_grad()
    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Probability that each topic is active, ``(n_samples, n_components)``."""
        check_is_fitted(self)
        x, h = self._rows(X), self.graph_.units["h"]
        parts = [h.mean(self.graph_.field("h", {"v": part})) for part in x.split(_PIECE)]
        return torch.cat(parts).numpy()

    @neutrally
    def score_samples(self, X: ArrayLike) -> NDArray[np.float64]:
        """log p of the words of each document in their order, nats, ``(n_samples,)``.

        log Z is estimated for every length by annealing from both sides, and the larger of the
        two means is used. A document without words has log p = 0.
        """
        check_is_fitted(self)
        x = self._rows(X)
        ladder = Ladder(int(self.n_betas), int(self.n_chains), 100, self._seed)
        found = np.zeros(len(x))
        counts = torch.cat([part.sum(1) for part in x.split(_PIECE)])
        full = (counts > 0).nonzero().flatten()
        if len(full):
            rows = x.index_select(0, full)
            sides = log_words(self.graph_, rows, train=self._train_rows, ladder=ladder)
            found[full.numpy()] = min(sides.values(), key=lambda side: float(side.mean())).numpy()
        return found

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Mean log p per word in nats, each document counting the same; none is empty."""
        del y
        log_p = self.score_samples(X)
        lengths = torch.cat([part.sum(1) for part in self._rows(X).split(_PIECE)]).double().numpy()
        full = lengths > 0
        if not full.any():
            raise UsageError("no document has a word: there is nothing to score")
        return float((log_p[full] / lengths[full]).mean())

    def perplexity(self, X: ArrayLike) -> float:
        """exp(-score): the number of equally likely words that are as hard to predict."""
        return float(np.exp(-self.score(X)))

    def _rows(self, X: ArrayLike, *, reset: bool = False) -> Rows:
        """Checked counts, dense in memory or sparse."""
        if issparse(X):
            matrix = validate_data(self, X, accept_sparse="csr", dtype=FLOATS, reset=reset)
            _check_counts(matrix.data)
            rows: Rows = sparse_rows(matrix)
        else:
            dense = validate_data(self, X, dtype=FLOATS, reset=reset)
            _check_counts(dense)
            rows = torch.from_numpy(dense.astype(np.float32))
        if reset and not any(bool(part.any()) for part in rows.split(_PIECE)):
            raise UsageError("no document has a word: give counts of words")
        return rows

    @property
    def _n_features_out(self) -> int:
        return int(self.n_components)

    def __sklearn_tags__(self) -> Tags:
        """scikit-learn's tags: counts, dense or sparse."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def _growing(epochs: int, steps: int) -> list[tuple[int, int]]:
    """Steps of contrastive divergence, and the number of passes with them.

    >>> _growing(10, 5), _growing(2, 5), _growing(5, 1)
    ([(1, 2), (2, 2), (3, 2), (4, 2), (5, 2)], [(1, 1), (5, 1)], [(1, 5)])
    """
    stages = min(epochs, steps)
    each = [1 + round(k * (steps - 1) / max(1, stages - 1)) for k in range(stages)]
    ends = [epochs * (k + 1) // stages for k in range(stages)]
    return [(n, b - a) for n, a, b in zip(each, [0, *ends], ends, strict=False)]


def _check_counts(values: NDArray[Any]) -> None:
    if values.size and not ((values >= 0) & (values == np.round(values))).all():
        raise UsageError(
            f"Negative values in data, or values that are not whole (from {values.min():.4g} to "
            f"{values.max():.4g}): give counts, as CountVectorizer does, not tf-idf"
        )
