"""The replay memory: what an agent has seen and done, from which it learns again and again."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from harmonium.data.worlds import seen
from harmonium.errors import UsageError
from harmonium.learning.interleaved import interleaved

__all__ = ["ReplayMemory"]


class ReplayMemory:
    r"""What an agent has seen, done and got, from which batches of transitions are drawn.

    A transition goes from an observation :math:`s_t` and an action :math:`a_t` over
    ``return_steps`` n steps to :math:`s_{t+n}`. Its reward is that of all its steps:

    .. math:: R_t = \sum_{k<n} \gamma^k r_{t+k}

    The value of :math:`s_{t+n}` counts with the weight :math:`\gamma^n`, or with 0 where the
    episode ended. Near the end of an episode, and near the newest frame, a transition has fewer
    steps. With more than one step a late reward reaches an action in fewer updates. The further
    actions are those that were taken, not the best ones, so values are a little too low while the
    agent explores. (Watkins, 1989; "multi-step learning" in Hessel et al., 2018,
    https://arxiv.org/abs/1710.02298.)

    Every frame is stored once. An observation is put together from the last frames of its episode
    when it is drawn; before the first frame, the first one is repeated. (Lin, 1992,
    https://doi.org/10.1007/BF00992699; Mnih et al., 2015, https://doi.org/10.1038/nature14236.)

    Args:
        capacity: number of frames; the oldest ones are overwritten.
        frame: an example of a frame, for its shape and type.
        frames: number of frames that make an observation.
        return_steps: n, the steps of a transition.
        discount: gamma, the weight of a reward one step later.

    Raises:
        ValueError: the capacity is too small for a single observation and its successor.
    """

    def __init__(
        self,
        capacity: int,
        frame: Tensor,
        *,
        frames: int = 1,
        return_steps: int = 1,
        discount: float = 0.99,
    ) -> None:
        if capacity < frames + 2:
            raise UsageError(
                f"memory is {capacity}: observations of {frames} frames need at least {frames + 2}"
            )
        self.frames, self.return_steps, self.discount = frames, return_steps, discount
        self._frames = frame.new_zeros(capacity, *frame.shape)
        self._age = torch.zeros(capacity, dtype=torch.int64)
        self._action = torch.full((capacity,), -1, dtype=torch.int64)
        self._reward = torch.zeros(capacity, dtype=torch.float32)
        self._ended = torch.zeros(capacity, dtype=torch.bool)
        self._written = 0

    def __len__(self) -> int:
        """Number of frames in memory."""
        return min(self._written, len(self._frames))

    def see(self, frame: Tensor, age: int) -> None:
        """Stores a frame, which is the ``age``-th of its episode, from 0."""
        at = self._written % len(self._frames)
        self._frames[at] = frame
        self._age[at] = age
        self._action[at] = -1
        self._written += 1

    def act(self, action: int, reward: float, *, ended: bool) -> None:
        """Stores what was done after the last frame, and what came of it."""
        at = (self._written - 1) % len(self._frames)
        self._action[at], self._reward[at], self._ended[at] = action, reward, ended

    def drawn(self, size: int, source: torch.Generator) -> dict[str, Tensor]:
        """Draws transitions, all equally likely, with replacement.

        Returns:
            "x" and "next", observations ``(size, *shape)``, pictures in [0, 1]; "action", the
            first one, "reward", of all steps, and "discount", the weight of the value of "next",
            all ``(size,)``.

        Raises:
            ValueError: there is no transition yet.
        """
        at = self._places(size, source)
        reward, discount, after = self._followed(at)
        return {
            "x": self._observed(at),
            "next": self._observed(after),
            "action": self._action[at],
            "reward": reward,
            "discount": discount,
        }

    def _followed(self, at: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Reward, weight of the value of what followed, and its place, of transitions there."""
        reward = torch.zeros(len(at), dtype=torch.float32)
        discount = torch.ones(len(at), dtype=torch.float32)
        for _ in range(self.return_steps):
            acted = self._action[at] >= 0  # not so after the last frame of an episode
            reward += acted * discount * self._reward[at]
            discount = discount.where(~acted, self.discount * discount * ~self._ended[at])
            at = (at + acted) % len(self._frames)
        return reward, discount, at

    def _places(self, size: int, source: torch.Generator) -> Tensor:
        """Draws places of transitions whose frames are all in memory."""
        capacity, n = len(self._frames), len(self)
        oldest = self._written - n
        places = torch.empty(0, dtype=torch.int64)
        for _ in range(100):
            k = torch.randint(n, (2 * size,), generator=source, device=source.device).cpu()
            at = (oldest + k) % capacity
            whole = k >= self._age[at].clamp(max=self.frames - 1)
            places = torch.cat([places, at[whole & (self._action[at] >= 0)]])
            if len(places) >= size:
                return places[:size]
        raise UsageError(f"a memory of {n} frames without a transition: let the agent act first")

    def _observed(self, at: Tensor) -> Tensor:
        """Observations that end with the frames at these places."""
        back = torch.arange(self.frames - 1, -1, -1)
        back = torch.minimum(back.expand(len(at), -1), self._age[at][:, None])
        frames = self._frames[(at[:, None] - back) % len(self._frames)].flatten(1, 2)
        return seen(interleaved(frames))  # bytes are brought into another order faster than floats

    def state_dict(self) -> dict[str, Any]:
        """What is stored, and how many frames were ever written."""
        n = len(self)
        return {
            "written": self._written,
            "frames": self._frames[:n].clone(),
            "age": self._age[:n].clone(),
            "action": self._action[:n].clone(),
            "reward": self._reward[:n].clone(),
            "ended": self._ended[:n].clone(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``.

        Raises:
            ValueError: it holds more frames than this memory, or frames of another shape.
        """
        n = len(state["frames"])
        if n > len(self._frames) or state["frames"].shape[1:] != self._frames.shape[1:]:
            raise UsageError(
                f"a memory of {tuple(state['frames'].shape)} does not fit one of "
                f"{tuple(self._frames.shape)}: go on with the same settings"
            )
        self._written = state["written"]
        for name in ("frames", "age", "action", "reward", "ended"):
            getattr(self, f"_{name}")[:n] = state[name]
