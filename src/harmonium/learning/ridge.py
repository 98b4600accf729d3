"""Ridge regression: the linear layer above fixed features, solved in one step."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from harmonium.arguments import checked
from harmonium.bounds import NonNegative
from harmonium.errors import UsageError
from harmonium.learning import ranks

__all__ = ["Ridge"]

_ROWS = 5000
"""Rows whose features are in memory at a time."""


_DEPENDENT = 1e-12
"""Share of a feature's variance below which what the others leave of it is rounding."""


@checked
class Ridge:
    r"""Solves for the readout of fixed features by least squares with a penalty.

    .. math:: \min_{W, b} \sum_i m_i \lVert W \phi(x_i) + b - t_i \rVert^2
              + \lambda \lVert W \rVert^2

    where t is the value of the row, or the code of its class (one for its class, zero for the
    others), and m its importance. The bias is not penalised. The features are centred first and
    the normal equations are solved in float64. (Hoerl and Kennard, 1970,
    https://doi.org/10.1080/00401706.1970.10488634.)

    Args:
        module: has ``features`` ``(B, D) -> (B, k)``, ``weight`` ``(outputs, k)`` and ``bias``
            ``(outputs,)``.
        strength: lambda; 0 for least squares, which needs linearly independent features.

    Raises:
        ValueError: there are several processes, of which each would have only a part of the rows.
    """

    def __init__(self, module: nn.Module, *, strength: NonNegative = 1.0) -> None:
        if ranks.world().size > 1:
            raise UsageError("a readout needs all rows in one process: start one process")
        self.module, self.strength = module, float(strength)
        self.optimisers = [torch.optim.SGD(module.parameters(), lr=1.0)]

    @torch.no_grad()
    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Solves for the readout of all rows; what it held before is lost.

        Args:
            batch: "x" ``(N, D)``, "y" of classes ``(N,)`` or values ``(N, outputs)``, and
                "weights" ``(N,)``, if any.

        Returns:
            ``squared_error``: half the squared error of a row afterwards, on average.
        """
        weight, bias = (self.module.get_parameter(name) for name in ("weight", "bias"))
        targets = batch["y"]
        if targets.ndim == 1 and not targets.is_floating_point():
            targets = one_hot(targets, len(bias))
        targets = targets.reshape(len(targets), -1).double()
        importance = batch.get("weights", targets.new_ones(len(targets))).double()
        share = importance / importance.sum()
        parts = [slice(at, at + _ROWS) for at in range(0, len(targets), _ROWS)]
        mean = torch.stack([share[p] @ self._features(batch["x"][p]) for p in parts]).sum(0)
        middle = share @ targets
        gram = self.strength * torch.eye(weight.shape[1], dtype=torch.float64).to(targets)
        cross = targets.new_zeros(weight.shape[1], targets.shape[1])
        for part in parts:
            phi = self._features(batch["x"][part]) - mean
            weighted = phi * importance[part, None]
            gram += weighted.mT @ phi
            cross += weighted.mT @ (targets[part] - middle)
        found = self._solved(gram, cross)
        weight.copy_(found.mT)
        bias.copy_(middle - mean @ found)
        error = sum(
            (share[p, None] * (self.module(batch["x"][p]) - targets[p]).square()).sum()
            for p in parts
        )
        return {"squared_error": torch.as_tensor(error) / 2}

    def _features(self, x: Tensor) -> Tensor:
        found: Tensor = self.module.features(x)  # type: ignore[operator]
        return found.double()

    def _solved(self, gram: Tensor, cross: Tensor) -> Tensor:
        factor, failed = torch.linalg.cholesky_ex(gram)
        lost = factor.diagonal().square() <= _DEPENDENT * gram.diagonal()
        if int(failed) or (self.strength == 0 and bool(lost.any())):
            raise UsageError(
                f"the features are linearly dependent, so that a strength of {self.strength} has "
                "no unique solution: give a strength above 0"
            )
        return torch.cholesky_solve(cross, factor)

    def state_dict(self) -> dict[str, Any]:
        """The net."""
        return {"net": self.module.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        self.module.load_state_dict(state["net"])
