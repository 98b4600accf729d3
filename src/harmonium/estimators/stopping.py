"""Early stopping of estimators: what is watched after every epoch, and the best parameters."""

import copy
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harmonium.bridge import Conditional
from harmonium.estimators.density import Density
from harmonium.estimators.estimator import Estimator
from harmonium.estimators.likelihood import held_out_likelihood

__all__ = ["BestError", "BestLikelihood"]


class _Best:
    """The best parameters so far, and the epochs since; a score is better if it is greater."""

    def __init__(self, model: Estimator) -> None:
        self.model = model
        self.best: Any = None
        self.since = 0
        self.kept: dict[str, Any] | None = None

    def judge(self, now: Any) -> bool:  # noqa: ANN401
        """Takes a score; True when patience is at an end."""
        better = self.best is None or now > self.best
        self.since = 0 if better else self.since + 1
        if better:
            self.best, self.kept = now, copy.deepcopy(self.model.graph_.state_dict())
        return bool(self.since >= self.model.patience)

    def restore(self) -> None:
        """Brings the best parameters back."""
        if self.kept is not None:
            self.model.graph_.load_state_dict(self.kept)


class BestLikelihood(_Best):
    """Watches held-out likelihood after every epoch and keeps the best parameters."""

    def __init__(self, model: Density, x: Tensor, *, weights: Tensor) -> None:
        super().__init__(model)
        self.x, self.weights, self.best = x, weights / weights.sum(), -np.inf

    def __call__(self, epoch: int) -> bool:
        """True when patience is at an end."""
        del epoch
        graph = self.model.graph_
        log_p = held_out_likelihood(graph, self.x, base=self.model._base, seed=self.model._seed)
        return self.judge(float(log_p @ self.weights))


class BestError(_Best):
    """Watches held-out error after every epoch and keeps the best parameters."""

    def __init__(self, model: Estimator, x: Tensor, *, coded: Tensor) -> None:
        super().__init__(model)
        self.x, self.truth, self.best = x, coded.argmax(1), (-np.inf, -np.inf)

    @torch.no_grad()
    def __call__(self, epoch: int) -> bool:
        """True when patience is at an end. Of two equal errors the lesser surprise is better."""
        del epoch
        log_p = Conditional(self.model.graph_)(self.x)
        error = float((log_p.argmax(1) != self.truth).double().mean())
        surprise = float(-log_p[torch.arange(len(log_p)), self.truth].mean())
        return self.judge((-error, -surprise))
