"""A player that acts at random."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.bounds import Count
from harmonium.judges.play import SEED, play_figures, world_of
from harmonium.learning import returns_of
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["RandomPlayer"]


@dataclass(frozen=True)
class RandomPlayer:
    """All actions are equally likely, whatever is observed.

    Args:
        episodes: number of episodes.
    """

    needs: ClassVar[Needs] = Needs(data=("play",))

    episodes: Count = 100

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``return`` and its standard error."""
        source = torch.Generator().manual_seed(SEED)
        found = returns_of(world_of(trial.data), None, episodes=self.episodes, source=source)
        return {**play_figures(found), "settings": {}}
