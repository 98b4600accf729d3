"""The sweep: every group once, each from the newest values of the others."""

from collections.abc import Mapping
from functools import partial

import torch
from torch import Tensor

from harmonium.ambient import room
from harmonium.arguments import checked, named
from harmonium.bounds import Size
from harmonium.errors import UsageError, UsageTypeError
from harmonium.graph import Graph, State
from harmonium.random import Source
from harmonium.sampling.blockwise import blockwise
from harmonium.sampling.rules import Rule, sample
from harmonium.units import Units

__all__ = ["Hold", "check_hold", "check_mask", "complete", "sweep", "swept"]

Hold = Mapping[str, bool | Tensor]
"""Group name -> True (keep all of it), or a boolean mask, of the group's shape or with a row
axis in front, that is True where a unit keeps its value."""


@checked
@torch.no_grad()
def sweep(
    graph: Graph,
    state: State,
    *,
    rule: Rule = sample,
    hold: Hold | None = None,
    source: Source = None,
) -> tuple[State, Mapping[str, Tensor]]:
    """Updates every group once, each from the newest values of the others.

    With the rule ``sample`` this is a valid Gibbs kernel in any order on any graph; no colouring
    is needed. (Updating all groups from *old* values is wrong.) A group wired to itself moves in
    the blocks that its connection hands out.

    Args:
        graph: a machine or a view of one.
        state: values of every group, ``(B, *shape)``. It is not changed.
        rule: ``sample``, ``mean`` or ``mode``.
        hold: what keeps its value: data, a label, the seen half of an image.
        source: random numbers.

    Returns:
        The new state, and the field that each wholly updated group was updated from (a group
        wired to itself, or held in part, has none).

    Raises:
        TypeError: the state, a mask, the rule or the source is of another kind.
        ValueError: the state does not fit the graph, the parameters are not finite or give no
            distribution, or a mask holds a one-hot unit in part.
    """
    graph.check(state, needed=_read(graph, hold or {}), finite=True)
    graph.check_proper()
    check_hold(graph, hold or {})
    return swept(graph, state, rule=rule, hold=hold, source=source)


@torch.no_grad()
def swept(
    graph: Graph,
    state: State,
    *,
    rule: Rule = sample,
    hold: Hold | None = None,
    source: Source = None,
) -> tuple[State, Mapping[str, Tensor]]:
    """``sweep`` without a look at what it is given: for loops whose state is known to fit."""
    hold = hold or {}
    graph.known(hold)
    new = dict(state)
    fields: dict[str, Tensor] = {}
    for name, units in graph.units.items():
        kept = hold.get(name, False)
        if kept is True:
            continue
        mask = kept if isinstance(kept, Tensor) else None
        if mask is not None:
            check_mask(units, mask, name=name)
        if graph.blocks(name) is not None:
            draw = partial(rule, source=source)
            new[name] = blockwise(graph, name, state=new, draw=draw, mask=mask)
            continue
        given = graph.field(name, new)
        value = rule(units, given, source=source)
        if mask is None:
            fields[name] = given
        else:
            value = torch.where(mask, new[name], value)
        new[name] = value
    return new, fields


def _read(graph: Graph, hold: Hold) -> list[str]:
    """The groups whose values a sweep reads: all but a first one that is drawn anew."""
    names = [*graph.units]
    first = names[:1] if names and hold.get(names[0], False) is False else []
    return [n for n in names if n not in first or n in graph.neighbours(n)]


def check_hold(graph: Graph, hold: Hold) -> None:
    """Raises TypeError or ValueError if what is to be held is no group, mask or truth value."""
    if not isinstance(hold, Mapping):
        raise UsageTypeError(f"hold is {named(hold)}; a mapping from names of groups is needed")
    graph.known(hold)
    for name, kept in hold.items():
        if isinstance(kept, bool):
            continue
        if not isinstance(kept, Tensor) or kept.dtype is not torch.bool:
            kind = kept.dtype if isinstance(kept, Tensor) else named(kept)
            raise UsageTypeError(
                f"group {name!r}: hold is {kind}; True, or a mask (a tensor of torch.bool), is "
                "needed"
            )
        shape = graph.units[name].shape
        if kept.ndim not in (len(shape), len(shape) + 1) or kept.shape[-len(shape) :] != shape:
            raise UsageError(
                f"group {name!r}: the mask has shape {tuple(kept.shape)}; {tuple(shape)} is "
                "needed, or the same with a row axis in front"
            )


def check_mask(units: Units, mask: Tensor, *, name: str) -> None:
    """Raises ValueError if a mask ``(*shape)`` or ``(B, *shape)`` cuts a unit of several numbers.

    Half of a one-hot vector held and half drawn anew may have no one in it, or two.
    """
    if not units.unit_axes:
        return
    parts = mask.expand(torch.broadcast_shapes(mask.shape, units.shape))
    parts = parts.flatten(parts.ndim - units.unit_axes)
    if bool((parts.any(-1) != parts.all(-1)).any()):
        raise UsageError(
            f"group {name!r}: the mask cuts a {type(units).__name__} unit, one vector of "
            f"{parts.shape[-1]} numbers: hold (or leave out) all of it"
        )


@checked
@torch.no_grad()
def complete(
    graph: Graph,
    state: State,
    *,
    rule: Rule = sample,
    rows: Size | None = None,
    source: Source = None,
) -> State:
    """Adds the missing groups: from their neighbours where all are known, else as if alone.

    For an RBM with data this is the exact hidden conditional. ``rows`` is the number of rows of a
    state that is empty.
    """
    if rows is None and not state:
        raise UsageError("the state is empty: say how many rows are wanted")
    graph.check(state)
    new = dict(state)
    n = rows if rows is not None else len(next(iter(state.values())))
    width = sum(units.shape.numel() for units in graph.units.values())
    room(n * width, f"a state of {n} rows and {width} units")
    for name, units in graph.units.items():
        if name in new:
            continue
        if graph.neighbours(name) and graph.neighbours(name) <= set(new):
            given = graph.field(name, new)
        else:
            given = units.bias.new_zeros(n, *units.shape)
            if (extra := graph.extras.get(name)) is not None:
                given = given + extra
        new[name] = rule(units, given, source=source)
    return new
