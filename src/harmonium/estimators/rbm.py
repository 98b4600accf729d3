"""The restricted Boltzmann machine as a scikit-learn estimator."""

from dataclasses import KW_ONLY, dataclass
from numbers import Integral
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.errors import UsageError
from harmonium.estimators.families import choose
from harmonium.estimators.machine import Machine
from harmonium.graph import EnergyGraph
from harmonium.machines import rbm
from harmonium.units import Units

__all__ = ["RBM"]


@dataclass(eq=False, repr=False)
class RBM(Machine):
    """A restricted Boltzmann machine that fits, transforms, scores, samples and imputes.

    Args:
        n_components: number of hidden units.
        visible: "auto" (Bernoulli if all data lie in [0, 1], up to rounding, else Gaussian),
            "bernoulli", "gaussian", "spin", "rectified", or a ``Units`` object.
        hidden: units in the same notation, without "auto".
        learning_rate: initial rate of SGD; it falls to zero over ``fit``. None gives .2 for binary
            data, and less for fractions, by the square root of their relative variance; Gaussian
            units start from the factors of the data and learn at the inverse of the strongest
            (``learning.factor_start``).
        n_epochs: passes over the rows; None for as many as 1200 updates take, at least 10.
        batch_size: rows per update; the last batch may be smaller.
        contrast: how the model side of the gradient is estimated. None gives ``PCD()``, for
            fractions without early stopping ``CD(reconstruct=mean)``, whose features carry more
            information.
        weight_decay: strength of the L2 penalty.
        early_stopping: hold out a fraction of the rows and keep the parameters with the best
            log-likelihood on them.
        validation_fraction: fraction of the rows held out.
        patience: epochs without improvement before stopping.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        graph_: the trained machine, an ``EnergyGraph`` with groups "v" and "h".
        components_: weights, ``(n_components, n_features)``.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, for ``pandas.DataFrame``: "stage", "epoch", losses, the
            figure of early stopping and the learning rate "lr".

    >>> import numpy as np
    >>> X = np.eye(4)[np.arange(200) % 4]
    >>> RBM(8, random_state=0).fit(X).transform(X).shape
    (200, 8)
    """

    _single = True
    _parameter_constraints = {
        **Machine._parameter_constraints,
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "hidden": [str, Units],
    }

    n_components: int = 256
    _: KW_ONLY
    hidden: str | Units = "bernoulli"

    def _machine(self, x: Tensor) -> EnergyGraph:
        return rbm(
            choose(self.visible, x.shape[1], example=x), choose(self.hidden, self.n_components)
        )

    @neutrally
    def inverse_transform(self, X: ArrayLike) -> NDArray[Any]:
        """Mean visible values ``(n_samples, n_features)`` given hidden ones."""
        check_is_fitted(self)
        dtype = self.components_.dtype
        rows = np.array(X, dtype=dtype, ndmin=2)
        if not np.isfinite(rows).all():
            raise UsageError("X holds NaN or infinite values; hidden values are finite numbers")
        h = torch.from_numpy(rows)
        if h.shape[1] != self.n_components:
            raise UsageError(
                f"X has {h.shape[1]} features, the RBM {self.n_components} components"
            )
        h = h.reshape(-1, *self.graph_.units["h"].shape)
        with torch.no_grad():
            v = self.graph_.units["v"].mean(self.graph_.field("v", {"h": h}))
        return v.flatten(1).numpy()
