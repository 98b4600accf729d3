r"""Recall: a machine runs downhill to a stored pattern; and what happens if all move at once.

Unit by unit, each to its most probable value (``mode``), the energy never rises, so every start
comes to rest. All units at once, from old values, is *not* such a step, nor a Gibbs step: with
symmetric weights what never rises is :math:`-x_{t+1}^\top J x_t - b^\top (x_t + x_{t+1})`, and a
net ends in a fixed point or in a cycle of two states (Goles, Fogelman and Pellegrin, 1985,
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
    """Where a recall came to."""

    state: State
    """name -> ``(B, *shape)``."""
    energies: Tensor
    """The energy before the first step and after each one, in nats, ``(steps + 1, B)``."""
    period: Tensor
    """``(B,)``: 1 at rest, 2 in a cycle of two states, 0 still on the way."""


@checked
@torch.no_grad()
def recall(graph: Graph, state: State, *, sweeps: Count = 100, hold: Hold | None = None) -> Recall:
    """Sweeps under the rule ``mode``, unit by unit, until nothing moves: the energy never rises.

    Args:
        graph: a machine or view; a Hopfield net, or any other.
        state: name -> ``(B, *shape)``; groups left out are completed by ``mode``.
        sweeps: at most this many.
        hold: as in ``sweep``: what is known for certain.
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
    """All units of all groups at once, from the old values, until each row rests or cycles.

    No Gibbs step and no descent: the energy may rise (see the module).

    Args:
        graph: a machine or view.
        state: name -> ``(B, *shape)``; groups left out are completed by ``mode``.
        steps: at most this many.
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
    """The states that ``recall`` passes through, for those who want to watch it.

    Args:
        graph: a machine or view.
        state: name -> ``(B, *shape)``; groups left out are completed by ``mode``.
        every: look after so many units, vectors of one-hot units as one.
        sweeps: at most this many; it ends after one in which nothing moved.

    Returns:
        name -> ``(looks + 1, B, *shape)``, the start first.
    """
    state = complete(graph, state, rule=mode)
    seen = [state]
    for _ in range(sweeps):
        before = state
        for name, units in graph.units.items():
            whole = len(units.shape) - units.unit_axes
            ones = [1] * units.unit_axes
            order = torch.arange(units.shape[:whole].numel(), device=units.bias.device)
            rest = dict.fromkeys(set(graph.units) - {name}, True)
            for some in order.split(every):
                held = torch.isin(order, some, invert=True).reshape(*units.shape[:whole], *ones)
                hold: Hold = {**rest, name: held.expand(units.shape)}
                state, _ = swept(graph, state, rule=mode, hold=hold)
                seen.append(state)
        if bool(_same(before, state).all()):
            break
    return {name: torch.stack([s[name] for s in seen]) for name in graph.units}


def overlap(x: Tensor, patterns: Tensor) -> Tensor:
    """The mean product of spins of each row with its pattern, 1 if they agree: ``(B,)``.

    Args:
        x: ``(B, *shape)`` of -1 and +1.
        patterns: the same shape, or one pattern ``(1, *shape)`` for all.
    """
    return (x * patterns).flatten(1).mean(1)


def _same(one: State, other: State) -> Tensor:
    parts = [(one[n] == other[n]).flatten(1).all(1) for n in one]
    return torch.stack(parts).all(0)
