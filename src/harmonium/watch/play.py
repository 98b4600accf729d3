"""Follows an agent: what it earns while it learns, and the values that it expects."""

from collections.abc import Callable
from typing import Any

import torch

from harmonium.data import Examples
from harmonium.learning import Play, Watch

__all__ = ["PlayWatch"]


class PlayWatch(Watch):
    """Returns of episodes, the share of random actions, and the mean value of fixed observations.

    The value of observations that stay the same shows learning more smoothly than returns do, and
    shows values that grow without end (Mnih et al., 2013, https://arxiv.org/abs/1312.5602).

    Args:
        model: an agent.
        play: what it plays and remembers.
        rows: fixed observations.
        tried: plays some episodes without exploration and returns their mean return; None: not.
    """

    def __init__(
        self,
        model: Any,  # noqa: ANN401
        play: Play,
        *,
        rows: Examples,
        tried: Callable[[], float] | None,
    ) -> None:
        self.model, self.play, self.rows, self.tried = model, play, rows, tried

    def measure(self, epoch: int) -> dict[str, float]:
        """Mean return with exploration, without it, its share, and the mean value."""
        del epoch
        row = {"train/exploration": self.play.share}
        if self.tried is not None:
            row["train/greedy_return"] = self.tried()
        if ended := self.play.returns:
            row["train/return"] = sum(ended) / len(ended)
        best = [self.model.values(b).amax(1).double() for b in self.model.batches(self.rows)]
        row["train/action_value"] = float(torch.cat(best).mean())
        return row
