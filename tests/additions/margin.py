"""A judge: how far the right class lies before the others."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Margin"]


@dataclass(frozen=True)
class Margin:
    """The mean of log p(right class) less that of the best other one, in nats."""

    needs: ClassVar[Needs] = Needs(model=("classifies",), data=("labelled test",))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``margin``."""
        test = trial.labelled(trial.data.test)
        model = trial.able("classifies")
        log_p = torch.cat([model.log_probs(batch) for batch in model.batches(test)])
        right = log_p.gather(1, test.labels[:, None])
        others = log_p.scatter(1, test.labels[:, None], -float("inf")).amax(1, keepdim=True)
        return {"margin": float((right - others).mean())}
