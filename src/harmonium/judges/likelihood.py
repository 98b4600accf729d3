"""The log-likelihood of test rows, from both sides of log Z."""

from dataclasses import dataclass
from typing import Any, ClassVar

from torch.nn.functional import nll_loss

from harmonium.bounds import Count, Size
from harmonium.likelihood import Ladder
from harmonium.models import Classifies, EnergyBased
from harmonium.needs import Needs
from harmonium.stages.trial import Trial, derived

__all__ = ["Likelihood"]


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

    needs: ClassVar[Needs] = Needs(model=("scores",), data=("test",))

    betas: Count = 10_000
    chains: Count = 100
    reverse_sweeps: Size = 5000

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``log_likelihood`` and what it rests on."""
        model, test_rows = trial.able("scores"), trial.test
        assert test_rows is not None
        ladder = None
        if not model.enumerable:
            seed = derived(trial.seed, "judge/likelihood")
            ladder = Ladder(self.betas, self.chains, self.reverse_sweeps, seed)
        rows, train = {"test": test_rows.x}, trial.data.train.x
        found = model.log_density(rows, train=train, ladder=ladder)
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
            **_joint(trial, model, sides=sides),
        }


def _joint(trial: Trial, model: object, *, sides: tuple[float, float]) -> dict[str, float]:
    """log p(x, y) = log p(x) + log p(y | x), the second exact; empty without all labels.

    Only of a single graph: of a stack log p(x) is a bound, and p(y | x) is given the features.
    """
    test = trial.test
    known = trial.labelled(test)
    single = isinstance(model, EnergyBased) and isinstance(model, Classifies)
    if test is None or known is None or len(known) < len(test) or not single:
        return {}
    assert isinstance(model, Classifies)
    more = -float(nll_loss(trial.log_probs(model, known).double(), known.labels))  # type: ignore[arg-type]
    return {
        "log_likelihood_joint": sides[0] + more,
        "log_likelihood_joint_optimistic": sides[1] + more,
    }
