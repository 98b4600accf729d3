"""The loss of rows that are given back, also from damaged ones."""

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn

__all__ = ["Reconstruction"]


class Reconstruction:
    r"""An objective whose targets are the rows themselves: :math:`L(x, f(\tilde x))`.

    The net reads damaged rows, :math:`\tilde x`, and is to give back the rows as they were: a
    denoising autoencoder (Vincent et al., 2010, https://www.jmlr.org/papers/v11/vincent10a.html).
    Without damage :math:`\tilde x = x`.

    Args:
        objective: what compares outputs and targets, "y" of its batch.
        damage: rows ``(B, D)`` -> a damaged copy, drawn anew for every batch; None: none.
    """

    def __init__(self, objective: Any, damage: Callable[[Tensor], Tensor] | None = None) -> None:  # noqa: ANN401
        self.objective, self.damage = objective, damage

    @property
    def outputs(self) -> tuple[str, ...]:
        """Outputs of nets that the objective can compare."""
        return tuple(self.objective.outputs)

    @property
    def figure(self) -> str:
        """The name of the loss."""
        return str(self.objective.figure)

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``, in the units of the objective.

        Args:
            net: ``(B, D) -> (B, D)``.
            batch: "x" ``(B, D)``.
        """
        clean = batch["x"]
        seen = clean if self.damage is None else self.damage(clean)
        loss: Tensor = self.objective(net, {"x": seen, "y": clean})
        return loss
