"""Adversarial nets as a scikit-learn estimator that draws rows."""

import copy
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, column_or_1d
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.data import Batches
from harmonium.errors import UsageError
from harmonium.estimators.codec import kind_of
from harmonium.estimators.conditioned import seed_of
from harmonium.estimators.defaults import passes
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.frames import FLOATS, used_rows, validate_data
from harmonium.estimators.net import class_codes, labelled_rows
from harmonium.learning import Adversarial, Averaged, Training
from harmonium.learning.collapse import met_rows
from harmonium.memory import need
from harmonium.nets import MLP, Adversaries
from harmonium.nets.dropout import set_source
from harmonium.random import generator, seeded
from harmonium.registry import KINDS, target

__all__ = ["GAN"]

_UPDATES, _ROWS = 4000, 1000
"""Updates if no number of epochs is given; rows with which samples are compared, at most."""


@dataclass(eq=False, repr=False)
class GAN(Trained):
    """A net that makes rows from noise, trained against a net that tells them from data.

    Generative adversarial nets (Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661) of dense
    layers; see ``nets.Adversaries``. There is no likelihood, hence no score.

    Args:
        hidden_layer_sizes: units of each hidden layer of the generator, from noise to rows; the
            discriminator has the same layers in reverse order.
        noise: numbers of noise that make a row.
        conditional: learn rows together with their classes, y of ``fit``, so that ``sample`` draws
            rows of given classes.
        outputs: kind of the values: "probabilities" in [0, 1], "values", or "auto" to choose by
            their range. Values are standardised inside the net.
        loss: "non_saturating", "wasserstein" or "hinge"; see ``learning.adversarial_losses``.
        spectral_norm: hold the spectral norm of the discriminator's layers at 1.
        steps: steps of the discriminator for each one of the generator.
        average: decay of the moving average of the generator's weights, which draws the samples;
            None for the weights themselves.
        n_epochs: passes over the rows; None for as many as 4000 updates take.
        learning_rate: of both nets' Adam.
        batch_size: rows per update.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        net_: the ``nets.Adversaries``.
        classes_: the classes, sorted; None if not ``conditional``.
        variety_: effective number of rows near samples, relative to that near other rows; far
            below 1 the generator has collapsed (``learning.collapse.met_rows``).
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, with both losses and the learning rate.

    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(5.0, 2.0, size=(500, 2))
    >>> model = GAN((16,), noise=4, n_epochs=20, random_state=0).fit(X)
    >>> model.sample(3).shape
    (3, 2)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "hidden_layer_sizes": ["array-like"],
        "noise": [Interval(Integral, 1, None, closed="left")],
        "conditional": ["boolean"],
        "outputs": [StrOptions({"auto", "probabilities", "values"})],
        "loss": [StrOptions({*KINDS["AdversarialLoss"]})],
        "spectral_norm": ["boolean"],
        "steps": [Interval(Integral, 1, None, closed="left")],
        "average": [Interval(Real, 0, 1, closed="left"), None],
        "n_epochs": [Interval(Integral, 1, None, closed="left"), None],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }  # fmt: skip

    hidden_layer_sizes: Sequence[int] = (128, 128)
    _: KW_ONLY
    noise: int = 20
    conditional: bool = False
    outputs: Literal["auto", "probabilities", "values"] = "auto"
    loss: str = "non_saturating"
    spectral_norm: bool = False
    steps: int = 1
    average: float | None = 0.999
    n_epochs: int | None = None
    learning_rate: float = 1e-3
    batch_size: int = 64
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: ``(n_samples, n_features)``.
            y: classes of the rows, if ``conditional``; not used otherwise.
            sample_weight: importance of the rows; rows of zero weight are left out.

        Raises:
            ValueError: values are NaN or infinite, or not probabilities as ``outputs`` requires;
                or the model is conditional and there is no y, or one class.
        """
        columns = self._given(X, y, sample_weight=sample_weight)
        kind = kind_of(columns["x"], self.outputs, real="values")
        self._units: tuple[Tensor, Tensor] | None = None
        if kind == "values":
            columns["x"] = self._scaled(columns["x"])
        seed = fresh_seed(self.random_state)
        source = generator(seed)
        with seeded(seed):
            net = self._made(columns["x"].shape[1], kind=kind).to(columns["x"].dtype)
        net.start(columns["x"].mean(0))
        self._learn(net, columns, source=source)
        self.variety_ = self._variety(columns["x"])
        self._seed = seed
        return self

    @checked
    @neutrally
    @torch.no_grad()
    def sample(
        self,
        n_samples: Count = 1,
        y: object = None,
        *,
        random_state: int | np.random.RandomState | None = None,
    ) -> NDArray[Any]:
        """Draws rows, ``(n_samples, n_features)``.

        Args:
            n_samples: number of rows.
            y: one class, or the class of every row, of a conditional model; None for equally many
                rows of each class, in turn.
            random_state: seed of the draws; the estimator's seed by default.

        Raises:
            ValueError: the model is not conditional and y is given, y has unknown classes or
                another length; or the rows need more memory than is free.
        """
        check_is_fitted(self)
        net: Adversaries = self.net_
        like = next(net.parameters())
        units = sum(net.generator.units)
        need(units * n_samples * like.element_size(), f"{n_samples} rows", remedy="draw fewer")
        source = generator(seed_of(random_state, self._seed))
        codes = None if y is None else self._codes(y, n_samples)
        x = net.made(net.latents(n_samples, y=codes, source=source))
        if self._units is not None:
            mean, std = self._units
            x = x * std + mean
        rows: NDArray[Any] = x.numpy()
        return rows

    # --- rows ------------------------------------------------------------------------------------

    def _given(
        self, X: ArrayLike, y: ArrayLike | None, *, sample_weight: ArrayLike | None
    ) -> dict[str, Tensor]:
        if not self.conditional:
            rows = validate_data(self, X, dtype=FLOATS)
            used, weights = used_rows(sample_weight, rows)
            self.classes_ = None
            return {"x": torch.from_numpy(rows[used]), "weights": weights}
        if y is None:
            raise UsageError("a conditional GAN learns from classes: give fit(X, y)")
        x, labels, weights = labelled_rows(self, (X, y), sample_weight=sample_weight, reset=True)
        self.classes_ = np.unique(labels)
        return {"x": x, "y": class_codes(labels, self.classes_), "weights": weights}

    def _scaled(self, x: Tensor) -> Tensor:
        mean, std = x.mean(0), x.std(0, correction=0)
        self._units = mean, std.where(std > 0, 1)
        return (x - mean) / self._units[1]

    def _codes(self, y: object, n: int) -> Tensor:
        if self.classes_ is None:
            raise UsageError("the model is not conditional: leave y out, or fit conditional=True")
        labels = np.asarray(y)
        if labels.ndim and len(column_or_1d(labels)) != n:
            raise UsageError(f"{len(labels)} classes for {n} rows: give one, or one for each row")
        return class_codes(np.broadcast_to(labels, n), self.classes_)

    # --- learning --------------------------------------------------------------------------------

    def _made(self, width: int, *, kind: Any) -> Adversaries:  # noqa: ANN401
        hidden = [int(size) for size in self.hidden_layer_sizes]
        if not hidden or min(hidden) < 1:
            raise UsageError(
                f"hidden_layer_sizes={tuple(hidden)}: give the units of every hidden layer of the "
                "generator, such as (128, 128)"
            )
        classes = None if self.classes_ is None else len(self.classes_)
        return Adversaries(
            MLP([self.noise + (classes or 0), *hidden, width]),
            MLP([width, *hidden[::-1], classes or 1], activation="leaky_relu"),
            classes=classes,
            outputs=kind,
            spectral_norm=self.spectral_norm,
        )

    def _learn(
        self, net: Adversaries, columns: dict[str, Tensor], *, source: torch.Generator
    ) -> None:
        learned = net if self.average is None else copy.deepcopy(net)
        set_source(learned, source)
        learner: Any = Adversarial(
            learned,
            self._adam(learned.generator),
            self._adam(learned.discriminator),
            loss=target(KINDS["AdversarialLoss"][self.loss])(),
            steps=self.steps,
        )
        if self.average is not None:
            learner = Averaged(net, learner, decay=self.average, part="generator.")
        batches: Batches[Any] = Batches(columns, size=self.batch_size, source=source)
        epochs = passes(self.n_epochs, batches=len(batches), updates=_UPDATES)
        self._forget()
        self.n_epochs_ = self._train(Training(learner, batches, epochs, source=source))
        set_source(net, None)
        self.net_ = net

    def _adam(self, net: torch.nn.Module) -> torch.optim.Optimizer:
        return torch.optim.Adam(net.parameters(), lr=self.learning_rate, betas=(0.5, 0.999))

    @torch.no_grad()
    def _variety(self, x: Tensor) -> float:
        n = min(len(x), _ROWS)
        rows = x[torch.arange(n) * len(x) // n]
        others = rows[1::2]
        made = self.net_.made(self.net_.latents(max(1, len(others)), source=generator(0)))
        reached = met_rows(others, rows[::2]) if len(others) else 1.0
        return met_rows(made, rows[::2]) / reached
