"""Base classes of the estimators: seeds, the training loop and errors for missing attributes."""

import inspect
import secrets
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_random_state

from harmonium.learning import Training
from harmonium.progress import Progress

__all__ = ["Estimator", "Trained", "fresh_seed"]


class Estimator(BaseEstimator):
    """A scikit-learn estimator that can be read from a file of another version.

    A setting that the file lacks gets its default. Access to a result that it lacks, a name with
    an underscore at an end, raises ``NotFittedError`` (a ``ValueError`` and an
    ``AttributeError``), as before ``fit``.
    """

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("__"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        setting = inspect.signature(type(self).__init__).parameters.get(name)
        if setting is not None and setting.default is not setting.empty:
            return setting.default
        if not name.startswith("_") and not name.endswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        raise NotFittedError(
            f"this {type(self).__name__} has no {name!r}: it is not fitted, or it was pickled by "
            "another version of harmonium; call fit first"
        )


class Trained(Estimator):
    """An estimator that learns by updates, in the training loop that runs also use.

    Attributes:
        history_: one mapping per epoch: "stage", "epoch", the mean "train/loss" if the stage has a
            loss, the figure of early stopping, and the learning rate "lr".
    """

    verbose: bool = False

    def _forget(self) -> None:
        """Starts a new history."""
        self.history_: list[dict[str, Any]] = []

    def _train(self, training: Training, stage: str = "fit") -> int:
        """Runs a training to its end.

        Args:
            training: the training to run.
            stage: its name in ``history_``.

        Returns:
            The number of epochs done.

        Raises:
            FloatingPointError: learning diverged; the message names the parameter and the remedy.
        """
        if not hasattr(self, "history_"):
            self._forget()
        name = f"{type(self).__name__}, {stage}"
        before = sum(row["stage"] == stage for row in self.history_)
        done, training.large_biases = 0, True  # users' data have an arbitrary scale
        with Progress(quiet=not self.verbose) as progress:
            while not training.done:
                training.update()
                if self.verbose:
                    progress({**training.position, "stage": name})
                if training.epoch_ended:
                    done += 1
                    row = training.observe()
                    figures = {n: x for n, x in row.items() if not n.startswith("time/")}
                    self.history_.append({"stage": stage, "epoch": before + done, **figures})
        training.check()
        return done


def fresh_seed(random_state: int | np.random.RandomState | None) -> int:
    """Seed for one fit: equal for equal numbers, and new for None.

    NumPy's global generator is not used, because fits in several threads would affect each other.
    """
    if random_state is None:
        return secrets.randbelow(2**31 - 1)
    return int(check_random_state(random_state).randint(2**31 - 1))
