"""Checks that parameters are finite and not absurdly large."""

from collections.abc import Mapping

from torch import Tensor

from harmonium.errors import DataError

__all__ = ["ABSURD", "check_parameters", "sound"]

ABSURD = 1e8
"""Values of weights, biases or log-precisions from here on are taken as errors."""


def sound(x: Tensor) -> Tensor:
    """Whether each value is finite and its absolute value below ``ABSURD``."""
    return x.detach().abs() < ABSURD  # False for NaN


def check_parameters(
    tensors: Mapping[str, Tensor], place: object, *, most: float = ABSURD
) -> None:
    """Checks that parameters are finite and below a limit.

    Args:
        tensors: name -> values.
        place: where they come from, the beginning of the message.
        most: upper limit of absolute values; raise it for statistics of data with large values.

    Raises:
        ValueError: a parameter has other values; the message names it and counts them.
    """
    for name, x in tensors.items():
        if not x.is_floating_point():
            continue
        wrong = int((~(x.detach().abs() < most)).sum())  # NaN counts as wrong
        if wrong:
            infinite = int((~x.isfinite()).sum())
            problem = "not finite" if infinite else f"larger than {most:g}"
            raise DataError(
                f"{place}: {infinite or wrong} of {x.numel()} values of {name} are {problem}, so "
                "nothing can be computed from it: the file is damaged, or learning diverged; copy "
                "it again, or train again at a lower rate"
            )
