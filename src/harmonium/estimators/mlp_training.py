"""Base class of the multilayer perceptrons as estimators: settings, training, results."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import train_test_split
from sklearn.utils._param_validation import Interval, Options, StrOptions
from torch import Tensor

from harmonium.data import Batches
from harmonium.errors import UsageError, UsageTypeError
from harmonium.estimators.convergence import Convergence
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.frames import new_rows
from harmonium.learning import Descent, Training, Watch, linear_decay, ranks
from harmonium.learning.fused_backward import FusedDescent, is_fusible
from harmonium.learning.max_norm import max_norm
from harmonium.nets import MLP
from harmonium.nets.activations import Activation
from harmonium.nets.dropout import set_source
from harmonium.random import generator, seeded

__all__ = ["LayeredNet"]

Columns = Mapping[str, Tensor]

_ACTIVATIONS = {
    "logistic", "tanh", "softsign", "relu", "leaky_relu", "elu", "gelu", "identity",
}  # fmt: skip


@dataclass(eq=False, repr=False)
class LayeredNet(Trained):
    """A multilayer perceptron with scikit-learn's settings, and the library's training loop."""

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [StrOptions(_ACTIVATIONS)],
        "slope": [Interval(Real, 0, None, closed="neither"), None],
        "solver": [StrOptions({"adam", "sgd", "lbfgs"})],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left"), "array-like"],
        "max_norm": [Interval(Real, 0, None, closed="neither"), None],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate": [StrOptions({"constant", "invscaling", "adaptive", "linear"})],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "power_t": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "n_iter_no_change": [
            Interval(Integral, 1, None, closed="left"),
            Options(Real, {np.inf}),
        ],
        "max_fun": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    hidden_layer_sizes: int | Sequence[int] = (100,)
    activation: Activation = "relu"
    _: KW_ONLY
    solver: Literal["adam", "sgd", "lbfgs"] = "adam"
    alpha: float = 1e-4
    batch_size: int | Literal["auto"] = "auto"
    learning_rate: Literal["constant", "invscaling", "adaptive", "linear"] = "constant"
    learning_rate_init: float = 1e-3
    power_t: float = 0.5
    max_iter: int = 200
    shuffle: bool = True
    random_state: int | np.random.RandomState | None = None
    tol: float = 1e-4
    verbose: bool = False
    warm_start: bool = False
    momentum: float = 0.9
    nesterovs_momentum: bool = True
    early_stopping: bool = False
    validation_fraction: float = 0.1
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    n_iter_no_change: int = 10
    max_fun: int = 15000
    slope: float | None = None
    dropout: float | Sequence[float] = 0.0
    max_norm: float | None = None
    weight_decay: float = 0.0

    # --- what a classifier and a regressor say about themselves ----------------------------------

    @abstractmethod
    def _objective(self) -> Any:  # noqa: ANN401
        """The objective, which knows the outputs that it compares."""

    @abstractmethod
    def _score_of(self, columns: Columns) -> tuple[str, float]:
        """Name and value of the score of held-out rows."""

    # --- results ---------------------------------------------------------------------------------

    @property
    def coefs_(self) -> list[NDArray[Any]]:
        """Weights of every layer, ``(inputs, outputs)``."""
        return [layer.weight.detach().numpy().T for layer in self._layers]

    @property
    def intercepts_(self) -> list[NDArray[Any]]:
        """Biases of every layer, ``(outputs,)``."""
        return [layer.bias.detach().numpy() for layer in self._layers]

    @property
    def n_layers_(self) -> int:
        """Number of layers, that of the inputs included."""
        return len(self._layers) + 1

    @property
    def n_outputs_(self) -> int:
        """Number of outputs; two for two classes."""
        return int(self.net_.units[-1])

    @property
    def _layers(self) -> list[torch.nn.Linear]:
        return [part for part in self.net_.modules() if isinstance(part, torch.nn.Linear)]

    # --- training --------------------------------------------------------------------------------

    def _validate_params(self) -> None:
        rate = self.learning_rate
        if isinstance(rate, Real) and not isinstance(rate, bool):
            raise UsageTypeError(
                f"{type(self).__name__}: learning_rate is {rate}, but it names how the rate "
                f"changes: give learning_rate_init={rate}"
            )
        super()._validate_params()

    def _start(self, x: Tensor, *, outputs: int, kind: str) -> None:
        """Makes the net, the generator of all further draws, and empty results."""
        self._seed = seed = fresh_seed(self.random_state)
        hidden: Any = self.hidden_layer_sizes
        sizes = [hidden] if isinstance(hidden, Integral) else hidden
        with seeded(seed):
            net: Any = MLP(
                [x.shape[1], *map(int, sizes), outputs],
                activation=self.activation,
                slope=self.slope,
                outputs=kind,  # type: ignore[arg-type]
                dropout=self._dropout,
            )
        self.net_: Any = net.to(x.dtype)
        self._source = generator(seed)
        self._forget()
        self.loss_curve_: list[float] = []
        self.validation_scores_: list[float] | None = [] if self.early_stopping else None
        self.best_validation_score_: float | None = None
        self.best_loss_: float | None = None
        self.n_iter_, self.t_ = 0, 0
        self.__dict__.pop("_optimiser", None)

    @property
    def _dropout(self) -> Any:  # noqa: ANN401
        given: Any = self.dropout
        return float(given) if isinstance(given, Real) else [float(share) for share in given]

    def _fit_columns(self, columns: Columns) -> None:
        """Trains the net on rows, from its present parameters."""
        columns = self._cast(columns)
        self.__dict__.pop("_optimiser", None)
        if self.solver == "lbfgs":
            self._in_full_batches(columns)
        else:
            held = None
            if self.early_stopping:
                columns, held = self._parted(columns)
            self._in_minibatches(columns, held, passes=self.max_iter)

    def _cast(self, columns: Columns) -> dict[str, Tensor]:
        """The columns in the precision of the net."""
        dtype = next(self.net_.parameters()).dtype
        return {k: x.to(dtype) if x.is_floating_point() else x for k, x in columns.items()}

    def _in_minibatches(self, columns: Columns, held: Columns | None, *, passes: int) -> None:
        """Passes over the rows; an optimiser of earlier passes goes on."""
        n = len(columns["x"])
        size = min(200, n) if self.batch_size == "auto" else min(self.batch_size, n)
        learner = self._learner(self.__dict__.get("_optimiser"))
        optimiser = learner.optimisers[0]
        batches: Batches[Any] = Batches(
            columns, size=size, source=self._source, shuffle=self.shuffle
        )
        figure = self._objective().figure
        score = None if held is None else _Score(self, held)
        ends: Any = Convergence(
            f"train/{figure}" if score is None else "val/score",
            larger_is_better=score is not None,
            optimiser=optimiser,
            tol=self.tol,
            patience=self.n_iter_no_change,
            rate="linear" if self.learning_rate == "linear" else self._changes,
            power_t=self.power_t,
            rows=n,
            seen=self.t_,
            keeps_best=score is not None,
        )
        linear = self.learning_rate == "linear" and passes > 1
        training = Training(
            learner,
            batches,
            passes,
            [linear_decay(optimiser, passes * len(batches))] if linear else [],
            stopping=ends,
            source=self._source,
            watches=[] if score is None else [score],
        )
        try:
            done = self._train(training, "fit")
        finally:
            _released(learner)
        self._optimiser = optimiser
        self._note(figure, passes=done, rows=n)

    @property
    def _changes(self) -> str:
        """How the rate changes between passes; scikit-learn knows this for plain descent only."""
        return str(self.learning_rate) if self.solver == "sgd" else "constant"

    def _note(self, figure: str, *, passes: int, rows: int) -> None:
        """Adds the figures of passes to the results."""
        recent = self.history_[-passes:]
        self.loss_curve_ += [row[f"train/{figure}"] for row in recent]
        self.loss_ = self.loss_curve_[-1]
        self.n_iter_ += passes
        self.t_ += passes * rows
        if self.validation_scores_ is None:
            self.best_loss_ = min(self.loss_curve_)
        else:
            self.validation_scores_ += [r["val/score"] for r in recent if "val/score" in r]
            self.best_validation_score_ = max(self.validation_scores_, default=None)

    def _learner(self, optimiser: torch.optim.Optimizer | None = None) -> Any:  # noqa: ANN401
        """The learner: in closed form where the net allows it, otherwise by autograd."""
        net, objective = self.net_, self._objective()
        set_source(net, self._source)
        project = None if self.max_norm is None else max_norm(net, self.max_norm)
        make = self._made_optimiser
        if is_fusible(net, objective) and ranks.world().size == 1:
            learner = FusedDescent(
                net, objective, optimiser=make, l2=float(self.alpha), project=project
            )
            if optimiser is not None:
                learner.optimiser.load_state_dict(optimiser.state_dict())
            return learner
        made = make(list(net.parameters())) if optimiser is None else optimiser
        return Descent(net, made, _Penalised(objective, float(self.alpha)), project)

    def _made_optimiser(self, parameters: Sequence[torch.nn.Parameter]) -> torch.optim.Optimizer:
        rate, decay = float(self.learning_rate_init), float(self.weight_decay)
        if self.solver == "sgd":
            sgd = partial(torch.optim.SGD, lr=rate, momentum=self.momentum, weight_decay=decay)
            return sgd(parameters, nesterov=self.nesterovs_momentum and self.momentum > 0)
        return torch.optim.AdamW(
            parameters,
            lr=rate,
            betas=(self.beta_1, self.beta_2),
            eps=self.epsilon,
            weight_decay=decay,
            fused=True,
        )

    def _in_full_batches(self, columns: Columns) -> None:
        """Minimises the loss of all rows by L-BFGS with a strong Wolfe line search."""
        needed = {
            "dropout": np.any(self._dropout),
            "max_norm": self.max_norm is not None,
            "early_stopping": self.early_stopping,
            "weight_decay": self.weight_decay > 0,
        }
        if wrong := [name for name, given in needed.items() if given]:
            raise UsageError(
                f"solver='lbfgs' takes all rows at once and minimises one function, without "
                f"{', '.join(wrong)}: leave it out, or take solver='adam'"
            )
        learner, losses = self._learner(), []
        parameters = [p for group in learner.optimisers[0].param_groups for p in group["params"]]
        optimiser = torch.optim.LBFGS(
            parameters,
            max_iter=self.max_iter,
            max_eval=self.max_fun,
            tolerance_grad=self.tol,
            tolerance_change=1e-12,
            history_size=10,
            line_search_fn="strong_wolfe",
        )
        weights = columns.get("weights")
        total = float(len(columns["x"]) if weights is None else weights.sum())

        def evaluated() -> float:
            loss, penalised = _full(learner, columns, total=total)
            losses.append(loss)
            return penalised

        try:
            optimiser.step(evaluated)
        finally:
            _released(learner)
        steps = int(optimiser.state[parameters[0]]["n_iter"])
        self.loss_curve_ += losses
        self.loss_, self.best_loss_ = _full(learner, columns, total=total)[0], min(losses)
        self.n_iter_ += steps
        self.t_ += steps * len(columns["x"])

    def _parted(self, columns: Columns) -> tuple[Columns, Columns]:
        """Splits rows into training rows and held-out rows, stratified by class."""
        n, y = len(columns["x"]), columns["y"]
        if n < 2:
            raise UsageError("early stopping needs two rows; set early_stopping=False")
        parts = train_test_split(
            np.arange(n),
            test_size=self.validation_fraction,
            random_state=self._seed,
            stratify=None if y.is_floating_point() else y.numpy(),
        )
        learned, held = (torch.from_numpy(np.sort(part)) for part in parts)
        return tuple({k: x[rows] for k, x in columns.items()} for rows in (learned, held))  # type: ignore[return-value]

    def _rows(self, X: ArrayLike) -> Tensor:
        """New rows, in the form in which the net reads them."""
        return new_rows(self, X).to(next(self.net_.parameters()).dtype)


class _Penalised:
    """An objective with the penalty alpha |W|^2 / 2n on the weights, the same for every row."""

    def __init__(self, objective: Any, alpha: float) -> None:  # noqa: ANN401
        self.objective, self.alpha, self.figure = objective, alpha, objective.figure

    def __call__(self, net: torch.nn.Module, batch: Columns) -> Tensor:
        losses: Tensor = self.objective(net, batch)
        if not self.alpha or not torch.is_grad_enabled():
            return losses
        weights = batch.get("weights")
        n = len(losses) if weights is None else weights.sum()
        squares = [p.square().sum() for p in net.parameters() if p.ndim > 1]
        penalty = 0.5 * self.alpha / n * torch.stack(squares).sum()
        return losses + penalty - penalty.detach()  # the loss that is reported is without it


class _Score(Watch):
    """The score of held-out rows after every pass, "val/score" and under its own name."""

    def __init__(self, model: LayeredNet, held: Columns) -> None:
        self.model, self.held = model, held

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """The score, larger is better."""
        del epoch
        name, score = self.model._score_of(self.held)
        return {"val/score": score, f"val/{name}": score}


def _full(learner: Any, columns: Columns, *, total: float) -> tuple[float, float]:  # noqa: ANN401
    """Mean loss of all rows, and the same with the penalty; sets the gradients of the latter."""
    if isinstance(learner, FusedDescent):
        loss = float(learner.backward(columns))
        return loss, loss + float(learner.penalty(total))
    learner.optimiser.zero_grad()
    losses, weights = learner.objective(learner.module, columns), columns.get("weights")
    mean = losses.mean() if weights is None else losses @ weights / total
    mean.backward()
    loss, alpha = float(mean.detach()), learner.objective.alpha
    weights_only = [p.detach() for p in learner.module.parameters() if p.ndim > 1]
    squares = sum(float(p.square().sum()) for p in weights_only)
    return loss, loss + 0.5 * alpha / total * squares


def _released(learner: Any) -> None:  # noqa: ANN401
    """Leaves the net with parameters of its own, in evaluation mode."""
    if isinstance(learner, FusedDescent):
        learner.flat.detach()
    learner.module.eval()
