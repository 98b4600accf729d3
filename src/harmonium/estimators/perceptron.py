"""Rosenblatt's perceptron as a scikit-learn classifier."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from harmonium import nets
from harmonium.ambient import neutrally
from harmonium.data import Batches
from harmonium.errors import UsageError
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.frames import new_rows
from harmonium.estimators.labels import decisions
from harmonium.estimators.net import class_codes, labelled_rows
from harmonium.estimators.renamed import renamed
from harmonium.learning import ErrorCorrection, Pocket, Training, each, winner
from harmonium.random import generator

__all__ = ["Perceptron"]

_CORRECTIONS = {"each": each, "winner": winner}
_TOGETHER = 100
"""Rows of a batch in the online form, where they are learned one after the other."""


@renamed(n_epochs="max_iter", learning_rate="eta0, as in scikit-learn")
@dataclass(eq=False, repr=False)
class Perceptron(ClassifierMixin, Trained):
    """A layer of threshold units that learns from its mistakes; see ``learning.ErrorCorrection``.

    It gives scores, of which the highest determines the class, but no probabilities. Arguments
    have scikit-learn's names. Other than scikit-learn's ``Perceptron``, it averages the weights,
    and corrects the right class against the one that won.

    Args:
        max_iter: maximum number of passes over the rows. Without averaging, learning stops after a
            pass without a mistake.
        eta0: rate of every correction; it only scales the weights, which start at zero.
        shuffle: whether every pass has another order of the rows.
        batch_size: rows per update: 1 is the online form, which corrects after every row; more
            rows are corrected together, by the mean of their corrections.
        average: use the mean of the weights over all updates, which makes fewer errors if the
            classes overlap; False uses the last weights.
        pocket: use the weights with the longest run of right decisions instead; "ratchet" takes
            those only if they also have fewer errors on all rows. Needs ``average=False`` and
            ``batch_size=1``.
        correction: "winner" corrects the right class and the one that won; "each" corrects every
            class alone, one against the rest, as scikit-learn does.
        class_weight: importance of the classes, which multiplies that of their rows: a mapping
            from label to number, or "balanced" for classes of equal importance.
        verbose: show progress on standard error.
        random_state: seed of the order of the rows. None draws a new seed, not from NumPy's global
            generator.

    Attributes:
        classes_: the labels, sorted.
        net_: the ``nets.Perceptron``.
        coef_: weights, ``(n_classes, n_features)``.
        intercept_: thresholds, ``(n_classes,)``.
        mistakes_: fraction of wrongly classified rows in each pass.
        history_: one mapping per pass.
        n_iter_: number of passes done.

    >>> X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> Perceptron(average=False, random_state=0).fit(X, X[:, 0] & X[:, 1]).predict(X)
    array([0, 0, 0, 1])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "eta0": [Interval(Real, 0, None, closed="neither")],
        "shuffle": ["boolean"],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "average": ["boolean"],
        "pocket": ["boolean", StrOptions({"ratchet"})],
        "correction": [StrOptions({*_CORRECTIONS})],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    _: KW_ONLY
    max_iter: int = 20
    eta0: float = 1.0
    shuffle: bool = True
    batch_size: int = 1
    average: bool = True
    pocket: bool | str = False
    correction: str = "winner"
    class_weight: Mapping[Any, float] | str | None = None
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: ``(n_samples, n_features)``.
            y: labels of any type, ``(n_samples,)``.
            sample_weight: importance of the rows, which multiplies their corrections, relative to
                its mean.

        Raises:
            ValueError: values are NaN or infinite, there are fewer than two classes, or settings
                do not go together.
        """
        self._begin(None)
        columns = self._as_columns((X, y), sample_weight)
        for _ in range(self.max_iter):
            self._pass(columns)
            if not self.average and not self.mistakes_[-1]:
                break
        return self

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """One pass over the given rows; the first call starts with weights of zero.

        Args:
            X: ``(n_samples, n_features)``.
            y: labels, ``(n_samples,)``.
            classes: all labels of all calls; needed at the first call if y lacks some.
            sample_weight: importance of the rows, as for ``fit``.

        Raises:
            ValueError: a label is not one of the classes.
        """
        if "net_" not in self.__dict__:
            self._begin(classes)
        self._pass(self._as_columns((X, y), sample_weight))
        return self

    def _pass(self, columns: dict[str, Tensor]) -> None:
        """One pass over the rows."""
        learner, x, y = self._learner, columns["x"], columns["y"]
        size = _TOGETHER if self.batch_size == 1 else self.batch_size
        batches: Batches[Any] = Batches(
            columns, size=size, source=self._source, shuffle=self.shuffle
        )
        before = int(learner.mistakes)
        if learner.pocket is not None and self.pocket == "ratchet":
            learner.pocket.error = lambda net: float((net(x).argmax(1) != y).double().mean())
        self._train(Training(learner, batches, 1, source=self._source))
        if learner.pocket is not None:
            learner.pocket.error = None  # which holds the rows
        self.history_[-1]["train/mistakes"] = (int(learner.mistakes) - before) / len(x)

    def _begin(self, classes: ArrayLike | None) -> None:
        """Starts anew, with weights of zero."""
        for name in ("net_", "classes_", "_learner"):
            self.__dict__.pop(name, None)
        if classes is not None:
            self.classes_ = np.unique(np.asarray(classes))
        self._source = generator(fresh_seed(self.random_state))
        self._forget()

    def _as_columns(
        self, given: tuple[ArrayLike, ArrayLike], sample_weight: ArrayLike | None
    ) -> dict[str, Tensor]:
        """Rows, indices of their classes and weights; makes the net if there is none."""
        first = "net_" not in self.__dict__
        x, labels, weights = labelled_rows(self, given, sample_weight=sample_weight, reset=first)
        if "classes_" not in self.__dict__:
            self.classes_ = np.unique(labels)
        codes = class_codes(labels, self.classes_)
        if first:
            self.net_ = nets.Perceptron(x.shape[1], len(self.classes_)).to(x.dtype)
            self._learner = self._rule()
        if self.class_weight is not None:
            own = compute_sample_weight(self.class_weight, labels)
            weights = weights * torch.from_numpy(own).to(weights)
        relative = weights / weights.mean()
        return {"x": x.to(self.net_.weight.dtype), "y": codes, "weights": relative}

    def _rule(self) -> ErrorCorrection:
        """The rule with its settings."""
        if self.pocket and self.batch_size > 1:
            raise UsageError(
                f"batch_size is {self.batch_size}, and the pocket counts right decisions row by "
                "row: give batch_size=1, or pocket=False"
            )
        return ErrorCorrection(
            self.net_,
            torch.optim.SGD(self.net_.parameters(), lr=self.eta0),
            average=self.average,
            correction=_CORRECTIONS[self.correction],
            sequential=self.batch_size == 1,
            pocket=Pocket() if self.pocket else None,
        )

    @property
    def coef_(self) -> NDArray[Any]:
        """Weights, ``(n_classes, n_features)``."""
        check_is_fitted(self, "net_")
        return self.net_.weight.detach().numpy()

    @property
    def intercept_(self) -> NDArray[Any]:
        """Thresholds, ``(n_classes,)``."""
        check_is_fitted(self, "net_")
        return self.net_.bias.detach().numpy()

    @property
    def mistakes_(self) -> list[float]:
        """Fraction of wrongly classified rows in each pass."""
        check_is_fitted(self, "net_")
        return [row["train/mistakes"] for row in self.history_]

    @property
    def n_iter_(self) -> int:
        """Number of passes done."""
        check_is_fitted(self, "net_")
        return len(self.mistakes_)

    @neutrally
    @torch.no_grad()
    def decision_function(self, X: ArrayLike) -> NDArray[Any]:
        """Scores, ``(n_samples, n_classes)``; for two classes the difference, ``(n_samples,)``."""
        check_is_fitted(self, "net_")
        scores = self.net_(new_rows(self, X).to(self.net_.weight.dtype)).numpy()
        return decisions(scores)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Class with the highest score; ties go to the first class."""
        scores = self.decision_function(X)
        best = (scores > 0).astype(int) if scores.ndim == 1 else scores.argmax(1)
        return self.classes_[best]
