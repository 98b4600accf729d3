"""Lower bounds on the log-likelihood of test rows, for models with a drawn code."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.bounds import Count
from harmonium.needs import Needs
from harmonium.random import generator
from harmonium.stages.trial import Trial, derived
from harmonium.watch.bound import active_units

__all__ = ["Bound"]


@dataclass(frozen=True)
class Bound:
    r"""Mean lower bounds on the log-likelihood of test rows, in nats per row.

    ``elbo`` is the evidence lower bound, with beta 1 however the model was trained.
    ``importance_weighted`` is the bound of several samples of the code, which rises with their
    number and is never above the log-likelihood in expectation; see
    ``learning.bounds_of_codes``. ``active_units`` counts the numbers of the code that vary.

    Grey pixels of [0, 1] have no likelihood under Bernoulli outputs: their bound compares models
    of the same rows, no more.

    Args:
        samples: of the code, for each row.
    """

    needs: ClassVar[Needs] = Needs(model=("bounded",), data=("test",))

    samples: Count = 50

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``elbo``, ``importance_weighted`` and what stands beside them."""
        test, model = trial.test, trial.able("bounded")
        assert test is not None
        seed = derived(trial.seed, "judge/bound")
        source, parts, points = generator(seed, model.device), [], []
        with torch.no_grad():
            for batch in model.batches(test):
                parts.append(model.bounds(batch, samples=self.samples, source=source))
                points.append(list(model.codes(batch).values())[-1])
        figures: dict[str, Any] = {}
        for name in ("elbo", "importance_weighted"):
            values = torch.cat([part[name] for part in parts]).double()
            figures[name] = float(values.mean())
            spread = float(values.std()) if len(values) > 1 else float("nan")
            figures[f"{name}_stderr"] = spread / len(values) ** 0.5
        active = active_units(torch.cat(points))
        return {**figures, "bound_samples": self.samples, "active_units": active}
