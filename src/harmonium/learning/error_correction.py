"""Rosenblatt's rule: a perceptron learns from its mistakes, and from them only."""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from harmonium.arguments import checked
from harmonium.learning import ranks

__all__ = ["ErrorCorrection"]


@checked
class ErrorCorrection:
    r"""One update of a layer of threshold units by error correction.

    .. math:: w_k \leftarrow w_k + \eta \, \langle (t_k - \hat t_k) \, x \rangle, \qquad
              b_k \leftarrow b_k + \eta \, \langle t_k - \hat t_k \rangle

    where t is the class and :math:`\hat t` the decision, both one-hot, and the mean goes over the
    rows of the batch. A row with the right decision changes nothing; a mistake adds the row to
    its own class and subtracts it from the one that won. With one row a batch this is the online
    form, with all rows the batch form. On separable rows the online form makes at most
    :math:`(R / \gamma)^2` mistakes (Novikoff, 1962). The rate eta is the optimiser's, which is
    plain SGD for Rosenblatt's rule. (Rosenblatt, 1958, https://doi.org/10.1037/h0042519;
    Crammer and Singer, 2003, https://www.jmlr.org/papers/v3/crammer03a.html.)

    With ``average`` the module has the mean of the parameters over all updates, while the rule
    goes on from the last ones, which ``raw`` has (Freund and Schapire, 1999,
    https://doi.org/10.1023/A:1007662407062).

    Args:
        module: has ``weight`` ``(classes, D)`` and ``bias`` ``(classes,)``, and gives scores.
        optimiser: of the parameters of ``module``; with ``average`` it moves those of ``raw``.
        average: whether the module has the mean over all updates.
    """

    def __init__(
        self, module: nn.Module, optimiser: torch.optim.Optimizer, *, average: bool = False
    ) -> None:
        self.module, self.optimiser, self.average = module, optimiser, average
        self.updates = 0
        self.raw = copy.deepcopy(module) if average else module
        if average:
            own = dict(zip(module.parameters(), self.raw.parameters(), strict=True))
            for group in optimiser.param_groups:
                group["params"] = [own[p] for p in group["params"]]

    @property
    def optimisers(self) -> list[torch.optim.Optimizer]:
        """One."""
        return [self.optimiser]

    @torch.no_grad()
    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """One update; ``mistakes`` is the share of the rows that were decided wrongly before it.

        Args:
            batch: "x" ``(B, D)``, "y" ``(B,)``, int64, and where rows have any "weights",
                ``(B,)``, by which the correction of a row is multiplied: 1 on average.
        """
        x, y, given = batch["x"], batch["y"], batch.get("weights")
        share = (x.new_ones(len(x)) if given is None else given.to(x)) / len(x)
        scores = self.raw(x)
        decided = scores.argmax(1)
        gap = one_hot(decided, scores.shape[1]) - one_hot(y, scores.shape[1])
        pull = gap.to(x) * share[:, None]
        weight, bias = (self.raw.get_parameter(name) for name in ("weight", "bias"))
        weight.grad, bias.grad = pull.mT @ x, pull.sum(0)
        ranks.mean_gradients(self.raw.parameters(), weight=len(x))
        self.optimiser.step()
        self.updates += 1
        if self.average:
            for mean, now in zip(self.module.parameters(), self.raw.parameters(), strict=True):
                mean.lerp_(now, 1 / self.updates)
        wrong = (decided != y).to(x) @ share
        return {"mistakes": ranks.mean([wrong], weight=len(x))[0]}

    def state_dict(self) -> dict[str, Any]:
        """The parameters, their mean, the optimiser's state and the number of updates."""
        return {
            "net": self.module.state_dict(),
            "raw": self.raw.state_dict() if self.average else None,
            "optimiser": self.optimiser.state_dict(),
            "updates": self.updates,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores that state."""
        self.module.load_state_dict(state["net"])
        if self.average:
            self.raw.load_state_dict(state["raw"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.updates = state["updates"]
