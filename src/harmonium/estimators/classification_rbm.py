"""The classification RBM as a scikit-learn classifier that also samples."""

from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import (
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted
from torch import Tensor
from torch.nn.functional import one_hot

from harmonium.ambient import neutrally
from harmonium.arguments import checked, named
from harmonium.bounds import Count, Size
from harmonium.data import Batches
from harmonium.errors import UsageError
from harmonium.estimators.defaults import is_grey, name_constant, passes
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.families import check_values, choose, settled
from harmonium.estimators.frames import new_rows, used_rows, validate_data
from harmonium.estimators.labels import classes_of, decisions, known, rows_and_labels
from harmonium.estimators.machine import Machine
from harmonium.estimators.stopping import ErrorWatch
from harmonium.learning import (
    CD,
    L2,
    Contrast,
    Discriminative,
    EarlyStopping,
    GraphLearner,
    Learner,
    Listed,
    Training,
    ceilings,
    linear_decay,
    responsive_start,
    start_from,
)
from harmonium.machines import classification_rbm
from harmonium.random import generator, seeded
from harmonium.sampling import complete, expectations, log_conditional, mean, swept
from harmonium.units import Units

__all__ = ["ClassificationRBM"]

_RATE, _UPDATES = 0.5, 3000
"""Default rate of SGD, and minimum number of updates by default."""
_ADAM = 0.01
"""Rate of Adam as a fraction of SGD's, for unbounded data."""


@dataclass(eq=False, repr=False)
class ClassificationRBM(
    ClassifierMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, Trained
):
    r"""An RBM of data and labels, with exact class probabilities.

    .. math:: \max \sum_i \log p(y_i \mid x_i) + \alpha \log p(x_i, y_i)
              + \beta \sum_{unlabelled} \log p(x_i)

    (Larochelle and Bengio, 2008, https://doi.org/10.1145/1390156.1390224.)

    Args:
        n_components: number of hidden units.
        visible: "auto" (Bernoulli if all data lie in [0, 1], else Gaussian), a family's name, or
            a ``Units`` object.
        generative: weight alpha of the joint model of data and labels; with 0 it learns only to
            classify, and its samples are not meaningful.
        unlabelled: weight beta of the model of rows without a label.
        learning_rate: of SGD; it falls to zero. Unbounded data (Gaussian units) are learned by
            Adam at a hundredth of this rate. None gives .5; fractions then start from random
            projections (``learning.responsive_start``).
        n_epochs: passes over the rows; None for as many as 3000 updates take, at least 10.
        batch_size: rows per update.
        contrast: how the model side of the generative part is estimated; ``CD()`` by default.
        weight_decay: strength of the L2 penalty.
        early_stopping: hold out a fraction of the labelled rows and keep the parameters with the
            lowest error on them.
        validation_fraction: fraction of the rows held out.
        patience: epochs without improvement before stopping.
        missing_label: the value in y that marks an unlabelled row; None if every row is labelled.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        classes_: the labels, sorted.
        graph_: the machine, an ``EnergyGraph`` with groups "v", "y" and "h".
        components_: weights between data and hidden units, ``(n_components, n_features)``.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, for ``pandas.DataFrame``: "stage", "epoch", losses, the
            figure of early stopping and the learning rate "lr".

    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> model = ClassificationRBM(50, n_epochs=10, random_state=0).fit(X[:900] / 16, y[:900])
    >>> bool(model.score(X[900:] / 16, y[900:]) > 0.88)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        **Machine._parameter_constraints,
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "generative": [Interval(Real, 0, None, closed="left")],
        "unlabelled": [Interval(Real, 0, None, closed="left")],
        "missing_label": "no_validation",
    }

    n_components: int = 200
    _: KW_ONLY
    visible: str | Units = "auto"
    generative: float = 0.01
    unlabelled: float = 0.1
    learning_rate: float | None = None
    n_epochs: int | None = None
    batch_size: int = 10
    contrast: Contrast | None = None
    weight_decay: float = 0.0
    early_stopping: bool = False
    validation_fraction: float = 0.1
    patience: int = 15
    missing_label: object = None
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    # --- fitting -----------------------------------------------------------------------------

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
            unlabelled: further rows, without labels, ``(m, n_features)``; weighted by the setting
                ``unlabelled``.
            sample_weight: importance of each row of X; rows of zero weight are left out.

        Raises:
            ValueError: values are NaN, infinite or out of range, or there are fewer than two
                classes.
        """
        x, coded, weights = self._with(unlabelled, self._checked((X, y), sample_weight))
        seed = fresh_seed(self.random_state)
        self._seed, source = seed, generator(seed)
        with seeded(seed):
            first = choose(self.visible, x.shape[1], example=x)
            check_values(first, x)
            name_constant(first, x)
            graph = classification_rbm(first, int(self.n_components), classes=coded.shape[1])
            self.graph_ = graph.to(x.dtype)
        x = self._shaped(x)
        has_label = coded.sum(1) > 0
        if not self.unlabelled:
            x, coded, weights = x[has_label], coded[has_label], weights[has_label]
            has_label = has_label[has_label]
        rows, watch = (x, coded, weights), None
        if self.early_stopping:
            order = has_label.nonzero().flatten()
            order = order[torch.randperm(len(order), generator=source)]
            held = torch.zeros_like(has_label)
            held[order[: max(1, round(self.validation_fraction * len(order)))]] = True
            if bool((held == has_label).all()):
                raise UsageError(
                    "early stopping needs two labelled rows; set early_stopping=False"
                )
            watch = ErrorWatch(self.graph_, x[held], coded=coded[held])
            rows = x[~held], coded[~held], weights[~held]
        self._learn(rows, source=source, watch=watch)
        self.components_ = self._weight().detach().numpy().copy()
        return self

    def _checked(
        self, given: tuple[ArrayLike, ArrayLike], sample_weight: ArrayLike | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Rows, one-hot labels (zeros for no label) and weights, without rows of zero weight."""
        rows, labels = rows_and_labels(self, given, mark=self.missing_label)
        used, weights = used_rows(sample_weight, rows)
        rows, labels = rows[used], labels[used]
        labelled = known(labels, mark=self.missing_label)
        self.classes_, codes = classes_of(labels[labelled])
        x = settled(self.visible, torch.from_numpy(rows.copy()))
        coded = x.new_zeros(len(x), len(self.classes_))
        coded[torch.from_numpy(labelled)] = one_hot(
            torch.from_numpy(codes), len(self.classes_)
        ).to(x.dtype)
        return x, coded, weights

    def _with(
        self, unlabelled: ArrayLike | None, rows: tuple[Tensor, Tensor, Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The rows, followed by the further unlabelled rows."""
        if unlabelled is None:
            return rows
        x, coded, weights = rows
        kind = [np.float32 if x.dtype is torch.float32 else np.float64]
        more = torch.from_numpy(
            validate_data(self, unlabelled, dtype=kind, reset=False, copy=True)
        )
        n = len(more)
        return (
            torch.cat([x, settled(self.visible, more)]),
            torch.cat([coded, coded.new_zeros(n, coded.shape[1])]),
            torch.cat([weights, weights.new_ones(n)]),
        )

    def _learn(
        self, rows: tuple[Tensor, ...], *, source: torch.Generator, watch: ErrorWatch | None
    ) -> None:
        x, coded, weights = rows
        graph, has_label = self.graph_, coded.sum(1) > 0
        start_from(graph, {"v": x}, weights=weights)
        start_from(graph, {"y": coded[has_label]}, weights=weights[has_label])
        wide = graph.units["v"].growth != "finite"
        optimiser: torch.optim.Optimizer
        if self.learning_rate is None and is_grey(graph.units["v"], x.flatten(1)):
            responsive_start(graph, x, source=source)
        rate = self.learning_rate or _RATE
        if wide:
            optimiser = torch.optim.Adam(graph.parameters(), lr=_ADAM * rate)
        else:
            optimiser = torch.optim.SGD(graph.parameters(), lr=rate)
        learner = Learner(
            graph,
            optimiser,
            contrast=self.contrast or CD(),
            penalties=[
                *([L2(self.weight_decay)] if self.weight_decay else []),
                *ceilings(graph, x.flatten(1)),
            ],
            centring=0.01 if wide else None,
            source=source,
            inference=Listed("y"),
        )
        beta = 0.0 if bool(has_label.all()) else self.unlabelled
        update = Discriminative(learner, generative=self.generative, unlabelled=beta)
        columns = dict(zip(("x", "y", "weights"), rows, strict=True))
        batches = Batches(columns, size=self.batch_size, source=source)
        epochs = passes(self.n_epochs, batches=len(batches), updates=_UPDATES)
        stopping = EarlyStopping("val/error", patience=self.patience, tie="val/loss")
        training = Training(
            GraphLearner(learner, lambda batch: {"v": batch["x"], "y": batch["y"]}, update),
            batches,
            epochs,
            [linear_decay(optimiser, epochs * len(batches))],
            stopping=None if watch is None else stopping,
            watches=[] if watch is None else [watch],
        )
        self._forget()
        self.n_epochs_ = self._train(training)

    # --- using -------------------------------------------------------------------------------

    @neutrally
    @torch.no_grad()
    def predict_log_proba(self, X: ArrayLike) -> NDArray[Any]:
        """log p(class given row), exact, ``(n_samples, n_classes)``, in nats."""
        x = self._tensor(X)
        return log_conditional(self.graph_, "y", given={"v": x}).numpy()

    def predict_proba(self, X: ArrayLike) -> NDArray[Any]:
        """p(class given row), exact, ``(n_samples, n_classes)``, in the order of ``classes_``."""
        return np.exp(self.predict_log_proba(X))

    def decision_function(self, X: ArrayLike) -> NDArray[Any]:
        """Log-probabilities; for two classes their difference, ``(n_samples,)``."""
        log_p = self.predict_log_proba(X)
        return decisions(log_p)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class of every row."""
        best = self.predict_log_proba(X).argmax(1)
        return self.classes_[best]

    @neutrally
    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Mean hidden activities given the row, exact, ``(n_samples, n_components)``."""
        parts = self._tensor(X).split(1000)
        activities = [expectations(self.graph_, "y", given={"v": part})["h"] for part in parts]
        return torch.cat(activities).numpy()

    @checked
    @neutrally
    @torch.no_grad()
    def sample(
        self,
        n_samples: Count = 1,
        *,
        y: object = None,
        n_sweeps: Size = 1000,
        random_state: int | np.random.RandomState | None = None,
    ) -> NDArray[Any]:
        """Mean rows at the end of Gibbs chains, ``(n_samples, n_features)``.

        Args:
            n_samples: number of independent chains.
            y: a class that is held; None to draw classes too.
            n_sweeps: sweeps of every chain.
            random_state: seed of the draws; the estimator's seed by default.

        Raises:
            ValueError: there is no such class, or more than one was given.
        """
        check_is_fitted(self)
        fixed = random_state is None
        seed = self._seed if fixed else check_random_state(random_state).randint(2**31 - 1)
        source, graph, seen = generator(int(seed)), self.graph_, {}
        if y is not None:
            if np.ndim(y):  # type: ignore[arg-type]
                raise UsageError(f"y is {named(y)}; one class is held, so give one label")
            place = np.flatnonzero(self.classes_ == y)
            if not len(place):
                raise UsageError(f"no class {y!r}; there are {self.classes_.tolist()}")
            coded = torch.eye(len(self.classes_), dtype=self._weight().dtype)[place]
            seen = {"y": coded.repeat(n_samples, 1)}
        state = complete(graph, seen, rows=n_samples, source=source)
        for _ in range(n_sweeps):
            state, _ = swept(graph, state, hold=dict.fromkeys(seen, True), source=source)
        return mean(graph.units["v"], graph.field("v", state)).flatten(1).numpy()

    def _tensor(self, X: ArrayLike) -> Tensor:
        x = new_rows(self, X).to(self._weight().dtype)
        return self._shaped(self.graph_.units["v"].settled(x))

    def _weight(self) -> Tensor:
        return self.graph_.connections["v-h"].get_parameter("weight")

    def _shaped(self, x: Tensor) -> Tensor:
        return x.reshape(-1, *self.graph_.units["v"].shape)

    @property
    def _n_features_out(self) -> int:
        return len(self.components_)
