"""Watches of held-out rows for early stopping of estimators."""

import torch
from torch import Tensor

from harmonium.estimators.likelihood import held_out_likelihood
from harmonium.graph import EnergyGraph
from harmonium.learning import Watch
from harmonium.sampling import log_conditional

__all__ = ["ErrorWatch", "LikelihoodWatch"]


class LikelihoodWatch(Watch):
    """Mean log-likelihood of held-out rows, "val/log_likelihood", in nats per row.

    Args:
        graph: the machine.
        x: held-out rows, ``(N, D)``.
        weights: importance of each row, ``(N,)``.
        base: means of the training rows, from which annealed importance sampling starts, ``(D,)``.
        seed: of the estimate.
    """

    def __init__(
        self, graph: EnergyGraph, x: Tensor, *, weights: Tensor, base: Tensor, seed: int
    ) -> None:
        self.graph, self.x, self.base, self.seed = graph, x, base, seed
        self.weights = weights / weights.sum()

    def measure(self, epoch: int) -> dict[str, float]:
        """Returns the mean log-likelihood."""
        del epoch
        log_p = held_out_likelihood(self.graph, self.x, base=self.base, seed=self.seed)
        return {"val/log_likelihood": float(log_p @ self.weights)}


class ErrorWatch(Watch):
    """Error and cross-entropy of held-out rows, "val/error" and "val/loss" (nats per row).

    Args:
        graph: a machine with a label "y".
        x: held-out rows, ``(N, *shape)``.
        coded: their one-hot labels, ``(N, classes)``.
    """

    def __init__(self, graph: EnergyGraph, x: Tensor, *, coded: Tensor) -> None:
        self.graph, self.x, self.truth = graph, x, coded.argmax(1)

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """Returns error and cross-entropy."""
        del epoch
        log_p = log_conditional(self.graph, "y", given={"v": self.x})
        loss = -log_p[torch.arange(len(log_p)), self.truth].mean()
        return {
            "val/error": float((log_p.argmax(1) != self.truth).double().mean()),
            "val/loss": float(loss),
        }
