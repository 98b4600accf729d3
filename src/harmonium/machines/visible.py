"""The visible groups of a machine, and rows of data as values of these groups."""

from collections.abc import Mapping, Sequence
from functools import partial

import torch
from torch import Tensor

from harmonium.data import Rows, mapped
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, State
from harmonium.units import Units

__all__ = [
    "by_group",
    "given_rows",
    "known_values",
    "observed_state",
    "spans",
    "visible",
    "visible_groups",
    "visible_state",
]


def visible_groups(graph: EnergyGraph) -> tuple[str, ...]:
    """Names of the groups that hold a row of data, in the order of its values.

    That is the group "v". In a machine without one, the groups with a single neighbour: the ends
    of the pathways of a ``multimodal_dbm``.

    Raises:
        ValueError: there are no such groups.

    >>> from harmonium import dbm, multimodal_dbm
    >>> visible_groups(dbm(6, 4, 2))
    ('v',)
    >>> visible_groups(multimodal_dbm({"picture": [8, 6], "words": [5]}, joint=4))
    ('picture', 'words')
    """
    if "v" in graph.units:
        return ("v",)
    ends = tuple(n for n in graph.units if len(graph.neighbours(n) - {n}) == 1)
    if not ends:
        raise UsageError(
            f"the machine has the groups {[*graph.units]}: none is called 'v', and none has a "
            "single neighbour, so that it is not known which of them hold data"
        )
    return ends


def spans(graph: EnergyGraph, groups: Sequence[str]) -> dict[str, slice]:
    """Group -> its values in a flat row ``(D,)``: one group after the other.

    >>> from harmonium import multimodal_dbm
    >>> spans(multimodal_dbm({"picture": [8, 6], "words": [5]}, joint=4), ("picture", "words"))
    {'picture': slice(0, 8, None), 'words': slice(8, 13, None)}
    """
    found, at = {}, 0
    for name in groups:
        found[name] = slice(at, at := at + graph.units[name].shape.numel())
    return found


def visible_state(graph: EnergyGraph, x: Tensor, *, groups: Sequence[str]) -> State:
    """Rows ``(N, ...)`` as values of the visible groups, of their shape, dtype and device.

    Raises:
        ValueError: the rows have another number of values.
    """
    places = spans(graph, groups)
    width = places[groups[-1]].stop
    _check_width(x, width)
    flat = x.flatten(1)
    return {name: visible(graph.units[name], flat[:, at]) for name, at in places.items()}


def visible(units: Units, x: Tensor) -> Tensor:
    """Converts rows ``(N, ...)`` to the shape, dtype and device of a visible group.

    Raises:
        ValueError: the rows have another number of values.
    """
    _check_width(x, units.shape.numel())
    return x.to(units.bias).reshape(x.shape[0], *units.shape)


def observed_state(
    graph: EnergyGraph, batch: Mapping[str, Tensor], *, groups: Sequence[str]
) -> State:
    """The visible groups that a batch has values of: in "x", or in columns of their names.

    Raises:
        ValueError: it has none, or rows have another number of values.
    """
    if "x" in batch:
        return visible_state(graph, batch["x"], groups=groups)
    found = {name: visible(graph.units[name], batch[name]) for name in groups if name in batch}
    if not found:
        raise UsageError(f"the batch has no column 'x' and none of {', '.join(groups)}")
    return found


def by_group(graph: EnergyGraph, x: Rows, *, groups: Sequence[str]) -> dict[str, Rows]:
    """``visible_state`` of rows that may be in a file; their type and device stay the same."""
    found: dict[str, Rows] = {}
    for name, at in spans(graph, groups).items():
        shape = graph.units[name].shape
        found[name] = mapped(x, partial(_part, at=at, shape=tuple(shape)), each=shape)
    return found


def known_values(
    graph: EnergyGraph, x: Tensor | None, *, groups: Sequence[str], fill: State | None = None
) -> tuple[State, dict[str, Tensor | bool]]:
    """Values of the visible groups of which some are known, and masks that are True for these.

    Args:
        graph: the machine.
        x: rows ``(N, D)`` with NaN for missing values; None if all are missing.
        groups: the visible groups.
        fill: name -> values in place of missing ones; None: the means without a field.

    Raises:
        ValueError: the rows have another number of values, or a known one is outside its domain.
    """
    seen: dict[str, Tensor] = {}
    masks: dict[str, Tensor | bool] = {}
    if x is None:
        return seen, masks
    for name, values in visible_state(graph, x, groups=groups).items():
        units, known = graph.units[name], ~values.isnan()
        if not bool(known.any()):
            continue
        rest = units.mean(torch.zeros_like(values)).detach() if fill is None else fill[name]
        seen[name], masks[name] = torch.where(known, values, rest), known
        units.check(seen[name])
    return seen, masks


def given_rows(
    graph: EnergyGraph, given: Mapping[str, Tensor], *, n: int, groups: Sequence[str]
) -> Tensor | None:
    """The known values of n rows, NaN for free ones, ``(n, D)``; None if none are known.

    Args:
        graph: the machine.
        given: "x", ``(n, D)`` or ``(D,)``; or columns by the names of visible groups.
        n: number of rows.
        groups: the visible groups.
    """
    if "x" in given:
        return given["x"].expand(n, -1)
    own = {name: at for name, at in spans(graph, groups).items() if name in given}
    if not own:
        return None
    width = sum(graph.units[name].shape.numel() for name in groups)
    x = next(graph.parameters()).new_full((n, width), torch.nan)
    for name, at in own.items():
        x[:, at] = given[name].flatten(1).expand(n, -1).to(x)
    return x


def _part(x: Tensor, *, at: slice, shape: tuple[int, ...]) -> Tensor:
    return x.flatten(1)[:, at].reshape(-1, *shape)


def _check_width(x: Tensor, width: int) -> None:
    if x.flatten(1).shape[1] != width:
        raise UsageError(
            f"rows of shape {tuple(x.shape)}, but the model has {width} visible units: "
            f"give (N, {width})"
        )
