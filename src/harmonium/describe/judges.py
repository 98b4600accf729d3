"""Judges: what a trained machine or net is worth on rows that it has not seen."""

from dataclasses import dataclass
from typing import Any, Protocol

from torch import nn
from torch.nn.functional import nll_loss

from harmonium.bounds import Count, Size
from harmonium.bridge import Conditional, classifies
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
    """Share of test rows whose class the fine-tuned net finds, or a machine with a label."""

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``accuracy``, ``error`` and the number of ``rows`` they rest on.

        Raises:
            ValueError: there is no net or no labelled test row.
        """
        if (net := trial.classifier) is None:
            raise ValueError(
                "judge accuracy: there is no net; add a fine_tune section, or judge likelihood"
            )
        found = accuracy(trial, net)
        if not found:
            raise ValueError(f"judge accuracy: {trial.data.name} has no labelled test rows")
        return found


def _joint(trial: Trial, sides: tuple[float, float]) -> dict[str, float]:
    """log p(v, y) = log p(v) + log p(y | v), the second exact; empty without all labels."""
    test = trial.test
    known = trial.labelled(test)
    if test is None or known is None or len(known) < len(test) or not classifies(trial.machine):
        return {}
    log_p = trial.logits(Conditional(trial.graphs[0]), known).double()
    more = -float(nll_loss(log_p, known.y))  # type: ignore[arg-type]
    return {
        "log_likelihood_joint": sides[0] + more,
        "log_likelihood_joint_optimistic": sides[1] + more,
    }


@dataclass(frozen=True)
class Likelihood:
    r"""Mean test log-likelihood in nats per row, from both sides where log Z is estimated.

    Annealed importance sampling from the data's side errs to the optimistic side, from the
    model's to the pessimistic one, assuming that the chains it starts from are at equilibrium;
    ``log_likelihood``, the figure that counts, takes the larger log Z. Small machines are
    enumerated. Of a belief net or a deep Boltzmann machine it is the variational bound;
    ``bound_gap`` estimates how far the latter lies below the log-likelihood (nats, 100 rows).

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
            ValueError: there are no test rows.
        """
        if trial.test is None:
            raise ValueError(f"judge likelihood: {trial.data.name} has no test rows")
        ladder = None
        if not quick(trial.machine):
            seed = derived(trial.seed, "judge/likelihood")
            ladder = Ladder(self.betas, self.chains, self.reverse_sweeps, seed)
        rows, train = {"test": trial.test.x}, trial.data.train.x
        found = density(trial.machine, rows, train=train, ladder=ladder)
        test, z = found["rows"]["test"], found["log_z"]
        gap = test.get("gap")
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
            **({"bound_gap": gap["value"], "bound_gap_stderr": gap["stderr"]} if gap else {}),
            **told,
            **_joint(trial, sides),
        }
