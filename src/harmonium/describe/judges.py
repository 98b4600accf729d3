"""Judges: what a trained machine or net is worth on rows that it has not seen."""

from dataclasses import dataclass
from typing import Any, Protocol

from torch import nn

from harmonium.bounds import Count, Size
from harmonium.describe.trial import Trial, derived
from harmonium.likelihood import Ladder, density, quick

__all__ = ["Accuracy", "Judge", "Likelihood", "accuracy"]


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
        top = trial.graphs[-1]
        if set(top.units) != {"v", "h"}:
            raise ValueError(f"judge likelihood: needs groups v and h, not {[*top.units]}")
        ladder = None
        if not quick(trial.machine):
            seed = derived(trial.seed, "judge/likelihood")
            ladder = Ladder(self.betas, self.chains, self.reverse_sweeps, seed)
        rows, train = {"test": trial.test.x}, trial.data.train.x
        found = density(trial.machine, rows, train=train, ladder=ladder)
        test, z = found["rows"]["test"], found["log_z"]
        if ladder is None:
            log_z, sides = z["exact"]["value"], (test["exact"], test["exact"])
            told: dict[str, Any] = {"log_z": log_z, "log_z_forward": log_z}
        else:
            sides = test["pessimistic"], test["optimistic"]
            told = {"log_z": max(z["forward"]["value"], z["reverse"]["value"])}
            told |= {"findings": found["findings"]}
            for side, it in z.items():
                told |= {f"log_z_{side}": it["value"]}
                told |= {f"log_z_{side}_{name}": it[name] for name in ("stderr", "ess")}
        return {
            "log_likelihood": sides[0],
            "log_likelihood_optimistic": sides[1],
            "test_stderr": test["stderr"],
            "log_z_exact": ladder is None,
            **told,
        }
