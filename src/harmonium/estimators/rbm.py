"""The restricted Boltzmann machine as a scikit-learn estimator."""

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
from harmonium.learning import Contrast
from harmonium.machines import rbm
from harmonium.units import Units

__all__ = ["RBM"]


class RBM(Machine):
    """A restricted Boltzmann machine that fits, transforms, scores, samples and imputes.

    Args:
        n_components: number of hidden units.
        visible: "auto" (Bernoulli if all data lie in [0, 1], up to rounding, else Gaussian),
            "bernoulli", "gaussian", "spin", "rectified", or units of your own.
        hidden: a family likewise, without "auto".
        learning_rate: of SGD, at the start; it falls to zero over ``fit``. None: .2 for binary
            data; for grey ones less, by the square root of their variance; Gaussian units start
            from the factors of their data and learn at the inverse of the strongest
            (``learning.factor_start``).
        n_epochs: passes over the data. None: enough of them for 1200 updates, and at least 10.
        batch_size: rows per update; any last batch is fine.
        contrast: where the model's statistics come from. None: ``PCD()``; for grey values without
            early stopping ``CD(reconstruct=mean)``, whose features tell more.
        weight_decay: strength of the L2 penalty.
        early_stopping: hold out a part of the data and keep the parameters under which its
            log-likelihood was best.
        validation_fraction: the part held out.
        patience: epochs without improvement before stopping.
        verbose: show progress on standard error: a bar on a terminal or in a notebook, else a few
            lines.
        random_state: seed; every run with the same one is the same. None: a new one each time, not
            from NumPy's global source.

    Attributes:
        graph_: the trained machine, an ``EnergyGraph`` with groups "v" and "h".
        components_: its weights, ``(n_components, n_features)``.
        n_epochs_: epochs done.
        history_: one mapping for each epoch: "stage", "epoch", losses, what early stopping
            watched, and the learning rate "lr"; ``pandas.DataFrame`` reads it.
        log_partition_: log Z in nats, computed when first asked for: by enumeration where small,
            else by annealed importance sampling.
        log_partition_stderr_: its standard error; zero where exact.

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

    def __init__(  # noqa: PLR0913
        self,
        n_components: int = 256,
        *,
        visible: str | Units = "auto",
        hidden: str | Units = "bernoulli",
        learning_rate: float | None = None,
        n_epochs: int | None = None,
        batch_size: int = 50,
        contrast: Contrast | None = None,
        weight_decay: float = 0.0,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 5,
        verbose: bool = False,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.visible = visible
        self.hidden = hidden
        self.learning_rate = learning_rate
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.contrast = contrast
        self.weight_decay = weight_decay
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.verbose = verbose
        self.random_state = random_state

    def _machine(self, x: Tensor) -> EnergyGraph:
        return rbm(
            choose(self.visible, x.shape[1], example=x), choose(self.hidden, self.n_components)
        )

    @neutrally
    def inverse_transform(self, X: ArrayLike) -> NDArray[Any]:
        """Mean visible values given hidden ones, ``(n_samples, n_features)``."""
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
