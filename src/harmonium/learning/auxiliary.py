"""The losses of auxiliary heads of a net, which help its lower layers to learn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

__all__ = ["WithAuxiliary", "with_auxiliary"]


@dataclass
class WithAuxiliary:
    r"""An objective plus those of auxiliary heads, in training mode only, ``(B,)``.

    .. math:: \ell(x) = \ell(f(x)) + \sum_k w_k \ell(f_k(x))

    In evaluation mode it is the objective itself. (Szegedy et al., 2015,
    https://arxiv.org/abs/1409.4842, section 5.)

    Args:
        objective: compares the outputs of a net.
        weights: name of a head of the net -> weight w of its loss.
    """

    objective: Any
    weights: Mapping[str, float]

    @property
    def figure(self) -> str:
        """Name of the loss of the main outputs."""
        return getattr(self.objective, "figure", "loss")

    @property
    def outputs(self) -> tuple[str, ...]:
        """Kinds of outputs that the objective compares."""
        return tuple(self.objective.outputs)

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``."""
        if not net.training:
            loss: Tensor = self.objective(net, batch)
            return loss
        heads: Any = net.heads
        main, others = heads(batch["x"])
        losses: Tensor = self.objective(_Given(main, net), batch)
        for name, weight in self.weights.items():
            losses = losses + weight * self.objective(_Given(others[name], net), batch)
        return losses


class _Given(nn.Module):
    """A net whose outputs are known."""

    def __init__(self, outputs: Tensor, net: nn.Module) -> None:
        super().__init__()
        self.outputs = outputs
        self.scale = getattr(net, "scale", None)

    def forward(self, x: Tensor) -> Tensor:
        """The outputs, whatever the rows."""
        del x
        return self.outputs


def with_auxiliary(objective: Any, net: nn.Module) -> Any:  # noqa: ANN401
    """The objective with the losses of the net's auxiliary heads, if it has any."""
    weights: Any = getattr(net, "auxiliary", None)
    return WithAuxiliary(objective, weights) if weights else objective
