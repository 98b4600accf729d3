"""Nets over trees as a scikit-learn classifier."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.data import Batches, Tree, Trees, read_tree, tree_rows, tree_set, vocabulary
from harmonium.errors import UsageError
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.learning import Descent, Training, linear_decay
from harmonium.learning.objectives.node_cross_entropy import NodeCrossEntropy
from harmonium.nets.dropout import set_source
from harmonium.nets.trees import RNTN, RecursiveNet, TreeLSTM, TreeNet
from harmonium.random import generator, seeded

__all__ = ["TreeClassifier"]

_NETS: dict[str, Any] = {"recursive_net": RecursiveNet, "rntn": RNTN, "tree_lstm": TreeLSTM}
_AT_ONCE = 500
"""Trees that are read at the same time."""


@dataclass(eq=False, repr=False)
class TreeClassifier(ClassifierMixin, Trained):
    """A recursive net that classifies binary trees and all of their parts.

    A tree is a text in brackets, ``(3 (2 It) (4 (2 is) (4 great)))``, with a label before each
    part, or ``?`` for none; or a parsed ``data.Tree``. The net learns from the labels of all
    nodes. The class of a tree is that of its root. (Socher et al., 2013,
    https://aclanthology.org/D13-1170.)

    Args:
        net: "recursive_net", a dense layer at every node; "rntn", with products of both parts;
            "tree_lstm", with memory and gates.
        hidden_size: numbers of a node's vector.
        max_words: words to know, the most frequent of the training trees.
        lower: read words in lower case.
        dropout: share of the numbers of a vector that is set to zero in training.
        weight_decay: Adam's decoupled weight decay.
        n_epochs: passes over the trees.
        learning_rate: of Adam; it falls to zero.
        batch_size: trees per update.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        classes_: the labels of nodes, sorted.
        vocabulary_: the known words.
        net_: the net (``nets.trees``).
        loss_curve_: mean loss of each epoch, nats per tree.
        history_: one mapping per epoch, with loss and learning rate.

    >>> X = ["(1 (1 good) (1 film))", "(0 (0 bad) (1 film))"] * 20
    >>> model = TreeClassifier(hidden_size=8, n_epochs=50, random_state=0).fit(X)
    >>> model.predict(["(? (? bad) (? film))"]).tolist(), model.score(X)
    ([0], 1.0)
    >>> str(model.predict_trees(["(? (? good) (? film))"])[0])
    '(1 (1 good) (1 film))'
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "net": [StrOptions(set(_NETS))],
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "max_words": [Interval(Integral, 1, None, closed="left")],
        "lower": ["boolean"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "n_epochs": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    net: Literal["recursive_net", "rntn", "tree_lstm"] = "rntn"
    _: KW_ONLY
    hidden_size: int = 25
    max_words: int = 10_000
    lower: bool = True
    dropout: float = 0.2
    weight_decay: float = 0.0
    n_epochs: int = 10
    learning_rate: float = 2e-3
    batch_size: int = 30
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Sequence[str | Tree], y: ArrayLike | None = None) -> Self:
        """Fits a new model.

        Args:
            X: trees with labels.
            y: labels of the roots, which replace those in the trees; None to keep them.

        Raises:
            ValueError: brackets are malformed, there are fewer than two classes, or X and y
                differ in length.
        """
        found = self._rooted(self._trees(X), y)
        longest = max((len(tree) + 1) // 2 for tree in found)
        self.vocabulary_ = vocabulary(found, int(self.max_words))
        data = tree_set("X", {"train": found}, words=self.vocabulary_, longest=longest)
        if len(data.classes) < 2:
            raise UsageError(
                f"a classifier needs at least two classes, but the trees have "
                f"{', '.join(map(str, data.classes)) or 'none'}: give labelled trees"
            )
        self.classes_ = np.array(data.classes)
        seed = fresh_seed(self.random_state)
        source = generator(seed)
        with seeded(seed):
            made: TreeNet = _NETS[self.net](
                len(self.vocabulary_),
                int(self.hidden_size),
                classes=len(self.classes_),
                longest=longest,
                dropout=float(self.dropout),
            )
        set_source(made, source)
        self.net_ = made
        self._learn({name: data.train.columns[name] for name in ("x", "nodes")}, source)
        return self

    def predict_proba(self, X: Sequence[str | Tree]) -> NDArray[np.float32]:
        """Probability of each class of each root, ``(n_trees, n_classes)``."""
        net, rows = self.net_, self._rows(self._trees(X))
        with torch.no_grad():
            p = [net(x).softmax(1) for x in rows.split(_AT_ONCE)]
        return torch.cat(p).numpy()

    def predict(self, X: Sequence[str | Tree]) -> NDArray[Any]:
        """The most probable class of each root, ``(n_trees,)``."""
        taken: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(1)]
        return taken

    def predict_trees(self, X: Sequence[str | Tree]) -> list[Tree]:
        """The trees, with the most probable class as the label of every node."""
        net, rows, found = self.net_, self._rows(self._trees(X)), self._trees(X, lower=False)
        taken: list[NDArray[Any]] = []
        with torch.no_grad():
            for x in rows.split(_AT_ONCE):
                taken += [*self.classes_[net.node_logits(x).argmax(2).numpy()]]
        return [
            Tree(tuple(map(str, row[: len(tree)])), tree.words, tree.left, tree.heights)
            for tree, row in zip(found, taken, strict=True)
        ]

    def score(
        self,
        X: Sequence[str | Tree],
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
    ) -> float:
        """Share of roots that are right; without y, the labels in the trees are the truth."""
        truth = np.array([tree.labels[-1] for tree in self._trees(X)]) if y is None else y
        weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        right = np.asarray(truth).astype(str) == self.predict(X).astype(str)
        return float(np.average(right, weights=weights))

    def _trees(self, X: Sequence[str | Tree], *, lower: bool | None = None) -> list[Tree]:
        """The trees of X, parsed."""
        if isinstance(X, str) or not len(X):
            raise UsageError("X is a list of trees: give at least one text in brackets, in a list")
        lower = self.lower if lower is None else lower
        found = [
            tree if isinstance(tree, Tree) else read_tree(tree, f"X, tree {k}")
            for k, tree in enumerate(X)
        ]
        return [tree.lowered() for tree in found] if lower else found

    def _rooted(self, found: list[Tree], y: ArrayLike | None) -> list[Tree]:
        """The trees, with labels of y at their roots."""
        if y is None:
            return found
        labels = np.asarray(y).astype(str).tolist()
        if len(labels) != len(found):
            raise UsageError(f"{len(found)} trees and {len(labels)} labels: give one for each")
        return [
            Tree((*tree.labels[:-1], label), tree.words, tree.left, tree.heights)
            for tree, label in zip(found, labels, strict=True)
        ]

    def _rows(self, found: list[Tree]) -> Tensor:
        """Rows of trees of any number of words."""
        longest = max((len(tree) + 1) // 2 for tree in found)
        return tree_rows(found, Trees(self.vocabulary_, longest))

    def _learn(self, columns: dict[str, Any], source: torch.Generator) -> None:
        optimiser = torch.optim.AdamW(
            self.net_.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
        )
        batches: Batches[Any] = Batches(columns, size=int(self.batch_size), source=source)
        decay = linear_decay(optimiser, self.n_epochs * len(batches))
        objective = NodeCrossEntropy()
        learner = Descent(self.net_, optimiser, objective)
        training = Training(learner, batches, self.n_epochs, [decay], source=source)
        self._forget()
        self._train(training)
        self.loss_curve_ = [row[f"train/{objective.figure}"] for row in self.history_]
