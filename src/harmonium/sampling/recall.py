r"""Recall of a stored pattern, with sequential or with parallel updates.

Sequential updates set one unit after the other to its most probable value (``mode``). The energy
never rises, so every initial state ends in a fixed point. Parallel updates compute all units from
the old values. They are not Gibbs steps, and the energy can rise: with symmetric weights the
quantity that never rises is :math:`-x_{t+1}^\top J x_t - b^\top (x_t + x_{t+1})`, and the net ends
in a fixed point or in a cycle of two states (Goles, Fogelman and Pellegrin, 1985,
https://doi.org/10.1016/0166-218X(85)90029-0).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.graph import Graph, State
from harmonium.sampling.rules import mode
from harmonium.sampling.sweep import Hold, complete, swept

__all__ = ["Recall", "overlap", "recall", "recall_at_once", "trail"]


@dataclass(frozen=True)
class Recall:
    """The result of a recall."""

    state: State
    """The final state, name -> ``(B, *shape)``."""
    energies: Tensor
    """The energy before the first step and after each step, in nats, ``(steps + 1, B)``."""
    period: Tensor
    """``(B,)``: 1 in a fixed point, 2 in a cycle of two states, 0 if neither is reached yet."""


@checked
@torch.no_grad()
def recall(graph: Graph, state: State, *, sweeps: Count = 100, hold: Hold | None = None) -> Recall:
    """Recall with sequential updates: sweeps with the rule ``mode`` until nothing changes.

    The energy never rises.

    Args:
        graph: a machine or view, such as a Hopfield net.
        state: name -> ``(B, *shape)``; missing groups are completed by ``mode``.
        sweeps: maximum number of sweeps.
        hold: as in ``sweep``: values that are known for certain.
    """
    state = complete(graph, state, rule=mode)
    energies = [graph.energy(state)]
    still = torch.zeros(len(energies[0]), dtype=torch.bool, device=energies[0].device)
    for _ in range(sweeps):
        new, _ = swept(graph, state, rule=mode, hold=hold)
        still = _same(new, state)
        state = new
        energies.append(graph.energy(state))
        if bool(still.all()):
            break
    return Recall(state, torch.stack(energies), still.long())


@checked
@torch.no_grad()
def recall_at_once(graph: Graph, state: State, *, steps: Count = 100) -> Recall:
    """Recall with parallel updates, until every row is in a fixed point or a cycle of two states.

    The energy can rise (see the module).

    Args:
        graph: a machine or view.
        state: name -> ``(B, *shape)``; missing groups are completed by ``mode``.
        steps: maximum number of steps.
    """
    old: State | None = None
    state = complete(graph, state, rule=mode)
    energies = [graph.energy(state)]
    period = torch.zeros(len(energies[0]), dtype=torch.long, device=energies[0].device)
    for _ in range(steps):
        new = {n: mode(u, graph.field(n, state)) for n, u in graph.units.items()}
        still = _same(new, state)
        back = still if old is None else _same(new, old)
        period = torch.where(still, 1, torch.where(back, 2, 0))
        old, state = state, new
        energies.append(graph.energy(state))
        if bool((period > 0).all()):
            break
    return Recall(state, torch.stack(energies), period)


@checked
@torch.no_grad()
def trail(graph: Graph, state: State, *, every: Count = 1, sweeps: Count = 100) -> State:
    """The states that ``recall`` passes through.

    Args:
        graph: a machine or view.
        state: name -> ``(B, *shape)``; missing groups are completed by ``mode``.
        every: record a state after so many units; a one-hot vector is one unit.
        sweeps: maximum number of sweeps; it ends after a sweep in which nothing changed.

    Returns:
        name -> ``(records, B, *shape)``, the initial state first.
    """
    state = complete(graph, state, rule=mode)
    states = [state]
    for _ in range(sweeps):
        before = state
        for name, units in graph.units.items():
            whole = len(units.shape) - units.unit_axes
            ones = [1] * units.unit_axes
            order = torch.arange(units.shape[:whole].numel(), device=units.bias.device)
            rest = dict.fromkeys(set(graph.units) - {name}, True)
            for block in order.split(every):
                held = torch.isin(order, block, invert=True).reshape(*units.shape[:whole], *ones)
                hold: Hold = {**rest, name: held.expand(units.shape)}
                state, _ = swept(graph, state, rule=mode, hold=hold)
                states.append(state)
        if bool(_same(before, state).all()):
            break
    return {name: torch.stack([s[name] for s in states]) for name in graph.units}


def overlap(x: Tensor, patterns: Tensor) -> Tensor:
    """The overlap of rows with patterns, the mean product of their spins, ``(B,)``; 1 if equal.

    Args:
        x: ``(B, *shape)`` of -1 and +1.
        patterns: the same shape, or one pattern ``(1, *shape)`` for all.
    """
    return (x * patterns).flatten(1).mean(1)


def _same(a: State, b: State) -> Tensor:
    parts = [(a[n] == b[n]).flatten(1).all(1) for n in a]
    return torch.stack(parts).all(0)
