"""Rosenblatt's rule: a perceptron learns from its mistakes, and from them only."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from harmonium.arguments import checked
from harmonium.errors import UsageError
from harmonium.learning import ranks
from harmonium.learning.corrections import winner
from harmonium.learning.pocket import Pocket

__all__ = ["ErrorCorrection"]


@checked
class ErrorCorrection:
    r"""One update of a layer of threshold units by error correction.

    .. math:: w_k \leftarrow w_k + \eta \, \langle (t_k - \hat t_k) \, x \rangle, \qquad
              b_k \leftarrow b_k + \eta \, \langle t_k - \hat t_k \rangle

    where t is the class and :math:`\hat t` the decision, both one-hot, and the mean goes over the
    rows of the batch. A row with the right decision changes nothing; a mistake adds the row to
    its own class and subtracts it from the one that won (``corrections.winner``). With one row a
    batch this is the online form, with all rows the batch form. On separable rows the online form
    makes at most :math:`(R / \gamma)^2` mistakes (``mistake_bound``). The rate eta is the
    optimiser's, which is plain SGD for Rosenblatt's rule; from weights of zero, a constant rate
    only scales them. (Rosenblatt, 1958, https://doi.org/10.1037/h0042519.)

    With ``sequential`` the rows of a batch are learned one after the other, each with the weights
    that the rows before it left: the result of the online form, in less time. Then a batch makes
    no mean, and a mistake moves the weights at once.

    With ``average`` the module has the mean of the parameters over all updates, while the rule
    goes on from the last ones, which ``raw`` has (Freund and Schapire, 1999,
    https://doi.org/10.1023/A:1007662407062). With a ``pocket`` the module has its weights.

    A net with fixed first layers, such as ``nets.ElementaryPerceptron``, gives ``features``, on
    which the rule works.

    Args:
        module: has ``weight`` ``(classes, D)`` and ``bias`` ``(classes,)``.
        optimiser: of the parameters of ``module``; with ``average`` it moves those of ``raw``.
        average: whether the module has the mean over all updates.
        correction: scores ``(B, classes)`` and classes ``(B,)`` -> direction of every unit,
            ``(B, classes)``. A row is a mistake where it is not all zero.
        sequential: whether the rows of a batch are learned one after the other.
        pocket: keeps the best weights; needs ``sequential``, or batches of one row.

    Raises:
        ValueError: both ``average`` and ``pocket``; or a sequential rule with another optimiser
            than plain SGD, or in several processes.
    """

    def __init__(
        self,
        module: nn.Module,
        optimiser: torch.optim.Optimizer,
        *,
        average: bool = False,
        correction: Callable[[Tensor, Tensor], Tensor] = winner,
        sequential: bool = False,
        pocket: Pocket | None = None,
    ) -> None:
        self.module, self.optimiser, self.average = module, optimiser, average
        self.correction, self.pocket = correction, pocket
        self.sequential = sequential or pocket is not None
        self.updates = 0
        self.mistakes = torch.zeros((), dtype=torch.int64, device=next(module.parameters()).device)
        """Number of rows that were corrected so far."""
        if average and pocket is not None:
            raise UsageError("a perceptron keeps its average or its pocket: take one of them")
        if self.sequential:
            _check_plain(optimiser)
        own = average or pocket is not None
        self.raw = copy.deepcopy(module) if own else module
        if own:
            copies = dict(zip(module.parameters(), self.raw.parameters(), strict=True))
            for group in optimiser.param_groups:
                group["params"] = [copies[p] for p in group["params"]]

    @property
    def optimisers(self) -> list[torch.optim.Optimizer]:
        """One."""
        return [self.optimiser]

    @torch.no_grad()
    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """One update; ``mistakes`` is the share of the rows that were decided wrongly.

        Args:
            batch: "x" ``(B, D)``, "y" ``(B,)``, int64, and where rows have any "weights",
                ``(B,)``, by which the correction of a row is multiplied: 1 on average.
        """
        x, y, given = batch["x"], batch["y"], batch.get("weights")
        features = getattr(self.raw, "features", None)
        a = x if features is None else features(x)
        weights = a.new_ones(len(a)) if given is None else given.to(a)
        correct = self._in_turn if self.sequential else self._mean
        wrong = correct(a, y, weights=weights)
        self.mistakes += ranks.world().size * ranks.mean([wrong.sum().to(a)], weight=1)[0].long()
        share = wrong.to(a) @ weights / len(a)
        return {"mistakes": ranks.mean([share], weight=len(a))[0]}

    def _mean(self, a: Tensor, y: Tensor, *, weights: Tensor) -> Tensor:
        """Corrects by the mean over the rows; returns which rows are mistakes, ``(B,)``."""
        weight, bias = self._parameters
        correction = self.correction(linear(a, weight, bias), y)
        pull = -correction * (weights / len(a))[:, None]
        weight.grad, bias.grad = pull.mT @ a, pull.sum(0)
        ranks.mean_gradients(self.raw.parameters(), weight=len(a))
        self.optimiser.step()
        self.updates += 1
        if self.average:
            for mean, now in zip(self.module.parameters(), self.raw.parameters(), strict=True):
                mean.lerp_(now, 1 / self.updates)
        return correction.any(1)

    def _in_turn(self, a: Tensor, y: Tensor, *, weights: Tensor) -> Tensor:
        """Corrects row by row; returns which rows are mistakes, ``(B,)``."""
        weight, bias = self._parameters
        rate = float(self.optimiser.param_groups[0]["lr"])
        pulls = a.new_zeros(len(a), len(weight))
        mistakes = torch.zeros(len(a), dtype=torch.bool, device=a.device)
        before = [weight.clone(), bias.clone()] if self.average else []
        start = 0
        while start < len(a):
            corrections = self.correction(linear(a[start:], weight, bias), y[start:])
            wrong = corrections.any(1).nonzero()
            right = int(wrong[0]) if len(wrong) else len(a) - start
            self._keep(right)
            row, start = start + right, start + right + 1
            if row == len(a):
                break
            mistakes[row] = True
            pulls[row] = corrections[right] * (rate * weights[row])
            weight.addr_(pulls[row], a[row])
            bias.add_(pulls[row])
            if self.pocket is not None:
                self.pocket.wrong()
        self.updates += len(a)
        if self.average:
            self._take_mean(before, a=a, pulls=pulls)
        return mistakes

    def _keep(self, right: int) -> None:
        if self.pocket is not None:
            self.pocket.right(right)
            self.pocket.offer(self.raw, self.module)

    def _take_mean(self, before: list[Tensor], *, a: Tensor, pulls: Tensor) -> None:
        """The mean over all updates; the pull of a row counts in its own and all later ones."""
        share = torch.arange(len(a), 0, -1).to(a)[:, None] * pulls / len(a)
        means = before[0] + share.mT @ a, before[1] + share.sum(0)
        names = ("weight", "bias")
        for name, mean in zip(names, means, strict=True):
            self.module.get_parameter(name).lerp_(mean, len(a) / self.updates)

    @property
    def _parameters(self) -> tuple[Tensor, Tensor]:
        return self.raw.get_parameter("weight"), self.raw.get_parameter("bias")

    def state_dict(self) -> dict[str, Any]:
        """The parameters, their mean, the optimiser's state and the number of updates."""
        return {
            "net": self.module.state_dict(),
            "raw": None if self.raw is self.module else self.raw.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "updates": self.updates,
            "mistakes": int(self.mistakes),
            "pocket": None if self.pocket is None else self.pocket.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores that state."""
        self.module.load_state_dict(state["net"])
        if self.raw is not self.module:
            self.raw.load_state_dict(state["raw"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.updates = state["updates"]
        self.mistakes.fill_(state.get("mistakes", 0))  # older checkpoints have no number
        if self.pocket is not None:
            self.pocket.load_state_dict(state["pocket"])


def _check_plain(optimiser: torch.optim.Optimizer) -> None:
    """Raises UsageError where rows in turn would not follow the optimiser, or meet ranks."""
    plain = isinstance(optimiser, torch.optim.SGD) and not any(
        group["momentum"] or group["weight_decay"] for group in optimiser.param_groups
    )
    if not plain:
        raise UsageError(
            f"rows in turn are corrected by plain sgd, and the optimiser is "
            f"{type(optimiser).__name__} with other settings: take sgd with a rate alone, or "
            "sequential: false"
        )
    if ranks.world().size > 1:
        raise UsageError(
            "rows in turn need all rows of a batch in one process: start one process, or take "
            "sequential: false"
        )
