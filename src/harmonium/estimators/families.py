"""Makes units from a name or an example, and checks the range of data."""

import copy
import warnings

import torch
from torch import Tensor

from harmonium.data import standardised_warning
from harmonium.errors import UsageError
from harmonium.units import Bernoulli, Gaussian, Rectified, Spin, Units
from harmonium.units.domain import inside
from harmonium.units.domain import settled as settle

__all__ = ["FAMILIES", "check_spread", "check_values", "choose", "settled"]

FAMILIES: dict[str, type[Units]] = {
    "bernoulli": Bernoulli,
    "gaussian": Gaussian,
    "rectified": Rectified,
    "spin": Spin,
}


def choose(name: str | Units, n: int, *, example: Tensor | None = None) -> Units:
    """Makes units by name, or copies given ones.

    Args:
        name: a key of ``FAMILIES``, units of n values, or "auto": Bernoulli if every value of the
            example lies in [0, 1], up to rounding, otherwise Gaussian.
        n: number of units.
        example: data, ``(N, n)``.

    Raises:
        ValueError: the name is unknown, or the units have another size.
    """
    if isinstance(name, Units):
        if name.shape.numel() != n:
            raise UsageError(f"{name} has {name.shape.numel()} values, but {n} are needed")
        return copy.deepcopy(name)
    if name == "auto" and example is not None:
        name = _by_range(example)
    if name not in FAMILIES:
        raise UsageError(
            f"{name!r} is not a family of units; choose from {sorted(FAMILIES)}, or give units"
        )
    return FAMILIES[name](n)


def settled(name: str | Units, x: Tensor) -> Tensor:
    """Moves values that lie outside the family's domain by rounding onto its edge.

    A scaler may give 1.0000000000000002 for 1. Values further out are not changed, and refused
    later.
    """
    if isinstance(name, Units):
        return name.settled(x)
    family = FAMILIES.get(_by_range(x) if name == "auto" else name)
    return x if family is None else settle(x, family.domain)


def _by_range(x: Tensor) -> str:
    seen = x[~x.isnan()]
    return "bernoulli" if inside(seen, Bernoulli.domain) else "gaussian"


def check_values(units: Units, x: Tensor) -> None:
    """Checks the range of data, and warns of unbounded real data far from standardised.

    Raises:
        ValueError: values lie outside the domain of the units, or their squares are not finite;
            the message gives the remedy.
    """
    units.check(x.reshape(-1, *units.shape))
    largest, most = x.abs().amax(0), torch.finfo(x.dtype).max ** 0.5 / len(x)
    if bool((largest > most).any()):
        k = int(largest.argmax())
        raise UsageError(
            f"feature {k} reaches {float(largest[k]):.3g}, too far for its variance to be a "
            f"{x.dtype} number: standardise (StandardScaler)"
        )
    if isinstance(units, Gaussian) and (message := standardised_warning(x)) is not None:
        warnings.warn(message, UserWarning, stacklevel=4)


def check_spread(units: Units, x: Tensor) -> None:
    """Raises ValueError if a precision would be learned from a single row."""
    if units.precision() is not None and len(x) < 2:
        raise UsageError(
            f"1 sample: {type(units).__name__} units learn a variance; give more rows"
        )
