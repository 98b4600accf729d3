"""Pictures made small and large again by a fixed filter: the rival of super-resolution."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.judges.psnr import ratios
from harmonium.judges.reconstruction import squared_errors
from harmonium.needs import Needs
from harmonium.nets.resize import Resize
from harmonium.stages.trial import Trial

__all__ = ["Bicubic", "enlarged"]


def enlarged(small: Tensor, size: tuple[int, ...]) -> Tensor:
    """Pictures enlarged by cubic interpolation, ``(B, C, h, w) -> (B, C, *size)``.

    Raises:
        ValueError: the two sizes differ by different factors.
    """
    scale = size[0] / small.shape[2]
    if round(scale * small.shape[3]) != size[1]:
        raise UsageError(
            f"pictures of {tuple(small.shape[2:])} do not become {tuple(size)} by one factor"
        )
    again: Tensor = Resize(scale)(small)
    return again


@dataclass(frozen=True)
class Bicubic:
    """Test pictures made smaller and then larger again by cubic interpolation.

    Every enlarged pixel is a weighted mean of the 16 nearest small ones; nothing is learned
    (Keys, 1981, https://doi.org/10.1109/TASSP.1981.1163711; ``nets.Resize``).

    Args:
        factor: by which height and width become smaller; both must be divisible by it.
        peak: largest value of a pixel.
    """

    needs: ClassVar[Needs] = Needs(data=("test", "pictures"))

    factor: Count = 2
    peak: float = 1.0

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Peak signal-to-noise ratio and squared errors of the test pictures."""
        test = trial.test
        assert test is not None
        parts = []
        for batch in test.batches(1000):
            x = batch["x"]
            if any(n % self.factor for n in x.shape[2:]):
                raise UsageError(
                    f"bicubic: pictures of {tuple(x.shape[2:])} are not divisible by the factor "
                    f"{self.factor}: take another factor, or crop the pictures"
                )
            with torch.no_grad():
                again = enlarged(Resize(1 / self.factor)(x), tuple(x.shape[2:]))
            parts.append((again - x).double().square().flatten(1))
        errors = squared_errors(parts)
        return {**ratios(errors, peak=self.peak), **errors}
