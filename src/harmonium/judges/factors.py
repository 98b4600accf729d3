"""Factors: whether named numbers of a code follow the pose of test pictures."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import NonNegative
from harmonium.data.poses import Poses
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Factors", "correlations"]


@dataclass(frozen=True)
class Factors:
    r"""Correlation of the first numbers of a code with the pose of test pictures.

    .. math:: r_{jk} = |\text{corr}(a_j, c_k)|

    Every test picture is shifted, turned and scaled at random, by amounts a; c is its code.
    ``factor_correlation`` is the mean of :math:`r_{jj}` over the factors, in the order right,
    down, rotation, scale, of those whose limit is above 0. ``factor_leak`` is the largest
    :math:`r_{jk}` of any other number k, mean over the factors. ``factor_best`` is the largest of
    all k, for codes whose numbers have no names.

    Args:
        shift: largest shift along each axis, in pixels.
        rotation: largest rotation, in degrees.
        scale: largest change of the size, as a share.
    """

    needs: ClassVar[Needs] = Needs(model=("encodes",), data=("test", "pictures"))

    shift: NonNegative = 3.0
    rotation: NonNegative = 30.0
    scale: NonNegative = 0.2

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``factor_correlation``, ``factor_leak`` and ``factor_best``."""
        test, model = trial.test, trial.able("encodes")
        assert test is not None
        kind: Any = trial.data.columns["x"]
        poses = Poses(self.shift, self.rotation, self.scale)
        source = trial.source("judge factors")
        x = kind.shaped(test.flattened().x[:])
        amounts = poses.drawn(x, len(x), source=source)
        rows = test.with_columns(x=kind.flat(poses.posed(x, amounts)))
        codes = [list(model.codes(batch).values())[-1] for batch in model.batches(rows)]
        r = correlations(amounts, torch.cat(codes).flatten(1))
        factors = len(poses.names)
        named = r[:, :factors].diagonal()
        if len(named) < factors or r.shape[1] < 2:
            named = r.new_zeros(factors)  # too few numbers: no number is a factor's own
        others = r.clone()
        others.fill_diagonal_(0)
        return {
            "factor_correlation": float(named.mean()),
            "factor_leak": float(others.amax(1).mean()),
            "factor_best": float(r.amax(1).mean()),
        }


def correlations(a: Tensor, c: Tensor) -> Tensor:
    """Absolute correlations of columns, ``(N, j), (N, k) -> (j, k)``; 0 of constants."""
    a, c = a.double() - a.double().mean(0), c.double() - c.double().mean(0)
    size = a.norm(dim=0)[:, None] * c.norm(dim=0)[None]
    return torch.where(size > 0, (a.mT @ c).abs() / size.clamp(min=1e-300), 0.0)
