"""Training of an ordinary net by gradient descent on an objective."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive
from harmonium.learning import ranks
from harmonium.learning.interleaved import interleaved
from harmonium.sampling import normalised

__all__ = ["Descent", "Objective"]

Objective = Callable[[nn.Module, Mapping[str, Tensor]], Tensor]
"""A function from a net and a batch of columns to the loss of each row, ``(B,)``."""


@checked
@dataclass
class Descent:
    r"""Updates of a net by backpropagation of the mean of an objective.

    With ``parts`` n, a batch is cut into n parts, whose gradients are added:

    .. math:: \nabla \frac{\sum_b w_b \ell_b}{\sum_b w_b}
              = \sum_p \nabla \frac{\sum_{b \in p} w_b \ell_b}{\sum_b w_b}

    The update is that of the whole batch, to rounding, in the memory of a part; only batch
    normalisation takes its statistics from each part.

    Args:
        module: the net.
        optimiser: the optimiser of the net's parameters.
        objective: function that gives the loss of each row.
        project: called after every step of the optimiser, to bring the parameters back to where
            they are allowed, such as ``max_norm``; None: nothing.
        clip: largest Euclidean norm of the gradient of all parameters, which is scaled down to it
            (Pascanu et al., 2013, https://arxiv.org/abs/1211.5063); None: no limit.
        parts: parts of a batch.
        precision: "mixed" computes layers in bfloat16 and keeps parameters in their own precision.
    """

    module: nn.Module
    optimiser: torch.optim.Optimizer
    objective: Objective
    project: Callable[[], None] | None = None
    _: KW_ONLY
    clip: Positive | None = None
    parts: Count = 1
    precision: Literal["full", "mixed"] = "full"

    @property
    def optimisers(self) -> list[torch.optim.Optimizer]:
        """The optimiser, in a list."""
        return [self.optimiser]

    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Makes one update and returns the mean loss before it, under the objective's ``figure``.

        The name is "loss" for an objective without figure. The mean is weighted by the column
        "weights", if the batch has one. The objective sees the net in training mode; afterwards
        the net is in evaluation mode, in which it is measured and used.

        Raises:
            TypeError: the weights are not a tensor.
            ValueError: the weights do not fit the rows, or are negative or not finite.
        """
        self.optimiser.zero_grad()
        loss, weight = self._backward(batch) if self.parts == 1 else self._in_parts(batch)
        ranks.mean_gradients(self.module.parameters(), weight=weight)
        if self.clip is not None:
            nn.utils.clip_grad_norm_(self.module.parameters(), self.clip)
        self.optimiser.step()
        if self.project is not None:
            self.project()
        name = getattr(self.objective, "figure", "loss")
        return {name: ranks.mean([loss], weight=weight)[0]}

    def _losses(self, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, of the net in training mode."""
        batch = {name: interleaved(x) if name == "x" else x for name, x in batch.items()}
        self.module.train()
        try:
            if self.precision == "full":
                return self.objective(self.module, batch)
            with torch.autocast(batch["x"].device.type, dtype=torch.bfloat16):
                losses = self.objective(self.module, batch)
            return losses.float()
        finally:
            self.module.eval()

    def _backward(self, batch: Mapping[str, Tensor]) -> tuple[Tensor, float | Tensor]:
        """Sets the gradients; returns the mean loss, and the weight of the batch."""
        losses, weights = self._losses(batch), batch.get("weights")
        if weights is not None:
            normalised(weights, losses)  # raises if they are not valid
        loss = losses.mean() if weights is None else (losses * weights).sum() / weights.sum()
        loss.backward()
        return loss.detach(), len(losses) if weights is None else weights.sum()

    def _in_parts(self, batch: Mapping[str, Tensor]) -> tuple[Tensor, float | Tensor]:
        """The same, with the gradients of parts of the batch added."""
        weights, n = batch.get("weights"), len(batch["x"])
        if weights is not None:
            normalised(weights, batch["x"])
        weight = n if weights is None else weights.sum()
        cut = {name: column.tensor_split(min(self.parts, n)) for name, column in batch.items()}
        found = []
        for columns in zip(*cut.values(), strict=True):
            part = dict(zip(cut, columns, strict=True))
            losses = self._losses(part)
            loss = (losses if weights is None else losses * part["weights"]).sum() / weight
            loss.backward()
            found.append(loss.detach())
        return torch.stack(found).sum(), weight

    def state_dict(self) -> dict[str, Any]:
        """The net's parameters, the optimiser's state, and that of an objective with one."""
        own = {"net": self.module.state_dict(), "optimiser": self.optimiser.state_dict()}
        keeps = getattr(self.objective, "state_dict", None)
        return own if keeps is None else {**own, "objective": keeps()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        self.module.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])
        objective: Any = self.objective
        if "objective" in state:
            objective.load_state_dict(state["objective"])
