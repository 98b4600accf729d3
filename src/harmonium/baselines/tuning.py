"""Settings of a baseline chosen by cross-validation on the labelled training rows.

A setting with one value is not tuned.
"""

import warnings
from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harmonium.errors import UsageError
from harmonium.stages.trial import Trial

__all__ = ["FOLDS", "arrays", "folds_of", "scored", "tuned"]

FOLDS = 5


def tuned(trial: Trial, model: Any, *, grid: Mapping[str, list[Any]]) -> dict[str, Any]:  # noqa: ANN401
    """Tunes a model by its accuracy in five folds of the labelled rows and refits on all."""
    from sklearn.base import clone
    from sklearn.exceptions import ConvergenceWarning

    x, y, test, truth = arrays(trial)
    choices = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]

    def fitted(settings: Mapping[str, Any], rows: NDArray[Any]) -> Any:  # noqa: ANN401
        small = {"batch_size": len(rows)} if getattr(model, "batch_size", 0) > len(rows) else {}
        return clone(model).set_params(**settings, **small).fit(x[rows], y[rows])

    def score(settings: Mapping[str, Any]) -> float:
        folds = folds_of(y, trial.seed)
        return float(np.mean([fitted(settings, a).score(x[b], y[b]) for a, b in folds]))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # max_iter is the user's choice
        best = max(choices, key=score) if len(choices) > 1 else choices[0]
        model = fitted(best, np.arange(len(y)))
    return scored(model.predict(test) == truth, best)


def folds_of(y: NDArray[Any], seed: int) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Five stratified folds, fewer if a class has fewer rows; no split if a class has one row."""
    from sklearn.model_selection import StratifiedKFold

    n = min(FOLDS, int(np.unique(y, return_counts=True)[1].min()))
    if n < 2:
        everything = np.arange(len(y))
        return [(everything, everything)]
    splitter = StratifiedKFold(n, shuffle=True, random_state=seed % 2**32)
    return list(splitter.split(np.zeros(len(y)), y))


def arrays(trial: Trial) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Labelled training rows and their labels, then labelled test rows and their labels.

    Raises:
        ValueError: there are no labelled training or test rows.
    """
    parts = []
    for name, split in (("training", trial.data.train), ("test", trial.data.test)):
        rows = trial.labelled(split)
        if rows is None or rows.labels is None:
            raise UsageError(
                f"compare: {trial.data.name} has no labelled {name} rows; leave compare out"
            )
        parts += [rows.x[:].cpu().numpy(), rows.labels.cpu().numpy()]
    x, y, test, truth = parts
    return x, y, test, truth


def scored(right: NDArray[Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """``accuracy``, ``error`` and chosen settings; ``right`` marks the correct rows."""
    accuracy = float(np.mean(right))
    return {"accuracy": accuracy, "error": 1 - accuracy, "settings": dict(settings)}
