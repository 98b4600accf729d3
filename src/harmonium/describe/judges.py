"""Judges: what a trained machine or net is worth on rows that it has not seen."""

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from harmonium.bounds import Count, Size
from harmonium.describe.trial import Trial
from harmonium.graph import EnergyGraph
from harmonium.learning import hidden_means
from harmonium.machines import BeliefNet
from harmonium.random import Source
from harmonium.sampling import ais, exact, reverse_ais
from harmonium.sampling.chains import run, start

__all__ = ["Accuracy", "Judge", "Likelihood", "accuracy"]

WORK = 2**27
"""log Z is enumerated where states x values stay below this (a second or two)."""


class Judge(Protocol):
    """From a trial to numbers."""

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Name -> number; empty where it does not apply."""
        ...


def accuracy(trial: Trial, net: nn.Module) -> dict[str, float | int]:
    """``accuracy`` and ``error``, shares of the labelled test ``rows``; empty without any."""
    test = trial.labelled(trial.data.test)
    if test is None or test.y is None:
        return {}
    right = float(trial.logits(net, test).argmax(1).eq(test.y).double().mean())
    return {"accuracy": right, "error": 1 - right, "rows": len(test)}


@dataclass(frozen=True)
class Accuracy:
    """Share of test rows whose class the fine-tuned net finds."""

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``accuracy``, ``error`` and the number of ``rows`` they rest on.

        Raises:
            ValueError: there is no net or no labelled test row.
        """
        if trial.net is None:
            raise ValueError(
                "judge accuracy: there is no net; add a fine_tune section, or judge likelihood"
            )
        found = accuracy(trial, trial.net)
        if not found:
            raise ValueError(f"judge accuracy: {trial.data.name} has no labelled test rows")
        return found


@dataclass(frozen=True)
class Likelihood:
    r"""Mean test log-likelihood in nats per row, from both sides where log Z is estimated.

    Annealed importance sampling from the data's side errs to the optimistic side, from the
    model's to the pessimistic one, assuming that the chains it starts from are at equilibrium;
    ``log_likelihood``, the figure that counts, takes the larger log Z. Small machines are
    enumerated. Of a belief net it is the variational bound (``harmonium.machines.BeliefNet``).

    Args:
        betas: steps of the ladder.
        chains: independent runs.
        reverse_sweeps: sweeps of the chains from which the reverse run starts.
    """

    betas: Count = 10_000
    chains: Count = 100
    reverse_sweeps: Size = 5000

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``log_likelihood`` and what it rests on.

        Raises:
            ValueError: there are no test rows, or the machine is no RBM or stack of them.
        """
        if trial.test is None:
            raise ValueError(f"judge likelihood: {trial.data.name} has no test rows")
        source = trial.source("judge/likelihood")
        layer = len(trial.graphs) - 1
        graph = trial.graphs[-1]
        if set(graph.units) != {"v", "h"}:
            raise ValueError(f"judge likelihood: needs groups v and h, not {[*graph.units]}")
        found = self._log_z(graph, trial.rows(trial.data.train, layer=layer), source=source)
        test = trial.rows(trial.test)
        if isinstance(trial.machine, BeliefNet):
            free = trial.machine.bound(test, 0.0, samples=10, source=source)
        else:
            with torch.no_grad():
                free = -graph.free_energy({"v": test}, ("h",)).double()
        high, low = (float(free.mean()) - found[side] for side in ("log_z_forward", "log_z"))
        error = float(free.std()) / len(test) ** 0.5
        return {
            "log_likelihood": low,
            "log_likelihood_optimistic": high,
            "test_stderr": error,
            **found,
        }

    @torch.no_grad()
    def _log_z(self, graph: EnergyGraph, x: Tensor, *, source: Source) -> dict[str, Any]:
        if _quick(graph):
            log_z = float(exact.log_partition(graph))
            return {"log_z": log_z, "log_z_forward": log_z, "log_z_exact": True}
        base = {"v": x.mean(0), "h": hidden_means(graph, x).mean(0)}
        forward = ais(graph, betas=self.betas, chains=self.chains, base=base, source=source)
        near = graph.field("v", {"h": hidden_means(graph, x[: self.chains])})
        seen = {"v": graph.units["v"].sample(near, source)}
        chains = start(graph, len(near), seen=seen, source=source)
        chains = run(graph, chains, sweeps=self.reverse_sweeps, source=source)
        reverse = reverse_ais(graph, chains, betas=self.betas, base=base, source=source)
        return {
            "log_z": float(torch.maximum(forward.log_z, reverse.log_z)),
            "log_z_exact": False,
            "log_z_forward": float(forward.log_z),
            "log_z_forward_stderr": float(forward.stderr),
            "log_z_forward_ess": float(forward.ess),
            "log_z_reverse": float(reverse.log_z),
            "log_z_reverse_stderr": float(reverse.stderr),
            "log_z_reverse_ess": float(reverse.ess),
        }


def _quick(graph: EnergyGraph) -> bool:
    counts = [c for u in graph.units.values() if (c := u.count()) is not None]
    width = sum(u.shape.numel() for u in graph.units.values())
    return exact.enumerable(graph) and min(counts) * width <= WORK
