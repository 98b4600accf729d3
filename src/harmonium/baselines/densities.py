"""The test log-likelihood of a density of scikit-learn, as a rival of a Gaussian machine."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harmonium.learning import least_variance
from harmonium.stages.trial import Trial

__all__ = ["scored"]

Fit = Callable[[NDArray[Any], NDArray[Any]], Any]
"""Fits a density to rows ``(N, D)``, with no variance below ``(D,)``, as scikit-learn does."""


def scored(trial: Trial, fit: Fit) -> dict[str, Any]:
    """Fits a density to the training rows and scores the test rows, in nats per row.

    Its variances have the same lower limits as those of a machine (``learning.ceiling``). Without
    them, one constant pixel would decide the figure.
    """
    train, test = trial.data.train.flattened().x[:], trial.test
    assert test is not None
    least = least_variance(train).cpu().numpy()
    model = fit(train.cpu().double().numpy(), least)
    each = model.score_samples(test.flattened().x[:].cpu().double().numpy())
    found: dict[str, Any] = {"log_likelihood": float(each.mean())}
    if len(each) > 1:
        found["test_stderr"] = float(np.std(each, ddof=1) / len(each) ** 0.5)
    return found
