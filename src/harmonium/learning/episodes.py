"""Whole episodes, played without learning."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from harmonium.data import Player, World

__all__ = ["returns_of"]

_AT_ONCE = 16
"""Episodes that are played side by side, so that their actions are computed together."""


def returns_of(
    world: World,
    act: Callable[[Mapping[str, Tensor]], Tensor] | None,
    *,
    episodes: int,
    exploration: float = 0.0,
    source: torch.Generator,
) -> Tensor:
    """Plays episodes and returns the sums of their rewards, ``(episodes,)``, float64.

    Args:
        world: to play in.
        act: batch of observations "x" ``(B, *shape)`` -> actions ``(B,)``; None acts at random.
        episodes: number of episodes.
        exploration: share of random actions.
        source: generator of episodes and random actions.
    """
    players = [Player(world, source) for _ in range(min(_AT_ONCE, episodes))]
    sums, found = [0.0] * len(players), list[float]()
    waiting = episodes - len(players)
    active = [*range(len(players))]
    while active:
        actions = torch.randint(players[0].actions, (len(active),), generator=source)
        if act is not None:
            best = act({"x": torch.stack([players[k].observation for k in active])})
            free = torch.rand(len(active), generator=source, dtype=torch.float32) < exploration
            actions = torch.where(free, actions, best.cpu())
        left = []
        for k, action in zip(active, actions.tolist(), strict=True):
            reward, _, over = players[k].step(action)
            sums[k] += reward
            if over:
                found.append(sums[k])
                if not waiting:
                    continue
                waiting, sums[k] = waiting - 1, 0.0
                players[k].begin()
            left.append(k)
        active = left
    return torch.tensor(found, dtype=torch.float64)
