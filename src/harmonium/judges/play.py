"""How well an agent plays."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count, Share
from harmonium.data import Actions, DataSet, World
from harmonium.learning import returns_of
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Play", "play_figures", "world_of"]


@dataclass(frozen=True)
class Play:
    r"""The mean return of episodes: the sum of all rewards from start to end.

    .. math:: \langle \textstyle\sum_t r_t \rangle

    Episodes begin at random, but at the same places in every run.

    Args:
        episodes: number of episodes.
        exploration: share of random actions, so that episodes of a world without chance differ.
    """

    needs: ClassVar[Needs] = Needs(model=("acts",), data=("play",))

    episodes: Count = 100
    exploration: Share = 0.0

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``return``, its standard error, the smallest and the largest one."""
        model = trial.able("acts")
        source = torch.Generator().manual_seed(SEED)
        found = returns_of(
            world_of(trial.data),
            model.act,
            episodes=self.episodes,
            exploration=self.exploration,
            source=source,
        )
        return play_figures(found)


SEED = 12345
"""Of the episodes on which agents are judged: the same in every run."""


def world_of(data: DataSet) -> World:
    """The world of data of play."""
    kind = data.columns["action"]
    assert isinstance(kind, Actions)
    return kind.world


def play_figures(returns: Tensor) -> dict[str, float]:
    """Figures of returns ``(episodes,)``.

    >>> play_figures(torch.tensor([1.0, 3.0]).double())["return"]
    2.0
    """
    spread = float(returns.std()) if len(returns) > 1 else float("nan")
    return {
        "return": float(returns.mean()),
        "return_stderr": spread / len(returns) ** 0.5,
        "return_min": float(returns.min()),
        "return_max": float(returns.max()),
        "episodes": len(returns),
    }
