"""Outcomes of Go games by whose turn it is, and by the areas on the board."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.data import DataSet, Examples
from harmonium.data.go.planes import NAMES
from harmonium.data.go.scoring import areas
from harmonium.judges.outcome import outcomes
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["AreaCount"]


@dataclass(frozen=True)
class AreaCount:
    r"""Least squares from the colour to move, and the difference of the areas, to the outcome.

    .. math:: v = a + b c + d (A_{own} - A_{other}) / 361

    c is 1 if black is to move, else 0, so that komi is learned from games. Areas are counted on
    the board as it stands (``data.go.areas``). Without them, the prediction is the mean outcome
    of the colour. The figures are those of the judge ``outcome``.

    Args:
        areas: whether the areas are read.
    """

    needs: ClassVar[Needs] = Needs(data=("outcomes", "targets train", "targets test"))

    areas: bool = True

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Figures of the test positions."""
        test = trial.data.test
        assert test is not None
        assert test.targets is not None
        found = outcomes(test.targets, self.predicted(trial.data), game=test.columns["game"][:])
        return {**found, "settings": {"areas": self.areas}}

    def predicted(self, data: DataSet) -> Tensor:
        """Outcomes of the test positions, ``(N, 1)``."""
        assert data.test is not None
        assert data.train.targets is not None
        y = data.train.targets.double()
        return self._read(data.test) @ torch.linalg.lstsq(self._read(data.train), y).solution

    def _read(self, rows: Examples) -> Tensor:
        """A 1, the colour, and the difference of areas, ``(N, 2 or 3)``."""
        own, other = (NAMES.index(name) for name in ("stone 1", "stone 2"))
        parts = []
        for batch in rows.batches(500):
            x = batch["x"].flatten(2)
            colour = x[:, -1, 0].double()
            read = [torch.ones_like(colour), colour]
            if self.areas:
                count = areas((x[:, own] - x[:, other]).to(torch.int8)).double()
                read.append((count[:, 0] - count[:, 1]) / x.shape[2])
            parts.append(torch.stack(read, 1))
        return torch.cat(parts)
