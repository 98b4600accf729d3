"""Worlds in which an agent acts: environments of gymnasium, and the game of catch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harmonium.data.catch import catch_world
from harmonium.data.kinds import Classes
from harmonium.errors import DataError
from harmonium.extras import need

__all__ = ["Actions", "Player", "World", "seen"]


@dataclass(frozen=True)
class World:
    """A game or a control task with a fixed number of actions.

    Args:
        game: name in gymnasium, such as "CartPole-v1" or "ALE/Pong-v5"; or "catch".
        frames: number of consecutive frames that make an observation.
        settings: of the environment, name and value.

    >>> World("catch").actions
    ('left', 'stay', 'right')
    """

    game: str
    frames: int = 1
    settings: tuple[tuple[str, Any], ...] = ()

    def made(self, *, drawn: bool = False) -> Any:  # noqa: ANN401
        """Makes the environment, with gymnasium's methods ``reset`` and ``step``.

        Games of the Atari 2600 are preprocessed as by Mnih et al. (2015): every action is repeated
        four times, the brighter of the last two pictures is kept, in grey, 84 x 84, and a game
        begins with up to 30 idle moves.

        Args:
            drawn: whether ``render`` gives pictures.

        Raises:
            ImportError: gymnasium, or what the game needs beside it, is missing.
            ValueError: there is no such environment, or its actions are not numbered.
        """
        if self.game == "catch":
            return catch_world(**dict(self.settings))
        gym = need("gymnasium", "environments are run by")
        given = dict(self.settings) | ({"render_mode": "rgb_array"} if drawn else {})
        atari = self.game.startswith("ALE/")
        if atari:
            gym.register_envs(need("ale_py", "Atari games are run by"))
            need("cv2", "Atari pictures are made smaller by")
            given["frameskip"] = 1  # the preprocessing repeats actions
        try:
            world = gym.make(self.game, **given)
        except (gym.error.Error, TypeError, ValueError) as error:
            raise DataError(
                f"no world {self.game!r} can be made ({error}): give the name of an environment "
                "of gymnasium, such as CartPole-v1, and its own settings"
            ) from error
        if not isinstance(world.action_space, gym.spaces.Discrete):
            raise DataError(
                f"world {self.game}: its actions are {world.action_space}, and numbered actions "
                "are needed (gymnasium.spaces.Discrete)"
            )
        if not isinstance(world.observation_space, gym.spaces.Box):
            raise DataError(
                f"world {self.game}: its observations are {world.observation_space}, and arrays "
                "are needed (gymnasium.spaces.Box)"
            )
        return gym.wrappers.AtariPreprocessing(world) if atari else world

    @property
    def actions(self) -> tuple[str | int, ...]:
        """Names of the actions, or their numbers."""
        world = self.made()
        named = getattr(world.unwrapped, "get_action_meanings", None)
        names = range(int(world.action_space.n)) if named is None else named()
        world.close()
        return tuple(n if isinstance(n, int) else str(n).lower() for n in names)


@dataclass(frozen=True, repr=False)
class Actions(Classes):
    """Actions in a world, as indices into their names.

    Args:
        names: of the actions.
        world: in which they are taken.
    """

    world: World = World("catch")


class Player:
    """A world that is being played, whose place can be saved.

    A world is reproducible from the seed with which an episode begins and the actions since then.
    Those are its state, so that every world can be saved and restored exactly.

    Args:
        world: to play in.
        source: generator of the seeds of episodes.
        drawn: whether ``picture`` works.

    Attributes:
        age: number of frames of this episode before the last one.
    """

    def __init__(self, world: World, source: torch.Generator, *, drawn: bool = False) -> None:
        self.world, self.source = world, source
        self._made = world.made(drawn=drawn)
        self.actions = int(self._made.action_space.n)
        self._seed, self._taken = 0, list[int]()
        self._frames: list[Tensor] = []
        self.begin()

    @property
    def age(self) -> int:
        """Number of actions since the episode began."""
        return len(self._taken)

    @property
    def frame(self) -> Tensor:
        """The last frame: bytes ``(channels, height, width)`` or float32 ``(D,)``."""
        return self._frames[-1]

    @property
    def observation(self) -> Tensor:
        """The last frames, the oldest first, float32: pictures in [0, 1], or flat numbers."""
        return seen(torch.cat(self._frames))

    def begin(self) -> None:
        """Begins a new episode."""
        draw = torch.randint(2**31 - 1, (), generator=self.source, device=self.source.device)
        self._reset(int(draw))

    def step(self, action: int) -> tuple[float, bool, bool]:
        """Takes an action; returns its reward, whether the task ended, and whether to begin anew.

        An episode that only ran out of time has not ended: its last observation still has a value.
        """
        frame, reward, ended, over, _ = self._made.step(action)
        self._taken.append(action)
        self._frames = [*self._frames[1:], _tensor(frame)]
        return float(reward), bool(ended), bool(ended or over)

    def picture(self) -> Any:  # noqa: ANN401
        """The world as pixels ``(height, width, 3)``; None where it cannot be drawn."""
        return self._made.render()

    def state_dict(self) -> dict[str, Any]:
        """Seed of the episode, and the actions since it began."""
        return {"seed": self._seed, "actions": torch.tensor(self._taken, dtype=torch.int64)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Plays the same actions again, from the same seed."""
        self._reset(state["seed"])
        for action in state["actions"].tolist():
            self.step(action)

    def _reset(self, seed: int) -> None:
        self._seed, self._taken = seed, []
        frame, _ = self._made.reset(seed=seed)
        self._frames = [_tensor(frame)] * self.world.frames


def seen(frames: Tensor) -> Tensor:
    """Frames as a net sees them: bytes become numbers in [0, 1]."""
    return frames.float().div_(255) if frames.dtype == torch.uint8 else frames


def _tensor(frame: Any) -> Tensor:  # noqa: ANN401
    """A frame as a tensor: pictures as bytes, channels first; anything else as float32, flat."""
    array = np.asarray(frame)
    if array.dtype != np.uint8:
        return torch.from_numpy(array.astype(np.float32).reshape(-1))
    channels = array[None] if array.ndim == 2 else np.moveaxis(array, -1, 0)
    return torch.from_numpy(np.ascontiguousarray(channels))
