"""Baselines: what else could have been done with the same rows and labels.

Those of scikit-learn are tuned by cross-validation on the labelled training rows, over the values
that their settings list; a setting with one value is not tuned.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from harmonium.bounds import Count, NonNegative, Positive
from harmonium.describe.trial import Trial

__all__ = [
    "Baseline",
    "LabelSpreading",
    "LogisticRegression",
    "RandomStart",
    "ReluNet",
    "SVC",
]

FOLDS = 5


@dataclass(frozen=True)
class RandomStart:
    """The same net, fine-tuned from Glorot's weights instead of the machine's.

    Args:
        lr: learning rate of every layer; null for that of fine-tuning.
        epochs: passes over the labelled rows; null for those of fine-tuning.
        same_time: as many epochs as fit into the processor time that the pre-trained net took in
            all its stages, measured on the first fifty updates; it overrides ``epochs``.
    """

    lr: Positive | None = None
    epochs: Count | None = None
    same_time: bool = False


class Baseline(Protocol):
    """From a trial to numbers, in one go."""

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``accuracy``, ``error`` and the settings that were chosen."""
        ...


@dataclass(frozen=True)
class LogisticRegression:
    """Logistic regression on the rows as they are.

    Args:
        C: inverse strengths of the penalty to choose from.
        max_iter: of the solver.
    """

    C: Sequence[Positive] = (0.1, 1.0, 10.0)
    max_iter: Count = 3000

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Tunes, fits, scores."""
        from sklearn.linear_model import LogisticRegression as Model

        return _tuned(trial, Model(max_iter=self.max_iter), grid={"C": list(self.C)})


@dataclass(frozen=True)
class SVC:
    """A support vector machine with a Gaussian kernel.

    Args:
        C: inverse strengths of the penalty to choose from.
        gamma: widths of the kernel to choose from; "scale" is 1 / (features x variance).
    """

    C: Sequence[Positive] = (1.0, 10.0)
    gamma: Sequence[Positive | Literal["scale"]] = (0.02, 0.05, 0.1, "scale")

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Tunes, fits, scores."""
        from sklearn.svm import SVC as Model

        return _tuned(trial, Model(), grid={"C": list(self.C), "gamma": list(self.gamma)})


@dataclass(frozen=True)
class ReluNet:
    """A net of rectified units from random weights, by Adam.

    Args:
        sizes: hidden layers to choose from.
        alpha: weight decays to choose from.
        max_iter: epochs, at most.
        batch_size: rows per update.
    """

    sizes: Sequence[Sequence[Count]] = ((100,), (200, 200))
    alpha: Sequence[NonNegative] = (1e-3, 1.0)
    max_iter: Count = 300
    batch_size: Count = 25

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Tunes, fits, scores."""
        from sklearn.neural_network import MLPClassifier

        model = MLPClassifier(
            max_iter=self.max_iter, batch_size=self.batch_size, random_state=trial.seed
        )
        sizes = [tuple(s) for s in self.sizes]
        grid: dict[str, list[Any]] = {"hidden_layer_sizes": sizes, "alpha": list(self.alpha)}
        return _tuned(trial, model, grid=grid)


@dataclass(frozen=True)
class LabelSpreading:
    """Labels spread over a graph of nearest neighbours, unlabelled rows included.

    Args:
        neighbours: numbers of neighbours to choose from.
    """

    neighbours: Sequence[Count] = (5, 7, 10)

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Tunes, fits, scores."""
        from sklearn.semi_supervised import LabelSpreading as Model

        x, y, test, truth = _arrays(trial)
        labels = np.full(len(trial.data.train), -1)
        seen = trial.data.train.y
        labels = seen.cpu().numpy().copy() if seen is not None else labels
        rows = trial.data.train.x[:].cpu().numpy()
        known = np.flatnonzero(labels >= 0)

        def fitted(kept: NDArray[Any], k: int) -> Any:  # noqa: ANN401
            some = np.full_like(labels, -1)
            some[known[kept]] = labels[known[kept]]
            return Model(kernel="knn", n_neighbors=k).fit(rows, some)

        def score(k: int) -> float:
            folds = _folds(y, trial.seed)
            said = [fitted(a, k).transduction_[known[b]] == y[b] for a, b in folds]
            return float(np.mean(np.concatenate(said)))

        several = len(self.neighbours) > 1
        k = max(self.neighbours, key=score) if several else self.neighbours[0]
        with np.errstate(invalid="ignore"):  # rows that no label reaches: the first class
            said = fitted(np.arange(len(y)), k).predict(test)
        return _scored(said == truth, {"neighbours": k})


def _tuned(trial: Trial, model: Any, *, grid: Mapping[str, list[Any]]) -> dict[str, Any]:  # noqa: ANN401
    """The best of the grid by accuracy over five folds of the labelled rows, refitted on all."""
    from sklearn.base import clone
    from sklearn.exceptions import ConvergenceWarning

    x, y, test, truth = _arrays(trial)
    choices = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]

    def fitted(settings: Mapping[str, Any], rows: NDArray[Any]) -> Any:  # noqa: ANN401
        small = {"batch_size": len(rows)} if getattr(model, "batch_size", 0) > len(rows) else {}
        return clone(model).set_params(**settings, **small).fit(x[rows], y[rows])

    def score(settings: Mapping[str, Any]) -> float:
        folds = _folds(y, trial.seed)
        return float(np.mean([fitted(settings, a).score(x[b], y[b]) for a, b in folds]))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # max_iter is the user's budget
        best = max(choices, key=score) if len(choices) > 1 else choices[0]
        model = fitted(best, np.arange(len(y)))
    return _scored(model.predict(test) == truth, best)


def _folds(y: NDArray[Any], seed: int) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Five stratified folds, fewer where a class has fewer rows; all rows twice where it has 1."""
    from sklearn.model_selection import StratifiedKFold

    n = min(FOLDS, int(np.unique(y, return_counts=True)[1].min()))
    if n < 2:
        everything = np.arange(len(y))
        return [(everything, everything)]
    splitter = StratifiedKFold(n, shuffle=True, random_state=seed % 2**32)
    return list(splitter.split(np.zeros(len(y)), y))


def _arrays(trial: Trial) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Labelled training rows and their labels, labelled test rows and theirs.

    Raises:
        ValueError: there are none.
    """
    found = []
    for name, split in (("training", trial.data.train), ("test", trial.data.test)):
        rows = trial.labelled(split)
        if rows is None or rows.y is None:
            raise ValueError(
                f"compare: {trial.data.name} has no labelled {name} rows; leave compare out"
            )
        found += [rows.x[:].cpu().numpy(), rows.y.cpu().numpy()]
    x, y, test, truth = found
    return x, y, test, truth


def _scored(right: NDArray[Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    accuracy = float(np.mean(right))
    return {"accuracy": accuracy, "error": 1 - accuracy, "settings": dict(settings)}
