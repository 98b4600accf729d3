"""Reconstruction: how well a model reproduces test rows."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Reconstruction"]


@dataclass(frozen=True)
class Reconstruction:
    r"""The mean squared error between test rows and their reconstructions.

    .. math:: \frac{1}{D} \langle |x - \hat x|^2 \rangle

    per value, through all layers of the last model that reconstructs.
    """

    needs: ClassVar[Needs] = Needs(model=("reconstructs",), data=("test",))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``reconstruction_error`` and its standard error over the rows."""
        test, model = trial.test, trial.able("reconstructs")
        assert test is not None
        errors = []
        for batch in model.batches(test):
            *_, again = model.reconstruct(batch).values()
            errors.append((again["x"] - batch["x"]).double().square().flatten(1).mean(1))
        each = torch.cat(errors)
        stderr = float(each.std()) / len(each) ** 0.5 if len(each) > 1 else float("nan")
        return {"reconstruction_error": float(each.mean()), "reconstruction_stderr": stderr}
