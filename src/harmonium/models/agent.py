"""An agent: a net that chooses actions by their values."""

import torch
from torch import Tensor

from harmonium.data import Actions, DataSet
from harmonium.errors import UsageError
from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel, first_filters
from harmonium.nets import ActionValues

__all__ = ["Agent"]


class Agent(NetModel):
    """A net from the column "x", an observation, to the values of all actions.

    Args:
        net: ``(B, *shape) -> (B, actions)``; shared, not copied.
    """

    net: ActionValues

    def meet(self, data: DataSet) -> None:
        """Checks that the net has a value for every action of the data's world.

        Raises:
            ValueError: it has another number.
        """
        kind = data.columns.get("action")
        if isinstance(kind, Actions) and (given := self.sizes[-1]) != (n := len(kind.names)):
            raise UsageError(
                f"model: it has {given} actions, but {data.name} has {n}: make it {n}"
            )

    @torch.no_grad()
    def values(self, batch: Batch) -> Tensor:
        """Value of every action: the expected sum of discounted rewards, ``(B, actions)``."""
        return self.net(batch["x"].to(self.device))

    def act(self, batch: Batch) -> Tensor:
        """The best action for each observation, ``(B,)``, int64."""
        return self.values(batch).argmax(1)

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Activities of the hidden layers, ``(B, *shape)``."""
        return self.net.activities(batch["x"])

    def filters(self) -> dict[str, Tensor]:
        """Weights of the first layer, if it reads observations directly."""
        return first_filters(self.net)
