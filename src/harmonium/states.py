"""Checks that a state fits a graph, with an error that names the place and the remedy."""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from harmonium.arguments import named
from harmonium.errors import UsageError, UsageTypeError
from harmonium.units import Units

__all__ = ["check_parameters", "check_state"]


def check_state(
    units: Mapping[str, Units],
    state: Mapping[str, Tensor],
    *,
    needed: Iterable[str] = (),
    finite: bool = False,
) -> None:
    """Checks names, types, shapes, devices and numbers of rows of a state.

    Args:
        units: the groups of a graph, by name.
        state: name -> ``(B, *shape)``; a single row is broadcast.
        needed: groups that the state must have.
        finite: also check that every value is finite.

    Raises:
        TypeError: the state is not a mapping, or a value is not a tensor.
        ValueError: names, types, shapes, devices or numbers of rows do not fit, or a value is not
            finite.
    """
    if not isinstance(state, Mapping):
        raise UsageTypeError(f"a state is a mapping from names to tensors, not {named(state)}")
    if unknown := set(state) - set(units):
        raise UsageError(f"no group {sorted(map(str, unknown))}; there are {[*units]}")
    if missing := [name for name in needed if name not in state]:
        raise UsageError(
            f"the state has no values of groups {missing}, only of {[*state]}: add them "
            "(sampling.complete draws them)"
        )
    rows: dict[str, int] = {}
    for name, x in state.items():
        _check_values(units[name], x, name=name)
        if finite and not bool(torch.isfinite(x).all()):
            raise UsageError(f"group {name!r}: not all values are finite numbers")
        if len(x) != 1:
            rows[name] = len(x)
    if len(set(rows.values())) > 1:
        raise UsageError(
            f"groups have different numbers of rows, {rows}: give all groups the same number"
        )


def _check_values(units: Units, x: object, *, name: str) -> None:
    if not isinstance(x, Tensor):
        raise UsageTypeError(
            f"group {name!r}: the values are {named(x)}; a torch.Tensor is needed"
        )
    bias = units.bias
    if x.ndim != len(units.shape) + 1 or x.shape[1:] != units.shape:
        raise UsageError(
            f"group {name!r}: the values have shape {tuple(x.shape)}, but {units} units need "
            f"(rows, {', '.join(map(str, units.shape))})"
        )
    if x.dtype != bias.dtype:
        raise UsageError(
            f"group {name!r}: the values are {x.dtype}, the parameters {bias.dtype}: convert one, "
            f"with x.to({bias.dtype}) or graph.to({x.dtype})"
        )
    if x.device != bias.device:
        raise UsageError(
            f"group {name!r}: the values are on {x.device}, the parameters on {bias.device}: "
            f"move one with .to({str(bias.device)!r})"
        )


def check_parameters(parameters: Mapping[str, Tensor]) -> None:
    """Raises ValueError, with name and remedy, if a parameter is not finite."""
    bad = [n for n, p in parameters.items() if not bool(torch.isfinite(p).all())]
    if bad:
        raise UsageError(
            f"parameters {', '.join(bad)} are not finite: training diverged, or the file is "
            "damaged; start again with a lower learning rate"
        )
