"""Map errors: how well a self-organising map fits rows, and how smooth it is."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["MapErrors"]


@dataclass(frozen=True)
class MapErrors:
    r"""Quantisation and topographic error of test rows on a map.

    .. math:: \langle \min_j \lVert x - w_j \rVert \rangle

    is the quantisation error. The topographic error is the share of rows whose two nearest
    prototypes are no neighbours on the grid. A map that follows the rows more closely folds more:
    the first error falls and the second rises.
    """

    needs: ClassVar[Needs] = Needs(model=("map errors",), data=("test",))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``quantisation_error`` and ``topographic_error``."""
        test, model = trial.test, trial.able("map errors")
        assert test is not None
        parts = [model.map_errors(batch) for batch in model.batches(test)]
        return {name: float(torch.cat([p[name].double() for p in parts]).mean())
                for name in parts[0]}  # fmt: skip
