"""The sweep: updates every group once, given the newest values of the others."""

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
"""Group name -> True (the whole group keeps its values), or a boolean mask that is True where a
unit keeps its value: ``(*shape)`` or ``(B, *shape)``."""


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
    """Updates every group once, given the newest values of the others.

    With the rule ``sample`` this is a valid Gibbs kernel for any graph and any order of groups;
    updating all groups from *old* values would not be. A group with lateral connections is updated
    in the blocks that its connection gives.

    Args:
        graph: a machine or view.
        state: values of every group, ``(B, *shape)``; it is not changed.
        rule: ``sample``, ``mean`` or ``mode``.
        hold: groups or units that keep their values, such as data, a label, half of an image.
        source: random generator.

    Returns:
        The new state, and the field from which each group was updated, name -> ``(B, *shape)``.
        Groups with lateral connections, or held in part, have no such field.

    Raises:
        TypeError: the state, a mask, the rule or the source has the wrong type.
        ValueError: the state does not fit the graph, the parameters are not finite, the energy
            cannot be normalised, or a mask holds a part of a one-hot unit.
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
    """``sweep`` without checks of its arguments, for loops whose state is known to fit."""
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
    """The groups whose values a sweep reads: all except a first group that it updates wholly."""
    names = [*graph.units]
    first = names[:1] if names and hold.get(names[0], False) is False else []
    return [n for n in names if n not in first or n in graph.neighbours(n)]


def check_hold(graph: Graph, hold: Hold) -> None:
    """Raises TypeError or ValueError unless ``hold`` maps groups to True, False or a mask."""
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
    """Raises ValueError if a mask ``(*shape)`` or ``(B, *shape)`` holds a part of a unit.

    If a part of a one-hot vector were held and the rest drawn, it could have no 1, or two.
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
    """Adds the missing groups of a state.

    A group is drawn given its neighbours if all of them are known, else as if it had none. For an
    RBM with data this is an exact sample of the hidden units.

    Args:
        graph: a machine or view.
        state: name -> ``(B, *shape)``, for some groups or none.
        rule: ``sample``, ``mean`` or ``mode``.
        rows: number of rows; needed if the state is empty.
        source: random generator.

    Raises:
        ValueError: the state does not fit the graph, or is empty and ``rows`` is None.
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
