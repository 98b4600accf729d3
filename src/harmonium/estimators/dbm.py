"""The deep Boltzmann machine as a scikit-learn estimator."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real

import torch
from sklearn.utils._param_validation import Interval
from torch import Tensor

from harmonium.data import Batches
from harmonium.errors import UsageError
from harmonium.estimators.families import choose
from harmonium.estimators.machine import Machine
from harmonium.graph import EnergyGraph
from harmonium.learning import (
    CD,
    GraphLearner,
    Learner,
    Training,
    compose,
    copies,
    doubled,
    hidden_means,
    linear_decay,
    start_from,
)
from harmonium.machines import dbm

__all__ = ["DBM"]


@dataclass(eq=False, repr=False)
class DBM(Machine):
    """A deep Boltzmann machine: pre-trained layer by layer, then trained as a whole, centred.

    (Salakhutdinov and Hinton, 2009, https://proceedings.mlr.press/v5/salakhutdinov09a.html;
    Montavon and Mueller, 2012, https://doi.org/10.1007/978-3-642-35289-8_33.)

    Args:
        hidden_layer_sizes: Bernoulli units of each hidden layer, the lowest first.
        visible: "auto" (Bernoulli if all data lie in [0, 1], else Gaussian), "bernoulli",
            "gaussian", "spin", "rectified", or a ``Units`` object.
        pretrain_epochs: passes over the data per layer; with 0 the whole machine learns from
            random weights, and higher layers seldom learn anything.
        pretrain_learning_rate: initial rate of SGD with momentum .5; it falls to zero.
        learning_rate: initial rate of SGD; it falls to zero over ``fit``. None gives .05, for real
            data at most what their largest principal variance allows; with one layer, the default
            of ``RBM``.
        n_epochs: passes over the data of the whole machine; None for as many as 1200 updates take,
            at least 10.
        batch_size: rows per update; the last batch may be smaller.
        contrast: how the model side of the gradient is estimated; ``PCD()`` by default.
        weight_decay: strength of the L2 penalty.
        early_stopping: hold out a fraction of the rows and keep the parameters with the best
            variational bound on them.
        validation_fraction: fraction of the rows held out.
        patience: epochs without improvement before stopping.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        graph_: the trained machine, an ``EnergyGraph`` with groups "v", "h1", "h2", ...
        components_: weights of the lowest layer, ``(hidden_layer_sizes[0], n_features)``.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, for ``pandas.DataFrame``: "stage", "epoch", losses, the
            figure of early stopping and the learning rate "lr".

    ``score_samples`` gives the variational bound on the log-likelihood, ``transform`` the
    mean-field activity of the highest layer.

    >>> import numpy as np
    >>> X = np.eye(4)[np.arange(200) % 4]
    >>> DBM((8, 5), n_epochs=5, random_state=0).fit(X).transform(X).shape
    (200, 5)
    """

    _single = True
    _parameter_constraints = {
        **Machine._parameter_constraints,
        "hidden_layer_sizes": ["array-like"],
        "pretrain_epochs": [Interval(Integral, 0, None, closed="left")],
        "pretrain_learning_rate": [Interval(Real, 0, None, closed="neither")],
    }

    hidden_layer_sizes: Sequence[int] = (128, 64)
    _: KW_ONLY
    pretrain_epochs: int = 20
    pretrain_learning_rate: float = 0.05

    def _machine(self, x: Tensor) -> EnergyGraph:
        sizes = [int(n) for n in self.hidden_layer_sizes]
        if not sizes or min(sizes) < 1:
            raise UsageError(f"hidden_layer_sizes {sizes}: give each layer at least one unit")
        return dbm(choose(self.visible, x.shape[1], example=x), *sizes)

    def _prepare(self, x: Tensor, weights: Tensor) -> None:
        """Greedy pre-training of the layers, with doubled inputs."""
        if not self.pretrain_epochs:
            return
        layers, v = doubled(self.graph_), self._shaped(x)
        for k, layer in enumerate(layers):
            start_from(layer, {"v": v}, weights=weights)
            self._pretrain(layer, {"x": v, "weights": weights}, stage=f"pretrain/{k}")
            v = hidden_means(layer, v)
        compose(self.graph_, layers)

    def _pretrain(self, layer: EnergyGraph, columns: Mapping[str, Tensor], *, stage: str) -> None:
        optimiser = torch.optim.SGD(
            layer.parameters(), lr=self.pretrain_learning_rate, momentum=0.5
        )
        learner = Learner(layer, optimiser, contrast=CD(), source=self._source)
        batches = Batches(columns, size=self.batch_size, source=self._source)
        update = GraphLearner(learner, lambda batch: copies(layer, batch["x"]))
        schedule = linear_decay(optimiser, self.pretrain_epochs * len(batches))
        self._train(Training(update, batches, self.pretrain_epochs, [schedule]), stage)
