"""Error of predicted values on test rows."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Error", "errors"]


@dataclass(frozen=True)
class Error:
    r"""The root mean square error of predicted values, and the fraction of variance explained.

    .. math:: \mathrm{RMSE} = \sqrt{\langle (y - \hat y)^2 \rangle}, \qquad
        R^2 = 1 - \langle (y - \hat y)^2 \rangle / \langle (y - \bar y)^2 \rangle

    with means over test rows. The RMSE has the unit of the targets. For several targets, the RMSE
    is over all of them, and R^2 is the mean over targets.
    """

    needs: ClassVar[Needs] = Needs(model=("predicts",), data=("targets test",))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``rmse`` with its standard error ``rmse_stderr``, and ``r2``."""
        test, model = trial.data.test, trial.able("predicts")
        assert test is not None
        assert test.targets is not None
        predicted = torch.cat([model.predict(batch) for batch in model.batches(test)])
        back = trial.chain.back  # transforms of the targets are undone
        return errors(back(test.targets), back(predicted))


def errors(true: torch.Tensor, predicted: torch.Tensor) -> dict[str, float]:
    """Root mean square error and R^2 of predictions ``(N, K)`` of targets ``(N, K)``.

    >>> true = torch.tensor([[1.0], [2.0], [3.0]], dtype=torch.float64)
    >>> errors(true, true + 0.5)["rmse"], errors(true, true + 0.5)["r2"]
    (0.5, 0.625)
    """
    y, gap = true.double(), (true - predicted).double()
    each = gap.square().mean(1)
    rmse = float(each.mean().sqrt())
    n = len(each)
    spread = float(each.std()) / n**0.5 if n > 1 else float("nan")
    unexplained = gap.square().mean(0) / (y - y.mean(0)).square().mean(0).clamp(min=1e-300)
    # error propagation: d sqrt(m) = dm / (2 sqrt(m))
    stderr = spread / (2 * rmse) if rmse else 0.0
    return {"rmse": rmse, "rmse_stderr": stderr, "r2": float(1 - unexplained.mean())}
