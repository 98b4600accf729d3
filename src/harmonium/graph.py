r"""The energy graph: named groups of units, joined by connections.

.. math:: E(x) = \sum_a U_a(x_a) + \sum_{ab} E_{ab}(x_a, x_b), \qquad p(x) = e^{-E(x)} / Z

Samplers and learning rules use a graph through ``field``, ``energy`` and ``free_energy`` only. All
three follow from one description: units, scaled edges, extra fields and a constant. A trained
machine is an ``EnergyGraph``; a ``View`` is an edited description of one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from harmonium.arguments import checked, named
from harmonium.connections import Connection
from harmonium.errors import UsageError, UsageTypeError
from harmonium.proper import check_normalisable
from harmonium.states import check_parameters, check_state
from harmonium.units import Units

__all__ = ["Edge", "EnergyGraph", "Graph", "Scale", "State", "View", "scaled"]

State = Mapping[str, Tensor]
"""Group name -> values ``(B, *shape)``; never changed in place."""

Scale = float | Tensor
"""A number, or one per row ``(B,)``."""

_MISFIT = (KeyError, IndexError, TypeError, AttributeError, RuntimeError)
"""Errors that Python and torch raise when a state does not fit a graph."""


@dataclass(frozen=True)
class Edge:
    """A connection from one group to another, its energy multiplied by a scale."""

    source: str
    target: str
    connection: Connection
    scale: Scale = 1.0
    """A number, or one per row ``(B,)``."""

    def times(self, factor: Scale) -> "Edge":
        """The same edge with its scale multiplied by a factor."""
        return Edge(self.source, self.target, self.connection, self.scale * factor)


def scaled(x: Tensor, scale: Scale) -> Tensor:
    """Multiplies rows ``(B, ...)`` by a number, or each row by its own."""
    if isinstance(scale, Tensor) and scale.ndim:
        return x * scale.reshape(-1, *[1] * (x.ndim - 1))
    return x if isinstance(scale, float) and scale == 1.0 else x * scale


class Graph:
    """A description of an energy, with its fields, energies and free energies.

    ``units`` maps group names to units; ``edges`` join groups; ``extras`` are fields added to a
    group, ``(*shape)`` or ``(B, *shape)``; ``constant`` is added to every energy, in nats.
    """

    units: Mapping[str, Units]
    edges: Sequence[Edge]
    extras: Mapping[str, Tensor]
    constant: Scale

    def field(self, name: str, state: State, *, rows: Tensor | None = None) -> Tensor:
        """The field of a group, its total input: -dE/dx without the group's own energy.

        Args:
            name: the group.
            state: values of (at least) its neighbours.
            rows: compute it for these units only: indices into the flattened group.

        Returns:
            ``(B, *shape)``, or ``(B, len(rows), ...)``; zeros if the group has no neighbours, for
            as many rows as the state has.
        """
        total: Tensor | None = None
        try:
            for e in self.edges:
                if e.target == name:
                    part = e.connection(state[e.source], rows=rows)
                elif e.source == name:
                    part = e.connection.adjoint(state[e.target], rows=rows)
                else:
                    continue
                part = scaled(part, e.scale)
                total = part if total is None else total + part
        except _MISFIT:  # check only after a failure: it costs time, and explains the error
            self.check(state, needed=self.neighbours(name) - {name})
            raise
        if total is None:
            self.known([name])
            shape = self.units[name].shape if rows is None else self.units[name].at(rows).shape
            bias = self.units[name].bias
            n = next(iter(state.values())).shape[0] if state else 1
            total = bias.new_zeros(n, *shape)
        if (extra := self.extras.get(name)) is not None:
            total = total + (extra if rows is None else _some(extra, self.units[name], rows=rows))
        return total

    def energy(self, state: State) -> Tensor:
        """E(x) in nats, ``(B,)``; infinite for values outside the domain of their family."""
        return self.free_energy(state, ())

    def free_energy(
        self, state: State, out: Sequence[str], *, fields: Mapping[str, Tensor] | None = None
    ) -> Tensor:
        r"""The energy with the groups ``out`` summed out: :math:`-\log \sum_{out} e^{-E}`.

        For an RBM and ``out=("h",)`` this is the usual free energy; in a deep machine ``out`` can
        be every other layer. Differentiable by autograd.

        Args:
            state: values of the remaining groups.
            out: groups of which no two are connected and none is connected to itself.
            fields: fields of ``out``, if they are already computed.

        Returns:
            nats, ``(B,)``; infinite for values outside the domain of their family. Means of
            states (grey pixels) are inside: the formula of the energy applies to them as well.

        Raises:
            ValueError: two of the groups ``out`` are connected, or the state does not fit.
        """
        out = (out,) if isinstance(out, str) else tuple(out)
        self.known(out)
        if len(set(out)) < len(out):
            raise UsageError(f"groups {list(out)}: name each group once")
        needed = [name for name in self.units if name not in out]
        self.check(state, needed=needed)
        total = self.potential(state, out, fields=fields)
        wrong = [self.units[name].outside(state[name]) for name in needed]
        for rows in wrong:
            total = torch.where(rows, torch.inf, total)
        return total

    def potential(
        self, state: State, out: Sequence[str], *, fields: Mapping[str, Tensor] | None = None
    ) -> Tensor:
        """``free_energy`` without checks of the state, for states drawn by a sampler.

        Args:
            state: values of the remaining groups.
            out: groups to sum out.
            fields: fields of ``out``, if they are already computed.
        """
        kept = [name for name in self.units if name not in out]
        total = sum(
            (self.units[n].energy(state[n]) - self._extra_term(n, state[n]) for n in kept),
            start=torch.as_tensor(self.constant),
        )
        for e in self.edges:
            inside = (e.source in out) + (e.target in out)
            if inside == 2:
                raise UsageError(
                    f"groups {e.source!r} and {e.target!r} are connected and cannot both be "
                    f"summed out; choose one of {[list(s) for s in self.summable()]}"
                )
            if inside == 0:
                energy = e.connection.energy(state[e.source], state[e.target])
            elif e.connection.linear:
                continue
            else:
                energy = self._offset_energy(e, state, out=out)
            total = total + scaled(energy, e.scale)
        for name in out:
            given = None if fields is None else fields.get(name)
            given = self.field(name, state) if given is None else given
            total = total - self.units[name].log_partition(given)
        return total

    def _extra_term(self, name: str, x: Tensor) -> Tensor | float:
        """The product of a group's values with its extra field, ``(B,)``."""
        extra = self.extras.get(name)
        return 0.0 if extra is None else (extra * x).flatten(1).sum(1)

    def _offset_energy(self, e: Edge, state: State, *, out: Sequence[str]) -> Tensor:
        """The energy of an affine connection when its group in ``out`` is zero."""
        gone, stays = (e.source, e.target) if e.source in out else (e.target, e.source)
        zero = state[stays].new_zeros(state[stays].shape[0], *self.units[gone].shape)
        ends = {stays: state[stays], gone: zero}
        return e.connection.energy(ends[e.source], ends[e.target])

    def neighbours(self, name: str) -> set[str]:
        """Groups that a group is connected to; the group itself if it has lateral weights."""
        ends = ((e.source, e.target) for e in self.edges)
        return {b if a == name else a for a, b in ends if name in (a, b)}

    def blocks(self, name: str) -> Sequence[Tensor] | None:
        """Sets of units of a group that can be updated in parallel; None: all of them."""
        for e in self.edges:
            if e.source == e.target == name:
                return e.connection.blocks()
        return None

    def summable(self) -> Iterator[tuple[str, ...]]:
        """Every set of groups that ``free_energy`` can sum out, including the empty set."""

        def grow(chosen: tuple[str, ...], left: list[str]) -> Iterator[tuple[str, ...]]:
            yield chosen
            for i, name in enumerate(left):
                if not self.neighbours(name) & {name, *chosen}:
                    yield from grow((*chosen, name), left[i + 1 :])

        return grow((), list(self.units))

    def known(self, names: Iterable[str]) -> None:
        """Raises ValueError if a name is not the name of a group."""
        if unknown := set(names) - set(self.units):
            raise UsageError(f"no group {sorted(map(str, unknown))}; there are {[*self.units]}")

    def check(self, state: State, *, needed: Iterable[str] = (), finite: bool = False) -> None:
        """Raises TypeError or ValueError if a state does not fit (``states.check_state``)."""
        check_state(self.units, state, needed=needed, finite=finite)

    def check_proper(self) -> None:
        """Raises ValueError if a parameter is not finite or the energy cannot be normalised.

        Estimators of log Z and samplers that users call make this check first.
        """
        check_parameters(
            {
                f"{place}.{name}": p
                for place, part in (
                    *((f"units.{n}", u) for n, u in self.units.items()),
                    *((f"connections.{e.source}-{e.target}", e.connection) for e in self.edges),
                )
                for name, p in part.named_parameters()
            }
        )
        self.check_normalisable()

    def check_normalisable(self) -> None:
        """Raises ValueError if connected groups have an energy that cannot be normalised.

        See ``proper.check_normalisable``.
        """
        check_normalisable(self.units, self.edges)

    def given(self, **context: Tensor) -> "View":
        """A view with one number per row bound to groups that need it: ``given(v=lengths)``."""
        self.known(context)
        bound = {n: u.given(context[n]) if n in context else u for n, u in self.units.items()}
        return View(bound, self.edges, self.extras, self.constant)


def _some(extra: Tensor, units: Units, *, rows: Tensor) -> Tensor:
    whole = extra if extra.ndim > len(units.shape) else extra.expand(1, *units.shape)
    return whole.flatten(1, len(units.shape) - units.unit_axes)[:, rows]


@dataclass(frozen=True)
class View(Graph):
    """A graph made of the parts of another one: it copies nothing and changes no machine."""

    units: Mapping[str, Units]
    edges: Sequence[Edge]
    extras: Mapping[str, Tensor] = field(default_factory=dict)
    constant: Scale = 0.0


class EnergyGraph(nn.Module, Graph):
    """A machine: a graph that owns its units and connections, and so its parameters.

    Args:
        units: name -> units. Their order is the order of a sweep.
        connections: (source name, target name) -> connection; a lateral connection names its
            group twice. At most one connection joins two groups.

    Raises:
        ValueError: a name or a shape does not fit, two connections join the same groups, or the
            energy cannot be normalised (table in docs/formalism.md).

    >>> from harmonium import Bernoulli, Dense
    >>> graph = EnergyGraph(
    ...     {"v": Bernoulli(3), "h": Bernoulli(2)}, {("v", "h"): Dense((3,), (2,))}
    ... )
    >>> graph.free_energy({"v": torch.ones(5, 3)}, out=("h",)).shape
    torch.Size([5])
    """

    extras: Mapping[str, Tensor] = {}
    constant: Scale = 0.0

    @checked
    def __init__(
        self, units: Mapping[str, Units], connections: Mapping[tuple[str, str], Connection]
    ) -> None:
        super().__init__()
        _check_groups(units)
        _check_wiring(units, connections)
        self.units = nn.ModuleDict(units)  # type: ignore[assignment]
        self.connections = nn.ModuleDict({f"{a}-{b}": c for (a, b), c in connections.items()})
        self.edges = tuple(Edge(a, b, c) for (a, b), c in connections.items())
        self.check_normalisable()

    @property
    def graphs(self) -> list["EnergyGraph"]:
        """This graph, in a list: as a stack (``BeliefNet``) it has one layer, the top."""
        return [self]

    @property
    def upwards(self) -> list["EnergyGraph"]:
        """The recognition layers below the top: none."""
        return []


def _check_groups(units: Mapping[str, Units]) -> None:
    if not units:
        raise UsageError("no groups: a graph has at least one group of units")
    for name, group in units.items():
        if not isinstance(name, str) or not name.isidentifier() or hasattr(nn.ModuleDict(), name):
            raise UsageError(
                f"group {name!r}: names must be Python identifiers, like 'v' or 'h1', and not "
                "the name of a method of nn.ModuleDict, like 'keys'"
            )
        if not isinstance(group, Units):
            raise UsageTypeError(
                f"group {name!r} is {named(group)}; units are needed, like Bernoulli(3)"
            )


def _check_wiring(
    units: Mapping[str, Units], connections: Mapping[tuple[str, str], Connection]
) -> None:
    joined: set[frozenset[str]] = set()
    for pair, c in connections.items():
        if not isinstance(pair, tuple) or len(pair) != 2 or not isinstance(c, Connection):
            raise UsageTypeError(
                f"connections map (source name, target name) to a connection, like Dense((3,), "
                f"(2,)); here {pair!r} is mapped to {named(c)}"
            )
        a, b = pair
        for name, shape in ((a, c.source), (b, c.target)):
            if name not in units:
                raise UsageError(f"connection {a}-{b}: no group {name!r}; there are {[*units]}")
            if units[name].shape != shape:
                raise UsageError(
                    f"connection {a}-{b} expects {name!r} of shape {tuple(shape)}, "
                    f"but its units have shape {tuple(units[name].shape)}"
                )
        if frozenset((a, b)) in joined:
            raise UsageError(
                f"groups {a!r} and {b!r} are joined twice; replace the connections by their sum"
            )
        joined.add(frozenset((a, b)))
        if a == b and units[a].unit_axes:
            raise UsageError(
                f"connection {a}-{a}: {type(units[a]).__name__} units have several states each, "
                "which a lateral connection cannot distinguish; use two groups"
            )
        if (a == b) and c.blocks() is None:
            raise UsageError(
                f"connection {a}-{a}: {type(c).__name__} cannot join a group to itself"
            )
