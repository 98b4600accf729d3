"""Kohonen's self-organising map as a scikit-learn estimator."""

from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import (
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.data import Batches
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.frames import FLOATS, new_rows, validate_data
from harmonium.learning import Kohonen, Training, linear_decay
from harmonium.learning.kohonen import principal_start, row_start
from harmonium.nets import KohonenMap
from harmonium.random import generator

__all__ = ["SelfOrganisingMap"]


@dataclass(eq=False, repr=False)
class SelfOrganisingMap(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Trained):
    """Prototypes on a grid, alike where they are neighbours; see ``learning.Kohonen``.

    ``predict`` gives the unit with the nearest prototype; ``places`` gives its place on the grid,
    ``transform`` the distances from all prototypes. A unit is not a cluster: some have no rows.

    Args:
        rows: rows of the grid.
        columns: columns of the grid.
        grid: "square" or "hexagonal".
        n_epochs: passes over the rows.
        learning_rate: share of the way to a row that its winner moves; it falls to zero.
        batch_size: rows per update; 1 is Kohonen's own form.
        radius: first radius of the neighbourhood, in steps on the grid; None for half the longer
            side.
        last_radius: last radius; a larger one gives a smoother map.
        start: "principal", over the plane of the first principal components, or "rows", at rows
            drawn at random.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit.

    Attributes:
        prototypes_: ``(rows * columns, n_features)``, row by row of the grid.
        quantisation_error_: mean distance of the training rows from their nearest prototypes.
        topographic_error_: share of the training rows whose two nearest prototypes are no
            neighbours on the grid.
        history_: one mapping per epoch.

    >>> X = np.random.default_rng(0).normal(size=(500, 2))
    >>> som = SelfOrganisingMap(rows=6, columns=6, random_state=0).fit(X)
    >>> som.places(X[:2]).shape, som.quantisation_error_ < 0.3
    ((2, 2), True)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "rows": [Interval(Integral, 1, None, closed="left")],
        "columns": [Interval(Integral, 1, None, closed="left")],
        "grid": [StrOptions({"square", "hexagonal"})],
        "n_epochs": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, 1, closed="right")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "radius": [Interval(Real, 0, None, closed="neither"), None],
        "last_radius": [Interval(Real, 0, None, closed="neither")],
        "start": [StrOptions({"principal", "rows"})],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    _: KW_ONLY
    rows: int = 10
    columns: int = 10
    grid: Literal["square", "hexagonal"] = "square"
    n_epochs: int = 10
    learning_rate: float = 0.5
    batch_size: int = 20
    radius: float | None = None
    last_radius: float = 0.5
    start: Literal["principal", "rows"] = "principal"
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Fits a new map, discarding any earlier fit.

        Args:
            X: ``(n_samples, n_features)``.
            y: ignored.

        Raises:
            ValueError: values are NaN or infinite.
        """
        del y
        x = torch.from_numpy(validate_data(self, X, dtype=FLOATS))
        source = generator(fresh_seed(self.random_state))
        net = KohonenMap(x.shape[1], rows=self.rows, columns=self.columns, grid=self.grid)
        net = net.to(x.dtype)
        if self.start == "principal":
            principal_start(net, x)
        else:
            row_start(net, x, source=source)
        batches: Batches[Any] = Batches({"x": x}, size=self.batch_size, source=source)
        updates = self.n_epochs * len(batches)
        optimiser = torch.optim.SGD(net.parameters(), lr=self.learning_rate)
        learner = Kohonen(
            net,
            optimiser,
            updates=updates,
            radius=self.radius or max(1.0, max(self.rows, self.columns) / 2),
            last_radius=self.last_radius,
        )
        schedule = [linear_decay(optimiser, updates)]
        self._forget()
        self._train(Training(learner, batches, self.n_epochs, schedule, source=source))
        self.map_ = net
        self.prototypes_: NDArray[Any] = net.weight.detach().numpy()
        errors = {name: float(values.double().mean()) for name, values in net.errors(x).items()}
        self.quantisation_error_ = errors["quantisation_error"]
        self.topographic_error_ = errors["topographic_error"]
        self._n_features_out = len(self.prototypes_)
        return self

    @neutrally
    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The unit with the nearest prototype of every row, ``(n_samples,)``."""
        found: NDArray[Any] = self.map_.winners(self._new(X)).numpy()
        return found

    @neutrally
    def places(self, X: ArrayLike) -> NDArray[Any]:
        """The place of that unit on the grid, ``(n_samples, 2)``: across, then down."""
        found: NDArray[Any] = self.map_.places[self.map_.winners(self._new(X))].numpy()
        return found

    @neutrally
    @torch.no_grad()
    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Distances from all prototypes, ``(n_samples, rows * columns)``."""
        found: NDArray[Any] = self.map_(self._new(X)).numpy()
        return found

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Minus the quantisation error of rows: a larger score is better."""
        del y
        return -float(self.map_.errors(self._new(X))["quantisation_error"].double().mean())

    def _new(self, X: ArrayLike) -> Tensor:
        return new_rows(self, X).to(self.map_.weight.dtype)
