"""Similar codes that can still be decoded."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

__all__ = ["Similarity"]


class Similarity:
    r"""An objective of codes, and a share of the loss of the reconstruction.

    .. math:: L_i = S_i + \lambda R_i

    where S is the loss of the codes, and R that of the rows that are decoded from them.
    (Regularised NCA: Salakhutdinov and Hinton, 2007,
    https://proceedings.mlr.press/v2/salakhutdinov07a.html.)

    Args:
        objective: S, such as ``NCA``.
        reconstruction: R, such as ``Coding``.
        weight: lambda.
    """

    def __init__(self, objective: Any, reconstruction: Any, *, weight: float) -> None:  # noqa: ANN401
        self.objective, self.reconstruction, self.weight = objective, reconstruction, weight

    @property
    def outputs(self) -> tuple[str, ...]:
        """Outputs of nets that the objective of the codes can compare."""
        return tuple(self.objective.outputs)

    @property
    def figure(self) -> str:
        """The name of the loss: that of the codes."""
        return str(self.objective.figure)

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``.

        Args:
            net: with ``encode`` and a decoder.
            batch: "x" ``(B, D)`` and "y", classes ``(B,)``.
        """
        similar: Tensor = self.objective(net, batch)
        return similar + self.weight * self.reconstruction(net, batch)
