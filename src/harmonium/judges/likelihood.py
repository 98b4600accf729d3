"""Log-likelihood of test rows, with estimates of log Z from both sides."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch.nn.functional import nll_loss

from harmonium.bounds import Count, Size
from harmonium.likelihood import Ladder
from harmonium.models import Classifies, EnergyBased
from harmonium.needs import Needs
from harmonium.stages.trial import Trial, derived

__all__ = ["Likelihood"]


@dataclass(frozen=True)
class Likelihood:
    r"""Mean test log-likelihood in nats per row, with log Z exact or estimated from both sides.

    Small machines are enumerated. Otherwise annealed importance sampling from the data side tends
    to an optimistic log-likelihood, from the model side to a pessimistic one if the chains that it
    starts from are at equilibrium; ``log_likelihood``, the number to quote, uses the larger log Z.
    For a belief net or a deep Boltzmann machine it is the variational lower bound. For the latter,
    ``bound_gap`` estimates how far the bound is below the log-likelihood (nats, 100 rows).

    Args:
        betas: number of inverse temperatures.
        chains: number of independent chains.
        reverse_sweeps: sweeps of the chains before the reverse run starts from them.
    """

    needs: ClassVar[Needs] = Needs(model=("scores",), data=("test",))

    betas: Count = 10_000
    chains: Count = 100
    reverse_sweeps: Size = 5000

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``log_likelihood`` and the numbers behind it."""
        model, test_rows = trial.able("scores"), trial.test
        assert test_rows is not None
        ladder = None
        if not model.enumerable:
            seed = derived(trial.seed, "judge/likelihood")
            ladder = Ladder(self.betas, self.chains, self.reverse_sweeps, seed)
        rows, train = {"test": test_rows.x}, trial.data.train.x
        densities = model.log_density(rows, train=train, ladder=ladder)
        test, z = densities["rows"]["test"], densities["log_z"]
        gap = test.get("gap")
        if ladder is None:
            log_z, sides = z["exact"]["value"], (test["exact"], test["exact"])
            partition: dict[str, Any] = {"log_z": log_z, "log_z_forward": log_z}
        else:
            sides = test["pessimistic"], test["optimistic"]
            partition = {"log_z": max(z["forward"]["value"], z["reverse"]["value"])}
            partition |= {"findings": densities["findings"]}
            for side, estimate in z.items():
                partition |= {f"log_z_{side}": estimate["value"]}
                partition |= {f"log_z_{side}_{name}": estimate[name] for name in ("stderr", "ess")}
        return {
            "log_likelihood": sides[0],
            "log_likelihood_optimistic": sides[1],
            "test_stderr": test["stderr"],
            "log_z_exact": ladder is None,
            **({"bound_gap": gap["value"], "bound_gap_stderr": gap["stderr"]} if gap else {}),
            **partition,
            **_joint(trial, model, sides=sides),
        }


@torch.no_grad()
def _joint(
    trial: Trial,
    model: Any,  # noqa: ANN401
    *,
    sides: tuple[float, float],
) -> dict[str, float]:
    """Mean log p(x, y) = log p(x) + log p(y | x), the second exact; empty if labels are missing.

    For a single graph only: a stack has a bound on log p(x), and p(y | x) given the features.
    """
    test = trial.test
    known = trial.labelled(test)
    single = isinstance(model, EnergyBased) and isinstance(model, Classifies)
    if test is None or known is None or len(known) < len(test) or not single:
        return {}
    log_p = torch.cat([model.log_probs(batch) for batch in model.batches(known)])
    assert known.labels is not None
    more = -float(nll_loss(log_p.double(), known.labels))
    return {
        "log_likelihood_joint": sides[0] + more,
        "log_likelihood_joint_optimistic": sides[1] + more,
    }
