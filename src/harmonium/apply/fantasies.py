"""Draws from a machine, free or with known values held."""

import torch
from torch import Tensor

from harmonium.apply.codes import width
from harmonium.graph import EnergyGraph, State
from harmonium.machines import BeliefNet
from harmonium.memory import need
from harmonium.random import generator
from harmonium.sampling import complete, mean, swept

__all__ = ["fantasies"]


@torch.no_grad()
def fantasies(
    machine: EnergyGraph | BeliefNet,
    n: int,
    *,
    sweeps: int = 1000,
    clamp: Tensor | None = None,
    seed: int = 0,
) -> Tensor:
    """Means E[v | h] at the end of n Gibbs chains, ``(n, D)``.

    Args:
        machine: a machine with the visible group "v".
        n: independent chains.
        sweeps: of every chain.
        clamp: known visible values, NaN where free, ``(D,)`` or ``(n, D)``; they stay as they are.
        seed: of the draws.

    Raises:
        ValueError: the clamp does not fit, lies outside of the units' range, the machine is a
            belief net, which draws its visible units in one pass at the end, or so many samples
            need more memory than is free.
    """
    if n < 1 or sweeps < 0:
        raise ValueError(f"{n} samples of {sweeps} sweeps: at least 1 and 0 are needed")
    like = next(machine.parameters())
    graphs = machine.graphs if isinstance(machine, BeliefNet) else [machine]
    units = sum(u.shape.numel() for g in graphs for u in g.units.values())
    need(
        4 * like.element_size() * n * units,  # a state, its successor, fields and random numbers
        f"drawing {n:,d} samples at once",
        remedy="draw fewer, several times over with different seeds",
    )
    device = like.device
    source = generator(seed, device)
    if isinstance(machine, BeliefNet):
        if clamp is not None:
            raise ValueError(
                "a belief net draws its visible units from the layer above in one pass, so none "
                "can be held; train a single rbm to complete rows"
            )
        return machine.generate(n, sweeps=sweeps, source=source).flatten(1)
    state: State
    state, known = _begin(machine, n, clamp=clamp, seed=seed)
    hold = {"v": known} if bool(known.any()) else None
    for _ in range(sweeps):
        state, _ = swept(machine, state, hold=hold, source=source)
    v = mean(machine.units["v"], machine.field("v", state))
    return torch.where(known, state["v"], v).flatten(1)


def _begin(
    machine: EnergyGraph, n: int, *, clamp: Tensor | None, seed: int
) -> tuple[State, Tensor]:
    """The state of every group, and which visible values are held."""
    units = machine.units["v"]
    source = generator(seed, units.bias.device)
    drawn = complete(machine, {}, rows=n, source=source)
    if clamp is None:
        return drawn, torch.zeros_like(drawn["v"], dtype=torch.bool)
    _check_clamp(clamp, n, features=width(machine))
    values = clamp.to(units.bias).expand(n, -1).reshape(n, *units.shape)
    known = ~values.isnan()
    v = torch.where(known, values, drawn["v"])
    units.check(v)
    return complete(machine, {"v": v}, source=source), known


def _check_clamp(clamp: Tensor, n: int, *, features: int) -> None:
    if tuple(clamp.shape) not in {(features,), (1, features), (n, features)}:
        raise ValueError(
            f"known values of shape {tuple(clamp.shape)}, but {n} samples of {features} values "
            f"need ({features},) or ({n}, {features}), NaN where free"
        )
    if bool(clamp.isinf().any()):
        raise ValueError("known values are infinite: give numbers, or NaN where free")
