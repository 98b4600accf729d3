"""Truncated backpropagation through time: a state passed from batch to batch."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor, nn

from harmonium.learning import ranks

__all__ = ["Carried", "CarriesState"]


class CarriesState(Protocol):
    """An objective of rows that begin in a given state."""

    outputs: ClassVar[tuple[str, ...]]
    figure: ClassVar[str]

    def carried(
        self,
        net: nn.Module,
        batch: Mapping[str, Tensor],
        *,
        state: Any,  # noqa: ANN401
    ) -> tuple[Tensor, Any]:
        """The loss of each row, and the state after its last step."""
        ...


class Carried:
    r"""An objective whose rows begin in the state in which the rows of the batch before ended.

    A long text is cut into windows of T steps. The state passes from window to window, the
    gradient does not:

    .. math:: s^{(k)}_0 = c \cdot \mathrm{const}(s^{(k-1)}_T)

    where c of a row is 1 if it continues the same row of the batch before (the column
    "continues"), and otherwise 0. So values depend on the whole past, and gradients on the last T
    steps at most (Williams and Peng, 1990, https://doi.org/10.1162/neco.1990.2.4.490).

    Args:
        objective: of rows that begin in a state.

    Attributes:
        state: after the last batch; None before the first one, and where no row continues one.
    """

    def __init__(self, objective: CarriesState) -> None:
        self.objective = objective
        self.outputs, self.figure = objective.outputs, objective.figure
        self.state: tuple[Tensor, ...] | None = None

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``; keeps the state for the next batch."""
        losses, after = self.objective.carried(net, batch, state=self._begun(batch))
        kept = tuple(part.detach() for part in after)
        self.state = kept if "continues" in batch else None
        return losses

    def _begun(self, batch: Mapping[str, Tensor]) -> tuple[Tensor, ...] | None:
        goes_on = batch.get("continues")
        if self.state is None or goes_on is None:
            return None
        return tuple(
            torch.where(goes_on.view(-1, *[1] * (part.ndim - 1)), part, torch.zeros_like(part))
            for part in self.state
        )

    def state_dict(self) -> dict[str, Any]:
        """The state after the last batch, of the rows of all processes in their order."""
        return {"state": None if self.state is None else [_of_all(x) for x in self.state]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores the state, so that the next batch goes on from it."""
        saved = state["state"]
        rank, size = ranks.world().rank, ranks.world().size
        self.state = None if saved is None else tuple(part[rank::size].clone() for part in saved)


def _of_all(x: Tensor) -> Tensor:
    """The rows of all processes, of which each has every ``size``-th one."""
    return ranks.gathered(x).unflatten(0, (-1, len(x))).transpose(0, 1).flatten(0, 1)
