"""The peak signal-to-noise ratio of pictures that are given back."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from harmonium.bounds import Positive
from harmonium.judges.reconstruction import Reconstruction
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["PSNR", "decibels", "ratios"]


def decibels(error: float, *, peak: float = 1.0) -> float:
    r"""The peak signal-to-noise ratio of a mean squared error, in decibels.

    .. math:: 10 \log_{10} \frac{\text{peak}^2}{\text{error}}

    Without any error it is infinite.

    >>> decibels(0.01), decibels(2.55**2, peak=255)
    (20.0, 40.0)
    """
    return 10 * math.log10(peak**2 / error) if error > 0 else math.inf


def ratios(errors: dict[str, float], *, peak: float = 1.0) -> dict[str, float]:
    """``psnr`` and its standard error, in decibels, from the figures of ``squared_errors``."""
    error, stderr = errors["reconstruction_error"], errors["reconstruction_stderr"]
    slope = 10 / math.log(10)
    return {
        "psnr": decibels(error, peak=peak),
        "psnr_stderr": slope * stderr / error if error > 0 else math.nan,
    }


@dataclass(frozen=True)
class PSNR:
    r"""The peak signal-to-noise ratio of test pictures that a model gives back, in decibels.

    .. math:: 10 \log_{10} \frac{\text{peak}^2}{\frac{1}{D} \langle |x - \hat x|^2 \rangle}

    with the mean over all values of all test rows, so that rows without any detail, whose own
    ratio has no limit, count as what they are. Half the error is 3 dB more. Its standard error is
    that of the mean, carried through the logarithm.

    Args:
        peak: largest value of a pixel: 1 for pixels in [0, 1].
    """

    needs: ClassVar[Needs] = Reconstruction.needs

    peak: Positive = 1.0

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``psnr`` and the figures of ``squared_errors``."""
        errors = Reconstruction()(trial)
        return {**ratios(errors, peak=self.peak), **errors}
