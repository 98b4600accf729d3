"""Parameters that mean something: finite, and not absurdly large."""

from collections.abc import Mapping

from torch import Tensor

from harmonium.errors import DataError

__all__ = ["ABSURD", "check_parameters", "sound"]

ABSURD = 1e8
"""No weight, bias or logarithm of a precision that means something is larger."""


def sound(x: Tensor) -> Tensor:
    """For each value whether it is finite and below ``ABSURD``."""
    return x.detach().abs() < ABSURD  # nor is NaN


def check_parameters(
    tensors: Mapping[str, Tensor], place: object, *, most: float = ABSURD
) -> None:
    """Refuses parameters from which nothing sensible can be computed.

    Args:
        tensors: name -> values.
        place: where they come from, the beginning of the message.
        most: values are below it; statistics of data may be as large as data are.

    Raises:
        ValueError: with the first such parameter and the number of its values.
    """
    for name, x in tensors.items():
        if not x.is_floating_point():
            continue
        wrong = int((~(x.detach().abs() < most)).sum())  # NaN is not below anything
        if wrong:
            odd = int((~x.isfinite()).sum())
            found = "not finite" if odd else f"larger than {most:g}"
            raise DataError(
                f"{place}: {odd or wrong} of {x.numel()} values of {name} are {found}, so nothing "
                "can be computed from it: the file is damaged, or learning diverged; copy it "
                "again, or train again at a lower rate"
            )
