"""A linear reduction of rows to a few numbers, as a rival of a net's code."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from harmonium.baselines.tuning import arrays, folds_of, scored
from harmonium.judges.reconstruction import squared_errors
from harmonium.needs import Needs, unmet
from harmonium.stages.trial import Trial

__all__ = ["compared", "components_of"]

C = (0.1, 1.0, 10.0)
"""Inverse strengths of the penalty of logistic regression to choose from."""

ROWS = 10_000
"""Test rows that are reconstructed at once."""

_LABELLED = Needs(data=("labelled train", "labelled test"))

Fit = Callable[[NDArray[Any], int], Any]
"""Fits a reduction to rows ``(N, D)`` with k components; an object of scikit-learn."""


def compared(trial: Trial, fit: Fit, *, components: int | None) -> dict[str, Any]:
    """Fits a reduction to all training rows and scores it in what the trial's models do.

    Where a model reconstructs rows, test rows are reconstructed from k numbers
    (``judges.reconstruction``). Where a model finds classes, these k numbers are the features of a
    logistic regression, whose penalty is chosen by five folds of the labelled training rows. Test
    rows choose nothing.

    Args:
        trial: the trial.
        fit: fits the reduction.
        components: k; None for the number of units of the code of the trial's model.
    """
    rows = trial.data.train.flattened().x[:].cpu().double().numpy()
    k = components_of(trial) if components is None else components
    k = min(k, *rows.shape)
    reduction = fit(rows, k)
    found: dict[str, Any] = {"settings": {"components": k}}
    classes = _does(trial, "decides") and unmet(_LABELLED, [], data=trial.data) is None
    if _does(trial, "reconstructs") or not classes:
        found |= _reconstructed(trial, reduction)
    if classes:
        found |= _classified(trial, reduction, k=k)
    return found


def components_of(trial: Trial) -> int:
    """Number of units of the code of the trial's last model with one; 10 without such a model."""
    if not _does(trial, "encodes"):
        return 10
    model = trial.able("encodes")
    batch = next(iter(model.batches(trial.data.train.take(torch.arange(1)))))
    codes = list(model.codes(batch).values())
    return int(codes[-1].flatten(1).shape[1]) if codes else 10


def _does(trial: Trial, ability: str) -> bool:
    try:
        trial.able(ability)
    except ValueError:
        return False
    return True


def _reconstructed(trial: Trial, reduction: Any) -> dict[str, float]:  # noqa: ANN401
    """Errors of test rows given back from their components."""
    test = trial.test
    assert test is not None
    parts = []
    for batch in test.flattened().batches(ROWS):
        x = batch["x"].cpu().double()
        again = reduction.inverse_transform(reduction.transform(x.numpy()))
        parts.append((torch.from_numpy(again) - x).square())
    return squared_errors(parts)


def _classified(trial: Trial, reduction: Any, *, k: int) -> dict[str, Any]:  # noqa: ANN401
    """Accuracy of logistic regression on the components."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    x, y, test, truth = arrays(trial)
    features, of_test = (
        reduction.transform(rows.reshape(len(rows), -1).astype(np.float64)) for rows in (x, test)
    )
    scale = features.std(0).mean() or 1.0  # components in units of a common spread

    def fitted(strength: float, rows: NDArray[Any]) -> Any:  # noqa: ANN401
        model = LogisticRegression(C=strength, max_iter=3000)
        return model.fit(features[rows] / scale, y[rows])

    def score(strength: float) -> float:
        folds = folds_of(y, trial.seed)
        return float(
            np.mean([fitted(strength, a).score(features[b] / scale, y[b]) for a, b in folds])
        )

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        best = max(C, key=score)
        right = fitted(best, np.arange(len(y))).predict(of_test / scale) == truth
    return scored(right, {"components": k, "C": best})
