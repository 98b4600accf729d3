"""A classifier that learns from many unlabelled rows and few labelled ones."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.bridge import randomise, unroll
from harmonium.data import Batches
from harmonium.estimators.defaults import (
    is_grey,
    learning_type,
    name_constant,
    passes,
    rate_for,
)
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.families import check_values, choose, settled
from harmonium.estimators.frames import new_rows, used_rows
from harmonium.estimators.labels import classes_of, decisions, known, rows_and_labels
from harmonium.graph import EnergyGraph
from harmonium.learning import (
    CD,
    L2,
    Descent,
    GraphLearner,
    Learner,
    Penalty,
    Training,
    ceilings,
    cross_entropy,
    greedy,
    linear_decay,
    momentum,
    responsive_start,
    start_from,
)
from harmonium.machines import BeliefNet, belief_net
from harmonium.random import Source, generator, seeded
from harmonium.sampling import mean
from harmonium.units import Units

__all__ = ["DBNClassifier"]

_RATE, _UPDATES = 0.05, 1000
"""Defaults: rate of pre-training, and minimum number of updates of a layer and of the net."""


@dataclass(eq=False, repr=False)
class DBNClassifier(ClassifierMixin, TransformerMixin, Trained):
    """Greedy RBM pre-training on all rows, then backpropagation on the labelled ones.

    Args:
        hidden_layer_sizes: units of each hidden layer, the lowest first.
        visible: "auto" (Bernoulli if all data lie in [0, 1], else Gaussian), a family's name, or
            a ``Units`` object.
        pretrain_epochs: passes over all rows per layer; 0 for no pre-training, from random
            weights. None for as many as 1000 updates take, at least 10.
        pretrain_learning_rate: of SGD; it falls to zero, and momentum rises from .5 to .9 after a
            fifth of the epochs. Gaussian units use a fifth of the rate. None gives .05, for
            Gaussian units at most what the largest principal variance of the data allows.
        n_epochs: passes over the labelled rows in fine-tuning; None for as many as 1000 updates
            take, at least 10.
        learning_rate: of Adam in fine-tuning; it falls to zero.
        weight_decay: Adam's decoupled weight decay in fine-tuning.
        batch_size: rows per update in both phases.
        missing_label: the value in y that marks an unlabelled row; None if every row is labelled.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        classes_: the labels, sorted.
        machine_: the pre-trained ``BeliefNet``, before fine-tuning.
        net_: the fine-tuned ``nn.Sequential``, with logits as outputs.
        history_: one mapping per epoch, for ``pandas.DataFrame``: "stage", "epoch", losses, the
            figure of early stopping and the learning rate "lr".
        loss_curve_: mean cross-entropy of each fine-tuning epoch, in nats.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> X = (X - X.mean(0)) / X.std(0)
    >>> bool(DBNClassifier((20,), learning_rate=0.01, random_state=0).fit(X, y).score(X, y) > 0.9)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "hidden_layer_sizes": ["array-like"],
        "visible": [str, Units],
        "pretrain_epochs": [Interval(Integral, 0, None, closed="left"), None],
        "pretrain_learning_rate": [Interval(Real, 0, None, closed="neither"), None],
        "n_epochs": [Interval(Integral, 1, None, closed="left"), None],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "missing_label": "no_validation",
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    hidden_layer_sizes: Sequence[int] = (256, 256)
    _: KW_ONLY
    visible: str | Units = "auto"
    pretrain_epochs: int | None = None
    pretrain_learning_rate: float | None = None
    n_epochs: int | None = None
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    batch_size: int = 50
    missing_label: object = None
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        unlabelled: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: ``(n_samples, n_features)``.
            y: labels of any type, ``(n_samples,)``; ``missing_label`` for a row without a label.
            unlabelled: further rows, without labels, ``(m, n_features)``.
            sample_weight: importance of the rows of X in both phases.

        Raises:
            ValueError: values are NaN, infinite or out of range, or no row is labelled.
        """
        rows, labels = rows_and_labels(self, (X, y), mark=self.missing_label)
        used, weights = used_rows(sample_weight, rows)  # a batch of zero weight has no mean
        rows, labels = rows[used], labels[used]
        labelled = known(labels, mark=self.missing_label)
        self.classes_, codes = classes_of(labels[labelled])
        everything, importance = self._with(rows, unlabelled, weights=weights)
        everything = settled(self.visible, everything)
        seed = fresh_seed(self.random_state)
        source = generator(seed)
        with seeded(seed):
            first = choose(self.visible, rows.shape[1], example=everything)
            check_values(first, everything)
            name_constant(first, everything)
            own, kind = everything.dtype, learning_type(first, everything)
            everything, importance = everything.to(kind), importance.to(kind)
            net = belief_net(first, *map(int, self.hidden_layer_sizes))
        self.machine_ = net.to(everything.dtype)
        self._forget()
        self._pretrain(everything, importance, source=source)
        self.net_ = unroll(self.machine_, outputs=len(self.classes_))
        if self.pretrain_epochs == 0:
            randomise(self.net_, source)
        x = first.settled(torch.from_numpy(rows[labelled])).to(kind).reshape(-1, *first.shape)
        importance = weights[torch.from_numpy(labelled)].to(kind)
        columns = {"x": x, "y": torch.from_numpy(codes), "weights": importance}
        self._fine_tune(columns, source=source)
        for graph in self.machine_.graphs:
            graph.to(own)
        self.net_.to(own)
        return self

    def _with(
        self, X: NDArray[Any], unlabelled: ArrayLike | None, *, weights: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The rows, followed by the further unlabelled rows, and their weights."""
        x = torch.from_numpy(X)
        if unlabelled is None:
            return x, weights
        more = new_rows(self, unlabelled, dtype=X.dtype)
        return torch.cat([x, more]), torch.cat([weights, weights.new_ones(len(more))])

    def _pretrain(self, x: Tensor, weights: Tensor, *, source: Source) -> None:
        if self.pretrain_epochs == 0:
            return

        def train(graph: EnergyGraph, below: Tensor) -> None:
            start_from(graph, {"v": below}, weights=weights)
            if self.pretrain_epochs is None and is_grey(graph.units["v"], below.flatten(1)):
                responsive_start(graph, below, source=source)
            # reconstructions of real values are unbounded, so the rate is lower
            wide = graph.units["v"].growth != "finite"
            rate = (self.pretrain_learning_rate or _RATE) / (5 if wide else 1)
            penalties: list[Penalty] = [L2(2e-4)]
            if wide and self.pretrain_learning_rate is None:
                # a tenth of what is stable without momentum
                rate = min(rate, rate_for(graph, below.flatten(1), curvature=None) / 10)
                penalties += ceilings(graph, below.flatten(1))
            optimiser = torch.optim.SGD(graph.parameters(), lr=rate, momentum=0.5)
            learner = Learner(
                graph,
                optimiser,
                contrast=CD(reconstruct=mean),
                penalties=penalties,
                centring=0.01 if wide else None,  # uncentred features are sparser
                source=source,
            )
            columns = {"x": below, "weights": weights}
            batches = Batches(columns, size=self.batch_size, source=source)
            epochs = passes(self.pretrain_epochs, batches=len(batches), updates=_UPDATES)
            schedules = [
                linear_decay(optimiser, epochs * len(batches)),
                momentum(optimiser, len(batches), after=-(-epochs // 5)),
            ]
            update = GraphLearner(learner, lambda batch: {"v": batch["x"]})
            k = self.machine_.graphs.index(graph)
            self._train(Training(update, batches, epochs, schedules), f"pretrain/{k}")

        first = self.machine_.graphs[0].units["v"]
        greedy(self.machine_.graphs, x.reshape(-1, *first.shape), train=train)

    def _fine_tune(self, columns: Mapping[str, Tensor], *, source: Source) -> None:
        optimiser = torch.optim.AdamW(
            self.net_.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
        )
        batches = Batches(columns, size=self.batch_size, source=source)
        epochs = passes(self.n_epochs, batches=len(batches), updates=_UPDATES)
        learner = Descent(self.net_, optimiser, cross_entropy)
        schedule = linear_decay(optimiser, epochs * len(batches))
        self._train(Training(learner, batches, epochs, [schedule]), "fine_tune")
        tuned = (row for row in self.history_ if row["stage"] == "fine_tune")
        self.loss_curve_ = [row["train/loss"] for row in tuned]

    # --- using -------------------------------------------------------------------------------

    @neutrally
    @torch.no_grad()
    def decision_function(self, X: ArrayLike) -> NDArray[Any]:
        """Logits, ``(n_samples, n_classes)``; for two classes the difference, ``(n_samples,)``."""
        logits = self._logits(X).numpy()
        return decisions(logits)

    @neutrally
    @torch.no_grad()
    def predict_proba(self, X: ArrayLike) -> NDArray[Any]:
        """p(class given row), ``(n_samples, n_classes)``, in the order of ``classes_``."""
        return torch.softmax(self._logits(X), 1).numpy()

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class of every row."""
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(1)]

    @neutrally
    @torch.no_grad()
    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Activities of the net's last hidden layer, ``(n_samples, last size)``."""
        x = self._tensor(X)
        return self.net_[:-1](x).numpy()

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:  # noqa: ANN401
        """One name per unit of the last hidden layer."""
        del input_features
        check_is_fitted(self)
        n = int(list(self.hidden_layer_sizes)[-1])
        return np.array([f"dbnclassifier{i}" for i in range(n)], dtype=object)

    def _logits(self, X: ArrayLike) -> Tensor:
        x = self._tensor(X)
        return self.net_(x)

    def _tensor(self, X: ArrayLike) -> Tensor:
        x = new_rows(self, X)
        machine: BeliefNet = self.machine_
        units = machine.graphs[0].units["v"]
        x = x.to(next(self.net_.parameters()).dtype)
        return units.settled(x).reshape(-1, *units.shape)
