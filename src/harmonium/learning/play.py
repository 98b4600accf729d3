"""Batches that an agent makes itself: it plays, remembers, and learns from its memory."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from harmonium.data.worlds import Player
from harmonium.learning.replay import ReplayMemory

__all__ = ["Exploration", "Play"]


@dataclass(frozen=True)
class Exploration:
    r"""The share of random actions, which falls linearly while the agent plays.

    .. math:: \epsilon_t = \epsilon_0 + (\epsilon_1 - \epsilon_0) \min(1, t / T)

    Args:
        first: share at the start.
        last: share after the fall.
        steps: number of steps T of the fall.

    >>> fall = Exploration(1.0, 0.1, steps=100)
    >>> fall(0), fall(50), fall(1000)
    (1.0, 0.55, 0.1)
    """

    first: float
    last: float
    steps: int

    def __call__(self, step: int) -> float:
        """The share of random actions at a step."""
        return self.first + (self.last - self.first) * min(1.0, step / self.steps)


@dataclass
class Play:
    """Batches of remembered transitions; before each batch the agent takes some steps.

    It is a pass over data in the sense of ``data.Passes``: it can be stopped after any batch, and
    goes on exactly there, with the world, the memory and the random numbers as they were.

    Args:
        player: the world.
        memory: of what was seen and done.
        act: batch of observations "x" ``(B, *shape)`` -> the best actions ``(B,)``.
        size: transitions of a batch.
        updates: batches of a pass.
        steps: actions before each batch.
        warm_up: random actions before the first batch.
        exploration: share of random actions.
        source: generator of random actions and of batches, which come on its device.
        clip_reward: whether rewards are cut to [-1, 1] in memory, so that games with different
            scores learn at one rate.

    Attributes:
        taken: number of actions so far.
        returns: sums of rewards of the episodes that ended in this pass.
    """

    player: Player
    memory: ReplayMemory
    act: Callable[[Mapping[str, Tensor]], Tensor]
    size: int
    updates: int
    steps: int
    warm_up: int
    exploration: Exploration
    source: torch.Generator
    clip_reward: bool = False
    taken: int = field(default=0, init=False)
    returns: list[float] = field(default_factory=list, init=False)
    _sum: float = field(default=0.0, init=False)
    _at: int = field(default=0, init=False)

    def __len__(self) -> int:
        return self.updates

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        self._at %= self.updates
        if not self._at:
            self.returns = []
        if not self.taken:
            self.memory.see(self.player.frame, self.player.age)
            for _ in range(self.warm_up):
                self._step(1.0)
        while self._at < self.updates:
            for _ in range(self.steps):
                self._step(self.exploration(self.taken - self.warm_up))
            self._at += 1
            drawn = self.memory.drawn(self.size, self.source)
            yield {name: x.to(self.source.device) for name, x in drawn.items()}

    @property
    def share(self) -> float:
        """The present share of random actions."""
        return self.exploration(max(0, self.taken - self.warm_up))

    def _step(self, share: float) -> None:
        """Takes an action, the best one or a random one, and remembers it."""
        player, memory = self.player, self.memory
        source = self.source
        on = source.device
        if float(torch.rand((), generator=source, device=on, dtype=torch.float32)) < share:
            action = int(torch.randint(player.actions, (), generator=source, device=on))
        else:
            action = int(self.act({"x": player.observation[None]}))
        reward, ended, over = player.step(action)
        self.taken += 1
        self._sum += reward
        memory.act(
            action, max(-1.0, min(1.0, reward)) if self.clip_reward else reward, ended=ended
        )
        memory.see(player.frame, player.age)
        if over:
            self.returns.append(self._sum)
            self._sum = 0.0
            player.begin()
            memory.see(player.frame, player.age)

    def state_dict(self) -> dict[str, Any]:
        """World, memory, and counters."""
        return {
            "player": self.player.state_dict(),
            "memory": self.memory.state_dict(),
            "taken": self.taken,
            "returns": [*self.returns],
            "sum": self._sum,
            "at": self._at,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``; the next pass goes on from there."""
        self.player.load_state_dict(state["player"])
        self.memory.load_state_dict(state["memory"])
        self.taken, self._sum = state["taken"], state["sum"]
        self.returns, self._at = [*state["returns"]], state["at"]
