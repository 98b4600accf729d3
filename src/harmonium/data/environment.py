"""An environment as data: observations and actions of random play."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples
from harmonium.data.kinds import Kind, Numbers, Picture
from harmonium.data.worlds import Actions, Player, World

__all__ = ["environment"]


@checked
def environment(
    game: str = "catch",
    *,
    frames: Count = 1,
    rows: Count = 1000,
    seed: int = 0,
    settings: Mapping[str, int | float | bool | str] | None = None,
) -> DataSet:
    """Observations of random play, and the world in which an agent will learn.

    Column "x" holds observations, pictures in [0, 1]. Column "action" holds the random action
    after each; its kind knows the world. An agent does not learn from these rows, it plays
    (``stages.q_learning``): the rows set the statistics of transforms, and show what the agent
    thinks of observations that do not change.

    Args:
        game: Name of an environment of gymnasium, such as CartPole-v1 or ALE/Pong-v5; or catch, a
            small game that needs no package.
        frames: Number of consecutive frames that make an observation, so that motion is seen.
        rows: Number of training rows; test rows are the new ones among half as many further ones.
        seed: Seed of the random play.
        settings: Further settings of the environment.

    Raises:
        ValueError: there is no such environment, or its observations are not arrays, or its
            actions are not numbered.
        ImportError: a package of the extra `play` is missing.

    >>> environment("catch", rows=100)
    DataSet('catch': 100 train, 32 test, each 10 x 10, 0 classes)
    """
    world = World(game, frames, tuple(sorted((settings or {}).items())))
    source = torch.Generator().manual_seed(seed)
    player = Player(world, source)
    shape: Any = tuple(player.observation.shape)
    x, action = _random_play(player, rows + rows // 2)
    train = Examples({"x": x[:rows], "action": action[:rows]})
    later = Examples({"x": x[rows:], "action": action[rows:]})
    picture = len(shape) == 3 and shape[0] in (1, 3)
    stored = shape[1:] if shape[0] == 1 else shape
    kinds: dict[str, Kind] = {
        "x": Picture(shape, stored=stored) if picture else Numbers(shape),
        "action": Actions(world.actions, world),
    }
    return DataSet(game, train, test=_unlike(later, train), columns=kinds)


def _unlike(rows: Examples, others: Examples) -> Examples | None:
    """Those of the rows whose observations are not among the others; None for none."""
    _, kind = torch.cat([others.x[:], rows.x[:]]).unique(dim=0, return_inverse=True)
    new = ~torch.isin(kind[len(others) :], kind[: len(others)])
    return rows.take(new.nonzero().flatten()) if bool(new.any()) else None


def _random_play(player: Player, rows: int) -> tuple[Tensor, Tensor]:
    """Observations ``(rows, D)``, and the actions after them."""
    actions = torch.randint(player.actions, (rows,), generator=player.source)
    found = []
    for action in actions.tolist():
        found.append(player.observation)
        *_, over = player.step(action)
        if over:
            player.begin()
    return torch.stack(found).flatten(1), actions
